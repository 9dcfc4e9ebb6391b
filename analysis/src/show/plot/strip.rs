//! The outcome of every run as a dot on a line: the whole distribution, and its tails.

use super::axis::ValueAxis;
use super::canvas::{Canvas, Frame, Size, draw, text_px, widest_px};
use super::drawing::{Drawing, Hang};
use super::theme::Ink;
use crate::statistics::quantile;
use crate::wording::format_number;

/// Dots of a row at most; more runs are shown as this many evenly spaced quantiles of them.
pub const DOTS_MAX: usize = 200;
const RADIUS_PX: f64 = 3.0;
const ROW_PX: f64 = 58.0;
const TOP_PX: f64 = 22.0;
const BELOW_PX: f64 = 42.0;

/// The outcomes of the runs of one variant.
#[derive(Clone, Debug)]
pub struct Strip {
    /// What it is called.
    pub label: String,
    /// Its colour.
    pub ink: Ink,
    /// One for each run.
    pub values: Vec<f64>,
}

/// The values of all runs as dots in a row for each point.
#[derive(Clone, Debug)]
pub struct StripChart {
    /// What is shown, for readers that see no picture.
    pub title: String,
    /// The unit of the values; empty for none.
    pub unit: String,
    /// From the top down.
    pub strips: Vec<Strip>,
    /// Values worth a dashed line, with what they are.
    pub limits: Vec<(f64, String)>,
}

impl StripChart {
    /// The chart as marks, as high as its strips; `None` when there is nothing to draw.
    pub fn drawing(&self, size: Size) -> Option<Drawing> {
        let values = || self.strips.iter().flat_map(|strip| strip.values.iter().copied());
        values().find(|value| value.is_finite())?;
        let limits = self.limits.iter().map(|limit| limit.0);
        let axis = ValueAxis::over(values().chain(limits), false, 5);
        let labels = widest_px(self.strips.iter().map(|strip| strip.label.as_str()));
        let (width, _) = size.pixels();
        let frame = Frame {
            left: labels + 16.0,
            right: width - 24.0,
            top: TOP_PX,
            bottom: TOP_PX + ROW_PX * self.strips.len() as f64,
        };
        let size_px = (width, frame.bottom + BELOW_PX);
        Some(draw(size_px, &self.title, |canvas| self.paint(canvas, frame, &axis, labels)))
    }

    fn paint(&self, canvas: &mut Canvas, frame: Frame, axis: &ValueAxis, labels_px: f64) {
        canvas.value_axis_across(frame, axis, &self.unit);
        for (value, name) in &self.limits {
            let x = frame.x(axis, *value);
            canvas.dashed(&[(x, frame.top), (x, frame.bottom)], Ink::Observed, 1.25);
            let half = text_px(name) / 2.0;
            let at = x.clamp(half.min(frame.right), (frame.right + 24.0 - half).max(half));
            canvas.text(name, (at, 10.0), Hang::Middle, Ink::Observed);
        }
        for (place, strip) in self.strips.iter().enumerate() {
            let middle = frame.top + ROW_PX * (place as f64 + 0.5);
            canvas.text(&strip.label, (labels_px, middle), Hang::Right, Ink::Observed);
            let dots = shown(&strip.values);
            let places: Vec<f64> = dots.iter().map(|value| frame.x(axis, *value)).collect();
            for (x, y) in heaped(&places, middle) {
                canvas.dot((x, y), strip.ink, RADIUS_PX);
            }
            if let Some(median) = quantile(&dots, 0.5) {
                let (x, reach) = (frame.x(axis, median), ROW_PX / 2.0 - 13.0);
                canvas.path(&[(x, middle - reach), (x, middle + reach)], Ink::Observed, 2.0);
                // Beside the dots, where the next row leaves room.
                let at = (x, middle + reach + 8.0);
                canvas.text(&format_number(median), at, Hang::Middle, Ink::Observed);
            }
        }
    }
}

/// The finite values, sorted; too many as evenly spaced quantiles.
fn shown(values: &[f64]) -> Vec<f64> {
    let mut finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    finite.sort_by(f64::total_cmp);
    if finite.len() <= DOTS_MAX {
        return finite;
    }
    let at = |place: usize| quantile(&finite, (place as f64 + 0.5) / DOTS_MAX as f64);
    (0..DOTS_MAX).filter_map(at).collect()
}

/// Dots of near values piled up around a middle line; the piles are pressed to fit the row.
fn heaped(places: &[f64], middle: f64) -> Vec<(f64, f64)> {
    let piles: Vec<&[f64]> = places
        .chunk_by(|a, b| (a / RADIUS_PX / 2.0).floor() == (b / RADIUS_PX / 2.0).floor())
        .collect();
    let tallest = piles.iter().map(|pile| pile.len()).max().unwrap_or(1) as f64;
    let step = (2.0 * RADIUS_PX).min((ROW_PX - 26.0) / tallest);
    let mut dots = Vec::with_capacity(places.len());
    for pile in piles {
        let lowest = middle - step * (pile.len() - 1) as f64 / 2.0;
        dots.extend(pile.iter().enumerate().map(|(at, x)| (*x, lowest + step * at as f64)));
    }
    dots
}

#[cfg(test)]
mod tests {
    use super::super::Mark;
    use super::super::legible::{assert_legible, texts};
    use super::*;

    fn dots(drawing: &Drawing) -> Vec<(f64, f64)> {
        let dot = |mark: &Mark| match mark {
            Mark::Dot { centre, .. } => Some(*centre),
            _ => None,
        };
        drawing.marks.iter().filter_map(dot).collect()
    }

    #[test]
    fn every_run_is_a_dot_at_its_value_and_inside_its_row() {
        let strip = |label: &str, values| Strip { label: label.to_owned(), ink: Ink::Rest, values };
        let chart = StripChart {
            title: "Loss".to_owned(),
            unit: "TOK".to_owned(),
            strips: vec![
                strip("today", vec![1.0, 1.0, 1.0, 2.0, 9.0, f64::NAN]),
                strip("as proposed", vec![4.0]),
            ],
            limits: vec![(8.0, "most allowed".to_owned())],
        };
        let drawing = chart.drawing(Size::Half).unwrap();
        assert_legible(&drawing);
        let found = dots(&drawing);
        assert_eq!(found.len(), 6, "{found:?}");
        let x = |place: usize| found[place].0;
        assert!(((x(4) - x(0)) / (x(3) - x(0)) - 8.0).abs() < 1e-9 && x(0) == x(2));
        assert!(found[0].1 < found[1].1 && found[1].1 < found[2].1, "equal values pile up");
        assert!(found[5].1 > TOP_PX + ROW_PX, "the second row");
        for text in ["today", "as proposed", "most allowed", "1.00", "4.00", "TOK"] {
            assert!(texts(&drawing).contains(&text), "{text} is missing");
        }
        assert!(StripChart { strips: vec![], ..chart }.drawing(Size::Half).is_none());
    }

    #[test]
    fn a_thousand_runs_are_as_many_quantiles_as_fit_and_stay_in_the_row() {
        let values: Vec<f64> = (0..1_000).map(f64::from).collect();
        let dots = shown(&values);
        assert_eq!((dots.len(), quantile(&dots, 0.5)), (DOTS_MAX, quantile(&values, 0.5)));
        let heap = heaped(&[5.0; 500], 100.0);
        assert!(heap.iter().all(|(_, y)| (y - 100.0).abs() < ROW_PX / 2.0 - 12.0));
    }
}

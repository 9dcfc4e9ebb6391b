//! Differences between variants on the same random numbers: a dot, its interval, the pairs behind.

use super::axis::ValueAxis;
use super::canvas::{Canvas, Frame, Size, draw, widest_px};
use super::drawing::{Drawing, Hang};
use super::strip::DOTS_MAX;
use super::theme::Ink;
use crate::statistics::{Paired, quantile};

const ROW_PX: f64 = 34.0;
const TOP_PX: f64 = 26.0;
const BELOW_PX: f64 = 42.0;

/// One comparison: its pairs (first, second) of outcomes.
#[derive(Clone, Debug)]
pub struct PairedDifference {
    /// What it is called.
    pub label: String,
    /// The values before and after, one pair for each run.
    pub pairs: Vec<(f64, f64)>,
}

/// Paired differences, second less first.
#[derive(Clone, Debug)]
pub struct DifferenceChart {
    /// What is shown, for readers that see no picture.
    pub title: String,
    /// The unit of the values; empty for none.
    pub unit: String,
    /// From the top down.
    pub comparisons: Vec<PairedDifference>,
}

impl DifferenceChart {
    /// The chart as marks, as high as its rows; `None` when there is nothing to draw.
    pub fn drawing(&self, size: Size) -> Option<Drawing> {
        let found: Vec<(&PairedDifference, Paired)> = (self.comparisons.iter())
            .filter_map(|comparison| Some((comparison, Paired::of(&comparison.pairs)?)))
            .collect();
        if found.is_empty() {
            return None;
        }
        let all = found.iter().flat_map(|(comparison, _)| differences(comparison));
        let axis = ValueAxis::over(all.chain([0.0]), false, 5);
        let notes: Vec<String> = found.iter().map(|(_, paired)| note(paired)).collect();
        let labels = widest_px(found.iter().map(|(comparison, _)| comparison.label.as_str()));
        let (width, _) = size.pixels();
        let frame = Frame {
            left: labels + 16.0,
            right: width - widest_px(notes.iter().map(String::as_str)) - 16.0,
            top: TOP_PX,
            bottom: TOP_PX + ROW_PX * found.len() as f64,
        };
        let size_px = (width, frame.bottom + BELOW_PX);
        Some(draw(size_px, &self.title, |canvas| {
            self.paint(canvas, (frame, labels), &axis, &found);
            for (place, note) in notes.iter().enumerate() {
                let middle = frame.top + ROW_PX * (place as f64 + 0.5);
                canvas.text(note, (frame.right + 12.0, middle), Hang::Left, Ink::Muted);
            }
        }))
    }

    fn paint(
        &self,
        canvas: &mut Canvas,
        (frame, labels_px): (Frame, f64),
        axis: &ValueAxis,
        found: &[(&PairedDifference, Paired)],
    ) {
        canvas.value_axis_across(frame, axis, &self.unit);
        let zero = frame.x(axis, 0.0);
        canvas.path(&[(zero, frame.top), (zero, frame.bottom)], Ink::Axis, 1.5);
        canvas.text("no difference", (zero, 12.0), Hang::Middle, Ink::Muted);
        for (place, (comparison, paired)) in found.iter().enumerate() {
            let middle = frame.top + ROW_PX * (place as f64 + 0.5);
            canvas.text(&comparison.label, (labels_px, middle), Hang::Right, Ink::Observed);
            for difference in differences(comparison) {
                let x = frame.x(axis, difference);
                canvas.path(&[(x, middle - 5.0), (x, middle + 5.0)], Ink::Rest, 1.0);
            }
            let ink = if paired.is_clear() { Ink::Series(0) } else { Ink::Muted };
            if let (Some(low), Some(high)) = (paired.low, paired.high) {
                let ends = [(frame.x(axis, low), middle), (frame.x(axis, high), middle)];
                canvas.path(&ends, ink, 3.0);
            }
            canvas.dot((frame.x(axis, paired.median), middle), ink, 5.0);
        }
    }
}

/// The differences to show: at most so many quantiles of them.
fn differences(comparison: &PairedDifference) -> Vec<f64> {
    let all = comparison.pairs.iter().map(|(first, second)| second - first);
    let finite: Vec<f64> = all.filter(|difference| difference.is_finite()).collect();
    if finite.len() <= DOTS_MAX {
        return finite;
    }
    let at = |place: usize| quantile(&finite, place as f64 / (DOTS_MAX - 1) as f64);
    (0..DOTS_MAX).filter_map(at).collect()
}

fn note(paired: &Paired) -> String {
    let greater = (paired.greater_share * paired.count as f64).round();
    format!("greater in {greater} of {}", paired.count)
}

#[cfg(test)]
mod tests {
    use super::super::Mark;
    use super::super::legible::{assert_legible, texts};
    use super::*;

    #[test]
    fn the_interval_holds_the_dot_and_the_note_counts_the_pairs() {
        let clear: Vec<(f64, f64)> =
            (0..12).map(|run| (f64::from(run), f64::from(run) * 1.5 + 2.0)).collect();
        let comparison = |label: &str, pairs| PairedDifference { label: label.to_owned(), pairs };
        let chart = DifferenceChart {
            title: "Income".to_owned(),
            unit: "USD".to_owned(),
            comparisons: vec![
                comparison("as proposed", clear),
                comparison("with a cap", vec![(1.0, 2.0), (2.0, 1.5)]),
                comparison("never run", vec![]),
            ],
        };
        let drawing = chart.drawing(Size::Full).unwrap();
        assert_legible(&drawing);
        for text in ["greater in 12 of 12", "greater in 1 of 2", "as proposed", "no difference"] {
            assert!(texts(&drawing).contains(&text), "{text} is missing");
        }
        let dot = |mark: &Mark| match mark {
            Mark::Dot { centre, ink, .. } => Some((centre.0, *ink)),
            _ => None,
        };
        let dots: Vec<(f64, Ink)> = drawing.marks.iter().filter_map(dot).collect();
        let interval = |mark: &Mark| match mark {
            Mark::Path { points, width_px, .. } if *width_px == 3.0 => {
                Some((points[0].0, points[1].0))
            }
            _ => None,
        };
        let intervals: Vec<(f64, f64)> = drawing.marks.iter().filter_map(interval).collect();
        assert_eq!((dots.len(), intervals.len()), (2, 1), "two pairs are too few for an interval");
        assert!(intervals[0].0 < dots[0].0 && dots[0].0 < intervals[0].1);
        assert_eq!((dots[0].1, dots[1].1), (Ink::Series(0), Ink::Muted));
    }
}

//! Bars that start at a base, the longest first: what each input does to an outcome.

use super::axis::ValueAxis;
use super::canvas::{Canvas, Frame, Size, draw, text_px, widest_px};
use super::drawing::{Drawing, Hang};
use super::theme::Ink;
use crate::wording::format_number;

const BAR_PX: f64 = 15.0;
const GAP_PX: f64 = 12.0;
const TOP_PX: f64 = 30.0;
/// Ticks and unit of the axis below.
const BELOW_PX: f64 = 42.0;

/// A bar from the base of the chart to a value.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Reach {
    /// Where the bar ends.
    pub value: f64,
    /// Where the true value lies with a confidence that the caption states.
    pub interval: Option<(f64, f64)>,
    /// Its colour.
    pub ink: Ink,
}

/// One input with its bars, one under the other.
#[derive(Clone, Debug)]
pub struct TornadoRow {
    /// What it is called.
    pub label: String,
    /// One under the other.
    pub bars: Vec<Reach>,
}

/// Inputs by how much they move an output, the largest on top.
#[derive(Clone, Debug)]
pub struct TornadoChart {
    /// What is shown, for readers that see no picture.
    pub title: String,
    /// The unit of the values; empty for none.
    pub unit: String,
    /// Where all bars start.
    pub base: f64,
    /// The meaning of the colours, in a row above.
    pub legend: Vec<(String, Ink)>,
    /// From the top down.
    pub rows: Vec<TornadoRow>,
}

impl TornadoChart {
    /// The chart as marks, as high as its rows; `None` when there is nothing to draw.
    pub fn drawing(&self, size: Size) -> Option<Drawing> {
        let bars = || self.rows.iter().flat_map(|row| &row.bars);
        bars().next()?;
        let ends = bars().flat_map(|bar| {
            let (low, high) = bar.interval.unwrap_or((bar.value, bar.value));
            [bar.value, low, high]
        });
        let axis = ValueAxis::over(ends.chain([self.base]), false, 5);
        let (width, _) = size.pixels();
        let numbers =
            bars().map(|bar| text_px(&format_number(bar.value))).fold(0.0, f64::max) + 8.0;
        let backwards = bars().any(|bar| bar.value < self.base);
        let labels = widest_px(self.rows.iter().map(|row| row.label.as_str()));
        let height: f64 = self.rows.iter().map(|row| BAR_PX * row.bars.len() as f64 + GAP_PX).sum();
        let frame = Frame {
            left: labels + 10.0 + if backwards { numbers } else { 0.0 },
            right: width - numbers,
            top: TOP_PX,
            bottom: TOP_PX + height,
        };
        let size_px = (width, frame.bottom + BELOW_PX);
        Some(draw(size_px, &self.title, |canvas| self.paint(canvas, frame, &axis, labels)))
    }

    fn paint(&self, canvas: &mut Canvas, frame: Frame, axis: &ValueAxis, labels_px: f64) {
        canvas.legend(&self.legend, (0.0, 10.0));
        canvas.value_axis_across(frame, axis, &self.unit);
        let base = frame.x(axis, self.base);
        let mut top = frame.top + GAP_PX / 2.0;
        for row in &self.rows {
            let middle = top + BAR_PX * row.bars.len() as f64 / 2.0;
            canvas.text(&row.label, (labels_px, middle), Hang::Right, Ink::Observed);
            for bar in &row.bars {
                let (end, y) = (frame.x(axis, bar.value), top + BAR_PX / 2.0);
                let corners = (base.min(end), base.max(end));
                canvas.bar((corners.0, top + 1.0), (corners.1, top + BAR_PX - 1.0), bar.ink);
                let (mut least, mut most) = corners;
                if let Some((low, high)) = bar.interval {
                    let (low, high) = (frame.x(axis, low), frame.x(axis, high));
                    canvas.whisker((low, high), y);
                    (least, most) = (least.min(low), most.max(high));
                }
                let number = format_number(bar.value);
                if bar.value < self.base {
                    canvas.text(&number, (least - 6.0, y), Hang::Right, Ink::Muted);
                } else {
                    canvas.text(&number, (most + 6.0, y), Hang::Left, Ink::Muted);
                }
                top += BAR_PX;
            }
            top += GAP_PX;
        }
        canvas.path(&[(base, frame.top), (base, frame.bottom)], Ink::Axis, 1.5);
    }
}

#[cfg(test)]
mod tests {
    use super::super::legible::{assert_legible, texts};
    use super::*;
    use crate::show::plot::Mark;

    #[test]
    fn bars_start_at_the_base_show_their_value_and_never_touch_a_label() {
        let bar = |value, interval, ink| Reach { value, interval, ink: Ink::Series(ink) };
        let row = |label: &str, bars| TornadoRow { label: label.to_owned(), bars };
        let chart = TornadoChart {
            title: "Income".to_owned(),
            unit: "USD a day".to_owned(),
            base: 100.0,
            legend: vec![
                ("at its low end".to_owned(), Ink::Series(0)),
                ("at its high end".to_owned(), Ink::Series(1)),
            ],
            rows: vec![
                row(
                    "token price",
                    vec![bar(40.0, Some((35.0, 45.0)), 0), bar(180.0, Some((150.0, 210.0)), 1)],
                ),
                row("hardware life", vec![bar(110.0, None, 0), bar(90.0, None, 1)]),
            ],
        };
        let drawing = chart.drawing(Size::Full).expect("there is something to draw");
        assert_legible(&drawing);
        for text in ["40.0", "180", "110", "90.0", "token price", "at its low end", "USD a day"] {
            assert!(texts(&drawing).contains(&text), "{text} is missing");
        }
        let bars: Vec<(f64, f64)> = drawing
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Bar { corner, opposite, .. } if corner.1 > TOP_PX => {
                    Some((corner.0, opposite.0))
                }
                _ => None,
            })
            .collect();
        assert!(bars[0].1 == bars[1].0 && bars[2].0 == bars[3].1, "they share the base: {bars:?}");
        let length = |bar: (f64, f64)| bar.1 - bar.0;
        assert!((length(bars[1]) / length(bars[2]) - 8.0).abs() < 1e-9, "80 beside 10");
        assert!(TornadoChart { rows: vec![], ..chart }.drawing(Size::Half).is_none());
    }
}

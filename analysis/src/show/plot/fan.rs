//! How the runs spread over time: bands of quantiles around the median, darker where more runs are.

use super::axis::ValueAxis;
use super::canvas::{Canvas, Scales, Size, draw};
use super::drawing::Drawing;
use super::line::{Line, Marker, paint_line, paint_markers};
use super::theme::Ink;
use crate::series::Instant;

/// Opacity of the bands: 5 to 95 % and, over it, 25 to 75 %.
const OPACITY: f64 = 0.2;

/// What a band covers, at the right edge.
const BANDS: [&str; 3] = ["5\u{2013}95 %", "25\u{2013}75 %", "median"];

/// Quantiles over runs as bands around the median, over time.
#[derive(Clone, Debug)]
pub struct FanChart {
    /// What is shown, for readers that see no picture.
    pub title: String,
    /// The unit of the values; empty for none.
    pub unit: String,
    /// 5, 25, 50, 75 and 95 % quantile over the runs by instant.
    pub quantiles: Vec<(Instant, [f64; 5])>,
    /// What was observed, or another line over the fan.
    pub over: Vec<Line>,
    /// Instants marked by a line across.
    pub markers: Vec<Marker>,
    /// Whether the axis of values begins at zero.
    pub from_zero: bool,
}

impl FanChart {
    /// The chart as marks; `None` when there is nothing to draw.
    pub fn drawing(&self, size: Size) -> Option<Drawing> {
        let dates = || {
            let over = self.over.iter().flat_map(|line| line.points.iter().map(|point| point.0));
            self.quantiles.iter().map(|point| point.0).chain(over)
        };
        self.quantiles.first()?;
        let range = (dates().min()?, dates().max()?);
        let fan = self.quantiles.iter().flat_map(|(_, values)| *values);
        let over = self.over.iter().flat_map(|line| line.points.iter().map(|point| point.1));
        let axis = ValueAxis::over(fan.chain(over), self.from_zero, 5);
        let labels: Vec<&str> =
            BANDS.into_iter().chain(self.over.iter().map(|line| line.label.as_str())).collect();
        let scales = Scales::new(size, axis, range, &labels);
        Some(draw(size.pixels(), &self.title, |canvas| self.paint(canvas, &scales, range)))
    }

    fn paint(&self, canvas: &mut Canvas, scales: &Scales, range: (Instant, Instant)) {
        canvas.axes(scales, range, &self.unit);
        paint_markers(canvas, scales, &self.markers, range);
        let ink = Ink::Series(0);
        for (low, high) in [(0, 4), (1, 3)] {
            let upper = self.quantiles.iter().map(|(date, q)| scales.at(*date, q[high]));
            let lower = self.quantiles.iter().rev().map(|(date, q)| scales.at(*date, q[low]));
            canvas.area(&upper.chain(lower).collect::<Vec<_>>(), ink, OPACITY);
        }
        let median: Vec<_> =
            self.quantiles.iter().map(|(date, q)| scales.at(*date, q[2])).collect();
        canvas.path(&median, ink, 2.25);
        let mut ends = Vec::new();
        if let Some((_, last)) = self.quantiles.last() {
            let y = |value: f64| scales.y(value);
            let tops = [(last[3] + last[4]) / 2.0, (last[2] + last[3]) / 2.0, last[2]];
            ends.extend(BANDS.into_iter().zip(tops).map(|(label, top)| (label, y(top), ink)));
        }
        for line in &self.over {
            paint_line(canvas, scales, line);
            let end = line.points.last();
            ends.extend(end.map(|(_, value)| (line.label.as_str(), scales.y(*value), line.ink)));
        }
        canvas.end_labels(scales.frame, &ends);
    }
}

#[cfg(test)]
mod tests {
    use super::super::legible::{assert_legible, texts};
    use super::super::{Mark, Stroke};
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_bands_lie_in_each_other_and_every_label_is_there() {
        let day = |year, month, day| Instant::of_date(date(year, month, day));
        let month = |month, spread: f64| {
            (day(2024, month, 1), [10.0 - spread, 10.0 - spread / 2.0, 10.0, 11.0, 10.0 + spread])
        };
        let chart = FanChart {
            title: "Supply".to_owned(),
            unit: "TOK".to_owned(),
            quantiles: (1..=12).map(|of| month(of, f64::from(of) / 2.0 + 1.0)).collect(),
            over: vec![Line {
                label: "observed".to_owned(),
                ink: Ink::Observed,
                stroke: Stroke::Thin,
                points: vec![(day(2024, 1, 1), 9.0), (day(2024, 6, 1), 9.5)],
                band: vec![],
            }],
            markers: vec![Marker { at: day(2024, 5, 1), label: "vote".to_owned() }],
            from_zero: true,
        };
        let drawing = chart.drawing(Size::Half).expect("there is something to draw");
        assert_legible(&drawing);
        for text in BANDS.into_iter().chain(["observed", "vote", "TOK"]) {
            assert!(texts(&drawing).contains(&text), "{text} is missing");
        }
        let heights: Vec<f64> = drawing
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Area { outline, .. } => Some(outline[12].1 - outline[11].1),
                _ => None,
            })
            .collect();
        assert!(heights.len() == 2 && heights[0] > heights[1] && heights[1] > 0.0, "{heights:?}");
        assert!(FanChart { quantiles: vec![], ..chart }.drawing(Size::Half).is_none());
    }
}

//! Lines over time: simulated bold, observed thin and dark over it, a band where runs differ.

use jiff::civil::Date;

use super::axis::ValueAxis;
use super::canvas::{Canvas, Scales, Size, draw};
use super::drawing::{Drawing, Hang, LABEL_Y_PX};
use super::theme::Ink;
use crate::series::Dated;
use crate::statistics::spread;

/// How a line is drawn.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// A thick line.
    Bold,
    /// A thin line.
    Thin,
    /// A broken line.
    Dashed,
    /// For series with gaps: one dot a value.
    Dots,
}

/// One series with its name at the right edge.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it is called.
    pub label: String,
    /// Its colour.
    pub ink: Ink,
    /// How it is drawn.
    pub stroke: Stroke,
    /// Its points, in order.
    pub points: Dated,
    /// Low and high by date; empty for none.
    pub band: Vec<(Date, f64, f64)>,
}

/// A line with more values is drawn by the extremes of this many stretches.
const STRETCHES: usize = 180;

impl Line {
    /// Median of the runs of one series, with a band from 5 % to 95 % where there are several.
    pub fn of_runs(label: String, ink: Ink, runs: &[Dated]) -> Line {
        let spread = spread(runs);
        let band = match runs.len() {
            1 => Vec::new(),
            _ => spread.iter().map(|(date, [low, _, high])| (*date, *low, *high)).collect(),
        };
        let points = spread.into_iter().map(|(date, [_, middle, _])| (date, middle)).collect();
        Line { label, ink, stroke: Stroke::Bold, points, band }
    }

    /// The line with at most some hundred values: of each stretch its least and its greatest.
    pub fn thinned(self) -> Line {
        if self.points.len() <= 2 * STRETCHES {
            return self;
        }
        let every = self.points.len().div_ceil(STRETCHES);
        let mut points = Vec::with_capacity(2 * STRETCHES);
        for stretch in self.points.chunks(every) {
            let place = |pick: fn(f64, f64) -> bool| {
                (1..stretch.len())
                    .fold(0, |best, i| if pick(stretch[i].1, stretch[best].1) { i } else { best })
            };
            let (low, high) = (place(|a, b| a < b), place(|a, b| a > b));
            points.extend([low.min(high), low.max(high)].map(|i| stretch[i]));
        }
        points.dedup_by_key(|(date, _)| *date);
        let (first, last) = (self.points[0], self.points[self.points.len() - 1]);
        if points.first().is_some_and(|point| point.0 != first.0) {
            points.insert(0, first);
        }
        if points.last().is_some_and(|point| point.0 != last.0) {
            points.push(last);
        }
        let band = self.band.chunks(self.band.len().div_ceil(STRETCHES).max(1)).map(|stretch| {
            let low = stretch.iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
            let high = stretch.iter().map(|point| point.2).fold(f64::NEG_INFINITY, f64::max);
            (stretch[stretch.len() / 2].0, low, high)
        });
        let band = band.collect();
        Line { points, band, ..self }
    }
}

/// A date worth a vertical line.
#[derive(Clone, Debug)]
pub struct Marker {
    /// Where it stands.
    pub date: Date,
    /// What it is called.
    pub label: String,
}

/// Lines over time, with bands.
#[derive(Clone, Debug)]
pub struct LineChart {
    /// What is shown, for readers that see no picture.
    pub title: String,
    /// The unit of the values; empty for none.
    pub unit: String,
    /// Drawn in order, the last on top.
    pub lines: Vec<Line>,
    /// Dates marked by a line across.
    pub markers: Vec<Marker>,
    /// Whether the axis of values begins at zero.
    pub from_zero: bool,
}

impl LineChart {
    /// The chart as SVG; `None` when there is nothing to draw.
    pub fn draw(&self, size: Size) -> Option<String> {
        self.drawing(size).map(|drawing| drawing.svg())
    }

    /// The chart as marks; `None` when there is nothing to draw.
    pub fn drawing(&self, size: Size) -> Option<Drawing> {
        let dates = || self.lines.iter().flat_map(|line| line.points.iter().map(|point| point.0));
        let range = (dates().min()?, dates().max()?);
        let values = self.lines.iter().flat_map(|line| {
            let band = line.band.iter().flat_map(|(_, low, high)| [*low, *high]);
            line.points.iter().map(|point| point.1).chain(band)
        });
        let axis = ValueAxis::over(values, self.from_zero, 5);
        let labels: Vec<&str> = self.lines.iter().map(|line| line.label.as_str()).collect();
        let scales = Scales::new(size, axis, range, &labels);
        Some(draw(size.pixels(), &self.title, |canvas| self.paint(canvas, &scales, range)))
    }

    fn paint(&self, canvas: &mut Canvas, scales: &Scales, range: (Date, Date)) {
        canvas.axes(scales, range, &self.unit);
        paint_markers(canvas, scales, &self.markers, range);
        for line in &self.lines {
            paint_band(canvas, scales, line);
        }
        for line in &self.lines {
            paint_line(canvas, scales, line);
        }
        let ends: Vec<(&str, f64, Ink)> = self
            .lines
            .iter()
            .filter_map(|line| {
                let (date, value) = *line.points.last()?;
                Some((line.label.as_str(), scales.at(date, value).1, line.ink))
            })
            .collect();
        canvas.end_labels(scales.frame, &ends);
    }
}

pub fn paint_markers(
    canvas: &mut Canvas,
    scales: &Scales,
    markers: &[Marker],
    range: (Date, Date),
) {
    for marker in markers.iter().filter(|m| range.0 < m.date && m.date < range.1) {
        let (x, _) = scales.at(marker.date, 0.0);
        canvas.dashed(&[(x, scales.frame.top), (x, scales.frame.bottom)], Ink::Axis, 1.0);
        canvas.text(&marker.label, (x, LABEL_Y_PX), Hang::Middle, Ink::Muted);
    }
}

fn paint_band(canvas: &mut Canvas, scales: &Scales, line: &Line) {
    if line.band.is_empty() {
        return;
    }
    let upper = line.band.iter().map(|(date, _, high)| scales.at(*date, *high));
    let lower = line.band.iter().rev().map(|(date, low, _)| scales.at(*date, *low));
    canvas.area(&upper.chain(lower).collect::<Vec<_>>(), line.ink, 0.16);
}

pub fn paint_line(canvas: &mut Canvas, scales: &Scales, line: &Line) {
    let points: Vec<(f64, f64)> = line
        .points
        .iter()
        .filter(|(_, value)| value.is_finite())
        .map(|(date, value)| scales.at(*date, *value))
        .collect();
    match line.stroke {
        Stroke::Bold => canvas.path(&points, line.ink, 2.25),
        Stroke::Thin => canvas.path(&points, line.ink, 1.2),
        Stroke::Dashed => canvas.dashed(&points, line.ink, 1.5),
        Stroke::Dots => points.iter().for_each(|point| canvas.dot(*point, line.ink, 2.4)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::date_of;

    #[test]
    fn a_thinned_line_keeps_its_ends_and_its_spike() {
        let points: Dated = (0..5_000)
            .map(|day| (date_of(day), if day == 3_333 { 1e6 } else { f64::from(day % 7) }))
            .collect();
        let band = points.iter().map(|(date, value)| (*date, value - 1.0, value + 1.0)).collect();
        let (label, ink, stroke) = (String::new(), Ink::Series(0), Stroke::Bold);
        let full = Line { label, ink, stroke, points: points.clone(), band };
        let line = full.thinned();
        assert!(line.points.len() <= 2 * STRETCHES + 2 && line.band.len() <= STRETCHES);
        assert_eq!(
            (line.points[0], line.points[line.points.len() - 1]),
            (points[0], points[4_999])
        );
        assert!(line.points.contains(&(date_of(3_333), 1e6)));
        assert!(line.band.iter().any(|(_, _, high)| *high == 1e6 + 1.0));
        assert!(line.points.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}

//! Lines over time: simulated bold, observed thin and dark over it, a band where runs differ.

use super::axis::ValueAxis;
use super::canvas::{Canvas, Scales, Size, draw};
use super::drawing::{Drawing, Hang};
use super::theme::Ink;
use crate::series::{Instant, TimeSeries};
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
    pub points: TimeSeries,
    /// Low and high by instant; empty for none.
    pub band: Vec<(Instant, f64, f64)>,
}

/// A line with more values is drawn by the extremes of this many stretches.
const STRETCHES: usize = 180;

impl Line {
    /// Median of the runs of one series, with a band from 5 % to 95 % where there are several.
    pub fn of_runs(label: String, ink: Ink, runs: &[TimeSeries]) -> Line {
        let spread = spread(runs);
        let band = match runs.len() {
            1 => Vec::new(),
            _ => spread.iter().map(|(at, [low, _, high])| (*at, *low, *high)).collect(),
        };
        let points = spread.into_iter().map(|(at, [_, middle, _])| (at, middle)).collect();
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
        points.dedup_by_key(|(at, _)| *at);
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

/// An instant worth a vertical line.
#[derive(Clone, Debug)]
pub struct Marker {
    /// Where it stands.
    pub at: Instant,
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
    /// Instants marked by a line across.
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
        let instants =
            || self.lines.iter().flat_map(|line| line.points.iter().map(|point| point.0));
        let range = (instants().min()?, instants().max()?);
        let values = self.lines.iter().flat_map(|line| {
            let band = line.band.iter().flat_map(|(_, low, high)| [*low, *high]);
            line.points.iter().map(|point| point.1).chain(band)
        });
        let axis = ValueAxis::over(values, self.from_zero, 5);
        let labels: Vec<&str> = self.lines.iter().map(|line| line.label.as_str()).collect();
        let scales = Scales::new(size, axis, range, &labels);
        Some(draw(size.pixels(), &self.title, |canvas| self.paint(canvas, &scales, range)))
    }

    fn paint(&self, canvas: &mut Canvas, scales: &Scales, range: (Instant, Instant)) {
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
                let (at, value) = *line.points.last()?;
                Some((line.label.as_str(), scales.at(at, value).1, line.ink))
            })
            .collect();
        canvas.end_labels(scales.frame, &ends);
    }
}

pub fn paint_markers(
    canvas: &mut Canvas,
    scales: &Scales,
    markers: &[Marker],
    range: (Instant, Instant),
) {
    for marker in markers.iter().filter(|m| range.0 < m.at && m.at < range.1) {
        let (x, _) = scales.at(marker.at, 0.0);
        canvas.dashed(&[(x, scales.frame.top), (x, scales.frame.bottom)], Ink::Axis, 1.0);
        canvas.text(&marker.label, (x, 8.0), Hang::Middle, Ink::Muted);
    }
}

fn paint_band(canvas: &mut Canvas, scales: &Scales, line: &Line) {
    if line.band.is_empty() {
        return;
    }
    let upper = line.band.iter().map(|(at, _, high)| scales.at(*at, *high));
    let lower = line.band.iter().rev().map(|(at, low, _)| scales.at(*at, *low));
    canvas.area(&upper.chain(lower).collect::<Vec<_>>(), line.ink, 0.16);
}

pub fn paint_line(canvas: &mut Canvas, scales: &Scales, line: &Line) {
    let points: Vec<(f64, f64)> = line
        .points
        .iter()
        .filter(|(_, value)| value.is_finite())
        .map(|(at, value)| scales.at(*at, *value))
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

    #[test]
    fn a_thinned_line_keeps_its_ends_and_its_spike() {
        let at = |row: i32| Instant::from_millis(i64::from(row) * 12_000);
        let points: TimeSeries = (0..5_000)
            .map(|row| (at(row), if row == 3_333 { 1e6 } else { f64::from(row % 7) }))
            .collect();
        let band = points.iter().map(|(at, value)| (*at, value - 1.0, value + 1.0)).collect();
        let (label, ink, stroke) = (String::new(), Ink::Series(0), Stroke::Bold);
        let full = Line { label, ink, stroke, points: points.clone(), band };
        let line = full.thinned();
        assert!(line.points.len() <= 2 * STRETCHES + 2 && line.band.len() <= STRETCHES);
        assert_eq!(
            (line.points[0], line.points[line.points.len() - 1]),
            (points[0], points[4_999])
        );
        assert!(line.points.contains(&(at(3_333), 1e6)));
        assert!(line.band.iter().any(|(_, _, high)| *high == 1e6 + 1.0));
        assert!(line.points.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}

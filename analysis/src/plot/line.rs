//! Lines over time: simulated bold, observed thin and dark over it, a band where runs differ.

use jiff::civil::Date;

use super::axis::ValueAxis;
use super::canvas::{Canvas, Scales, Size, draw};
use super::drawing::{Drawing, Hang};
use super::theme::Ink;
use crate::table::Dated;

/// How a line is drawn.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Stroke {
    Bold,
    Thin,
    Dashed,
    /// For series with gaps: one dot a value.
    Dots,
}

/// One series with its name at the right edge.
#[derive(Clone, Debug)]
pub struct Line {
    pub label: String,
    pub ink: Ink,
    pub stroke: Stroke,
    pub points: Dated,
    /// Low and high by date; empty for none.
    pub band: Vec<(Date, f64, f64)>,
}

/// A date worth a vertical line.
#[derive(Clone, Debug)]
pub struct Marker {
    pub date: Date,
    pub label: String,
}

#[derive(Clone, Debug)]
pub struct LineChart {
    pub title: String,
    pub unit: String,
    pub lines: Vec<Line>,
    pub markers: Vec<Marker>,
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
        canvas.text(&marker.label, (x, 8.0), Hang::Middle, Ink::Muted);
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

//! Bars in groups: one value for each member of each class.

use super::axis::ValueAxis;
use super::canvas::{Canvas, Frame, Size, draw};
use super::drawing::{Drawing, Hang};
use super::theme::Ink;

/// A class on the axis with its bars, in the order of the legend.
#[derive(Clone, Debug)]
pub struct Group {
    /// What it is called.
    pub label: String,
    /// Its bars, from left to right.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Its colour.
    pub ink: Ink,
    /// Its height, in the unit of the chart.
    pub value: f64,
}

/// Groups of bars side by side.
#[derive(Clone, Debug)]
pub struct BarChart {
    /// What is shown, for readers that see no picture.
    pub title: String,
    /// The unit of the values; empty for none.
    pub unit: String,
    /// The meaning of the colours; shown at the right edge.
    pub legend: Vec<(String, Ink)>,
    /// From left to right.
    pub groups: Vec<Group>,
}

impl BarChart {
    /// The chart as SVG; `None` when there is nothing to draw.
    pub fn draw(&self, size: Size) -> Option<String> {
        self.drawing(size).map(|drawing| drawing.svg())
    }

    /// The chart as marks; `None` when there is nothing to draw.
    pub fn drawing(&self, size: Size) -> Option<Drawing> {
        if self.groups.iter().all(|group| group.bars.is_empty()) {
            return None;
        }
        let values = self.groups.iter().flat_map(|group| group.bars.iter().map(|bar| bar.value));
        let axis = ValueAxis::over(values, true, 5);
        Some(draw(size.pixels(), &self.title, |canvas| self.paint(canvas, size, &axis)))
    }

    fn paint(&self, canvas: &mut Canvas, size: Size, axis: &ValueAxis) {
        let (width, height) = size.pixels();
        let characters = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0) as f64;
        let ticks = characters(&mut axis.ticks.iter().map(|t| axis.label(*t).chars().count()));
        let legend = characters(&mut self.legend.iter().map(|(label, _)| label.chars().count()));
        let frame = Frame {
            left: ticks * 6.6 + 12.0,
            right: width - legend * 6.6 - 14.0,
            top: 26.0,
            bottom: height - 26.0,
        };
        let y = |value: f64| {
            frame.bottom - (value - axis.low) / (axis.high - axis.low) * (frame.bottom - frame.top)
        };
        for tick in &axis.ticks {
            let ink = if *tick == 0.0 { Ink::Axis } else { Ink::Grid };
            canvas.path(&[(frame.left, y(*tick)), (frame.right, y(*tick))], ink, 1.0);
            let at = (frame.left - 8.0, y(*tick));
            canvas.text(&axis.label(*tick), at, Hang::Right, Ink::Muted);
        }
        canvas.text(&format!("{}{}", axis.prefix, self.unit), (0.0, 8.0), Hang::Left, Ink::Muted);
        let room = (frame.right - frame.left) / self.groups.len() as f64;
        for (place, group) in self.groups.iter().enumerate() {
            let left = frame.left + room * place as f64;
            let bar = (room * 0.72 / group.bars.len().max(1) as f64).min(48.0);
            let start = left + (room - bar * group.bars.len() as f64) / 2.0;
            for (index, member) in group.bars.iter().enumerate() {
                let x = start + bar * index as f64;
                let (top, base) = (y(member.value.max(0.0)), y(member.value.min(0.0)));
                canvas.bar((x + 1.0, top), (x + bar - 1.0, base), member.ink);
            }
            let at = (left + room / 2.0, frame.bottom + 16.0);
            canvas.text(&group.label, at, Hang::Middle, Ink::Muted);
        }
        let ends: Vec<(&str, f64, Ink)> = self
            .legend
            .iter()
            .map(|(label, ink)| (label.as_str(), frame.top + 8.0, *ink))
            .collect();
        canvas.end_labels(frame, &ends);
    }
}

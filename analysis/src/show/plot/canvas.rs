//! What charts are composed on: a frame with value axis, time axis, grid and labels at its edges.

use super::axis::{ValueAxis, time_ticks};
use super::drawing::{Drawing, Hang, Mark, Point, Reading};
use super::theme::Ink;
use crate::series::Instant;

/// A safe mean width of a character of the font.
const CHARACTER_PX: f64 = 6.6;
/// The same in the widest of the usual fonts, where a label would otherwise be cut off.
const WIDE_CHARACTER_PX: f64 = 7.3;
const TOP_PX: f64 = 26.0;
const BOTTOM_PX: f64 = 26.0;
const LABEL_GAP_PX: f64 = 15.0;

/// How large a chart is, in CSS pixels before the page scales it.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum Size {
    /// The width of the page.
    Full,
    /// Two side by side.
    Half,
}

impl Size {
    /// Width and height in CSS pixels.
    pub fn pixels(self) -> (f64, f64) {
        match self {
            Size::Full => (1040.0, 340.0),
            Size::Half => (508.0, 270.0),
        }
    }
}

/// The width of a text in the widest of the usual fonts.
pub fn text_px(text: &str) -> f64 {
    text.chars().count() as f64 * WIDE_CHARACTER_PX
}

/// The width of the widest of some texts.
pub fn widest_px<'a>(texts: impl Iterator<Item = &'a str>) -> f64 {
    texts.map(text_px).fold(0.0, f64::max)
}

/// The plotting area in CSS pixels.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Frame {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

impl Frame {
    /// What the labels of the values and those at the right edge leave of the drawing.
    pub fn new(size: Size, values: &ValueAxis, labels: &[&str]) -> Self {
        let (width, height) = size.pixels();
        let longest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0) as f64;
        let ticks = longest(&mut values.ticks.iter().map(|t| values.label(*t).chars().count()));
        let ends = longest(&mut labels.iter().map(|label| label.chars().count()));
        Frame {
            left: ticks * CHARACTER_PX + 12.0,
            right: width - ends * CHARACTER_PX - 14.0,
            top: TOP_PX,
            bottom: height - BOTTOM_PX,
        }
    }

    /// The height of a value on an axis that rises.
    pub fn y(&self, values: &ValueAxis, value: f64) -> f64 {
        let share = (value - values.low) / (values.high - values.low);
        self.bottom - share * (self.bottom - self.top)
    }

    /// The place of a value on an axis that runs from left to right.
    pub fn x(&self, values: &ValueAxis, value: f64) -> f64 {
        let share = (value - values.low) / (values.high - values.low);
        self.left + share * (self.right - self.left)
    }
}

/// The values and the time of a chart's axes.
pub struct Scales {
    pub frame: Frame,
    pub values: ValueAxis,
    first_day: f64,
    days: f64,
}

impl Scales {
    pub fn new(size: Size, values: ValueAxis, time: (Instant, Instant), labels: &[&str]) -> Self {
        let frame = Frame::new(size, &values, labels);
        let days = time.1.days_since(time.0);
        // A single instant stands at the left of a day.
        let days = if days > 0.0 { days } else { 1.0 };
        Scales { frame, values, first_day: time.0.days(), days }
    }

    pub fn x(&self, at: Instant) -> f64 {
        let share = (at.days() - self.first_day) / self.days;
        self.frame.left + share * (self.frame.right - self.frame.left)
    }

    pub fn y(&self, value: f64) -> f64 {
        self.frame.y(&self.values, value)
    }

    pub fn at(&self, instant: Instant, value: f64) -> (f64, f64) {
        (self.x(instant), self.y(value))
    }
}

/// A drawing in the making.
#[derive(Debug, Default)]
pub struct Canvas {
    marks: Vec<Mark>,
    reading: Option<Reading>,
}

/// The drawing that `paint` puts on a fresh canvas of some width and height. `title` is for screen
/// readers.
pub fn draw(size_px: (f64, f64), title: &str, paint: impl FnOnce(&mut Canvas)) -> Drawing {
    let mut canvas = Canvas::default();
    paint(&mut canvas);
    let (width_px, height_px) = size_px;
    let Canvas { marks, reading } = canvas;
    Drawing { title: title.to_owned(), width_px, height_px, marks, reading }
}

impl Canvas {
    pub fn path(&mut self, points: &[Point], ink: Ink, width_px: f64) {
        self.marks.push(Mark::Path { points: points.to_vec(), ink, width_px });
    }

    pub fn dashed(&mut self, points: &[Point], ink: Ink, width_px: f64) {
        self.marks.push(Mark::Dashed { points: points.to_vec(), ink, width_px });
    }

    pub fn area(&mut self, outline: &[Point], ink: Ink, opacity: f64) {
        self.marks.push(Mark::Area { outline: outline.to_vec(), ink, opacity });
    }

    pub fn bar(&mut self, corner: Point, opposite: Point, ink: Ink) {
        self.marks.push(Mark::Bar { corner, opposite, ink });
    }

    pub fn dot(&mut self, centre: Point, ink: Ink, radius_px: f64) {
        self.marks.push(Mark::Dot { centre, ink, radius_px });
    }

    pub fn text(&mut self, text: &str, at: Point, hang: Hang, ink: Ink) {
        self.marks.push(Mark::Text { text: text.to_owned(), at, hang, ink });
    }

    /// Grid, ticks and units of a chart over time.
    pub fn axes(&mut self, scales: &Scales, time: (Instant, Instant), unit: &str) {
        let frame = scales.frame;
        self.reading = Some(Reading {
            frame: [frame.left, frame.top, frame.right, frame.bottom],
            days: (scales.first_day, scales.first_day + scales.days),
            values: (scales.values.low, scales.values.high),
            unit: unit.to_owned(),
        });
        self.value_axis(frame, &scales.values, unit);
        for tick in time_ticks(time.0, time.1, frame.right - frame.left, 46.0) {
            let x = scales.x(tick.at);
            let ink = if tick.strong { Ink::Axis } else { Ink::Grid };
            let length = if tick.strong { 6.0 } else { 4.0 };
            self.path(&[(x, frame.bottom), (x, frame.bottom + length)], ink, 1.0);
            self.text(&tick.label, (x, frame.bottom + 16.0), Hang::Middle, Ink::Muted);
        }
    }

    /// Grid, ticks and unit of the values.
    pub fn value_axis(&mut self, frame: Frame, values: &ValueAxis, unit: &str) {
        for tick in &values.ticks {
            let y = frame.y(values, *tick);
            let ink = if *tick == 0.0 { Ink::Axis } else { Ink::Grid };
            self.path(&[(frame.left, y), (frame.right, y)], ink, 1.0);
            self.text(&values.label(*tick), (frame.left - 8.0, y), Hang::Right, Ink::Muted);
        }
        self.text(&format!("{}{unit}", values.prefix), (0.0, 8.0), Hang::Left, Ink::Muted);
    }

    /// Grid, ticks and unit of values from left to right, below the frame.
    pub fn value_axis_across(&mut self, frame: Frame, values: &ValueAxis, unit: &str) {
        for tick in &values.ticks {
            let x = frame.x(values, *tick);
            let ink = if *tick == 0.0 { Ink::Axis } else { Ink::Grid };
            self.path(&[(x, frame.top), (x, frame.bottom)], ink, 1.0);
            self.text(&values.label(*tick), (x, frame.bottom + 14.0), Hang::Middle, Ink::Muted);
        }
        let unit = format!("{}{unit}", values.prefix);
        let middle = (frame.left + frame.right) / 2.0;
        self.text(&unit, (middle, frame.bottom + 31.0), Hang::Middle, Ink::Muted);
    }

    /// An interval from left to right, with ends.
    pub fn whisker(&mut self, (low, high): (f64, f64), y: f64) {
        self.path(&[(low, y), (high, y)], Ink::Observed, 1.25);
        for x in [low, high] {
            self.path(&[(x, y - 3.5), (x, y + 3.5)], Ink::Observed, 1.25);
        }
    }

    /// The meaning of colours, in a row from the left.
    pub fn legend(&mut self, meanings: &[(String, Ink)], at: Point) {
        let mut x = at.0;
        for (label, ink) in meanings {
            self.bar((x, at.1 - 5.0), (x + 10.0, at.1 + 5.0), *ink);
            self.text(label, (x + 15.0, at.1), Hang::Left, Ink::Muted);
            x += 15.0 + text_px(label) + 18.0;
        }
    }

    /// Labels at the right edge, each as near its height as the others allow.
    pub fn end_labels(&mut self, frame: Frame, labels: &[(&str, f64, Ink)]) {
        let heights: Vec<f64> = labels.iter().map(|(_, y, _)| *y).collect();
        let heights = spread_labels(&heights, frame.top, frame.bottom);
        for ((label, _, ink), y) in labels.iter().zip(heights) {
            self.text(label, (frame.right + 8.0, y), Hang::Left, *ink);
        }
    }
}

/// Moves heights apart until there is room for text between them, inside the frame if possible.
fn spread_labels(heights: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..heights.len()).collect();
    order.sort_by(|a, b| heights[*a].total_cmp(&heights[*b]).then(a.cmp(b)));
    let mut placed = heights.to_vec();
    let mut least = top;
    for place in &order {
        placed[*place] = placed[*place].max(least);
        least = placed[*place] + LABEL_GAP_PX;
    }
    let mut most = bottom;
    for place in order.iter().rev() {
        placed[*place] = placed[*place].min(most);
        most = placed[*place] - LABEL_GAP_PX;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_never_overlap_and_keep_their_order() {
        let placed = spread_labels(&[100.0, 102.0, 99.0, 250.0], 0.0, 252.0);
        let mut sorted = placed.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|w| w[1] - w[0] >= LABEL_GAP_PX - 1e-9), "{placed:?}");
        assert!(placed[2] < placed[0] && placed[0] < placed[1]);
        assert!(sorted[3] <= 252.0);
    }
}

//! A plotters drawing with a frame: value axis, date axis, grid and labels at the right edge.

use jiff::civil::Date;
use plotters::coord::Shift;
use plotters::element::{Circle, DashedPathElement, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::{DrawingArea, IntoDrawingArea, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontFamily, ShapeStyle, TextStyle};

use super::SCALE;
use super::axis::{ValueAxis, date_ticks};
use super::theme::{FONT_FAMILY, Ink, themed};
use crate::report::html::escape;
use crate::table::day_number;

/// plotters divides a font's size by this when it writes SVG.
const PLOTTERS_FONT_FACTOR: f64 = 1.24;
const FONT_PX: f64 = 12.0;
/// A safe mean width of a character of the font.
const CHARACTER_PX: f64 = 6.6;
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
    pub fn pixels(self) -> (f64, f64) {
        match self {
            Size::Full => (1040.0, 340.0),
            Size::Half => (508.0, 270.0),
        }
    }
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

    pub fn y(&self, values: &ValueAxis, value: f64) -> f64 {
        let share = (value - values.low) / (values.high - values.low);
        self.bottom - share * (self.bottom - self.top)
    }
}

/// The values and days of a chart's axes.
pub struct Scales {
    pub frame: Frame,
    pub values: ValueAxis,
    first_day: f64,
    days: f64,
}

impl Scales {
    pub fn new(size: Size, values: ValueAxis, dates: (Date, Date), labels: &[&str]) -> Self {
        let frame = Frame::new(size, &values, labels);
        let first_day = f64::from(day_number(dates.0));
        let days = (f64::from(day_number(dates.1)) - first_day).max(1.0);
        Scales { frame, values, first_day, days }
    }

    pub fn x(&self, day: i32) -> f64 {
        let share = (f64::from(day) - self.first_day) / self.days;
        self.frame.left + share * (self.frame.right - self.frame.left)
    }

    pub fn y(&self, value: f64) -> f64 {
        self.frame.y(&self.values, value)
    }

    pub fn at(&self, date: Date, value: f64) -> (f64, f64) {
        (self.x(day_number(date)), self.y(value))
    }
}

/// Where text hangs on its point.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Hang {
    Left,
    Middle,
    Right,
}

/// A drawing in CSS pixels.
pub struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

type Point = (f64, f64);

/// Draws into a fresh canvas and returns the themed SVG. `title` is for screen readers.
pub fn draw(size: Size, title: &str, paint: impl FnOnce(&Canvas<'_>)) -> String {
    let (width, height) = size.pixels();
    let pixels = |length: f64| (length * f64::from(SCALE)) as u32;
    let mut svg = String::new();
    {
        let backend = SVGBackend::with_string(&mut svg, (pixels(width), pixels(height)));
        let canvas = Canvas { area: backend.into_drawing_area() };
        paint(&canvas);
        canvas.area.present().expect("a string can always be written");
    }
    let body = svg.find('>').map_or("", |end| &svg[end + 1..]);
    let (wide, high) = (pixels(width), pixels(height));
    let label = escape(title);
    themed(&format!(
        "<svg class=\"chart\" viewBox=\"0 0 {wide} {high}\" role=\"img\" \
         aria-label=\"{label}\">{body}"
    ))
}

impl Canvas<'_> {
    fn pixel((x, y): Point) -> (i32, i32) {
        let scale = f64::from(SCALE);
        ((x * scale).round() as i32, (y * scale).round() as i32)
    }

    fn put<'e, E>(&self, element: E)
    where
        E: 'e,
        for<'x> &'x E: plotters::element::PointCollection<'x, (i32, i32)>,
        for<'x, 'y> E: plotters::element::Drawable<SVGBackend<'y>>,
    {
        self.area.draw(&element).expect("drawing into a string cannot fail");
    }

    fn stroke(ink: Ink, width_px: f64, opacity: f64) -> ShapeStyle {
        let width = (width_px * f64::from(SCALE)).round() as u32;
        ink.colour().mix(opacity).stroke_width(width)
    }

    pub fn path(&self, points: &[Point], ink: Ink, width_px: f64) {
        let points: Vec<_> = points.iter().copied().map(Self::pixel).collect();
        self.put(PathElement::new(points, Self::stroke(ink, width_px, 1.0)));
    }

    pub fn dashed(&self, points: &[Point], ink: Ink, width_px: f64) {
        let points: Vec<_> = points.iter().copied().map(Self::pixel).collect();
        let style = Self::stroke(ink, width_px, 1.0);
        self.put(DashedPathElement::new(points, 4 * SCALE as u32, 3 * SCALE as u32, style));
    }

    pub fn area(&self, outline: &[Point], ink: Ink, opacity: f64) {
        let points: Vec<_> = outline.iter().copied().map(Self::pixel).collect();
        self.put(Polygon::new(points, ink.colour().mix(opacity).filled()));
    }

    pub fn bar(&self, corner: Point, opposite: Point, ink: Ink) {
        let corners = [Self::pixel(corner), Self::pixel(opposite)];
        self.put(Rectangle::new(corners, ink.colour().filled()));
    }

    pub fn dot(&self, centre: Point, ink: Ink, radius_px: f64) {
        let radius = (radius_px * f64::from(SCALE)) as u32;
        self.put(Circle::new(Self::pixel(centre), radius, ink.colour().filled()));
    }

    pub fn text(&self, text: &str, at: Point, hang: Hang, ink: Ink) {
        let h = match hang {
            Hang::Left => HPos::Left,
            Hang::Middle => HPos::Center,
            Hang::Right => HPos::Right,
        };
        let size = FONT_PX * f64::from(SCALE) * PLOTTERS_FONT_FACTOR;
        let colour = ink.colour();
        let style = TextStyle::from((FontFamily::Name(FONT_FAMILY), size))
            .color(&colour)
            .pos(Pos::new(h, VPos::Center));
        self.put(Text::new(text.to_owned(), Self::pixel(at), style));
    }

    /// Grid, ticks and units of a chart over dates.
    pub fn axes(&self, scales: &Scales, dates: (Date, Date), unit: &str) {
        let frame = scales.frame;
        self.value_axis(frame, &scales.values, unit);
        for tick in date_ticks(dates.0, dates.1, frame.right - frame.left, 46.0) {
            let x = scales.x(tick.day);
            let ink = if tick.year { Ink::Axis } else { Ink::Grid };
            let length = if tick.year { 6.0 } else { 4.0 };
            self.path(&[(x, frame.bottom), (x, frame.bottom + length)], ink, 1.0);
            self.text(&tick.label, (x, frame.bottom + 16.0), Hang::Middle, Ink::Muted);
        }
    }

    /// Grid, ticks and unit of the values.
    pub fn value_axis(&self, frame: Frame, values: &ValueAxis, unit: &str) {
        for tick in &values.ticks {
            let y = frame.y(values, *tick);
            let ink = if *tick == 0.0 { Ink::Axis } else { Ink::Grid };
            self.path(&[(frame.left, y), (frame.right, y)], ink, 1.0);
            self.text(&values.label(*tick), (frame.left - 8.0, y), Hang::Right, Ink::Muted);
        }
        self.text(&format!("{}{unit}", values.prefix), (0.0, 8.0), Hang::Left, Ink::Muted);
    }

    /// Labels at the right edge, each as near its height as the others allow.
    pub fn end_labels(&self, frame: Frame, labels: &[(&str, f64, Ink)]) {
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

    #[test]
    fn a_drawing_is_scaled_themed_and_escaped() {
        let svg = draw(Size::Half, "a < b", |canvas| {
            canvas.path(&[(0.0, 0.0), (10.4, 5.0)], Ink::Series(0), 2.0);
        });
        assert!(svg.contains("viewBox=\"0 0 1524 810\""), "{svg}");
        assert!(svg.contains("aria-label=\"a &lt; b\""), "{svg}");
        assert!(svg.contains("0,0 31,15"), "{svg}");
        assert!(svg.contains("var(--series-1,"), "{svg}");
        assert!(svg.trim_end().ends_with("</svg>"), "{svg}");
    }
}

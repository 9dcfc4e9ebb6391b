//! A chart before it is ink: the marks of a drawing, and how they become SVG or PNG.
//!
//! `plotters` paints; nothing outside this file knows it. Its coordinates are whole pixels, so
//! everything is painted larger and scaled back: by the `viewBox` of an SVG, by averaging in a PNG.

use std::io;
use std::path::Path;
use std::sync::Once;

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::element::{Circle, DashedPathElement, Drawable, PathElement, PointCollection};
use plotters::element::{Polygon, Rectangle, Text};
use plotters::prelude::{BitMapBackend, DrawingArea, IntoDrawingArea, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontFamily, FontStyle, ShapeStyle, TextStyle, register_font};

use super::SCALE;
use super::canvas::text_px;
use super::theme::{FONT_FAMILY, Ink, standalone, themed};
use crate::error::Error;
use crate::html::escape;

const FONT_PX: f64 = 12.0;
/// The height of labels above the plotting area.
pub(super) const LABEL_Y_PX: f64 = 8.0;
/// Height of a line of text from the lowest to the highest letter.
pub(super) const TEXT_HIGH_PX: f64 = 11.0;
/// What plotters is told so that letters come out in [`FONT_PX`], and how much lower to hang them
/// so that their middle is on the point: it divides a size by 1.24 when it writes SVG, and takes it
/// for the height from the lowest to the highest letter when it paints.
const SVG_LETTERS: Letters = Letters { size: 1.24, drop_px: 0.0 };
const PNG_LETTERS: Letters = Letters { size: 1.164, drop_px: 1.9 };
/// Pixels of a PNG per CSS pixel, and painted pixels per pixel of the PNG: what smooths its edges.
const PNG_SCALE: u32 = 2;
const SMOOTHING: u32 = 3;
/// White around a PNG, in CSS pixels.
const PNG_MARGIN_PX: f64 = 16.0;
/// The font of a PNG, for machines without fonts: `pinwheel-sans.LICENSE`.
const FONT: &[u8] = include_bytes!("../../../assets/pinwheel-sans.ttf");

/// A place in CSS pixels, from the top left.
pub type Point = (f64, f64);

/// Where text hangs on its point.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Hang {
    /// It begins at the point.
    Left,
    /// It is centred on the point.
    Middle,
    /// It ends at the point.
    Right,
}

/// What is drawn, in CSS pixels; later marks lie over earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A line through points.
    Path {
        /// From one end to the other.
        points: Vec<Point>,
        /// Its colour.
        ink: Ink,
        /// Its width in CSS pixels.
        width_px: f64,
    },
    /// A broken line through points.
    Dashed {
        /// From one end to the other.
        points: Vec<Point>,
        /// Its colour.
        ink: Ink,
        /// Its width in CSS pixels.
        width_px: f64,
    },
    /// A filled area.
    Area {
        /// The corners, once around.
        outline: Vec<Point>,
        /// Its colour.
        ink: Ink,
        /// From 0, not seen, to 1.
        opacity: f64,
    },
    /// A filled rectangle.
    Bar {
        /// One corner.
        corner: Point,
        /// The corner opposite.
        opposite: Point,
        /// Its colour.
        ink: Ink,
    },
    /// A filled circle.
    Dot {
        /// Its centre.
        centre: Point,
        /// Its colour.
        ink: Ink,
        /// Its radius in CSS pixels.
        radius_px: f64,
    },
    /// A line of text.
    Text {
        /// What it says.
        text: String,
        /// Where it hangs.
        at: Point,
        /// How it lies to that point.
        hang: Hang,
        /// Its colour.
        ink: Ink,
    },
}

/// A chart that can be shown in a page or kept as a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// For screen readers.
    pub title: String,
    /// Width in CSS pixels.
    pub width_px: f64,
    /// Height in CSS pixels.
    pub height_px: f64,
    /// In the order of drawing.
    pub marks: Vec<Mark>,
    /// How to read values off a chart over dates, for the page's script.
    pub reading: Option<Reading>,
}

impl Mark {
    /// Left, top, right and bottom of a text; `None` for other marks.
    pub(super) fn text_extent(&self) -> Option<[f64; 4]> {
        let Mark::Text { text, at, hang, .. } = self else { return None };
        let width = text_px(text);
        let left = match hang {
            Hang::Left => at.0,
            Hang::Middle => at.0 - width / 2.0,
            Hang::Right => at.0 - width,
        };
        let half = TEXT_HIGH_PX / 2.0;
        Some([left, at.1 - half, left + width, at.1 + half])
    }
}

/// What the places of a chart over dates stand for.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Left, top, right and bottom of the plotting area in CSS pixels.
    pub frame: [f64; 4],
    /// Days since 1970-01-01 at its left and right.
    pub days: (f64, f64),
    /// Values at its bottom and top.
    pub values: (f64, f64),
    /// The unit of the values; empty for none.
    pub unit: String,
}

impl Reading {
    /// As attributes of the element.
    fn attributes(&self) -> String {
        let [left, top, right, bottom] = self.frame.map(|side| side * f64::from(SCALE));
        format!(
            " data-frame=\"{left:.0} {top:.0} {right:.0} {bottom:.0}\" data-days=\"{} {}\" \
             data-values=\"{} {}\" data-unit=\"{}\"",
            self.days.0,
            self.days.1,
            self.values.0,
            self.values.1,
            escape(&self.unit)
        )
    }
}

impl Drawing {
    /// Marks instants, in days since 1970-01-01, by broken lines across a chart over dates, each
    /// under its label where there is room. False if none of them lies within the chart.
    pub fn mark_days(&mut self, days: &[(f64, String)]) -> bool {
        let Some(Reading { frame: [left, top, right, bottom], days: (first, last), .. }) =
            self.reading
        else {
            return false;
        };
        let within = days.iter().filter(|(day, _)| (first..=last).contains(day));
        let mut marked = false;
        for (day, label) in within {
            let x = left + (day - first) / (last - first) * (right - left);
            let points = vec![(x, top), (x, bottom)];
            self.marks.push(Mark::Dashed { points, ink: Ink::Axis, width_px: 1.0 });
            let at = (x, LABEL_Y_PX);
            let text = Mark::Text { text: label.clone(), at, hang: Hang::Middle, ink: Ink::Muted };
            if self.has_room(&text) {
                self.marks.push(text);
            }
            marked = true;
        }
        marked
    }

    /// Whether a text lies inside of the drawing and over no other.
    fn has_room(&self, text: &Mark) -> bool {
        let Some([left, top, right, bottom]) = text.text_extent() else { return true };
        let apart = |other: &Mark| {
            let Some([of_left, of_top, of_right, of_bottom]) = other.text_extent() else {
                return true;
            };
            right <= of_left || of_right <= left || bottom <= of_top || of_bottom <= top
        };
        left >= 0.0 && right <= self.width_px && self.marks.iter().all(apart)
    }

    /// The element for a page, in the colours of the page.
    pub fn svg(&self) -> String {
        let (wide, high) = self.pixels(SCALE as u32);
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, (wide, high)).into_drawing_area();
            self.paint(&area, f64::from(SCALE), SVG_LETTERS);
            area.present().expect("a string can always be written");
        }
        let body = svg.find('>').map_or("", |end| &svg[end + 1..]);
        let label = escape(&self.title);
        let reading = self.reading.as_ref().map_or(String::new(), Reading::attributes);
        themed(&format!(
            "<svg class=\"chart\" viewBox=\"0 0 {wide} {high}\" role=\"img\" \
             aria-label=\"{label}\"{reading}>{body}"
        ))
    }

    /// The chart as an SVG file of its own.
    pub fn file(&self) -> String {
        standalone(&self.svg(), (self.width_px, self.height_px))
    }

    /// Writes the chart as a PNG: light, on white, two pixels to a CSS pixel.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the file cannot be written.
    pub fn write_png(&self, path: &Path) -> Result<(), Error> {
        static FONT_KNOWN: Once = Once::new();
        FONT_KNOWN.call_once(|| {
            let known = register_font(FONT_FAMILY, FontStyle::Normal, FONT);
            assert!(known.is_ok(), "the font in assets can be read");
        });
        let scale = PNG_SCALE * SMOOTHING;
        let framed = self.framed(PNG_MARGIN_PX);
        let (wide, high) = framed.pixels(scale);
        let mut fine = vec![u8::MAX; wide as usize * high as usize * 3];
        {
            let backend = BitMapBackend::with_buffer(&mut fine, (wide, high));
            let area = backend.into_drawing_area();
            framed.paint(&area, f64::from(scale), PNG_LETTERS);
            area.present().expect("memory can always be written");
        }
        let smooth = averaged(&fine, wide as usize, SMOOTHING as usize);
        let size = framed.pixels(PNG_SCALE);
        let mut backend = BitMapBackend::new(path, size);
        backend
            .blit_bitmap((0, 0), size, &smooth)
            .and_then(|()| backend.present())
            .map_err(|error| Error::at(path)(io::Error::other(error.to_string())))
    }

    fn pixels(&self, scale: u32) -> (u32, u32) {
        let pixels = |length: f64| (length * f64::from(scale)) as u32;
        (pixels(self.width_px), pixels(self.height_px))
    }

    /// The same with room around it.
    fn framed(&self, margin_px: f64) -> Drawing {
        let moved = |point: &mut Point| *point = (point.0 + margin_px, point.1 + margin_px);
        let mut framed = self.clone();
        framed.width_px += 2.0 * margin_px;
        framed.height_px += 2.0 * margin_px;
        for mark in &mut framed.marks {
            match mark {
                Mark::Path { points, .. } | Mark::Dashed { points, .. } => {
                    points.iter_mut().for_each(moved);
                }
                Mark::Area { outline, .. } => outline.iter_mut().for_each(moved),
                Mark::Bar { corner, opposite, .. } => {
                    [corner, opposite].into_iter().for_each(moved)
                }
                Mark::Dot { centre, .. } => moved(centre),
                Mark::Text { at, .. } => moved(at),
            }
        }
        framed
    }

    fn paint<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>, scale: f64, letters: Letters) {
        let brush = Brush { area, scale, letters };
        self.marks.iter().for_each(|mark| brush.mark(mark));
    }
}

#[derive(Copy, Clone, Debug)]
struct Letters {
    size: f64,
    drop_px: f64,
}

/// Paints marks on an area whose pixels are `scale` times smaller than CSS pixels.
struct Brush<'a, B: DrawingBackend> {
    area: &'a DrawingArea<B, Shift>,
    scale: f64,
    letters: Letters,
}

impl<B: DrawingBackend> Brush<'_, B> {
    fn pixel(&self, (x, y): Point) -> (i32, i32) {
        ((x * self.scale).round() as i32, (y * self.scale).round() as i32)
    }

    fn pixels(&self, points: &[Point]) -> Vec<(i32, i32)> {
        points.iter().map(|point| self.pixel(*point)).collect()
    }

    fn put<E>(&self, element: E)
    where
        for<'x> &'x E: PointCollection<'x, (i32, i32)>,
        E: Drawable<B>,
    {
        self.area.draw(&element).unwrap_or_else(|error| panic!("a drawing in memory: {error}"));
    }

    fn stroke(&self, ink: Ink, width_px: f64) -> ShapeStyle {
        ink.colour().mix(1.0).stroke_width((width_px * self.scale).round() as u32)
    }

    fn mark(&self, mark: &Mark) {
        match mark {
            Mark::Path { points, ink, width_px } => {
                self.put(PathElement::new(self.pixels(points), self.stroke(*ink, *width_px)));
            }
            Mark::Dashed { points, ink, width_px } => {
                let style = self.stroke(*ink, *width_px);
                let [dash, gap] = [4.0, 3.0].map(|px: f64| (px * self.scale) as u32);
                self.put(DashedPathElement::new(self.pixels(points), dash, gap, style));
            }
            Mark::Area { outline, ink, opacity } => {
                let style = ink.colour().mix(*opacity).filled();
                self.put(Polygon::new(self.pixels(outline), style));
            }
            Mark::Bar { corner, opposite, ink } => {
                let corners = [self.pixel(*corner), self.pixel(*opposite)];
                self.put(Rectangle::new(corners, ink.colour().filled()));
            }
            Mark::Dot { centre, ink, radius_px } => {
                let radius = (radius_px * self.scale) as u32;
                self.put(Circle::new(self.pixel(*centre), radius, ink.colour().filled()));
            }
            Mark::Text { text, at, hang, ink } => self.text(text, *at, *hang, *ink),
        }
    }

    fn text(&self, text: &str, at: Point, hang: Hang, ink: Ink) {
        let h = match hang {
            Hang::Left => HPos::Left,
            Hang::Middle => HPos::Center,
            Hang::Right => HPos::Right,
        };
        let size = FONT_PX * self.scale * self.letters.size;
        let colour = ink.colour();
        let style = TextStyle::from((FontFamily::Name(FONT_FAMILY), size))
            .color(&colour)
            .pos(Pos::new(h, VPos::Center));
        let at = (at.0, at.1 + self.letters.drop_px);
        self.put(Text::new(text.to_owned(), self.pixel(at), style));
    }
}

/// Every square of `side` pixels of an RGB image as one pixel of their mean.
fn averaged(fine: &[u8], width: usize, side: usize) -> Vec<u8> {
    let (row, wide) = (width * 3, width / side);
    let mut coarse = Vec::with_capacity(fine.len() / (side * side));
    for rows in fine.chunks_exact(row * side) {
        for place in 0..wide * 3 {
            let (column, channel) = (place / 3 * side, place % 3);
            let mut sum = 0;
            for line in rows.chunks_exact(row) {
                for x in column..column + side {
                    sum += u32::from(line[x * 3 + channel]);
                }
            }
            coarse.push((sum / (side * side) as u32) as u8);
        }
    }
    coarse
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(marks: Vec<Mark>) -> Drawing {
        let title = "a < b".to_owned();
        Drawing { title, width_px: 40.0, height_px: 20.0, marks, reading: None }
    }

    #[test]
    fn an_svg_is_scaled_themed_and_escaped() {
        let ink = Ink::Series(0);
        let points = vec![(0.0, 0.0), (10.4, 5.0)];
        let svg = drawing(vec![Mark::Path { points, ink, width_px: 2.0 }]).svg();
        assert!(svg.contains("viewBox=\"0 0 120 60\""), "{svg}");
        assert!(svg.contains("aria-label=\"a &lt; b\""), "{svg}");
        assert!(svg.contains("0,0 31,15"), "{svg}");
        assert!(svg.contains("var(--series-1,"), "{svg}");
        assert!(svg.trim_end().ends_with("</svg>"), "{svg}");
    }

    #[test]
    fn pixels_are_averaged_in_squares() {
        let fine = [
            [0, 0, 0, 9, 9, 9, 4, 0, 0, 4, 0, 0],
            [9, 0, 0, 0, 9, 9, 4, 0, 0, 4, 0, 0], //
        ];
        assert_eq!(averaged(fine.as_flattened(), 4, 2), [4, 4, 4, 4, 0, 0]);
    }

    #[test]
    fn a_png_has_the_size_and_shows_bars_and_letters() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chart.png");
        let size = |marks: Vec<Mark>| {
            drawing(marks).write_png(&path).unwrap();
            std::fs::read(&path).unwrap()
        };
        let empty = size(vec![]);
        assert_eq!(&empty[..8], b"\x89PNG\r\n\x1a\n");
        // The header: (40 + 2 * 16) * 2 by (20 + 2 * 16) * 2 pixels.
        assert_eq!((&empty[16..20], &empty[20..24]), (&[0, 0, 0, 144][..], &[0, 0, 0, 104][..]));
        let bar = Mark::Bar { corner: (1.0, 1.0), opposite: (9.0, 9.0), ink: Ink::Muted };
        assert_ne!(size(vec![bar]), empty);
        let text = |text: &str| Mark::Text {
            text: text.to_owned(),
            at: (5.0, 10.0),
            hang: Hang::Left,
            ink: Ink::Muted,
        };
        let [one, other] = ["\u{2265} 5", "\u{2264} 5"].map(|words| size(vec![text(words)]));
        assert!(one != empty && one != other, "each sign has its own shape");
    }
}

//! Curves over a size that grows by powers of ten.

use pinwheel_core::math;

use super::axis::ValueAxis;
use super::canvas::{Canvas, Frame, Size, draw};
use super::drawing::{Drawing, Hang};
use super::theme::Ink;
use crate::wording::format_number;

/// One curve with its name at the right edge.
#[derive(Clone, Debug)]
pub struct Curve {
    /// What it is called.
    pub label: String,
    /// Its colour.
    pub ink: Ink,
    /// Size, and least, middle and greatest value; sizes are positive and grow.
    pub points: Vec<(f64, [f64; 3])>,
}

/// How something grows with size, on logarithmic axes.
#[derive(Clone, Debug)]
pub struct ScalingChart {
    /// What is shown, for readers that see no picture.
    pub title: String,
    /// The unit of the values; empty for none.
    pub unit: String,
    /// What the sizes count.
    pub sizes: String,
    /// Drawn in order.
    pub curves: Vec<Curve>,
    /// Values worth a dashed line, with what they are.
    pub limits: Vec<(f64, String)>,
}

/// The sizes of a chart, from the power of ten below the least to the one above the greatest.
struct Decades {
    frame: Frame,
    first: f64,
    last: f64,
}

impl Decades {
    fn x(&self, size: f64) -> f64 {
        let share = (math::log10(size) - self.first) / (self.last - self.first);
        self.frame.left + share * (self.frame.right - self.frame.left)
    }
}

impl ScalingChart {
    /// The chart as SVG; `None` when there is nothing to draw.
    pub fn draw(&self, size: Size) -> Option<String> {
        self.drawing(size).map(|drawing| drawing.svg())
    }

    /// The chart as marks, values from zero; `None` when there is nothing to draw.
    pub fn drawing(&self, size: Size) -> Option<Drawing> {
        let points = || self.curves.iter().flat_map(|curve| &curve.points);
        let sizes = || points().map(|point| math::log10(point.0));
        let (first, last) = (sizes().reduce(f64::min)?, sizes().reduce(f64::max)?);
        let limits = self.limits.iter().map(|limit| limit.0);
        let values = ValueAxis::over(points().flat_map(|point| point.1).chain(limits), true, 5);
        let labels: Vec<&str> = self.curves.iter().map(|curve| curve.label.as_str()).collect();
        let frame = Frame::new(size, &values, &labels);
        let first = math::floor(first + 1e-9);
        let last = math::ceil(last - 1e-9).max(first + 1.0);
        let decades = Decades { frame, first, last };
        Some(draw(size.pixels(), &self.title, |canvas| self.paint(canvas, &decades, &values)))
    }

    fn paint(&self, canvas: &mut Canvas, decades: &Decades, values: &ValueAxis) {
        let frame = decades.frame;
        canvas.value_axis(frame, values, &self.unit);
        for power in decades.first as i32..=decades.last as i32 {
            let size = math::pow(10.0, f64::from(power));
            let x = decades.x(size);
            canvas.path(&[(x, frame.top), (x, frame.bottom + 4.0)], Ink::Grid, 1.0);
            canvas.text(&whole(size), (x, frame.bottom + 16.0), Hang::Middle, Ink::Muted);
        }
        canvas.text(&self.sizes, (frame.right, frame.top - 18.0), Hang::Right, Ink::Muted);
        for (value, name) in &self.limits {
            let y = frame.y(values, *value);
            canvas.dashed(&[(frame.left, y), (frame.right, y)], Ink::Axis, 1.5);
            canvas.text(name, (frame.left + 6.0, y - 9.0), Hang::Left, Ink::Muted);
        }
        let line = |curve: &Curve, which: usize| -> Vec<(f64, f64)> {
            let at = |(size, of): &(f64, [f64; 3])| (decades.x(*size), frame.y(values, of[which]));
            curve.points.iter().map(at).collect()
        };
        for curve in &self.curves {
            let outline = line(curve, 0).into_iter().chain(line(curve, 2).into_iter().rev());
            canvas.area(&outline.collect::<Vec<_>>(), curve.ink, 0.16);
        }
        let mut ends = Vec::new();
        for curve in &self.curves {
            let middle = line(curve, 1);
            canvas.path(&middle, curve.ink, 2.25);
            middle.iter().for_each(|point| canvas.dot(*point, curve.ink, 2.4));
            ends.extend(middle.last().map(|end| (curve.label.as_str(), end.1, curve.ink)));
        }
        canvas.end_labels(frame, &ends);
    }
}

/// A power of ten in words: 10 thousand, 1 million.
fn whole(size: f64) -> String {
    match size {
        s if s >= 1e6 => format_number(s).replace(".00", "").replace(".0", ""),
        s if s >= 1e4 => format!("{} thousand", s / 1e3),
        s => format!("{s}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_spaced_by_powers_of_ten_and_values_start_at_zero() {
        let points = [1e3, 1e5, 1e7].map(|size| (size, [90.0, 100.0, 120.0])).to_vec();
        let curve = Curve { label: "fleet".to_owned(), ink: Ink::Series(0), points };
        let chart = ScalingChart {
            title: "Cost".to_owned(),
            unit: "ns".to_owned(),
            sizes: "devices".to_owned(),
            curves: vec![curve],
            limits: vec![(250.0, "target".to_owned())],
        };
        let svg = chart.draw(Size::Half).expect("there is something to draw");
        for text in [">1000<", ">10 thousand<", ">1 million<", ">10 million<", ">target<", ">0<"] {
            assert!(svg.replace('\n', "").contains(text), "{text} is missing in {svg}");
        }
        assert!(ScalingChart { curves: vec![], ..chart }.draw(Size::Half).is_none());
    }

    #[test]
    fn powers_of_ten_read_as_words() {
        let words = [100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8].map(whole);
        let expected = [
            "100",
            "1000",
            "10 thousand",
            "100 thousand",
            "1 million",
            "10 million",
            "100 million",
        ];
        assert_eq!(words, expected);
    }
}

//! One number against another, for each run or each day.

use super::axis::ValueAxis;
use super::canvas::{Canvas, Frame, Size, draw, text_px, widest_px};
use super::drawing::{Drawing, Hang};
use super::theme::Ink;

/// Points of one kind.
#[derive(Clone, Debug)]
pub struct Cloud {
    /// What it is called.
    pub label: String,
    /// Its colour.
    pub ink: Ink,
    /// Its points, in order.
    pub points: Vec<(f64, f64)>,
}

/// Points of two values each.
#[derive(Clone, Debug)]
pub struct ScatterChart {
    /// What is shown, for readers that see no picture.
    pub title: String,
    /// What the horizontal axis shows, with its unit.
    pub across: String,
    /// What the vertical axis shows, with its unit.
    pub up: String,
    /// Drawn in order.
    pub clouds: Vec<Cloud>,
    /// Both axes alike, with the line on which both numbers are equal and its name.
    pub equal: Option<String>,
}

impl ScatterChart {
    /// The chart as marks; `None` when there is nothing to draw.
    pub fn drawing(&self, size: Size) -> Option<Drawing> {
        let points = || self.clouds.iter().flat_map(|cloud| cloud.points.iter().copied());
        points().next()?;
        let (xs, ys) = (points().map(|point| point.0), points().map(|point| point.1));
        let (x, y) = match self.equal {
            Some(_) => {
                let both = ValueAxis::over(xs.chain(ys), false, 5);
                (both.clone(), both)
            }
            None => (ValueAxis::over(xs, false, 5), ValueAxis::over(ys, false, 5)),
        };
        let (width, height) = size.pixels();
        let ticks: Vec<String> = y.ticks.iter().map(|tick| y.label(*tick)).collect();
        let left = widest_px(ticks.iter().map(String::as_str)) + 12.0;
        let last = x.ticks.last().map_or(0.0, |tick| text_px(&x.label(*tick)) / 2.0);
        let (top, bottom) = (44.0, height - 40.0);
        let frame = Frame { left, right: width - last.max(8.0), top, bottom };
        Some(draw((width, height), &self.title, |canvas| self.paint(canvas, frame, &x, &y)))
    }

    fn paint(&self, canvas: &mut Canvas, frame: Frame, x: &ValueAxis, y: &ValueAxis) {
        let legend: Vec<(String, Ink)> =
            self.clouds.iter().map(|cloud| (cloud.label.clone(), cloud.ink)).collect();
        if legend.iter().any(|(label, _)| !label.is_empty()) {
            canvas.legend(&legend, (0.0, 8.0));
        }
        canvas.value_axis_across(frame, x, &self.across);
        for tick in &y.ticks {
            let height = frame.y(y, *tick);
            let ink = if *tick == 0.0 { Ink::Axis } else { Ink::Grid };
            canvas.path(&[(frame.left, height), (frame.right, height)], ink, 1.0);
            canvas.text(&y.label(*tick), (frame.left - 8.0, height), Hang::Right, Ink::Muted);
        }
        canvas.text(&format!("{}{}", y.prefix, self.up), (0.0, 27.0), Hang::Left, Ink::Muted);
        if let Some(name) = &self.equal {
            let corners = [(frame.left, frame.bottom), (frame.right, frame.top)];
            canvas.dashed(&corners, Ink::Observed, 1.25);
            canvas.text(name, (frame.right, frame.top - 10.0), Hang::Right, Ink::Observed);
        }
        for cloud in &self.clouds {
            for (across, up) in cloud.points.iter().filter(|(a, u)| (a + u).is_finite()) {
                canvas.dot((frame.x(x, *across), frame.y(y, *up)), cloud.ink, 2.6);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Mark;
    use super::super::legible::{assert_legible, texts};
    use super::*;

    #[test]
    fn points_of_equal_numbers_lie_on_the_line() {
        let chart = ScatterChart {
            title: "Forecast".to_owned(),
            across: "observed, EiB".to_owned(),
            up: "forecast, EiB".to_owned(),
            clouds: vec![Cloud {
                label: "30 days ahead".to_owned(),
                ink: Ink::Series(0),
                points: vec![(3.0, 3.0), (7.0, 5.0), (f64::NAN, 1.0)],
            }],
            equal: Some("as observed".to_owned()),
        };
        let drawing = chart.drawing(Size::Half).unwrap();
        assert_legible(&drawing);
        for text in ["observed, EiB", "forecast, EiB", "30 days ahead", "as observed"] {
            assert!(texts(&drawing).contains(&text), "{text} is missing");
        }
        let line = drawing.marks.iter().find_map(|mark| match mark {
            Mark::Dashed { points, .. } => Some((points[0], points[1])),
            _ => None,
        });
        let (start, end) = line.unwrap();
        let dots: Vec<(f64, f64)> = (drawing.marks.iter())
            .filter_map(|mark| match mark {
                Mark::Dot { centre, .. } => Some(*centre),
                _ => None,
            })
            .collect();
        let off = |dot: (f64, f64)| {
            let share = (dot.0 - start.0) / (end.0 - start.0);
            dot.1 - (start.1 + share * (end.1 - start.1))
        };
        assert_eq!(dots.len(), 2);
        assert!(off(dots[0]).abs() < 1e-9 && off(dots[1]) > 1.0, "below is lower than observed");
    }
}

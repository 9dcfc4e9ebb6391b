//! What every chart owes its reader, for the tests: no text over another, nothing outside.

use super::{Drawing, Mark};

/// All texts of a drawing.
pub fn texts(drawing: &Drawing) -> Vec<&str> {
    fn text(mark: &Mark) -> Option<&str> {
        match mark {
            Mark::Text { text, .. } => Some(text),
            _ => None,
        }
    }
    drawing.marks.iter().filter_map(text).collect()
}

/// Left, top, right and bottom of a text.
fn extent(mark: &Mark) -> Option<(&str, [f64; 4])> {
    let Mark::Text { text, .. } = mark else { return None };
    mark.text_extent().map(|extent| (text.as_str(), extent))
}

pub fn assert_legible(drawing: &Drawing) {
    let extents: Vec<(&str, [f64; 4])> = drawing.marks.iter().filter_map(extent).collect();
    for (place, (text, a)) in extents.iter().enumerate() {
        let inside = a[0] >= -0.5 && a[2] <= drawing.width_px + 0.5;
        assert!(inside && a[1] >= -0.5 && a[3] <= drawing.height_px, "{text} leaves: {a:?}");
        for (other, b) in &extents[place + 1..] {
            let apart = a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];
            assert!(apart, "{text} {a:?} lies over {other} {b:?}");
        }
    }
    for mark in &drawing.marks {
        let points: Vec<(f64, f64)> = match mark {
            Mark::Path { points, .. } | Mark::Dashed { points, .. } => points.clone(),
            Mark::Area { outline, .. } => outline.clone(),
            Mark::Bar { corner, opposite, .. } => vec![*corner, *opposite],
            Mark::Dot { centre, .. } => vec![*centre],
            Mark::Text { .. } => vec![],
        };
        for (x, y) in points {
            let inside = (-0.5..=drawing.width_px + 0.5).contains(&x)
                && (-0.5..=drawing.height_px + 0.5).contains(&y);
            assert!(inside, "{mark:?} leaves the drawing");
        }
    }
}

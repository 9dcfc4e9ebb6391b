//! A number for every pair of two swept inputs, shaded.

use super::canvas::{Canvas, Size, draw, text_px, widest_px};
use super::drawing::{Drawing, Hang};
use super::theme::Ink;
use crate::wording::format_number;

const CELL_HIGH_PX: f64 = 30.0;
const CELL_WIDE_MAX_PX: f64 = 120.0;
const TOP_PX: f64 = 34.0;
const BELOW_PX: f64 = 44.0;
/// The strongest shade: text over it is still read in both themes.
const OPACITY_MAX: f64 = 0.62;

/// Values of two inputs as a grid of colours.
#[derive(Clone, Debug)]
pub struct HeatMap {
    /// What is shown, for readers that see no picture.
    pub title: String,
    /// The unit of the values; empty for none.
    pub unit: String,
    /// The name of the input from left to right, and its values.
    pub across: (String, Vec<String>),
    /// The name of the input from top to bottom, and its values.
    pub down: (String, Vec<String>),
    /// Row by row; `None` where nothing was run.
    pub values: Vec<Vec<Option<f64>>>,
}

impl HeatMap {
    /// The chart as marks, as high as its rows; `None` when there is nothing to draw.
    pub fn drawing(&self, size: Size) -> Option<Drawing> {
        let finite = || self.values.iter().flatten().flatten().filter(|value| value.is_finite());
        let low = finite().copied().reduce(f64::min)?;
        let high = finite().copied().reduce(f64::max)?;
        let (width, _) = size.pixels();
        let labels = widest_px(self.down.1.iter().map(String::as_str));
        let left = labels.max(text_px(&self.down.0)) + 10.0;
        let columns = self.across.1.len().max(1) as f64;
        let cell = ((width - left) / columns).min(CELL_WIDE_MAX_PX);
        let height = TOP_PX + CELL_HIGH_PX * self.down.1.len() as f64 + BELOW_PX;
        let range = (low, high);
        Some(draw((width, height), &self.title, |canvas| self.paint(canvas, (left, cell), range)))
    }

    fn paint(&self, canvas: &mut Canvas, (left, cell): (f64, f64), (low, high): (f64, f64)) {
        let scale =
            format!("{}: pale {} to strong {}", self.unit, format_number(low), format_number(high));
        canvas.text(&scale, (left, 8.0), Hang::Left, Ink::Muted);
        canvas.text(&self.down.0, (left - 10.0, TOP_PX - 8.0), Hang::Right, Ink::Observed);
        let shown = |value: f64| {
            let text = format_number(value);
            // What does not fit says so by its absence; the shade still speaks.
            (text_px(&text) <= cell - 4.0).then_some(text)
        };
        for (row, values) in self.values.iter().enumerate() {
            let top = TOP_PX + CELL_HIGH_PX * row as f64;
            let middle = top + CELL_HIGH_PX / 2.0;
            if let Some(label) = self.down.1.get(row) {
                canvas.text(label, (left - 10.0, middle), Hang::Right, Ink::Muted);
            }
            for (column, value) in values.iter().enumerate() {
                let (x, y) = (left + cell * column as f64, top);
                let Some(value) = value.filter(|value| value.is_finite()) else {
                    canvas.text("\u{2013}", (x + cell / 2.0, middle), Hang::Middle, Ink::Muted);
                    continue;
                };
                let share = if high > low { (value - low) / (high - low) } else { 0.5 };
                let (right, bottom) = (x + cell - 1.0, y + CELL_HIGH_PX - 1.0);
                let corners = [(x, y), (right, y), (right, bottom), (x, bottom)];
                canvas.area(&corners, Ink::Series(0), 0.06 + share * (OPACITY_MAX - 0.06));
                if let Some(text) = shown(value) {
                    canvas.text(&text, (x + cell / 2.0, middle), Hang::Middle, Ink::Observed);
                }
            }
        }
        let bottom = TOP_PX + CELL_HIGH_PX * self.values.len() as f64;
        // Every so many labels that each has room.
        let widest = widest_px(self.across.1.iter().map(String::as_str)) + 8.0;
        let every = (widest / cell).ceil().max(1.0) as usize;
        for (column, label) in self.across.1.iter().enumerate().step_by(every) {
            let x = left + cell * (column as f64 + 0.5);
            canvas.text(label, (x, bottom + 12.0), Hang::Middle, Ink::Muted);
        }
        let middle = left + cell * self.across.1.len() as f64 / 2.0;
        canvas.text(&self.across.0, (middle, bottom + 30.0), Hang::Middle, Ink::Observed);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Mark;
    use super::super::legible::{assert_legible, texts};
    use super::*;

    #[test]
    fn every_value_is_written_and_shaded_by_its_size() {
        let texts_of = |texts: [&str; 3]| texts.map(str::to_owned).to_vec();
        let chart = HeatMap {
            title: "Income".to_owned(),
            unit: "USD a day".to_owned(),
            across: ("token price".to_owned(), texts_of(["0.5 USD", "1 USD", "2 USD"])),
            down: ("hosts".to_owned(), vec!["100".to_owned(), "1000".to_owned()]),
            values: vec![vec![Some(1.0), Some(2.0), Some(5.0)], vec![Some(3.0), None, Some(9.0)]],
        };
        let drawing = chart.drawing(Size::Half).unwrap();
        assert_legible(&drawing);
        for text in ["1.00", "2.00", "5.00", "3.00", "9.00", "\u{2013}", "hosts", "2 USD"] {
            assert!(texts(&drawing).contains(&text), "{text} is missing");
        }
        let shades: Vec<f64> = (drawing.marks.iter())
            .filter_map(|mark| match mark {
                Mark::Area { opacity, .. } => Some(*opacity),
                _ => None,
            })
            .collect();
        let mut sorted = shades.clone();
        sorted.sort_by(f64::total_cmp);
        assert_eq!([0, 1, 3, 2, 4].map(|place| shades[place]).to_vec(), sorted);
        assert!(HeatMap { values: vec![vec![None]], ..chart }.drawing(Size::Half).is_none());
    }
}

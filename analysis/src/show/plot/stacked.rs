//! Parts of a whole over time, one on the other, under a limit.

use std::collections::BTreeMap;

use super::axis::ValueAxis;
use super::canvas::{Scales, Size, draw};
use super::drawing::{Drawing, Hang};
use super::theme::Ink;
use crate::series::{Instant, TimeSeries};

/// One part, the first at the bottom.
#[derive(Clone, Debug)]
pub struct Layer {
    /// What it is called.
    pub label: String,
    /// Its colour.
    pub ink: Ink,
    /// Its points, in order.
    pub points: TimeSeries,
}

/// Parts that add up to a whole, over time.
#[derive(Clone, Debug)]
pub struct StackedChart {
    /// What is shown, for readers that see no picture.
    pub title: String,
    /// The unit of the values; empty for none.
    pub unit: String,
    /// From the lowest up.
    pub layers: Vec<Layer>,
    /// A limit that the sum must not pass, and its name.
    pub cap: Option<(f64, String)>,
}

impl StackedChart {
    /// The chart as SVG; `None` when there is nothing to draw.
    pub fn draw(&self, size: Size) -> Option<String> {
        self.drawing(size).map(|drawing| drawing.svg())
    }

    /// The chart as marks; `None` when there is nothing to draw.
    pub fn drawing(&self, size: Size) -> Option<Drawing> {
        let sums = self.sums();
        let (first, last) = (*sums.keys().next()?, *sums.keys().next_back()?);
        let tops = sums.values().filter_map(|levels| levels.last().copied());
        let axis = ValueAxis::over(tops.chain(self.cap.iter().map(|cap| cap.0)), true, 5);
        let labels: Vec<&str> = self.layers.iter().map(|layer| layer.label.as_str()).collect();
        let scales = Scales::new(size, axis, (first, last), &labels);
        Some(draw(size.pixels(), &self.title, |canvas| {
            for (place, layer) in self.layers.iter().enumerate() {
                let upper = sums.iter().map(|(at, levels)| scales.at(*at, levels[place + 1]));
                let lower = sums.iter().rev().map(|(at, levels)| scales.at(*at, levels[place]));
                canvas.area(&upper.chain(lower).collect::<Vec<_>>(), layer.ink, 0.82);
            }
            canvas.axes(&scales, (first, last), &self.unit);
            if let Some((cap, label)) = &self.cap {
                let y = scales.y(*cap);
                let frame = scales.frame;
                canvas.dashed(&[(frame.left, y), (frame.right, y)], Ink::Observed, 1.25);
                canvas.text(label, (frame.right, y - 10.0), Hang::Right, Ink::Observed);
            }
            let top = &sums[&last];
            let middle = |place: usize| scales.y((top[place] + top[place + 1]) / 2.0);
            let ends: Vec<(&str, f64, Ink)> = (self.layers.iter().enumerate())
                .map(|(place, layer)| {
                    // The grey of what is left over is too pale for text.
                    let ink = if layer.ink == Ink::Rest { Ink::Muted } else { layer.ink };
                    (layer.label.as_str(), middle(place), ink)
                })
                .collect();
            canvas.end_labels(scales.frame, &ends);
        }))
    }

    /// By instant the heights between the layers: zero, the first, the first two, ...
    fn sums(&self) -> BTreeMap<Instant, Vec<f64>> {
        let mut by_instant: BTreeMap<Instant, Vec<f64>> = BTreeMap::new();
        for (place, layer) in self.layers.iter().enumerate() {
            for (at, value) in &layer.points {
                let levels = by_instant.entry(*at).or_insert_with(|| vec![0.0]);
                // A layer without a value on this at adds nothing.
                let below = levels[levels.len() - 1];
                levels.resize(place + 1, below);
                levels.push(levels[place] + value);
            }
        }
        for levels in by_instant.values_mut() {
            let top = levels[levels.len() - 1];
            levels.resize(self.layers.len() + 1, top);
        }
        by_instant
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn layers_add_up_even_with_gaps() {
        let layer = |points| Layer { label: String::new(), ink: Ink::Series(0), points };
        let (first, second) = [1, 2].map(|day| Instant::of_date(date(2024, 1, day))).into();
        let chart = StackedChart {
            title: String::new(),
            unit: String::new(),
            layers: vec![
                layer(vec![(first, 1.0), (second, 2.0)]),
                layer(vec![(first, 10.0)]),
                layer(vec![(first, 100.0), (second, 200.0)]),
            ],
            cap: None,
        };
        let sums = chart.sums();
        assert_eq!(sums[&first], [0.0, 1.0, 11.0, 111.0]);
        assert_eq!(sums[&second], [0.0, 2.0, 2.0, 202.0]);
    }
}

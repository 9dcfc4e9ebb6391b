//! Who pays whom: flows from left to right, as wide as they are large.

use super::canvas::{Canvas, Size, draw, text_px, widest_px};
use super::drawing::{Drawing, Hang, Point};
use super::theme::Ink;
use crate::wording::format_number;

mod layout;

use layout::{Node, SankeyLayout};

const NODE_WIDE_PX: f64 = 10.0;
/// A flow this wide has room for its amount.
const LABELLED_PX: f64 = 15.0;
/// Points of a curve from one node to the next.
const STEPS: usize = 24;
const OPACITY: f64 = 0.34;

/// What one pays another.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Who pays.
    pub from: String,
    /// Who is paid.
    pub to: String,
    /// How much, in the unit of the chart; above zero.
    pub amount: f64,
}

/// Flows in one unit. Amounts that are not positive are left out.
#[derive(Clone, Debug)]
pub struct SankeyChart {
    /// What is shown, for readers that see no picture.
    pub title: String,
    /// The unit of the values; empty for none.
    pub unit: String,
    /// All flows; no circle among them.
    pub flows: Vec<Flow>,
}

impl SankeyChart {
    /// The chart as marks, as high as its nodes need; `None` when nothing flows.
    pub fn drawing(&self, size: Size) -> Option<Drawing> {
        let layout = SankeyLayout::of(&self.flows)?;
        let (width, _) = size.pixels();
        let side = |layer: usize| {
            let nodes = layout.nodes.iter().filter(move |node| node.layer == layer);
            let texts: Vec<String> = nodes.flat_map(|node| [node.label(), node.words()]).collect();
            widest_px(texts.iter().map(String::as_str)) + 8.0
        };
        let (left, right) = (side(0), width - side(layout.layers - 1) - NODE_WIDE_PX);
        let step = (right - left) / (layout.layers - 1) as f64;
        let x = |layer: usize| left + step * layer as f64;
        Some(draw((width, layout.height_px), &self.title, |canvas| {
            canvas.text(&self.unit, (0.0, 8.0), Hang::Left, Ink::Muted);
            for ribbon in &layout.ribbons {
                let [from, to] = [ribbon.from, ribbon.to].map(|node| &layout.nodes[node]);
                // A lane that only passes a layer has no node to end at.
                let start = x(from.layer) + if from.is_lane() { 0.0 } else { NODE_WIDE_PX };
                let end = (x(to.layer), to.top + ribbon.enters);
                let start = (start, from.top + ribbon.leaves);
                let ink = Ink::Series(ribbon.colour);
                canvas.area(&outline(start, end, ribbon.width_px), ink, OPACITY);
            }
            for node in layout.nodes.iter().filter(|node| !node.is_lane()) {
                paint_node(canvas, node, x(node.layer), layout.layers, step);
            }
            for ribbon in &layout.ribbons {
                let from = &layout.nodes[ribbon.from];
                let middle = from.top + ribbon.leaves + ribbon.width_px / 2.0;
                if from.outflows > 1 && ribbon.width_px >= LABELLED_PX {
                    let at = (x(from.layer) + NODE_WIDE_PX + 6.0, middle);
                    canvas.text(&format_number(ribbon.amount), at, Hang::Left, Ink::Observed);
                }
            }
        }))
    }
}

fn paint_node(canvas: &mut Canvas, node: &Node, x: f64, layers: usize, step: f64) {
    let bottom = node.top + node.height_px.max(1.0);
    canvas.bar((x, node.top), (x + NODE_WIDE_PX, bottom), Ink::Series(node.colour));
    let middle = (node.top + bottom) / 2.0;
    if node.layer == 0 || node.layer + 1 == layers {
        let (x, hang) = match node.layer {
            0 => (x - 8.0, Hang::Right),
            _ => (x + NODE_WIDE_PX + 8.0, Hang::Left),
        };
        canvas.text(&node.label(), (x, middle - 7.0), hang, Ink::Observed);
        canvas.text(&node.words(), (x, middle + 7.0), hang, Ink::Muted);
        return;
    }
    let amount = node.words();
    let name = shortened(&node.label(), step - text_px(&amount) - 24.0);
    let words = format!("{name} {amount}");
    canvas.text(&words, (x + NODE_WIDE_PX / 2.0, node.top - 9.0), Hang::Middle, Ink::Observed);
    if let Some(words) = node.imbalance() {
        canvas.text(&words, (x + NODE_WIDE_PX / 2.0, bottom + 9.0), Hang::Middle, Ink::Muted);
    }
}

/// A name cut to a width.
fn shortened(name: &str, width_px: f64) -> String {
    if text_px(name) <= width_px {
        return name.to_owned();
    }
    let most = (name.chars().count() as f64 * width_px / text_px(name)) as usize;
    let kept: String = name.chars().take(most.saturating_sub(1)).collect();
    format!("{}\u{2026}", kept.trim_end())
}

/// The outline of a flow of one width between two places, level at both.
fn outline(start: Point, end: Point, width_px: f64) -> Vec<Point> {
    let at = |step: usize| {
        let share = step as f64 / STEPS as f64;
        // A cubic that leaves and arrives level.
        let rise = share * share * (3.0 - 2.0 * share);
        (start.0 + share * (end.0 - start.0), start.1 + rise * (end.1 - start.1))
    };
    let upper = (0..=STEPS).map(at);
    let lower = (0..=STEPS).rev().map(|step| (at(step).0, at(step).1 + width_px));
    upper.chain(lower).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Mark;
    use super::super::legible::{assert_legible, texts};
    use super::*;

    fn flow(from: &str, to: &str, amount: f64) -> Flow {
        Flow { from: from.to_owned(), to: to.to_owned(), amount }
    }

    fn chart(flows: Vec<Flow>) -> SankeyChart {
        SankeyChart { title: "Money".to_owned(), unit: "TOK".to_owned(), flows }
    }

    #[test]
    fn widths_are_in_proportion_and_the_labels_carry_every_amount() {
        let drawing = chart(vec![
            flow("Protocol", "Providers", 600.0),
            flow("Users", "Market", 300.0),
            flow("Market", "Providers", 240.0),
            flow("Market", "Treasury", 60.0),
            flow("Providers", "Hardware and energy", 500.0),
            flow("Providers", "Burned", 140.0),
            flow("Nobody", "Nobody else", 0.0),
        ])
        .drawing(Size::Full)
        .unwrap();
        assert_legible(&drawing);
        let texts = texts(&drawing);
        for text in ["Protocol", "600", "Users", "300", "Burned", "140", "Hardware and energy"] {
            assert!(texts.contains(&text), "{text} is missing in {texts:?}");
        }
        assert!(texts.contains(&"keeps 200"), "840 come, 640 go: {texts:?}");
        assert!(texts.contains(&"Providers 840"), "{texts:?}");
        assert!(!texts.iter().any(|text| text.contains("Nobody")));
        let widths: Vec<f64> = (drawing.marks.iter())
            .filter_map(|mark| match mark {
                Mark::Area { outline, .. } => Some(outline[outline.len() - 1].1 - outline[0].1),
                _ => None,
            })
            .collect();
        let (most, least) = widths.iter().fold((0.0_f64, f64::INFINITY), |(most, least), width| {
            (most.max(*width), least.min(*width))
        });
        assert!((most / least - 10.0).abs() < 1e-9, "600 beside 60: {widths:?}");
    }

    #[test]
    fn money_that_goes_round_is_drawn_back_to_where_it_began() {
        let drawing = chart(vec![
            flow("Users", "Providers", 10.0),
            flow("Providers", "Users", 4.0),
            flow("Users", "Users", 1.0),
        ])
        .drawing(Size::Half)
        .unwrap();
        assert_legible(&drawing);
        let texts = texts(&drawing);
        assert!(texts.contains(&"back to Users"), "{texts:?}");
        assert!(texts.contains(&"keeps 6.00"), "{texts:?}");
        assert!(chart(vec![]).drawing(Size::Half).is_none());
    }
}

//! Where the nodes and ribbons of a flow chart go.
//!
//! Nodes stand in layers, each to the right of all that pay it; who is paid and pays nobody stands
//! at the right edge. A flow that passes a layer has a lane of its own there. A flow that closes a
//! circle ends in a second node, "back to ...".

use super::Flow;
use crate::wording::format_number;

/// The height of all that flows through the fullest layer.
const FULL_PX: f64 = 230.0;
const TOP_PX: f64 = 28.0;
const GAP_PX: f64 = 10.0;
/// Room for the two lines beside a node at an edge, and for a line above or below one between.
const SIDE_PX: f64 = 30.0;
const LINE_PX: f64 = 18.0;
/// Sweeps over the layers that sort them by their neighbours.
const SWEEPS: usize = 6;

/// Who pays and is paid, or a lane past a layer.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// `None` for a lane.
    name: Option<String>,
    /// A second node of the name, where a circle closes.
    again: bool,
    pub layer: usize,
    pub colour: usize,
    paid_in: f64,
    paid_out: f64,
    pub outflows: usize,
    pub top: f64,
    pub height_px: f64,
}

impl Node {
    pub fn is_lane(&self) -> bool {
        self.name.is_none()
    }

    pub fn label(&self) -> String {
        let name = self.name.as_deref().unwrap_or_default();
        if self.again { format!("back to {name}") } else { name.to_owned() }
    }

    fn amount(&self) -> f64 {
        self.paid_in.max(self.paid_out)
    }

    /// What flows through it.
    pub fn words(&self) -> String {
        if self.is_lane() { String::new() } else { format_number(self.amount()) }
    }

    /// What a node that pays and is paid keeps or brings.
    pub fn imbalance(&self) -> Option<String> {
        let kept = self.paid_in - self.paid_out;
        let counts = kept.abs() > 1e-9 * self.amount() && self.paid_in > 0.0 && self.paid_out > 0.0;
        let word = if kept > 0.0 { "keeps" } else { "adds" };
        counts.then(|| format!("{word} {}", format_number(kept.abs())))
    }

    /// Room above, for itself with what stands beside it, and below.
    fn room(&self, last: usize) -> [f64; 3] {
        match self.layer {
            _ if self.is_lane() => [0.0, self.height_px, GAP_PX],
            layer if layer == 0 || layer == last => {
                let spare = ((SIDE_PX - self.height_px) / 2.0).max(0.0);
                [spare, self.height_px, spare + GAP_PX]
            }
            _ if self.imbalance().is_some() => [LINE_PX, self.height_px, LINE_PX + GAP_PX],
            _ => [LINE_PX, self.height_px, GAP_PX],
        }
    }
}

/// A flow, or the part of it from one layer to the next.
#[derive(Clone, Debug)]
pub struct Ribbon {
    pub from: usize,
    pub to: usize,
    pub amount: f64,
    pub colour: usize,
    pub width_px: f64,
    /// Where it leaves and enters, below the top of the nodes.
    pub leaves: f64,
    pub enters: f64,
}

#[derive(Clone, Debug)]
pub struct SankeyLayout {
    pub nodes: Vec<Node>,
    pub ribbons: Vec<Ribbon>,
    /// At least two.
    pub layers: usize,
    pub height_px: f64,
}

impl SankeyLayout {
    /// `None` when nothing flows.
    pub fn of(flows: &[Flow]) -> Option<SankeyLayout> {
        let mut layout = SankeyLayout { nodes: vec![], ribbons: vec![], layers: 0, height_px: 0.0 };
        for flow in flows.iter().filter(|flow| flow.amount > 0.0 && flow.amount.is_finite()) {
            let [from, to] = [&flow.from, &flow.to].map(|name| layout.node(name));
            let (amount, colour) = (flow.amount, layout.nodes[from].colour);
            let (width_px, leaves, enters) = (0.0, 0.0, 0.0);
            layout.ribbons.push(Ribbon { from, to, amount, colour, width_px, leaves, enters });
        }
        layout.ribbons.first()?;
        layout.open_circles();
        layout.place_in_layers();
        layout.lay_lanes();
        layout.measure();
        let mut order = layout.sorted_layers();
        layout.stack(&mut order);
        layout.tie();
        Some(layout)
    }

    fn node(&mut self, name: &str) -> usize {
        let known = self.nodes.iter().position(|node| node.name.as_deref() == Some(name));
        known.unwrap_or_else(|| {
            let (name, colour) = (Some(name.to_owned()), self.nodes.len());
            self.nodes.push(Node { name, colour, ..Node::default() });
            self.nodes.len() - 1
        })
    }

    /// Ends flows that close a circle in a second node of their receiver.
    fn open_circles(&mut self) {
        let paid = |node: usize| self.ribbons.iter().any(|ribbon| ribbon.to == node);
        let (first, rest): (Vec<usize>, Vec<usize>) =
            (0..self.nodes.len()).partition(|node| !paid(*node));
        let mut state = vec![Visit::Never; self.nodes.len()];
        for node in first.into_iter().chain(rest) {
            self.visit(node, &mut state);
        }
        // The second nodes came last and have no state: none of them pays.
    }

    fn visit(&mut self, node: usize, state: &mut [Visit]) {
        if state[node] != Visit::Never {
            return;
        }
        state[node] = Visit::Open;
        for place in 0..self.ribbons.len() {
            if self.ribbons[place].from != node {
                continue;
            }
            let to = self.ribbons[place].to;
            match state.get(to) {
                Some(Visit::Open) => self.ribbons[place].to = self.second(to),
                Some(Visit::Never) => self.visit(to, state),
                _ => {}
            }
        }
        state[node] = Visit::Done;
    }

    /// The second node of a name.
    fn second(&mut self, of: usize) -> usize {
        let Node { name, colour, .. } = self.nodes[of].clone();
        let known = self.nodes.iter().position(|node| node.again && node.name == name);
        known.unwrap_or_else(|| {
            self.nodes.push(Node { name, colour, again: true, ..Node::default() });
            self.nodes.len() - 1
        })
    }

    fn place_in_layers(&mut self) {
        // As often as there are nodes, the longest way is found: there are no circles.
        for _ in 0..self.nodes.len() {
            for ribbon in &self.ribbons {
                let least = self.nodes[ribbon.from].layer + 1;
                let node = &mut self.nodes[ribbon.to];
                node.layer = node.layer.max(least);
            }
        }
        let last = self.nodes.iter().map(|node| node.layer).max().unwrap_or(0);
        for (place, node) in self.nodes.iter_mut().enumerate() {
            if !self.ribbons.iter().any(|ribbon| ribbon.from == place) {
                node.layer = last;
            }
        }
        self.layers = last + 1;
    }

    /// Cuts flows over several layers into parts from layer to layer.
    fn lay_lanes(&mut self) {
        for whole in std::mem::take(&mut self.ribbons) {
            let (mut from, last) = (whole.from, self.nodes[whole.to].layer);
            for layer in self.nodes[whole.from].layer + 1..last {
                self.nodes.push(Node { layer, colour: whole.colour, ..Node::default() });
                let to = self.nodes.len() - 1;
                self.ribbons.push(Ribbon { from, to, ..whole.clone() });
                from = to;
            }
            self.ribbons.push(Ribbon { from, ..whole });
        }
    }

    fn measure(&mut self) {
        for ribbon in &self.ribbons {
            self.nodes[ribbon.from].paid_out += ribbon.amount;
            self.nodes[ribbon.from].outflows += 1;
            self.nodes[ribbon.to].paid_in += ribbon.amount;
        }
        let of_layer = |layer: usize| {
            self.nodes.iter().filter(|node| node.layer == layer).map(Node::amount).sum::<f64>()
        };
        let fullest = (0..self.layers).map(of_layer).fold(0.0, f64::max);
        let scale = FULL_PX / fullest;
        self.nodes.iter_mut().for_each(|node| node.height_px = node.amount() * scale);
        self.ribbons.iter_mut().for_each(|ribbon| ribbon.width_px = ribbon.amount * scale);
    }

    /// The nodes of each layer from top to bottom, near those they exchange with.
    fn sorted_layers(&self) -> Vec<Vec<usize>> {
        let nodes = 0..self.nodes.len();
        let mut layers: Vec<Vec<usize>> = (0..self.layers)
            .map(|layer| nodes.clone().filter(|node| self.nodes[*node].layer == layer).collect())
            .collect();
        let mut rank = vec![0.0; self.nodes.len()];
        let number = |layer: &[usize], rank: &mut [f64]| {
            for (place, node) in layer.iter().enumerate() {
                rank[*node] = (place as f64 + 0.5) / layer.len() as f64;
            }
        };
        layers.iter().for_each(|layer| number(layer, &mut rank));
        for sweep in 0..SWEEPS {
            for step in 0..self.layers {
                let rightwards = sweep % 2 == 0;
                let layer = if rightwards { step } else { self.layers - 1 - step };
                let wish = |node: usize| self.wish(node, &rank, rightwards);
                let mut wished: Vec<(f64, usize)> =
                    layers[layer].iter().map(|node| (wish(*node), *node)).collect();
                wished.sort_by(|a, b| a.0.total_cmp(&b.0));
                layers[layer] = wished.into_iter().map(|(_, node)| node).collect();
                number(&layers[layer], &mut rank);
            }
        }
        layers
    }

    /// The mean rank, by amount, of the neighbours on one side; its own without any.
    fn wish(&self, node: usize, rank: &[f64], of_payers: bool) -> f64 {
        let (mut sum, mut amount) = (0.0, 0.0);
        for ribbon in &self.ribbons {
            let (own, other) = match of_payers {
                true => (ribbon.to, ribbon.from),
                false => (ribbon.from, ribbon.to),
            };
            if own == node {
                sum += rank[other] * ribbon.amount;
                amount += ribbon.amount;
            }
        }
        if amount > 0.0 { sum / amount } else { rank[node] }
    }

    /// Gives every node its height in the chart, the layers centred.
    fn stack(&mut self, layers: &mut [Vec<usize>]) {
        let last = self.layers - 1;
        let room = |layout: &SankeyLayout, layer: &[usize]| -> f64 {
            layer.iter().flat_map(|node| layout.nodes[*node].room(last)).sum()
        };
        let tallest = layers.iter().map(|layer| room(self, layer)).fold(0.0, f64::max);
        for layer in layers.iter() {
            let mut y = TOP_PX + (tallest - room(self, layer)) / 2.0;
            for node in layer {
                let [above, own, below] = self.nodes[*node].room(last);
                self.nodes[*node].top = y + above;
                y += above + own + below;
            }
        }
        self.height_px = TOP_PX + tallest;
    }

    /// Lets ribbons leave and enter in the order of their other ends, so that none cross there.
    fn tie(&mut self) {
        for node in 0..self.nodes.len() {
            for leaving in [true, false] {
                let ends = |ribbon: &Ribbon| match leaving {
                    true => (ribbon.from, ribbon.to),
                    false => (ribbon.to, ribbon.from),
                };
                let here = |place: &usize| ends(&self.ribbons[*place]).0 == node;
                let mut places: Vec<usize> = (0..self.ribbons.len()).filter(here).collect();
                let height = |place: usize| self.nodes[ends(&self.ribbons[place]).1].top;
                places.sort_by(|a, b| height(*a).total_cmp(&height(*b)));
                let mut below = 0.0;
                for place in places {
                    let ribbon = &mut self.ribbons[place];
                    *(if leaving { &mut ribbon.leaves } else { &mut ribbon.enters }) = below;
                    below += ribbon.width_px;
                }
            }
        }
    }
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Visit {
    Never,
    Open,
    Done,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(flows: &[(&str, &str, f64)]) -> SankeyLayout {
        let flow = |(from, to, amount): &(&str, &str, f64)| Flow {
            from: (*from).to_owned(),
            to: (*to).to_owned(),
            amount: *amount,
        };
        SankeyLayout::of(&flows.iter().map(flow).collect::<Vec<_>>()).expect("something flows")
    }

    #[test]
    fn what_enters_and_leaves_a_node_fills_it_and_no_more() {
        let layout = layout(&[
            ("a", "b", 7.0),
            ("a", "c", 3.0),
            ("b", "c", 5.0),
            ("b", "d", 1.0),
            ("c", "d", 8.0),
            ("a", "d", 2.0),
        ]);
        for (place, node) in layout.nodes.iter().enumerate() {
            let side = |own: fn(&Ribbon) -> usize, at: fn(&Ribbon) -> f64| {
                let ribbons = layout.ribbons.iter().filter(|ribbon| own(ribbon) == place);
                ribbons.fold((0.0_f64, 0.0_f64), |(sum, end), ribbon| {
                    (sum + ribbon.width_px, end.max(at(ribbon) + ribbon.width_px))
                })
            };
            let (out, out_end) = side(|ribbon| ribbon.from, |ribbon| ribbon.leaves);
            let (into, into_end) = side(|ribbon| ribbon.to, |ribbon| ribbon.enters);
            assert!((out.max(into) - node.height_px).abs() < 1e-9, "{node:?}");
            // Side by side: the last ends where the widths add up to.
            assert!((out - out_end).abs() < 1e-9 && (into - into_end).abs() < 1e-9, "{node:?}");
        }
        // One flow passes b and c, one only c.
        assert_eq!(layout.nodes.iter().filter(|node| node.is_lane()).count(), 4);
    }

    #[test]
    fn nodes_stand_right_of_their_payers_and_do_not_touch() {
        let layout =
            layout(&[("a", "b", 1.0), ("b", "c", 1.0), ("a", "sink", 0.5), ("c", "a", 0.2)]);
        for ribbon in &layout.ribbons {
            assert_eq!(layout.nodes[ribbon.from].layer + 1, layout.nodes[ribbon.to].layer);
        }
        for (place, a) in layout.nodes.iter().enumerate() {
            for b in layout.nodes[place + 1..].iter().filter(|b| b.layer == a.layer) {
                let apart = a.top + a.height_px < b.top || b.top + b.height_px < a.top;
                assert!(apart, "{a:?} touches {b:?}");
            }
        }
        let again: Vec<&Node> = layout.nodes.iter().filter(|node| node.again).collect();
        assert_eq!((again.len(), again[0].layer), (1, layout.layers - 1));
    }
}

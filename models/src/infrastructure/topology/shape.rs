//! Who is linked with whom.

use std::collections::BTreeSet;

use pinwheel_core::Streams;
use serde::{Deserialize, Serialize};

use crate::infrastructure::geography::Place;

/// How nodes are linked; nodes are numbered from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    /// Each node with the next, the last with the first.
    Ring,
    /// Each node with node 0.
    Star,
    /// Each node with each other.
    Full,
    /// A spanning tree at random, and links between random pairs: connected for certain
    /// (a random recursive tree, then the model `G(n, m)` of Erdos and Renyi 1959).
    Random,
    /// Each node with the nearest of those before it, then the shortest links still missing.
    Nearest,
    /// These pairs, in this order.
    List(Vec<[u32; 2]>),
}

/// How many links a shape has.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Links {
    /// So many.
    Exactly(u64),
    /// At least the first and at most the second.
    Between(u64, u64),
}

impl Shape {
    /// How many links this shape may have between so many nodes.
    pub fn links(&self, nodes: u64) -> Links {
        let full = nodes * nodes.saturating_sub(1) / 2;
        match self {
            Shape::Ring if nodes > 2 => Links::Exactly(nodes),
            Shape::Ring | Shape::Star => Links::Exactly(nodes - 1),
            Shape::Full => Links::Exactly(full),
            Shape::Random | Shape::Nearest => Links::Between(nodes - 1, full),
            Shape::List(ends) => Links::Exactly(ends.len() as u64),
        }
    }

    /// The two ends of each link.
    pub fn ends(
        &self,
        nodes: u32,
        links: u32,
        places: &[Place],
        streams: &Streams,
    ) -> Vec<[u32; 2]> {
        match self {
            Shape::Ring if nodes > 2 => (0..nodes).map(|node| [node, (node + 1) % nodes]).collect(),
            Shape::Ring => (1..nodes).map(|node| [node - 1, node]).collect(),
            Shape::Star => (1..nodes).map(|node| [0, node]).collect(),
            Shape::Full => pairs(nodes).collect(),
            Shape::Random => random(nodes, links, streams),
            Shape::Nearest => nearest(links, places),
            Shape::List(ends) => ends.clone(),
        }
    }
}

fn pairs(nodes: u32) -> impl Iterator<Item = [u32; 2]> {
    (0..nodes).flat_map(move |one| (one + 1..nodes).map(move |other| [one, other]))
}

fn random(nodes: u32, links: u32, streams: &Streams) -> Vec<[u32; 2]> {
    let mut draw = streams.stream(0, "infrastructure.topology.random");
    let mut known: BTreeSet<[u32; 2]> = BTreeSet::new();
    let mut ends: Vec<[u32; 2]> = Vec::with_capacity(links as usize);
    for node in 1..nodes {
        let pair = [draw.below(u64::from(node)) as u32, node];
        known.insert(pair);
        ends.push(pair);
    }
    if u64::from(links) * 2 > u64::from(nodes) * u64::from(nodes - 1) / 2 {
        // Most pairs are linked: shuffling those still missing ends sooner than hitting them.
        let mut missing: Vec<_> = pairs(nodes).filter(|pair| !known.contains(pair)).collect();
        while ends.len() < links as usize {
            ends.push(missing.swap_remove(draw.below(missing.len() as u64) as usize));
        }
        return ends;
    }
    while ends.len() < links as usize {
        let one = draw.below(u64::from(nodes));
        let other = (one + 1 + draw.below(u64::from(nodes) - 1)) % u64::from(nodes);
        let pair = [one.min(other) as u32, one.max(other) as u32];
        if known.insert(pair) {
            ends.push(pair);
        }
    }
    ends
}

fn nearest(links: u32, places: &[Place]) -> Vec<[u32; 2]> {
    let nodes = places.len() as u32;
    // Whole centimetres: a total order of the lengths.
    let length = |[one, other]: [u32; 2]| {
        (places[one as usize].distance_km(places[other as usize]) * 1e5) as u64
    };
    let before = |node| (0..node).map(move |other| [other, node]);
    let closest = |node| before(node).min_by_key(|&pair| (length(pair), pair));
    let mut ends: Vec<[u32; 2]> = (1..nodes).filter_map(closest).collect();
    let known: BTreeSet<_> = ends.iter().copied().collect();
    let mut missing: Vec<_> = pairs(nodes).filter(|pair| !known.contains(pair)).collect();
    missing.sort_by_cached_key(|&pair| (length(pair), pair));
    ends.extend(missing.into_iter().take(links as usize - ends.len()));
    ends
}

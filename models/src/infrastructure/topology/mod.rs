//! How devices are linked: which can reach which, by what way, and what arrives.
//!
//! Nodes and links are devices of the fleet, so they fail, wait for crews and fall to shocks like
//! any other. A link carries while it is up, both its ends are up and no partition cuts it.
//! Pairs that can reach each other are counted whenever something changed and are weighed by the
//! time they last, so their share is exact. Messages between two random nodes go the way of least
//! latency and are lost at each link by its share of loss.
//!
//! Left out: routing that lags behind the network, queues at links, capacity. A message is so much
//! faster than a failure that it meets one state of the network.
//!
//! Invariant: every message is delivered, lost or has no way: the three sum to those sent.

pub mod shape;

use std::collections::BTreeMap;

use petgraph::Undirected;
use petgraph::algo::astar;
use petgraph::graph::{EdgeIndex, Graph, NodeIndex};
use petgraph::unionfind::UnionFind;
use petgraph::visit::{EdgeFiltered, EdgeRef};
use pinwheel_core::random::Purpose;
use pinwheel_core::{SimDuration, SimTime, Streams};
use serde::{Deserialize, Serialize};

use super::Change;
use super::geography::Place;
use shape::Shape;

const ENDS: Purpose = Purpose::new("infrastructure.message.ends");
const LOSS: Purpose = Purpose::new("infrastructure.message.loss");

/// What a scenario says of the links between devices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Classes whose devices are the nodes, in order.
    pub nodes: Vec<u8>,
    /// The class whose devices are the links, in the order of the shape.
    pub links: u8,
    /// Which nodes are linked.
    pub shape: Shape,
    /// Of a message on one link, and for each kilometre of it.
    pub latency: SimDuration,
    /// Time that a link takes for a kilometre, seconds.
    pub latency_seconds_per_km: f64,
    /// Share of messages that one link loses.
    pub loss: f64,
    /// Between one message and the next; none are sent if it is not given.
    pub message_period: Option<SimDuration>,
    /// Two nodes whose connection is watched.
    pub terminals: Option<[u32; 2]>,
    /// Times in which no link carries between some nodes and the others.
    pub partitions: Vec<Partition>,
}

/// A time in which no link carries between some nodes and the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Partition {
    /// When it begins, counted from the start.
    pub start: SimDuration,
    /// How long it takes.
    pub length: SimDuration,
    /// Sorted.
    pub nodes: Vec<u32>,
}

/// What a device is in the network.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Role {
    Node(u32),
    Link(u32),
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Link {
    up: bool,
    /// Partitions that cut it now.
    cuts: u32,
    latency: SimDuration,
}

impl Link {
    fn carries(&self) -> bool {
        self.up && self.cuts == 0
    }
}

/// A link by the device that it is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// The device that it is.
    pub device: u32,
    /// The devices at its ends.
    pub ends: [u32; 2],
    /// Whether a partition cuts it now.
    pub cut: bool,
}

/// What became of the messages.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    /// Messages sent.
    pub sent: u64,
    /// Of these, those that arrived.
    pub delivered: u64,
    /// Lost on a link.
    pub lost: u64,
    /// No way between the two nodes.
    pub no_way: u64,
}

/// The network of a fleet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Topology {
    settings: Settings,
    /// The weight of a node is whether it is up.
    graph: Graph<bool, Link, Undirected>,
    roles: BTreeMap<u32, Role>,
    since: SimTime,
    /// Something changed since the pairs were counted.
    stale: bool,
    pairs: u64,
    linked: bool,
    /// Pairs and watched connections, each times nanoseconds.
    pairs_time: u128,
    linked_time: u128,
    messages: Messages,
    /// Of the messages delivered since the last look, in nanoseconds.
    latencies: Vec<u64>,
}

impl Topology {
    /// The network of these devices, all up. `places` has a place for each node if nodes have any.
    ///
    /// # Panics
    ///
    /// If the shape does not have one link for each device of `links`.
    pub fn new(
        settings: &Settings,
        nodes: &[u32],
        links: &[u32],
        places: &[Place],
        streams: &Streams,
    ) -> Self {
        let ends = settings.shape.ends(nodes.len() as u32, links.len() as u32, places, streams);
        assert_eq!(ends.len(), links.len(), "a device for each link of the shape");
        let mut graph = Graph::with_capacity(nodes.len(), links.len());
        let mut roles = BTreeMap::new();
        for (number, &device) in (0..).zip(nodes) {
            graph.add_node(true);
            roles.insert(device, Role::Node(number));
        }
        for (number, (&device, &[one, other])) in (0..).zip(links.iter().zip(&ends)) {
            let km = match places {
                [] => 0.0,
                places => places[one as usize].distance_km(places[other as usize]),
            };
            let travel = SimDuration::from_seconds_f64(km * settings.latency_seconds_per_km);
            let link = Link { up: true, cuts: 0, latency: settings.latency + travel };
            graph.add_edge(NodeIndex::from(one), NodeIndex::from(other), link);
            roles.insert(device, Role::Link(number));
        }
        Topology {
            settings: settings.clone(),
            graph,
            roles,
            since: SimTime::ZERO,
            stale: true,
            pairs: 0,
            linked: false,
            pairs_time: 0,
            linked_time: 0,
            messages: Messages::default(),
            latencies: Vec::new(),
        }
    }

    /// What the scenario says of the links.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// What became of messages so far.
    pub fn messages(&self) -> &Messages {
        &self.messages
    }
    /// All links, in the order of their devices.
    pub fn links(&self) -> Vec<Linked> {
        let mut nodes = vec![0; self.graph.node_count()];
        for (&device, role) in &self.roles {
            if let Role::Node(node) = role {
                nodes[*node as usize] = device;
            }
        }
        let linked = |(&device, role): (&u32, &Role)| {
            let Role::Link(link) = role else { return None };
            let edge = EdgeIndex::<u32>::from(*link);
            let (one, other) = self.graph.edge_endpoints(edge)?;
            let ends = [nodes[one.index()], nodes[other.index()]];
            Some(Linked { device, ends, cut: self.graph[edge].cuts > 0 })
        };
        self.roles.iter().filter_map(linked).collect()
    }
    /// Latencies in nanoseconds of the messages delivered since the last call, in rising order.
    pub fn take_latencies(&mut self) -> Vec<u64> {
        let mut latencies = std::mem::take(&mut self.latencies);
        latencies.sort_unstable();
        latencies
    }

    /// A device has gone down or come up.
    pub fn change(&mut self, change: Change, now: SimTime) {
        let Some(&role) = self.roles.get(&change.device) else { return };
        self.advance(now);
        self.stale = true;
        match role {
            Role::Node(node) => self.graph[NodeIndex::<u32>::from(node)] = change.up,
            Role::Link(link) => self.graph[EdgeIndex::<u32>::from(link)].up = change.up,
        }
    }

    /// A partition begins (`cut`) or heals.
    ///
    /// # Panics
    ///
    /// If there is no partition of this number, it heals before it began, or a link has no ends:
    /// the last is a fault of the model.
    pub fn partition(&mut self, number: usize, cut: bool, now: SimTime) {
        self.advance(now);
        self.stale = true;
        let side = &self.settings.partitions[number].nodes;
        let inside = |node: NodeIndex| side.binary_search(&(node.index() as u32)).is_ok();
        for edge in 0..self.graph.edge_count() as u32 {
            let edge = EdgeIndex::from(edge);
            let (one, other) = self.graph.edge_endpoints(edge).expect("an edge has ends");
            if inside(one) != inside(other) {
                let cuts = &mut self.graph[edge].cuts;
                *cuts = if cut { *cuts + 1 } else { *cuts - 1 };
            }
        }
    }

    /// Weighs the present state with the time it has lasted.
    pub fn advance(&mut self, now: SimTime) {
        if now <= self.since {
            return;
        }
        self.count();
        let span = u128::from(now.since(self.since).as_nanos());
        self.pairs_time += u128::from(self.pairs) * span;
        self.linked_time += u128::from(self.linked) * span;
        self.since = now;
    }

    /// Pairs of nodes that can reach each other now, and whether the watched two can.
    fn count(&mut self) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        let mut parts = UnionFind::<u32>::new(self.graph.node_count());
        for edge in self.graph.edge_references() {
            let (one, other) = (edge.source(), edge.target());
            if edge.weight().carries() && self.graph[one] && self.graph[other] {
                parts.union(one.index() as u32, other.index() as u32);
            }
        }
        if let Some([one, other]) = self.settings.terminals {
            let up = |node: u32| self.graph[NodeIndex::<u32>::from(node)];
            self.linked = up(one) && up(other) && parts.equiv(one, other);
        }
        let mut sizes = vec![0u64; self.graph.node_count()];
        for (node, part) in parts.into_labeling().into_iter().enumerate() {
            sizes[part as usize] += u64::from(self.graph[NodeIndex::<u32>::new(node)]);
        }
        self.pairs = sizes.into_iter().map(|size| size * size.saturating_sub(1) / 2).sum();
    }

    /// Share of all pairs that could reach each other, on average since the start.
    pub fn reachable_share(&mut self, now: SimTime) -> f64 {
        self.advance(now);
        let nodes = self.graph.node_count() as u128;
        let whole = nodes * (nodes - 1) / 2 * u128::from(now.as_nanos());
        if whole == 0 { 1.0 } else { self.pairs_time as f64 / whole as f64 }
    }

    /// Share of the time since the start in which the watched two could reach each other.
    pub fn linked_share(&mut self, now: SimTime) -> f64 {
        self.advance(now);
        self.linked_time as f64 / now.as_nanos().max(1) as f64
    }

    /// The way of least latency between two nodes, if there is one.
    fn route(&self, from: u32, to: u32) -> Option<(SimDuration, Vec<EdgeIndex>)> {
        let (from, to) = (NodeIndex::from(from), NodeIndex::from(to));
        if !self.graph[from] || !self.graph[to] {
            return None;
        }
        let open = EdgeFiltered::from_fn(&self.graph, |edge| {
            edge.weight().carries() && self.graph[edge.source()] && self.graph[edge.target()]
        });
        let latency = |link: &Link| link.latency.as_nanos();
        let found = astar(&open, from, |node| node == to, |edge| latency(edge.weight()), |_| 0);
        let (nanos, nodes) = found?;
        let best = |pair: &[NodeIndex]| {
            let between = self.graph.edges_connecting(pair[0], pair[1]);
            let open = between.filter(|edge| edge.weight().carries());
            open.min_by_key(|edge| (latency(edge.weight()), edge.id())).map(|edge| edge.id())
        };
        let links = nodes.windows(2).map(best).collect::<Option<Vec<_>>>();
        Some((SimDuration::from_nanos(nanos), links.expect("a way has a link at each step")))
    }

    /// Sends a message between two random nodes. Draws are named by the message's number, and so
    /// are the same in every state of the network.
    pub fn send(&mut self, streams: &Streams) {
        let number = self.messages.sent;
        self.messages.sent += 1;
        let mut draw = streams.indexed(0, ENDS, number);
        let nodes = self.graph.node_count() as u64;
        let (from, step) = (draw.below(nodes), 1 + draw.below(nodes - 1));
        match self.route(from as u32, ((from + step) % nodes) as u32) {
            None => self.messages.no_way += 1,
            Some((latency, links)) => {
                let mut loss = streams.indexed(0, LOSS, number);
                if links.iter().all(|_| loss.uniform() >= self.settings.loss) {
                    self.messages.delivered += 1;
                    self.latencies.push(latency.as_nanos());
                } else {
                    self.messages.lost += 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;

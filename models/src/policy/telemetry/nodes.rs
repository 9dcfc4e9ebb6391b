//! What a store knows of its nodes: where each is, whether it was up, what it refuses, and how many
//! bytes it had left.

use pinwheel_core::SimTime;
use serde::{Deserialize, Serialize};

/// Where a node is and whose it is.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    /// Number of the region.
    pub region: u16,
    /// Number of the owner.
    pub owner: u16,
    /// Number of the site.
    pub site: u16,
}

/// What fails as one.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DomainKind {
    /// All nodes of a region.
    Region,
    /// All nodes of an owner.
    Owner,
    /// All nodes at a site.
    Site,
}

impl DomainKind {
    /// The names that a scenario has for them.
    pub const NAMES: [(&'static str, DomainKind); 3] =
        [("region", DomainKind::Region), ("owner", DomainKind::Owner), ("site", DomainKind::Site)];
}

impl Domain {
    /// The number of its domain of this kind.
    pub fn number(self, kind: DomainKind) -> u16 {
        match kind {
            DomainKind::Region => self.region,
            DomainKind::Owner => self.owner,
            DomainKind::Site => self.site,
        }
    }
}

/// What a node last reported of itself.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct NodeReport {
    up: bool,
    /// It refuses contested objects.
    refuses: bool,
    /// Bytes it can still take.
    free_bytes: u64,
    /// When this was true.
    measured: SimTime,
}

/// The nodes of a store as last reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeReports {
    domains: Vec<Domain>,
    reports: Vec<NodeReport>,
}

impl NodeReports {
    /// Nodes in these domains, all of them up, refusing nothing and without a bound on what they
    /// hold at time zero.
    pub fn new(domains: Vec<Domain>) -> Self {
        let (up, refuses, measured) = (true, false, SimTime::ZERO);
        let report = NodeReport { up, refuses, free_bytes: u64::MAX, measured };
        NodeReports { reports: vec![report; domains.len()], domains }
    }
    /// The domain of each node, by its number.
    pub fn domains(&self) -> &[Domain] {
        &self.domains
    }
    /// Whether a node was up, as last reported.
    pub fn is_up(&self, node: u32) -> bool {
        self.reports[node as usize].up
    }
    /// Whether a node refused contested objects, as last reported.
    pub fn refuses(&self, node: u32) -> bool {
        self.reports[node as usize].refuses
    }
    /// Bytes that a node could still take, as last reported; `u64::MAX` without a bound.
    pub fn free_bytes(&self, node: u32) -> u64 {
        self.reports[node as usize].free_bytes
    }
    /// When the report of a node was true.
    pub fn measured(&self, node: u32) -> SimTime {
        self.reports[node as usize].measured
    }
    /// A node was up or down, refused contested objects or not, and could take so many bytes more,
    /// at the instant `measured`.
    pub fn update(
        &mut self,
        node: u32,
        (up, refuses): (bool, bool),
        free_bytes: u64,
        measured: SimTime,
    ) {
        self.reports[node as usize] = NodeReport { up, refuses, free_bytes, measured };
    }
}

/// A piece that lies on a node, by the store's list.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct PlacedPiece {
    /// The node it is on.
    pub node: u32,
    /// Whether repair counts on it; if not, it is being made anew elsewhere.
    pub counted: bool,
}

/// What is known when a piece of an object needs a node.
#[derive(Copy, Clone, Debug)]
pub struct PlacementReport<'a> {
    /// All nodes.
    pub nodes: &'a NodeReports,
    /// The pieces of the object that lie somewhere.
    pub pieces: &'a [PlacedPiece],
    /// Bytes of the piece.
    pub piece_bytes: u64,
    /// Whether censors refuse the object.
    pub contested: bool,
}

impl PlacementReport<'_> {
    /// Whether a node can take the piece: it is suited for it and had room for it.
    pub fn is_fit(&self, node: u32) -> bool {
        self.nodes.free_bytes(node) >= self.piece_bytes && self.is_suited(node)
    }
    /// Whether a node can take the piece if it has room: it was up, does not refuse it, and holds
    /// no other piece of the object.
    pub fn is_suited(&self, node: u32) -> bool {
        self.nodes.is_up(node)
            && !(self.contested && self.nodes.refuses(node))
            && !self.pieces.iter().any(|piece| piece.node == node)
    }
    /// The domains of the pieces that are counted on.
    pub fn taken(&self) -> impl Iterator<Item = Domain> {
        let counted = self.pieces.iter().filter(|piece| piece.counted);
        counted.map(|piece| self.nodes.domains()[piece.node as usize])
    }
}

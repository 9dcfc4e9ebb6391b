//! Spread over failure domains, at random among equals.

use pinwheel_core::Stream;

use super::Place;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::policy::choice::{Given, PolicySpec};
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::nodes::{Domain, DomainKind, PlacementReport};

/// What it says of itself.
pub const SPEC: PolicySpec = PolicySpec {
    name: "spread",
    number: None,
    keys: &["spread"],
    about: "A node in the domains that have the fewest pieces of the object, by the kinds in \
            `spread`, the most important first; among equals any, and any at all without `spread`.",
    sees: "domains of nodes and pieces, which nodes are up, what they refuse and their room",
    source: "Weil et al., CRUSH, SC 2006: replicas in distinct failure domains",
};

/// Random looks for a node before all of them are compared.
const LOOKS: u32 = 32;

/// The kinds of domains are the list `spread` beside the name.
pub fn parameter(given: &mut Given<'_, '_>, _number: u32) -> Option<Vec<DomainKind>> {
    let key = format!("{}.spread", given.table);
    let values = given.values("spread").to_vec();
    let texts = given.checker.texts(&values, &key);
    let mut kinds = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let mut names = DomainKind::NAMES.iter();
        match names.find(|(name, kind)| name == text && !kinds.contains(kind)) {
            Some((_, kind)) => kinds.push(*kind),
            None => {
                let help = did_you_mean(text, DomainKind::NAMES.iter().map(|(name, _)| *name));
                let message = format!("\"{}\" is unknown, or named twice", shown(text));
                given.checker.fault(*values.get(number)?, &key, message, help);
                return None;
            }
        }
    }
    Some(kinds)
}

/// Kinds of domains to spread over, the most important first. The first is spread exactly: two
/// pieces share a domain only if every domain with a fit node has one already. A later kind counts
/// among nodes that are equal by the earlier ones.
#[derive(Copy, Clone, Debug)]
pub struct Spread<'a> {
    kinds: &'a [DomainKind],
}

/// Pieces already in the candidate's domains, by the kinds of the spread.
type Crowding = [u16; 3];

impl<'a> Spread<'a> {
    /// Over these kinds of domains.
    pub fn new(kinds: &'a [DomainKind]) -> Self {
        Spread { kinds }
    }

    fn crowding(&self, taken: &[Domain], candidate: Domain) -> Crowding {
        let mut crowding = Crowding::default();
        for (shared, &kind) in crowding.iter_mut().zip(self.kinds) {
            let number = candidate.number(kind);
            *shared = taken.iter().filter(|domain| domain.number(kind) == number).count() as u16;
        }
        crowding
    }
}

impl Place for Spread<'_> {
    fn place(&self, seen: &Telemetry<'_, PlacementReport<'_>>, stream: &mut Stream) -> Option<u32> {
        let reports = seen.reports;
        let (nodes, taken) = (reports.nodes.domains(), reports.taken().collect::<Vec<_>>());
        // In a large network an empty domain is found at once.
        for _ in 0..LOOKS {
            let node = stream.below(nodes.len() as u64) as u32;
            let empty = self.crowding(&taken, nodes[node as usize]) == Crowding::default();
            if empty && reports.is_fit(node) {
                return Some(node);
            }
        }
        let fit_nodes = (0..nodes.len() as u32).filter(|&node| reports.is_fit(node));
        let (mut best, mut chosen, mut equals) = (None, None, 0);
        for node in fit_nodes {
            let crowding = self.crowding(&taken, nodes[node as usize]);
            if best.is_none_or(|best| crowding < best) {
                (best, equals) = (Some(crowding), 0);
            }
            if best == Some(crowding) {
                equals += 1;
                // The last of `equals` replaces the choice with chance 1/equals.
                if stream.below(equals) == 0 {
                    chosen = Some(node);
                }
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::telemetry::nodes::{NodeReports, PlacedPiece};
    use pinwheel_core::{SimTime, Streams};
    use proptest::prelude::*;

    fn place(kinds: &[DomainKind], nodes: &[Domain], pieces: usize, seed: u64) -> Vec<u32> {
        let nodes = &NodeReports::new(nodes.to_vec());
        let mut placed: Vec<PlacedPiece> = Vec::new();
        let mut stream = Streams::new(seed, 0).stream(0, "test");
        for _ in 0..pieces {
            let reports =
                &PlacementReport { nodes, pieces: &placed, piece_bytes: 1, contested: false };
            let seen = Telemetry { now: SimTime::ZERO, reports };
            let Some(node) = Spread::new(kinds).place(&seen, &mut stream) else { break };
            placed.push(PlacedPiece { node, counted: true });
        }
        placed.iter().map(|piece| piece.node).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn two_pieces_share_a_domain_only_if_they_must(
            owners in proptest::collection::vec(0u16..12, 1..40), pieces in 1usize..15, seed: u64,
        ) {
            let site = |owner: &u16| Domain { region: 0, owner: *owner, site: 0 };
            let nodes: Vec<Domain> = owners.iter().map(site).collect();
            let placed = place(&[DomainKind::Owner], &nodes, pieces, seed);
            prop_assert_eq!(placed.len(), pieces.min(nodes.len()));
            let count = |owner: u16| {
                placed.iter().filter(|node| nodes[**node as usize].owner == owner).count()
            };
            for owner in 0..12 {
                let room = owners.contains(&owner)
                    && (0..nodes.len() as u32).any(|node| {
                        nodes[node as usize].owner == owner && !placed.contains(&node)
                    });
                if room {
                    // None has two more than a domain that could take one of them.
                    prop_assert!((0..12).all(|other| count(other) <= count(owner) + 1));
                }
            }
        }
    }

    #[test]
    fn the_first_kind_goes_before_the_second() {
        let node = |region, owner| Domain { region, owner, site: 0 };
        let nodes = [node(0, 0), node(0, 1), node(0, 2), node(1, 0), node(1, 1)];
        for seed in 0..50 {
            let placed = place(&[DomainKind::Region, DomainKind::Owner], &nodes, 2, seed);
            let (first, second) = (nodes[placed[0] as usize], nodes[placed[1] as usize]);
            assert!(first.region != second.region && first.owner != second.owner);
        }
    }

    #[test]
    fn equal_nodes_have_equal_chances() {
        let nodes = [Domain::default(); 4];
        let mut counts = [0; 4];
        for seed in 0..4_000 {
            // Three are taken, so that the full comparison decides as well.
            for node in place(&[DomainKind::Owner], &nodes, 2, seed) {
                counts[node as usize] += 1;
            }
        }
        assert!(counts.iter().all(|count| (1_850..2_150).contains(count)), "{counts:?}");
    }
}

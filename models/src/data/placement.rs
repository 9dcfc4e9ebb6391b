//! Which node takes a piece: spread over failure domains, at random among equals.

use pinwheel_core::Stream;
use serde::{Deserialize, Serialize};

/// Random looks for a node before all of them are compared.
const LOOKS: u32 = 32;

/// Where a node is and whose it is.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    pub region: u16,
    pub owner: u16,
    pub site: u16,
}

/// What fails as one.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    Region,
    Owner,
    Site,
}

impl Domain {
    /// The number of its domain of this kind.
    pub fn number(self, kind: Kind) -> u16 {
        match kind {
            Kind::Region => self.region,
            Kind::Owner => self.owner,
            Kind::Site => self.site,
        }
    }
}

/// Kinds of domains to spread over, the most important first. The first is spread exactly: two
/// pieces share a domain only if every domain with a fit node has one already. A later kind counts
/// among nodes that are equal by the earlier ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread(pub Vec<Kind>);

/// Pieces already in the candidate's domains, by the kinds of the spread.
type Crowding = [u16; 3];

impl Spread {
    fn crowding(&self, taken: &[Domain], candidate: Domain) -> Crowding {
        let mut crowding = Crowding::default();
        for (shared, &kind) in crowding.iter_mut().zip(&self.0) {
            let number = candidate.number(kind);
            *shared = taken.iter().filter(|domain| domain.number(kind) == number).count() as u16;
        }
        crowding
    }

    /// A node for the next piece of an object whose other pieces lie in the domains `taken`: one
    /// of the least crowded that are `fit`, each with the same chance; `None` if no node is fit.
    pub fn choose(
        &self,
        nodes: &[Domain],
        taken: &[Domain],
        fit: impl Fn(u32) -> bool,
        stream: &mut Stream,
    ) -> Option<u32> {
        // In a large network an empty domain is found at once.
        for _ in 0..LOOKS {
            let node = stream.below(nodes.len() as u64) as u32;
            let empty = self.crowding(taken, nodes[node as usize]) == Crowding::default();
            if empty && fit(node) {
                return Some(node);
            }
        }
        let fit_nodes = (0..nodes.len() as u32).filter(|&node| fit(node));
        let (mut best, mut chosen, mut equals) = (None, None, 0);
        for node in fit_nodes {
            let crowding = self.crowding(taken, nodes[node as usize]);
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
    use pinwheel_core::Streams;
    use proptest::prelude::*;

    fn place(spread: &Spread, nodes: &[Domain], pieces: usize, seed: u64) -> Vec<u32> {
        let (mut placed, mut taken) = (Vec::new(), Vec::new());
        let mut stream = Streams::new(seed, 0).stream(0, "test");
        for _ in 0..pieces {
            let unused = |node| !placed.contains(&node);
            let Some(node) = spread.choose(nodes, &taken, unused, &mut stream) else { break };
            taken.push(nodes[node as usize]);
            placed.push(node);
        }
        placed
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn two_pieces_share_a_domain_only_if_they_must(
            owners in proptest::collection::vec(0u16..12, 1..40), pieces in 1usize..15, seed: u64,
        ) {
            let site = |owner: &u16| Domain { region: 0, owner: *owner, site: 0 };
            let nodes: Vec<Domain> = owners.iter().map(site).collect();
            let placed = place(&Spread(vec![Kind::Owner]), &nodes, pieces, seed);
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
            let spread = Spread(vec![Kind::Region, Kind::Owner]);
            let placed = place(&spread, &nodes, 2, seed);
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
            for node in place(&Spread(vec![Kind::Owner]), &nodes, 2, seed) {
                counts[node as usize] += 1;
            }
        }
        assert!(counts.iter().all(|count| (1_850..2_150).contains(count)), "{counts:?}");
    }
}

//! The bond: tokens that each node locks while it takes part, as in Helium's validators, The Graph
//! or Livepeer. Who enters brings it from the holders, who leaves gets it back whole.

use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bond {
    pub per_node: Amount,
}

impl Bond {
    /// What so many nodes lock.
    pub fn of(&self, nodes: usize) -> Amount {
        Amount(self.per_node.0 * nodes as u128)
    }
    /// How many nodes, at most `wanted`, these tokens are enough for.
    pub fn affordable(&self, tokens: Amount, wanted: usize) -> usize {
        match tokens.0.checked_div(self.per_node.0) {
            Some(nodes) => usize::try_from(nodes).map_or(wanted, |nodes| nodes.min(wanted)),
            None => wanted,
        }
    }
}

//! The bond: tokens that each node locks while it takes part, as in Helium's validators, The Graph
//! or Livepeer. Who enters brings it from the holders; who leaves gets it back whole, and may sell
//! it, which is how a run for the exit moves the price.

use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bond {
    pub per_node: Amount,
    /// Share of what is given back that is sold at once, in millionths.
    pub sold_millionths: u32,
}

impl Bond {
    /// What so many nodes lock.
    pub fn of(&self, nodes: usize) -> Amount {
        Amount(self.per_node.0 * nodes as u128)
    }
}

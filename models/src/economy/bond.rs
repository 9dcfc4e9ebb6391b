//! The bond: tokens that each node locks while it takes part, as in Helium's validators, The Graph
//! or Livepeer. Who enters brings it; who leaves gets it back whole.
//!
//! Rounding: none, a bond is a whole number of base units a node.
//!
//! Invariant: the bond account holds [`Bond::of`] the nodes that take part.

use pinwheel_core::{Account, Amount, LedgerError, Ledgers};
use serde::{Deserialize, Serialize};

/// The rule of a bond, and the account that holds all of them.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bond {
    /// Base units that a node locks.
    pub per_node: Amount,
    /// Where locked tokens are: an account of the holding `Locked`.
    pub account: Account,
}

impl Bond {
    /// What so many nodes lock.
    pub fn of(&self, nodes: usize) -> Amount {
        Amount(self.per_node.0 * nodes as u128)
    }

    /// Locks the bonds of so many nodes, out of a free account.
    ///
    /// # Errors
    /// Those of [`Ledgers::lock`]: the account holds less, or is not free.
    pub fn lock(
        &self,
        ledgers: &mut Ledgers,
        from: Account,
        nodes: usize,
    ) -> Result<(), LedgerError> {
        ledgers.lock(from, self.account, self.of(nodes))
    }

    /// Gives back the bonds of so many nodes, to a free account. Returns their amount.
    ///
    /// # Errors
    /// Those of [`Ledgers::vest`]: fewer nodes are bonded, or the account is not free.
    pub fn release(
        &self,
        ledgers: &mut Ledgers,
        to: Account,
        nodes: usize,
    ) -> Result<Amount, LedgerError> {
        let amount = self.of(nodes);
        ledgers.vest(self.account, to, amount)?;
        Ok(amount)
    }
}

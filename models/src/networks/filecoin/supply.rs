//! FIL in existence and in circulation, by the protocol's own definition.
//!
//! Two billion FIL exist at most: 1.1 billion for storage mining and 300 million in the mining
//! reserve, both held by actors until paid out, and 600 million vesting to those who built and
//! funded the network. Circulating supply is what has left those actors and is neither burned nor
//! locked; it feeds pledge and fees.
//!
//! Units: attoFIL, epochs. Source: lotus `chain/stmgr/supply.go` (`setupPostCalicoVesting`,
//! `GetVMCirculatingSupplyDetailed`) and specs-actors `multisig_state.go` (`AmountLocked`), which
//! rounds the locked amount of an epoch down. Left out: schedules before Calico (epoch 265,200).

use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

use super::rules::EPOCHS_PER_DAY;

/// AttoFIL of one FIL.
pub const ATTO_PER_FIL: u128 = 1_000_000_000_000_000_000;
/// No more FIL than this can ever exist.
pub const TOTAL: Amount = Amount(2_000_000_000 * ATTO_PER_FIL);
/// Held by the reward actor at genesis.
pub const MINING_ALLOCATION: Amount = Amount(1_100_000_000 * ATTO_PER_FIL);
/// Vesting to those who built and funded the network.
pub const VESTING_ALLOCATION: Amount = Amount(600_000_000 * ATTO_PER_FIL);
/// Held by the reserve actor at genesis.
pub const MINING_RESERVE: Amount = Amount(300_000_000 * ATTO_PER_FIL);
/// Paid out of the reserve; unchanged for years (FIP-0100, "Special handling for Calibration
/// network": 300,000,000 - 282,933,381).
pub const RESERVE_DISBURSED: Amount = Amount(17_066_619 * ATTO_PER_FIL);

/// Vesting starts with mainnet's liftoff.
const VESTING_START_EPOCH: i64 = 148_888;
/// (Days to full vesting, whole FIL), linear from the start.
const VESTING: [(i64, u128); 6] = [
    (0, 10_632_000),
    (183, 19_015_887 + 32_787_700),
    (365, 22_421_712 + 9_400_000),
    (2 * 365, 7_223_364),
    (3 * 365, 87_637_883 + 898_958),
    (6 * 365, 100_000_000 + 300_000_000 + 9_805_053),
];

/// FIL vested by an epoch.
pub fn vested(epoch: i64) -> Amount {
    let elapsed = epoch - VESTING_START_EPOCH;
    VESTING
        .iter()
        .map(|(days, fil)| {
            let total = fil * ATTO_PER_FIL;
            let left = (days * EPOCHS_PER_DAY - elapsed).max(0);
            if elapsed < 0 {
                return Amount::ZERO;
            }
            let duration = (days * EPOCHS_PER_DAY).max(1);
            Amount(total - total / duration.unsigned_abs() as u128 * left.unsigned_abs() as u128)
        })
        .sum()
}

/// FIL that vests after `from` and up to `to`.
pub fn vested_between(from: i64, to: i64) -> Amount {
    vested(to) - vested(from)
}

/// Where the FIL is.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supply {
    /// Genesis allocations that have vested.
    pub vested: Amount,
    /// Block rewards that were paid.
    pub mined: Amount,
    /// What left the mining reserve.
    pub reserve_disbursed: Amount,
    /// What was burned.
    pub burned: Amount,
    /// Pledge, deposits and rewards still vesting.
    pub locked: Amount,
}

impl Supply {
    /// FIL that has left the actors that held it at genesis, burned or not.
    pub fn issued(&self) -> Amount {
        self.vested + self.mined + self.reserve_disbursed
    }

    /// Circulating supply as the chain computes it: never below zero.
    pub fn circulating(&self) -> Amount {
        self.issued().saturating_sub(self.burned + self.locked)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::rules::epoch_of;
    use super::*;

    #[test]
    fn allocations_stay_within_two_billion() {
        assert_eq!(VESTING_ALLOCATION + MINING_ALLOCATION + MINING_RESERVE, TOTAL);
        assert_eq!(vested(20_000_000), Amount(599_822_557 * ATTO_PER_FIL));
    }

    #[test]
    fn vesting_never_runs_backwards() {
        let mut last = Amount::ZERO;
        for epoch in (0..7_000_000).step_by(9_973) {
            let now = vested(epoch);
            assert!(now >= last);
            last = now;
        }
        assert_eq!(vested(148_887), Amount::ZERO);
    }

    /// FIP-0100 states FilVested of early February 2025 as 484,847,134 FIL.
    #[test]
    fn vesting_meets_the_mainnet_figure_of_february_2025() {
        let stated = Amount(484_847_134 * ATTO_PER_FIL);
        assert!(vested(epoch_of(date(2025, 2, 7))) < stated);
        assert!(vested(epoch_of(date(2025, 2, 8))) > stated);
    }

    /// The same table's circulating supply, in whole FIL.
    #[test]
    fn circulating_meets_the_mainnet_figure_of_february_2025() {
        let fil = |whole: u128| Amount(whole * ATTO_PER_FIL);
        let supply = Supply {
            vested: fil(484_847_134),
            mined: fil(365_928_138),
            reserve_disbursed: RESERVE_DISBURSED,
            burned: fil(40_327_377),
            locked: fil(140_975_297),
        };
        // The table rounds each line; its sum differs by one FIL.
        assert!(supply.circulating().0.abs_diff(fil(686_539_216).0) <= ATTO_PER_FIL);
        let drained = Supply { burned: fil(900_000_000), ..supply };
        assert_eq!(drained.circulating(), Amount::ZERO);
    }
}

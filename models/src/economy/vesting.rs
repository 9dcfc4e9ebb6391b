//! Vesting: what is locked again and again becomes free after a wait, part by part: the rewards of
//! Filecoin's providers over 180 days, or those of Arweave's miners all at once after 30.
//!
//! ```text
//! of an amount A locked in period p, free in period p + wait + k:  A * k / over,  k = 1 .. over
//! ```
//! With `over = 1` all of it is free one period after the wait.
//!
//! Rounding: what is free of an amount is rounded down to the base unit; after the last part it is
//! all.
//!
//! Invariant: what is free and what is still locked add up to all that was ever locked.

use std::collections::VecDeque;

use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

/// Most periods over which something vests: each is looked at in each period.
pub const OVER_MAX: u32 = 10_000;
/// Most periods in which nothing is free yet.
pub const WAIT_MAX: u32 = 1_000_000;

/// When what is locked becomes free.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VestingRule {
    /// Periods in which nothing is free yet.
    pub wait: u32,
    /// Periods after these in which it becomes free in equal parts; at least one.
    pub over: u32,
}

/// An amount that was locked in a period, and what of it was freed.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Locked {
    period: u32,
    amount: Amount,
    freed: Amount,
}

/// What is locked, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vesting {
    rule: VestingRule,
    locked: VecDeque<Locked>,
}

impl Vesting {
    /// Nothing is locked.
    pub fn new(rule: VestingRule) -> Self {
        Vesting { rule, locked: VecDeque::new() }
    }

    /// Locks an amount in a period.
    ///
    /// ```
    /// use pinwheel_core::Amount;
    /// use pinwheel_models::economy::vesting::{Vesting, VestingRule};
    ///
    /// let mut vesting = Vesting::new(VestingRule { wait: 1, over: 3 });
    /// vesting.lock(0, Amount(100));
    /// let freed = [1, 2, 3, 4, 5].map(|period| vesting.free(period).0);
    /// assert_eq!(freed, [0, 33, 33, 34, 0]);
    /// ```
    pub fn lock(&mut self, period: u32, amount: Amount) {
        if amount > Amount::ZERO {
            self.locked.push_back(Locked { period, amount, freed: Amount::ZERO });
        }
    }

    /// What becomes free in a period. To be asked once in each.
    pub fn free(&mut self, period: u32) -> Amount {
        let VestingRule { wait, over } = self.rule;
        let mut freed = Amount::ZERO;
        for of in &mut self.locked {
            let parts = period.saturating_sub(of.period).saturating_sub(wait).min(over);
            if parts == 0 {
                break;
            }
            let free = of.amount.mul_div_floor(parts.into(), over.into());
            freed += free - of.freed;
            of.freed = free;
        }
        while self.locked.front().is_some_and(|of| of.freed == of.amount) {
            self.locked.pop_front();
        }
        freed
    }

    /// What is locked.
    pub fn locked(&self) -> Amount {
        self.locked.iter().map(|of| of.amount - of.freed).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_free_and_what_is_locked_add_up(
            amounts in prop::collection::vec(0u128..1 << 90, 1..60), wait in 0u32..20,
            over in 1u32..40,
        ) {
            let mut vesting = Vesting::new(VestingRule { wait, over });
            let (mut all, mut free) = (Amount::ZERO, Amount::ZERO);
            for (period, amount) in (0u32..).zip(&amounts) {
                free += vesting.free(period);
                vesting.lock(period, Amount(*amount));
                all += Amount(*amount);
                prop_assert_eq!(free + vesting.locked(), all);
            }
            let last = amounts.len() as u32 - 1;
            for period in last + 1..=last + wait + over {
                free += vesting.free(period);
            }
            prop_assert_eq!((free, vesting.locked()), (all, Amount::ZERO));
        }
    }
}

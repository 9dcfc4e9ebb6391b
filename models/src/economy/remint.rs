//! Re-minting: tokens that were burned are issued again, smoothed and up to a cap, so that what is
//! paid to those who serve does not end with the schedule.
//!
//! ```text
//! smoothed(t) = smoothed(t-1) * (n - 1) / n  +  burned(t) / n
//! issued(t)   = min(smoothed(t) * share, cap)
//! ```
//! With n = 7 and a cap of 1,644 HNT a day this is Helium's net emissions (helium-program-library,
//! treasury management); with n = 1 and a share of a quarter, at most 500,000 a week, MIP-15 of
//! Hivemapper.
//!
//! Rounding: each quotient is rounded down to the base unit, as the program does.
//!
//! Invariant: from a start at nothing, what is issued is never more than what was burned.

use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

use super::share::part;

/// How burned tokens are issued again.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remint {
    /// Periods over which what is burned is smoothed: n.
    pub smoothing: u32,
    /// Share of the smoothed amount that is issued, in millionths.
    pub share: u32,
    /// Most of a period, base units; `None` for no limit.
    pub cap: Option<Amount>,
    /// The smoothed amount before the first period.
    pub first: Amount,
}

/// The smoothed amount as it goes on.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminting {
    rule: Remint,
    smoothed: Amount,
}

impl Reminting {
    /// Before the first period.
    pub fn new(rule: Remint) -> Self {
        Reminting { rule, smoothed: rule.first }
    }

    /// What is issued after a period in which so much was burned.
    ///
    /// ```
    /// use pinwheel_core::Amount;
    /// use pinwheel_models::economy::remint::{Remint, Reminting};
    ///
    /// let cap = Some(Amount(1_644));
    /// let rule = Remint { smoothing: 7, share: 1_000_000, cap, first: Amount(700) };
    /// let mut net = Reminting::new(rule);
    /// assert_eq!(net.after(Amount(1_400)), Amount(800));
    /// assert_eq!(net.after(Amount(700_000)), Amount(1_644));
    /// ```
    pub fn after(&mut self, burned: Amount) -> Amount {
        let n = u128::from(self.rule.smoothing);
        let kept = self.smoothed.mul_div_floor(n - 1, n);
        self.smoothed = kept + Amount(burned.0 / n);
        let issued = part(self.smoothed, self.rule.share);
        self.rule.cap.map_or(issued, |cap| issued.min(cap))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_more_is_issued_than_was_burned(
            burns in prop::collection::vec(0u128..1 << 80, 1..200), smoothing in 1u32..60,
            share in 0u32..=1_000_000,
        ) {
            let mut net =
                Reminting::new(Remint { smoothing, share, cap: None, first: Amount::ZERO });
            let (mut burned, mut issued) = (Amount::ZERO, Amount::ZERO);
            for amount in burns {
                burned += Amount(amount);
                issued += net.after(Amount(amount));
                prop_assert!(issued <= burned);
            }
        }
    }
}

//! The schedule of an emission: how many tokens are new in each period.
//!
//! Exponential halving: `first * 2^(-period / half_life)`, the continuous form of Bitcoin's
//! halvings (Nakamoto, "Bitcoin", 2008, section 6) that Filecoin's simple minting has as well
//! (Filecoin spec, "Minting").
//!
//! Rounding: the power is a fraction of 2^64 and the product exact, rounded down, so that what is
//! minted is the schedule to the base unit.
//!
//! Invariant: no period emits more than the one before it.

use pinwheel_core::{Amount, math};
use ruint::aliases::U256;
use serde::{Deserialize, Serialize};

/// Binary places of the fraction that is left of the first period's emission.
const PLACES: u32 = 64;

/// An emission that halves in each half-life.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Halving {
    /// In period 0.
    pub first: Amount,
    /// Periods in which it halves.
    pub half_life: f64,
}

impl Halving {
    /// The emission of a period, counted from zero.
    pub fn at(&self, period: u32) -> Amount {
        let exponent = f64::from(PLACES) - f64::from(period) / self.half_life;
        let fraction = math::exp2(exponent) as u128;
        let whole = (U256::from(self.first.0) * U256::from(fraction)) >> PLACES as usize;
        Amount(whole.to())
    }

    /// All that is still to come from a period on, in tokens of `decimals`: the geometric series.
    pub fn from_period_on(&self, period: u32, decimals: u32) -> f64 {
        let each = math::exp2(-1.0 / self.half_life);
        self.at(period).as_tokens(decimals) / (1.0 - each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::amount::TOKEN_DECIMALS;

    const MODEL: Halving = Halving { first: tok_of(100_000), half_life: 730.0 };

    const fn tok_of(tokens: u128) -> Amount {
        Amount(tokens * 10u128.pow(TOKEN_DECIMALS))
    }

    #[test]
    fn a_half_life_halves_to_the_base_unit() {
        for halvings in 0..40 {
            let expected = Amount(MODEL.first.0 >> halvings);
            assert_eq!(MODEL.at(730 * halvings), expected, "after {halvings} half-lives");
        }
    }

    #[test]
    fn periods_add_up_to_the_geometric_series() {
        let sum: Amount = (0..1_825).map(|day| MODEL.at(day)).sum();
        let series =
            MODEL.from_period_on(0, TOKEN_DECIMALS) - MODEL.from_period_on(1_825, TOKEN_DECIMALS);
        let found = sum.as_tokens(TOKEN_DECIMALS);
        assert!(math::abs(found / series - 1.0) < 1e-12, "{found} is not {series}");
        // The reference program mints the same in its floats.
        assert!(math::abs(found + 1e8 - 186_740_360.763_606_55) < 1e-5, "{found}");
    }
}

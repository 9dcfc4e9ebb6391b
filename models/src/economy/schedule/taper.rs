//! A schedule that is constant for a number of periods and then falls in equal steps to nothing,
//! as Helium's supplement of 2026 does (HIP-149).
//!
//! Rounding: down to the base unit.

use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

/// Constant, then falling.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taper {
    /// Base units of each of the first periods.
    pub first: Amount,
    /// How many periods issue that.
    pub flat: u64,
    /// Periods after these over which it falls; the first after them issues nothing.
    pub falls: u64,
}

impl Taper {
    /// Base units of a period, counted from zero: of the falling ones `first * (falls - j) / falls`
    /// for the j-th, counted from one, so that the last issues nothing.
    pub fn at(&self, period: u64) -> Amount {
        if period < self.flat {
            return self.first;
        }
        let left = self.falls.saturating_sub(period - self.flat + 1);
        self.first.mul_div_floor(left.into(), u128::from(self.falls.max(1)))
    }

    /// All that is issued, but for the rounding of each period; `None` beyond 128 bits. The falling
    /// periods have the mean of the first and the last of them.
    pub fn all(&self) -> Option<Amount> {
        let doubled = 2 * u128::from(self.flat) + u128::from(self.falls.saturating_sub(1));
        self.first.0.checked_mul(doubled).map(|all| Amount(all / 2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_falls_in_equal_steps_to_nothing() {
        let taper = Taper { first: Amount(100), flat: 2, falls: 4 };
        let amounts: Vec<u128> = (0..8).map(|period| taper.at(period).0).collect();
        assert_eq!(amounts, [100, 100, 75, 50, 25, 0, 0, 0]);
        assert_eq!(taper.all(), Some(Amount(amounts.iter().sum())));
    }
}

//! Exact integer money: an amount of base units of one token (attoFIL, wei, rao).

use std::fmt;

use serde::{Deserialize, Serialize};

/// A non-negative amount in base units. Arithmetic is checked in every build: an overflow or a
/// negative result is a fault of the model and stops the run.
#[derive(
    Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Amount(pub u128);

impl Amount {
    pub const ZERO: Amount = Amount(0);

    pub fn checked_sub(self, other: Amount) -> Option<Amount> {
        self.0.checked_sub(other.0).map(Amount)
    }
    pub fn saturating_sub(self, other: Amount) -> Amount {
        Amount(self.0.saturating_sub(other.0))
    }
    /// `self * numerator / denominator`, rounded down, without overflow in between.
    pub fn mul_div_floor(self, numerator: u128, denominator: u128) -> Amount {
        assert!(denominator > 0, "a share has a positive denominator");
        match self.0.checked_mul(numerator) {
            Some(product) => Amount(product / denominator),
            None => {
                // (q d + r) n / d = q n + r n / d, and r n fits because r < d.
                let (whole, rest) = (self.0 / denominator, self.0 % denominator);
                Amount(whole * numerator + rest * numerator / denominator)
            }
        }
    }
    /// The amount in whole tokens as a float, for records and plots only.
    pub fn as_tokens(self, decimals: u32) -> f64 {
        self.0 as f64 / 10u128.pow(decimals) as f64
    }
}

impl std::ops::Add for Amount {
    type Output = Amount;
    fn add(self, other: Amount) -> Amount {
        Amount(self.0.checked_add(other.0).expect("amount overflow"))
    }
}
impl std::ops::AddAssign for Amount {
    fn add_assign(&mut self, other: Amount) {
        *self = *self + other;
    }
}
impl std::ops::Sub for Amount {
    type Output = Amount;
    fn sub(self, other: Amount) -> Amount {
        Amount(self.0.checked_sub(other.0).expect("amount below zero"))
    }
}
impl std::ops::SubAssign for Amount {
    fn sub_assign(&mut self, other: Amount) {
        *self = *self - other;
    }
}
impl std::iter::Sum for Amount {
    fn sum<I: Iterator<Item = Amount>>(iter: I) -> Amount {
        iter.fold(Amount::ZERO, |total, amount| total + amount)
    }
}
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

//! Exact integer money: an amount of base units of one token (attoFIL, wei, rao).

use std::fmt;

use serde::{Deserialize, Serialize};

/// A non-negative amount in base units. Arithmetic is checked in every build: an overflow or a
/// negative result is a fault of the model and stops the run.
///
/// ```
/// use pinwheel_core::Amount;
///
/// // 2.01 dollars with 6 decimals, and a fee of 0.3 %, rounded down.
/// let paid = Amount(2_010_000);
/// let fee = paid.mul_div_floor(3, 1_000);
/// assert_eq!(fee, Amount(6_030));
/// assert_eq!((paid - fee).display(6).to_string(), "2.003970");
/// assert_eq!(fee.checked_sub(paid), None);
/// assert_eq!(fee.saturating_sub(paid), Amount::ZERO);
/// ```
#[derive(
    Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Amount(pub u128);

impl Amount {
    /// No units.
    pub const ZERO: Amount = Amount(0);

    /// `self - other`, or `None` if that is negative.
    pub fn checked_sub(self, other: Amount) -> Option<Amount> {
        self.0.checked_sub(other.0).map(Amount)
    }
    /// `self - other`, or no units if that is negative.
    pub fn saturating_sub(self, other: Amount) -> Amount {
        Amount(self.0.saturating_sub(other.0))
    }
    /// `self * numerator / denominator`, rounded down; the product may exceed 128 bits.
    ///
    /// # Panics
    /// When the denominator is zero or the result exceeds 128 bits: faults of the model.
    #[inline]
    pub fn mul_div_floor(self, numerator: u128, denominator: u128) -> Amount {
        assert!(denominator > 0, "a share has a positive denominator");
        match self.0.checked_mul(numerator) {
            Some(product) => Amount(product / denominator),
            None => Amount(wide_mul_div(self.0, numerator, denominator)),
        }
    }
    /// The amount in whole tokens, exact: `1234.000000000000000001` with 18 decimals.
    pub fn display(self, decimals: u32) -> impl fmt::Display {
        Tokens { amount: self, decimals: decimals as usize }
    }
    /// The amount in whole tokens as a float, for records and plots only.
    ///
    /// # Panics
    /// With more than 38 decimals, which 128 bits do not have.
    pub fn as_tokens(self, decimals: u32) -> f64 {
        self.0 as f64 / TENS[decimals as usize]
    }
}

/// Powers of ten as floats.
const TENS: [f64; 39] = {
    let (mut tens, mut power, mut place) = ([1.0; 39], 1u128, 1);
    while place < tens.len() {
        power *= 10;
        tens[place] = power as f64;
        place += 1;
    }
    tens
};

/// `a * b / d` over a 256-bit product.
fn wide_mul_div(a: u128, b: u128, d: u128) -> u128 {
    const LOW: u128 = u64::MAX as u128;
    let cross = (a >> 64) * (b & LOW) + (((a & LOW) * (b & LOW)) >> 64);
    let middle = (a & LOW) * (b >> 64) + (cross & LOW);
    let mut low = a.wrapping_mul(b);
    let mut high = (a >> 64) * (b >> 64) + (cross >> 64) + (middle >> 64);
    assert!(high < d, "amount overflow: {a} * {b} / {d} does not fit 128 bits");
    // Shift and subtract: `high` is the remainder, and the quotient fills `low` from the right.
    for _ in 0..u128::BITS {
        let carry = high >> 127 == 1;
        high = (high << 1) | (low >> 127);
        low <<= 1;
        if carry || high >= d {
            high = high.wrapping_sub(d);
            low |= 1;
        }
    }
    low
}

/// An amount as text in whole tokens.
struct Tokens {
    amount: Amount,
    decimals: usize,
}
impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:0>width$}", self.amount.0, width = self.decimals + 1);
        match digits.split_at(digits.len() - self.decimals) {
            (whole, "") => f.pad(whole),
            (whole, fraction) => f.pad(&format!("{whole}.{fraction}")),
        }
    }
}

/// # Panics
/// When the sum exceeds 128 bits.
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
/// # Panics
/// When the difference is negative.
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

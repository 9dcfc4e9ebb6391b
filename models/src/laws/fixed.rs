//! Signed fixed point Q128.128, held in four machine words instead of a heap-allocated big integer.
//!
//! Every operation rounds towards minus infinity, as shifting with `>>` and `div_floor` do. Two's
//! complement makes that free: the fraction is always non-negative and the whole part carries the
//! sign.

use std::ops::{Add, Neg, Sub};

use pinwheel_core::math;
use ruint::aliases::U256;
use serde::{Deserialize, Serialize};

const TWO_TO_128: f64 = (1u128 << 127) as f64 * 2.0;

/// `whole + fraction / 2^128`.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Q128 {
    /// The whole part, rounded down.
    pub whole: i128,
    /// The rest, in parts of 2^128.
    pub fraction: u128,
}

impl Q128 {
    /// Nothing.
    pub const ZERO: Q128 = Q128 { whole: 0, fraction: 0 };
    /// One.
    pub const ONE: Q128 = Q128 { whole: 1, fraction: 0 };

    /// A whole number.
    pub const fn from_whole(whole: i128) -> Q128 {
        Q128 { whole, fraction: 0 }
    }

    /// `fraction / 2^128`, in `[0, 1)`.
    pub const fn from_fraction(fraction: u128) -> Q128 {
        Q128 { whole: 0, fraction }
    }

    /// `-fraction / 2^128`, in `(-1, 0]`.
    pub const fn from_negative_fraction(fraction: u128) -> Q128 {
        let whole = if fraction == 0 { 0 } else { -1 };
        Q128 { whole, fraction: fraction.wrapping_neg() }
    }

    /// The nearest float or one next to it.
    pub fn to_f64(self) -> f64 {
        self.whole as f64 + self.fraction as f64 / TWO_TO_128
    }

    /// A finite float below 2^127, exactly but for what lies beyond the 128th bit.
    pub fn from_f64(value: f64) -> Q128 {
        let whole = math::floor(value);
        Q128 { whole: whole as i128, fraction: ((value - whole) * TWO_TO_128) as u128 }
    }

    /// `self * factor / 2^128`, rounded down.
    #[inline]
    pub fn mul_fraction(self, factor: u128) -> Q128 {
        let low = Q128::from_fraction(mul_high(self.fraction, factor));
        // Horner schemes live in (-1, 1): keep them off the wide multiplication.
        match self.whole {
            0 => low,
            -1 => low - Q128::from_fraction(factor),
            whole => {
                let (high, rest) = mul_wide(whole.unsigned_abs(), factor);
                let product = Q128 { whole: to_whole(high), fraction: rest };
                if whole < 0 { low - product } else { low + product }
            }
        }
    }

    /// `self * factor`, exact.
    #[inline]
    pub fn mul_whole(self, factor: u64) -> Q128 {
        if factor == 1 {
            return self;
        }
        let (carry, fraction) = mul_wide(self.fraction, u128::from(factor));
        let whole = self.whole * i128::from(factor) + to_whole(carry);
        Q128 { whole, fraction }
    }

    /// `self * factor`, rounded down; `factor` is not negative and below 2^64.
    ///
    /// # Panics
    ///
    /// If the factor is negative, or 2^64 or above.
    #[inline]
    pub fn mul_floor(self, factor: Q128) -> Q128 {
        let fractional = self.mul_fraction(factor.fraction);
        match factor.whole {
            0 => fractional,
            whole => {
                let whole = u64::try_from(whole).expect("a factor in [0, 2^64)");
                fractional + self.mul_whole(whole)
            }
        }
    }

    /// `self / divisor`, rounded down.
    #[inline]
    pub fn div_whole(self, divisor: u64) -> Q128 {
        if divisor == 1 {
            return self;
        }
        let whole = self.whole.div_euclid(i128::from(divisor));
        let rest = self.whole.rem_euclid(i128::from(divisor)).unsigned_abs();
        // rest < divisor < 2^64: divide the fraction's two halves by hand.
        let divisor = u128::from(divisor);
        let high = (rest << 64) | (self.fraction >> 64);
        let low = ((high % divisor) << 64) | (self.fraction & u128::from(u64::MAX));
        Q128 { whole, fraction: ((high / divisor) << 64) | (low / divisor) }
    }

    /// `self / divisor` for `0 <= self < 1 <= divisor`, rounded down.
    ///
    /// # Panics
    ///
    /// Unless `0 <= self < 1 <= divisor`.
    #[inline]
    pub fn div_fraction(self, divisor: Q128) -> Q128 {
        assert!(self.whole == 0 && divisor.whole >= 1, "a proper fraction over one or more");
        let numerator = U256::from(self.fraction) << 128;
        let divisor =
            (U256::from(divisor.whole.unsigned_abs()) << 128) | U256::from(divisor.fraction);
        Q128::from_fraction(low_half(numerator / divisor))
    }
}

/// `numerator * 2^128 / denominator` for `numerator < denominator`, rounded down.
///
/// # Panics
///
/// Unless `numerator < denominator`.
#[inline]
pub fn ratio(numerator: u128, denominator: u128) -> u128 {
    assert!(numerator < denominator, "a proper ratio");
    low_half((U256::from(numerator) << 128) / U256::from(denominator))
}

/// `value * numerator / denominator`, rounded down, for a result below 2^128.
///
/// # Panics
///
/// If the denominator is zero, or the result is 2^128 or above.
pub fn mul_div(value: u128, numerator: u128, denominator: u128) -> u128 {
    let quotient = U256::from(value) * U256::from(numerator) / U256::from(denominator);
    u128::try_from(quotient).expect("a quotient below 2^128")
}

#[inline]
fn low_half(value: U256) -> u128 {
    let [low, high, ..] = *value.as_limbs();
    (u128::from(high) << 64) | u128::from(low)
}

/// The product of two 128-bit numbers as (high, low) halves.
#[inline]
pub const fn mul_wide(a: u128, b: u128) -> (u128, u128) {
    const MASK: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & MASK, b >> 64, b & MASK);
    let (p00, p01, p10, p11) =
        (a0.wrapping_mul(b0), a0.wrapping_mul(b1), a1.wrapping_mul(b0), a1.wrapping_mul(b1));
    // No step can overflow: three terms below 2^64, then a high half below 2^128.
    let middle = (p00 >> 64).wrapping_add(p01 & MASK).wrapping_add(p10 & MASK);
    let carries = (p01 >> 64).wrapping_add(p10 >> 64).wrapping_add(middle >> 64);
    (p11.wrapping_add(carries), (middle << 64) | (p00 & MASK))
}

/// `a * b / 2^128`, rounded up.
#[inline]
pub const fn mul_high_ceil(a: u128, b: u128) -> u128 {
    let (high, low) = mul_wide(a, b);
    high.wrapping_add((low != 0) as u128)
}

/// `a * b / 2^128`, rounded down.
#[inline]
pub const fn mul_high(a: u128, b: u128) -> u128 {
    mul_wide(a, b).0
}

#[inline]
fn to_whole(value: u128) -> i128 {
    i128::try_from(value).expect("a whole part below 2^127")
}

impl Add for Q128 {
    type Output = Q128;
    #[inline]
    fn add(self, other: Q128) -> Q128 {
        let (fraction, carry) = self.fraction.overflowing_add(other.fraction);
        Q128 { whole: self.whole + other.whole + i128::from(carry), fraction }
    }
}

impl Sub for Q128 {
    type Output = Q128;
    #[inline]
    fn sub(self, other: Q128) -> Q128 {
        let (fraction, borrow) = self.fraction.overflowing_sub(other.fraction);
        Q128 { whole: self.whole - other.whole - i128::from(borrow), fraction }
    }
}

impl Neg for Q128 {
    type Output = Q128;
    fn neg(self) -> Q128 {
        Q128::ZERO - self
    }
}

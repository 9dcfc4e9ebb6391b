//! A part of an amount. Shares are counted in millionths, so that a part is exact integer
//! arithmetic.
//!
//! Rounding: down, so that parts of one amount never add up to more than it.

use pinwheel_core::Amount;

/// The whole, in the unit that shares are counted in.
pub const MILLION: u32 = 1_000_000;

/// A part of an amount, rounded down.
pub fn part(amount: Amount, millionths: u32) -> Amount {
    match millionths {
        MILLION => amount,
        _ => amount.mul_div_floor(millionths.into(), MILLION.into()),
    }
}

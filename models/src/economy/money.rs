//! Parts of money: the shares of the economy's settings are counted in millionths.

use pinwheel_core::Amount;

/// A share of money is counted in millionths.
pub const MILLION: u32 = 1_000_000;

/// A part of an amount, rounded down.
pub fn part(amount: Amount, millionths: u32) -> Amount {
    amount.mul_div_floor(millionths.into(), MILLION.into())
}

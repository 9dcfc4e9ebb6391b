//! The chain's token: 10^18 base units, as Ethereum and Filecoin have it.

use pinwheel_core::{Amount, Stream};

use super::activity::load::log_normal;
use crate::input::amount;

/// A token and a billionth of it, each with its decimals.
pub const TOKEN: (&str, u32) = ("token", amount::TOKEN_DECIMALS);
/// A billionth of a token, with its decimals: the unit of prices of gas.
pub const NANOTOKEN: (&str, u32) = ("nanotoken", NANO_DECIMALS);
/// Decimals of a billionth of a token.
pub const NANO_DECIMALS: u32 = 9;

/// Base units as billionths of a token, for records only.
pub fn as_nanotoken(amount: u128) -> f64 {
    Amount(amount).as_tokens(NANO_DECIMALS)
}

/// An amount from a log-normal law with this median, rounded down; without spread the median
/// itself, to the base unit. One draw either way. The law counts in units of so many decimals.
pub fn drawn(median: Amount, spread: f64, decimals: u32, draws: &mut Stream) -> Amount {
    let units = log_normal(median.as_tokens(decimals), spread).sample(draws);
    if spread == 0.0 { median } else { amount::floor(units, decimals) }
}

/// An amount times a factor, rounded down; times one it is itself, to the base unit.
pub fn times(amount: Amount, factor: f64) -> Amount {
    let decimals = amount::TOKEN_DECIMALS;
    if factor == 1.0 {
        return amount;
    }
    amount::floor(amount.as_tokens(decimals) * factor, decimals)
}

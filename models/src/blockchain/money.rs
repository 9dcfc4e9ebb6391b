//! The chain's token: 10^18 base units, as Ethereum and Filecoin have it. Here scenario numbers
//! become integers; behind this border no float touches money.

use pinwheel_core::Amount;

/// Decimals of the token.
pub const DECIMALS: u32 = 18;
const NANO: f64 = 1e9;

/// Whole tokens of a scenario as base units, exact to the billionth of a token.
pub fn from_token(tokens: f64) -> Amount {
    Amount((tokens * NANO) as u128 * 1_000_000_000)
}

/// A price in billionths of a token as base units.
pub fn from_nanotoken(nanotokens: f64) -> Amount {
    Amount((nanotokens * NANO) as u128)
}

/// Base units as billionths of a token, for records only.
pub fn as_nanotoken(amount: u128) -> f64 {
    amount as f64 / NANO
}

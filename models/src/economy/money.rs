//! Two tokens: the network's own, "TOK", with 18 decimals, and the dollar with 6. Here a scenario's
//! numbers become integers; behind this border no float touches money.

use pinwheel_core::Amount;

/// Decimals of the network's token, as of Ether.
pub const TOK_DECIMALS: u32 = 18;
/// Decimals of the dollar, as of USDC; also those of the fleet's costs.
pub const USD_DECIMALS: u32 = 6;
/// A share of money is counted in millionths.
pub const MILLION: u32 = 1_000_000;

/// Whole tokens of a scenario as base units, exact to the billionth of a token.
pub fn tok(tokens: f64) -> Amount {
    Amount((tokens * 1e9) as u128 * 1_000_000_000)
}

/// Dollars as base units, rounded down.
pub fn usd(dollars: f64) -> Amount {
    Amount((dollars * 1e6) as u128)
}

/// A part of an amount, rounded down.
pub fn part(amount: Amount, millionths: u32) -> Amount {
    amount.mul_div_floor(millionths.into(), MILLION.into())
}

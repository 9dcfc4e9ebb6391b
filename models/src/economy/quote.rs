//! A quoted price: a market outside the network that takes and gives any amount at its price, which
//! moves at random (Samuelson, "Rational theory of warrant pricing", 1965). It stands for a market
//! so deep that the network's trades do not move it, or for the price that an oracle tells.
//!
//! Rounding: what is bought or paid out is rounded down to the base unit.
//!
//! Invariant: the price stays within [`PRICE_MIN_USD`] and [`PRICE_MAX_USD`].

use pinwheel_core::distribution::Normal;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Amount, Streams};
use serde::{Deserialize, Serialize};

use super::period::Period;
use crate::input::amount::{self, USD_DECIMALS};
use crate::laws::price::GeometricBrownian;

const NOISE: Purpose = Purpose::new("economy.price");
/// Least and most that a token may be worth, dollars.
pub const PRICE_MIN_USD: f64 = 1e-9;
/// See [`PRICE_MIN_USD`].
pub const PRICE_MAX_USD: f64 = 1e9;

/// The law of a price.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuoteLaw {
    /// Before the first period, dollars.
    pub start_usd: f64,
    /// Of the mean, a day.
    pub drift_per_day: f64,
    /// Standard deviation of a day's growth.
    pub volatility_per_sqrt_day: f64,
}

/// A price as it goes on.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// How it moves from here on.
    pub law: QuoteLaw,
    period_days: f64,
    price_usd: f64,
}

impl Quote {
    /// The price before the first period.
    pub fn new(law: QuoteLaw, period: Period) -> Self {
        Quote { law, period_days: period.days(), price_usd: law.start_usd }
    }

    /// The move of a period.
    pub fn step(&mut self, period: u32, streams: &Streams) {
        let QuoteLaw { drift_per_day: drift, volatility_per_sqrt_day: volatility, .. } = self.law;
        let normal = Normal::STANDARD.sample(&mut streams.indexed(0, NOISE, period.into()));
        let growth = GeometricBrownian { drift, volatility }.growth(self.period_days, normal);
        self.price_usd = (self.price_usd * growth).clamp(PRICE_MIN_USD, PRICE_MAX_USD);
    }

    /// Dollars for a token.
    pub fn price_usd(&self) -> f64 {
        self.price_usd
    }

    /// Tokens of `decimals` that so many dollars buy.
    pub fn tokens(&self, paid: Amount, decimals: u32) -> Amount {
        amount::floor(paid.as_tokens(USD_DECIMALS) / self.price_usd, decimals)
    }

    /// Dollars that so many tokens of `decimals` bring.
    pub fn dollars(&self, sold: Amount, decimals: u32) -> Amount {
        amount::floor(sold.as_tokens(decimals) * self.price_usd, USD_DECIMALS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_never_gains() {
        let law = QuoteLaw { start_usd: 0.37, drift_per_day: 0.0, volatility_per_sqrt_day: 0.05 };
        let mut quote = Quote::new(law, Period::from_seconds(86_400));
        for day in 0..1_000 {
            quote.step(day, &Streams::new(1, 0));
            let paid = Amount(1_000_000 + u128::from(day));
            let bought = quote.tokens(paid, 8);
            assert!(quote.dollars(bought, 8) <= paid, "day {day}");
            assert!(quote.dollars(bought, 8) + Amount(10) >= paid, "day {day}");
        }
    }

    #[test]
    fn without_chance_it_grows_as_it_says() {
        let law = QuoteLaw { start_usd: 2.0, drift_per_day: 0.01, volatility_per_sqrt_day: 0.0 };
        let mut quote = Quote::new(law, Period::from_seconds(3_600));
        (0..240).for_each(|hour| quote.step(hour, &Streams::new(1, 0)));
        let owed = 2.0 * pinwheel_core::math::exp(0.1);
        assert!((quote.price_usd() / owed - 1.0).abs() < 1e-12);
    }
}

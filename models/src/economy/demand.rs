//! Demand: dollars a day that customers spend, a geometric Brownian motion (Samuelson, "Rational
//! theory of warrant pricing", 1965), and how they pay: they buy the token on the exchange and burn
//! a share of it, which is burn-and-mint (Samani, "New models for utility tokens", Multicoin
//! Capital, 2018; HIP-20 of Helium).

use pinwheel_core::distribution::Normal;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Amount, Streams};
use serde::{Deserialize, Serialize};

use crate::input::amount::{self, USD_DECIMALS};
use crate::laws::price::GeometricBrownian;

const NOISE: Purpose = Purpose::new("economy.demand");
/// Most dollars a day: where a drift would lead beyond what the books hold, it ends here.
pub const USD_PER_DAY_MAX: f64 = 1e15;

/// The law of demand.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DemandLaw {
    /// Before the first day.
    pub first_usd_per_day: f64,
    /// Of the mean, a day.
    pub drift_per_day: f64,
    /// Standard deviation of a day's growth.
    pub volatility_per_sqrt_day: f64,
    /// Share of the tokens bought that is burned, in millionths; the rest is paid to providers.
    pub burn_millionths: u32,
}

/// Demand as it goes on.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Demand {
    law: DemandLaw,
    usd_per_day: f64,
}

impl Demand {
    pub fn new(law: DemandLaw) -> Self {
        Demand { law, usd_per_day: law.first_usd_per_day }
    }

    /// A day's growth: `D exp(mu - sigma^2 / 2 + sigma n)`, whose mean is `D exp(mu)`.
    pub fn step(&mut self, day: u32, streams: &Streams) {
        let DemandLaw { drift_per_day: drift, volatility_per_sqrt_day: volatility, .. } = self.law;
        let n = Normal::STANDARD.sample(&mut streams.indexed(0, NOISE, day.into()));
        self.scale(GeometricBrownian { drift, volatility }.growth(1.0, n));
    }

    /// Multiplies demand for good: a shock.
    pub fn scale(&mut self, factor: f64) {
        self.usd_per_day = (self.usd_per_day * factor).min(USD_PER_DAY_MAX);
    }

    pub fn usd_per_day(&self) -> f64 {
        self.usd_per_day
    }
    /// What is spent in a day, in base units of the dollar, rounded down.
    pub fn spent(&self) -> Amount {
        amount::floor(self.usd_per_day, USD_DECIMALS)
    }
    pub fn burn_millionths(&self) -> u32 {
        self.law.burn_millionths
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::math;

    /// The logarithm after t days is normal with mean `(mu - sigma^2 / 2) t` and variance
    /// `sigma^2 t`.
    #[test]
    fn the_logarithm_has_the_moments_of_the_law() {
        const RUNS: u32 = 4_000;
        const DAYS: u32 = 100;
        let law = DemandLaw {
            first_usd_per_day: 20_000.0,
            drift_per_day: 5e-4,
            volatility_per_sqrt_day: 0.05,
            burn_millionths: 1_000_000,
        };
        let logarithms = (0..RUNS).map(|run| {
            let (mut demand, streams) = (Demand::new(law), Streams::new(1, run));
            (0..DAYS).for_each(|day| demand.step(day, &streams));
            math::ln(demand.usd_per_day() / law.first_usd_per_day)
        });
        let (sum, squares) =
            logarithms.fold((0.0, 0.0), |(sum, squares), x| (sum + x, squares + x * x));
        let mean = sum / f64::from(RUNS);
        let variance = squares / f64::from(RUNS) - mean * mean;
        let (owed, spread) = ((5e-4 - 0.5 * 0.0025) * 100.0, 0.25);
        // Four standard errors of mean and variance.
        assert!(math::abs(mean - owed) < 4.0 * 0.5 / math::sqrt(f64::from(RUNS)), "{mean}");
        let error = 4.0 * spread * math::sqrt(2.0 / f64::from(RUNS));
        assert!(math::abs(variance - spread) < error, "{variance}");
    }
}

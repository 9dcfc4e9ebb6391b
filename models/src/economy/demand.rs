//! Demand: dollars a day that customers spend, a geometric Brownian motion (Samuelson, "Rational
//! theory of warrant pricing", 1965). That they spend them on tokens which are burned is
//! burn-and-mint (Samani, "New models for utility tokens", Multicoin Capital, 2018; HIP-20 of
//! Helium), and said by the steps of a network.
//!
//! Rounding: the level is a float, for it is drawn; what is spent of it in a period is rounded down
//! to the base unit of the dollar.
//!
//! Invariant: the level is never negative and never above [`USD_PER_DAY_MAX`].

use pinwheel_core::distribution::Normal;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Amount, Streams};
use serde::{Deserialize, Serialize};

use super::period::Period;
use crate::input::amount::{self, USD_DECIMALS};
use crate::laws::price::GeometricBrownian;

const NOISE: Purpose = Purpose::new("economy.demand");
/// Most dollars a day: where a drift would lead beyond what the books hold, it ends here.
pub const USD_PER_DAY_MAX: f64 = 1e15;

/// Largest growth of the mean, a day, in either direction.
pub const DRIFT_PER_DAY: f64 = 1.0;
/// Largest volatility, for the square root of a day.
pub const VOLATILITY_MAX: f64 = 1.0;

/// The law of demand.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DemandLaw {
    /// Before the first period.
    pub first_usd_per_day: f64,
    /// Of the mean, a day.
    pub drift_per_day: f64,
    /// Standard deviation of a day's growth.
    pub volatility_per_sqrt_day: f64,
}

/// Demand as it goes on.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Demand {
    /// How it grows from here on.
    pub law: DemandLaw,
    period_days: f64,
    usd_per_day: f64,
}

impl Demand {
    /// Demand before the first period.
    pub fn new(law: DemandLaw, period: Period) -> Self {
        Demand { law, period_days: period.days(), usd_per_day: law.first_usd_per_day }
    }

    /// The growth of a period of `t` days: `D exp((mu - sigma^2 / 2) t + sigma sqrt(t) n)`, whose
    /// mean is `D exp(mu t)`.
    pub fn grow(&mut self, period: u32, streams: &Streams) {
        let DemandLaw { drift_per_day: drift, volatility_per_sqrt_day: volatility, .. } = self.law;
        let n = Normal::STANDARD.sample(&mut streams.indexed(0, NOISE, period.into()));
        self.scale(GeometricBrownian { drift, volatility }.growth(self.period_days, n));
    }

    /// Multiplies demand for good: a shock.
    pub fn scale(&mut self, factor: f64) {
        self.usd_per_day = (self.usd_per_day * factor).min(USD_PER_DAY_MAX);
    }

    /// The level of demand: dollars a day.
    pub fn usd_per_day(&self) -> f64 {
        self.usd_per_day
    }
    /// What is spent in a period, in base units of the dollar, rounded down.
    pub fn spent(&self) -> Amount {
        amount::floor(self.usd_per_day * self.period_days, USD_DECIMALS)
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
        // By days, and by eight hours.
        [86_400, 28_800].into_iter().for_each(logarithm_has_the_moments);
    }

    fn logarithm_has_the_moments(seconds: u32) {
        const RUNS: u32 = 4_000;
        let period = Period::from_seconds(seconds);
        let periods = 100 * 86_400 / seconds;
        let law = DemandLaw {
            first_usd_per_day: 20_000.0,
            drift_per_day: 5e-4,
            volatility_per_sqrt_day: 0.05,
        };
        let logarithms = (0..RUNS).map(|run| {
            let (mut demand, streams) = (Demand::new(law, period), Streams::new(1, run));
            (0..periods).for_each(|at| demand.grow(at, &streams));
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

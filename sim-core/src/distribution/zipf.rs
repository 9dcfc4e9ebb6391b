//! Zipf's law: the popularity of ranked things.

use serde::{Deserialize, Serialize};

use super::poisson::COUNT_MAX;
use super::{Check, DistributionError};
use crate::math;
use crate::random::Stream;

/// Ranks 1 to `ranks`, rank `k` with weight `k^-exponent`, by rejection-inversion (Hörmann and
/// Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions", ACM
/// TOMACS 6, 1996). Exponent 0 is the uniform law.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Zipf {
    ranks: f64,
    exponent: f64,
    /// The integral of the hat at its two ends.
    first: f64,
    last: f64,
    /// A draw this close above its rank is accepted without a look at the hat.
    shortcut: f64,
}

impl Zipf {
    /// The law over the ranks 1 to `ranks`.
    ///
    /// # Errors
    ///
    /// If there are no ranks or more than 1e15, or the exponent is negative or not finite.
    pub fn new(ranks: u64, exponent: f64) -> Result<Self, DistributionError> {
        let (check, ranks) = (Check("zipf"), ranks as f64);
        check.that((1.0..=COUNT_MAX).contains(&ranks), "ranks", ranks, "between 1 and 1e15")?;
        let exponent = check.not_negative("exponent", exponent)?;
        let mut zipf = Zipf { ranks, exponent, first: 0.0, last: 0.0, shortcut: 0.0 };
        zipf.first = zipf.integral(1.5) - 1.0;
        zipf.last = zipf.integral(ranks + 0.5);
        zipf.shortcut = 2.0 - zipf.inverse(zipf.integral(2.5) - zipf.hat(2.0));
        Ok(zipf)
    }

    /// A rank, from 1.
    #[inline]
    pub fn sample(&self, stream: &mut Stream) -> u64 {
        loop {
            let area = self.last + stream.uniform() * (self.first - self.last);
            let x = self.inverse(area);
            let rank = math::floor(x + 0.5).clamp(1.0, self.ranks);
            if rank - x <= self.shortcut || area >= self.integral(rank + 0.5) - self.hat(rank) {
                return rank as u64;
            }
        }
    }

    /// `x^-exponent`.
    fn hat(&self, x: f64) -> f64 {
        math::exp(-self.exponent * math::ln(x))
    }
    /// `(x^(1 - exponent) - 1) / (1 - exponent)`, which is `ln x` at exponent 1.
    fn integral(&self, x: f64) -> f64 {
        let log = math::ln(x);
        let power = (1.0 - self.exponent) * log;
        if math::abs(power) < 1e-8 {
            log * (1.0 + 0.5 * power)
        } else {
            log * math::expm1(power) / power
        }
    }
    fn inverse(&self, area: f64) -> f64 {
        // Rounding can carry the argument of the logarithm below zero.
        let power = ((1.0 - self.exponent) * area).max(-1.0);
        let log = if math::abs(power) < 1e-8 {
            area * (1.0 - 0.5 * power)
        } else {
            area * math::ln_1p(power) / power
        };
        math::exp(log)
    }
}

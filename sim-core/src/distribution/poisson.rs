//! The Poisson law: how many of many rare things happen.

use serde::{Deserialize, Serialize};

use super::density::ln_poisson;
use super::{Check, DistributionError};
use crate::math;
use crate::random::Stream;

/// Below this mean the sampler inverts, from it on it rejects: PTRS is valid from 10.
pub(super) const INVERSION_MEAN_MAX: f64 = 10.0;
/// No draw of a mean below 10 lies above (1e-68); a search that gets here met rounding at 1.
pub(super) const INVERSION_DRAW_MAX: u64 = 110;
/// Above this a count is no longer a whole float with room for its spread.
pub(super) const COUNT_MAX: f64 = 1e15;

/// The Poisson law by its mean. Below 10 by inversion (one word a draw, save once in 2^53), else by
/// transformed rejection with squeeze, PTRS (Hörmann, "The transformed rejection method for
/// generating Poisson random variables", Insurance: Mathematics and Economics 12, 1993).
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Poisson(Method);

#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Method {
    Inversion { mean: f64, none: f64 },
    Rejection { mean: f64, a: f64, b: f64, inverse_alpha: f64, squeeze: f64 },
}

impl Poisson {
    /// The law of this mean.
    ///
    /// # Errors
    ///
    /// If the mean is negative, not finite or above 1e15.
    pub fn new(mean: f64) -> Result<Self, DistributionError> {
        let held = (0.0..=COUNT_MAX).contains(&mean);
        Check("poisson").that(held, "mean", mean, "between 0 and 1e15")?;
        if mean < INVERSION_MEAN_MAX {
            return Ok(Poisson(Method::Inversion { mean, none: math::exp(-mean) }));
        }
        let b = 0.931 + 2.53 * math::sqrt(mean);
        Ok(Poisson(Method::Rejection {
            mean,
            a: -0.059 + 0.02483 * b,
            b,
            inverse_alpha: 1.1239 + 1.1328 / (b - 3.4),
            squeeze: 0.9277 - 3.6224 / (b - 2.0),
        }))
    }

    /// A number of events.
    #[inline]
    pub fn sample(&self, stream: &mut Stream) -> u64 {
        match self.0 {
            Method::Inversion { mean, none } => invert(stream, none, |k| mean / k),
            Method::Rejection { mean, a, b, inverse_alpha, squeeze } => loop {
                let (u, v) = (stream.uniform() - 0.5, stream.uniform_open());
                let edge = 0.5 - math::abs(u);
                let k = math::floor((2.0 * a / edge + b) * u + mean + 0.43);
                if edge >= 0.07 && v <= squeeze {
                    return k as u64;
                }
                if k < 0.0 || (edge < 0.013 && v > edge) {
                    continue;
                }
                let height = v * inverse_alpha / (a / (edge * edge) + b);
                if math::ln(height) <= ln_poisson(k, mean) {
                    return k as u64;
                }
            },
        }
    }
}

/// Walks up a discrete law from `P(0) = none` with `P(k) = P(k - 1) step(k)` until a uniform is
/// spent. For laws of mean below [`INVERSION_MEAN_MAX`].
#[inline]
pub(super) fn invert(stream: &mut Stream, none: f64, step: impl Fn(f64) -> f64) -> u64 {
    loop {
        let (mut left, mut chance) = (stream.uniform(), none);
        for k in 0..=INVERSION_DRAW_MAX {
            if left < chance {
                return k;
            }
            left -= chance;
            chance *= step((k + 1) as f64);
        }
    }
}

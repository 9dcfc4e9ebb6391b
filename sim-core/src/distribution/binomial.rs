//! The binomial law: how many of `n` independent trials succeed.

use serde::{Deserialize, Serialize};

use super::density::ln_binomial;
use super::poisson::{COUNT_MAX, INVERSION_MEAN_MAX, invert};
use super::{Check, DistributionError};
use crate::math;
use crate::random::Stream;

/// The binomial law by trials and chance. With fewer than 10 expected successes (or failures) by
/// inversion, else by transformed rejection, BTRS (Hörmann, "The generation of binomial random
/// variates", Journal of Statistical Computation and Simulation 46, 1993).
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Binomial {
    trials: u64,
    /// Failures are drawn instead of successes, because they are the rarer ones.
    mirrored: bool,
    method: Method,
}

#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Method {
    Inversion { none: f64, odds: f64 },
    Rejection { chance: f64, centre: f64, a: f64, b: f64, alpha: f64, squeeze: f64, ln_mode: f64 },
}

impl Binomial {
    /// The law of the number of successes in `trials`, each with this chance.
    ///
    /// # Errors
    ///
    /// If there are more than 1e15 trials, or the chance is outside 0 to 1.
    pub fn new(trials: u64, chance: f64) -> Result<Self, DistributionError> {
        let (check, n) = (Check("binomial"), trials as f64);
        check.that(n <= COUNT_MAX, "trials", n, "at most 1e15")?;
        check.that((0.0..=1.0).contains(&chance), "chance", chance, "between 0 and 1")?;
        let mirrored = chance > 0.5;
        let p = if mirrored { 1.0 - chance } else { chance };
        let method = if n * p < INVERSION_MEAN_MAX {
            Method::Inversion { none: math::exp(n * math::ln_1p(-p)), odds: p / (1.0 - p) }
        } else {
            let spread = math::sqrt(n * p * (1.0 - p));
            let b = 1.15 + 2.53 * spread;
            Method::Rejection {
                chance: p,
                centre: n * p + 0.5,
                a: -0.0873 + 0.0248 * b + 0.01 * p,
                b,
                alpha: (2.83 + 5.1 / b) * spread,
                squeeze: 0.92 - 4.2 / b,
                ln_mode: ln_binomial(math::floor((n + 1.0) * p), n, p),
            }
        };
        Ok(Binomial { trials, mirrored, method })
    }

    /// The number of successes.
    #[inline]
    pub fn sample(&self, stream: &mut Stream) -> u64 {
        let count = self.rarer(stream);
        if self.mirrored { self.trials - count } else { count }
    }

    fn rarer(&self, stream: &mut Stream) -> u64 {
        let n = self.trials as f64;
        match self.method {
            // The step past the last trial is zero, so that no draw can exceed `trials`.
            Method::Inversion { none, odds } => {
                invert(stream, none, |k| odds * (n + 1.0 - k).max(0.0) / k)
            }
            Method::Rejection { chance, centre, a, b, alpha, squeeze, ln_mode } => loop {
                let (u, v) = (stream.uniform() - 0.5, stream.uniform_open());
                let edge = 0.5 - math::abs(u);
                let k = math::floor((2.0 * a / edge + b) * u + centre);
                if edge >= 0.07 && v <= squeeze {
                    return k as u64;
                }
                if k < 0.0 || k > n {
                    continue;
                }
                let height = v * alpha / (a / (edge * edge) + b);
                if math::ln(height) <= ln_binomial(k, n, chance) - ln_mode {
                    return k as u64;
                }
            },
        }
    }
}

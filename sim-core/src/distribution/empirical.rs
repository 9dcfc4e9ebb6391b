//! The law of a set of observations.

use serde::{Deserialize, Serialize};

use super::{Check, DistributionError};
use crate::random::Stream;

/// Draws between the observations it was built from: the inverse of their distribution function,
/// linear between neighbours, so that the smallest and the largest bound the draws (Hyndman and
/// Fan, "Sample quantiles in statistical packages", 1996, definition 7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Empirical {
    sorted: Vec<f64>,
}

impl Empirical {
    /// The law of these observations, in any order.
    ///
    /// # Errors
    ///
    /// If there is no observation, or one is not finite.
    pub fn new(mut observations: Vec<f64>) -> Result<Self, DistributionError> {
        let (check, count) = (Check("empirical"), observations.len() as f64);
        check.that(count > 0.0, "number of observations", count, "at least 1")?;
        for value in &observations {
            check.finite("observation", *value)?;
        }
        observations.sort_unstable_by(f64::total_cmp);
        Ok(Empirical { sorted: observations })
    }
    /// A value between the smallest and the largest observation, in their unit.
    #[inline]
    pub fn sample(&self, stream: &mut Stream) -> f64 {
        let last = self.sorted.len() - 1;
        let position = stream.uniform() * last as f64;
        let below = position as usize;
        let share = position - below as f64;
        self.sorted[below] * (1.0 - share) + self.sorted[(below + 1).min(last)] * share
    }
}

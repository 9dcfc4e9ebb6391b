//! Laws of waiting, life and size with a closed inverse: one uniform gives one draw.

use serde::{Deserialize, Serialize};

use super::{Check, DistributionError};
use crate::math;
use crate::random::Stream;

/// Waiting time without memory, by its mean; a draw is in the unit of the mean.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exponential {
    mean: f64,
}
impl Exponential {
    /// The law of this mean.
    ///
    /// # Errors
    ///
    /// If the mean is not positive and finite.
    pub fn new(mean: f64) -> Result<Self, DistributionError> {
        Ok(Exponential { mean: Check("exponential").positive("mean", mean)? })
    }
    /// A time, in the unit of the mean.
    #[inline]
    pub fn sample(&self, stream: &mut Stream) -> f64 {
        -self.mean * math::ln(stream.uniform_open())
    }
}

/// Life of a part: below shape 1 it dies young, above it wears out (Weibull, "A statistical
/// distribution function of wide applicability", 1951). `scale` is the age 63.2 % do not reach.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weibull {
    scale: f64,
    exponent: f64,
}
impl Weibull {
    /// The law of this scale and shape.
    ///
    /// # Errors
    ///
    /// If one of them is not positive and finite.
    pub fn new(scale: f64, shape: f64) -> Result<Self, DistributionError> {
        let check = Check("weibull");
        let (scale, shape) = (check.positive("scale", scale)?, check.positive("shape", shape)?);
        Ok(Weibull { scale, exponent: 1.0 / shape })
    }
    /// An age at the end of life, in the unit of the scale.
    #[inline]
    pub fn sample(&self, stream: &mut Stream) -> f64 {
        self.scale * math::pow(-math::ln(stream.uniform_open()), self.exponent)
    }
}

/// Sizes with a power-law tail: the share above `x` is `(scale / x)^shape`, for `x >= scale`.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pareto {
    scale: f64,
    exponent: f64,
}
impl Pareto {
    /// The law of this least size and shape.
    ///
    /// # Errors
    ///
    /// If one of them is not positive and finite.
    pub fn new(scale: f64, shape: f64) -> Result<Self, DistributionError> {
        let check = Check("pareto");
        let (scale, shape) = (check.positive("scale", scale)?, check.positive("shape", shape)?);
        Ok(Pareto { scale, exponent: -1.0 / shape })
    }
    /// A size of at least `scale`, in its unit.
    #[inline]
    pub fn sample(&self, stream: &mut Stream) -> f64 {
        self.scale * math::pow(stream.uniform_open(), self.exponent)
    }
}

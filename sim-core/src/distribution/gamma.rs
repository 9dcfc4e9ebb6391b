//! The gamma law and its ratio, the beta law.

use serde::{Deserialize, Serialize};

use super::{Check, DistributionError, normal};
use crate::math;
use crate::random::Stream;

/// The gamma law, mean `shape * scale`, by squeeze and rejection (Marsaglia and Tsang, "A simple
/// method for generating gamma variables", ACM TOMS 26, 2000).
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gamma {
    scale: f64,
    /// The paper's `d` and `c`, for the shape raised by one if it is below one.
    d: f64,
    c: f64,
    /// `1 / shape` for a shape below one: a draw of shape + 1 times `U^(1 / shape)`.
    boost: Option<f64>,
}
impl Gamma {
    /// The law of this shape; draws are in the unit of the scale.
    ///
    /// # Errors
    ///
    /// If one of them is not positive and finite.
    pub fn new(shape: f64, scale: f64) -> Result<Self, DistributionError> {
        let check = Check("gamma");
        let shape = check.positive("shape", shape)?;
        Ok(Gamma::checked(shape, check.positive("scale", scale)?))
    }
    fn checked(shape: f64, scale: f64) -> Self {
        let low = shape < 1.0;
        let d = shape + if low { 1.0 } else { 0.0 } - 1.0 / 3.0;
        Gamma { scale, d, c: 1.0 / math::sqrt(9.0 * d), boost: low.then_some(1.0 / shape) }
    }
    /// A positive draw, in the unit of the scale.
    #[inline]
    pub fn sample(&self, stream: &mut Stream) -> f64 {
        let value = self.d * self.cube(stream) * self.scale;
        match self.boost {
            Some(exponent) => value * math::pow(stream.uniform_open(), exponent),
            None => value,
        }
    }
    /// The logarithm of a draw of scale 1, which small shapes cannot make underflow.
    fn sample_ln(&self, stream: &mut Stream) -> f64 {
        let value = math::ln(self.d * self.cube(stream));
        match self.boost {
            Some(exponent) => value + exponent * math::ln(stream.uniform_open()),
            None => value,
        }
    }
    /// The paper's `v`, a cubed normal draw.
    fn cube(&self, stream: &mut Stream) -> f64 {
        loop {
            let x = normal::standard(stream);
            let root = 1.0 + self.c * x;
            if root <= 0.0 {
                continue;
            }
            let (v, square) = (root * root * root, x * x);
            let u = stream.uniform_open();
            if u < 1.0 - 0.0331 * square * square
                || math::ln(u) < 0.5 * square + self.d * (1.0 - v + math::ln(v))
            {
                return v;
            }
        }
    }
}

/// The beta law on [0, 1], mean `alpha / (alpha + beta)`, as the share of one gamma draw in two.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beta {
    alpha: Gamma,
    beta: Gamma,
}
impl Beta {
    /// The law of these two shapes.
    ///
    /// # Errors
    ///
    /// If one of them is not positive and finite.
    pub fn new(alpha: f64, beta: f64) -> Result<Self, DistributionError> {
        let check = Check("beta");
        let (alpha, beta) = (check.positive("alpha", alpha)?, check.positive("beta", beta)?);
        Ok(Beta { alpha: Gamma::checked(alpha, 1.0), beta: Gamma::checked(beta, 1.0) })
    }
    /// A share, between 0 and 1.
    #[inline]
    pub fn sample(&self, stream: &mut Stream) -> f64 {
        let x = self.alpha.sample_ln(stream);
        let y = self.beta.sample_ln(stream);
        1.0 / (1.0 + math::exp(y - x))
    }
}

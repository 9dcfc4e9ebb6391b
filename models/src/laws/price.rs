//! Random paths of prices and demands.

use pinwheel_core::math;
use serde::{Deserialize, Serialize};

/// Geometric Brownian motion (Samuelson, "Rational theory of warrant pricing", 1965; Black and
/// Scholes 1973). Time is in a unit of the caller's choice, the same for both parameters.
#[derive(Copy, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GeometricBrownian {
    /// Relative drift of the mean for each unit of time.
    pub drift: f64,
    /// Standard deviation of the logarithm over one unit of time.
    pub volatility: f64,
}

impl GeometricBrownian {
    /// Factor by which the value grows over `step` units of time, for a standard normal draw:
    /// `exp((drift - volatility^2 / 2) step + volatility sqrt(step) normal)`, of mean
    /// `exp(drift step)`.
    pub fn growth(&self, step: f64, normal: f64) -> f64 {
        let GeometricBrownian { drift, volatility } = *self;
        let mean = (drift - volatility * volatility / 2.0) * step;
        math::exp(mean + volatility * math::sqrt(step) * normal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_has_its_closed_forms() {
        let sure = GeometricBrownian { drift: 0.3, volatility: 0.0 };
        assert_eq!(sure.growth(2.0, 1.7), math::exp(0.6));
        // Up and down by the same draw: the product is the square of the median's growth.
        let law = GeometricBrownian { drift: 0.1, volatility: 0.4 };
        let product = law.growth(0.25, 1.0) * law.growth(0.25, -1.0);
        assert!(math::abs(product - math::exp(2.0 * (0.1 - 0.08) * 0.25)) < 1e-15);
    }
}

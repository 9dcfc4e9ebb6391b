//! Logarithms of discrete densities without cancellation, for the rejection samplers (Loader, "Fast
//! and accurate computation of binomial probabilities", 2000). Counts are whole floats.

use std::f64::consts::TAU;

use crate::math;

/// `ln(mean^k e^-mean / k!)`, for a positive mean.
pub(super) fn ln_poisson(k: f64, mean: f64) -> f64 {
    if k == 0.0 {
        return -mean;
    }
    -stirling_error(k) - deviance(k, mean) - 0.5 * math::ln(TAU * k)
}

/// `ln(C(n, k) p^k (1 - p)^(n - k))`, for `0 < p < 1` and `0 <= k <= n`.
pub(super) fn ln_binomial(k: f64, n: f64, p: f64) -> f64 {
    if k == 0.0 {
        return n * math::ln_1p(-p);
    }
    if k == n {
        return n * math::ln(p);
    }
    let rest = n - k;
    stirling_error(n)
        - stirling_error(k)
        - stirling_error(rest)
        - deviance(k, n * p)
        - deviance(rest, n * (1.0 - p))
        + 0.5 * math::ln(n / (TAU * k * rest))
}

/// What Stirling's formula lacks: `ln n! - ln(sqrt(2 pi n) (n / e)^n)`, for positive `n`.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return math::ln_gamma(n + 1.0) - (n + 0.5) * math::ln(n) + n - 0.5 * math::ln(TAU);
    }
    let square = n * n;
    let series = 1.0 / 1680.0 - 1.0 / 1188.0 / square;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - series / square) / square) / square) / n
}

/// `x ln(x / mean) + mean - x`, by its series where the terms would cancel.
fn deviance(x: f64, mean: f64) -> f64 {
    let (gap, total) = (x - mean, x + mean);
    if math::abs(gap) >= 0.1 * total {
        return x * math::ln(x / mean) - gap;
    }
    let ratio = gap / total;
    let (mut sum, mut term) = (gap * ratio, 2.0 * x * ratio);
    // Each term is below 1 % of the one before: eight reach the last bit.
    for odd in [3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0, 17.0] {
        term *= ratio * ratio;
        sum += term / odd;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn densities_add_up_to_one() {
        for mean in [10.0, 33.3, 1_000.0] {
            let sum: f64 = (0..3_000).map(|k| math::exp(ln_poisson(f64::from(k), mean))).sum();
            assert!(math::abs(sum - 1.0) < 1e-12, "Poisson({mean}) sums to {sum}");
        }
        for (n, p) in [(40u32, 0.3), (1_000, 0.5), (100_000, 0.001)] {
            let density = |k| math::exp(ln_binomial(f64::from(k), f64::from(n), p));
            let sum: f64 = (0..=n).map(density).sum();
            assert!(math::abs(sum - 1.0) < 1e-12, "binomial({n}, {p}) sums to {sum}");
        }
    }
}

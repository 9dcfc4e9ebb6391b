//! The normal and the log-normal law, by inversion.

use serde::{Deserialize, Serialize};

use super::{Check, DistributionError};
use crate::math;
use crate::random::Stream;

/// The normal law by its mean and standard deviation.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Normal {
    mean: f64,
    deviation: f64,
}
impl Normal {
    /// Mean zero, standard deviation one.
    pub const STANDARD: Normal = Normal { mean: 0.0, deviation: 1.0 };

    /// The law of this mean and standard deviation.
    ///
    /// # Errors
    ///
    /// If the mean is not finite, or the deviation negative or not finite.
    pub fn new(mean: f64, deviation: f64) -> Result<Self, DistributionError> {
        let check = Check("normal");
        let mean = check.finite("mean", mean)?;
        Ok(Normal { mean, deviation: check.not_negative("deviation", deviation)? })
    }
    /// A value in the unit of the mean.
    #[inline]
    pub fn sample(&self, stream: &mut Stream) -> f64 {
        self.mean + self.deviation * standard(stream)
    }
    /// The value that this share of the draws stays below.
    pub fn quantile(&self, share: f64) -> f64 {
        self.mean + self.deviation * quantile(share)
    }
}

/// The law of a product of many factors, by the mean and the standard deviation of its logarithm:
/// the median is `exp(log_mean)`.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogNormal {
    log: Normal,
}
impl LogNormal {
    /// The law whose logarithm has this mean and standard deviation.
    ///
    /// # Errors
    ///
    /// If the mean is not finite, or the deviation negative or not finite.
    pub fn new(log_mean: f64, log_deviation: f64) -> Result<Self, DistributionError> {
        let check = Check("log-normal");
        let mean = check.finite("log_mean", log_mean)?;
        let deviation = check.not_negative("log_deviation", log_deviation)?;
        Ok(LogNormal { log: Normal { mean, deviation } })
    }
    /// A positive value; its median is `exp(log_mean)`.
    #[inline]
    pub fn sample(&self, stream: &mut Stream) -> f64 {
        math::exp(self.log.sample(stream))
    }
}

/// A standard normal draw from one word of the stream.
#[inline]
pub(super) fn standard(stream: &mut Stream) -> f64 {
    // The middles of 2^52 equal cells of (0, 1): symmetric, and neither end can occur.
    let cell = (stream.next_u64() >> 12) as f64 + 0.5;
    quantile(cell * (1.0 / (1u64 << 52) as f64))
}

/// The normal quantile, algorithm AS 241 PPND16: relative error about 1e-16 (Wichura, "The
/// percentage points of the normal distribution", Applied Statistics 37, 1988).
fn quantile(share: f64) -> f64 {
    let offset = share - 0.5;
    if math::abs(offset) <= 0.425 {
        let r = 0.180625 - offset * offset;
        return offset * polynomial(&CENTRE_TOP, r) / polynomial(&CENTRE_BOTTOM, r);
    }
    let tail = if offset < 0.0 { share } else { 1.0 - share };
    let r = math::sqrt(-math::ln(tail));
    let value = if r <= 5.0 {
        polynomial(&SHOULDER_TOP, r - 1.6) / polynomial(&SHOULDER_BOTTOM, r - 1.6)
    } else {
        polynomial(&TAIL_TOP, r - 5.0) / polynomial(&TAIL_BOTTOM, r - 5.0)
    };
    if offset < 0.0 { -value } else { value }
}

/// Horner's rule, highest power first.
#[inline]
fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |value, coefficient| value * x + coefficient)
}

// Coefficients of AS 241, highest power first.
const CENTRE_TOP: [f64; 8] = [
    2509.0809287301227,
    33430.57558358813,
    67265.7709270087,
    45921.95393154987,
    13731.69376550946,
    1971.5909503065513,
    133.14166789178438,
    3.3871328727963665,
];
const CENTRE_BOTTOM: [f64; 8] = [
    5226.495278852854,
    28729.085735721943,
    39307.89580009271,
    21213.794301586597,
    5394.196021424751,
    687.1870074920579,
    42.31333070160091,
    1.0,
];
const SHOULDER_TOP: [f64; 8] = [
    0.0007745450142783414,
    0.022723844989269184,
    0.2417807251774506,
    1.2704582524523684,
    3.6478483247632045,
    5.769497221460691,
    4.630337846156546,
    1.4234371107496835,
];
const SHOULDER_BOTTOM: [f64; 8] = [
    1.0507500716444169e-09,
    0.0005475938084995345,
    0.015198666563616457,
    0.14810397642748008,
    0.6897673349851,
    1.6763848301838038,
    2.053191626637759,
    1.0,
];
const TAIL_TOP: [f64; 8] = [
    2.0103343992922881e-07,
    2.7115555687434876e-05,
    0.0012426609473880784,
    0.026532189526576124,
    0.29656057182850487,
    1.7848265399172913,
    5.463784911164114,
    6.657904643501103,
];
const TAIL_BOTTOM: [f64; 8] = [
    2.0442631033899397e-15,
    1.421511758316446e-07,
    1.8463183175100548e-05,
    0.0007868691311456133,
    0.014875361290850615,
    0.1369298809227358,
    0.599832206555888,
    1.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantile_inverts_the_normal_law() {
        for step in 1..20_000 {
            let share = f64::from(step) / 20_000.0;
            let back = 0.5 * libm::erfc(-quantile(share) * std::f64::consts::FRAC_1_SQRT_2);
            assert!(math::abs(back / share - 1.0) < 2e-14, "{share} came back as {back}");
        }
        // The far tail, Phi(-8), to 15 digits from tables.
        assert!(math::abs(quantile(6.220_960_574_271_78e-16) + 8.0) < 1e-13);
    }
}

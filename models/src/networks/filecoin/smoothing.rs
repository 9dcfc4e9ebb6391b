//! The alpha-beta filter of the reward and power actors in fixed width.
//!
//! Filecoin smooths the epoch's reward and the network's power each epoch and prices pledge and
//! fees from the smoothed values. `fil_actors_shared` exports the filter on big integers, at
//! microseconds an update; it runs every epoch, two million times in a history run, so this is
//! the same arithmetic on [`Q128`]. The crate stays the oracle: a property test holds the two
//! bit-equal, and everything derived from an estimate is computed by the crates themselves.
//!
//! Source: builtin-actors, `runtime/src/util/.../alpha_beta_filter.rs` (v19); constants
//! `DEFAULT_ALPHA` and `DEFAULT_BETA` of `smooth_func.rs`. Units: position in units of the
//! observed quantity (attoFIL or bytes), velocity in units an epoch, both Q.128.

use num_bigint::BigInt;
use serde::{Deserialize, Serialize};

use crate::laws::fixed::Q128;

/// Gain on the position, Q.128: 9.25e-4.
pub const ALPHA: u128 = 314_760_000_000_000_000_000_000_000_000_000_000;
/// Gain on the velocity, Q.128: 2.84e-7.
pub const BETA: u128 = 96_640_100_000_000_000_000_000_000_000_000;

/// A smoothed quantity and its trend.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// The quantity.
    pub position: Q128,
    /// Its change an epoch.
    pub velocity: Q128,
}

impl Estimate {
    /// An estimate from whole numbers.
    pub const fn new(position: i128, velocity_per_epoch: i128) -> Estimate {
        Estimate {
            position: Q128::from_whole(position),
            velocity: Q128::from_whole(velocity_per_epoch),
        }
    }

    /// An estimate from the Q.128 integers of an actor's state, in decimal.
    ///
    /// # Errors
    ///
    /// What is wrong, if one of the texts is no integer or its value is too large for 256 bits.
    pub fn from_decimal(position: &str, velocity: &str) -> Result<Estimate, String> {
        let read = |text: &str| -> Result<Q128, String> {
            let value: BigInt = text.parse().map_err(|_| format!("not an integer: {text:?}"))?;
            Q128::try_from(&value)
        };
        Ok(Estimate { position: read(position)?, velocity: read(velocity)? })
    }

    /// The whole part of the position; never below zero for what Filecoin smooths.
    pub fn estimate(&self) -> u128 {
        u128::try_from(self.position.whole).unwrap_or(0)
    }

    /// The estimate after observing a value `epochs` after the last observation.
    ///
    /// # Panics
    ///
    /// If the value is 2^127 or above, or `epochs` is zero.
    #[inline]
    pub fn observe(self, value: u128, epochs: u64) -> Estimate {
        let value = i128::try_from(value).expect("an observation below 2^127");
        let predicted = self.position + self.velocity.mul_whole(epochs);
        let residual = Q128::from_whole(value) - predicted;
        Estimate {
            position: predicted + residual.mul_fraction(ALPHA),
            // floor(floor(x / 2^128) / n) = floor(x / (n 2^128)).
            velocity: self.velocity + residual.mul_fraction(BETA).div_whole(epochs),
        }
    }

    /// The estimate after observing, epoch by epoch, values on a straight line: the last of
    /// `epochs` is `last`, each is `rise` above the one before.
    ///
    /// The deviation from such a line shrinks by one linear map an epoch, which is raised to a
    /// power in floating point: the result differs from [`observe`](Self::observe), called so
    /// often, by less than 1e-9 of the deviation.
    pub fn observe_line(self, last: i128, rise: Q128, epochs: u64) -> Estimate {
        let last = Q128::from_whole(last);
        let before_first = last - rise.mul_whole(epochs);
        let position = (self.position - before_first).to_f64();
        let velocity = (self.velocity - rise).to_f64();
        let decay = decay(epochs);
        Estimate {
            position: last + Q128::from_f64(decay[0] * position + decay[1] * velocity),
            velocity: rise + Q128::from_f64(decay[2] * position + decay[3] * velocity),
        }
    }
}

/// The map of (position, velocity) deviations over `epochs`, by rows. Of an observation that both
/// predict too high by `d`, the position keeps `(1 - alpha) d` and the velocity loses `beta d`.
fn decay(epochs: u64) -> [f64; 4] {
    const ONE: f64 = (1u128 << 127) as f64 * 2.0;
    let (alpha, beta) = (ALPHA as f64 / ONE, BETA as f64 / ONE);
    let product = |a: [f64; 4], b: [f64; 4]| {
        let [a, b, c, d, e, f, g, h] = [a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3]];
        [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h]
    };
    let mut square = [1.0 - alpha, 1.0 - alpha, -beta, 1.0 - beta];
    let mut whole = [1.0, 0.0, 0.0, 1.0];
    let mut left = epochs;
    while left > 0 {
        if left % 2 == 1 {
            whole = product(whole, square);
        }
        square = product(square, square);
        left /= 2;
    }
    whole
}

#[cfg(test)]
mod tests {
    use fil_actors_shared::v19::reward::FilterEstimate;
    use fil_actors_shared::v19::reward::smooth::{AlphaBetaFilter, DEFAULT_ALPHA, DEFAULT_BETA};
    use proptest::prelude::*;

    use super::*;

    fn oracle(estimate: &FilterEstimate, value: u128, epochs: u64) -> FilterEstimate {
        AlphaBetaFilter::load(estimate, &DEFAULT_ALPHA, &DEFAULT_BETA)
            .next_estimate(&BigInt::from(value), epochs as i64)
    }

    fn same(ours: Estimate, theirs: &FilterEstimate) -> bool {
        BigInt::from(ours.position) == theirs.position
            && BigInt::from(ours.velocity) == theirs.velocity
    }

    #[test]
    fn gains_are_the_actors() {
        assert_eq!(BigInt::from(ALPHA), *DEFAULT_ALPHA);
        assert_eq!(BigInt::from(BETA), *DEFAULT_BETA);
    }

    #[test]
    fn a_known_update_of_the_actors_tests() {
        // builtin-actors alpha_beta_filter.rs, test `rounding_issue`.
        let before = Estimate::from_decimal(
            "12340768897043811082913117521041414330876498465539749838848",
            "-37396269384748225153347462373739139597454335279104",
        )
        .unwrap();
        let after = before.observe(36266252337034982540, 3);
        let expected = Estimate::from_decimal(
            "12340768782449774548722755900999027209659079673176744001536",
            "-37396515542149801792802995707072472930787668612438",
        )
        .unwrap();
        assert_eq!(after, expected);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_line_at_once_is_as_good_as_each_of_its_points(
            position in 0i128..1 << 66,
            velocity in -(1i128 << 50)..1 << 50,
            first in 0i128..1 << 66,
            rise in 0i128..1 << 40,
            epochs in 1u64..4_000,
        ) {
            let start = Estimate::new(position, velocity);
            let value = |k: u64| first + rise * i128::from(k);
            let each = (1..=epochs).fold(start, |e, k| e.observe(value(k) as u128, 1));
            let once = start.observe_line(value(epochs), Q128::from_whole(rise), epochs);
            let scale = ((position - first).abs() + velocity.abs() * 1_000 + 1_000) as f64;
            prop_assert!((each.position - once.position).to_f64().abs() < 1e-9 * scale);
            prop_assert!((each.velocity - once.velocity).to_f64().abs() < 1e-9 * scale);
        }

        /// 64 sequences of 200 updates: 12,800 updates, each bit-equal.
        #[test]
        fn equals_the_actors_filter(
            start in 0u128..1 << 75,
            trend in -(1i128 << 60)..1i128 << 60,
            updates in prop::collection::vec((0u128..1 << 75, 1u64..50), 200),
        ) {
            let mut ours = Estimate::new(start as i128, trend);
            let mut theirs = FilterEstimate::new(BigInt::from(start), BigInt::from(trend));
            for (value, epochs) in updates {
                ours = ours.observe(value, epochs);
                theirs = oracle(&theirs, value, epochs);
                prop_assert!(same(ours, &theirs));
            }
        }
    }
}

//! Quantiles of durations in little memory: a histogram whose bins are a fixed share of the value
//! (Tene, HdrHistogram; the same guarantee as DDSketch: Masson, Rim and Lee, VLDB 2019).
//!
//! An octave has 128 equal bins, so that a quantile is within 0.4 % of a value that was added at
//! its rank; up to 255 ns bins are single nanoseconds. Integers only: the same on every machine,
//! whatever the order of the values.

use pinwheel_core::SimDuration;
use serde::{Deserialize, Serialize};

/// Bins of one octave, as a power of two.
const OCTAVE_BITS: u32 = 7;
const OCTAVE: u64 = 1 << OCTAVE_BITS;

/// How long many things took.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketch {
    /// Durations by bin; the list ends with the longest one.
    bins: Vec<u64>,
    count: u64,
    sum_nanos: u128,
}

impl Sketch {
    /// Counts a duration.
    pub fn add(&mut self, duration: SimDuration) {
        let bin = bin(duration.as_nanos());
        if bin >= self.bins.len() {
            self.bins.resize(bin + 1, 0);
        }
        self.bins[bin] += 1;
        self.count += 1;
        self.sum_nanos += u128::from(duration.as_nanos());
    }

    /// The mean of all; zero if there is none.
    pub fn mean_seconds(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum_nanos as f64 / self.count as f64 / 1e9 }
    }

    /// Durations added so far.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The duration that this share of all does not exceed; zero if there is none.
    ///
    /// # Panics
    ///
    /// If the share is not between 0 and 1.
    pub fn quantile(&self, share: f64) -> SimDuration {
        assert!((0.0..=1.0).contains(&share), "a quantile lies between 0 and 1");
        let rank = (share * self.count as f64) as u64;
        let rank = rank.min(self.count.saturating_sub(1));
        let mut below = 0;
        for (bin, count) in self.bins.iter().enumerate() {
            below += count;
            if below > rank {
                return SimDuration::from_nanos(middle(bin as u64));
            }
        }
        SimDuration::ZERO
    }
}

/// The octave and the seven bits below the leading one.
fn bin(nanos: u64) -> usize {
    let octave = (nanos | OCTAVE).ilog2() - OCTAVE_BITS;
    (u64::from(octave) * OCTAVE + (nanos >> octave)) as usize
}

/// The middle of a bin.
fn middle(bin: u64) -> u64 {
    let octave = (bin / OCTAVE).saturating_sub(1);
    let low = (bin - octave * OCTAVE) << octave;
    low + (1 << octave) / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_again_within_its_bin() {
        let values =
            (0..64).flat_map(|bit| [1 << bit, (1 << bit) + (1 << bit) / 3, u64::MAX >> bit]);
        for nanos in values.chain([0]) {
            let mut sketch = Sketch::default();
            sketch.add(SimDuration::from_nanos(nanos));
            let found = sketch.quantile(0.5).as_nanos();
            assert!(found.abs_diff(nanos) as f64 <= 0.004 * nanos as f64, "{nanos}: {found}");
        }
    }

    #[test]
    fn quantiles_are_those_of_the_sorted_values() {
        let mut sketch = Sketch::default();
        assert_eq!(sketch.quantile(0.99), SimDuration::ZERO);
        for value in (1..=100_000).rev() {
            sketch.add(SimDuration::from_nanos(value * 1_000));
        }
        for share in [0.01, 0.5, 0.99, 0.999] {
            let found = sketch.quantile(share).as_nanos() as f64;
            assert!((found / (share * 1e8) - 1.0).abs() < 0.004, "{share}: {found}");
        }
        assert_eq!(sketch.count(), 100_000);
        assert!((sketch.mean_seconds() - 0.050_000_5).abs() < 1e-12);
    }
}

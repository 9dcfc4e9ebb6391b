//! Delays in logarithmic classes of whole nanoseconds: quantiles of any number of them in little
//! room, the same on every machine.

use pinwheel_core::SimDuration;
use serde::{Deserialize, Serialize};

/// Classes for each doubling, as a power of two: an error of at most 1/32.
const FINENESS: u32 = 5;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Histogram {
    counts: Vec<u64>,
    total: u64,
}

/// The class of a delay: its leading bits and their place.
fn class(nanos: u64) -> usize {
    let width = u64::BITS - nanos.leading_zeros();
    let shift = width.saturating_sub(FINENESS + 1);
    ((u64::from(shift) << FINENESS) + (nanos >> shift)) as usize
}

/// The largest delay of a class.
fn upper(class: usize) -> u64 {
    let class = class as u64;
    let shift = (class >> FINENESS).saturating_sub(1);
    let leading = class - (shift << FINENESS);
    (((u128::from(leading) + 1) << shift) - 1).min(u128::from(u64::MAX)) as u64
}

impl Histogram {
    pub(super) fn add(&mut self, delay: SimDuration) {
        let class = class(delay.as_nanos());
        if self.counts.len() <= class {
            self.counts.resize(class + 1, 0);
        }
        self.counts[class] += 1;
        self.total += 1;
    }
    pub(super) fn total(&self) -> u64 {
        self.total
    }
    /// A delay that at least this share of all do not exceed; zero if there is none.
    pub(super) fn quantile(&self, share: f64) -> SimDuration {
        let wanted = share * self.total as f64;
        let mut seen = 0;
        for (class, &count) in self.counts.iter().enumerate() {
            seen += count;
            if count > 0 && seen as f64 >= wanted {
                return SimDuration::from_nanos(upper(class));
            }
        }
        SimDuration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_delay_lies_in_its_class(nanos: u64) {
            let class = class(nanos);
            prop_assert!(nanos <= upper(class));
            prop_assert!(class == 0 || nanos > upper(class - 1));
            prop_assert!(upper(class) - nanos <= nanos / 32);
        }
    }

    #[test]
    fn quantiles_of_known_delays() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.quantile(0.99), SimDuration::ZERO);
        for milliseconds in 1..=1_000 {
            histogram.add(SimDuration::from_nanos(milliseconds * 1_000_000));
        }
        for (share, milliseconds) in [(0.5, 500.0), (0.99, 990.0), (1.0, 1_000.0)] {
            let found = histogram.quantile(share).as_seconds() * 1e3;
            assert!((milliseconds..milliseconds * 1.04).contains(&found), "{share}: {found}");
        }
        assert_eq!(histogram.total(), 1_000);
    }
}

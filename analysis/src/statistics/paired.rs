//! Two variants on the same random numbers: what differs, run by run.

use super::median;
use super::order::median_rank;

/// What the interval may miss: 5 %.
const MISSED: f64 = 0.05;

/// The differences (second less first) of one outcome in pairs of runs that met the same random
/// numbers.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Paired {
    /// Pairs of numbers; pairs with a value that is not finite are left out.
    pub count: usize,
    /// The median difference.
    pub median: f64,
    /// The ends of an interval that covers the true median difference in at least 95 of 100
    /// experiments whatever the distribution; `None` below six pairs, where there is none.
    pub low: Option<f64>,
    /// The upper end of that interval.
    pub high: Option<f64>,
    /// The share of pairs in which the second is greater; equal pairs do not count as greater.
    pub greater_share: f64,
}

impl Paired {
    /// `None` when there is no pair of numbers.
    pub fn of(pairs: &[(f64, f64)]) -> Option<Paired> {
        let differences = pairs.iter().map(|(first, second)| second - first);
        let mut differences: Vec<f64> = differences.filter(|d| d.is_finite()).collect();
        differences.sort_by(f64::total_cmp);
        let count = differences.len();
        let ends = median_rank(count, MISSED)
            .map(|rank| (differences[rank - 1], differences[count - rank]));
        Some(Paired {
            count,
            median: median(&differences)?,
            low: ends.map(|ends| ends.0),
            high: ends.map(|ends| ends.1),
            greater_share: differences.iter().filter(|d| **d > 0.0).count() as f64 / count as f64,
        })
    }

    /// Whether the interval leaves out zero: the difference has a sign.
    pub fn is_clear(&self) -> bool {
        self.low.is_some_and(|low| low > 0.0) || self.high.is_some_and(|high| high < 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_tell_the_difference_that_their_spread_hides() {
        let pairs: Vec<(f64, f64)> =
            (0..20).map(|run| (f64::from(run) * 100.0, f64::from(run) * 101.0 + 1.0)).collect();
        let paired = Paired::of(&pairs).unwrap();
        assert_eq!((paired.count, paired.median, paired.greater_share), (20, 10.5, 1.0));
        assert_eq!((paired.low, paired.high), (Some(6.0), Some(15.0)));
        assert!(paired.is_clear());
        let mirrored: Vec<(f64, f64)> = pairs.iter().map(|(a, b)| (*b, *a)).collect();
        let mirrored = Paired::of(&mirrored).unwrap();
        assert_eq!((mirrored.low, mirrored.high), (Some(-15.0), Some(-6.0)));
        assert!(mirrored.is_clear() && mirrored.greater_share == 0.0);
    }

    #[test]
    fn few_pairs_have_a_median_and_no_interval() {
        let few = Paired::of(&[(1.0, 2.0), (5.0, f64::NAN), (3.0, 3.0)]).unwrap();
        assert_eq!((few.count, few.median, few.low, few.high), (2, 0.5, None, None));
        assert!(!few.is_clear() && few.greater_share == 0.5);
        assert_eq!(Paired::of(&[]), None);
    }
}

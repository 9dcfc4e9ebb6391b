//! Two variants on the same random numbers: what differs, run by run.

use pinwheel_core::math;

use super::median;

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
        let ends =
            median_rank(count).map(|rank| (differences[rank - 1], differences[count - rank]));
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

/// The greatest rank r so that the r-th smallest and the r-th largest of `count` values enclose the
/// median of what they are drawn from with a probability of at least 95 %: the number of values
/// below the median is binomial (Conover, "Practical nonparametric statistics", 1999, 3.2).
fn median_rank(count: usize) -> Option<usize> {
    // The probability of exactly `below` values, as a logarithm: 2^-count underflows.
    let mut log_probability = -(count as f64) * math::ln(2.0);
    let mut at_most = 0.0;
    for below in 0..count {
        at_most += math::exp(log_probability);
        if 2.0 * at_most > MISSED {
            return (below > 0).then_some(below);
        }
        log_probability += math::ln((count - below) as f64 / (below + 1) as f64);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ranks_are_those_of_the_sign_test() {
        // The table of ranks in textbooks, e.g. Altman, "Statistics with confidence" (2000).
        let published =
            [(5, None), (6, Some(1)), (8, Some(1)), (9, Some(2)), (10, Some(2)), (12, Some(3))];
        for (count, rank) in published {
            assert_eq!(median_rank(count), rank, "{count} pairs");
        }
        assert_eq!(median_rank(20), Some(6));
        assert_eq!(median_rank(25), Some(8));
        assert_eq!(median_rank(100), Some(40));
        // Beyond the smallest double: count / 2 - 0.98 sqrt(count).
        let rank = median_rank(10_000).unwrap();
        assert!((4_900..4_904).contains(&rank), "{rank}");
        assert_eq!(median_rank(0), None);
    }

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

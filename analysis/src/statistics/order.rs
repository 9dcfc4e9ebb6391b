//! How well a median is known, from the order of the values alone.

use pinwheel_core::math;

/// What an interval of one standard error misses: the part of a normal distribution that lies more
/// than one standard deviation from its middle.
const BEYOND_ONE_ERROR: f64 = 0.317_310_507_862_914_1;
/// What an interval of 95 % misses.
const BEYOND_CONFIDENCE: f64 = 0.05;

/// Standard error of the median of independent values, whatever their distribution: half the width
/// of the narrowest interval between two of them, equally many places from both ends, that encloses
/// the true median with a probability of at least 68.3 %; `None` below three values, where there is
/// none.
///
/// As ranks are whole numbers, the interval holds a little more than it must (of 20 values the 8th
/// to the 13th, with 73.7 %), and the error is told rather too large than too small.
pub fn median_error(values: &[f64]) -> Option<f64> {
    let rank = median_rank(values.len(), BEYOND_ONE_ERROR)?;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    Some((sorted[sorted.len() - rank] - sorted[rank - 1]) / 2.0)
}

/// The two of the values that enclose the median of what they are drawn from with a confidence of
/// 95 %, whatever its distribution; of fewer than six values, which cannot, the least and the
/// greatest. `None` for no values.
pub fn median_interval(values: &[f64]) -> Option<(f64, f64)> {
    let rank = median_rank(values.len(), BEYOND_CONFIDENCE).unwrap_or(1);
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    Some((*sorted.get(rank - 1)?, sorted[sorted.len() - rank]))
}

/// The greatest rank r so that the r-th smallest and the r-th largest of `count` values enclose the
/// median of what they are drawn from with a probability of at least 1 - `missed`: the number of
/// values below the median is binomial (Conover, "Practical nonparametric statistics", 1999, 3.2).
pub(super) fn median_rank(count: usize, missed: f64) -> Option<usize> {
    // The probability of exactly `below` values, as a logarithm: 2^-count underflows.
    let mut log_probability = -(count as f64) * math::ln(2.0);
    let mut at_most = 0.0;
    for below in 0..count {
        at_most += math::exp(log_probability);
        if 2.0 * at_most > missed {
            return (below > 0).then_some(below);
        }
        log_probability += math::ln((count - below) as f64 / (below + 1) as f64);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::Streams;

    #[test]
    fn the_ranks_are_those_of_the_sign_test() {
        // The table of ranks in textbooks, e.g. Altman, "Statistics with confidence" (2000).
        let published =
            [(5, None), (6, Some(1)), (8, Some(1)), (9, Some(2)), (10, Some(2)), (12, Some(3))];
        for (count, rank) in published {
            assert_eq!(median_rank(count, 0.05), rank, "{count} pairs");
        }
        assert_eq!(median_rank(20, 0.05), Some(6));
        assert_eq!(median_rank(25, 0.05), Some(8));
        assert_eq!(median_rank(100, 0.05), Some(40));
        // Beyond the smallest double: count / 2 - 0.98 sqrt(count).
        let rank = median_rank(10_000, 0.05).unwrap();
        assert!((4_900..4_904).contains(&rank), "{rank}");
        assert_eq!(median_rank(0, 0.05), None);
    }

    #[test]
    fn a_median_lies_between_two_of_its_values() {
        let values: Vec<f64> = (1..=20).rev().map(f64::from).collect();
        assert_eq!(median_interval(&values), Some((6.0, 15.0)));
        assert_eq!(median_interval(&[3.0, 1.0, 2.0]), Some((1.0, 3.0)));
        assert_eq!((median_interval(&[7.0]), median_interval(&[])), (Some((7.0, 7.0)), None));
    }

    #[test]
    fn the_error_of_a_median_is_half_its_interval() {
        // P(at most 7 of 20) = 0.1316, P(at most 8) = 0.2517: the 8th to the 13th.
        let values: Vec<f64> = (1..=20).rev().map(|value| f64::from(value * value)).collect();
        assert_eq!(median_error(&values), Some((169.0 - 64.0) / 2.0));
        assert_eq!(median_error(&[5.0, 1.0, 2.0]), Some(2.0));
        assert_eq!((median_error(&[1.0, 2.0]), median_error(&[])), (None, None));
    }

    #[test]
    fn the_error_of_a_median_is_how_medians_scatter() {
        // Of uniform values the median of n scatters by 1 / (2 sqrt(n + 2)).
        let (count, samples) = (99, 2_000);
        let errors = (0..samples).map(|sample| {
            let mut stream = Streams::new(sample, 0).stream(0, "values");
            let values: Vec<f64> = (0..count).map(|_| stream.uniform()).collect();
            median_error(&values).unwrap()
        });
        let found = errors.sum::<f64>() / samples as f64;
        let expected = 0.5 / math::sqrt(count as f64 + 2.0);
        assert!((1.0..1.1).contains(&(found / expected)), "{found} is not near {expected}");
    }
}

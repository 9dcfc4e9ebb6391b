//! Intervals of anything that can be computed from a sample, by drawing the sample again.

use pinwheel_core::{Purpose, Streams};

use super::quantile;

const BOOTSTRAP: Purpose = Purpose::new("bootstrap");

/// How a sample is drawn again.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// How often.
    pub draws: u64,
    /// Root of the streams that rows are drawn with.
    pub seed: u64,
}

impl Bootstrap {
    /// As much as a percentile interval wants (Efron and Tibshirani, "An introduction to the
    /// bootstrap", 1993, 13.3: 1,000).
    pub const fn seeded(seed: u64) -> Self {
        Bootstrap { draws: 1_000, seed }
    }

    /// The 95 % percentile intervals of several statistics of one sample of `count` members.
    ///
    /// `statistics` gets the places of the members drawn, with replacement, and gives one number
    /// for each statistic; values that are not finite are left out of the interval. The draws are
    /// those of a named random stream: equal for equal seeds, on every machine.
    pub fn intervals(
        self,
        count: usize,
        mut statistics: impl FnMut(&[usize]) -> Vec<f64>,
    ) -> Vec<Option<(f64, f64)>> {
        if count == 0 {
            return Vec::new();
        }
        let streams = Streams::new(self.seed, 0);
        let mut places = vec![0; count];
        let mut found: Vec<Vec<f64>> = Vec::new();
        for draw in 0..self.draws {
            let mut stream = streams.indexed(0, BOOTSTRAP, draw);
            places.iter_mut().for_each(|place| *place = stream.below(count as u64) as usize);
            let values = statistics(&places);
            found.resize(values.len(), Vec::new());
            for (all, value) in found.iter_mut().zip(values) {
                all.extend(value.is_finite().then_some(value));
            }
        }
        found.iter().map(|all| Some((quantile(all, 0.025)?, quantile(all, 0.975)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{half_width, mean};
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_near_students() {
        let mut stream = Streams::new(7, 0).stream(0, "sample");
        let sample: Vec<f64> = (0..200).map(|_| stream.uniform()).collect();
        let of = |places: &[usize]| {
            let drawn: Vec<f64> = places.iter().map(|place| sample[*place]).collect();
            vec![mean(&drawn).unwrap(), f64::NAN]
        };
        let intervals = Bootstrap::seeded(1).intervals(sample.len(), of);
        let (low, high) = intervals[0].unwrap();
        let expected = half_width(&sample).unwrap();
        let found = (high - low) / 2.0;
        assert!((found / expected - 1.0).abs() < 0.1, "{found} is not near {expected}");
        assert!(low < mean(&sample).unwrap() && mean(&sample).unwrap() < high);
        assert_eq!(intervals[1], None, "nothing finite, no interval");
        assert_eq!(intervals, Bootstrap::seeded(1).intervals(sample.len(), of), "drawn alike");
        assert_ne!(intervals[0], Bootstrap::seeded(2).intervals(sample.len(), of)[0]);
    }
}

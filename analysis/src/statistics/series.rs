//! Where a simulated series has left its start behind.

/// Values averaged into one before the rule is applied.
const BATCH: usize = 5;

/// How many values at the start of a series to leave out, because they still show how the run
/// began: MSER-5 (K. P. White, "An effective truncation heuristic for bias reduction in simulation
/// output", 1997).
///
/// Of the means of five values each, the first d are left out for which the squared deviations of
/// the rest over the square of their number are least: what is gained in bias against what is lost
/// in precision. At most half of the series is given up, as is usual; a series that wants more is
/// too short.
pub fn warm_up(series: &[f64]) -> usize {
    let batches: Vec<f64> =
        series.chunks_exact(BATCH).map(|batch| batch.iter().sum::<f64>() / BATCH as f64).collect();
    let mut best = (f64::INFINITY, 0);
    for left_out in 0..=batches.len() / 2 {
        let rest = &batches[left_out..];
        let mean = rest.iter().sum::<f64>() / rest.len() as f64;
        let squares: f64 = rest.iter().map(|value| (value - mean) * (value - mean)).sum();
        let error = squares / (rest.len() * rest.len()) as f64;
        if error < best.0 {
            best = (error, left_out);
        }
    }
    best.1 * BATCH
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::{Streams, math};

    #[test]
    fn a_start_that_differs_is_left_out_and_no_more() {
        // Batch means 9, 1, 2, 1, 2, 1, 2: leaving out one gives 1.5 / 36, leaving out two 1.2 /
        // 25.
        let means = [9.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0];
        let series: Vec<f64> = means.iter().flat_map(|mean| [*mean; BATCH]).collect();
        assert_eq!(warm_up(&series), BATCH);
        assert_eq!(warm_up(&[3.0; 100]), 0, "nothing to gain from a constant");
        assert_eq!((warm_up(&[]), warm_up(&[1.0, 2.0])), (0, 0));
    }

    #[test]
    fn a_decaying_start_is_found_in_noise() {
        // The bias halves every 14 values: from 10 to the size of the noise within about 60.
        let mut stream = Streams::new(11, 0).stream(0, "noise");
        let value = |place: u32, noise: f64| 10.0 * math::exp(-f64::from(place) / 20.0) + noise;
        let series: Vec<f64> = (0..1_000).map(|i| value(i, stream.uniform() - 0.5)).collect();
        let found = warm_up(&series);
        assert!((40..=120).contains(&found), "{found}");
        // A ramp never settles: half of it and no more.
        let ramp: Vec<f64> = (0..1_000).map(f64::from).collect();
        assert_eq!(warm_up(&ramp), 500);
    }
}

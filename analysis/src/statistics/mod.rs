//! Plain statistics over runs: sorted, summed in order, the same on every machine.

mod bootstrap;
mod diebold_mariano;
mod interval;
mod order;
mod paired;
mod series;

pub use bootstrap::Bootstrap;
pub use diebold_mariano::{DieboldMariano, diebold_mariano};
pub use interval::{half_width, replications_needed, wilson};
pub use order::{median_error, median_interval};
pub use paired::Paired;
pub use series::warm_up;

use crate::series::{Instant, TimeSeries};

/// The 97.5 % quantile of the standard normal distribution: 95 % of it lie within so many standard
/// deviations.
pub const NORMAL_975: f64 = 1.959_963_984_540_054;

/// Most instants of a band over runs; of more, evenly spaced ones are taken.
const INSTANTS_MAX: usize = 1 << 17;

/// The quantile `q` in [0, 1] of values, by linear interpolation (Hyndman and Fan 1996, type 7);
/// `None` for no values.
///
/// # Panics
///
/// If `q` is not between 0 and 1.
pub fn quantile(values: &[f64], q: f64) -> Option<f64> {
    assert!((0.0..=1.0).contains(&q), "a quantile lies between 0 and 1");
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = q * sorted.len().checked_sub(1)? as f64;
    let (below, share) = (place.floor(), place.fract());
    let low = sorted[below as usize];
    let high = sorted[place.ceil() as usize];
    Some(low + (high - low) * share)
}

/// Slope of the least-squares line through points; 0 where they do not lie at two places.
pub fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len().max(1) as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let product: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let square: f64 = points.iter().map(|(x, _)| (x - mean_x) * (x - mean_x)).sum();
    if square > 0.0 { product / square } else { 0.0 }
}

/// The mean of values, summed in their order; `None` for no values.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The unbiased variance of values (divided by their number less one); `None` below two values.
pub fn variance(values: &[f64]) -> Option<f64> {
    let mean = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (values.len() > 1).then(|| squares / (values.len() - 1) as f64)
}

/// The median of values; `None` for no values.
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The spread of several runs of one series: instant, 5 %, 50 % and 95 % quantile over the runs, as
/// [`at_each_instant`] forms it.
pub fn spread(runs: &[TimeSeries]) -> Vec<(Instant, [f64; 3])> {
    over_runs(runs, [0.05, 0.5, 0.95])
}

/// The fan of several runs of one series: instant, 5 %, 25 %, 50 %, 75 % and 95 % quantile.
pub fn fan(runs: &[TimeSeries]) -> Vec<(Instant, [f64; 5])> {
    over_runs(runs, [0.05, 0.25, 0.5, 0.75, 0.95])
}

fn over_runs<const N: usize>(runs: &[TimeSeries], shares: [f64; N]) -> Vec<(Instant, [f64; N])> {
    let rows: usize = runs.iter().map(Vec::len).sum();
    let mut count = rows;
    if rows > INSTANTS_MAX {
        count = 0;
        at_each_instant(runs, |_, _| count += 1);
    }
    let every = count.div_ceil(INSTANTS_MAX).max(1);
    let (mut bands, mut place) = (Vec::new(), 0);
    at_each_instant(runs, |instant, values| {
        place += 1;
        if place == count || place % every == 0 || every == 1 {
            let quantiles = shares.map(|share| quantile(values, share).unwrap_or(0.0));
            bands.push((instant, quantiles));
        }
    });
    bands
}

/// Hands out each instant at which some run has a row, in order, with one value of each run that is
/// going on: its last row up to then. So runs that record at the same instants are pooled row by
/// row; of runs that record at instants of their own (at events), each counts with what it said
/// last. A run counts from its first row to its last.
pub fn at_each_instant(runs: &[TimeSeries], mut visit: impl FnMut(Instant, &[f64])) {
    let mut next = vec![0; runs.len()];
    let mut values = Vec::with_capacity(runs.len());
    let row = |run: &TimeSeries, place: usize| run.get(place).map(|(instant, _)| *instant);
    while let Some(now) = runs.iter().zip(&next).filter_map(|(run, &at)| row(run, at)).min() {
        values.clear();
        for (run, next) in runs.iter().zip(&mut next) {
            let goes_on = *next < run.len();
            while row(run, *next).is_some_and(|instant| instant <= now) {
                *next += 1;
            }
            if goes_on && *next > 0 {
                values.push(run[*next - 1].1);
            }
        }
        visit(now, &values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_between_the_ranks() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[7.0], 0.95), Some(7.0));
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(quantile(&[0.0, 10.0], 0.25), Some(2.5));
    }

    #[test]
    fn mean_and_variance_are_those_of_the_bank_with_ten_replications() {
        // Law, "Simulation modeling and analysis" (2015), example 4.27: 1.34 and 0.17.
        let law = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09];
        assert!((mean(&law).unwrap() - 1.343).abs() < 1e-9);
        assert!((variance(&law).unwrap() - 0.17).abs() < 0.005);
        assert_eq!((mean(&[]), variance(&[3.0])), (None, None));
    }

    fn series(rows: &[(i64, f64)]) -> TimeSeries {
        rows.iter().map(|(millis, value)| (Instant::from_millis(*millis), *value)).collect()
    }

    #[test]
    fn the_spread_is_taken_instant_by_instant() {
        let runs = [series(&[(1, 1.0), (2, 5.0)]), series(&[(1, 3.0)])];
        let bands = spread(&runs);
        assert_eq!(bands[0].0, Instant::from_millis(1));
        assert_eq!(bands[0].1[1], 2.0);
        assert_eq!(bands[1], (Instant::from_millis(2), [5.0; 3]), "one run has ended");
        let fan = fan(&runs);
        assert_eq!((fan[0].1[1], fan[0].1[2], fan[0].1[3]), (1.5, 2.0, 2.5));
    }

    #[test]
    fn hours_of_a_day_are_hours_and_not_runs() {
        // One run that rises all day long: were its day pooled, it would spread over 24 values.
        let hours: Vec<(i64, f64)> = (0..24).map(|hour| (hour * 3_600_000, hour as f64)).collect();
        let bands = spread(&[series(&hours)]);
        assert_eq!(bands.len(), 24);
        assert!(bands.iter().all(|(_, [low, _, high])| low == high));
    }

    #[test]
    fn runs_that_record_at_events_count_with_what_they_said_last() {
        let runs = [series(&[(0, 1.0), (10, 2.0), (30, 9.0)]), series(&[(5, 5.0), (20, 7.0)])];
        let mut found = Vec::new();
        at_each_instant(&runs, |instant, values| found.push((instant.millis(), values.to_vec())));
        let expected: [(i64, &[f64]); 5] =
            [(0, &[1.0]), (5, &[1.0, 5.0]), (10, &[2.0, 5.0]), (20, &[2.0, 7.0]), (30, &[9.0])];
        assert_eq!(found, expected.map(|(at, values)| (at, values.to_vec())));
        // Of several rows at one instant the last counts.
        let twice = [series(&[(0, 1.0), (0, 4.0)])];
        assert_eq!(spread(&twice), [(Instant::from_millis(0), [4.0; 3])]);
    }

    #[test]
    fn a_band_of_many_instants_is_bounded_and_keeps_its_end() {
        let count = 2 * INSTANTS_MAX as i64 + 7;
        let rows: Vec<(i64, f64)> = (0..count).map(|at| (at, at as f64)).collect();
        let bands = spread(&[series(&rows), series(&rows[..10])]);
        assert!(bands.len() <= INSTANTS_MAX + 1, "{}", bands.len());
        assert_eq!(bands.last().unwrap().0, Instant::from_millis(count - 1));
        assert!(bands.iter().all(|(at, values)| values[1] == at.millis() as f64));
    }
}

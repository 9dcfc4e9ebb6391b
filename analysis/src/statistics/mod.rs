//! Plain statistics over runs: sorted, summed in order, the same on every machine.

mod bootstrap;
mod interval;
mod paired;
mod series;

pub use bootstrap::Bootstrap;
pub use interval::{half_width, replications_needed, wilson};
pub use paired::Paired;
pub use series::warm_up;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::series::Dated;

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

/// The spread of several runs of one series: date, 5 %, 50 % and 95 % quantile over the runs.
pub fn spread(runs: &[Dated]) -> Vec<(Date, [f64; 3])> {
    by_date(runs, [0.05, 0.5, 0.95])
}

/// The fan of several runs of one series: date, 5 %, 25 %, 50 %, 75 % and 95 % quantile.
pub fn fan(runs: &[Dated]) -> Vec<(Date, [f64; 5])> {
    by_date(runs, [0.05, 0.25, 0.5, 0.75, 0.95])
}

fn by_date<const N: usize>(runs: &[Dated], shares: [f64; N]) -> Vec<(Date, [f64; N])> {
    let mut by_date: BTreeMap<Date, Vec<f64>> = BTreeMap::new();
    for (date, value) in runs.iter().flatten() {
        by_date.entry(*date).or_default().push(*value);
    }
    let quantiles = |values: &[f64]| shares.map(|q| quantile(values, q).unwrap_or(0.0));
    by_date.into_iter().map(|(date, values)| (date, quantiles(&values))).collect()
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

    #[test]
    fn the_spread_is_taken_date_by_date() {
        let date = |day| jiff::civil::date(2024, 1, day);
        let runs = [vec![(date(1), 1.0), (date(2), 5.0)], vec![(date(1), 3.0)]];
        let spread = spread(&runs);
        assert_eq!(spread[0].0, date(1));
        assert_eq!(spread[0].1[1], 2.0);
        assert_eq!(spread[1], (date(2), [5.0; 3]));
        let fan = fan(&runs);
        assert_eq!((fan[0].1[1], fan[0].1[2], fan[0].1[3]), (1.5, 2.0, 2.5));
    }
}

//! The review of a result: the metrics that runs recorded, and those that only all runs of an
//! experiment together give: the margin of a death spiral (number 26), the days of a bank run (27),
//! the parameters that decide most (28).
//!
//! A shock is a swept key whose value differs from point to point while all else is the same:
//! runs of equal number meet the same draws, so that each is compared with itself.

use pinwheel_models::describe::review::list::{Entry, LIST};

use crate::Error;
use crate::question::sensitivity::Sensitivity;
use crate::record::manifest::{Manifest, PointEntry};
use crate::record::table::Table;
use crate::series::{DAY_MILLIS, Instant};
use crate::statistics::{mean, quantile};

/// Part of the capacity without a drop that must be there again a year after one.
pub const RECOVERED_SHARE: f64 = 0.9;
const RECOVERY_DAYS: i64 = 365;
/// Parameters that the last metric of the list names.
const TOP: usize = 5;

/// A metric and one of its labels.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Series<'a> {
    /// The name of the metric.
    pub metric: &'a str,
    /// Its label; empty for the series without.
    pub label: &'a str,
}

/// Median with the 5 % and 95 % quantiles over the runs of a point.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Spread {
    /// 5 % quantile over the runs.
    pub low: f64,
    /// Median over the runs.
    pub median: f64,
    /// 95 % quantile over the runs.
    pub high: f64,
}

impl Spread {
    /// Of values, one for each run; `None` for none.
    pub fn of(values: &[f64]) -> Option<Self> {
        let at = |share| quantile(values, share);
        Some(Spread { low: at(0.05)?, median: at(0.5)?, high: at(0.95)? })
    }
}

/// A recorded metric of the list: its last value at each point.
#[derive(Clone, Debug)]
pub struct MetricLine {
    /// The entry in the list of the review.
    pub entry: &'static Entry,
    /// The name of the metric, with its subject where it has one.
    pub metric: String,
    /// The label of the series; empty for the one without.
    pub label: String,
    /// One for each point of the experiment.
    pub points: Vec<Option<Spread>>,
}

/// What the runs of a result recorded of the list, in its order.
///
/// # Errors
///
/// [`Error::Io`] or [`Error::Table`] if the table cannot be read.
pub fn lines(manifest: &Manifest, table: &Table) -> Result<Vec<MetricLine>, Error> {
    let mut lines = Vec::new();
    let named = |entry: &'static Entry| {
        table.names(entry.spec.name).into_iter().map(move |name| (entry, name))
    };
    for (entry, metric) in LIST.iter().flat_map(named) {
        let mut labels: Vec<String> = Vec::new();
        for point in &manifest.points {
            for label in table.labels(&point.id, metric)? {
                if !labels.contains(&label) {
                    labels.push(label);
                }
            }
        }
        for label in labels {
            let series = Series { metric, label: &label };
            let last = |point: &str| -> Result<_, Error> {
                Ok(Spread::of(&finals(manifest, table, point, series)?))
            };
            let points = manifest.points.iter().map(|point| last(&point.id));
            let points = points.collect::<Result<_, _>>()?;
            lines.push(MetricLine { entry, metric: metric.to_owned(), label, points });
        }
    }
    Ok(lines)
}

/// Last values of a series, run by run.
fn finals(
    manifest: &Manifest,
    table: &Table,
    point: &str,
    series: Series<'_>,
) -> Result<Vec<f64>, Error> {
    let mut values = Vec::new();
    for run in 0..manifest.runs_per_point {
        let dated = table.series(point, run, series.metric, series.label)?;
        values.extend(dated.last().map(|(_, value)| *value));
    }
    Ok(values)
}

/// Points that differ in one key: its value and the point, in rising order of the value.
pub fn levels<'m>(manifest: &'m Manifest, key: &str) -> Vec<(f64, &'m str)> {
    let mut levels = Vec::new();
    for point in &manifest.points {
        let factor = point.factors.iter().find(|factor| factor.key == key);
        levels.extend(factor.and_then(|of| of.number).map(|level| (level, point.id.as_str())));
    }
    levels.sort_by(|one, other| one.0.total_cmp(&other.0));
    levels
}

/// The swept key that is a shock: the only one that differs between the points, if it has this word
/// in its name.
pub fn shock(manifest: &Manifest, word: &str) -> Option<String> {
    let alone = |point: &PointEntry| point.factors.len() == 1;
    let key = &manifest.points.first()?.factors.first()?.key;
    let one = manifest.points.iter().all(|point| alone(point) && point.factors[0].key == *key);
    (one && key.contains(word)).then(|| key.clone())
}

/// What a key is called that drops a price, and one that says how many leave.
pub const PRICE: &str = "price";
/// The word in the key of a swept share of holders who leave.
pub const LEAVERS: &str = "exit";
/// Capacity that must come back after a drop of the price, unless another series is asked for.
pub const CAPACITY: &str = "raw_power";
/// Coverage that must not fall below 1 when many leave, unless another series is asked for.
pub const COVERAGE: &str = "collateral_coverage";

/// Number 26: how large a price drop may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Margin {
    /// Largest drop of which all runs' capacity came back, and the same by run.
    pub margin: Spread,
    /// Each drop that was tried: the part of the capacity without a drop that was there a year
    /// later.
    pub tried: Vec<(f64, Spread)>,
}

/// The margin of a result whose points start at different prices; the highest is "no drop".
/// `None` if there are not two of them, or no run is long enough.
///
/// # Errors
///
/// [`Error::Unfit`] if several swept keys have the word.
pub fn death_spiral(
    manifest: &Manifest,
    table: &Table,
    price: &str,
    capacity: Series<'_>,
) -> Result<Option<Margin>, Error> {
    let mut levels = levels(manifest, price);
    let Some((highest, without)) = levels.pop() else { return Ok(None) };
    let mut kept: Vec<(f64, Vec<f64>)> = Vec::new();
    for (level, point) in levels.into_iter().rev() {
        let mut shares = Vec::new();
        for run in 0..manifest.runs_per_point {
            let start = start_of(manifest, point);
            let then = |point| after(table, point, run, capacity, start);
            if let (Some(reached), Some(usual)) = (then(point)?, then(without)?) {
                shares.push(reached / usual);
            }
        }
        kept.push((1.0 - level / highest, shares));
    }
    let runs = kept.first().map_or(0, |(_, shares)| shares.len());
    let whole = kept.iter().all(|(_, shares)| shares.len() == runs);
    let of_run = |run: usize| {
        let shares: Vec<_> = kept.iter().map(|(drop, shares)| (*drop, shares[run])).collect();
        largest_survived(&shares)
    };
    let margins: Vec<f64> = if whole { (0..runs).map(of_run).collect() } else { Vec::new() };
    let spread = |(drop, shares): &(f64, Vec<f64>)| Some((*drop, Spread::of(shares)?));
    let tried = kept.iter().filter_map(spread).collect();
    Ok(Spread::of(&margins).map(|margin| Margin { margin, tried }))
}

fn start_of(manifest: &Manifest, point: &str) -> Option<Instant> {
    let entry = manifest.points.iter().find(|entry| entry.id == point)?;
    Some(Instant::of_date(entry.start))
}

/// A series' value a year after the start, if the run gets there.
fn after(
    table: &Table,
    point: &str,
    run: u32,
    series: Series<'_>,
    start: Option<Instant>,
) -> Result<Option<f64>, Error> {
    let dated = table.series(point, run, series.metric, series.label)?;
    let due = start.map(|start| start.after(RECOVERY_DAYS * DAY_MILLIS));
    Ok(dated.iter().find(|(at, _)| due.is_some_and(|due| *at >= due)).map(|(_, value)| *value))
}

/// The largest drop that was survived like all smaller ones; drops in rising order.
fn largest_survived(shares: &[(f64, f64)]) -> f64 {
    let survived = shares.iter().take_while(|(_, share)| *share >= RECOVERED_SHARE);
    survived.last().map_or(0.0, |(drop, _)| *drop)
}

/// Number 27, for one share of leavers: days until coverage was below 1, and how many runs never
/// got there.
#[derive(Clone, Debug, PartialEq)]
pub struct BankRun {
    /// The share that leaves.
    pub share: f64,
    /// Days until the cover is gone; `None` if it never is.
    pub days: Option<Spread>,
    /// Runs in which it held to the end.
    pub held: u32,
}

/// The days of a result whose points let different shares leave at once.
///
/// # Errors
///
/// [`Error::Io`] or [`Error::Table`] if the table cannot be read.
pub fn bank_runs(
    manifest: &Manifest,
    table: &Table,
    leavers: &str,
    coverage: Series<'_>,
) -> Result<Vec<BankRun>, Error> {
    let mut runs = Vec::new();
    for (share, point) in levels(manifest, leavers) {
        let (mut days, mut held) = (Vec::new(), 0);
        for run in 0..manifest.runs_per_point {
            let dated = table.series(point, run, coverage.metric, coverage.label)?;
            let start = start_of(manifest, point).or(dated.first().map(|(at, _)| *at));
            match first_below_one(&dated).zip(start) {
                Some((fell, start)) => days.push(fell.days_since(start)),
                None => held += 1,
            }
        }
        runs.push(BankRun { share, days: Spread::of(&days), held });
    }
    Ok(runs)
}

fn first_below_one(dated: &[(Instant, f64)]) -> Option<Instant> {
    dated.iter().find(|(_, value)| *value < 1.0).map(|(at, _)| *at)
}

/// Number 28: the keys that decide most of a metric's final value, with their total shares of its
/// variance. `None` without a design, or where its runs do not differ.
///
/// # Errors
///
/// [`Error::Io`] or [`Error::Table`] if the table cannot be read.
pub fn top_five(
    manifest: &Manifest,
    table: &Table,
    outcome: Series<'_>,
) -> Result<Option<Vec<(String, f64)>>, Error> {
    let Some(sample) = &manifest.sample else { return Ok(None) };
    let mut outputs = Vec::new();
    for point in &manifest.points {
        outputs.extend(mean(&finals(manifest, table, &point.id, outcome)?));
    }
    if outputs.len() != manifest.points.len() {
        return Ok(None);
    }
    let Some(found) = Sensitivity::of(sample, manifest.seed, &outputs) else { return Ok(None) };
    let sizes = found.sizes();
    let mut named: Vec<(String, f64)> =
        sample.ranges.iter().zip(&sizes).map(|(of, size)| (of.key.clone(), size.value)).collect();
    named.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
    named.truncate(TOP);
    Ok(Some(named))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_drop_counts_only_if_all_smaller_ones_were_survived() {
        assert_eq!(largest_survived(&[(0.1, 0.99), (0.2, 0.9), (0.3, 0.8), (0.4, 0.95)]), 0.2);
        assert_eq!(largest_survived(&[(0.1, 0.5), (0.2, 0.95)]), 0.0);
        assert_eq!(largest_survived(&[(0.1, 1.2), (0.9, 1.0)]), 0.9);
        assert_eq!(largest_survived(&[]), 0.0);
    }

    #[test]
    fn a_bank_run_ends_on_the_first_day_below_one() {
        let at = |day| Instant::of_date(date(2026, 1, day));
        let day = |day, value| (at(day), value);
        let falling = [day(1, 1.5), day(2, 1.0), day(3, 0.99), day(4, 1.2)];
        assert_eq!(first_below_one(&falling), Some(at(3)));
        assert_eq!(first_below_one(&falling[..2]), None);
    }

    #[test]
    fn one_run_is_its_own_spread() {
        assert_eq!(Spread::of(&[3.0]), Some(Spread { low: 3.0, median: 3.0, high: 3.0 }));
        assert_eq!(Spread::of(&[]), None);
    }
}

//! Series by simulated instant, and what is reckoned of one series at a time.
//!
//! A row counts at the instant at which it was recorded, never at its civil day: 24 hourly rows
//! are 24 values. Where an observation or a limit is dated by the day alone, the last row of that
//! day is the value of the day ([`daily`]).

use std::fmt;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use pinwheel_core::SimTime;
use pinwheel_models::input::When;

const EPOCH: Date = jiff::civil::date(1970, 1, 1);
const NANOS_PER_MILLI: u64 = 1_000_000;

/// Milliseconds of a civil day.
pub const DAY_MILLIS: i64 = 86_400_000;

/// An instant of a run on the calendar of its scenario, to the millisecond.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    /// Since 1970-01-01T00:00:00.
    millis: i64,
}

/// Values by instant, in order.
pub type TimeSeries = Vec<(Instant, f64)>;

impl Instant {
    /// The instant so many milliseconds after the beginning of 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Instant { millis }
    }

    /// Milliseconds since the beginning of 1970.
    pub const fn millis(self) -> i64 {
        self.millis
    }

    /// The first instant of a civil day.
    pub fn of_date(date: Date) -> Self {
        Instant { millis: i64::from(day_number(date)) * DAY_MILLIS }
    }

    /// The instant of a date and time; what is finer than a millisecond is left out.
    pub fn of(when: DateTime) -> Self {
        let since = when.duration_since(DateTime::from_parts(EPOCH, Time::midnight()));
        Instant { millis: i64::try_from(since.as_millis()).unwrap_or(i64::MAX) }
    }

    /// A simulated time of a run that starts on a day.
    pub fn of_run(start: Date, time: SimTime) -> Self {
        Instant::of_date(start).after((time.as_nanos() / NANOS_PER_MILLI) as i64)
    }

    /// The instant so many milliseconds later.
    #[must_use]
    pub const fn after(self, millis: i64) -> Self {
        Instant { millis: self.millis.saturating_add(millis) }
    }

    /// Milliseconds since `earlier`.
    pub const fn millis_since(self, earlier: Instant) -> i64 {
        self.millis - earlier.millis
    }

    /// Days since `earlier`, with their fraction.
    pub fn days_since(self, earlier: Instant) -> f64 {
        self.millis_since(earlier) as f64 / DAY_MILLIS as f64
    }

    /// Days since 1970-01-01, with their fraction: where it lies on an axis.
    pub fn days(self) -> f64 {
        self.millis as f64 / DAY_MILLIS as f64
    }

    /// Its civil day.
    pub fn date(self) -> Date {
        let days = self.millis.div_euclid(DAY_MILLIS);
        i32::try_from(days).map_or(Date::MAX, date_of)
    }

    /// Its date and time.
    pub fn datetime(self) -> DateTime {
        let midnight = DateTime::from_parts(self.date(), Time::midnight());
        midnight.saturating_add(SignedDuration::from_millis(self.millis.rem_euclid(DAY_MILLIS)))
    }

    /// Whether a day begins with it.
    pub fn is_midnight(self) -> bool {
        self.millis.rem_euclid(DAY_MILLIS) == 0
    }
}

impl fmt::Display for Instant {
    /// "2025-01-02" for the beginning of a day, else "2025-01-02T06:00:00".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_midnight() {
            true => self.date().fmt(f),
            false => self.datetime().fmt(f),
        }
    }
}

/// The first and the last instant of a day or of an instant as typed.
pub fn bounds(when: When) -> (Instant, Instant) {
    (Instant::of(when.first()), Instant::of(when.last()))
}

/// Days since 1970-01-01.
///
/// # Panics
///
/// If the date lies outside of the calendar of `jiff`.
pub fn day_number(date: Date) -> i32 {
    EPOCH.until(date).expect("dates of a scenario lie within the calendar").get_days()
}

/// The date of a day since 1970-01-01.
///
/// # Panics
///
/// If there is no such day in the calendar of `jiff`.
pub fn date_of(day: i32) -> Date {
    EPOCH.checked_add(jiff::Span::new().days(day)).expect("a day of the calendar")
}

/// The last value of each civil day.
pub fn daily(series: &[(Instant, f64)]) -> Vec<(Date, f64)> {
    let mut days: Vec<(Date, f64)> = Vec::new();
    for (instant, value) in series {
        let date = instant.date();
        match days.last_mut() {
            Some(last) if last.0 == date => last.1 = *value,
            _ => days.push((date, *value)),
        }
    }
    days
}

/// The rows of the time before the last one, so long.
fn last_rows(run: &[(Instant, f64)], millis: i64) -> &[(Instant, f64)] {
    let Some((end, _)) = run.last() else { return run };
    let first = run.partition_point(|(instant, _)| end.millis_since(*instant) >= millis);
    &run[first..]
}

/// The mean of the values of the last days of a series that is not empty.
pub fn mean_of_last(run: &[(Instant, f64)], days: u32) -> f64 {
    let late = last_rows(run, i64::from(days) * DAY_MILLIS);
    late.iter().map(|(_, value)| value).sum::<f64>() / late.len() as f64
}

/// Each value replaced by the mean of the values in the time up to it, so many days long; the
/// first is that of the first instant with such a time behind it. A series that is shorter stays
/// as it is.
pub fn trailing_mean(series: &[(Instant, f64)], days: u32) -> TimeSeries {
    let [(first, _), (second, _), ..] = series else { return series.to_vec() };
    // A row stands for the time since the row before.
    let begin = first.after(-second.millis_since(*first));
    let span = i64::from(days) * DAY_MILLIS;
    let mut window = TrailingMean::of_millis(span);
    let mut means = Vec::new();
    for (instant, value) in series {
        let mean = window.take(*instant, *value);
        if instant.millis_since(begin) >= span {
            means.push((*instant, mean));
        }
    }
    if means.is_empty() { series.to_vec() } else { means }
}

/// The mean of the values in the time up to the last one, row by row.
///
/// Nothing is ever subtracted: the window is older values, each with the sum from it up to the last
/// of them, and newer ones with their sum. A row is added at most twice, however many rows a window
/// has; the mean is that of a plain sum but for rounding, and a value that is no number leaves with
/// its row.
#[derive(Clone, Debug)]
pub struct TrailingMean {
    millis: i64,
    /// The older rows, the last first, each with its sum.
    older: Vec<(Instant, f64)>,
    newer: Vec<(Instant, f64)>,
    newer_sum: f64,
}

impl TrailingMean {
    /// The mean over so many milliseconds; the last row always belongs to it.
    pub fn of_millis(millis: i64) -> Self {
        TrailingMean { millis, older: Vec::new(), newer: Vec::new(), newer_sum: 0.0 }
    }

    /// Takes a row, which comes in the order of time; returns the mean up to it.
    pub fn take(&mut self, instant: Instant, value: f64) -> f64 {
        let first = |rows: &Self| rows.older.last().or(rows.newer.first()).copied();
        while first(self).is_some_and(|(first, _)| instant.millis_since(first) >= self.millis) {
            if self.older.is_empty() {
                let mut sum = 0.0;
                let summed = self.newer.drain(..).rev().map(|(instant, value)| {
                    sum += value;
                    (instant, sum)
                });
                self.older.extend(summed);
                self.newer_sum = 0.0;
            }
            self.older.pop();
        }
        self.newer.push((instant, value));
        self.newer_sum += value;
        let older_sum = self.older.last().map_or(0.0, |(_, sum)| *sum);
        (older_sum + self.newer_sum) / (self.older.len() + self.newer.len()) as f64
    }
}

/// The sum of a rate a day over the time it stands for: that since the record before. Like a sum
/// that has grown, it begins with the first record.
pub fn integrated(run: &[(Instant, f64)]) -> f64 {
    run.windows(2).map(|pair| pair[1].1 * pair[1].0.days_since(pair[0].0)).sum()
}

/// Last less first value of a sum since the start.
pub fn grown(run: &[(Instant, f64)]) -> f64 {
    match (run.first(), run.last()) {
        (Some(first), Some(last)) => last.1 - first.1,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Values so many minutes apart, from the beginning of 1970 on.
    fn series(values: &[f64], minutes: i64) -> TimeSeries {
        let at = |place: i64| Instant::from_millis(place * minutes * 60_000);
        (0..).map(at).zip(values.iter().copied()).collect()
    }

    const DAY: i64 = 1_440;

    #[test]
    fn an_instant_is_its_date_and_time() {
        let noon = Instant::of(date(2025, 1, 2).at(12, 30, 12, 5_000_000));
        assert_eq!(noon.to_string(), "2025-01-02T12:30:12.005");
        assert_eq!(Instant::of_date(date(1969, 12, 31)).to_string(), "1969-12-31");
        assert_eq!(Instant::of_date(date(1969, 12, 31)).after(-1).date(), date(1969, 12, 30));
        let run = Instant::of_run(date(2025, 1, 1), SimTime::from_nanos(4_320_000_000_000));
        assert_eq!(run.to_string(), "2025-01-01T01:12:00");
        let (first, last) = bounds(When::Day(date(2025, 1, 1)));
        assert_eq!(last.millis_since(first), DAY_MILLIS - 1);
    }

    #[test]
    fn a_trailing_mean_looks_back_only() {
        let daily = series(&[1.0, 2.0, 3.0, 4.0], DAY);
        let smooth = trailing_mean(&daily, 3);
        assert_eq!(smooth, [(daily[2].0, 2.0), (daily[3].0, 3.0)]);
        assert_eq!(trailing_mean(&daily, 1), daily);
        assert_eq!(trailing_mean(&daily, 5), daily, "too short for any");
    }

    #[test]
    fn a_trailing_mean_of_a_day_takes_the_hours_of_a_day() {
        let values: Vec<f64> = (1..=48).map(f64::from).collect();
        let smooth = trailing_mean(&series(&values, 60), 1);
        assert_eq!(smooth.len(), 25);
        assert_eq!(smooth[0].1, 12.5, "hours 1 to 24");
        assert_eq!(smooth[24].1, 36.5, "hours 25 to 48");
        assert_eq!(mean_of_last(&series(&values, 60), 1), 36.5);
        assert_eq!(mean_of_last(&series(&[5.0, 1.0, 3.0], DAY), 2), 2.0);
        assert_eq!(mean_of_last(&series(&[5.0, 1.0, 3.0], DAY), 90), 3.0);
    }

    #[test]
    fn a_trailing_mean_is_that_of_the_plain_sum() {
        // Values of very different size; steps of 12 s with a gap; windows of a few rows to all.
        let value = |row: u64| {
            let mixed = row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
            (mixed as f64 - 8e6) * if row % 1_000 < 500 { 1e-3 } else { 1e9 }
        };
        let at = |row: u64| row as i64 * 12_000 + if row > 3_000 { 70_000_000 } else { 0 };
        let rows: TimeSeries =
            (0..8_000).map(|row| (Instant::from_millis(at(row)), value(row))).collect();
        for millis in [1, 12_000, 60_000, 3_600_000, DAY_MILLIS] {
            let mut window = TrailingMean::of_millis(millis);
            for (place, (instant, value)) in rows.iter().enumerate() {
                let mean = window.take(*instant, *value);
                let old = |(first, _): &&(Instant, f64)| instant.millis_since(*first) < millis;
                let (mut sum, mut size, mut count) = (0.0, 0.0, 0.0);
                for (_, value) in rows[..=place].iter().rev().take_while(old) {
                    (sum, size, count) = (sum + value, size + value.abs(), count + 1.0);
                }
                assert!((mean * count - sum).abs() <= 1e-12 * size, "{millis} ms, row {place}");
            }
        }
        let mut window = TrailingMean::of_millis(2 * DAY_MILLIS);
        let days = series(&[f64::NAN, 1.0, f64::INFINITY, 3.0, 5.0], DAY);
        let means: Vec<f64> = days.iter().map(|(at, value)| window.take(*at, *value)).collect();
        assert_eq!(means[4], 4.0, "what is no number is forgotten: {means:?}");
    }

    #[test]
    fn a_trailing_mean_of_fine_rows_takes_time_in_proportion() {
        // A day of 200,000 rows: summed afresh at each row, 40 thousand million additions.
        let values = vec![1.0; 400_000];
        let fine: TimeSeries =
            (0..).map(|row| Instant::from_millis(row * 432)).zip(values).collect();
        let smooth = trailing_mean(&fine, 1);
        assert_eq!((smooth.len(), smooth[0].1), (200_001, 1.0));
    }

    #[test]
    fn a_day_has_the_value_of_its_last_row() {
        let values: Vec<f64> = (0..30).map(f64::from).collect();
        let days = daily(&series(&values, 60));
        assert_eq!(days, [(date(1970, 1, 1), 23.0), (date(1970, 1, 2), 29.0)]);
    }

    #[test]
    fn rates_count_for_the_time_they_stand_for() {
        assert_eq!(integrated(&series(&[1.0, 2.0, 3.0], 10 * DAY)), 50.0);
        assert_eq!(integrated(&series(&[1.0, 2.0, 3.0], 12 * 60)), 2.5);
        assert_eq!(integrated(&series(&[5.0], DAY)), 0.0);
        assert_eq!(grown(&series(&[5.0, 2.0, 9.0], DAY)), 4.0);
    }
}

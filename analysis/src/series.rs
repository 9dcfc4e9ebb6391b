//! Series by date, and what is reckoned of one series at a time.

use jiff::civil::Date;

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Values by date.
pub type Dated = Vec<(Date, f64)>;

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

/// The mean of the last values of a series that is not empty.
pub fn mean_of_last(run: &Dated, days: usize) -> f64 {
    let late = &run[run.len().saturating_sub(days)..];
    late.iter().map(|(_, value)| value).sum::<f64>() / late.len() as f64
}

/// Each value replaced by the mean of it and the `days - 1` before it.
pub fn trailing_mean(series: &[(Date, f64)], days: usize) -> Dated {
    if days <= 1 || series.len() < days {
        return series.to_vec();
    }
    let means = series.windows(days).map(|window| {
        let mean = window.iter().map(|(_, value)| value).sum::<f64>() / days as f64;
        (window[days - 1].0, mean)
    });
    means.collect()
}

/// The sum of a rate a day over the days it stands for: those since the record before. Like a sum
/// that has grown, it begins with the first record.
pub fn integrated(run: &Dated) -> f64 {
    let days = |pair: &[(Date, f64)]| f64::from(day_number(pair[1].0) - day_number(pair[0].0));
    run.windows(2).map(|pair| pair[1].1 * days(pair)).sum()
}

/// Last less first value of a sum since the start.
pub fn grown(run: &Dated) -> f64 {
    match (run.first(), run.last()) {
        (Some(first), Some(last)) => last.1 - first.1,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_trailing_mean_looks_back_only() {
        let series: Dated = (1..=4).map(|day| (date(2024, 1, day), f64::from(day))).collect();
        let smooth = trailing_mean(&series, 3);
        assert_eq!(smooth, [(date(2024, 1, 3), 2.0), (date(2024, 1, 4), 3.0)]);
        assert_eq!(trailing_mean(&series, 1), series);
    }

    fn series(values: &[f64], every: i32) -> Dated {
        (0..).map(|place| date_of(place * every)).zip(values.iter().copied()).collect()
    }

    #[test]
    fn rates_count_for_the_days_they_stand_for() {
        assert_eq!(integrated(&series(&[1.0, 2.0, 3.0], 10)), 50.0);
        assert_eq!(integrated(&series(&[5.0], 1)), 0.0);
        assert_eq!(grown(&series(&[5.0, 2.0, 9.0], 1)), 4.0);
    }
}

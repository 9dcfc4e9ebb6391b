//! The measures of accuracy, each a plain formula over two dated series.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use pinwheel_models::scenario::Measure;

/// The days that are judged; both ends belong to it.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The first day; `None` for the first there is.
    pub from: Option<Date>,
    /// The last day; `None` for the last there is.
    pub to: Option<Date>,
}

impl Window {
    /// Whether a day lies in it.
    pub fn holds(self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }

    /// The part before `split`; `None` without a split or where nothing is left.
    pub fn until(self, split: Option<Date>) -> Option<Window> {
        let end = split?.yesterday().ok()?;
        let to = self.to.map_or(end, |to| to.min(end));
        self.from.is_none_or(|from| from <= to).then_some(Window { from: self.from, to: Some(to) })
    }

    /// The part from `split` on.
    pub fn since(self, split: Option<Date>) -> Option<Window> {
        let start = split?;
        let from = self.from.map_or(start, |from| from.max(start));
        self.to.is_none_or(|to| from <= to).then_some(Window { from: Some(from), to: self.to })
    }
}

/// A number that a limit can be held against.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Measured {
    /// A share for errors; for ranges the value farthest from the middle of the range.
    pub value: f64,
    /// How many values it rests on.
    pub count: usize,
}

/// Why there is no measured number; the text says what was missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The run ends too early, or begins too late, for the question to be asked of it.
    Horizon(String),
    /// The series that should be there are not: nobody may take this for a pass.
    Data(String),
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Missing::Horizon(text) | Missing::Data(text)) = self;
        f.write_str(text)
    }
}

impl Missing {
    fn data(text: impl Into<String>) -> Self {
        Missing::Data(text.into())
    }
}

/// Measures one run: a simulated series against an observed one, within a window.
///
/// # Errors
///
/// [`Missing`] says what there was too little of.
pub fn measure(
    measure: &Measure,
    simulated: &[(Date, f64)],
    observed: &[(Date, f64)],
    window: Window,
) -> Result<Measured, Missing> {
    let Some((last, _)) = simulated.last() else {
        return Err(Missing::data("the simulation recorded no such series"));
    };
    let asked = match *measure {
        Measure::ValueAt { date, .. } => Some(date),
        _ => window.to.or(window.from),
    };
    if let Some(day) = asked.filter(|day| last < day) {
        return Err(Missing::Horizon(format!("the run ends on {last}, before {day}")));
    }
    let inside = |(date, _): &&(Date, f64)| window.holds(*date);
    let simulated: Vec<(Date, f64)> = simulated.iter().filter(inside).copied().collect();
    match *measure {
        Measure::MeanAbsoluteError { .. } => mean_absolute_error(&pairs(&simulated, observed)?),
        Measure::GrowthError { .. } => growth_error(&pairs(&simulated, observed)?),
        Measure::ValueAt { date, expected, .. } => value_at(&simulated, date, expected),
        Measure::Within { low, high, window_days } => {
            farthest(&simulated, low, high, window_days.max(1) as usize)
        }
        Measure::Final { .. } => simulated
            .last()
            .map(|(_, value)| Measured { value: *value, count: 1 })
            .ok_or_else(|| Missing::data("no simulated value in the window")),
    }
}

/// (simulated, observed) on the dates that have both.
fn pairs(simulated: &[(Date, f64)], observed: &[(Date, f64)]) -> Result<Vec<(f64, f64)>, Missing> {
    let by_date: BTreeMap<Date, f64> = observed.iter().copied().collect();
    let pairs: Vec<(f64, f64)> =
        simulated.iter().filter_map(|(date, value)| Some((*value, *by_date.get(date)?))).collect();
    if pairs.is_empty() {
        return Err(Missing::data("there is no observation on any simulated day"));
    }
    Ok(pairs)
}

fn mean_absolute_error(pairs: &[(f64, f64)]) -> Result<Measured, Missing> {
    let mut sum = 0.0;
    for (simulated, observed) in pairs {
        sum += relative(*simulated, *observed)?;
    }
    Ok(Measured { value: sum / pairs.len() as f64, count: pairs.len() })
}

fn growth_error(pairs: &[(f64, f64)]) -> Result<Measured, Missing> {
    let (first, last) = (pairs[0], pairs[pairs.len() - 1]);
    let value = relative(last.0 - first.0, last.1 - first.1)?;
    Ok(Measured { value, count: pairs.len() })
}

fn value_at(simulated: &[(Date, f64)], date: Date, expected: f64) -> Result<Measured, Missing> {
    let (_, value) = simulated
        .iter()
        .find(|(day, _)| *day == date)
        .ok_or_else(|| Missing::Data(format!("no simulated value on {date}")))?;
    Ok(Measured { value: relative(*value, expected)?, count: 1 })
}

fn farthest(
    simulated: &[(Date, f64)],
    low: f64,
    high: f64,
    window_days: usize,
) -> Result<Measured, Missing> {
    let values: Vec<f64> = simulated.iter().map(|(_, value)| *value).collect();
    let middle = (low + high) / 2.0;
    let means = values.windows(window_days).map(|w| w.iter().sum::<f64>() / window_days as f64);
    let count = (values.len() + 1).saturating_sub(window_days);
    means
        .max_by(|a, b| (a - middle).abs().total_cmp(&(b - middle).abs()))
        .map(|value| Measured { value, count })
        .ok_or_else(|| Missing::Horizon(format!("fewer than {window_days} simulated days")))
}

fn relative(value: f64, reference: f64) -> Result<f64, Missing> {
    if reference == 0.0 || !reference.is_finite() {
        return Err(Missing::Data(format!("a reference of {reference} gives no relative error")));
    }
    Ok(((value - reference) / reference).abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn days(values: &[f64]) -> Vec<(Date, f64)> {
        values.iter().enumerate().map(|(i, v)| (date(2024, 1, 1 + i as i8), *v)).collect()
    }

    const ALL: Window = Window { from: None, to: None };
    const MAE: Measure = Measure::MeanAbsoluteError { limit: 0.1 };

    #[test]
    fn mean_absolute_error_counts_only_observed_days_of_the_window() {
        let simulated = days(&[110.0, 90.0, 300.0, 100.0]);
        let observed = vec![(date(2024, 1, 1), 100.0), (date(2024, 1, 3), 200.0)];
        let found = measure(&MAE, &simulated, &observed, ALL).unwrap();
        assert!((found.value - 0.3).abs() < 1e-12 && found.count == 2, "{found:?}");
        let first = Window { from: None, to: Some(date(2024, 1, 2)) };
        let found = measure(&MAE, &simulated, &observed, first).unwrap();
        assert!((found.value - 0.1).abs() < 1e-12 && found.count == 1, "{found:?}");
    }

    #[test]
    fn growth_error_compares_growth_not_level() {
        let growth = Measure::GrowthError { limit: 0.1 };
        let found = measure(&growth, &days(&[50.0, 70.0]), &days(&[100.0, 116.0]), ALL).unwrap();
        assert!((found.value - 0.25).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn value_at_needs_the_day() {
        let at = |day| Measure::ValueAt { date: date(2024, 1, day), expected: 8.0, limit: 0.1 };
        let found = measure(&at(2), &days(&[1.0, 10.0]), &[], ALL).unwrap();
        assert_eq!(found.value, 0.25);
        let outside = measure(&at(9), &days(&[1.0, 10.0]), &[], ALL);
        assert!(matches!(outside, Err(Missing::Horizon(_))), "{outside:?}");
    }

    #[test]
    fn within_takes_window_means_and_reports_the_farthest() {
        let within = |window_days| Measure::Within { low: 0.0, high: 2.0, window_days };
        let values = days(&[1.0, 5.0, 1.0, -1.5]);
        assert_eq!(measure(&within(0), &values, &[], ALL).unwrap().value, 5.0);
        assert_eq!(measure(&within(2), &values, &[], ALL).unwrap().value, 3.0);
        let short = measure(&within(5), &values, &[], ALL);
        assert!(matches!(short, Err(Missing::Horizon(_))), "{short:?}");
    }

    #[test]
    fn final_is_the_last_value_of_the_window() {
        let last = Measure::Final { low: 0.0, high: 2.0 };
        assert_eq!(measure(&last, &days(&[1.0, 5.0, 3.0]), &[], ALL).unwrap().value, 3.0);
        let until = Window { from: None, to: Some(date(2024, 1, 2)) };
        assert_eq!(measure(&last, &days(&[1.0, 5.0, 3.0]), &[], until).unwrap().value, 5.0);
    }

    #[test]
    fn nothing_to_compare_is_a_fault_of_the_data_not_of_the_horizon() {
        for (simulated, observed) in [(&[][..], &[1.0][..]), (&[1.0], &[]), (&[1.0], &[0.0])] {
            let found = measure(&MAE, &days(simulated), &days(observed), ALL);
            assert!(matches!(found, Err(Missing::Data(_))), "{found:?}");
        }
    }

    #[test]
    fn a_window_that_the_run_does_not_reach_is_not_measured() {
        let values = days(&[1.0, 2.0]);
        let ends = |day| Window { from: None, to: Some(date(2024, 1, day)) };
        assert!(measure(&MAE, &values, &values, ends(2)).is_ok());
        let late = measure(&MAE, &values, &values, ends(3));
        assert!(matches!(late, Err(Missing::Horizon(_))), "{late:?}");
    }

    #[test]
    fn windows_split_without_overlap() {
        let split = Some(date(2024, 1, 1));
        assert_eq!(ALL.until(split).unwrap().to, Some(date(2023, 12, 31)));
        assert_eq!(ALL.since(split).unwrap().from, split);
        let late = Window { from: Some(date(2024, 6, 1)), to: None };
        assert_eq!(late.until(split), None);
        assert_eq!(ALL.until(None), None);
    }
}

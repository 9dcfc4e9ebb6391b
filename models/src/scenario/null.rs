//! `null` and `beats` of a `[[target]]`: the forecasts without a model that it stands beside.

use jiff::ToSpan;
use pinwheel_core::SimDuration;

use super::file::{NullFile, TargetSection};
use super::{Continuation, Null, TREND_DAYS};
use crate::input::check::Checker;
use crate::input::table::Column;
use crate::input::tree::{Value, ValueId};
use crate::input::{HORIZON_DAYS_MAX, RunDays, When};

/// Longest time over which errors hang together where none is given.
const LAG: SimDuration = SimDuration::from_days(30);
/// Largest value of a forecast in a file, in the metric's unit.
const VALUE_MAX: f64 = 1e30;

/// What of a target decides which forecasts can stand beside it.
#[derive(Copy, Clone)]
pub(super) struct Beside<'a> {
    /// The key of the target.
    pub prefix: &'a str,
    /// It compares with data.
    pub compared: bool,
    /// It compares at each instant.
    pub by_instant: bool,
    /// The first day or instant that is judged.
    pub from: Option<When>,
    /// The days of the run.
    pub days: Option<RunDays>,
    /// The network keeps a bookkeeping of the metric.
    pub kept: bool,
}

/// The forecasts, whether each must be beaten, and the lag of the test.
pub(super) struct Nulls {
    pub nulls: Vec<Null>,
    pub beats: Vec<bool>,
    pub lag: SimDuration,
}

/// Reads the forecasts beside a target, each named once.
pub(super) fn nulls(
    checker: &mut Checker<'_>,
    section: &TargetSection,
    beside: Beside<'_>,
) -> Option<Nulls> {
    let mut nulls = Vec::new();
    for (number, &given) in section.null.iter().enumerate() {
        let key = format!("{}.null[{number}]", beside.prefix);
        let null = null(checker, given, &key)?;
        if let Some((message, help)) = misplaced(&null, &nulls, beside) {
            checker.fault(given, &key, message.to_owned(), help);
            return None;
        }
        nulls.push(null);
    }
    let mut beats = vec![false; nulls.len()];
    for (number, &given) in section.beats.iter().enumerate() {
        let key = format!("{}.beats[{number}]", beside.prefix);
        let beaten = null(checker, given, &key)?;
        let place = nulls.iter().position(|null| *null == beaten);
        let fault = match place {
            None => Some(("is not among the `null` of this target", "name it there too")),
            Some(place) if beats[place] => Some(("is there twice", "name each once")),
            Some(_) if !beside.by_instant => Some((
                "is for what is compared at each instant",
                "remove it, or choose measure = \"mean_absolute_error\"",
            )),
            Some(_) => None,
        };
        if let Some((message, help)) = fault {
            checker.fault(given, &key, message.to_owned(), help);
            return None;
        }
        beats[place?] = true;
    }
    let key = format!("{}.lag", beside.prefix);
    let lag = checker.duration(section.lag, &key, HORIZON_DAYS_MAX);
    if let (Some(given), true) = (section.lag, section.beats.is_empty()) {
        let message = "is for what the runs must beat".to_owned();
        checker.fault(given, &key, message, "name forecasts in `beats`, or remove it");
    }
    Some(Nulls { nulls, beats, lag: lag.unwrap_or(LAG) })
}

/// A word, or a table with a file.
fn null(checker: &mut Checker<'_>, given: ValueId, key: &str) -> Option<Null> {
    if !matches!(checker.tree.value(given), Value::Table(_)) {
        let words: Vec<(&str, usize)> =
            Null::NAMES.iter().enumerate().map(|(place, (word, _))| (*word, place)).collect();
        let place = checker.choice(Some(given), key, &words)?;
        return Some(Null::NAMES[place].1.clone());
    }
    let NullFile { file } = checker.read(given, key);
    let key = format!("{key}.file");
    let file = match file {
        Some(file) => file,
        None => return checker.required(None, &key, "\"theirs.csv\"").and(None),
    };
    let column = Column { name: "value", minimum: -VALUE_MAX, maximum: VALUE_MAX };
    let table = checker.table(Some(file), &key, &[column], false)?;
    let name = checker.text_of(file)?;
    let values = table.dates.iter().zip(&table.rows).map(|(date, row)| (*date, row[0]));
    Some(Null::File { name, values: values.collect() })
}

/// Why a forecast cannot stand beside the target, and what helps.
fn misplaced(null: &Null, before: &[Null], beside: Beside<'_>) -> Option<(&'static str, String)> {
    let first = beside.days.map(|days| days.first);
    let begins = first.and_then(|first| first.checked_add(i64::from(TREND_DAYS).days()).ok());
    let starts = beside.from.map(|from| from.first().date());
    let early = starts.is_none_or(|from| begins.is_some_and(|least| from < least));
    match null {
        _ if !beside.compared => Some((
            "is for what is compared with data",
            "remove it, or choose measure = \"mean_absolute_error\"".to_owned(),
        )),
        _ if before.contains(null) => Some(("is there twice", "name each once".to_owned())),
        Null::Continued(Continuation::Trend) if early => {
            let least = begins.map_or(String::new(), |least| format!(" = {least}"));
            let help =
                format!("give a `from`{least} or later: the line is of {TREND_DAYS} d before");
            Some(("has no days before the window", help))
        }
        Null::Bookkeeping if !beside.kept => Some((
            "is not kept for this metric",
            "name \"persistence\", or a metric with one: `pinwheel explain METRIC` says so"
                .to_owned(),
        )),
        _ => None,
    }
}

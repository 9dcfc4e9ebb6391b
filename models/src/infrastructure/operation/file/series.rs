//! A value for each hour: a constant, a daily wave, or a column of a data file.

use std::f64::consts::TAU;

use pinwheel_core::math;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::infrastructure::energy::Hourly;
use crate::input::NumberOrText;
use crate::input::check::Checker;
use crate::input::diagnostic::shown;
use crate::input::files::DATA_BYTES_MAX;
use crate::input::tree::{Value, ValueId};

/// Most hours of a series: eleven years.
const HOURS_MAX: usize = 100_000;
/// Largest factor on a column.
const FACTOR_MAX: f64 = 1e9;

/// A quantity such as "5 kW", or one of the two tables below.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
pub enum SeriesSection {
    /// The same in every hour.
    Constant(NumberOrText),
    /// A wave, or a column of a file.
    Table(SeriesTable),
}

/// `{ mean, swing, peak }`, a wave with one peak a day; or `{ file, column, factor }`, a column of
/// a CSV file whose column `hour` counts 0, 1, 2, ... from the start of the run. A series that
/// ends before the run begins again.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SeriesTable {
    /// Mean of the wave.
    #[schemars(with = "NumberOrText")]
    pub mean: Option<ValueId>,
    /// How far the wave goes from its mean, such as "40 %". Default 0.
    #[schemars(with = "NumberOrText")]
    pub swing: Option<ValueId>,
    /// Hour of the day of the peak, 0 to 24. Default 12.
    #[schemars(with = "NumberOrText")]
    pub peak: Option<ValueId>,
    /// CSV file, relative to the scenario.
    #[schemars(with = "String")]
    pub file: Option<ValueId>,
    /// Which column of the file.
    #[schemars(with = "String")]
    pub column: Option<ValueId>,
    /// Every number of the column times this. Default 1.
    #[schemars(with = "f64")]
    pub factor: Option<ValueId>,
}

/// How numbers become the integers of a series: so many steps a unit, at most so many steps.
#[derive(Copy, Clone, Debug)]
pub(super) struct Scale<'a> {
    /// The unit of typed numbers.
    pub unit: &'a str,
    /// Steps of a unit.
    pub steps: f64,
    /// The greatest number of steps allowed.
    pub steps_max: u64,
}

impl Scale<'_> {
    fn maximum(&self) -> f64 {
        self.steps_max as f64 / self.steps
    }
    fn steps(&self, value: f64) -> u64 {
        math::round(value * self.steps) as u64
    }
}

/// The series at `key`.
pub(super) fn series(
    checker: &mut Checker<'_>,
    given: ValueId,
    key: &str,
    scale: Scale<'_>,
) -> Option<Hourly> {
    if !matches!(checker.tree.value(given), Value::Table(_)) {
        let range = 0.0..=scale.maximum();
        let value = checker.quantity(Some(given), key, scale.unit, false, range)?;
        return Some(Hourly::constant(scale.steps(value)));
    }
    let typed: SeriesTable = checker.read(given, key);
    match typed.file {
        Some(_) => {
            if let Some(mean) = typed.mean.or(typed.swing).or(typed.peak) {
                let message = "a series is a wave or a column of a file, not both".to_owned();
                checker.fault(mean, key, message, "take out mean, swing and peak, or file");
            }
            column(checker, &typed, key, scale)
        }
        None => wave(checker, &typed, key, scale),
    }
}

/// One cosine a day, taken at the middle of each hour.
fn wave(
    checker: &mut Checker<'_>,
    typed: &SeriesTable,
    key: &str,
    scale: Scale<'_>,
) -> Option<Hourly> {
    let at = |name: &str| format!("{key}.{name}");
    for (name, given) in [("column", typed.column), ("factor", typed.factor)] {
        if let Some(given) = given {
            let message = "has no meaning without a file".to_owned();
            checker.fault(given, &at(name), message, "add file = \"data.csv\", or take it out");
        }
    }
    let example = format!("\"1 {}\"", scale.unit);
    let mean = checker.required(typed.mean, &at("mean"), &example);
    let range = 0.0..=scale.maximum() / 2.0;
    let mean = checker.quantity(mean, &at("mean"), scale.unit, false, range);
    let swing = checker.share(typed.swing, &at("swing"), 1.0).unwrap_or(0.0);
    let peak = checker.quantity(typed.peak, &at("peak"), "1", true, 0.0..=24.0).unwrap_or(12.0);
    let mean = mean?;
    let hours = (0..24).map(|hour| {
        let turn = (f64::from(hour) + 0.5 - peak) / 24.0 * TAU;
        scale.steps(mean * (1.0 + swing * math::cos(turn)))
    });
    Some(Hourly::new(hours.collect()))
}

fn column(
    checker: &mut Checker<'_>,
    typed: &SeriesTable,
    key: &str,
    scale: Scale<'_>,
) -> Option<Hourly> {
    let at = |name: &str| format!("{key}.{name}");
    let factor = checker.quantity(typed.factor, &at("factor"), "1", true, 0.0..=FACTOR_MAX);
    let name = checker.required(typed.column, &at("column"), "\"load_kw\"");
    let name = checker.text(name, &at("column"));
    let (file, text) = checker.file(typed.file, &at("file"), DATA_BYTES_MAX)?;
    let (name, factor) = (name?, factor.unwrap_or(1.0));
    let what = format!("{name} times {factor} in {} of {}", scale.steps, scale.steps_max);
    if let Some(hourly) = checker.files.made(file, &what) {
        return Some(hourly);
    }
    let mut hours = Vec::new();
    checker.csv_rows(file, &text, &["hour", &name], |fields| {
        if hours.len() == HOURS_MAX {
            let help = format!("at most {HOURS_MAX}");
            return Err(("hour".to_owned(), "too many rows".to_owned(), help));
        }
        if fields[0] != hours.len().to_string() {
            let message = format!("\"{}\" is not the next hour", shown(fields[0]));
            let help = format!("one row for each hour; {} comes next", hours.len());
            return Err(("hour".to_owned(), message, help));
        }
        let value = fields[1].parse().ok().map(|value: f64| value * factor);
        let Some(value) = value.filter(|value| (0.0..=scale.maximum()).contains(value)) else {
            let message = format!("\"{}\" is not a number in range", shown(fields[1]));
            let help = format!("allowed: 0 to {} {} with its factor", scale.maximum(), scale.unit);
            return Err((name.clone(), message, help));
        };
        hours.push(scale.steps(value));
        Ok(())
    })?;
    let hourly = Hourly::new(hours);
    checker.files.keep(file, what, hourly.clone());
    Some(hourly)
}

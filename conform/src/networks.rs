//! Published numbers of networks, each held against a run of the network's scenario.
//!
//! A file lists networks, each with the scenario that describes it, and numbers: a metric at an
//! instant, less the same metric at an earlier instant or less a constant. A number agrees if it
//! rounds to the published one at the last digit that was published. Money is compared in base
//! units.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::civil::{Date, DateTime};
use pinwheel_core::{Amount, Row, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::describe::SuiteResult;
use pinwheel_models::{registry, scenario};
use serde::Deserialize;

/// The name of the suite.
pub const NAME: &str = "networks";

/// Largest file that is read, in bytes.
const BYTES_MAX: u64 = 4 << 20;
/// Most decimals of a published number.
const DECIMALS_MAX: usize = 18;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    network: Vec<Network>,
}

/// The published numbers of one network.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Network {
    /// The scenario that is run, from the folder of the file on.
    scenario: String,
    /// Keys that are set in it.
    #[serde(default)]
    set: BTreeMap<String, String>,
    /// Where the numbers were published, and when they were read.
    source: String,
    /// Decimals of the token that amounts are in.
    decimals: u32,
    number: Vec<Number>,
}

/// One published number.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Number {
    /// What it is, in words.
    what: String,
    metric: String,
    #[serde(default)]
    label: String,
    /// The last record at this instant or before.
    at: toml::value::Datetime,
    /// Less the last record at this instant or before.
    since: Option<toml::value::Datetime>,
    /// Less this.
    less: Option<String>,
    /// As published, with all its digits.
    published: String,
    /// Of a canary: it must not agree.
    #[serde(default)]
    wrong: bool,
}

/// Holds the runs of a file's scenarios against its numbers.
///
/// # Errors
/// The file and what is wrong with it: it cannot be read, it is not of this format, or a scenario
/// is missing, wrong, or records none of what a number asks for.
pub fn run(file: &Path) -> Result<SuiteResult, String> {
    let bad = |message: String| format!("{}: {message}", file.display());
    let size = fs::metadata(file).map_err(|error| bad(error.to_string()))?.len();
    if size > BYTES_MAX {
        return Err(bad(format!("{size} bytes, more than the {BYTES_MAX} that are read")));
    }
    let text = fs::read_to_string(file).map_err(|error| bad(error.to_string()))?;
    let parsed: File = toml::from_str(&text).map_err(|error| bad(error.to_string()))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut result = SuiteResult::default();
    for network in &parsed.network {
        hold(network, folder, &mut result).map_err(bad)?;
    }
    Ok(result)
}

/// The rows of a run, by metric and label, in time.
struct Recorded {
    start: Date,
    labels: Vec<String>,
    rows: Vec<Row>,
}

fn hold(network: &Network, folder: &Path, result: &mut SuiteResult) -> Result<(), String> {
    let path = folder.join(&network.scenario);
    let set: Vec<_> = network.set.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let experiment = scenario::load(&path, &set).map_err(|faults| {
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        format!("{}: {first}", network.scenario)
    })?;
    let point = experiment.points.first().ok_or("the scenario has no point")?;
    let streams = Streams::new(experiment.seed, 0);
    let mut simulation = Simulation::new(point.scenario.world(&streams), streams);
    let days = u64::from(point.scenario.horizon_days);
    simulation.run_until(SimTime::ZERO + SimDuration::from_days(days));
    let recorded = Recorded {
        start: point.scenario.start,
        rows: simulation.ctx.records.drain(),
        labels: simulation.ctx.records.labels().to_vec(),
    };
    for number in &network.number {
        let of = |message: String| format!("{}, \"{}\": {message}", network.scenario, number.what);
        let (agrees, found) = recorded.agrees(number, network.decimals).map_err(of)?;
        if agrees != number.wrong {
            result.passed += 1;
            continue;
        }
        result.failed += 1;
        let owed = if number.wrong { "a canary that must differ" } else { "published" };
        result.failures.push(format!(
            "{}: {}: {found}, {owed}: {} ({})",
            network.scenario, number.what, number.published, network.source
        ));
    }
    Ok(())
}

impl Recorded {
    /// Whether a number rounds to the published one, and what was found.
    fn agrees(&self, number: &Number, decimals: u32) -> Result<(bool, String), String> {
        let digits = number.published.split_once('.').map_or(0, |(_, digits)| digits.len());
        if digits > DECIMALS_MAX {
            return Err(format!("more than {DECIMALS_MAX} decimals"));
        }
        let last = self.at(number, &number.at)?;
        let first = number.since.as_ref().map(|since| self.at(number, since)).transpose()?;
        let plain = number.published.replace('_', "");
        let less = number.less.as_deref().unwrap_or("0").replace('_', "");
        let Some(exact) = last.exact else {
            let parse = |text: &str| text.parse::<f64>().map_err(|error| error.to_string());
            let found = last.value - first.map_or(0.0, |first| first.value) - parse(&less)?;
            let half = 0.5 / 10u64.pow(digits as u32) as f64;
            let agrees = (found - parse(&plain)?).abs() <= half * (1.0 + 1e-12);
            return Ok((agrees, found.to_string()));
        };
        let units = |text: &str| units(text, decimals).ok_or(format!("{text:?} is no amount"));
        let first = first.and_then(|first| first.exact).unwrap_or(0);
        let found = exact as i128 - first as i128 - units(&less)?;
        // Half of the last digit that was published; none if it is finer than a base unit.
        let half = match decimals.checked_sub(digits as u32) {
            Some(coarser) => 10i128.pow(coarser) / 2,
            None => return Err("it has more decimals than the token".to_owned()),
        };
        let agrees = (found - units(&plain)?).abs() <= half;
        let tokens = Amount(found.unsigned_abs()).as_tokens(decimals) * found.signum() as f64;
        Ok((agrees, tokens.to_string()))
    }

    /// The last record of a number's metric at an instant or before.
    fn at(&self, number: &Number, at: &toml::value::Datetime) -> Result<&Row, String> {
        let text = at.to_string();
        let instant: DateTime = match text.contains('T') {
            true => text.parse().map_err(|error: jiff::Error| error.to_string())?,
            false => {
                let date: Date = text.parse().map_err(|error: jiff::Error| error.to_string())?;
                date.to_datetime(jiff::civil::Time::midnight())
            }
        };
        let start = self.start.to_datetime(jiff::civil::Time::midnight());
        let seconds = instant.since(start).map_or(-1, |span| {
            i64::from(span.get_days()) * 86_400
                + i64::from(span.get_hours()) * 3_600
                + span.get_minutes() * 60
                + span.get_seconds()
        });
        let until = u64::try_from(seconds).map_err(|_| format!("{text} is before the run"))?;
        let until = SimTime::ZERO + SimDuration::from_seconds(until);
        let (metric, _) = registry::ALL.find(&number.metric).ok_or("no such metric")?;
        let is = |row: &&Row| {
            row.metric == metric
                && row.time <= until
                && self.labels[usize::from(row.label.0)] == number.label
        };
        self.rows.iter().rev().find(is).ok_or(format!("no record until {text}"))
    }
}

/// Base units of a decimal number.
fn units(text: &str, decimals: u32) -> Option<i128> {
    let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
    let (sign, whole) = whole.strip_prefix('-').map_or((1, whole), |whole| (-1, whole));
    let padding = (decimals as usize).checked_sub(digits.len())?;
    let all = format!("{whole}{digits}{}", "0".repeat(padding));
    Some(sign * all.parse::<i128>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_read_to_the_base_unit() {
        assert_eq!(units("3333333.5", 8), Some(333_333_350_000_000));
        assert_eq!(units("-1", 2), Some(-100));
        assert_eq!((units("1.234", 2), units("1 IO", 2)), (None, None));
    }
}

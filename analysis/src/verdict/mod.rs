//! The judgement of a result: stated targets against observed series, and the checks of all runs.
//!
//! A target is measured in every run and judged on the median over the runs. What cannot be
//! measured fails: silence is not a pass.

mod measure;

use jiff::civil::Date;
use pinwheel_models::scenario::{Experiment, Measure, Target};
use serde::{Deserialize, Serialize};

pub use measure::{Measured, Window, measure};

use crate::Error;
use crate::ensemble::Outcome;
use crate::statistics::median;
use crate::table::Table;

/// The label under which a model records what was really observed.
pub const OBSERVED: &str = "observed";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub passed: bool,
    /// One sentence for the head of a report.
    pub sentence: String,
    pub targets: Vec<TargetRow>,
    pub checks: Vec<CheckRow>,
    pub breaches: Vec<BreachRow>,
}

/// One target at one point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetRow {
    pub id: String,
    pub point: String,
    pub metric: String,
    pub limit: Limit,
    /// Over the whole window of the target; `None` if it could not be measured.
    pub measured: Option<f64>,
    /// Before and from the split date, where the target spans both.
    pub calibration: Option<f64>,
    pub verdict_window: Option<f64>,
    pub passed: bool,
    pub sentence: String,
}

/// What a measured number is held against.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// A share: the error may be at most this.
    AtMost(f64),
    /// A value: every one must lie in the range.
    Within { low: f64, high: f64 },
}

/// One check over all runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRow {
    pub check: String,
    pub sometimes: bool,
    pub made: u64,
    pub held: u64,
    pub passed: bool,
    pub sentence: String,
}

/// An `always` check that failed, where and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreachRow {
    pub point: String,
    pub run: u32,
    pub date: String,
    pub check: String,
    pub detail: String,
}

impl Verdict {
    /// Whether any target was told apart before and from the split date.
    pub fn has_windows(&self) -> bool {
        self.targets.iter().any(|row| row.calibration.is_some())
    }
}

impl Limit {
    pub fn of(measure: &Measure) -> Self {
        match *measure {
            Measure::MeanAbsoluteError { limit }
            | Measure::GrowthError { limit }
            | Measure::ValueAt { limit, .. } => Limit::AtMost(limit),
            Measure::Within { low, high, .. } => Limit::Within { low, high },
        }
    }

    pub fn holds(self, value: f64) -> bool {
        match self {
            Limit::AtMost(limit) => value <= limit,
            Limit::Within { low, high } => (low..=high).contains(&value),
        }
    }

    /// A measured number as the reader wants it.
    pub fn show(self, value: f64) -> String {
        match self {
            Limit::AtMost(_) => percent(value),
            Limit::Within { .. } => format!("{value:.4}"),
        }
    }
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Limit::AtMost(limit) => f.write_str(&percent(*limit)),
            Limit::Within { low, high } => write!(f, "{low} to {high}"),
        }
    }
}

/// A share as a percentage with the digits that matter.
pub fn percent(share: f64) -> String {
    let decimals = match share.abs() {
        s if s < 0.01 => 2,
        s if s < 1.0 => 1,
        _ => 0,
    };
    let text = format!("{:.decimals$}", share * 100.0);
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}\u{a0}%")
}

/// Judges a finished ensemble. `split` is the first day that calibration has not seen.
pub fn judge(
    experiment: &Experiment,
    table: &Table,
    outcomes: &[Outcome],
    split: Option<Date>,
) -> Result<Verdict, Error> {
    let mut targets = Vec::new();
    for target in &experiment.targets {
        for point in &experiment.points {
            targets.push(judge_target(target, &point.id, experiment.runs, table, split)?);
        }
    }
    let checks = judge_checks(outcomes);
    let breaches: Vec<BreachRow> =
        outcomes.iter().filter_map(|outcome| breach_row(experiment, outcome)).collect();
    let passed = breaches.is_empty()
        && targets.iter().all(|row| row.passed)
        && checks.iter().all(|row| row.passed);
    let sentence = headline(&targets, &checks, &breaches);
    Ok(Verdict { passed, sentence, targets, checks, breaches })
}

fn judge_target(
    target: &Target,
    point: &str,
    runs: u32,
    table: &Table,
    split: Option<Date>,
) -> Result<TargetRow, Error> {
    let whole = Window { from: target.from, to: target.to };
    let mut found: [Vec<f64>; 3] = Default::default();
    let mut failure = None;
    for run in 0..runs {
        let simulated = table.series(point, run, &target.metric, "")?;
        let observed = table.series(point, run, &target.metric, OBSERVED)?;
        match measure(&target.measure, &simulated, &observed, whole) {
            Ok(measured) => found[0].push(measured.value),
            Err(reason) => failure = Some(reason),
        }
        for (part, window) in [whole.until(split), whole.since(split)].into_iter().enumerate() {
            let part_measured = window.map(|w| measure(&target.measure, &simulated, &observed, w));
            if let Some(Ok(measured)) = part_measured {
                found[part + 1].push(measured.value);
            }
        }
    }
    let limit = Limit::of(&target.measure);
    let [measured, calibration, verdict_window] = found.map(|values| median(&values));
    let spans = calibration.is_some() && verdict_window.is_some();
    let row = TargetRow {
        id: target.id.clone(),
        point: point.to_owned(),
        metric: target.metric.clone(),
        limit,
        measured: if failure.is_some() { None } else { measured },
        calibration: calibration.filter(|_| spans),
        verdict_window: verdict_window.filter(|_| spans),
        passed: failure.is_none() && measured.is_some_and(|value| limit.holds(value)),
        sentence: String::new(),
    };
    let sentence = target_sentence(&row, &target.measure, failure);
    Ok(TargetRow { sentence, ..row })
}

fn target_sentence(row: &TargetRow, measure: &Measure, failure: Option<String>) -> String {
    let metric = row.metric.replace('_', " ");
    let Some(value) = row.measured.map(|value| row.limit.show(value)) else {
        let reason = failure.unwrap_or_else(|| "there is no run".to_owned());
        return format!("{metric} could not be judged: {reason}");
    };
    let limit = row.limit;
    match measure {
        Measure::MeanAbsoluteError { .. } => {
            format!(
                "{metric} differs from the observed series by {value} on average (limit {limit})"
            )
        }
        Measure::GrowthError { .. } => {
            format!(
                "growth of {metric} differs from the observed growth by {value} (limit {limit})"
            )
        }
        Measure::ValueAt { date, .. } => {
            format!("{metric} on {date} differs from the known value by {value} (limit {limit})")
        }
        Measure::Within { window_days: 0 | 1, .. } => {
            format!("{metric} strays as far as {value} (allowed {limit})")
        }
        Measure::Within { window_days, .. } => {
            format!(
                "the {window_days}-day mean of {metric} strays as far as {value} (allowed {limit})"
            )
        }
    }
}

fn judge_checks(outcomes: &[Outcome]) -> Vec<CheckRow> {
    let mut rows: Vec<CheckRow> = Vec::new();
    for tally in outcomes.iter().flat_map(|outcome| &outcome.tallies) {
        let place = rows.iter().position(|row| row.check == tally.check).unwrap_or_else(|| {
            rows.push(CheckRow {
                check: tally.check.clone(),
                sometimes: tally.sometimes,
                made: 0,
                held: 0,
                passed: false,
                sentence: String::new(),
            });
            rows.len() - 1
        });
        rows[place].made += tally.made;
        rows[place].held += tally.held;
    }
    for row in &mut rows {
        row.passed = row.held > 0 && (row.sometimes || row.held == row.made);
        row.sentence = match (row.sometimes, row.passed) {
            _ if row.made == 0 => "was never made".to_owned(),
            (false, true) => format!("held at {} of {} checks", row.held, row.made),
            (false, false) => format!("failed at {} of {} checks", row.made - row.held, row.made),
            (true, true) => format!("was reached {} times", row.held),
            (true, false) => format!("was never reached in {} checks", row.made),
        };
    }
    rows
}

fn breach_row(experiment: &Experiment, outcome: &Outcome) -> Option<BreachRow> {
    let breach = outcome.breach.as_ref()?;
    let point = experiment.points.iter().find(|point| point.id == outcome.point)?;
    let days = (breach.time.as_seconds() / 86_400.0) as i64;
    let date = point.scenario.start.saturating_add(jiff::Span::new().days(days));
    Some(BreachRow {
        point: outcome.point.clone(),
        run: outcome.run,
        date: date.to_string(),
        check: breach.check.clone(),
        detail: breach.detail.clone(),
    })
}

fn headline(targets: &[TargetRow], checks: &[CheckRow], breaches: &[BreachRow]) -> String {
    if let Some(breach) = breaches.first() {
        return format!(
            "Breached: {} failed on {} in run {} of {}.",
            breach.check, breach.date, breach.run, breach.point
        );
    }
    let met = targets.iter().filter(|row| row.passed).count();
    let held = checks.iter().filter(|row| row.passed).count();
    let sound = match (held == checks.len(), checks.len()) {
        (_, 0) => "no check was made".to_owned(),
        (true, total) => format!("all {total} checks held in every run"),
        (false, total) => format!("{held} of {total} checks held"),
    };
    match (met == targets.len(), targets.len()) {
        (_, 0) => format!("No accuracy was stated; {sound}."),
        (true, total) => format!("All {total} stated targets are met; {sound}."),
        (false, total) => format!("{met} of {total} stated targets are met; {sound}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::check::Tally;
    use pinwheel_core::fingerprint::Fingerprint;

    fn outcome(tallies: Vec<Tally>) -> Outcome {
        Outcome {
            point: "base".into(),
            run: 0,
            labels: vec![],
            events: 0,
            fingerprint: Fingerprint::default(),
            tallies,
            breach: None,
        }
    }

    #[test]
    fn a_sometimes_check_needs_one_run_and_an_always_check_needs_all() {
        let tally = |check: &str, sometimes, made, held| Tally {
            check: check.into(),
            sometimes,
            made,
            held,
        };
        let first = outcome(vec![tally("a", false, 3, 3), tally("s", true, 5, 0)]);
        let second = outcome(vec![tally("a", false, 3, 2), tally("s", true, 5, 1)]);
        let rows = judge_checks(&[first.clone(), second]);
        assert!(!rows[0].passed && rows[1].passed);
        assert_eq!((rows[0].made, rows[0].held), (6, 5));
        let rows = judge_checks(&[outcome(vec![tally("a", false, 0, 0)])]);
        assert!(!rows[0].passed, "silence is not a pass");
        let rows = judge_checks(&[first]);
        assert!(rows[0].passed && !rows[1].passed, "never reached is a failure");
    }

    #[test]
    fn percentages_keep_the_digits_that_matter() {
        assert_eq!(percent(0.03), "3\u{a0}%");
        assert_eq!(percent(0.0304), "3\u{a0}%");
        assert_eq!(percent(0.1234), "12.3\u{a0}%");
        assert_eq!(percent(0.0005), "0.05\u{a0}%");
        assert_eq!(percent(1.0), "100\u{a0}%");
        assert_eq!(percent(7.297), "730\u{a0}%");
        assert_eq!(percent(0.0), "0\u{a0}%");
    }
}

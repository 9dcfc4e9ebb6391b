//! `[calibration]`: which keys are fitted to which observed series, and on which days.

use std::collections::BTreeMap;

use crate::describe::Recorded;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Range;
use super::backtest::metric_name;
use super::ensemble::range;
use crate::input::NumberOrText;
use crate::input::RunDays;
use crate::input::check::Checker;
use crate::input::tree::ValueId;

/// More dimensions than this no simplex of Nelder and Mead searches well.
const KEYS_MAX: usize = 8;
const EVALUATIONS_MAX: i64 = 100_000;
const STARTS_MAX: i64 = 64;

/// A fit of named keys to an observed series.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["fit", "metric", "verdict_from"]))]
pub struct CalibrationSection {
    /// Dotted keys with their ranges, [low, high] or [low, high, "log"]. For a key that takes whole
    /// numbers only, whole numbers are tried.
    #[schemars(with = "BTreeMap<String, Vec<NumberOrText>>")]
    pub fit: BTreeMap<String, ValueId>,
    /// Metric whose observed series is fitted to.
    #[schemars(with = "String")]
    pub metric: Option<ValueId>,
    /// First day that the fit sees. Default: the first of the run.
    #[schemars(with = "String", extend("format" = "date"))]
    pub from: Option<ValueId>,
    /// First day that the fit does not see: from it on the error is told once, after the fit.
    #[schemars(with = "String", extend("format" = "date"))]
    pub verdict_from: Option<ValueId>,
    /// "mean_absolute_error" (relative, the default) or "growth_error", as targets measure them.
    #[schemars(with = "String", extend("enum" = ["mean_absolute_error", "growth_error"]))]
    pub loss: Option<ValueId>,
    /// Most evaluations, each of all runs. Default 60.
    #[schemars(with = "u32", range(min = 2, max = 100_000))]
    pub evaluations: Option<ValueId>,
    /// Simplices that start apart and share the evaluations. Default 2.
    #[schemars(with = "u32", range(min = 1, max = 64))]
    pub starts: Option<ValueId>,
}

/// A fit of named keys to an observed series, validated.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// What is fitted, at least one.
    pub fit: Vec<Range>,
    /// With its subject, where it has one: "fil.raw_power".
    pub metric: String,
    /// First day that is fitted.
    pub from: Date,
    /// First day that is not fitted, from which the fit is judged.
    pub verdict_from: Date,
    /// What is made small.
    pub loss: Loss,
    /// Most evaluations of all searches together; each makes all runs of the ensemble.
    pub evaluations: u32,
    /// Searches, each from another point.
    pub starts: u32,
}

/// What a fit makes small.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The mean of |simulated - observed| / observed.
    MeanAbsoluteError,
    /// |simulated - observed| / observed of the growth since the first day, at the last one.
    GrowthError,
}

/// Checks `[calibration]`. That both ends of each range are allowed for their key is the caller's
/// to check, who can set them.
pub fn calibration(
    checker: &mut Checker<'_>,
    typed: &CalibrationSection,
    recorded: &Recorded,
    days: Option<RunDays>,
) -> Option<Calibration> {
    let fit = fit(checker, typed);
    let metric = metric_name(checker, typed.metric, "calibration.metric", recorded);
    let losses =
        [("mean_absolute_error", Loss::MeanAbsoluteError), ("growth_error", Loss::GrowthError)];
    let loss = checker.choice(typed.loss, "calibration.loss", &losses);
    let key = "calibration.evaluations";
    let evaluations = checker.integer(typed.evaluations, key, 2..=EVALUATIONS_MAX).unwrap_or(60);
    let starts = checker.integer(typed.starts, "calibration.starts", 1..=STARTS_MAX).unwrap_or(2);
    let from = checker.date(typed.from, "calibration.from");
    let key = "calibration.verdict_from";
    let given = checker.required(typed.verdict_from, key, "2024-01-01");
    let verdict_from = checker.date(given, key);
    let days = days?;
    let from = from.unwrap_or(days.first);
    if let (Some(verdict_from), Some(given)) = (verdict_from, given)
        && !(days.first <= from && from < verdict_from && verdict_from <= days.last)
    {
        let message =
            format!("a fit from {from} and a verdict from {verdict_from} on are not in the run");
        let help = format!(
            "the run is {} to {}: let from < verdict_from and both lie in it",
            days.first, days.last
        );
        checker.fault(given, key, message, help);
        return None;
    }
    Some(Calibration {
        fit: fit?,
        metric: metric?,
        from,
        verdict_from: verdict_from?,
        loss: loss.unwrap_or(Loss::MeanAbsoluteError),
        evaluations: u32::try_from(evaluations).ok()?,
        starts: u32::try_from(starts).ok()?,
    })
}

fn fit(checker: &mut Checker<'_>, typed: &CalibrationSection) -> Option<Vec<Range>> {
    let key = "calibration.fit";
    if typed.fit.is_empty() {
        let example = "{ \"network.parameters.early_termination_rate\" = [\"1 %/y\", \"9 %/y\"] }";
        checker.required(None, key, example);
        return None;
    }
    if let Some((_, &extra)) = typed.fit.iter().nth(KEYS_MAX) {
        let message = format!("{} keys", typed.fit.len());
        checker.fault(
            extra,
            key,
            message,
            format!("at most {KEYS_MAX} keys can be fitted together"),
        );
        return None;
    }
    let ranges = typed.fit.iter().map(|(path, &given)| range(checker, key, path, given));
    let ranges: Vec<Option<Range>> = ranges.collect();
    ranges.into_iter().collect()
}

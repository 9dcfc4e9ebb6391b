//! `[backtest]`: the same forecast from many origins in the past, judged by what came after each.

mod limit;

pub use limit::{Asked, Limit, LimitSection};

use crate::describe::Recorded;
use jiff::ToSpan;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Point, Scenario};
use crate::describe::NetworkSettings;
use crate::input::NumberOrText;
use crate::input::check::Checker;
use crate::input::diagnostic::did_you_mean;
use crate::input::tree::ValueId;
use crate::input::{HORIZON_DAYS_MAX, RunDays};
use crate::world::NetworkEntry;

/// The key below a network's section that every origin sets: where its history is cut.
const CUT_KEY: &str = "forecast.from";
/// Most origins, and most metrics, horizons and published rows.
const ORIGINS_MAX: usize = 1_000;
const LIST_MAX: usize = 32;
/// Largest published error, as a share.
const ERROR_MAX: f64 = 1e3;

/// Forecasts from rolling origins.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["metrics", "first", "horizons"]))]
pub struct BacktestSection {
    /// Metrics with observed series.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub metrics: Vec<ValueId>,
    /// The first origin: the last day that its forecast knows.
    #[schemars(with = "String", extend("format" = "date"))]
    pub first: Option<ValueId>,
    /// Time from one origin to the next in whole days, or in months. Default "1 mo". The last one
    /// is that whose shortest horizon ends with the run.
    #[schemars(with = "String")]
    pub every: Option<ValueId>,
    /// Times after the origin at which forecasts are judged, rising.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub horizons: Vec<ValueId>,
    /// Share of the outcomes that the band should hold. Default "80 %".
    #[schemars(with = "NumberOrText")]
    pub band: Option<ValueId>,
    /// Days before the origin over which the trend to be beaten is fitted. Default "90 d".
    #[schemars(with = "String")]
    pub trend: Option<ValueId>,
    /// Whether each run is scaled so that it starts at what was observed at the origin. Default
    /// true.
    #[schemars(with = "bool")]
    pub anchored: Option<ValueId>,
    /// The first day that no choice of method or parameter has seen; told apart where given.
    #[schemars(with = "String", extend("format" = "date"))]
    pub verdict_from: Option<ValueId>,
    /// Those of the metrics whose forecast is the geometric mean of each run and persistence, half
    /// and half in logarithms. Default none.
    #[schemars(with = "Vec<String>")]
    pub combine: Vec<ValueId>,
    /// Errors of others, to be shown beside.
    pub published: Vec<PublishedSection>,
    /// What is asked of the forecasts.
    pub limit: Vec<LimitSection>,
}

/// What somebody else's forecasts missed by.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["name", "metric", "source", "errors"]))]
pub struct PublishedSection {
    /// Who forecast, as the report names it.
    #[schemars(with = "String")]
    pub name: Option<ValueId>,
    /// The metric that was forecast.
    #[schemars(with = "String")]
    pub metric: Option<ValueId>,
    /// Where the numbers are from, and on which origins.
    #[schemars(with = "String")]
    pub source: Option<ValueId>,
    /// Mean absolute relative errors, one for each horizon.
    #[schemars(with = "Vec<NumberOrText>", length(min = 1))]
    pub errors: Vec<ValueId>,
}

/// Forecasts from rolling origins, validated.
#[derive(Clone, Debug, PartialEq)]
pub struct Backtest {
    /// The keys that every origin sets, one for each network: where its history is cut.
    pub cut_keys: Vec<String>,
    /// The metrics that are judged.
    pub metrics: Vec<String>,
    /// Rising; at least one.
    pub origins: Vec<Date>,
    /// Rising; at least one.
    pub horizons_days: Vec<u32>,
    /// Share of the observations that a band should hold.
    pub band: f64,
    /// Days before an origin that the trend of the naive forecast is taken from.
    pub trend_days: u32,
    /// Whether each run is scaled so that it starts at what was observed at the origin.
    pub anchored: bool,
    /// The first day that calibration has not seen.
    pub verdict_from: Option<Date>,
    /// The metrics whose judged forecast is the geometric mean of each run and persistence.
    pub combine: Vec<String>,
    /// Errors of others to compare with.
    pub published: Vec<Published>,
    /// What is asked of the forecasts, in the order of the file.
    pub limits: Vec<Limit>,
}

impl Backtest {
    /// Whether the judged forecast of a metric is combined with persistence.
    pub fn combines(&self, metric: &str) -> bool {
        self.combine.iter().any(|combined| combined == metric)
    }

    /// What a forecast of a metric is, in words.
    pub fn forecast_word(&self, metric: &str, combined: bool) -> &'static str {
        match (combined, self.combines(metric)) {
            (true, _) => "model and persistence",
            (false, true) => "model alone",
            (false, false) => "model",
        }
    }
}

/// Errors of somebody else's forecasts, one for each horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// Who forecast.
    pub name: String,
    /// The metric that was forecast.
    pub metric: String,
    /// Where the errors were published.
    pub source: String,
    /// Mean absolute relative error at each horizon, in order.
    pub errors: Vec<f64>,
}

/// The days of the first point, as one can ask of every scenario.
pub fn run_days(points: &[Point]) -> Option<RunDays> {
    let Scenario { start, horizon_days, .. } = points.first()?.scenario;
    let last = start.checked_add(i64::from(horizon_days).days()).ok()?;
    Some(RunDays { first: start, last, horizon_days })
}

/// `[backtest]`, whose every point must have a network that can be cut.
pub fn backtest_of(
    checker: &mut Checker<'_>,
    typed: Option<&BacktestSection>,
    points: &[Point],
) -> Option<Backtest> {
    let typed = typed.filter(|_| checker.faults.is_empty())?;
    let cut = |point: &Point| {
        let networks = &point.scenario.networks;
        !networks.is_empty() && networks.iter().all(|network| network.settings.is_cut())
    };
    if !points.iter().all(cut) {
        let message = "nothing in this scenario can be cut at an origin".to_owned();
        let help = format!("add network.{CUT_KEY}, such as 2023-04-01, to each driven network");
        checker.fault(checker.tree.nearest("backtest"), "backtest", message, help);
        return None;
    }
    let scenario = &points.first()?.scenario;
    let section = |network: &NetworkEntry| format!("{}.{CUT_KEY}", network.section);
    let cut_keys = scenario.networks.iter().map(section).collect();
    backtest(checker, typed, &scenario.recorded(), run_days(points), cut_keys)
}

/// Checks `[backtest]` of a scenario whose runs last these days.
fn backtest(
    checker: &mut Checker<'_>,
    typed: &BacktestSection,
    recorded: &Recorded,
    days: Option<RunDays>,
    cut_keys: Vec<String>,
) -> Option<Backtest> {
    let names = metric_names(checker, &typed.metrics, recorded);
    let horizons_days = horizons(checker, &typed.horizons);
    let band = checker.quantity(typed.band, "backtest.band", "1", true, 0.01..=0.99);
    let trend_days = checker.days(typed.trend, "backtest.trend", HORIZON_DAYS_MAX).unwrap_or(90);
    let anchored = checker.boolean(typed.anchored, "backtest.anchored").unwrap_or(true);
    let verdict_from = checker.date(typed.verdict_from, "backtest.verdict_from");
    let count = horizons_days.as_ref().map_or(0, Vec::len);
    let published = published(checker, &typed.published, recorded, count);
    let combine =
        names.as_ref().and_then(|names| combined(checker, &typed.combine, recorded, names));
    let limits = names.as_ref().zip(horizons_days.as_ref()).and_then(|(metrics, days)| {
        let known = limit::Known { recorded, metrics, horizons_days: days, verdict_from };
        limit::limits(checker, &typed.limit, &known)
    });
    let shortest = horizons_days.as_ref().and_then(|days| days.first().copied());
    let origins = origins(checker, typed, days, shortest, trend_days)?;
    Some(Backtest {
        cut_keys,
        metrics: names?,
        origins,
        horizons_days: horizons_days?,
        band: band.unwrap_or(0.8),
        trend_days,
        anchored,
        verdict_from,
        combine: combine?,
        published,
        limits: limits?,
    })
}

/// One metric's name, which must be known.
pub fn metric_name(
    checker: &mut Checker<'_>,
    given: Option<ValueId>,
    key: &str,
    recorded: &Recorded,
) -> Option<String> {
    let given = checker.required(given, key, "\"raw_power\"")?;
    let name = checker.text(Some(given), key)?;
    let found = recorded.resolve(&name);
    let found = found.map_err(|(message, help)| checker.fault(given, key, message, help));
    Some(found.ok()?.name())
}

fn metric_names(
    checker: &mut Checker<'_>,
    given: &[ValueId],
    recorded: &Recorded,
) -> Option<Vec<String>> {
    let key = "backtest.metrics";
    counted(checker, given, key, "[\"raw_power\"]")?;
    let name = |(place, &item): (usize, &ValueId)| {
        metric_name(checker, Some(item), &format!("{key}[{place}]"), recorded)
    };
    let names: Vec<_> = given.iter().enumerate().map(name).collect();
    names.into_iter().collect()
}

/// The metrics that are combined with persistence: some of those forecast, each once.
fn combined(
    checker: &mut Checker<'_>,
    given: &[ValueId],
    recorded: &Recorded,
    metrics: &[String],
) -> Option<Vec<String>> {
    let key = "backtest.combine";
    checker.refuse_empty_list(key, "[\"qa_power\"]");
    let mut all: Vec<String> = Vec::new();
    for (place, &item) in given.iter().enumerate() {
        let key = format!("{key}[{place}]");
        let name = forecast_metric(checker, Some(item), &key, recorded, metrics)?;
        if all.contains(&name) {
            checker.fault(item, &key, "is there twice".to_owned(), "name each once");
            return None;
        }
        all.push(name);
    }
    Some(all)
}

/// One of the metrics that are forecast.
fn forecast_metric(
    checker: &mut Checker<'_>,
    given: Option<ValueId>,
    key: &str,
    recorded: &Recorded,
    metrics: &[String],
) -> Option<String> {
    let name = metric_name(checker, given, key, recorded)?;
    if metrics.contains(&name) {
        return Some(name);
    }
    let message = format!("{name} is not forecast here");
    let allowed = did_you_mean(&name, metrics.iter().map(String::as_str));
    checker.fault(given?, key, message, format!("{allowed}; or add it to backtest.metrics"));
    None
}

/// A list that has something in it, and not too much.
fn counted(checker: &mut Checker<'_>, given: &[ValueId], key: &str, example: &str) -> Option<()> {
    if given.is_empty() {
        checker.required(None, key, example);
        return None;
    }
    if let Some(&extra) = given.get(LIST_MAX) {
        checker.fault(
            extra,
            key,
            format!("{} of them", given.len()),
            format!("at most {LIST_MAX}"),
        );
        return None;
    }
    Some(())
}

fn horizons(checker: &mut Checker<'_>, given: &[ValueId]) -> Option<Vec<u32>> {
    let key = "backtest.horizons";
    counted(checker, given, key, "[\"30 d\", \"90 d\"]")?;
    let mut all: Vec<u32> = Vec::new();
    for (place, &item) in given.iter().enumerate() {
        let key = format!("{key}[{place}]");
        let days = checker.days(Some(item), &key, HORIZON_DAYS_MAX)?;
        if let Some(before) = all.last().filter(|before| **before >= days) {
            let message = format!("{days} d follow {before} d");
            checker.fault(item, &key, message, "let the horizons rise");
            return None;
        }
        all.push(days);
    }
    Some(all)
}

/// The origins from the first to the last whose shortest horizon ends within the run.
fn origins(
    checker: &mut Checker<'_>,
    typed: &BacktestSection,
    days: Option<RunDays>,
    shortest: Option<u32>,
    trend_days: u32,
) -> Option<Vec<Date>> {
    let key = "backtest.every";
    let every = checker.steps_of_days(typed.every, key, HORIZON_DAYS_MAX);
    let every = every.unwrap_or(365.25 / 12.0);
    let key = "backtest.first";
    let given = checker.required(typed.first, key, "2023-04-01");
    let first = checker.date(given, key)?;
    let (days, shortest) = (days?, shortest?);
    let earliest = days.first.saturating_add(i64::from(trend_days).days());
    let latest = days.last.saturating_sub(i64::from(shortest).days());
    if first < earliest || first > latest {
        let message = format!("{first} has no trend before it or no horizon after it in the run");
        let help = format!("allowed: {earliest} to {latest}");
        checker.fault(given?, key, message, help);
        return None;
    }
    let nth = |number: usize| first.saturating_add(((number as f64 * every).round() as i64).days());
    let origins: Vec<Date> =
        (0..=ORIGINS_MAX).map(nth).take_while(|origin| *origin <= latest).collect();
    if origins.len() > ORIGINS_MAX {
        let help = format!("at most {ORIGINS_MAX}: let backtest.every be longer");
        checker.fault(given?, "backtest.every", "too many origins".to_owned(), help);
        return None;
    }
    Some(origins)
}

fn published(
    checker: &mut Checker<'_>,
    typed: &[PublishedSection],
    recorded: &Recorded,
    horizons: usize,
) -> Vec<Published> {
    let one = |(number, section): (usize, &PublishedSection)| {
        let key = |name: &str| format!("backtest.published[{number}].{name}");
        let name = checker.required(section.name, &key("name"), "\"mechafil\"");
        let name = checker.title(name, &key("name"));
        let metric = metric_name(checker, section.metric, &key("metric"), recorded);
        let source = checker.required(section.source, &key("source"), "\"where it is from\"");
        let source = checker.text(source, &key("source"));
        let share = |(place, &item): (usize, &ValueId)| {
            checker.share(Some(item), &format!("{}[{place}]", key("errors")), ERROR_MAX)
        };
        let errors: Vec<_> = section.errors.iter().enumerate().map(share).collect();
        let errors: Option<Vec<f64>> = errors.into_iter().collect();
        if let (Some(given), true) = (section.name, section.errors.len() != horizons) {
            let message = format!("{} errors for {horizons} horizons", section.errors.len());
            checker.fault(given, &key("errors"), message, "give one for each horizon");
            return None;
        }
        Some(Published { name: name?, metric: metric?, source: source?, errors: errors? })
    };
    typed.iter().take(LIST_MAX).enumerate().filter_map(one).collect()
}

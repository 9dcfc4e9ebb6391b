//! `[[backtest.limit]]`: what is asked of the forecasts of a metric over a horizon, stated before
//! they are made.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{ERROR_MAX, forecast_metric};
use crate::describe::Recorded;
use crate::input::HORIZON_DAYS_MAX;
use crate::input::NumberOrText;
use crate::input::check::Checker;
use crate::input::tree::ValueId;
use crate::scenario::Continuation;

/// Most entries.
const LIMITS_MAX: usize = 256;
/// The key behind which the entries stand.
const KEY: &str = "backtest.limit";

/// What is asked of the forecasts of a metric over a horizon.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["metric", "horizon"]))]
pub struct LimitSection {
    /// One of the metrics of the backtest.
    #[schemars(with = "String")]
    pub metric: Option<ValueId>,
    /// One of its horizons.
    #[schemars(with = "String")]
    pub horizon: Option<ValueId>,
    /// The largest mean absolute relative error.
    #[schemars(with = "NumberOrText")]
    pub error: Option<ValueId>,
    /// The forecasts without a model whose mean error must be greater, by the test of Diebold and
    /// Mariano.
    #[schemars(with = "Vec<String>", extend("items" = {"enum": ["persistence", "trend"]}))]
    pub beats: Vec<ValueId>,
    /// Least and largest share of the outcomes that the band holds: ["75 %", "85 %"].
    #[schemars(with = "Vec<NumberOrText>", length(min = 2, max = 2))]
    pub coverage: Vec<ValueId>,
    /// "all" (the default), or "verdict": only forecasts of dates from `verdict_from` on.
    #[schemars(with = "String", extend("enum" = ["all", "verdict"]))]
    pub origins: Option<ValueId>,
}

/// One thing that is asked of forecasts; an entry that asks for several gives one limit for each.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// The place of its entry in the file, from 0.
    pub entry: usize,
    /// The metric that is forecast.
    pub metric: String,
    /// Days from the origin to the date.
    pub horizon_days: u32,
    /// Whether only forecasts of dates that no choice has seen are judged.
    pub verdict_only: bool,
    /// What is asked.
    pub asked: Asked,
}

/// What a limit asks.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum Asked {
    /// A mean absolute relative error of at most so much.
    Error(f64),
    /// A mean error below that of a forecast without a model.
    Beats(Continuation),
    /// A share of the outcomes in the band between these two.
    Coverage(f64, f64),
}

/// What an entry is held against.
pub(super) struct Known<'a> {
    /// What the runs record.
    pub recorded: &'a Recorded,
    /// The metrics that are forecast.
    pub metrics: &'a [String],
    /// The horizons at which they are judged.
    pub horizons_days: &'a [u32],
    /// The first day of the verdict.
    pub verdict_from: Option<Date>,
}

/// All limits, in the order of the file.
pub(super) fn limits(
    checker: &mut Checker<'_>,
    typed: &[LimitSection],
    known: &Known<'_>,
) -> Option<Vec<Limit>> {
    if typed.len() > LIMITS_MAX {
        let message = format!("{} of them", typed.len());
        checker.fault(checker.tree.nearest(KEY), KEY, message, format!("at most {LIMITS_MAX}"));
        return None;
    }
    let one = |(entry, section)| Entry { checker, section, entry, known }.limits();
    let all: Vec<_> = typed.iter().enumerate().map(one).collect();
    all.into_iter().collect::<Option<Vec<_>>>().map(|all| all.concat())
}

struct Entry<'c, 'a, 's> {
    checker: &'c mut Checker<'a>,
    section: &'s LimitSection,
    entry: usize,
    known: &'s Known<'s>,
}

impl Entry<'_, '_, '_> {
    fn limits(mut self) -> Option<Vec<Limit>> {
        let metric = self.metric();
        let horizon_days = self.horizon();
        let verdict_only = self.verdict_only();
        let asked = self.asked();
        let (metric, horizon_days, verdict_only) = (metric?, horizon_days?, verdict_only?);
        let limit = |asked| {
            let metric = metric.clone();
            Limit { entry: self.entry, metric, horizon_days, verdict_only, asked }
        };
        Some(asked?.into_iter().map(limit).collect())
    }

    fn key(&self, name: &str) -> String {
        format!("{KEY}[{}].{name}", self.entry)
    }

    fn metric(&mut self) -> Option<String> {
        let Known { recorded, metrics, .. } = *self.known;
        let key = self.key("metric");
        forecast_metric(self.checker, self.section.metric, &key, recorded, metrics)
    }

    fn horizon(&mut self) -> Option<u32> {
        let (key, horizons) = (self.key("horizon"), self.known.horizons_days);
        let given = self.checker.required(self.section.horizon, &key, "\"30 d\"");
        let days = self.checker.days(given, &key, HORIZON_DAYS_MAX)?;
        if horizons.contains(&days) {
            return Some(days);
        }
        let allowed: Vec<String> = horizons.iter().map(|days| format!("\"{days} d\"")).collect();
        let message = format!("{days} d is no horizon of this backtest");
        self.checker.fault(given?, &key, message, format!("allowed: {}", allowed.join(", ")));
        None
    }

    fn verdict_only(&mut self) -> Option<bool> {
        let key = self.key("origins");
        let Some(given) = self.section.origins else { return Some(false) };
        let only = self.checker.choice(Some(given), &key, &[("all", false), ("verdict", true)])?;
        if only && self.known.verdict_from.is_none() {
            let message = "the backtest has no dates of a verdict".to_owned();
            let help = "add, for example, verdict_from = 2024-01-01 to [backtest]";
            self.checker.fault(given, &key, message, help);
            return None;
        }
        Some(only)
    }

    fn asked(&mut self) -> Option<Vec<Asked>> {
        let section = self.section;
        for (name, list, example) in [
            ("beats", &section.beats, "[\"persistence\"]"),
            ("coverage", &section.coverage, "[\"75 %\", \"85 %\"]"),
        ] {
            let key = self.key(name);
            if list.is_empty() && self.checker.tree.is_empty_list(&key) {
                self.checker.refuse_empty_list(&key, example);
                return None;
            }
        }
        if section.error.is_none() && section.beats.is_empty() && section.coverage.is_empty() {
            let entry = format!("{KEY}[{}]", self.entry);
            let help =
                "add error = \"6 %\", beats = [\"persistence\"] or coverage = [\"75 %\", \"85 %\"]";
            let given = self.checker.tree.nearest(&entry);
            self.checker.fault(given, &entry, "asks nothing".to_owned(), help);
            return None;
        }
        let mut all = Vec::new();
        if section.error.is_some() {
            let key = self.key("error");
            all.push(Asked::Error(self.checker.share(section.error, &key, ERROR_MAX)?));
        }
        all.extend(self.beats()?.into_iter().map(Asked::Beats));
        if !section.coverage.is_empty() {
            let (low, high) = self.coverage()?;
            all.push(Asked::Coverage(low, high));
        }
        Some(all)
    }

    fn beats(&mut self) -> Option<Vec<Continuation>> {
        let mut nulls = Vec::new();
        for (place, &given) in self.section.beats.iter().enumerate() {
            let key = self.key(&format!("beats[{place}]"));
            let null = self.checker.choice(Some(given), &key, &Continuation::NAMES)?;
            if nulls.contains(&null) {
                let message = "is there twice".to_owned();
                self.checker.fault(given, &key, message, "name each once");
                return None;
            }
            nulls.push(null);
        }
        Some(nulls)
    }

    fn coverage(&mut self) -> Option<(f64, f64)> {
        let (key, given) = (self.key("coverage"), &self.section.coverage);
        let help = "write the least and the largest share, such as [\"75 %\", \"85 %\"]";
        let &[first, second] = given.as_slice() else {
            let message = format!("{} numbers", given.len());
            self.checker.fault(given[0], &key, message, help);
            return None;
        };
        let low = self.checker.share(Some(first), &format!("{key}[0]"), 1.0);
        let high = self.checker.share(Some(second), &format!("{key}[1]"), 1.0);
        let (low, high) = (low?, high?);
        if low >= high {
            let message = format!("{low} is not below {high}");
            self.checker.fault(second, &format!("{key}[1]"), message, help);
            return None;
        }
        Some((low, high))
    }
}

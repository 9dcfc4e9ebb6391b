//! `[[change]]`: as typed, and checked into [`Change`]s.

use std::collections::BTreeMap;

use jiff::civil::Date;
use pinwheel_core::{SimDuration, SimTime};
use schemars::JsonSchema;
use serde::Deserialize;

use super::settings::Change;
use crate::describe::Lever;
use crate::input::check::Checker;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::tree::{Value, ValueId};
use crate::input::{HORIZON_DAYS_MAX, NumberOrText, RunDays};

/// Most changes of one scenario.
const CHANGES_MAX: usize = 10_000;

/// One lever that is set to another value.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "ChangeSection", extend("required" = ["at", "set", "to"]))]
pub struct Section {
    /// From when on: a date, at its midnight, or a time since the start, such as "100 d".
    #[schemars(with = "String")]
    pub at: Option<ValueId>,
    /// The lever: the dotted key that sets it in this scenario, such as
    /// "network.parameters.hurdle_rate". `pinwheel explain` lists the levers.
    #[schemars(with = "String")]
    pub set: Option<ValueId>,
    /// Its value from then on, as one would type it at that key.
    #[schemars(with = "NumberOrText")]
    pub to: Option<ValueId>,
}

/// The checked changes, in the order of the file; whatever is wrong is a fault. Of the sections
/// `by_day`, levers act from the beginning of a day on. Where the length of the run was laid over
/// that of the file, a change may lie behind its end: it never happens.
pub fn settings(
    checker: &mut Checker<'_>,
    given: ValueId,
    levers: &[Lever],
    by_day: &[String],
    days: RunDays,
) -> Option<Vec<Change>> {
    let Value::Array(items) = checker.tree.value(given) else {
        let message = format!("expected an array, found {}", checker.tree.value(given).kind());
        checker.fault(given, "change", message, "write [[change]] above each change");
        return None;
    };
    if items.len() > CHANGES_MAX {
        let message = format!("{} changes", items.len());
        checker.fault(given, "change", message, format!("at most {CHANGES_MAX}"));
        return None;
    }
    let items = items.clone();
    let mut reader = Reader { checker, levers, by_day, days, seen: BTreeMap::new() };
    let changes: Vec<Option<Change>> = items
        .iter()
        .enumerate()
        .map(|(number, &item)| reader.change(item, &format!("change[{number}]")))
        .collect();
    let mut changes: Vec<Change> = changes.into_iter().collect::<Option<_>>()?;
    follow(&mut changes, levers);
    Some(changes)
}

/// Fills in the value of each lever before its change.
fn follow(changes: &mut [Change], levers: &[Lever]) {
    let mut now: BTreeMap<String, f64> =
        levers.iter().map(|lever| (lever.key.clone(), lever.value)).collect();
    let mut order: Vec<usize> = (0..changes.len()).collect();
    order.sort_by_key(|place| changes[*place].at);
    for place in order {
        let change = &mut changes[place];
        let before = now.insert(change.lever.clone(), change.to);
        change.from = before.expect("a change is of one of the levers");
    }
}

struct Reader<'a, 'b> {
    checker: &'a mut Checker<'b>,
    levers: &'a [Lever],
    by_day: &'a [String],
    days: RunDays,
    /// The change of each lever and instant, by its key.
    seen: BTreeMap<(String, SimTime), String>,
}

impl<'a> Reader<'a, '_> {
    fn change(&mut self, given: ValueId, key: &str) -> Option<Change> {
        let typed: Section = self.checker.read(given, key);
        let at = self.instant(typed.at, &format!("{key}.at"));
        let lever = self.lever(typed.set, &format!("{key}.set"));
        let example = "\"30 %/y\"";
        let to = self.checker.required(typed.to, &format!("{key}.to"), example);
        let lever = lever?;
        let to = self.value(lever, to, &format!("{key}.to"))?;
        let (at, name) = (at?, lever.key.clone());
        self.acts(at, &name, typed.at?, &format!("{key}.at"))?;
        if let Some(first) = self.seen.insert((name.clone(), at), key.to_owned()) {
            let message = format!("{first} sets {name} at this instant too");
            self.checker.fault(typed.set?, &format!("{key}.set"), message, "remove one of the two");
            return None;
        }
        let unit = lever.spec.unit.to_owned();
        Some(Change { at, lever: name, unit, from: lever.value, to })
    }

    /// A date, or a time since the start; after the start and before the end of the run.
    fn instant(&mut self, given: Option<ValueId>, key: &str) -> Option<SimTime> {
        const DAY_SECONDS: f64 = 86_400.0;
        let given = self.checker.required(given, key, "\"100 d\"")?;
        let RunDays { first, last, horizon_days } = self.days;
        let seconds = match self.checker.tree.value(given) {
            Value::Date(date) => days_between(first, *date) * DAY_SECONDS,
            _ => self.checker.quantity(Some(given), key, "s", false, f64::MIN..=f64::MAX)?,
        };
        let end = match self.checker.tree.is_length_laid() {
            true => f64::from(HORIZON_DAYS_MAX) * DAY_SECONDS,
            false => f64::from(horizon_days) * DAY_SECONDS,
        };
        let message = match seconds {
            _ if seconds <= 0.0 => "not after the start of the run",
            _ if seconds >= end => "not before the end of the run",
            _ => return Some(SimTime::ZERO + SimDuration::from_seconds_f64(seconds)),
        };
        let help = match seconds <= 0.0 {
            true => {
                format!("the run starts on {first}; set the key itself for a value from then on")
            }
            false => format!("the run ends after {horizon_days} d, on {last}"),
        };
        self.checker.fault(given, key, message.to_owned(), help);
        None
    }

    /// A fault where a lever that acts from the beginning of a day on would act after the end of
    /// the run.
    fn acts(&mut self, at: SimTime, lever: &str, given: ValueId, key: &str) -> Option<()> {
        let RunDays { last, horizon_days, .. } = self.days;
        let is_in = |section: &String| lever.strip_prefix(section.as_str()).is_some();
        let end = SimDuration::from_days(u64::from(horizon_days));
        let late = SimTime::ZERO + (end - SimDuration::from_days(1));
        let is_late = self.by_day.iter().any(is_in) && at > late;
        if !is_late || self.checker.tree.is_length_laid() {
            return Some(());
        }
        let message = "it would act from the next day on, which is after the end of the run";
        let day = last.yesterday().unwrap_or(last);
        let help = format!("this network takes a day in one step: write {day}, or an earlier time");
        self.checker.fault(given, key, message.to_owned(), help);
        None
    }

    /// The lever of this name, if it may be moved in this scenario.
    fn lever(&mut self, given: Option<ValueId>, key: &str) -> Option<&'a Lever> {
        let levers = self.levers;
        let given = self.checker.required(given, key, "\"network.parameters.hurdle_rate\"")?;
        let text = self.checker.text(Some(given), key)?;
        let Some(lever) = levers.iter().find(|lever| lever.key == text) else {
            let movable = levers.iter().filter(|lever| lever.fixed.is_none());
            let help = match levers.is_empty() {
                true => "no part of this scenario has levers".to_owned(),
                false => did_you_mean(&text, movable.map(|lever| lever.key.as_str())),
            };
            let message = format!("\"{}\" is no lever", shown(&text));
            self.checker.fault(given, key, message, help);
            return None;
        };
        if let Some(reason) = lever.fixed {
            let message = format!("\"{}\" cannot be moved during a run: {reason}", lever.key);
            self.checker.fault(given, key, message, "set the key itself, or choose another lever");
            return None;
        }
        Some(lever)
    }

    /// The value as the lever's own key reads it.
    fn value(&mut self, lever: &Lever, given: Option<ValueId>, key: &str) -> Option<f64> {
        let spec = &lever.spec;
        let (minimum, maximum) = (spec.minimum, spec.maximum);
        if spec.whole {
            let whole = self.checker.integer(given, key, minimum as i64..=maximum as i64);
            return whole.map(|number| number as f64);
        }
        self.checker.quantity(given, key, spec.unit, spec.plain, minimum..=maximum)
    }
}

/// Days from one date to another, negative if the other comes first.
fn days_between(from: Date, to: Date) -> f64 {
    from.until(to).map_or(0.0, |span| f64::from(span.get_days()))
}

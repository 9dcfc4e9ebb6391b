//! `[[change]]`: as typed, and checked into [`Change`]s.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use pinwheel_core::{SimDuration, SimTime};
use schemars::JsonSchema;
use serde::Deserialize;

use super::settings::Change;
use crate::describe::Lever;
use crate::input::check::Checker;
use crate::input::dates::DAY_SECONDS;
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
    /// From when on: a date, at its midnight, an instant, such as 2025-01-02T06:00:00, or a time
    /// since the start, such as "100 d".
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
/// in `last`, a change after the instant beside them acts on nothing. Where the length of the run
/// was laid over that of the file, a change may lie behind its end: it never happens.
pub fn settings(
    checker: &mut Checker<'_>,
    given: ValueId,
    levers: &[Lever],
    last: &[(String, SimTime)],
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
    let mut reader = Reader { checker, levers, last, days, seen: BTreeMap::new() };
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
    last: &'a [(String, SimTime)],
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

    /// A date, an instant, or a time since the start; after the start and before the end of the
    /// run.
    fn instant(&mut self, given: Option<ValueId>, key: &str) -> Option<SimTime> {
        let given = self.checker.required(given, key, "\"100 d\"")?;
        let RunDays { first, last, horizon_days } = self.days;
        let seconds = match self.checker.tree.value(given) {
            Value::Date(date) => days_between(first, *date) * DAY_SECONDS,
            Value::DateTime(instant) => {
                let start = DateTime::from_parts(first, Time::midnight());
                start.duration_until(*instant).as_secs_f64()
            }
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

    /// A fault where a network goes by steps and none is left after the change.
    fn acts(&mut self, at: SimTime, lever: &str, given: ValueId, key: &str) -> Option<()> {
        let of = self.last.iter().find(|(section, _)| lever.starts_with(section.as_str()));
        let Some((_, last)) = of.filter(|(_, last)| at > *last) else { return Some(()) };
        if self.checker.tree.is_length_laid() {
            return Some(());
        }
        let message = "no step of the network is left that it could act on";
        let start = DateTime::from_parts(self.days.first, Time::midnight());
        let nanos = i64::try_from(last.as_nanos()).unwrap_or(i64::MAX);
        let last = start.saturating_add(SignedDuration::from_nanos(nanos));
        let help = format!("the last that acts in this run is {last:.0}; write an earlier one");
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
        let value = self.checker.quantity(given, key, spec.unit, spec.plain, minimum..=maximum)?;
        if let Some(given) = given.filter(|_| spec.is_too_fine(value)) {
            let help = "write at most six decimals of a plain number";
            self.checker.fault(given, key, "finer than a millionth".to_owned(), help);
            return None;
        }
        Some(value)
    }
}

/// Days from one date to another, negative if the other comes first.
fn days_between(from: Date, to: Date) -> f64 {
    from.until(to).map_or(0.0, |span| f64::from(span.get_days()))
}

//! Checks of single values: type, range, unit. Each returns the value, or notes a fault that says
//! what was given, what is allowed, and one suggestion.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::rc::Rc;

use jiff::civil::Date;
use pinwheel_core::math;

use pinwheel_core::{Amount, SimDuration};

use super::amount::{self, AmountError};
use super::dates::{DAY_SECONDS, HORIZON_DAYS_MAX, RunDays, When};
use super::diagnostic::{Faults, did_you_mean, shown};
use super::files::Files;
use super::quantity::{self, QuantityError};
use super::read;
use super::tree::{Tree, Value, ValueId};
use super::unit::Units;

/// Longest text of a name or a question.
const TEXT_BYTES_MAX: usize = 4_096;
/// What the conversion of units may add to a whole number of days.
const DAYS_APART_MAX: f64 = 1e-6;

/// The values of one tree under examination, the files around it and the faults found.
#[derive(Debug)]
pub struct Checker<'a> {
    /// The scenario as typed.
    pub tree: &'a Tree,
    /// The scenario's file and those it names.
    pub files: &'a mut Files,
    /// Where faults are noted.
    pub faults: &'a mut Faults,
    /// The units that quantities may be typed in.
    pub units: &'a Units,
    /// What stands for the first part of a key in messages, where a section is one of a list:
    /// `network` is `network[1]` then.
    pub member: Option<String>,
    /// The days of the run, once they are known.
    pub days: Option<RunDays>,
}

impl Checker<'_> {
    /// The same checker for a while, of which parts may be others.
    pub fn reborrow(&mut self) -> Checker<'_> {
        let Checker { tree, files, faults, units, member, days } = self;
        Checker { tree, files, faults, units, member: member.clone(), days: *days }
    }

    /// The struct as typed at `key`.
    pub fn read<T: serde::de::DeserializeOwned + Default>(
        &mut self,
        given: ValueId,
        key: &str,
    ) -> T {
        self.read_beside(given, key, &[])
    }

    /// The same; the keys `beside` belong to others and are passed over.
    pub fn read_beside<T: serde::de::DeserializeOwned + Default>(
        &mut self,
        given: ValueId,
        key: &str,
        beside: &[&str],
    ) -> T {
        let key = self.full(key);
        read::read(self.tree, given, &key, beside, self.faults)
    }

    /// Notes a fault of the value `given`, which lies at the dotted `key`.
    pub fn fault(&mut self, given: ValueId, key: &str, message: String, help: impl Into<String>) {
        let key = self.full(key).into_owned();
        self.faults.push(self.tree.place(given), key, message, help);
    }

    /// A key as it is told, with the member of a list that it lies in.
    pub fn full<'k>(&self, key: &'k str) -> Cow<'k, str> {
        match (&self.member, key.split_once('.')) {
            (None, _) => Cow::Borrowed(key),
            (Some(member), None) => Cow::Owned(member.clone()),
            (Some(member), Some((_, rest))) => Cow::Owned(format!("{member}.{rest}")),
        }
    }

    /// The value itself, or a fault that names the key which is missing. An empty list that was
    /// typed where something must be named is the fault then.
    pub fn required(
        &mut self,
        given: Option<ValueId>,
        key: &str,
        example: &str,
    ) -> Option<ValueId> {
        let nearest = self.tree.nearest(&self.full(key));
        // Where a value stands for the whole table, that is the fault, and noted.
        if given.is_none() && self.tree.table(nearest).is_some() {
            let last = key.rsplit('.').next().unwrap_or(key);
            let help = format!("add, for example, {last} = {example}");
            self.fault(nearest, key, "missing".to_owned(), help);
        } else if given.is_none() {
            self.refuse_empty_list(key, example);
        }
        given
    }

    /// A fault if an empty list was typed at `key`, where a list must name something.
    pub fn refuse_empty_list(&mut self, key: &str, example: &str) {
        if self.tree.is_empty_list(key) {
            let message = "an empty list names nothing".to_owned();
            let help = format!("name one at least, for example {example}");
            self.fault(self.tree.nearest(key), key, message, help);
        }
    }

    fn wrong_kind(&mut self, given: ValueId, key: &str, wanted: &str) {
        let message = format!("expected {wanted}, found {}", self.shown(given));
        self.fault(given, key, message, format!("write {wanted}"));
    }

    fn shown(&self, given: ValueId) -> String {
        match self.tree.value(given) {
            Value::Text(text) => format!("\"{}\"", shown(text)),
            Value::Integer(number) => number.to_string(),
            // 1.0 as it was typed, not 1.
            Value::Float(number) => format!("{number:?}"),
            Value::Boolean(truth) => truth.to_string(),
            Value::Date(date) => date.to_string(),
            Value::DateTime(instant) => instant.to_string(),
            other => other.kind().to_owned(),
        }
    }

    /// A string of at most 4,096 bytes.
    pub fn text(&mut self, given: Option<ValueId>, key: &str) -> Option<String> {
        let given = given?;
        match self.tree.value(given) {
            Value::Text(text) if text.len() <= TEXT_BYTES_MAX => return Some(text.clone()),
            Value::Text(text) => {
                let message = format!("a text of {} bytes", text.len());
                self.fault(given, key, message, format!("at most {TEXT_BYTES_MAX} bytes"));
            }
            _ => self.wrong_kind(given, key, "a string in quotes"),
        }
        None
    }

    /// The text of a value that is one, without a fault if it is not.
    pub fn text_of(&self, given: ValueId) -> Option<String> {
        match self.tree.value(given) {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// A list of texts.
    pub fn texts(&mut self, given: &[ValueId], key: &str) -> Vec<String> {
        let read = |(number, &item)| self.text(Some(item), &format!("{key}[{number}]"));
        given.iter().enumerate().filter_map(read).collect()
    }

    /// A name of letters, digits, `-` and `_`, fit for a file name.
    pub fn identifier(&mut self, given: Option<ValueId>, key: &str) -> Option<String> {
        const BYTES_MAX: usize = 64;
        let text = self.text(given, key)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !text.is_empty() && text.len() <= BYTES_MAX && text.chars().all(plain) {
            return Some(text);
        }
        let message = format!("\"{}\" is no identifier", shown(&text));
        let help = format!("use 1 to {BYTES_MAX} letters, digits, \"-\" and \"_\"");
        self.fault(given?, key, message, help);
        None
    }

    /// A name for people: a short line of text.
    pub fn title(&mut self, given: Option<ValueId>, key: &str) -> Option<String> {
        const BYTES_MAX: usize = 100;
        let text = self.text(given, key)?;
        let blank = text.trim().is_empty() || text.chars().any(char::is_control);
        if !blank && text.len() <= BYTES_MAX {
            return Some(text);
        }
        let message = format!("\"{}\" is no title", shown(&text));
        self.fault(given?, key, message, format!("one line of 1 to {BYTES_MAX} bytes"));
        None
    }

    /// One of the named choices.
    pub fn choice<T: Copy>(
        &mut self,
        given: Option<ValueId>,
        key: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(given, key)?;
        if let Some((_, choice)) = choices.iter().find(|(name, _)| *name == text) {
            return Some(*choice);
        }
        let help = did_you_mean(&text, choices.iter().map(|(name, _)| *name));
        self.fault(given?, key, format!("unknown value \"{}\"", shown(&text)), help);
        None
    }

    /// A whole number within a range that begins at zero or above.
    pub fn integer(
        &mut self,
        given: Option<ValueId>,
        key: &str,
        range: RangeInclusive<i64>,
    ) -> Option<u64> {
        let given = given?;
        let Value::Integer(number) = *self.tree.value(given) else {
            self.wrong_kind(given, key, "an integer");
            return None;
        };
        if range.contains(&number) {
            return u64::try_from(number).ok();
        }
        let help = format!("allowed: {} to {}", range.start(), range.end());
        self.fault(given, key, format!("{number} is out of range"), help);
        None
    }

    /// An integer too large for TOML, as a string of digits and underscores.
    pub fn wide_integer(&mut self, given: Option<ValueId>, key: &str) -> Option<u128> {
        let given = given?;
        let parsed = match self.tree.value(given) {
            Value::Integer(number) => u128::try_from(*number).ok(),
            Value::Text(text) => text.replace('_', "").parse().ok(),
            _ => None,
        };
        if parsed.is_none() {
            let message = format!("{} is no non-negative integer of 128 bits", self.shown(given));
            self.fault(given, key, message, "write it in quotes, such as \"1_000_000\"");
        }
        parsed
    }

    /// A calendar date, as TOML writes it.
    pub fn date(&mut self, given: Option<ValueId>, key: &str) -> Option<Date> {
        let given = given?;
        match self.tree.value(given) {
            Value::Date(date) => Some(*date),
            _ => {
                self.wrong_kind(given, key, "a date without quotes, such as 2024-01-12");
                None
            }
        }
    }

    /// A day, or an instant of one.
    pub fn when(&mut self, given: Option<ValueId>, key: &str) -> Option<When> {
        match self.tree.value(given?) {
            Value::DateTime(instant) => Some(When::At(*instant)),
            _ => self.date(given, key).map(When::Day),
        }
    }

    /// A quantity in `unit`: a string with a unit that converts to it. A plain number counts in
    /// `unit` itself where that has no dimension, or where `plain` allows it.
    pub fn quantity(
        &mut self,
        given: Option<ValueId>,
        key: &str,
        unit: &str,
        plain: bool,
        range: RangeInclusive<f64>,
    ) -> Option<f64> {
        let given = given?;
        let parsed = match self.tree.value(given) {
            Value::Text(text) => quantity::parse(text, unit, self.units),
            Value::Integer(number) if plain => Ok(*number as f64),
            Value::Float(number) if plain => Ok(*number),
            Value::Integer(number) => quantity::parse(&number.to_string(), unit, self.units),
            Value::Float(number) => quantity::parse(&number.to_string(), unit, self.units),
            _ => {
                self.wrong_kind(given, key, &format!("a quantity in \"{unit}\""));
                return None;
            }
        };
        match parsed {
            Ok(number) if range.contains(&number) => Some(number),
            Ok(_) => {
                self.out_of_range(given, key, unit, &range);
                None
            }
            Err(error) => {
                let message = format!("{}: {error}", self.shown(given));
                let help = unit_help(&error, unit, self.units);
                self.fault(given, key, message, help);
                None
            }
        }
    }

    fn out_of_range(&mut self, given: ValueId, key: &str, unit: &str, range: &RangeInclusive<f64>) {
        let message = format!("{} is out of range", self.shown(given));
        let unit = if unit == "1" { String::new() } else { format!(" {unit}") };
        let help = format!("allowed: {} to {}{unit}", range.start(), range.end());
        self.fault(given, key, message, help);
    }

    /// Money in `unit`, of which one is 10^`decimals` base units, exact: a decimal that is finer
    /// than a base unit is a fault, never rounded. The range is in `unit`.
    pub fn amount(
        &mut self,
        given: Option<ValueId>,
        key: &str,
        (unit, decimals): (&str, u32),
        range: RangeInclusive<f64>,
    ) -> Option<Amount> {
        let given = given?;
        let parsed = match self.tree.value(given) {
            Value::Text(text) => amount::parse(text, unit, decimals, self.units),
            Value::Integer(_) | Value::Float(_) => Err(QuantityError::MissingUnit.into()),
            _ => {
                self.wrong_kind(given, key, &format!("an amount in \"{unit}\""));
                return None;
            }
        };
        let (message, help) = match parsed {
            Ok(amount) if range.contains(&amount.as_tokens(decimals)) => return Some(amount),
            Ok(_) | Err(AmountError::Negative | AmountError::TooLarge) => {
                self.out_of_range(given, key, unit, &range);
                return None;
            }
            Err(AmountError::Quantity(error)) => {
                (error.to_string(), unit_help(&error, unit, self.units))
            }
            Err(AmountError::TooFine { lower }) => {
                let lower = lower.unwrap_or_default().display(decimals);
                let help =
                    format!("at most {decimals} decimals of {unit}, such as \"{lower} {unit}\"");
                ("finer than its smallest unit".to_owned(), help)
            }
        };
        let message = format!("{}: {message}", self.shown(given));
        self.fault(given, key, message, help);
        None
    }

    /// A share or a relative error: "3 %" or 0.03.
    pub fn share(&mut self, given: Option<ValueId>, key: &str, maximum: f64) -> Option<f64> {
        self.quantity(given, key, "1", true, 0.0..=maximum)
    }

    /// True or false.
    pub fn boolean(&mut self, given: Option<ValueId>, key: &str) -> Option<bool> {
        match self.tree.value(given?) {
            Value::Boolean(truth) => return Some(*truth),
            _ => self.wrong_kind(given?, key, "true or false"),
        }
        None
    }

    /// A length of time of at least one second, in whole milliseconds.
    pub fn duration(
        &mut self,
        given: Option<ValueId>,
        key: &str,
        days_max: u32,
    ) -> Option<SimDuration> {
        let seconds = self.quantity(given, key, "s", false, f64::MIN..=f64::MAX)?;
        if !(1.0..=f64::from(days_max) * DAY_SECONDS).contains(&seconds) {
            let message = format!("{} is out of range", self.shown(given?));
            self.fault(given?, key, message, format!("allowed: \"1 s\" to \"{days_max} d\""));
            return None;
        }
        let millis = math::round(seconds * 1e3);
        if (seconds * 1e3 - millis).abs() > DAYS_APART_MAX * seconds {
            let message = format!("{} is not in whole milliseconds", self.shown(given?));
            self.fault(given?, key, message, format!("write \"{} s\"", math::ceil(seconds)));
            return None;
        }
        Some(SimDuration::from_nanos(millis as u64 * 1_000_000))
    }

    /// The time between two records of a part. Days begin with a record: it is a part of a day, or
    /// whole days.
    pub fn record_every(&mut self, given: Option<ValueId>, key: &str) -> Option<SimDuration> {
        let day = SimDuration::from_days(1);
        let Some(given) = given else { return Some(day) };
        let every = self.duration(Some(given), key, HORIZON_DAYS_MAX)?;
        let (nanos, day_nanos) = (every.as_nanos(), day.as_nanos());
        if day_nanos.is_multiple_of(nanos) || nanos.is_multiple_of(day_nanos) {
            return Some(every);
        }
        let message = format!("{} does not divide a day", self.shown(given));
        let help = "such as \"12 s\", \"5 min\", \"1 h\", \"72 min\" or whole days";
        self.fault(given, key, message, help);
        None
    }

    /// A length of time in whole days, at least one. Months and years, which are no whole days by
    /// definition, are rounded; anything else must be whole.
    pub fn days(&mut self, given: Option<ValueId>, key: &str, days_max: u32) -> Option<u32> {
        self.steps_of_days(given, key, days_max).map(|days| math::round(days) as u32)
    }

    /// The same as it is typed: months and years keep their part of a day.
    pub fn steps_of_days(
        &mut self,
        given: Option<ValueId>,
        key: &str,
        days_max: u32,
    ) -> Option<f64> {
        let days = self.quantity(given, key, "d", false, f64::MIN..=f64::MAX)?;
        if !(0.5..f64::from(days_max) + 0.5).contains(&days) {
            let message = format!("{} is out of range", self.shown(given?));
            self.fault(given?, key, message, format!("allowed: \"1 d\" to \"{days_max} d\""));
            return None;
        }
        let whole = math::round(days);
        if (days - whole).abs() > DAYS_APART_MAX && !self.in_months_or_years(given?) {
            let message = format!("{} is not in whole days", self.shown(given?));
            let help = format!("write \"{} d\"", math::ceil(days));
            self.fault(given?, key, message, help);
            return None;
        }
        Some(if self.in_months_or_years(given?) { days } else { whole })
    }

    /// A length of time as a whole number of periods of so many seconds, at least one. Months and
    /// years are rounded to one; anything else must fit.
    pub fn periods(
        &mut self,
        given: Option<ValueId>,
        key: &str,
        seconds: u32,
        days_max: u32,
    ) -> Option<u32> {
        let time = self.quantity(given, key, "s", false, f64::MIN..=f64::MAX)?;
        let periods = time / f64::from(seconds);
        if periods < 0.5 || time > f64::from(days_max) * DAY_SECONDS {
            let message = format!("{} is out of range", self.shown(given?));
            let help = format!("allowed: \"{seconds} s\" to \"{days_max} d\"");
            self.fault(given?, key, message, help);
            return None;
        }
        let whole = math::round(periods);
        if (periods - whole).abs() > DAYS_APART_MAX && !self.in_months_or_years(given?) {
            let unit = match seconds {
                1 => "seconds".to_owned(),
                _ => format!("periods of {seconds} s"),
            };
            let message = format!("{} is no whole number of {unit}", self.shown(given?));
            let next = math::ceil(periods) * f64::from(seconds);
            self.fault(given?, key, message, format!("write \"{next} s\""));
            return None;
        }
        Some(whole.max(1.0) as u32)
    }

    /// Whether a quantity is typed in a unit of time that has no whole number of days.
    fn in_months_or_years(&self, given: ValueId) -> bool {
        let Some(text) = self.text_of(given) else { return false };
        let unit = text.trim_end().rsplit(|c: char| !c.is_ascii_alphabetic()).next();
        unit.is_some_and(|unit| ["mo", "y", "year"].contains(&unit))
    }

    /// Notes of each key that is given whether it has an effect: its name below `at`, the value,
    /// whether it has an effect here, and when it has. One without at every point is a fault.
    pub fn refuse_idle(&mut self, at: &str, keys: &[(&str, Option<ValueId>, bool, &str)]) {
        let at = self.full(at).into_owned();
        for &(name, given, has_effect, when) in keys {
            let Some(given) = given else { continue };
            let place = self.tree.place(given);
            match has_effect {
                true => self.faults.note_effect(place),
                false => {
                    let (key, help) = (format!("{at}.{name}"), "take it out".to_owned());
                    let message = format!("has no effect here: it is for {when}");
                    self.faults.note_idle(place, &key, message, help);
                }
            }
        }
    }

    /// Notes whether an instant, as a time since the start, comes before the run ends. One that
    /// comes at no point is a fault, unless the length of the run was laid over that of the file.
    pub fn refuse_late(&mut self, given: Option<ValueId>, key: &str, at: SimDuration) {
        let (Some(given), Some(RunDays { horizon_days, .. })) = (given, self.days) else { return };
        let place = self.tree.place(given);
        if self.tree.is_length_laid() || at < SimDuration::from_days(horizon_days.into()) {
            return self.faults.note_effect(place);
        }
        let message =
            format!("has no effect here: the run has ended by then, after {horizon_days} d");
        let help = "name an earlier time, or take it out".to_owned();
        let key = self.full(key).into_owned();
        self.faults.note_idle(place, &key, message, help);
    }

    /// A file named relative to the scenario; its number and text.
    pub fn file(
        &mut self,
        given: Option<ValueId>,
        key: &str,
        bytes_max: u64,
    ) -> Option<(usize, Rc<str>)> {
        let reference = self.text(given, key)?;
        match self.files.refer(&reference, bytes_max) {
            Ok((file, _, text)) => Some((file, text)),
            Err((message, help)) => {
                self.fault(given?, key, message, help);
                None
            }
        }
    }

    /// A fault for each identifier that was given twice.
    pub fn unique(&mut self, ids: &[(Option<ValueId>, String)], what: &str) {
        let mut seen = BTreeMap::new();
        for (number, (given, id)) in ids.iter().enumerate() {
            let (Some(given), Some(first)) = (given, seen.insert(id, number)) else { continue };
            let message = format!("\"{id}\" is also the id of {what}[{first}]");
            self.fault(*given, &format!("{what}[{number}].id"), message, "give each its own id");
        }
    }
}

fn unit_help(error: &QuantityError, unit: &str, units: &Units) -> String {
    let example = match unit.strip_prefix('1') {
        Some(rest) => format!("such as \"3 %{rest}\""),
        None => format!("such as \"1 {unit}\""),
    };
    match error {
        QuantityError::UnknownUnit { similar: Some(similar), .. } => {
            format!("did you mean \"{similar}\"? allowed: {}", units.compatible(unit))
        }
        _ => format!("give a quantity {example}; units: {}", units.compatible(unit)),
    }
}

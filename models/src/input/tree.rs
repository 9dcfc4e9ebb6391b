//! TOML as a tree whose every value knows where it was typed, so that a fault found late, after
//! `extends`, `--set` and variants, still points at its line.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};
use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{Faults, TextPosition, shown};

/// Most values in one file.
const NODES_MAX: usize = 20_000;
/// Deepest nesting of tables and arrays.
const DEPTH_MAX: usize = 32;
/// Longest key.
const KEY_BYTES_MAX: usize = 256;

/// A value by its number in its [`Tree`]. In the structs of a scenario as typed it stands for a
/// value that is checked later; the reader answers a wish for a `u32` with it.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct ValueId(pub u32);

/// What was typed for a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A string in quotes.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a point or an exponent.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A date without quotes.
    Date(Date),
    /// A date with a time of day, without quotes.
    DateTime(DateTime),
    /// A list; its members are values of the tree.
    Array(Vec<ValueId>),
    /// A table; its keys lead to values of the tree.
    Table(BTreeMap<String, ValueId>),
}

#[derive(Clone, Debug)]
struct Node {
    /// Of the key, where there is one.
    place: TextPosition,
    /// Byte at which the value itself begins.
    start: usize,
    value: Value,
}

/// The values of one scenario; the root is number 0.
#[derive(Clone, Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    /// Whether a size, the command line or an analysis gave the run its length.
    length_laid: bool,
}

impl Value {
    /// What it is, for a message.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a number",
            Value::Boolean(_) => "a boolean",
            Value::Date(_) => "a date",
            Value::DateTime(_) => "a date with a time",
            Value::Array(_) => "an array",
            Value::Table(_) => "a table",
        }
    }
}

impl Tree {
    /// The table of the whole file.
    pub const ROOT: ValueId = ValueId(0);

    /// Parses a whole file. A syntax error stops at the first; later ones mostly follow from it.
    pub fn parse(text: &str, file: usize, faults: &mut Faults) -> Option<Tree> {
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                let place = TextPosition { file, offset };
                faults.push(
                    place,
                    "",
                    shown_message(error.message()),
                    syntax_help(error.message()),
                );
                return None;
            }
        };
        let mut tree = Tree { nodes: Vec::new(), length_laid: false };
        let place = TextPosition { file, offset: 0 };
        tree.add(DeValue::Table(table), "", (place, 0), 0, faults).map(|_| tree)
    }

    /// Adds a value, which lies at `key` and begins at `start`, and all below it. The parser bounds
    /// its own recursion; this bounds ours.
    fn add(
        &mut self,
        value: DeValue<'_>,
        key: &str,
        (place, start): (TextPosition, usize),
        depth: usize,
        faults: &mut Faults,
    ) -> Option<ValueId> {
        if depth > DEPTH_MAX || self.nodes.len() >= NODES_MAX {
            let help = format!("at most {DEPTH_MAX} levels and {NODES_MAX} values");
            faults.push(place, key, "too deeply nested, or too many values", help);
            return None;
        }
        let given = self.push(place, start, Value::Boolean(false));
        let inside =
            |span: std::ops::Range<usize>| TextPosition { file: place.file, offset: span.start };
        let value = match value {
            DeValue::Array(items) => {
                let add = |item: toml::Spanned<DeValue<'_>>| {
                    let place = inside(item.span());
                    self.add(item.into_inner(), key, (place, place.offset), depth + 1, faults)
                };
                Value::Array(items.into_iter().map(add).collect::<Option<_>>()?)
            }
            DeValue::Table(table) => {
                let mut entries = BTreeMap::new();
                for (name, item) in table {
                    let place = inside(name.span());
                    let name = name.into_inner().into_owned();
                    if name.len() > KEY_BYTES_MAX {
                        let help = format!("at most {KEY_BYTES_MAX} bytes");
                        faults.push(place, shown(&name), "the key is too long", help);
                        return None;
                    }
                    let path = if depth == 0 { name.clone() } else { format!("{key}.{name}") };
                    let places = (place, item.span().start);
                    let node = self.add(item.into_inner(), &path, places, depth + 1, faults)?;
                    entries.insert(name, node);
                }
                Value::Table(entries)
            }
            leaf => leaf_value(&leaf)
                .map_err(|(message, help)| faults.push(place, key, message, help))
                .ok()?,
        };
        self.nodes[given.0 as usize].value = value;
        Some(given)
    }

    fn push(&mut self, place: TextPosition, start: usize, value: Value) -> ValueId {
        self.nodes.push(Node { place, start, value });
        ValueId(u32::try_from(self.nodes.len() - 1).expect("NODES_MAX bounds each addition"))
    }

    /// What was typed.
    pub fn value(&self, given: ValueId) -> &Value {
        &self.nodes[given.0 as usize].value
    }

    /// Where its key was typed.
    pub fn place(&self, given: ValueId) -> TextPosition {
        self.nodes[given.0 as usize].place
    }

    /// Where the value itself begins, behind its key.
    pub fn start(&self, given: ValueId) -> TextPosition {
        let node = &self.nodes[given.0 as usize];
        TextPosition { offset: node.start, ..node.place }
    }

    /// The keys of a table; `None` if it is something else.
    pub fn table(&self, given: ValueId) -> Option<&BTreeMap<String, ValueId>> {
        match self.value(given) {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The value of a key of the root.
    pub fn root(&self, key: &str) -> Option<ValueId> {
        self.table(Self::ROOT)?.get(key).copied()
    }

    /// Takes a key out of a table, if it is there.
    pub fn remove(&mut self, table: ValueId, key: &str) {
        if let Value::Table(table) = &mut self.nodes[table.0 as usize].value {
            table.remove(key);
        }
    }

    /// Puts a string in place of a value.
    pub fn set_text(&mut self, given: ValueId, text: String) {
        self.nodes[given.0 as usize].value = Value::Text(text);
    }

    /// The value at a dotted key, or what lies nearest above it.
    pub fn nearest(&self, key: &str) -> ValueId {
        let mut at = Self::ROOT;
        for segment in key.split('.') {
            match self.step(at, segment) {
                Ok(Some(next)) => at = next,
                _ => break,
            }
        }
        at
    }

    /// Every value that is no table and no list of something, with its dotted key, in order.
    pub fn leaves(&self) -> Vec<(String, ValueId)> {
        let mut found = Vec::new();
        self.leaves_below(Self::ROOT, "", &mut found);
        found
    }

    fn leaves_below(&self, at: ValueId, key: &str, found: &mut Vec<(String, ValueId)>) {
        match self.value(at) {
            Value::Table(table) => {
                for (name, &value) in table {
                    let dot = if key.is_empty() { "" } else { "." };
                    self.leaves_below(value, &format!("{key}{dot}{name}"), found);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for (place, &item) in items.iter().enumerate() {
                    self.leaves_below(item, &format!("{key}[{place}]"), found);
                }
            }
            _ => found.push((key.to_owned(), at)),
        }
    }

    /// Whether an empty list was typed at a dotted key.
    pub fn is_empty_list(&self, key: &str) -> bool {
        let mut at = Self::ROOT;
        for segment in key.split('.') {
            match self.step(at, segment) {
                Ok(Some(next)) => at = next,
                _ => return false,
            }
        }
        matches!(self.value(at), Value::Array(items) if items.is_empty())
    }

    /// What variants share: a tree of its own, so that a copy for each costs only what it holds.
    pub fn without(&self, keys: &[&str]) -> Tree {
        let mut rest = self.clone();
        keys.iter().for_each(|key| rest.remove(Self::ROOT, key));
        let place = self.place(Self::ROOT);
        let root = Node { place, start: place.offset, value: Value::Table(BTreeMap::new()) };
        let mut compact = Tree { nodes: vec![root], length_laid: self.length_laid };
        compact.overlay(&rest);
        compact
    }

    /// Lays `other` over this tree: its tables are merged, its other values replace.
    pub fn overlay(&mut self, other: &Tree) {
        self.overlay_at(Self::ROOT, other, Self::ROOT);
    }

    fn overlay_at(&mut self, at: ValueId, other: &Tree, from: ValueId) {
        let (place, start) = (other.place(from), other.start(from).offset);
        let value = match other.value(from) {
            Value::Table(theirs) => {
                let mut ours = self.table(at).cloned().unwrap_or_default();
                for (key, &item) in theirs {
                    let to = match ours.get(key) {
                        Some(&to) => {
                            self.overlay_at(to, other, item);
                            to
                        }
                        None => self.graft(other, item),
                    };
                    ours.insert(key.clone(), to);
                }
                Value::Table(ours)
            }
            Value::Array(items) => {
                Value::Array(items.iter().map(|&item| self.graft(other, item)).collect())
            }
            leaf => leaf.clone(),
        };
        self.nodes[at.0 as usize] = Node { place, start, value };
    }

    /// A copy of a value of `other`, not yet at any key.
    pub fn graft(&mut self, other: &Tree, from: ValueId) -> ValueId {
        let to = self.push(other.place(from), 0, Value::Boolean(false));
        self.overlay_at(to, other, from);
        to
    }

    /// A value that nobody typed, not yet at any key; `place` is what it stands for.
    pub fn leaf(&mut self, place: TextPosition, value: Value) -> ValueId {
        self.push(place, place.offset, value)
    }

    /// Notes that a size, the command line or an analysis gave the run its length.
    pub fn lay_length(&mut self) {
        self.length_laid = true;
    }

    /// Whether a size, the command line or an analysis gave the run its length. What comes after
    /// its end is then no fault, but does not happen, and is told.
    pub fn is_length_laid(&self) -> bool {
        self.length_laid
    }

    /// Puts a value of this tree at a dotted key such as `network.solstice` or `target[0].limit`.
    ///
    /// # Errors
    /// What is wrong, if the key is too long or malformed, or goes through a value that is no table
    /// or a member that an array does not have.
    pub fn set(&mut self, key: &str, value: ValueId) -> Result<(), String> {
        let mut at = Self::ROOT;
        let (path, last) = key.rsplit_once('.').unwrap_or(("", key));
        if key.len() > KEY_BYTES_MAX || key.split('.').count() > DEPTH_MAX {
            return Err("the key is too long".to_owned());
        }
        for segment in path.split('.').filter(|_| !path.is_empty()) {
            at = match self.step(at, segment)? {
                Some(next) => next,
                None => {
                    let next = self.push(self.place(value), 0, Value::Table(BTreeMap::new()));
                    self.insert(at, segment, next)?;
                    next
                }
            };
        }
        self.insert(at, last, value)
    }

    /// What lies at `name` or `name[number]` below `at`; an error if nothing can.
    fn step(&self, at: ValueId, segment: &str) -> Result<Option<ValueId>, String> {
        let (name, number) = split_segment(segment)?;
        let found = match self.value(at) {
            Value::Table(table) => table.get(name).copied(),
            other => return Err(format!("nothing lies below {}", other.kind())),
        };
        let (Some(found), Some(number)) = (found, number) else {
            return match number {
                Some(_) => Err(format!("there is no array \"{}\"", shown(name))),
                None => Ok(found),
            };
        };
        match self.value(found) {
            Value::Array(items) if number < items.len() => Ok(Some(items[number])),
            Value::Array(items) => Err(format!("\"{name}\" has {} members", items.len())),
            other => Err(format!("\"{}\" is {}, not an array", shown(name), other.kind())),
        }
    }

    fn insert(&mut self, at: ValueId, segment: &str, value: ValueId) -> Result<(), String> {
        if let Some(old) = self.step(at, segment)? {
            self.nodes[old.0 as usize] = self.nodes[value.0 as usize].clone();
        } else if let Value::Table(table) = &mut self.nodes[at.0 as usize].value {
            table.insert(segment.to_owned(), value);
        }
        Ok(())
    }

    /// Adds the value of a `--set`: TOML if it is that, else a string.
    pub fn add_argument(
        &mut self,
        key: &str,
        text: &str,
        file: usize,
        faults: &mut Faults,
    ) -> Option<ValueId> {
        let place = TextPosition { file, offset: 0 };
        let value = match DeValue::parse(text) {
            Ok(value) => value.into_inner(),
            Err(_) => DeValue::String(text.into()),
        };
        self.add(value, key, (place, 0), 0, faults)
    }

    /// The tree below `at` as plain TOML.
    pub fn to_toml(&self, at: ValueId) -> toml::Value {
        match self.value(at) {
            Value::Text(text) => toml::Value::String(text.clone()),
            Value::Integer(number) => toml::Value::Integer(*number),
            Value::Float(number) => toml::Value::Float(*number),
            Value::Boolean(truth) => toml::Value::Boolean(*truth),
            Value::Date(date) => datetime_to_toml(*date, None),
            Value::DateTime(instant) => datetime_to_toml(instant.date(), Some(instant.time())),
            Value::Array(items) => {
                toml::Value::Array(items.iter().map(|&item| self.to_toml(item)).collect())
            }
            Value::Table(table) => {
                let entry = |(key, &item): (&String, &ValueId)| (key.clone(), self.to_toml(item));
                toml::Value::Table(table.iter().map(entry).collect())
            }
        }
    }
}

fn datetime_to_toml(date: Date, time: Option<Time>) -> toml::Value {
    let date = toml::value::Date {
        year: date.year().unsigned_abs(),
        month: date.month().unsigned_abs(),
        day: date.day().unsigned_abs(),
    };
    let time = time.map(|time| toml::value::Time {
        hour: time.hour().unsigned_abs(),
        minute: time.minute().unsigned_abs(),
        second: Some(time.second().unsigned_abs()),
        nanosecond: Some(time.subsec_nanosecond().unsigned_abs()),
    });
    toml::Value::Datetime(toml::value::Datetime { date: Some(date), time, offset: None })
}

/// A calendar date, or one with a time of day and without an offset.
fn date_or_instant(when: &toml::value::Datetime) -> Option<Value> {
    let given = when.date.filter(|_| when.offset.is_none())?;
    let (month, day) = (i8::try_from(given.month).ok()?, i8::try_from(given.day).ok()?);
    let date = Date::new(i16::try_from(given.year).ok()?, month, day).ok()?;
    let Some(given) = when.time else { return Some(Value::Date(date)) };
    let part = |number: u8| i8::try_from(number).ok();
    let nanos = i32::try_from(given.nanosecond.unwrap_or(0)).ok()?;
    let (hour, minute) = (part(given.hour)?, part(given.minute)?);
    let time = Time::new(hour, minute, part(given.second.unwrap_or(0))?, nanos).ok()?;
    Some(Value::DateTime(DateTime::from_parts(date, time)))
}

/// `name` or `name[number]`.
fn split_segment(segment: &str) -> Result<(&str, Option<usize>), String> {
    let bad = || format!("\"{}\" is no part of a key", shown(segment));
    let (name, number) = match segment.split_once('[') {
        None => (segment, None),
        Some((name, tail)) => {
            let number = tail.strip_suffix(']').and_then(|number| number.parse().ok());
            (name, Some(number.ok_or_else(bad)?))
        }
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(plain) { Err(bad()) } else { Ok((name, number)) }
}

/// A leaf, or what is wrong with it and what is allowed.
fn leaf_value(value: &DeValue<'_>) -> Result<Value, (String, String)> {
    Ok(match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Boolean(truth) => Value::Boolean(*truth),
        DeValue::Integer(number) => {
            let parsed = i64::from_str_radix(number.as_str(), number.radix());
            Value::Integer(parsed.map_err(|_| {
                let message = format!("the integer {} is too large", shown(number.as_str()));
                (message, format!("at most {}", i64::MAX))
            })?)
        }
        DeValue::Float(number) => {
            let parsed = number.as_str().parse().ok().filter(|number: &f64| number.is_finite());
            Value::Float(parsed.ok_or_else(|| {
                let message = format!("{} is not a finite number", shown(number.as_str()));
                (message, "give a number between -1.7e308 and 1.7e308".to_owned())
            })?)
        }
        DeValue::Datetime(when) => date_or_instant(when).ok_or_else(|| {
            let message = format!("{when} is not a calendar date");
            (message, "give a date such as 2024-01-12, without an offset".to_owned())
        })?,
        DeValue::Array(_) | DeValue::Table(_) => unreachable!("a leaf is asked for"),
    })
}

/// The parser's message; a duplicate key names a key as long as the file.
fn shown_message(message: &str) -> String {
    format!("not TOML: {}", shown(message))
}

fn syntax_help(message: &str) -> &'static str {
    let has = |word| message.contains(word);
    if has("duplicate") {
        "a key may be given once; remove one of the two"
    } else if has("recurs") {
        "nest tables and arrays less deeply, at most 32 levels"
    } else if has("date") || has("day") || has("month") {
        "give a calendar date such as 2024-01-12, without quotes"
    } else {
        "see https://toml.io/en/v1.0.0; text needs quotes, dates do not"
    }
}

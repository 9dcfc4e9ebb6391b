//! `[ensemble]` and `[output]`: the points that a scenario asks for beside its variants.
//!
//! A point is a list of keys with values, to be set like those of a variant. Sweeps are explicit:
//! every combination of `vary.product`, each with every step of `vary.zip`, each with every row of
//! the `sample`.

use std::collections::BTreeMap;

use pinwheel_core::math;

use crate::describe::Recorded;

use super::design::Kind;
use super::document::are_one_length;
use super::file::{AxisSection, EnsembleSection, OutputSection, SampleSection};
use super::probe::takes_whole_numbers;
use super::{Factor, Output, Range, Sample};
use crate::input::HORIZON_DAYS_MAX;
use crate::input::check::Checker;
use crate::input::diagnostic::shown;
use crate::input::quantity::split_number;
use crate::input::tree::{Tree, Value, ValueId};

/// Most points of a scenario, its variants counted in.
pub const POINTS_MAX: usize = 20_000;
const AXES_MAX: usize = 32;
const N_MAX: i64 = 65_536;

/// A key to set at a point.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The dotted key.
    pub key: String,
    /// The key that stands in the file, for messages.
    pub typed_at: String,
    /// What is put there.
    pub value: Entry,
    /// The same, as tables and reports show it.
    pub factor: Factor,
}

/// A value that was typed, or one that a design gives.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A value of the file.
    Typed(ValueId),
    /// The place of the typed range, and the value that the design gives.
    Drawn(ValueId, Value),
}

/// What is swept: the settings of each point, the names of the points, the design if there is one.
#[derive(Clone, Debug, Default)]
pub struct Sweep {
    /// Names of points with what is set at each.
    pub points: Vec<(String, Vec<Setting>)>,
    /// The design, if there is one.
    pub sample: Option<Sample>,
}

/// Reads the swept part of `[ensemble]`. Without any, there is one point without a name.
pub fn sweep(checker: &mut Checker<'_>, ensemble: &EnsembleSection, seed: u64) -> Option<Sweep> {
    let vary = ensemble.vary.as_ref();
    let product = axes(checker, vary.map_or(&[][..], |v| &v.product), "ensemble.vary.product");
    let zip = axes(checker, vary.map_or(&[][..], |v| &v.zip), "ensemble.vary.zip");
    let lengths: Vec<usize> = zip.iter().map(Vec::len).collect();
    if let (Some(&first), Some(section)) = (lengths.first(), vary)
        && let Some(odd) = lengths.iter().position(|length| *length != first)
    {
        let message = format!("{} values beside {first} of the first", lengths[odd]);
        let help = "zipped keys step together: give each as many values";
        let at = section.zip[odd].path.or(section.zip[odd].values.first().copied());
        checker.fault(at?, &format!("ensemble.vary.zip[{odd}].values"), message, help);
        return None;
    }
    let sample = match &ensemble.sample {
        Some(section) => Some(sample(checker, section)?),
        None => None,
    };
    if !swept_once(checker, ensemble) {
        return None;
    }
    let zipped: Vec<Vec<Setting>> = match lengths.first() {
        Some(&steps) => {
            (0..steps).map(|step| zip.iter().map(|axis| axis[step].clone()).collect()).collect()
        }
        None => vec![Vec::new()],
    };
    let rows = sample.as_ref().map_or(1, |s| s.kind.rows(s.n as usize, s.ranges.len()));
    let count = product.iter().map(Vec::len).try_fold(rows * zipped.len(), usize::checked_mul);
    if count.is_none_or(|count| count > POINTS_MAX) {
        let count = count.map_or("far too many".to_owned(), |count| count.to_string());
        let message = format!("{count} points");
        let at = checker.tree.nearest("ensemble");
        checker.fault(at, "ensemble", message, format!("at most {POINTS_MAX}"));
        return None;
    }
    let mut points: Vec<Vec<Setting>> = vec![Vec::new()];
    for axis in &product {
        let with = |point: &Vec<Setting>| {
            let point = point.clone();
            axis.iter().map(move |one| point.iter().chain([one]).cloned().collect())
        };
        points = points.iter().flat_map(with).collect();
    }
    let with_zip = |point: &Vec<Setting>| {
        let point = point.clone();
        zipped.iter().map(move |step| point.iter().chain(step).cloned().collect::<Vec<_>>())
    };
    let points: Vec<Vec<Setting>> = points.iter().flat_map(with_zip).collect();
    let mut named: Vec<(String, Vec<Setting>)> =
        points.into_iter().map(|settings| (name(&settings), settings)).collect();
    if let (Some(sample), Some(section)) = (&sample, &ensemble.sample) {
        named = sampled(&named, sample, section, seed);
    }
    Some(Sweep { points: named, sample })
}

/// A key that is swept in two places would have the value of one and the name of both.
fn swept_once(checker: &mut Checker<'_>, ensemble: &EnsembleSection) -> bool {
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    let vary = ensemble.vary.as_ref();
    let axes = [
        ("ensemble.vary.product", vary.map_or(&[][..], |vary| &vary.product)),
        ("ensemble.vary.zip", vary.map_or(&[][..], |vary| &vary.zip)),
    ];
    let mut swept: Vec<(Option<ValueId>, String, String)> = Vec::new();
    for (key, sections) in axes {
        for (number, axis) in sections.iter().enumerate() {
            let name = axis.path.and_then(|path| checker.text_of(path)).unwrap_or_default();
            swept.push((axis.path, name, format!("{key}[{number}].path")));
        }
    }
    let over = ensemble.sample.iter().flat_map(|section| &section.over);
    swept.extend(
        over.map(|(name, given)| {
            (Some(*given), name.clone(), format!("ensemble.sample.over.{name}"))
        }),
    );
    let mut once = true;
    for (given, name, place) in swept {
        let before = places.iter().find(|(key, _)| are_one_length(key, &name));
        let before = before.map(|(key, place)| (key.clone(), place.clone()));
        places.insert(name.clone(), place.clone());
        if let (Some((key, other)), Some(given)) = (before, given) {
            let message = format!("{key} is swept in {other} too");
            checker.fault(given, &place, message, "sweep each key in one place");
            once = false;
        }
    }
    once
}

/// Each swept point once for every row of the design.
fn sampled(
    points: &[(String, Vec<Setting>)],
    sample: &Sample,
    section: &SampleSection,
    seed: u64,
) -> Vec<(String, Vec<Setting>)> {
    let design = sample.kind.design(sample.n as usize, sample.ranges.len(), seed);
    let digits = design.len().to_string().len();
    let mut all = Vec::with_capacity(points.len() * design.len());
    for (name, swept) in points {
        for (number, row) in design.iter().enumerate() {
            let mut settings = swept.clone();
            for (range, unit) in sample.ranges.iter().zip(row) {
                settings.push(range.setting(*unit, section.over[&range.key]));
            }
            let row = format!("sample {number:0digits$}");
            let name = if name.is_empty() { row } else { format!("{name}, {row}") };
            all.push((name, settings));
        }
    }
    all
}

impl Range {
    /// The value at a coordinate in [0, 1].
    pub fn at(&self, coordinate: f64) -> f64 {
        let Range { low, high, .. } = *self;
        match (self.whole, self.log) {
            (true, false) => (low + (coordinate * (high - low + 1.0)).floor()).min(high),
            (false, false) => low + coordinate * (high - low),
            (whole, true) => {
                let (from, to) = (math::ln(low), math::ln(high));
                let value = math::exp(from + coordinate * (to - from));
                if whole { math::round(value).clamp(low, high) } else { value }
            }
        }
    }

    /// The coordinate of the value that is run: of a whole number, not of where in it a design
    /// points.
    pub fn run_at(&self, coordinate: f64) -> f64 {
        let Range { low, high, .. } = *self;
        match (self.whole, self.log) {
            (false, _) => coordinate,
            (true, false) => (self.at(coordinate) - low) / (high - low),
            (true, true) => {
                let from = math::ln(low);
                (math::ln(self.at(coordinate)) - from) / (math::ln(high) - from)
            }
        }
    }

    /// The value at a coordinate as one would type it.
    pub fn typed(&self, coordinate: f64) -> Value {
        self.value(self.at(coordinate))
    }

    /// A number as one would type it for this key.
    pub(super) fn value(&self, value: f64) -> Value {
        match (self.whole, self.unit.is_empty()) {
            (true, true) => Value::Integer(value as i64),
            (false, true) => Value::Float(value),
            (_, false) => Value::Text(format!("{} {}", self.shown(value), self.unit)),
        }
    }

    /// A drawn number; of money with no more decimals than it has, as one may type it.
    fn shown(&self, value: f64) -> String {
        let shown = value.to_string();
        let places = shown.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        match self.decimals.map(|decimals| decimals as usize) {
            Some(decimals) if places > decimals => format!("{value:.decimals$}"),
            _ => shown,
        }
    }

    /// The value at a coordinate as one would type it behind `--set key=`.
    pub fn argument(&self, coordinate: f64) -> String {
        match self.typed(coordinate) {
            Value::Text(text) => format!("\"{text}\""),
            other => text_of(&other),
        }
    }

    fn setting(&self, coordinate: f64, typed: ValueId) -> Setting {
        let value = self.typed(coordinate);
        let factor = Factor {
            key: self.key.clone(),
            value: text_of(&value),
            number: Some(self.at(coordinate)),
        };
        Setting {
            key: self.key.clone(),
            typed_at: format!("ensemble.sample.over.{}", shown(&self.key)),
            value: Entry::Drawn(typed, value),
            factor,
        }
    }
}

/// `stake=100 TOK, shape=1.4`: the last part of each key is enough to tell points apart.
fn name(settings: &[Setting]) -> String {
    let part = |setting: &Setting| {
        let last = setting.key.rsplit('.').next().unwrap_or(&setting.key);
        format!("{last}={}", setting.factor.value)
    };
    settings.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// A value as one would type it, without quotes.
fn text_of(value: &Value) -> String {
    match value {
        Value::Text(text) => shown(text),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Date(date) => date.to_string(),
        Value::DateTime(instant) => instant.to_string(),
        other => other.kind().to_owned(),
    }
}

/// The value at a place of an axis as one would type it, in a form that tells it from the others:
/// tables and lists as TOML, and where two texts begin alike, its place before it.
fn told_apart(tree: &Tree, values: &[ValueId], place: usize) -> String {
    let text = |given: ValueId| match tree.value(given) {
        Value::Table(_) | Value::Array(_) => shown(&tree.to_toml(given).to_string()),
        leaf => text_of(leaf),
    };
    let own = text(values[place]);
    let others = values.iter().enumerate().filter(|(other, _)| *other != place);
    match others.into_iter().any(|(_, &other)| text(other) == own) {
        true => format!("{}: {own}", place + 1),
        false => own,
    }
}

/// A number and the unit behind it, if the value has one.
fn number_of(value: &Value) -> Option<(f64, String)> {
    match value {
        Value::Integer(number) => Some((*number as f64, String::new())),
        Value::Float(number) => Some((*number, String::new())),
        Value::Text(text) => {
            split_number(text).map(|(number, unit)| (number, unit.trim().to_owned()))
        }
        _ => None,
    }
}

fn axes(checker: &mut Checker<'_>, sections: &[AxisSection], key: &str) -> Vec<Vec<Setting>> {
    if let Some(extra) = sections.get(AXES_MAX).and_then(|axis| axis.path) {
        checker.fault(
            extra,
            key,
            format!("{} keys", sections.len()),
            format!("at most {AXES_MAX}"),
        );
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, axis) in sections.iter().enumerate() {
        let typed_at = format!("{key}[{number}]");
        let path = checker.required(axis.path, &format!("{typed_at}.path"), "\"run.horizon\"");
        let Some(path) = checker.text(path, &format!("{typed_at}.path")) else { continue };
        if axis.values.is_empty() {
            let message = "no values".to_owned();
            let help = "give at least one, such as values = [\"1 y\", \"2 y\"]";
            checker.fault(axis.path.unwrap_or_default(), &typed_at, message, help);
            continue;
        }
        let setting = |(place, &given): (usize, &ValueId)| {
            let value = checker.tree.value(given);
            let factor = Factor {
                key: path.clone(),
                value: told_apart(checker.tree, &axis.values, place),
                number: number_of(value).map(|(number, _)| number),
            };
            let typed_at = format!("{typed_at}.values[{place}]");
            Setting { key: path.clone(), typed_at, value: Entry::Typed(given), factor }
        };
        for (place, &given) in axis.values.iter().enumerate() {
            let whole = |given: ValueId| checker.tree.to_toml(given);
            if axis.values[..place].iter().any(|&other| whole(other) == whole(given)) {
                let message = format!("{} is there twice", text_of(checker.tree.value(given)));
                let key = format!("{typed_at}.values[{place}]");
                checker.fault(given, &key, message, "remove one of the two");
            }
        }
        found.push(axis.values.iter().enumerate().map(setting).collect());
    }
    found
}

fn sample(checker: &mut Checker<'_>, section: &SampleSection) -> Option<Sample> {
    let key = "ensemble.sample";
    let kinds = [
        ("sobol", Kind::Sobol),
        ("latin-hypercube", Kind::LatinHypercube),
        ("morris", Kind::Morris),
    ];
    let kind = checker.required(section.kind, &format!("{key}.kind"), "\"sobol\"");
    let kind = checker.choice(kind, &format!("{key}.kind"), &kinds);
    let n = checker.required(section.n, &format!("{key}.n"), "64");
    let n = checker.integer(n, &format!("{key}.n"), 2..=N_MAX);
    if section.over.is_empty() {
        let example = "{ \"network.price.start\" = [\"3 USD\", \"6 USD\"] }";
        checker.required(None, &format!("{key}.over"), example);
        return None;
    }
    let most = kind.map_or(usize::MAX, Kind::keys_max);
    if section.over.len() > most {
        let at = section.over.values().next().copied()?;
        let message = format!("{} keys", section.over.len());
        checker.fault(at, &format!("{key}.over"), message, format!("at most {most} of this kind"));
        return None;
    }
    let range =
        |(path, &given): (&String, &ValueId)| range(checker, &format!("{key}.over"), path, given);
    let ranges: Option<Vec<Range>> = section.over.iter().map(range).collect();
    Some(Sample { kind: kind?, n: u32::try_from(n?).ok()?, ranges: ranges? })
}

/// The range of the key `path`, typed below `table`.
pub fn range(checker: &mut Checker<'_>, table: &str, path: &str, given: ValueId) -> Option<Range> {
    let key = format!("{table}.{}", shown(path));
    let help = "write [low, high], both numbers or both with one unit, or [low, high, \"log\"]";
    let Value::Array(items) = checker.tree.value(given).clone() else {
        let message = format!("expected an array, found {}", checker.tree.value(given).kind());
        checker.fault(given, &key, message, help);
        return None;
    };
    let bound = |place: usize| number_of(checker.tree.value(*items.get(place)?));
    let scale = items.get(2).and_then(|&scale| checker.text_of(scale));
    let known = match (items.len(), scale.as_deref()) {
        (2, None) => Some(false),
        (3, Some("log")) => Some(true),
        _ => None,
    };
    let (Some((low, unit)), Some((high, other)), Some(log)) = (bound(0), bound(1), known) else {
        checker.fault(given, &key, "is no range".to_owned(), help);
        return None;
    };
    if unit != other {
        let message = format!("units differ: \"{}\" and \"{}\"", shown(&unit), shown(&other));
        checker.fault(given, &key, message, help);
        return None;
    }
    if low >= high || (log && low <= 0.0) {
        let message = format!("from {low} to {high} is no range");
        let help = "let low be below high, and above zero where it is \"log\"";
        checker.fault(given, &key, message, help);
        return None;
    }
    let decimals = checker.units.decimals(&unit).filter(|_| !unit.contains('/'));
    let range = Range { key: path.to_owned(), low, high, unit, decimals, whole: false, log };
    let whole = takes_whole_numbers(checker, &range);
    Some(Range { whole, ..range })
}

/// Reads `[output]`; a metric that nothing here records is a fault.
pub fn output(
    checker: &mut Checker<'_>,
    section: Option<&OutputSection>,
    recorded: &Recorded,
) -> Output {
    let Some(section) = section else { return Output::default() };
    let every = checker.duration(section.every, "output.every", HORIZON_DAYS_MAX);
    let mut metrics = Vec::new();
    let names = checker.texts(&section.metrics, "output.metrics");
    for (name, &given) in names.iter().zip(&section.metrics) {
        // Where a section is at fault, nobody can say what the runs record.
        match recorded.resolve(name) {
            _ if recorded.metrics.is_empty() => {}
            Ok(found) => metrics.push(found.name()),
            Err((message, help)) => checker.fault(given, "output.metrics", message, help),
        }
    }
    Output { every, metrics }
}

impl Setting {
    /// The value in a tree of its own, ready to be set there.
    pub fn graft(&self, tree: &mut Tree, from: &Tree) -> (ValueId, ValueId) {
        match &self.value {
            Entry::Typed(given) => (tree.graft(from, *given), *given),
            Entry::Drawn(given, value) => (tree.leaf(from.place(*given), value.clone()), *given),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_the_unit_they_are_typed_in() {
        let text = |text: &str| number_of(&Value::Text(text.to_owned()));
        assert_eq!(text("1_000.5 TOK/d"), Some((1000.5, "TOK/d".to_owned())));
        assert_eq!(text("3epoch"), Some((3.0, "epoch".to_owned())));
        assert_eq!(text("1e3 d"), Some((1000.0, "d".to_owned())));
        assert_eq!(text("5 %"), Some((5.0, "%".to_owned())));
        assert_eq!(text("never"), None);
        assert_eq!(number_of(&Value::Integer(4)), Some((4.0, String::new())));
    }

    #[test]
    fn ranges_are_even_whole_or_even_in_the_logarithm() {
        let range = |low, high, whole, log| Range {
            key: "a.b".to_owned(),
            low,
            high,
            unit: String::new(),
            decimals: None,
            whole,
            log,
        };
        assert_eq!(range(1.0, 3.0, false, false).at(0.25), 1.5);
        let whole = range(1.0, 3.0, true, false);
        assert_eq!([0.0, 0.34, 0.99, 1.0].map(|u| whole.at(u)), [1.0, 2.0, 3.0, 3.0]);
        assert!((range(1.0, 100.0, false, true).at(0.5) - 10.0).abs() < 1e-12);
        let both = range(1.0, 10_000.0, true, true);
        assert_eq!([0.0, 0.3, 0.5, 1.0].map(|u| both.at(u)), [1.0, 16.0, 100.0, 10_000.0]);
        assert!((both.run_at(0.3) - math::ln(16.0) / math::ln(1e4)).abs() < 1e-12);
    }
}

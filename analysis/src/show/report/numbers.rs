//! The numbers an experiment is about, one for each run: the outcomes that the scenario states,
//! then the last values of key series. Findings, comparisons, sensitivity and precision rest on
//! them.

use std::collections::BTreeMap;

use pinwheel_models::describe::metric::split_name;
use pinwheel_models::describe::{Catalogue, Goal, Headline, PartSpec};

use super::data::Data;
use crate::Error;
use crate::statistics::{median, quantile};
use crate::wording::sentence_case;

/// Most numbers that a report finding.
const NUMBERS_MAX: usize = 12;

/// Relative difference below which two numbers are one.
const SAME: f64 = 1e-9;

/// Metrics whose last value sums a run up. What parts say in key metrics, as networks and economies
/// do, comes before what they stand on.
pub fn headlines(parts: Catalogue) -> Vec<&'static Headline> {
    let mut ordered: Vec<&PartSpec> = parts.0.to_vec();
    ordered.sort_by_key(|part| part.key_metrics.is_empty());
    ordered.into_iter().flat_map(|part| part.headlines).collect()
}

/// One number of every run.
#[derive(Clone, Debug)]
pub struct Number {
    pub id: String,
    /// What it is, at the beginning of a sentence.
    pub words: String,
    pub unit: String,
    pub goal: Option<Goal>,
    /// The scenario asks for it.
    pub stated: bool,
    /// The full name of the series whose last value it is.
    pub metric: Option<String>,
    values: BTreeMap<String, Vec<Option<f64>>>,
    firsts: BTreeMap<String, Vec<f64>>,
}

impl Number {
    /// The values of a point's runs, without the missing ones.
    pub fn of(&self, point: &str) -> Vec<f64> {
        self.values.get(point).into_iter().flatten().flatten().copied().collect()
    }

    /// The value of one run.
    pub fn at(&self, point: &str, run: usize) -> Option<f64> {
        self.values.get(point)?.get(run).copied().flatten()
    }

    /// Whether all values are the same but for rounding.
    fn is_like(&self, other: &Number) -> bool {
        let same = |a: &Option<f64>, b: &Option<f64>| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() <= SAME * a.abs().max(b.abs()),
            (a, b) => a.is_none() && b.is_none(),
        };
        let alike = |point: &String, values: &Vec<Option<f64>>| {
            let others = other.values.get(point).map_or(&[][..], Vec::as_slice);
            values.len() == others.len() && values.iter().zip(others).all(|(a, b)| same(a, b))
        };
        self.unit == other.unit && self.values.iter().all(|(point, values)| alike(point, values))
    }

    /// The values of several points' runs together.
    pub fn of_all<'p>(&self, points: impl Iterator<Item = &'p str>) -> Vec<f64> {
        points.flat_map(|point| self.of(point)).collect()
    }

    /// The runs of two points that met the same random numbers.
    pub fn pairs(&self, first: &str, second: &str) -> Vec<(f64, f64)> {
        let of = |point: &str| self.values.get(point).cloned().unwrap_or_default();
        of(first).into_iter().zip(of(second)).filter_map(|(a, b)| Some((a?, b?))).collect()
    }

    /// The median of the first values, where it is the last value of a series.
    pub fn started_at(&self, point: &str) -> Option<f64> {
        median(self.firsts.get(point)?)
    }

    /// Where its figure is.
    pub fn figure(&self, data: &Data<'_>) -> Option<String> {
        data.figure_of(self.metric.as_deref()?)
    }
}

/// Median, 5 % and 95 % quantile of some values.
pub fn bands(values: &[f64]) -> Option<[f64; 3]> {
    Some([median(values)?, quantile(values, 0.05)?, quantile(values, 0.95)?])
}

/// All numbers of a result: what was stated first.
pub fn numbers(data: &Data<'_>) -> Result<Vec<Number>, Error> {
    let manifest = data.facts.manifest;
    let mut all = Vec::new();
    for entry in &manifest.outcomes {
        let values = |point: &str| data.facts.outcomes.values(point, &entry.id).to_vec();
        let words = if entry.words.is_empty() {
            entry.id.replace(['-', '_'], " ")
        } else {
            entry.words.clone()
        };
        all.push(Number {
            id: entry.id.clone(),
            words: sentence_case(words.trim_end_matches('.')),
            unit: if entry.unit == "1" { String::new() } else { entry.unit.clone() },
            goal: entry.goal,
            stated: true,
            metric: None,
            values: manifest.points.iter().map(|p| (p.id.clone(), values(&p.id))).collect(),
            firsts: BTreeMap::new(),
        });
    }
    for (name, &Headline { words, goal, .. }) in headline_series(data) {
        if all.len() >= NUMBERS_MAX {
            break;
        }
        let Some(key) = ends(data, name, words, goal)? else { continue };
        // What never happens is no finding.
        if key.values.values().flatten().flatten().all(|value| *value == 0.0) {
            continue;
        }
        // An outcome may ask for what the series ends at: then it is told once, with its figure.
        match all.iter_mut().find(|number: &&mut Number| number.stated && number.is_like(&key)) {
            Some(stated) => stated.metric = key.metric,
            None => all.push(key),
        }
    }
    Ok(all)
}

/// The headlines whose metrics were recorded, with the full names of these: one, or one for each
/// network.
pub fn headline_series<'a>(data: &Data<'a>) -> Vec<(&'a str, &'static Headline)> {
    let all = headlines(data.facts.parts).into_iter();
    let named =
        |of: &'static Headline| data.names(of.metric).into_iter().map(move |name| (name, of));
    all.flat_map(named).collect()
}

/// The words of a headline; those of a network say which.
pub fn words_of(name: &str, words: &str) -> String {
    match split_name(name).0 {
        "" => words.to_owned(),
        subject => format!("{words} of {subject}"),
    }
}

/// The first and the last value of each run.
type Ends = BTreeMap<u32, (f64, f64)>;

/// The last values of the unlabelled series of a metric; `None` where there is none.
fn ends(
    data: &Data<'_>,
    metric: &str,
    words: &str,
    goal: Option<Goal>,
) -> Result<Option<Number>, Error> {
    let runs = data.facts.manifest.runs_per_point as usize;
    let mut found: BTreeMap<String, Ends> = BTreeMap::new();
    data.table.scan(metric, |point, label, run, _, value| {
        if !label.is_empty() {
            return;
        }
        if !found.contains_key(point) {
            found.insert(point.to_owned(), BTreeMap::new());
        }
        let of_point = found.get_mut(point).expect("just made");
        of_point.entry(run).or_insert((value, value)).1 = value;
    })?;
    if found.is_empty() {
        return Ok(None);
    }
    let last = |runs_of: &Ends| -> Vec<Option<f64>> {
        (0..runs as u32).map(|run| runs_of.get(&run).map(|ends| ends.1)).collect()
    };
    let first = |runs_of: &Ends| -> Vec<f64> { runs_of.values().map(|ends| ends.0).collect() };
    Ok(Some(Number {
        id: metric.replace('.', "-"),
        words: words_of(metric, words),
        unit: data.unit(metric).into_owned(),
        goal,
        stated: false,
        metric: Some(metric.to_owned()),
        values: found.iter().map(|(point, runs)| (point.clone(), last(runs))).collect(),
        firsts: found.iter().map(|(point, runs)| (point.clone(), first(runs))).collect(),
    }))
}

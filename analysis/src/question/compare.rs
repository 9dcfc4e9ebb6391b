//! Two results side by side: which series changed, by how much, and where the runs part.
//!
//! Runs of equal number are pairs, because they met the same draws (common random numbers) where
//! the seeds are the same.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use pinwheel_core::fingerprint::Fingerprint;
use pinwheel_core::{Event, Model, SimDuration, SimTime, Simulation};

use pinwheel_models::describe::Catalogue;
use pinwheel_models::describe::metric::{split_name, unit_of};
use pinwheel_models::registry;

use crate::Error;
use crate::record::manifest::{Manifest, PointEntry, RunEntry};
use crate::record::store::Store;
use crate::run::running::EVENTS_UNWATCHED;
use crate::series::{Instant, TimeSeries};
use crate::statistics::{Paired, quantile};
use crate::wording::{format_number, format_range};

/// A series that is not the same in both results.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The id of the point.
    pub point: String,
    /// The name of the metric, with its subject where it has one.
    pub metric: String,
    /// The label of the series; empty for the one without.
    pub label: String,
    /// The values at the last instant that both have, of the runs that both have: 5 %, 50 % and
    /// 95 % quantile; none where there is no series.
    pub first: Option<[f64; 3]>,
    /// The same of the second result.
    pub second: Option<[f64; 3]>,
    /// Second less first, run by run; none where the runs are no pairs.
    pub difference: Option<Paired>,
    /// The first instant at which a run differs.
    pub from: Option<Instant>,
    /// The token that the network of the series issues, where the scenario chooses it.
    pub own_token: Option<String>,
}

impl Change {
    /// Metric and label, and the point where there are several: "availability, eu, today".
    pub fn name(&self, several_points: bool) -> String {
        let point = if several_points { self.point.as_str() } else { "" };
        let parts = [self.metric.as_str(), self.label.as_str(), point];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(", ")
    }

    /// The unit of its metric; nothing for a pure number.
    pub fn unit(&self, parts: Catalogue) -> Cow<'static, str> {
        match parts.find(&self.metric).map(|(_, spec)| spec) {
            Some(spec) if spec.unit != "1" => unit_of(spec.unit, self.own_token.as_deref()),
            _ => "".into(),
        }
    }

    /// A side in words: the median with 5 % to 95 % of the runs in brackets, or "none".
    pub fn side(band: Option<[f64; 3]>) -> String {
        band.map_or("none".to_owned(), format_range)
    }

    /// The difference in words: the median with its interval in brackets where there is one.
    pub fn difference_words(&self) -> String {
        self.difference.as_ref().map_or(String::new(), |paired| match (paired.low, paired.high) {
            (Some(low), Some(high)) => format_range([low, paired.median, high]),
            _ => format_number(paired.median),
        })
    }

    /// Size of the change relative to the first median, for sorting.
    pub fn relative(&self) -> f64 {
        match (self.first, self.second) {
            (Some([_, a, _]), Some([_, b, _])) if a != 0.0 => ((b - a) / a).abs(),
            (Some([_, a, _]), Some([_, b, _])) => (b - a).abs(),
            _ => f64::INFINITY,
        }
    }
}

/// In how many runs each ingredient of the fingerprint changed, of the runs that both have.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Ingredients {
    /// Runs that both have.
    pub runs: usize,
    /// Of these, with another fingerprint.
    pub changed: usize,
    /// With another order of events.
    pub time: usize,
    /// With other postings.
    pub ledger: usize,
    /// With another state of the model.
    pub state: usize,
}

/// What two results have in common and what not.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Changed series, the largest relative change first.
    pub changes: Vec<Change>,
    /// Series that are equal in every run.
    pub equal: usize,
    /// Metrics that are amounts of one token in the first and of another in the second.
    pub unlike: usize,
    /// Which fingerprints changed, by ingredient.
    pub ingredients: Ingredients,
    /// Points that only the first has.
    pub only_first: Vec<String>,
    /// Points that only the second has.
    pub only_second: Vec<String>,
    /// What the two do not have in common, and how they are compared all the same.
    pub notes: Vec<String>,
}

impl Ingredients {
    /// "7 of 20 runs changed; order of events in 7, state in 5", or that none did.
    pub fn sentence(&self) -> String {
        let counts =
            [("order of events", self.time), ("ledger", self.ledger), ("state", self.state)];
        let parts = counts.iter().filter(|(_, count)| *count > 0);
        let parts: Vec<String> = parts.map(|(name, count)| format!("{name} in {count}")).collect();
        match parts.is_empty() {
            true => format!("none of {} runs changed", self.runs),
            false => {
                format!("{} of {} runs changed; {}", self.changed, self.runs, parts.join(", "))
            }
        }
    }
}

/// What two results come to.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum ComparisonStanding {
    /// Nothing changed.
    Equal,
    /// Every series is equal, and a fingerprint is not.
    Fingerprints,
    /// Series or points changed.
    Changed,
}

impl Comparison {
    /// What changed, in one word.
    pub fn standing(&self) -> ComparisonStanding {
        let apart = self.only_first.len() + self.only_second.len() + self.unlike;
        match (self.changes.len() + apart, self.ingredients.changed) {
            (0, 0) => ComparisonStanding::Equal,
            (0, _) => ComparisonStanding::Fingerprints,
            _ => ComparisonStanding::Changed,
        }
    }

    /// Whether changed series are of several points.
    pub fn several_points(&self) -> bool {
        self.changes.iter().any(|change| change.point != self.changes[0].point)
    }

    /// How many series did not change, in words.
    pub fn equal_words(&self) -> String {
        match self.equal {
            1 => "1 series is equal".to_owned(),
            count => format!("{count} series are equal"),
        }
    }

    /// The verdict in words.
    pub fn sentence(&self) -> String {
        match self.standing() {
            ComparisonStanding::Equal => "Nothing changed".to_owned(),
            ComparisonStanding::Fingerprints => "Only fingerprints changed".to_owned(),
            ComparisonStanding::Changed => match self.changes.len() {
                0 if self.unlike > 0 => "Tokens differ".to_owned(),
                0 => "Points came or went".to_owned(),
                1 => "1 series changed".to_owned(),
                count => format!("{count} series changed"),
            },
        }
    }
}

/// Compares two results series by series.
///
/// # Errors
///
/// [`Error::Io`] or [`Error::Table`] if the table cannot be read.
pub fn compare(first: &Store, second: &Store) -> Result<Comparison, Error> {
    let points = |store: &Store| -> Vec<String> {
        store.manifest.points.iter().map(|point| point.id.clone()).collect()
    };
    let (ours, theirs) = (points(first), points(second));
    let paired = first.manifest.seed == second.manifest.seed;
    let (mut changes, mut equal) = (Vec::new(), 0);
    let metrics: BTreeSet<&str> = first.table().metrics().chain(second.table().metrics()).collect();
    let unlike: Vec<&str> = unlike(&first.manifest, &second.manifest, &metrics);
    for metric in metrics.into_iter().filter(|metric| !unlike.contains(metric)) {
        for point in ours.iter().filter(|point| theirs.contains(point)) {
            let a = first.table().group(point, metric)?;
            let b = second.table().group(point, metric)?;
            let labels: BTreeSet<&String> = a.iter().chain(b.iter()).map(|(l, _)| l).collect();
            for label in labels {
                let runs = |group: &crate::record::table::Group| -> BTreeMap<u32, TimeSeries> {
                    let found = group.iter().find(|(of, _)| of == label);
                    found.map(|(_, runs)| runs.clone()).unwrap_or_default()
                };
                let (a, b) = (runs(&a), runs(&b));
                if same(&a, &b) {
                    equal += 1;
                    continue;
                }
                let name = (point.as_str(), metric, label.as_str());
                let own_token = second.manifest.own_tokens.get(split_name(metric).0).cloned();
                changes.push(Change { own_token, ..change(name, &a, &b, paired) });
            }
        }
    }
    changes.sort_by(|a, b| b.relative().total_cmp(&a.relative()));
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|point| !those.contains(point)).cloned().collect()
    };
    Ok(Comparison {
        changes,
        equal,
        unlike: unlike.len(),
        ingredients: ingredients(&first.manifest.runs, &second.manifest.runs),
        only_first: only(&ours, &theirs),
        only_second: only(&theirs, &ours),
        notes: notes(&first.manifest, &second.manifest),
    })
}

/// The metrics that both have, each in another token: their amounts cannot be compared.
fn unlike<'m>(first: &Manifest, second: &Manifest, metrics: &BTreeSet<&'m str>) -> Vec<&'m str> {
    let both = |metric: &&str| {
        let subject = split_name(metric).0;
        first.own_tokens.contains_key(subject) && second.own_tokens.contains_key(subject)
    };
    let parts = registry::ALL;
    let unlike = |metric: &&str| first.unit(metric, parts) != second.unit(metric, parts);
    metrics.iter().copied().filter(both).filter(unlike).collect()
}

/// What the manifests do not have in common, where it bears on the numbers.
fn notes(first: &Manifest, second: &Manifest) -> Vec<String> {
    let mut notes = Vec::new();
    let (a, b) = (first.runs_per_point, second.runs_per_point);
    if a != b {
        notes.push(format!("{a} runs and {b}: only the runs of equal number are compared"));
    }
    if first.seed != second.seed {
        notes.push("the seeds differ: runs are no pairs, and differences are not told".to_owned());
    }
    for (subject, token) in &first.own_tokens {
        let Some(other) = second.own_tokens.get(subject).filter(|other| *other != token) else {
            continue;
        };
        let whose = if subject.is_empty() { "the network" } else { subject };
        notes.push(format!("{whose} has {token} and {other}: its amounts are not compared"));
    }
    let days = |manifest: &Manifest, id: &str| {
        let point = manifest.points.iter().find(|point| point.id == id)?;
        Some((point.start, point.horizon_days))
    };
    let moved = |point: &&PointEntry| {
        days(second, &point.id).is_some_and(|other| other != (point.start, point.horizon_days))
    };
    if let Some(point) = first.points.iter().find(moved) {
        let id = &point.id;
        notes.push(format!("{id} has other dates: compared where both have a record"));
    } else if first.output.every != second.output.every {
        notes.push("[output] every differs: compared where both have a record".to_owned());
    }
    notes
}

/// The values at the instants that both have.
fn common<'s>(
    a: &'s TimeSeries,
    b: &'s TimeSeries,
) -> impl Iterator<Item = (Instant, f64, f64)> + 's {
    let mut rest = b.iter().peekable();
    a.iter().filter_map(move |(day, value)| {
        while rest.next_if(|(other, _)| other < day).is_some() {}
        let (_, other) = rest.next_if(|(other, _)| other == day)?;
        Some((*day, *value, *other))
    })
}

/// Bit for bit at the instants that both have, so that a value that is no number equals itself.
fn same(a: &BTreeMap<u32, TimeSeries>, b: &BTreeMap<u32, TimeSeries>) -> bool {
    let mut shared = a.iter().filter_map(|(run, series)| Some((series, b.get(run)?))).peekable();
    let alike = |(a, b): (&TimeSeries, &TimeSeries)| {
        let mut met = common(a, b).peekable();
        (met.peek().is_some() || a.is_empty() && b.is_empty())
            && met.all(|(_, a, b)| a.to_bits() == b.to_bits())
    };
    shared.peek().is_some() && shared.all(alike)
}

fn change(
    (point, metric, label): (&str, &str, &str),
    a: &BTreeMap<u32, TimeSeries>,
    b: &BTreeMap<u32, TimeSeries>,
    paired: bool,
) -> Change {
    // The same runs at the same instants, where there are any.
    let both: Vec<Vec<(Instant, f64, f64)>> = (a.iter())
        .filter_map(|(run, series)| Some(common(series, b.get(run)?).collect::<Vec<_>>()))
        .filter(|met| !met.is_empty())
        .collect();
    let ends: Vec<(f64, f64)> =
        both.iter().filter_map(|met| met.last()).map(|(_, a, b)| (*a, *b)).collect();
    let alone = |runs: &BTreeMap<u32, TimeSeries>| -> Vec<f64> {
        runs.values().filter_map(|series| series.last()).map(|(_, value)| *value).collect()
    };
    let (ours, theirs): (Vec<f64>, Vec<f64>) = match ends.is_empty() {
        true => (alone(a), alone(b)),
        false => ends.iter().copied().unzip(),
    };
    let band = |values: &[f64]| {
        let at = |q| quantile(values, q);
        Some([at(0.05)?, at(0.5)?, at(0.95)?])
    };
    let differs = |(day, a, b): &(Instant, f64, f64)| (a.to_bits() != b.to_bits()).then_some(*day);
    let from = both.iter().filter_map(|met| met.iter().find_map(differs)).min();
    Change {
        point: point.to_owned(),
        metric: metric.to_owned(),
        label: label.to_owned(),
        first: band(&ours),
        second: band(&theirs),
        difference: if paired { Paired::of(&ends) } else { None },
        from,
        own_token: None,
    }
}

fn ingredients(first: &[RunEntry], second: &[RunEntry]) -> Ingredients {
    let mut found = Ingredients::default();
    let by_name: BTreeMap<(&str, u32), &RunEntry> =
        second.iter().map(|run| ((run.point.as_str(), run.run), run)).collect();
    for ours in first {
        let Some(theirs) = by_name.get(&(ours.point.as_str(), ours.run)) else { continue };
        found.runs += 1;
        found.changed += usize::from(ours.fingerprint != theirs.fingerprint);
        found.time += usize::from(ours.time != theirs.time);
        found.ledger += usize::from(ours.ledger != theirs.ledger);
        found.state += usize::from(ours.state != theirs.state);
    }
    found
}

/// Where two runs part: the number of the event, counted from 1, its instant, and what differed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    /// The number of the event, counted from 1.
    pub event: u64,
    /// When it happened.
    pub time: SimTime,
    /// What differs.
    pub what: PartingKind,
}

/// The first difference of two runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartingKind {
    /// Not the same event, or not at the same instant; in the words of the model.
    Event {
        /// The event of the first run, with its instant.
        first: String,
        /// That of the second.
        second: String,
    },
    /// The same event, with other postings.
    Ledger {
        /// The event, in the words of the model.
        event: String,
    },
    /// The same event, after which the model's state differs.
    State {
        /// The event, in the words of the model.
        event: String,
    },
    /// One of them has no further event.
    End,
}

/// Runs two simulations event by event until they part; none if they are the same for so many days.
///
/// # Errors
///
/// [`Error::Stopped`] if `stop` is set.
pub fn parting<M: Model>(
    mut first: Simulation<M>,
    mut second: Simulation<M>,
    days: u32,
    stop: &AtomicBool,
) -> Result<Option<Parting>, Error> {
    let end = SimTime::ZERO + SimDuration::from_days(u64::from(days));
    for event in 1u64.. {
        if event.is_multiple_of(u64::from(EVENTS_UNWATCHED)) && stop.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        let (a, b) = (first.step(end), second.step(end));
        first.ctx.records.drain();
        second.ctx.records.drain();
        let (one, other): (Fingerprint, Fingerprint) =
            (first.ctx.fingerprint, second.ctx.fingerprint);
        let time = first.ctx.now().min(second.ctx.now());
        let part = |what| Ok(Some(Parting { event, time, what }));
        match (a, b) {
            (None, None) => return Ok(None),
            (Some(a), Some(b)) if one.time == other.time => {
                let words = format!("{a:?}");
                if one.ledger != other.ledger {
                    return part(PartingKind::Ledger { event: words });
                }
                if one.state != other.state {
                    return part(PartingKind::State { event: words });
                }
                debug_assert_eq!(a.kind(), b.kind());
            }
            (Some(a), Some(b)) => {
                let told = |event: M::Event, at: SimTime| format!("{event:?} at {at}");
                let first = told(a, first.ctx.now());
                let second = told(b, second.ctx.now());
                return part(PartingKind::Event { first, second });
            }
            _ => return part(PartingKind::End),
        }
    }
    unreachable!("the loop has no end of its own")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(number: i64) -> Instant {
        Instant::from_millis(number * 3_600_000)
    }

    fn runs(values: &[&[f64]]) -> BTreeMap<u32, TimeSeries> {
        let series = |values: &[f64]| {
            let row = |(place, value): (usize, &f64)| (hour(place as i64), *value);
            values.iter().enumerate().map(row).collect()
        };
        values.iter().enumerate().map(|(run, v)| (run as u32, series(v))).collect()
    }

    #[test]
    fn a_change_tells_bands_pairs_and_the_first_instant() {
        let a = runs(&[&[1.0, 2.0, 3.0], &[1.0, 2.0, 5.0]]);
        let b = runs(&[&[1.0, 2.0, 4.0], &[1.0, 2.5, 6.0]]);
        assert!(same(&a, &a) && !same(&a, &b));
        let found = change(("main", "x", ""), &a, &b, true);
        assert_eq!(found.first.unwrap()[1], 4.0);
        assert_eq!(found.difference.unwrap().median, 1.0);
        assert_eq!(found.from, Some(hour(1)));
        assert_eq!(found.relative(), 0.25);
    }

    #[test]
    fn runs_are_compared_at_the_instants_that_both_have() {
        let (a, b) = (runs(&[&[1.0, 2.0]]), runs(&[&[1.0, 2.0, 3.0]]));
        assert!(same(&a, &b) && same(&b, &a), "the one only ends earlier");
        let other = runs(&[&[1.0, 2.5, 9.0], &[0.0, 0.0, 0.0]]);
        let found = change(("main", "x", ""), &a, &other, true);
        assert_eq!((found.from, found.second), (Some(hour(1)), Some([2.5; 3])));
        let mut late = b.clone();
        late.get_mut(&0).unwrap().drain(..2);
        assert!(!same(&a, &late), "no date in common is no equality");
        assert_eq!(change(("main", "x", ""), &a, &late, true).first, Some([2.0; 3]));
        let none = BTreeMap::new();
        assert!(!same(&a, &none) && change(("main", "x", ""), &a, &none, true).second.is_none());
    }
}

//! Accepted numbers: what the outcomes of a scenario were when somebody last agreed to them, and
//! how far a new result lies from them.

use std::fs;
use std::path::Path;

use pinwheel_models::scenario::Experiment;
use pinwheel_models::scenario::invariant::{Baseline, BaselineTest};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::record::manifest::{Manifest, RunEntry};
use crate::record::outcomes::OutcomeTable;
use crate::statistics::{Paired, median};
use crate::wording::percent;

/// The layout of the file; a reader refuses what it does not know.
const FORMAT: u32 = 1;
const PROGRAM: &str = "pinwheel baseline";
/// Largest file that is read.
const BYTES_MAX: u64 = 64 << 20;

/// The file that is kept beside a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The program that wrote it: "pinwheel".
    pub program: String,
    /// The layout of the file.
    pub format: u32,
    /// Of the scenario.
    pub name: String,
    /// Why these numbers are right.
    pub reason: String,
    /// The date given when it was accepted.
    pub date: Option<String>,
    /// BLAKE3 of the resolved scenario.
    pub scenario_blake3: String,
    /// Of the program that made them.
    pub version: String,
    /// Root of all random streams.
    pub seed: u64,
    /// Runs of each point.
    pub runs: u32,
    /// Over the fingerprints of all runs, in order.
    pub fingerprint: String,
    /// The same for each ingredient of the fingerprint.
    pub ingredients: AcceptedFingerprint,
    /// What was accepted.
    pub outcomes: Vec<AcceptedOutcome>,
}

/// The fingerprint's ingredients over all runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedFingerprint {
    /// Of the order of events.
    pub time: String,
    /// Of the postings.
    pub ledger: String,
    /// Of the state of the model.
    pub state: String,
}

/// One outcome at one point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedOutcome {
    /// The id of the outcome.
    pub outcome: String,
    /// The id of the point.
    pub point: String,
    /// The unit of the numbers; empty for plain ones.
    pub unit: String,
    /// Over the runs; `None` if no run had a value.
    pub median: Option<f64>,
    /// By the number of the run.
    pub values: Vec<Option<f64>>,
}

/// How a result stands to the accepted numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BaselineVerdict {
    /// As the scenario names it.
    pub file: String,
    /// Why the numbers were accepted.
    pub reason: Option<String>,
    /// When they were accepted.
    pub date: Option<String>,
    /// How the result stands to them.
    pub standing: BaselineStanding,
    /// One for each outcome and point.
    pub rows: Vec<BaselineRow>,
    /// What changed without moving a number too far.
    pub notes: Vec<String>,
}

/// How a result stands to accepted numbers.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BaselineStanding {
    /// All numbers are as accepted, within what is allowed.
    Held,
    /// At least one has moved further.
    Changed,
    /// There is no accepted number to compare with.
    Missing,
}

/// One outcome at one point, then and now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BaselineRow {
    /// The id of the outcome.
    pub outcome: String,
    /// The id of the point.
    pub point: String,
    /// The unit of the numbers; empty for plain ones.
    pub unit: String,
    /// Medians over the runs.
    pub accepted: Option<f64>,
    /// The median of this result.
    pub now: Option<f64>,
    /// Of the median, relative to the accepted one.
    pub change: Option<f64>,
    /// It is within what is allowed.
    pub held: bool,
    /// What was compared, in words.
    pub sentence: String,
}

impl AcceptedFingerprint {
    fn of(runs: &[RunEntry]) -> Self {
        let combine = |part: fn(&RunEntry) -> &String| {
            let all: Vec<&str> = runs.iter().map(|run| part(run).as_str()).collect();
            Manifest::hash(all.concat().as_bytes())[..16].to_owned()
        };
        AcceptedFingerprint {
            time: combine(|run| &run.time),
            ledger: combine(|run| &run.ledger),
            state: combine(|run| &run.state),
        }
    }

    /// The names of those that differ.
    fn changed(&self, other: &AcceptedFingerprint) -> Vec<&'static str> {
        let parts = [
            ("time", self.time != other.time),
            ("ledger", self.ledger != other.ledger),
            ("state", self.state != other.state),
        ];
        parts.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
    }
}

impl Accepted {
    /// The numbers of a result, accepted for a reason.
    pub fn of(
        experiment: &Experiment,
        manifest: &Manifest,
        table: &OutcomeTable,
        reason: &str,
        date: Option<String>,
    ) -> Self {
        let outcome = |point: &str, spec: &pinwheel_models::scenario::OutcomeSpec| {
            let values = table.values(point, &spec.id).to_vec();
            AcceptedOutcome {
                outcome: spec.id.clone(),
                point: point.to_owned(),
                unit: spec.shown.name.clone(),
                median: median_of(&values),
                values,
            }
        };
        let specs = &experiment.outcomes;
        let points = experiment.points.iter();
        Accepted {
            program: PROGRAM.to_owned(),
            format: FORMAT,
            name: experiment.name.clone(),
            reason: reason.to_owned(),
            date,
            scenario_blake3: manifest.scenario_blake3.clone(),
            version: manifest.version.clone(),
            seed: manifest.seed,
            runs: experiment.runs,
            fingerprint: manifest.fingerprint.clone(),
            ingredients: AcceptedFingerprint::of(&manifest.runs),
            outcomes: points
                .flat_map(|point| specs.iter().map(|spec| outcome(&point.id, spec)))
                .collect(),
        }
    }

    /// The file, or `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Damaged`] if the file is there and cannot be read.
    pub fn read(path: &Path) -> Result<Option<Self>, Error> {
        let damaged = |detail: String| Error::Damaged { path: path.to_owned(), detail };
        let bytes = match fs::metadata(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Error::Io { path: path.to_owned(), source }),
            Ok(metadata) if !metadata.is_file() => return Err(damaged("not a file".to_owned())),
            Ok(metadata) if metadata.len() > BYTES_MAX => {
                return Err(damaged(format!("larger than {BYTES_MAX} bytes")));
            }
            Ok(_) => fs::read(path).map_err(Error::at(path))?,
        };
        let accepted: Accepted = serde_json::from_slice(&bytes)
            .map_err(|error| damaged(format!("no baseline: {error}")))?;
        if accepted.program != PROGRAM || accepted.format != FORMAT {
            let (program, format) = (&accepted.program, accepted.format);
            return Err(damaged(format!("{program} format {format}, not {PROGRAM} {FORMAT}")));
        }
        for of in &accepted.outcomes {
            if of.median != median_of(&of.values) {
                let (outcome, point) = (&of.outcome, &of.point);
                let detail =
                    format!("the median of {outcome} at {point} is not that of its values");
                return Err(damaged(detail));
            }
        }
        Ok(Some(accepted))
    }

    /// The file as text.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("plain data") + "\n"
    }
}

/// Holds a result against the accepted numbers.
///
/// # Errors
///
/// As [`Accepted::read`].
pub fn judge(
    baseline: &Baseline,
    experiment: &Experiment,
    runs: &[RunEntry],
    table: &OutcomeTable,
) -> Result<BaselineVerdict, Error> {
    let Some(accepted) = Accepted::read(&baseline.path)? else {
        return Ok(BaselineVerdict {
            file: baseline.file.clone(),
            reason: None,
            date: None,
            standing: BaselineStanding::Missing,
            rows: Vec::new(),
            notes: Vec::new(),
        });
    };
    let mut rows = Vec::new();
    for point in &experiment.points {
        for spec in &experiment.outcomes {
            let then = (accepted.outcomes.iter())
                .find(|then| then.outcome == spec.id && then.point == point.id);
            let now = table.values(&point.id, &spec.id);
            let sides = Sides {
                relative: spec.relative.unwrap_or(baseline.relative),
                test: baseline.test,
                then,
                now,
                same_seed: accepted.seed == experiment.seed,
            };
            rows.push(sides.row(&spec.id, &point.id, &spec.shown.name));
        }
    }
    let known = |then: &AcceptedOutcome| {
        rows.iter().any(|row| row.outcome == then.outcome && row.point == then.point)
    };
    let lost: Vec<BaselineRow> =
        accepted.outcomes.iter().filter(|then| !known(then)).map(lost).collect();
    rows.extend(lost);
    let held = rows.iter().all(|row| row.held);
    Ok(BaselineVerdict {
        file: baseline.file.clone(),
        reason: Some(accepted.reason.clone()),
        date: accepted.date.clone(),
        standing: if held { BaselineStanding::Held } else { BaselineStanding::Changed },
        rows,
        notes: notes(&accepted, experiment, runs),
    })
}

/// An accepted outcome that the scenario no longer has.
fn lost(then: &AcceptedOutcome) -> BaselineRow {
    BaselineRow {
        outcome: then.outcome.clone(),
        point: then.point.clone(),
        unit: then.unit.clone(),
        accepted: then.median,
        now: None,
        change: None,
        held: false,
        sentence: "was accepted and is no longer there".to_owned(),
    }
}

/// What changed beside the numbers.
fn notes(accepted: &Accepted, experiment: &Experiment, runs: &[RunEntry]) -> Vec<String> {
    let mut notes = Vec::new();
    if accepted.scenario_blake3 != Manifest::hash(experiment.resolved.as_bytes()) {
        notes.push("the scenario is not the one that was accepted".to_owned());
    }
    if (accepted.seed, accepted.runs) != (experiment.seed, experiment.runs) {
        let (seed, runs) = (accepted.seed, accepted.runs);
        notes.push(format!("accepted with seed {seed} and {runs} runs"));
    }
    if accepted.fingerprint != Manifest::combine(runs) {
        let parts = accepted.ingredients.changed(&AcceptedFingerprint::of(runs));
        notes.push(format!("the fingerprint has changed: {}", parts.join(", ")));
    }
    notes
}

/// One outcome at one point, as it was and as it is.
struct Sides<'a> {
    /// Largest relative change that passes.
    relative: f64,
    test: BaselineTest,
    then: Option<&'a AcceptedOutcome>,
    now: &'a [Option<f64>],
    same_seed: bool,
}

impl Sides<'_> {
    fn row(&self, outcome: &str, point: &str, unit: &str) -> BaselineRow {
        let accepted = self.then.and_then(|then| then.median);
        let now = median_of(self.now);
        let change = accepted.zip(now).and_then(|(then, now)| relative(now - then, then));
        let (held, sentence) = match self.then {
            None => (false, "is new; accept it".to_owned()),
            Some(then) if then.unit != unit => (false, format!("was in {}", then.unit)),
            Some(then) => match self.test {
                _ if then.values == self.now => (true, "the same in every run".to_owned()),
                _ if accepted.is_none() != now.is_none() => {
                    (false, "has a value in one of the two only".to_owned())
                }
                BaselineTest::Median => self.median(change),
                BaselineTest::Paired => self.paired(then),
            },
        };
        let (outcome, point, unit) = (outcome.to_owned(), point.to_owned(), unit.to_owned());
        BaselineRow { outcome, point, unit, accepted, now, change, held, sentence }
    }

    fn median(&self, change: Option<f64>) -> (bool, String) {
        let limit = percent(self.relative);
        match change {
            Some(change) => {
                let held = change.abs() <= self.relative;
                (held, format!("median {}; {limit} allowed", signed(change)))
            }
            None => (false, "the accepted median is 0, and this one is not".to_owned()),
        }
    }

    /// The interval of the median difference between equal runs must lie within the tolerance.
    fn paired(&self, then: &AcceptedOutcome) -> (bool, String) {
        if !self.same_seed {
            return (false, "another seed: no run is the same, none can be paired".to_owned());
        }
        let common = then.values.iter().zip(self.now);
        let pairs: Vec<(f64, f64)> = common.filter_map(|(a, b)| (*a).zip(*b)).collect();
        if pairs.len() < then.values.len().max(self.now.len()) {
            let few = "a run has a value in one of the two only; give both the same runs";
            return (false, few.to_owned());
        }
        let Some(paired) = Paired::of(&pairs) else {
            return (false, "no pair of runs".to_owned());
        };
        let (Some(low), Some(high)) = (paired.low, paired.high) else {
            let count = paired.count;
            return (false, format!("{count} pairs of runs say nothing; it takes 6"));
        };
        let center = then.median.unwrap_or_default();
        let Some((low, high)) = relative(low, center).zip(relative(high, center)) else {
            return (false, "the accepted median is 0, and this one is not".to_owned());
        };
        let limit = self.relative;
        let held = -limit <= low && high <= limit;
        let (low, high) = (signed(low), signed(high));
        (held, format!("paired {low} to {high} (95 %); {} allowed", percent(limit)))
    }
}

/// A difference as a share of what it differs from; `None` for any difference from nothing.
fn relative(difference: f64, from: f64) -> Option<f64> {
    match (difference == 0.0, from == 0.0) {
        (true, _) => Some(0.0),
        (false, true) => None,
        (false, false) => Some(difference / from.abs()),
    }
}

fn signed(share: f64) -> String {
    let sign = if share > 0.0 { "+" } else { "" };
    format!("{sign}{}", percent(share))
}

fn median_of(values: &[Option<f64>]) -> Option<f64> {
    let values: Vec<f64> = values.iter().copied().flatten().collect();
    median(&values)
}

impl BaselineVerdict {
    /// One sentence: whether the numbers are the accepted ones.
    pub fn sentence(&self) -> String {
        let changed: Vec<&str> =
            self.rows.iter().filter(|row| !row.held).map(|row| row.outcome.as_str()).collect();
        match self.standing {
            BaselineStanding::Held => format!("as accepted in {}", self.file),
            BaselineStanding::Missing => format!("there is no baseline {}", self.file),
            BaselineStanding::Changed => {
                format!("not as accepted in {}: {}", self.file, changed.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Equal runs must be found equal, so that a baseline tells a change from a rounding.
    #[test]
    fn what_is_read_is_what_was_written_to_the_last_bit() {
        let mut stream = pinwheel_core::Streams::new(1, 0).stream(0, "numbers");
        let mut number = || Some(f64::from_bits(stream.next_u64())).filter(|x| x.is_finite());
        let values: Vec<Option<f64>> = (0..20_000).map(|_| number()).collect();
        let accepted = AcceptedOutcome {
            outcome: "x".to_owned(),
            point: "main".to_owned(),
            unit: String::new(),
            median: median_of(&values),
            values,
        };
        let text = serde_json::to_string(&accepted).unwrap();
        assert_eq!(serde_json::from_str::<AcceptedOutcome>(&text).unwrap(), accepted);
    }
}

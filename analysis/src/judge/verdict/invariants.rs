//! What the runs say of each invariant, taken together.

use jiff::SignedDuration;
use jiff::civil::DateTime;
use pinwheel_core::SimTime;
use pinwheel_models::scenario::invariant::{Invariant, Kind, Severity};
use pinwheel_models::scenario::{Experiment, Point};
use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::record::outcome::{Kept, Outcome};
use crate::statistics::wilson;
use crate::wording::percent;

/// Standard score of a one-sided interval of 95 %.
const Z_ONE_SIDED: f64 = 1.644_853_626_951_472_2;

/// One invariant at one point; `sometimes` is judged over all points together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvariantRow {
    /// The id in the scenario.
    pub id: String,
    /// always, sometimes, final or over.
    pub kind: String,
    /// The condition, as typed.
    pub expression: String,
    /// Empty where all points are judged together.
    pub point: String,
    /// Whether a failure stands in the way of a pass.
    pub severity: Severity,
    /// Runs in which it held at every evaluation (`sometimes`: at one), of so many runs.
    pub held: u64,
    /// Runs that were judged.
    pub runs: u64,
    /// Evaluations over all runs.
    pub made: u64,
    /// Share of the runs asked for.
    pub hold_in: f64,
    /// Lower bound of Wilson's one-sided 95 % interval of the share of runs that hold it, where a
    /// share below 1 is asked for.
    pub wilson_low: Option<f64>,
    /// How it came out.
    pub standing: InvariantStanding,
    /// The first failure, where there is one.
    pub failure: Option<FailureRow>,
    /// What was found, in words.
    pub sentence: String,
}

/// How an invariant stands after all runs.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InvariantStanding {
    /// It held in as many runs as are asked for.
    Held,
    /// It did not.
    Failed,
    /// Enough runs hold it, but too few were made to say so of all.
    NotProven,
    /// It was never evaluated in a run: silence is no pass.
    NotMade,
}

/// The run that broke an invariant first, or worst.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureRow {
    /// The id of the point.
    pub point: String,
    /// The number of the run.
    pub run: u32,
    /// Date and time of the tick.
    pub tick: String,
    /// The comparison that decided, and both sides of it with their unit.
    pub comparison: String,
    /// The left side of the comparison, with its unit.
    pub left: String,
    /// The right side.
    pub right: String,
    /// The command that runs to just before the tick.
    pub replay: String,
}

impl InvariantStanding {
    /// In words: "not judged".
    pub fn word(self) -> &'static str {
        match self {
            InvariantStanding::Held => "held",
            InvariantStanding::Failed => "failed",
            InvariantStanding::NotProven => "undecided",
            InvariantStanding::NotMade => "not made",
        }
    }
}

impl InvariantRow {
    /// Whether it did not hold, or was not evaluated, and that is no mere warning.
    pub fn fails(&self) -> bool {
        let failed =
            matches!(self.standing, InvariantStanding::Failed | InvariantStanding::NotMade);
        failed && self.severity == Severity::Error
    }

    /// Whether so few runs do not tell if it holds, and that is no mere warning.
    pub fn is_undecided(&self) -> bool {
        self.standing == InvariantStanding::NotProven && self.severity == Severity::Error
    }

    /// Its id, with the point where there are several.
    pub fn name(&self, points: usize) -> String {
        match points {
            0 | 1 => self.id.clone(),
            _ if self.point.is_empty() => self.id.clone(),
            _ => format!("{} [{}]", self.id, self.point),
        }
    }
}

/// The fewest runs that prove a share below 1 if all of them hold: from Wilson's lower bound
/// n / (n + z^2) at a share of 1 (Wilson 1927).
pub fn runs_that_prove(hold_in: f64) -> Option<u64> {
    if hold_in >= 1.0 {
        return None;
    }
    let square = Z_ONE_SIDED * Z_ONE_SIDED;
    let near = (hold_in * square / (1.0 - hold_in)).ceil() as u64;
    (near.saturating_sub(1).max(1)..).find(|&runs| wilson(runs, runs, Z_ONE_SIDED).0 >= hold_in)
}

/// Date and time of an instant of a run, such as `2024-03-02T00:00:00`.
pub fn tick_of(point: &Point, time: SimTime) -> DateTime {
    let start = DateTime::from_parts(point.scenario.start, jiff::civil::Time::midnight());
    let nanos = i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
    start.saturating_add(SignedDuration::from_nanos(nanos))
}

/// The command that runs to just before a tick.
fn replay(folder: &str, point: &str, run: u32, tick: &str) -> String {
    let quoted = |text: &str| match text.chars().all(|c| c.is_alphanumeric() || "-_./".contains(c))
    {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    };
    let (folder, point) = (quoted(folder), quoted(point));
    format!("pinwheel replay {folder} --point {point} --run {run} --before {tick}")
}

impl Verdict {
    /// The same verdict with the commands that replay its failures from a result folder.
    pub fn for_folder(mut self, folder: &str) -> Self {
        for failure in self.invariants.iter_mut().filter_map(|row| row.failure.as_mut()) {
            failure.replay = replay(folder, &failure.point, failure.run, &failure.tick);
        }
        for breach in &mut self.breaches {
            breach.replay = replay(folder, &breach.point, breach.run, &breach.tick);
        }
        self
    }
}

/// Judges every invariant over the runs; `outcomes` are in the order of the points and runs.
pub fn judge(experiment: &Experiment, outcomes: &[Outcome]) -> Vec<InvariantRow> {
    let mut rows = Vec::new();
    for (place, invariant) in experiment.invariants.iter().enumerate() {
        let points: Vec<&Point> =
            experiment.points.iter().filter(|point| invariant.judges(&point.variant)).collect();
        let groups: Vec<&[&Point]> = match invariant.kind {
            Kind::Sometimes => vec![&points],
            _ => points.chunks(1).collect(),
        };
        for group in groups {
            let runs: Vec<Run<'_>> = group
                .iter()
                .flat_map(|point| {
                    let of_point = outcomes.iter().filter(|outcome| outcome.point == point.id);
                    of_point.filter_map(|outcome| {
                        let kept = outcome.judged.invariants.get(place)?;
                        Some(Run { point, run: outcome.run, kept })
                    })
                })
                .collect();
            rows.push(row(invariant, group, &runs));
        }
    }
    rows
}

/// One run's word on an invariant.
struct Run<'a> {
    point: &'a Point,
    run: u32,
    kept: &'a Kept,
}

fn row(invariant: &Invariant, group: &[&Point], runs: &[Run<'_>]) -> InvariantRow {
    let sometimes = invariant.kind == Kind::Sometimes;
    let holds = |kept: &Kept| match sometimes {
        true => kept.held > 0,
        false => kept.made > 0 && kept.held == kept.made,
    };
    let held = runs.iter().filter(|run| holds(run.kept)).count() as u64;
    let (count, silent) = (runs.len() as u64, runs.iter().filter(|run| run.kept.made == 0).count());
    let proof = (invariant.hold_in < 1.0).then(|| wilson(held, count.max(1), Z_ONE_SIDED).0);
    let enough = held as f64 >= invariant.hold_in * count as f64;
    let standing = match (sometimes, silent, proof) {
        _ if count == 0 => InvariantStanding::NotMade,
        (true, ..) if held > 0 => InvariantStanding::Held,
        (true, silent, _) if silent == runs.len() => InvariantStanding::NotMade,
        (true, ..) => InvariantStanding::Failed,
        (false, 1.., _) => InvariantStanding::NotMade,
        (false, _, None) if held == count => InvariantStanding::Held,
        (false, _, Some(low)) if low >= invariant.hold_in => InvariantStanding::Held,
        (false, _, Some(_)) if enough => InvariantStanding::NotProven,
        _ => InvariantStanding::Failed,
    };
    let worst = worst(runs).filter(|_| standing != InvariantStanding::Held || held < count);
    let failure = worst.filter(|_| !sometimes || standing == InvariantStanding::Failed);
    let failure = failure.and_then(failure_row);
    let point = if sometimes && group.len() > 1 { "" } else { group.first().map_or("", |p| &p.id) };
    let mut row = InvariantRow {
        id: invariant.id.clone(),
        kind: invariant.kind.word().to_owned(),
        expression: invariant.condition.text.clone(),
        point: point.to_owned(),
        severity: invariant.severity,
        held,
        runs: count,
        made: runs.iter().map(|run| run.kept.made).sum(),
        hold_in: invariant.hold_in,
        wilson_low: proof,
        standing,
        failure,
        sentence: String::new(),
    };
    row.sentence = sentence(&row, runs);
    row
}

/// The run that failed first in its own time.
fn worst<'r, 'a>(runs: &'r [Run<'a>]) -> Option<&'r Run<'a>> {
    let failed = runs.iter().filter(|run| run.kept.failure.is_some());
    failed.min_by_key(|run| run.kept.failure.as_ref().map(|failing| failing.time))
}

fn failure_row(run: &Run<'_>) -> Option<FailureRow> {
    let failing = run.kept.failure.as_ref()?;
    Some(FailureRow {
        point: run.point.id.clone(),
        run: run.run,
        comparison: failing.comparison.clone(),
        left: failing.left.clone(),
        right: failing.right.clone(),
        tick: tick_of(run.point, failing.time).to_string(),
        replay: String::new(),
    })
}

fn sentence(row: &InvariantRow, runs: &[Run<'_>]) -> String {
    let InvariantRow { held, runs: count, hold_in, made, .. } = row;
    let asked = percent(*hold_in);
    let shares = match row.wilson_low {
        Some(low) => format!("held in {held} of {count} runs, so in {} at least", percent(low)),
        None if count == held => format!("held in all {count} runs ({made} evaluations)"),
        None => format!("held in {held} of {count} runs"),
    };
    match row.standing {
        InvariantStanding::Held if row.kind == "sometimes" => {
            format!("was reached in {held} of {count} runs")
        }
        InvariantStanding::Failed if row.kind == "sometimes" => {
            format!("was never reached in {made} evaluations")
        }
        InvariantStanding::Held if row.wilson_low.is_some() => format!("{shares}; {asked} asked"),
        InvariantStanding::Held => shares,
        InvariantStanding::Failed => shares,
        InvariantStanding::NotProven => {
            let needed = runs_that_prove(*hold_in).unwrap_or_default();
            let more = match count >= &needed {
                true => "more runs".to_owned(),
                false => format!("{needed} runs, all of them holding,"),
            };
            format!("{shares}; {asked} is not proven: it takes {more}")
        }
        InvariantStanding::NotMade => {
            let silent: Vec<_> = runs.iter().filter(|run| run.kept.made == 0).collect();
            let why = silent.first().and_then(|run| run.kept.missing.clone());
            let why = why.unwrap_or_else(|| "no run".to_owned());
            match silent.len() < runs.len() {
                true => {
                    format!("was not evaluated in {} of {} runs: {why}", silent.len(), runs.len())
                }
                false => format!("was never evaluated: {why}"),
            }
        }
    }
}

impl FailureRow {
    /// "run 17 of main on 2024-03-02T00:00:00: a <= b: 3 FIL against 2 FIL".
    pub fn sentence(&self) -> String {
        let FailureRow { point, run, tick, comparison, left, right, .. } = self;
        format!("run {run} of {point} at {tick}: {comparison}: {left} against {right}")
    }
}

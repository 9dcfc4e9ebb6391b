//! The judgement of a result: stated targets against observed series, and the checks of all runs.
//!
//! A target is measured in every run and judged on the median over the runs. What should be
//! measurable and is not fails: silence is not a pass. A target whose dates the run does not
//! reach is not judged; it neither passes nor fails.

mod invariants;
mod measure;
mod null;

use crate::wording::percent;
use std::path::Path;

use pinwheel_models::describe::metric::split_name;
use pinwheel_models::scenario::invariant::Severity;
use pinwheel_models::scenario::{Experiment, Measure, PEAK_STEPS, Target};
use serde::{Deserialize, Serialize};

pub use invariants::{FailureRow, InvariantRow, InvariantStanding, runs_that_prove, tick_of};
pub use measure::{Measured, Measuring, Missing, Window, measure};
pub use null::NullForecast;

use crate::Error;
use crate::judge::baseline::BaselineVerdict;
use crate::record::manifest::VERDICT;
use crate::record::outcome::{Outcome, TargetFound};
use crate::statistics::{DieboldMariano, median, median_interval};
use crate::wording::{duration_words, format_number};

/// A forecast without a model is beaten, or beats the runs, if chance alone would not show as much
/// with this confidence.
const CONFIDENCE: f64 = 0.95;

/// The judgement of a result, as `verdict.json` holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Everything that was stated was judged, and held. What else there is to it says
    /// [`Verdict::standing`].
    pub passed: bool,
    /// One sentence for the head of a report.
    pub sentence: String,
    /// One row for each target and point.
    pub targets: Vec<TargetRow>,
    /// One row for each check, over all runs.
    pub checks: Vec<CheckRow>,
    /// Every breach of a check that must always hold.
    pub breaches: Vec<BreachRow>,
    /// One row for each invariant and point.
    #[serde(default)]
    pub invariants: Vec<InvariantRow>,
    /// What a reader should know and what changes nothing.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Against the accepted numbers, where the scenario names some. A pass does not need it: a
    /// change may be wanted, but must be accepted.
    #[serde(default)]
    pub baseline: Option<BaselineVerdict>,
}

/// One target at one point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetRow {
    /// The id in the scenario.
    pub id: String,
    /// The id of the point.
    pub point: String,
    /// The metric that is judged, with its subject where it has one: "io.minted".
    pub metric: String,
    /// What it is held against.
    pub limit: Limit,
    /// Over the whole window of the target; `None` if it could not be measured.
    pub measured: Option<f64>,
    /// Before and from the first day that calibration has not seen, where the target spans it.
    pub calibration: Option<f64>,
    /// From that day on.
    pub verdict_window: Option<f64>,
    /// The same number of each forecast without a model that the target names.
    #[serde(default)]
    pub nulls: Vec<NullRow>,
    /// How it came out.
    pub standing: TargetStanding,
    /// How it was measured, with the numbers of forecasts without a model, or why it was not.
    pub sentence: String,
}

/// A forecast without a model, beside a target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NullRow {
    /// Which: its word in the scenario, or the name of its file.
    pub null: String,
    /// Its number over the window of the target; `None` if it could not be measured.
    pub measured: Option<f64>,
    /// Where the runs must beat it, whether they do.
    #[serde(default)]
    pub beaten: Option<Beaten>,
}

/// Whether the runs beat a forecast without a model, by the test of Diebold and Mariano.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beaten {
    /// Met if every run has the smaller error and chance alone would give as much in less than one
    /// case of twenty; not met if every run has the larger one, as clearly; else undecided.
    pub standing: TargetStanding,
    /// Mean of the error of the runs less that of the forecast, of the run whose test says least.
    pub mean_difference: f64,
    /// How often chance alone would give as much, of that run.
    pub p_value: f64,
}

/// How a whole result stands.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Everything that was stated was judged, and held.
    Passed,
    /// Something that was stated did not hold.
    Failed,
    /// Nothing failed, but something could not be decided: so few runs do not tell, or the run does
    /// not reach the dates that are asked for.
    Undecided,
}

impl Standing {
    /// In words, as the head of a page has them: "Not passed".
    pub fn word(self) -> &'static str {
        match self {
            Standing::Passed => "Passed",
            Standing::Failed => "Not passed",
            Standing::Undecided => "Undecided",
        }
    }
}

/// How a target stands after the run.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetStanding {
    /// The measured number is within the limit.
    Met,
    /// It is not, or could not be measured where it should be.
    NotMet,
    /// So few runs, or so few days, do not tell which of both.
    Undecided,
    /// Its dates lie outside the run.
    NotJudged,
}

impl TargetStanding {
    /// In words: "not met".
    pub fn word(self) -> &'static str {
        match self {
            TargetStanding::Met => "met",
            TargetStanding::NotMet => "not met",
            TargetStanding::Undecided => "undecided",
            TargetStanding::NotJudged => "not judged",
        }
    }
}

/// What a measured number is held against.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// A share: the error may be at most this.
    AtMost(f64),
    /// A value: every one must lie in the range.
    Within {
        /// The least that is allowed.
        low: f64,
        /// The most that is allowed.
        high: f64,
    },
}

/// One check over all runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRow {
    /// The name of the check.
    pub check: String,
    /// It asks that a state is reached, not that it always holds.
    pub sometimes: bool,
    /// How often it was made, over all runs.
    pub made: u64,
    /// How often it held.
    pub held: u64,
    /// How it came out.
    pub standing: CheckStanding,
    /// What was found, in words.
    pub sentence: String,
}

/// How a check stands after all runs.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckStanding {
    /// It held whenever it was made.
    Held,
    /// An `always` check that failed at least once.
    Failed,
    /// Registered, but never made: a fault of the model.
    NotMade,
    /// A `sometimes` state that no run came to: a warning, for a short run may not get there.
    NotReached,
}

impl CheckStanding {
    /// In words: "not reached".
    pub fn word(self) -> &'static str {
        match self {
            CheckStanding::Held => "held",
            CheckStanding::Failed => "failed",
            CheckStanding::NotMade => "not made",
            CheckStanding::NotReached => "not reached",
        }
    }

    /// Whether it stands in the way of a pass.
    pub fn fails(self) -> bool {
        matches!(self, CheckStanding::Failed | CheckStanding::NotMade)
    }
}

/// An `always` check that failed, where and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreachRow {
    /// The id of the point.
    pub point: String,
    /// The number of the run.
    pub run: u32,
    /// The date.
    pub date: String,
    /// The name of the check or invariant.
    pub check: String,
    /// What was found there.
    pub detail: String,
    /// Date and time.
    #[serde(default)]
    pub tick: String,
    /// The command that runs to just before it.
    #[serde(default)]
    pub replay: String,
}

impl Verdict {
    /// The judgement in the folder of a result.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if it cannot be read, [`Error::Damaged`] if it is not a verdict.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(VERDICT);
        let text = std::fs::read_to_string(&path).map_err(Error::at(&path))?;
        let damaged = |error| Error::Damaged {
            path: folder.to_owned(),
            detail: format!("{VERDICT}: {error}"),
        };
        serde_json::from_str(&text).map_err(damaged)
    }

    /// The judgement in a folder, if there is one.
    ///
    /// # Errors
    ///
    /// As [`Verdict::read`].
    pub fn find(folder: &Path) -> Result<Option<Self>, Error> {
        folder.join(VERDICT).exists().then(|| Verdict::read(folder)).transpose()
    }

    /// How the whole result stands. A target whose dates the run does not reach stands in the way
    /// of nothing, as long as something else could be judged.
    pub fn standing(&self) -> Standing {
        let targets = |wanted| self.targets.iter().any(|row| row.standing == wanted);
        let fails = !self.breaches.is_empty()
            || self.invariants.iter().any(InvariantRow::fails)
            || targets(TargetStanding::NotMet)
            || self.checks.iter().any(|row| row.standing.fails());
        let out_of_reach = !self.targets.is_empty()
            && self.targets.iter().all(|row| row.standing == TargetStanding::NotJudged)
            && self.invariants.is_empty();
        let open = out_of_reach
            || targets(TargetStanding::Undecided)
            || self.invariants.iter().any(InvariantRow::is_undecided);
        match (fails, open) {
            (true, _) => Standing::Failed,
            (false, true) => Standing::Undecided,
            (false, false) => Standing::Passed,
        }
    }

    /// How many points were judged.
    pub fn points(&self) -> usize {
        let targets = self.targets.iter().map(|row| &row.point);
        let points = targets.chain(self.invariants.iter().map(|row| &row.point));
        let named: std::collections::BTreeSet<_> = points.filter(|id| !id.is_empty()).collect();
        named.len()
    }

    /// Whether anything was stated that could have failed: what cannot fail proves nothing.
    pub fn stands_on_something(&self) -> bool {
        !(self.targets.is_empty() && self.checks.is_empty())
            || self.invariants.iter().any(|row| row.severity == Severity::Error)
    }

    /// Whether any target was measured apart before and from the first day that calibration has not
    /// seen.
    pub fn has_windows(&self) -> bool {
        self.targets.iter().any(|row| row.calibration.is_some())
    }
}

impl Limit {
    /// The limit that a measure states.
    pub fn of(measure: &Measure) -> Self {
        match *measure {
            Measure::MeanAbsoluteError { limit }
            | Measure::GrowthError { limit }
            | Measure::PeakShareError { limit }
            | Measure::ValueAt { limit, .. } => Limit::AtMost(limit),
            Measure::Within { low, high, .. } | Measure::Final { low, high } => {
                Limit::Within { low, high }
            }
        }
    }

    /// Whether a measured number is within the limit.
    pub fn holds(self, value: f64) -> bool {
        match self {
            Limit::AtMost(limit) => value <= limit,
            Limit::Within { low, high } => (low..=high).contains(&value),
        }
    }

    /// Whether all numbers from `low` to `high` are beyond the limit.
    fn is_beyond(self, low: f64, high: f64) -> bool {
        match self {
            Limit::AtMost(limit) => low > limit,
            Limit::Within { low: least, high: most } => low > most || high < least,
        }
    }

    /// A measured number as the reader wants it.
    pub fn show(self, value: f64) -> String {
        match self {
            Limit::AtMost(_) => percent(value),
            Limit::Within { .. } => format!("{value:.4}"),
        }
    }
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Limit::AtMost(limit) => f.write_str(&percent(*limit)),
            Limit::Within { low, high } => write!(f, "{low} to {high}"),
        }
    }
}

/// Judges a finished ensemble, from what its runs said of every row; what of it was written down
/// decides nothing. The commands that replay a failure are those of the default folder (see
/// [`Verdict::for_folder`]).
pub fn judge(experiment: &Experiment, outcomes: &[Outcome]) -> Verdict {
    let mut targets = Vec::new();
    for (place, target) in experiment.targets.iter().enumerate() {
        for point in experiment.points.iter().filter(|point| target.judges(&point.variant)) {
            let of_point = outcomes.iter().filter(|outcome| outcome.point == point.id);
            let found: Vec<&TargetFound> =
                of_point.filter_map(|of| of.judged.targets.get(place)?.as_ref()).collect();
            targets.push(judge_target(target, &point.id, &found));
        }
    }
    let checks = judge_checks(outcomes);
    let breaches: Vec<BreachRow> =
        outcomes.iter().filter_map(|outcome| breach_row(experiment, outcome)).collect();
    let invariants = invariants::judge(experiment, outcomes);
    let sentence = headline(&targets, &checks, &breaches, &invariants);
    let notes = notes(experiment, outcomes);
    let (passed, baseline) = (false, None);
    let mut verdict =
        Verdict { passed, sentence, targets, checks, breaches, invariants, notes, baseline };
    verdict.passed = verdict.standing() == Standing::Passed;
    verdict.for_folder(&format!("out/{}", experiment.name))
}

/// A target at a point, from what each run measured.
fn judge_target(target: &Target, point: &str, found: &[&TargetFound]) -> TargetRow {
    let limit = Limit::of(&target.measure);
    let over_runs = |of: fn(&TargetFound) -> Option<f64>| -> Option<f64> {
        median(&found.iter().filter_map(|found| of(found)).collect::<Vec<_>>())
    };
    let missing = found.iter().filter_map(|found| found.whole.as_ref().err()).next_back();
    let missing = missing
        .cloned()
        .or_else(|| found.is_empty().then(|| Missing::Data("no run came to its end".to_owned())));
    let measured = over_runs(|found| found.whole.as_ref().ok().copied());
    let measured = measured.filter(|_| missing.is_none());
    let calibration = over_runs(|found| found.calibration);
    let verdict_window = over_runs(|found| found.verdict_window);
    let spans = calibration.is_some() && verdict_window.is_some();
    let nulls: Vec<NullRow> =
        (0..target.nulls.len()).map(|at| null_row(target, at, found)).collect();
    let (standing, told) = match (missing, measured) {
        (Some(Missing::Horizon(reason)), _) => (TargetStanding::NotJudged, reason),
        (Some(Missing::Data(reason)), _) => (TargetStanding::NotMet, reason),
        (None, _) => over_all(target, limit, found, &nulls),
    };
    let beside = nulls.iter().map(|row| null_words(row, limit)).collect::<String>();
    TargetRow {
        id: target.id.clone(),
        point: point.to_owned(),
        metric: target.metric.clone(),
        limit,
        measured,
        calibration: calibration.filter(|_| spans),
        verdict_window: verdict_window.filter(|_| spans),
        nulls,
        standing,
        sentence: told + &beside,
    }
}

/// How a target stands that every run has measured, and how it was measured. It speaks of the
/// median of all possible runs, of which those that were made show between which two of their
/// values it lies ([`median_interval`]): met if all of that is within the limit, not met if all of
/// it is beyond, else so few runs do not tell.
fn over_all(
    target: &Target,
    limit: Limit,
    found: &[&TargetFound],
    nulls: &[NullRow],
) -> (TargetStanding, String) {
    let values: Vec<f64> = found.iter().filter_map(|found| found.whole.clone().ok()).collect();
    let (low, high) = median_interval(&values).unwrap_or((f64::NAN, f64::NAN));
    let measured = match () {
        () if limit.holds(low) && limit.holds(high) => TargetStanding::Met,
        () if limit.is_beyond(low, high) => TargetStanding::NotMet,
        () => TargetStanding::Undecided,
    };
    let mut told = match split_name(&target.metric).0 {
        "" => words(&target.measure),
        subject => format!("{}, of {subject}", words(&target.measure)),
    };
    if measured == TargetStanding::Undecided {
        let (low, high, runs) = (limit.show(low), limit.show(high), values.len());
        told += &format!("; the median lies between {low} and {high}: {runs} runs do not tell");
    }
    let beaten = nulls.iter().filter_map(|row| Some(row.beaten?.standing));
    let standing = std::iter::once(measured).chain(beaten).max_by_key(|standing| match standing {
        TargetStanding::NotMet => 2,
        TargetStanding::Undecided => 1,
        TargetStanding::Met | TargetStanding::NotJudged => 0,
    });
    (standing.unwrap_or(measured), told)
}

/// A forecast without a model beside the runs. The data are the same in all runs, and so is what
/// needs no model.
fn null_row(target: &Target, place: usize, found: &[&TargetFound]) -> NullRow {
    let of_runs = || found.iter().filter_map(|found| found.nulls.get(place));
    let tests: Vec<DieboldMariano> = of_runs().filter_map(|found| found.against).collect();
    NullRow {
        null: target.nulls[place].word().to_owned(),
        measured: of_runs().find_map(|found| found.measured),
        beaten: target.beats[place].then(|| beaten(&tests, found.len())),
    }
}

/// What the tests of all runs say together; where one has none, nothing can be said.
fn beaten(tests: &[DieboldMariano], runs: usize) -> Beaten {
    let sure = |test: &DieboldMariano| test.p_value < 1.0 - CONFIDENCE;
    let all = |better: bool| {
        tests.len() == runs
            && tests.iter().all(|test| sure(test) && (test.mean_difference < 0.0) == better)
    };
    let standing = match (all(true), all(false)) {
        (true, false) => TargetStanding::Met,
        (false, true) => TargetStanding::NotMet,
        _ => TargetStanding::Undecided,
    };
    let least = tests.iter().max_by(|one, other| one.p_value.total_cmp(&other.p_value));
    Beaten {
        standing,
        mean_difference: least.map_or(0.0, |test| test.mean_difference),
        p_value: least.map_or(1.0, |test| test.p_value),
    }
}

/// "; persistence 12.3 %", or that it could not be measured; and whether it is beaten, if it must
/// be.
fn null_words(row: &NullRow, limit: Limit) -> String {
    let measured = row.measured.map_or("not measured".to_owned(), |value| limit.show(value));
    let beaten = row.beaten.map_or(String::new(), |Beaten { standing, p_value, .. }| {
        let word = match standing {
            TargetStanding::Met => "beaten",
            TargetStanding::NotMet => "not beaten",
            _ => "not clearly beaten",
        };
        format!(" ({word}, p = {p_value:.3})")
    });
    format!("; {} {measured}{beaten}", row.null)
}

/// What a measure is, in words.
fn words(measure: &Measure) -> String {
    match *measure {
        Measure::MeanAbsoluteError { .. } => "mean error against the real series".to_owned(),
        Measure::GrowthError { .. } => "growth over the window against the real growth".to_owned(),
        Measure::PeakShareError { .. } => {
            format!("part of the growth in the highest {} of steps", percent(PEAK_STEPS))
        }
        Measure::ValueAt { at, expected, .. } => {
            format!("value on {at} against {}, the known one", format_number(expected))
        }
        Measure::Within { window: None, .. } => "the value farthest from the range".to_owned(),
        Measure::Within { window: Some(window), .. } => {
            let length = duration_words((window.as_nanos() / 1_000_000) as i64);
            format!("the mean over {length} farthest from the middle of the range")
        }
        Measure::Final { .. } => "the last value".to_owned(),
    }
}

fn judge_checks(outcomes: &[Outcome]) -> Vec<CheckRow> {
    let mut rows: Vec<CheckRow> = Vec::new();
    for tally in outcomes.iter().flat_map(|outcome| &outcome.tallies) {
        let place = rows.iter().position(|row| row.check == tally.check).unwrap_or_else(|| {
            rows.push(CheckRow {
                check: tally.check.clone(),
                sometimes: tally.sometimes,
                made: 0,
                held: 0,
                standing: CheckStanding::NotMade,
                sentence: String::new(),
            });
            rows.len() - 1
        });
        rows[place].made += tally.made;
        rows[place].held += tally.held;
    }
    for row in &mut rows {
        row.standing = match (row.sometimes, row.made, row.held) {
            (_, 0, _) => CheckStanding::NotMade,
            (true, _, 0) => CheckStanding::NotReached,
            (false, made, held) if held < made => CheckStanding::Failed,
            _ => CheckStanding::Held,
        };
        row.sentence = match row.standing {
            CheckStanding::Held if row.sometimes => format!("was reached {} times", row.held),
            CheckStanding::Held => format!("held at {} of {} checks", row.held, row.made),
            CheckStanding::Failed => {
                format!("failed at {} of {} checks", row.made - row.held, row.made)
            }
            CheckStanding::NotMade => "was never made".to_owned(),
            CheckStanding::NotReached => format!("was never reached in {} checks", row.made),
        };
    }
    rows
}

fn breach_row(experiment: &Experiment, outcome: &Outcome) -> Option<BreachRow> {
    let breach = outcome.breach.as_ref()?;
    let point = experiment.points.iter().find(|point| point.id == outcome.point)?;
    let tick = tick_of(point, breach.time);
    Some(BreachRow {
        point: outcome.point.clone(),
        run: outcome.run,
        date: tick.date().to_string(),
        check: breach.check.clone(),
        detail: breach.detail.clone(),
        tick: tick.to_string(),
        replay: String::new(),
    })
}

/// Outcomes that have no number in some run, and changes that none reaches.
fn notes(experiment: &Experiment, outcomes: &[Outcome]) -> Vec<String> {
    let mut notes = Vec::new();
    for (place, spec) in experiment.outcomes.iter().enumerate() {
        for point in &experiment.points {
            let of_point = || outcomes.iter().filter(|outcome| outcome.point == point.id);
            let silent =
                |outcome: &&Outcome| matches!(outcome.judged.outcomes.get(place), Some(None));
            let count = of_point().filter(silent).count();
            if count > 0 {
                let (id, of, point) = (&spec.id, of_point().count(), &point.id);
                notes.push(format!("outcome {id} has no value in {count} of {of} runs of {point}"));
            }
        }
    }
    for point in &experiment.points {
        let of_point = match experiment.points.len() {
            1 => String::new(),
            _ => format!("{}: ", point.id),
        };
        let idle = point.scenario.idle_changes();
        notes.extend(idle.into_iter().map(|sentence| of_point.clone() + &sentence));
    }
    notes
}

fn headline(
    targets: &[TargetRow],
    checks: &[CheckRow],
    breaches: &[BreachRow],
    invariants: &[InvariantRow],
) -> String {
    if let Some(breach) = breaches.first() {
        return format!(
            "Breached: {} failed on {} in run {} of {}.",
            breach.check, breach.date, breach.run, breach.point
        );
    }
    let invariants = invariant_words(invariants);
    format!("{}; {}{invariants}.", accuracy_words(targets), check_words(checks))
}

/// "All 8 stated targets are met", or which are not, and how many could not be decided or judged.
fn accuracy_words(targets: &[TargetRow]) -> String {
    let standing = |wanted| targets.iter().filter(move |row| row.standing == wanted);
    let (met, out) =
        (standing(TargetStanding::Met).count(), standing(TargetStanding::NotJudged).count());
    let judged = targets.len() - out;
    let named = |wanted| standing(wanted).map(failure_words).collect::<Vec<_>>().join(", ");
    let failed = named(TargetStanding::NotMet);
    let unjudged = match out {
        0 => String::new(),
        out => format!(" ({out} more not judged: the run does not reach their dates)"),
    };
    let open = match named(TargetStanding::Undecided) {
        open if open.is_empty() => open,
        open => format!("; undecided: {open}"),
    };
    match (targets.len(), judged) {
        (0, _) => "No accuracy was stated".to_owned(),
        (_, 0) => "No stated target could be judged: the run does not reach their dates".to_owned(),
        (_, 1) if met == 1 => format!("The one judged target is met{unjudged}"),
        _ if met == judged => format!("All {judged} judged targets are met{unjudged}"),
        _ if failed.is_empty() => {
            format!("{met} of {judged} targets are met{unjudged}{open}")
        }
        _ => format!("{met} of {judged} targets are met{unjudged}; not met: {failed}{open}"),
    }
}

/// "reward of an epoch (0.55 %, limit 0.5 %)"
fn failure_words(row: &TargetRow) -> String {
    let measured = row.measured.map_or("not measured".to_owned(), |value| row.limit.show(value));
    let word = if matches!(row.limit, Limit::AtMost(_)) { "limit" } else { "allowed" };
    format!("{} ({measured}, {word} {})", row.id, row.limit)
}

/// "; all 3 invariants hold", how many only warn, or which do not; nothing where none was stated.
fn invariant_words(rows: &[InvariantRow]) -> String {
    let fails: Vec<&InvariantRow> = rows.iter().filter(|row| row.fails()).collect();
    let open: Vec<&str> =
        rows.iter().filter(|row| row.is_undecided()).map(|row| row.id.as_str()).collect();
    let warned = rows.iter().filter(|row| row.standing != InvariantStanding::Held).count();
    let warned = match warned - fails.len() - open.len() {
        0 => String::new(),
        1 => " (and 1 warning)".to_owned(),
        count => format!(" (and {count} warnings)"),
    };
    let undecided = match open.is_empty() {
        true => String::new(),
        false => format!("; undecided: {}", open.join(", ")),
    };
    match (rows, &fails[..]) {
        ([], _) => String::new(),
        (all, []) if warned.is_empty() && open.is_empty() => match all.len() {
            1 => "; the invariant holds".to_owned(),
            count => format!("; all {count} invariants hold"),
        },
        (all, []) => {
            let held = all.iter().filter(|row| row.standing == InvariantStanding::Held).count();
            format!("; {held} of {} invariants hold{warned}{undecided}", all.len())
        }
        (all, [first, ..]) => {
            let (count, all, id, word) = (fails.len(), all.len(), &first.id, first.standing.word());
            format!(
                "; {count} of {all} invariants do not hold{warned}, first {id}: {word}{undecided}"
            )
        }
    }
}

fn check_words(checks: &[CheckRow]) -> String {
    let count = |wanted: fn(&CheckRow) -> bool| checks.iter().filter(|row| wanted(row)).count();
    let failed = count(|row| row.standing.fails());
    let unreached = match count(|row| row.standing == CheckStanding::NotReached) {
        0 => String::new(),
        count => format!(", {count} never reached"),
    };
    let held = count(|row| row.standing == CheckStanding::Held);
    match (checks.len(), failed, unreached.is_empty()) {
        (0, ..) => "no check was made".to_owned(),
        (total, 0, true) => format!("all {total} checks held in every run"),
        (total, ..) => format!("{held} of {total} checks held{unreached}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::check::Tally;
    use pinwheel_core::fingerprint::Fingerprint;

    fn outcome(tallies: Vec<Tally>) -> Outcome {
        Outcome {
            point: "base".into(),
            run: 0,
            names: crate::record::outcome::Names::default(),
            events: 0,
            fingerprint: Fingerprint::default(),
            tallies,
            breach: None,
            judged: crate::record::outcome::Judged::default(),
        }
    }

    #[test]
    fn a_sometimes_check_needs_one_run_and_an_always_check_needs_all() {
        let tally = |check: &str, sometimes, made, held| Tally {
            check: check.into(),
            sometimes,
            made,
            held,
        };
        let first = outcome(vec![tally("a", false, 3, 3), tally("s", true, 5, 0)]);
        let second = outcome(vec![tally("a", false, 3, 2), tally("s", true, 5, 1)]);
        let rows = judge_checks(&[first.clone(), second]);
        use CheckStanding::{Failed, Held, NotMade, NotReached};
        assert_eq!((rows[0].standing, rows[1].standing), (Failed, Held));
        assert_eq!((rows[0].made, rows[0].held), (6, 5));
        let rows = judge_checks(&[outcome(vec![tally("a", false, 0, 0)])]);
        assert!(rows[0].standing == NotMade && NotMade.fails(), "silence is not a pass");
        let rows = judge_checks(&[first]);
        assert_eq!((rows[0].standing, rows[1].standing), (Held, NotReached));
        assert!(!NotReached.fails(), "a short run may not get there");
        assert_eq!(check_words(&rows), "1 of 2 checks held, 1 never reached");
    }

    fn row(id: &str, standing: TargetStanding) -> TargetRow {
        TargetRow {
            id: id.into(),
            point: "base".into(),
            metric: "raw_power".into(),
            limit: Limit::AtMost(0.03),
            measured: (standing != TargetStanding::NotJudged).then_some(0.051),
            calibration: None,
            verdict_window: None,
            nulls: vec![],
            standing,
            sentence: String::new(),
        }
    }

    #[test]
    fn the_sentence_names_what_failed_and_does_not_count_what_was_not_judged() {
        use TargetStanding::{Met, NotJudged, NotMet};
        let rows = [row("power", Met), row("burn", NotMet), row("reward", NotJudged)];
        let text = accuracy_words(&rows).replace('\u{a0}', " ");
        let expected = "1 of 2 targets are met (1 more not judged: the run does not reach their \
                        dates); not met: burn (5.1 %, limit 3 %)";
        assert_eq!(text, expected);
        assert!(accuracy_words(&rows[2..]).starts_with("No stated target could be judged"));
        assert_eq!(accuracy_words(&rows[..1]), "The one judged target is met");
    }

    #[test]
    fn percentages_keep_the_digits_that_matter() {
        assert_eq!(percent(0.03), "3\u{a0}%");
        assert_eq!(percent(0.0304), "3\u{a0}%");
        assert_eq!(percent(0.1234), "12.3\u{a0}%");
        assert_eq!(percent(0.0005), "0.05\u{a0}%");
        assert_eq!(percent(1.0), "100\u{a0}%");
        assert_eq!(percent(7.297), "730\u{a0}%");
        assert_eq!(percent(0.0), "0\u{a0}%");
    }
}

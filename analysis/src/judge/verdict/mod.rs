//! The judgement of a result: stated targets against observed series, and the checks of all runs.
//!
//! A target is measured in every run and judged on the median over the runs. What should be
//! measurable and is not fails: silence is not a pass. A target whose dates the run does not
//! reach is not judged; it neither passes nor fails.

mod invariants;
mod measure;
mod null;
mod targets;

use std::path::Path;

use pinwheel_models::scenario::Experiment;
use pinwheel_models::scenario::invariant::Severity;
use serde::{Deserialize, Serialize};

pub use invariants::{FailureRow, InvariantRow, InvariantStanding, runs_that_prove, tick_of};
pub use measure::{Measured, Measuring, Missing, Window, measure};
pub use null::NullForecast;
pub use targets::{Beaten, Limit, NullRow, TargetRow, TargetStanding};

use crate::Error;
use crate::judge::baseline::BaselineVerdict;
use crate::record::manifest::VERDICT;
use crate::record::outcome::{Outcome, TargetFound};

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
            targets.push(targets::judge(target, &point.id, &found));
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
    format!("{}; {}{invariants}.", targets::accuracy_words(targets), check_words(checks))
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
}

//! What is left of a run when it is over, its rows aside.

use std::fmt;

use pinwheel_core::check::{Breach, Tally};
use pinwheel_core::fingerprint::Fingerprint;
use pinwheel_core::{Records, Row, SimTime};
use serde::{Deserialize, Serialize};

use crate::statistics::DieboldMariano;

/// Result of a finished run, without its rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The id of the point.
    pub point: String,
    /// The number of the run, counted from 0.
    pub run: u32,
    /// The subjects and labels behind the numbers in its rows.
    pub names: Names,
    /// Events that happened.
    pub events: u64,
    /// The hash of all that it did.
    pub fingerprint: Fingerprint,
    /// How often each check was made and held.
    pub tallies: Vec<Tally>,
    /// The breach that ended it.
    pub breach: Option<Breach>,
    /// Its invariants and outcomes.
    pub judged: Judged,
}

/// The texts behind the numbers in rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// By the number of a subject: ids of networks.
    pub subjects: Vec<String>,
    /// By the number of a label.
    pub labels: Vec<String>,
}

impl Names {
    /// The subjects and labels that there are by now.
    pub fn of(records: &Records) -> Self {
        Names { subjects: records.subjects().to_vec(), labels: records.labels().to_vec() }
    }

    /// Takes in those that have come since the last look.
    pub fn follow(&mut self, records: &Records) {
        let (subjects, labels) = (records.subjects(), records.labels());
        if (self.subjects.len(), self.labels.len()) != (subjects.len(), labels.len()) {
            self.subjects.extend_from_slice(&subjects[self.subjects.len()..]);
            self.labels.extend_from_slice(&labels[self.labels.len()..]);
        }
    }

    /// The subject of a row.
    pub fn subject(&self, row: &Row) -> &str {
        &self.subjects[usize::from(row.subject.0)]
    }

    /// The label of a row.
    pub fn label(&self, row: &Row) -> &str {
        &self.labels[usize::from(row.label.0)]
    }

    /// Whether a row is about this subject.
    pub fn is_about(&self, row: &Row, subject: &str) -> bool {
        is_same(self.subject(row), subject)
    }

    /// Whether a row has this label.
    pub fn is_of(&self, row: &Row, label: &str) -> bool {
        is_same(self.label(row), label)
    }
}

/// Whether two texts are equal. Most subjects and labels are empty, and the comparison of nothing
/// with nothing is slow on processors whose masked loads fault: 100 ns were measured.
fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && (one.is_empty() || one == other)
}

/// What is known of a run's invariants and outcomes when it is over, in the order of the scenario.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// One for each invariant.
    pub invariants: Vec<Kept>,
    /// In the unit of each outcome; `None` where there is no finite number.
    pub outcomes: Vec<Option<f64>>,
    /// One for each target; `None` where it does not judge the point of the run.
    pub targets: Vec<Option<TargetFound>>,
}

/// A target's number in one run, measured on every row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetFound {
    /// Over its whole window.
    pub whole: Result<f64, Missing>,
    /// On the part before the first day that calibration has not seen.
    pub calibration: Option<f64>,
    /// On the part from that day on.
    pub verdict_window: Option<f64>,
    /// What was found of each forecast without a model, in the order of the target.
    #[serde(default)]
    pub nulls: Vec<NullFound>,
}

/// A forecast without a model beside a target of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NullFound {
    /// Its number over the window of the target; `None` if it could not be measured.
    pub measured: Option<f64>,
    /// The errors of the run against its errors, where the run must beat it.
    pub against: Option<DieboldMariano>,
}

/// Why there is no measured number; the text says what was missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Missing {
    /// The run ends too early, or begins too late, for the question to be asked of it.
    Horizon(String),
    /// The series that should be there are not: nobody may take this for a pass.
    Data(String),
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Missing::Horizon(text) | Missing::Data(text)) = self;
        f.write_str(text)
    }
}

/// How often an invariant was evaluated in a run and held.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// How often it was evaluated.
    pub made: u64,
    /// How often it held.
    pub held: u64,
    /// The first time it did not hold.
    pub failure: Option<Failing>,
    /// Why it was never evaluated.
    pub missing: Option<String>,
}

/// The comparison that decided, with both sides as they were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// When.
    pub time: SimTime,
    /// The comparison that failed, as typed.
    pub comparison: String,
    /// Its left side, with its unit.
    pub left: String,
    /// Its right side.
    pub right: String,
}

impl Failing {
    /// "a <= b: 3 FIL against 2 FIL".
    pub fn sentence(&self) -> String {
        format!("{}: {} against {}", self.comparison, self.left, self.right)
    }
}

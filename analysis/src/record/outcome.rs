//! What is left of a run when it is over, its rows aside.

use pinwheel_core::SimTime;
use pinwheel_core::check::{Breach, Tally};
use pinwheel_core::fingerprint::Fingerprint;
use serde::{Deserialize, Serialize};

/// Result of a finished run, without its rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The id of the point.
    pub point: String,
    /// The number of the run, counted from 0.
    pub run: u32,
    /// The labels behind the numbers in its rows.
    pub labels: Vec<String>,
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

/// What is known of a run's invariants and outcomes when it is over, in the order of the scenario.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// One for each invariant.
    pub invariants: Vec<Kept>,
    /// In the unit of each outcome; `None` where there is no finite number.
    pub outcomes: Vec<Option<f64>>,
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

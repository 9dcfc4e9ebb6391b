//! What is left of a run when it is over, its rows aside.

use pinwheel_core::SimTime;
use pinwheel_core::check::{Breach, Tally};
use pinwheel_core::fingerprint::Fingerprint;
use serde::{Deserialize, Serialize};

/// Result of a finished run, without its rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub point: String,
    pub run: u32,
    pub labels: Vec<String>,
    pub events: u64,
    pub fingerprint: Fingerprint,
    pub tallies: Vec<Tally>,
    pub breach: Option<Breach>,
    pub judged: Judged,
}

/// What is known of a run's invariants and outcomes when it is over, in the order of the scenario.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    pub invariants: Vec<Kept>,
    /// In the unit of each outcome; `None` where there is no finite number.
    pub outcomes: Vec<Option<f64>>,
}

/// How often an invariant was evaluated in a run and held.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub made: u64,
    pub held: u64,
    /// The first time it did not hold.
    pub failure: Option<Failing>,
    /// Why it was never evaluated.
    pub missing: Option<String>,
}

/// The comparison that decided, with both sides as they were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    pub time: SimTime,
    pub comparison: String,
    pub left: String,
    pub right: String,
}

impl Failing {
    /// "a <= b: 3 FIL against 2 FIL".
    pub fn sentence(&self) -> String {
        format!("{}: {} against {}", self.comparison, self.left, self.right)
    }
}

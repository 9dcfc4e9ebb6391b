//! Any queue, each with the same chance.

use pinwheel_core::Stream;
use serde::{Deserialize, Serialize};

use super::Balance;
use crate::policy::choice::PolicySpec;
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::queues::{QueueCount, QueueReports};

/// What it says of itself.
pub const SPEC: PolicySpec = PolicySpec {
    name: "random",
    number: None,
    keys: &[],
    about: "A queue for each server, any of them: one draw a job.",
    sees: "the number of queues",
    source: "splitting of a Poisson process: every queue is M/M/1",
};

/// The policy; it has no state.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Random;

impl Random {
    /// At time zero.
    pub fn new() -> Self {
        Random
    }
}

impl Balance for Random {
    type Sees = QueueCount;
    fn choose(&mut self, seen: &Telemetry<'_, QueueCount>, stream: &mut Stream) -> u32 {
        stream.below(u64::from(seen.reports.queues())) as u32
    }
}

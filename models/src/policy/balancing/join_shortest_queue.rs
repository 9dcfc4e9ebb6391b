//! The shortest queue of all: JSQ.

use pinwheel_core::Stream;
use serde::{Deserialize, Serialize};

use super::Balance;
use crate::policy::choice::PolicySpec;
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::queues::QueueLengths;

/// What it says of itself.
pub const SPEC: PolicySpec = PolicySpec {
    name: "join_shortest_queue",
    number: None,
    keys: &[],
    about: "The shortest queue of all, among equals any: one draw a job.",
    sees: "the lengths of all queues",
    source: "Winston 1977: best for exponential sizes and fresh lengths",
};

/// The policy; it has no state.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct JoinShortestQueue;

impl JoinShortestQueue {
    /// At time zero.
    pub fn new() -> Self {
        JoinShortestQueue
    }
}

impl Balance for JoinShortestQueue {
    type Sees = QueueLengths;
    fn choose(&mut self, seen: &Telemetry<'_, QueueLengths>, stream: &mut Stream) -> u32 {
        seen.reports.shortest(stream)
    }
}

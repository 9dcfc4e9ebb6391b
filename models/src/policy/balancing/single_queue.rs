//! One queue for all servers: there is nothing to choose.

use pinwheel_core::Stream;
use serde::{Deserialize, Serialize};

use super::Balance;
use crate::policy::choice::PolicySpec;
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::queues::QueueCount;

/// What it says of itself.
pub const SPEC: PolicySpec = PolicySpec {
    name: "single_queue",
    number: None,
    keys: &[],
    about: "One queue for all servers; the first server that falls idle takes the next job.",
    sees: "nothing",
    source: "Erlang 1917: M/M/c",
};

/// The policy; it has no state.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SingleQueue;

impl SingleQueue {
    /// At time zero.
    pub fn new() -> Self {
        SingleQueue
    }
}

impl Balance for SingleQueue {
    type Sees = QueueCount;
    fn choose(&mut self, _seen: &Telemetry<'_, QueueCount>, _stream: &mut Stream) -> u32 {
        0
    }
}

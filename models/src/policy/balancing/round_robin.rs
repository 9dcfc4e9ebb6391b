//! Each queue in turn.

use pinwheel_core::Stream;
use serde::{Deserialize, Serialize};

use super::Balance;
use crate::policy::choice::PolicySpec;
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::queues::{QueueCount, QueueReports};

/// What it says of itself.
pub const SPEC: PolicySpec = PolicySpec {
    name: "round_robin",
    number: None,
    keys: &[],
    about: "A queue for each server, each in turn; no draw.",
    sees: "the number of queues",
    source: "Ephremides, Varaiya and Walrand 1980: best without knowledge of the queues",
};

/// The queue whose turn it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RoundRobin {
    next: u32,
}

impl RoundRobin {
    /// At time zero: the first queue.
    pub fn new() -> Self {
        RoundRobin { next: 0 }
    }
}

impl Balance for RoundRobin {
    type Sees = QueueCount;
    fn choose(&mut self, seen: &Telemetry<'_, QueueCount>, _stream: &mut Stream) -> u32 {
        let queue = self.next;
        self.next = (queue + 1) % seen.reports.queues();
        queue
    }
}

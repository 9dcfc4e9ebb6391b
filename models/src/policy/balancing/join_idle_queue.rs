//! Any idle queue, else any queue: JIQ.

use pinwheel_core::Stream;
use serde::{Deserialize, Serialize};

use super::Balance;
use crate::policy::choice::PolicySpec;
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::queues::{QueueLengths, QueueReports};

/// What it says of itself.
pub const SPEC: PolicySpec = PolicySpec {
    name: "join_idle_queue",
    number: None,
    keys: &[],
    about: "Any idle queue, or any queue at all if none is idle: one draw a job.",
    sees: "which queues are empty",
    source: "Lu et al., Join-Idle-Queue, 2011",
};

/// The policy; it has no state.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct JoinIdleQueue;

impl JoinIdleQueue {
    /// At time zero.
    pub fn new() -> Self {
        JoinIdleQueue
    }
}

impl Balance for JoinIdleQueue {
    type Sees = QueueLengths;
    fn choose(&mut self, seen: &Telemetry<'_, QueueLengths>, stream: &mut Stream) -> u32 {
        let idle = seen.reports.idle(stream);
        idle.unwrap_or_else(|| stream.below(u64::from(seen.reports.queues())) as u32)
    }
}

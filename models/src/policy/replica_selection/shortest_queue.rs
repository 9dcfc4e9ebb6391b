//! The replica with the shortest queue.

use pinwheel_core::Stream;

use super::Select;
use crate::policy::choice::PolicySpec;
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::replicas::Replicas;

/// What it says of itself.
pub const SPEC: PolicySpec = PolicySpec {
    name: "shortest_queue",
    number: None,
    keys: &[],
    about: "The replica with the shortest queue, among equals the first; no draw.",
    sees: "the lengths of the replicas' queues",
    source: "Winston 1977, of the replicas in place of all servers",
};

/// The policy; it has no state.
#[derive(Copy, Clone, Debug, Default)]
pub struct ShortestQueue;

impl ShortestQueue {
    /// The policy.
    pub fn new() -> Self {
        ShortestQueue
    }
}

impl Select for ShortestQueue {
    fn select(&self, seen: &Telemetry<'_, Replicas<'_>>, _stream: &mut Stream) -> u32 {
        let Replicas { nodes, queues } = *seen.reports;
        let shortest = nodes.iter().min_by_key(|&&node| queues.length(node));
        *shortest.expect("an object has a replica")
    }
}

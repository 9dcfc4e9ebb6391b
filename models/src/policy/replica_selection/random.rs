//! Any replica, each with the same chance.

use pinwheel_core::Stream;

use super::Select;
use crate::policy::choice::PolicySpec;
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::replicas::Replicas;

/// What it says of itself.
pub const SPEC: PolicySpec = PolicySpec {
    name: "random",
    number: None,
    keys: &[],
    about: "Any replica, each with the same chance: one draw a request.",
    sees: "the list of replicas",
    source: "the usual baseline of replica selection, such as in Suresh et al. 2015",
};

/// The policy; it has no state.
#[derive(Copy, Clone, Debug, Default)]
pub struct Random;

impl Random {
    /// The policy.
    pub fn new() -> Self {
        Random
    }
}

impl Select for Random {
    fn select(&self, seen: &Telemetry<'_, Replicas<'_>>, stream: &mut Stream) -> u32 {
        let nodes = seen.reports.nodes;
        nodes[stream.below(nodes.len() as u64) as usize]
    }
}

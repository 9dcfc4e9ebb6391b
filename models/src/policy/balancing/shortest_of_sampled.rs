//! The shortest of a few queues picked at random, with replacement: SQ(d), the power of two
//! choices.

use pinwheel_core::Stream;
use serde::{Deserialize, Serialize};

use super::Balance;
use crate::policy::choice::{Given, PolicySpec};
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::queues::{QueueLengths, QueueReports};

/// What it says of itself.
pub const SPEC: PolicySpec = PolicySpec {
    name: "sq",
    number: Some((2, 100)),
    keys: &[],
    about: "The shortest of so many queues picked at random, perhaps twice the same; among equals \
            the first picked. As many draws as picks.",
    sees: "the lengths of the picked queues",
    source: "Mitzenmacher, The power of two choices in randomized load balancing, 2001",
};

/// The number in the name is the number of picks.
pub fn parameter(_given: &mut Given<'_, '_>, number: u32) -> Option<u32> {
    Some(number)
}

/// So many picks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShortestOfSampled {
    choices: u32,
}

impl ShortestOfSampled {
    /// With so many picks, at least one.
    pub fn new(choices: u32) -> Self {
        ShortestOfSampled { choices }
    }
}

impl Balance for ShortestOfSampled {
    type Sees = QueueLengths;
    fn choose(&mut self, seen: &Telemetry<'_, QueueLengths>, stream: &mut Stream) -> u32 {
        let queues = u64::from(seen.reports.queues());
        let mut best = stream.below(queues) as u32;
        for _ in 1..self.choices {
            let other = stream.below(queues) as u32;
            if seen.reports.length(other) < seen.reports.length(best) {
                best = other;
            }
        }
        best
    }
}

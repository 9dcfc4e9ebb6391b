//! The shortest of a few different queues picked at random: SQ(d) without replacement. With as many
//! picks as queues it joins the shortest queue of all.

use pinwheel_core::Stream;
use serde::{Deserialize, Serialize};

use super::Balance;
use crate::policy::choice::{Given, PolicySpec};
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::queues::{QueueLengths, QueueReports};

/// What it says of itself.
pub const SPEC: PolicySpec = PolicySpec {
    name: "distinct_sq",
    number: Some((2, 100)),
    keys: &[],
    about: "The shortest of so many different queues picked at random; among equals the first \
            picked. A pick that comes again is drawn anew.",
    sees: "the lengths of the picked queues",
    source: "Vvedenskaya, Dobrushin and Karpelevich 1996: queueing with selection of the shortest \
             of two; for many queues as with replacement",
};

/// The number in the name is the number of picks.
pub fn parameter(_given: &mut Given<'_, '_>, number: u32) -> Option<u32> {
    Some(number)
}

/// So many picks, and room for them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SampledWithoutReplacement {
    choices: u32,
    picked: Vec<u32>,
}

impl SampledWithoutReplacement {
    /// With so many picks, at least one.
    pub fn new(choices: u32) -> Self {
        SampledWithoutReplacement { choices, picked: Vec::new() }
    }
}

impl Balance for SampledWithoutReplacement {
    type Sees = QueueLengths;
    fn choose(&mut self, seen: &Telemetry<'_, QueueLengths>, stream: &mut Stream) -> u32 {
        let queues = seen.reports.queues();
        self.picked.clear();
        while self.picked.len() < self.choices.min(queues) as usize {
            let queue = stream.below(u64::from(queues)) as u32;
            if !self.picked.contains(&queue) {
                self.picked.push(queue);
            }
        }
        let shortest = self.picked.iter().min_by_key(|&&queue| seen.reports.length(queue));
        *shortest.expect("at least one queue is picked")
    }
}

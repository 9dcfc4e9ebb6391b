//! The dispatcher of a station: a policy of balancing, what it has been told, and its stream.

use pinwheel_core::{SimTime, Stream, Streams};
use serde::{Deserialize, Serialize};

use super::settings::Dispatch;
use crate::policy::balancing::Balancer;

/// The dispatcher of one station. Its draws are its own: another policy moves neither arrivals
/// nor sizes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Dispatcher {
    balancer: Balancer,
    stream: Stream,
}

impl Dispatcher {
    pub(super) fn new(dispatch: Dispatch, queues: u32, streams: &Streams) -> Self {
        let balancer = Balancer::new(dispatch, queues);
        Dispatcher { balancer, stream: streams.stream(0, "service.dispatch") }
    }

    /// The queue the next job joins.
    pub(super) fn choose(&mut self, now: SimTime) -> u32 {
        self.balancer.choose(now, &mut self.stream)
    }

    /// Whether the dispatcher asks how long queues are.
    pub(super) fn needs_lengths(&self) -> bool {
        self.balancer.needs_lengths()
    }

    /// Hears that a queue had grown or shrunk by one at the instant `measured`.
    pub(super) fn update(&mut self, queue: u32, longer: bool, measured: SimTime) {
        self.balancer.update(queue, longer, measured);
    }
}

//! A queue of jobs and the servers at its head.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use pinwheel_core::queue::Timer;
use pinwheel_core::{SimDuration, SimTime};
use serde::{Deserialize, Serialize};

use super::settings::{Discipline, WAITING_ROOM_MAX};

/// Jobs that wait for, or share, the same servers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Queue {
    servers: u32,
    /// Jobs in service and waiting together, at most.
    room: u32,
    jobs: u32,
    pub(super) waiting: Waiting,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Waiting {
    /// Jobs that no server has taken yet.
    FirstCome(VecDeque<u32>),
    ProcessorSharing(Sharing),
}

impl Queue {
    pub(super) fn new(discipline: Discipline, servers: u32, waiting_room: Option<u32>) -> Self {
        let waiting = match discipline {
            Discipline::FirstCome => Waiting::FirstCome(VecDeque::new()),
            Discipline::ProcessorSharing => Waiting::ProcessorSharing(Sharing::default()),
        };
        let room = servers.saturating_add(waiting_room.unwrap_or(WAITING_ROOM_MAX));
        Queue { servers, room, jobs: 0, waiting }
    }
    pub(super) fn is_full(&self) -> bool {
        self.jobs == self.room
    }
    /// Servers at work.
    pub(super) fn busy(&self) -> u32 {
        self.jobs.min(self.servers)
    }
    /// A job comes; true if a server is free for it.
    pub(super) fn enter(&mut self) -> bool {
        self.jobs += 1;
        self.jobs <= self.servers
    }
    /// A job goes.
    pub(super) fn leave(&mut self) {
        self.jobs -= 1;
    }
    pub(super) fn servers(&self) -> u32 {
        self.servers
    }
}

/// Processor sharing in the work that each job present has received since the queue was last empty:
/// it grows at one rate for all, so that a job is done when it has grown by the job's size
/// (Parekh and Gallager 1993 call it virtual time).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Sharing {
    received_nanos: f64,
    since: SimTime,
    /// The work at which each job is done, as the bits of the float (they sort as it does).
    done: BinaryHeap<Reverse<(u64, u32)>>,
    pub(super) timer: Option<Timer>,
}

impl Sharing {
    pub(super) fn enter(&mut self, job: u32, size: SimDuration, servers: u32, now: SimTime) {
        self.advance(servers, now);
        if self.done.is_empty() {
            self.received_nanos = 0.0;
        }
        let done = self.received_nanos + size.as_nanos() as f64;
        self.done.push(Reverse((done.to_bits(), job)));
    }
    /// The job that is done first goes.
    pub(super) fn leave(&mut self, servers: u32, now: SimTime) {
        self.advance(servers, now);
        self.timer = None;
        self.done.pop();
    }
    /// The job that is done next and the time until then, if nobody comes.
    pub(super) fn next(&self, servers: u32) -> Option<(SimDuration, u32)> {
        let Reverse((done, job)) = *self.done.peek()?;
        let left_nanos = (f64::from_bits(done) - self.received_nanos).max(0.0);
        let delay_nanos = left_nanos / self.rate(servers);
        Some((SimDuration::from_nanos(delay_nanos as u64), job))
    }
    fn advance(&mut self, servers: u32, now: SimTime) {
        let elapsed_nanos = now.since(self.since).as_nanos() as f64;
        self.received_nanos += elapsed_nanos * self.rate(servers);
        self.since = now;
    }
    /// Share of a server each job has.
    fn rate(&self, servers: u32) -> f64 {
        (f64::from(servers) / self.done.len().max(1) as f64).min(1.0)
    }
}

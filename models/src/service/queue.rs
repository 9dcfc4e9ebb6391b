//! A queue of jobs and the servers at its head.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, VecDeque};

use pinwheel_core::queue::Timer;
use pinwheel_core::{SimDuration, SimTime};
use serde::{Deserialize, Serialize};

use super::settings::{Discipline, WAITING_ROOM_MAX};

/// Jobs that wait for, or share, the same servers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Queue {
    /// Servers that are up.
    pub(super) servers: u32,
    /// Jobs that may wait beside those in service.
    waiting_room: u32,
    jobs: u32,
    pub(super) waiting: Waiting,
    /// Which job each server has, where servers can fail.
    pub(super) slots: Option<Slots>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Waiting {
    /// Jobs that no server has taken yet.
    FirstCome(VecDeque<u32>),
    ProcessorSharing(Sharing),
}

impl Queue {
    /// An empty queue; `failing` if its servers can go down.
    pub(super) fn new(
        discipline: Discipline,
        servers: u32,
        waiting_room: Option<u32>,
        failing: bool,
    ) -> Self {
        let waiting = match discipline {
            Discipline::FirstCome => Waiting::FirstCome(VecDeque::new()),
            Discipline::ProcessorSharing => Waiting::ProcessorSharing(Sharing::default()),
        };
        Queue {
            servers,
            waiting_room: waiting_room.unwrap_or(WAITING_ROOM_MAX),
            jobs: 0,
            waiting,
            slots: failing.then(|| Slots::new(servers)),
        }
    }
    pub(super) fn is_full(&self) -> bool {
        self.jobs >= self.servers.saturating_add(self.waiting_room)
    }
    /// Servers at work.
    pub(super) fn busy(&self) -> u32 {
        match &self.waiting {
            Waiting::FirstCome(waiting) => self.jobs - waiting.len() as u32,
            Waiting::ProcessorSharing(_) => self.jobs.min(self.servers),
        }
    }
    /// A job comes; true if a server is free for it.
    pub(super) fn enter(&mut self) -> bool {
        let free = self.busy() < self.servers;
        self.jobs += 1;
        free
    }
    /// A job goes.
    pub(super) fn leave(&mut self) {
        self.jobs -= 1;
    }
    /// Servers that are up.
    pub(super) fn servers(&self) -> u32 {
        self.servers
    }
    /// A server more is up, or one less.
    pub(super) fn turn_server(&mut self, up: bool, now: SimTime) {
        if let Waiting::ProcessorSharing(sharing) = &mut self.waiting {
            sharing.advance(self.servers, now);
        }
        self.servers = if up { self.servers + 1 } else { self.servers - 1 };
    }
}

/// The servers of a queue one by one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Slots {
    /// The job each server has, with the timer of its end.
    work: Vec<Option<(u32, Timer)>>,
    up: Vec<bool>,
    /// Servers that are up and idle.
    idle: BTreeSet<u32>,
}

impl Slots {
    fn new(servers: u32) -> Self {
        Slots {
            work: vec![None; servers as usize],
            up: vec![true; servers as usize],
            idle: (0..servers).collect(),
        }
    }
    /// The server that takes the next job: the first that is idle.
    pub(super) fn next_idle(&self) -> Option<u32> {
        self.idle.first().copied()
    }
    /// A server begins a job.
    pub(super) fn begin(&mut self, server: u32, job: u32, end: Timer) {
        self.idle.remove(&server);
        self.work[server as usize] = Some((job, end));
    }
    /// The server of a job is done with it.
    pub(super) fn end(&mut self, server: u32) {
        self.work[server as usize] = None;
        if self.up[server as usize] {
            self.idle.insert(server);
        }
    }
    /// A server comes up; a number beyond those there are is a new one. False if it was up.
    pub(super) fn rise(&mut self, server: u32) -> bool {
        while self.up.len() <= server as usize {
            self.up.push(false);
            self.work.push(None);
        }
        let changed = !std::mem::replace(&mut self.up[server as usize], true);
        self.idle.insert(server);
        changed
    }
    /// A server goes down; returns the job it had. `None` if it was down.
    pub(super) fn fall(&mut self, server: u32) -> Option<Option<(u32, Timer)>> {
        let up = self.up.get_mut(server as usize).filter(|up| **up)?;
        *up = false;
        self.idle.remove(&server);
        Some(self.work[server as usize].take())
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
        if servers == 0 {
            return None;
        }
        let left_nanos = (f64::from_bits(done) - self.received_nanos).max(0.0);
        let delay_nanos = left_nanos / self.rate(servers);
        Some((SimDuration::from_nanos(delay_nanos as u64), job))
    }
    /// Counts the work that so many servers have done until now.
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

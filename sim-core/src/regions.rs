//! One world in regions: each is a simulation of its own, and they reach one another only by
//! messages that take at least the lookahead. Regions can therefore run side by side.
//!
//! The first pending event of all regions, at T, and whatever follows from it reach no other region
//! before T + lookahead: up to that instant every region runs alone, and then the messages are
//! handed over (the conservative windows of Nicol, "The cost of conservative synchronization in
//! parallel discrete event simulations", JACM 40(2), 1993).
//!
//! What is the same whatever the windows, the number of threads and the cuts of a run: an instant
//! of a region goes by priority, then come its own events as they were scheduled, then messages by
//! (source region, number at the source). A message's place is in its key and not in the moment of
//! its delivery.

use serde::{Deserialize, Serialize};

use crate::check::Breach;
use crate::engine::{Context, Event, Model, Simulation};
use crate::fingerprint::{Digest, Fingerprint};
use crate::order::Trail;
use crate::queue::SOURCES_MAX;
use crate::random::Streams;
use crate::time::{SimDuration, SimTime};

/// An event on its way to another region.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Message<E> {
    to: u32,
    time: SimTime,
    number: u64,
    event: E,
}

/// What a region has sent since the last barrier. The default is that of a simulation which stands
/// alone and can send nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Outbox<E> {
    regions: u32,
    own: u32,
    lookahead: SimDuration,
    /// Messages sent since the start.
    sent: u64,
    messages: Vec<Message<E>>,
}

impl<E> Default for Outbox<E> {
    fn default() -> Self {
        Outbox { regions: 0, own: 0, lookahead: SimDuration::ZERO, sent: 0, messages: vec![] }
    }
}

impl<E: Event> Outbox<E> {
    /// Sends an event to a region, to happen there a delay from `now`.
    pub fn send(&mut self, now: SimTime, to: u32, delay: SimDuration, event: E) {
        let Outbox { regions, lookahead, .. } = *self;
        assert!(to < regions, "event {event:?} sent to region {to} of {regions}");
        assert!(
            delay >= lookahead,
            "event {event:?} takes {delay} to region {to}, less than the lookahead of {lookahead}"
        );
        self.messages.push(Message { to, time: now + delay, number: self.sent, event });
        self.sent += 1;
    }
}

/// Runs a function on each region. How many threads share the work changes nothing but the time
/// it takes; sim-core itself knows none.
pub trait Executor {
    /// Calls `run` once for every item, in any order, and returns when all calls have.
    fn each<T: Send>(&self, items: &mut [T], run: impl Fn(&mut T) + Sync);
}

/// One after the other, in this thread.
#[derive(Copy, Clone, Debug, Default)]
pub struct OneByOne;

impl Executor for OneByOne {
    fn each<T: Send>(&self, items: &mut [T], run: impl Fn(&mut T) + Sync) {
        items.iter_mut().for_each(run);
    }
}

/// A region and the instant before which nothing happens in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(serialize = "M: Serialize", deserialize = "M: Deserialize<'de>"))]
pub(crate) struct Member<M: Model> {
    pub simulation: Simulation<M>,
    /// Found again by the first window after a restart.
    #[serde(skip)]
    pub first: SimTime,
    /// The events since the last barrier, where they are put in one order.
    #[serde(skip)]
    pub trail: Trail,
}

impl<M: Model> Member<M> {
    fn run_until(&mut self, end: SimTime) {
        if self.first <= end {
            self.simulation.run_until(end);
            self.first = self.simulation.ctx.next_time();
        }
    }
}

/// The regions of one world and the least time that a message between them takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(serialize = "M: Serialize", deserialize = "M: Deserialize<'de>"))]
pub struct Regions<M: Model> {
    pub(crate) members: Vec<Member<M>>,
    lookahead: SimDuration,
}

impl<M: Model> Regions<M> {
    /// The regions, each with its random streams, at time zero with their first events scheduled.
    ///
    /// # Panics
    ///
    /// If the lookahead is zero, or there are more regions than can send messages.
    pub fn new(parts: Vec<(M, Streams)>, lookahead: SimDuration) -> Self {
        assert!(lookahead > SimDuration::ZERO, "without a lookahead no region may run alone");
        assert!(parts.len() <= SOURCES_MAX, "{} regions, of at most {SOURCES_MAX}", parts.len());
        let regions = parts.len() as u32;
        let start = |(own, (model, streams))| {
            let outbox = Outbox { regions, own, lookahead, ..Outbox::default() };
            let simulation = Simulation::start(model, Context::new(streams, outbox));
            Member { first: simulation.ctx.next_time(), simulation, trail: Trail::default() }
        };
        let members = (0..regions).zip(parts).map(start).collect();
        let mut regions = Regions { members, lookahead };
        regions.deliver();
        regions
    }

    /// Runs all regions to `end` (inclusive), or to the end of the window in which a check is
    /// breached; without a breach every clock is left at `end`.
    pub fn run_until(&mut self, end: SimTime, executor: &impl Executor)
    where
        M: Send,
        M::Event: Send,
    {
        while self.breach().is_none() {
            let Some(first) = self.members.iter().map(|member| member.first).min() else { return };
            if first > end || first == SimTime::MAX {
                self.members.iter_mut().for_each(|member| member.simulation.run_until(end));
                return;
            }
            // A message sent at `first` can arrive at `first + lookahead` and not a moment before.
            let after = (first + self.lookahead).as_nanos();
            let last = end.min(SimTime::from_nanos(after - 1));
            executor.each(&mut self.members, |member| member.run_until(last));
            self.deliver();
        }
    }

    /// Hands over what was sent.
    fn deliver(&mut self) {
        for source in 0..self.members.len() {
            let mut messages =
                std::mem::take(&mut self.members[source].simulation.ctx.outbox.messages);
            for Message { to, time, number, event } in messages.drain(..) {
                let member = &mut self.members[to as usize];
                member.simulation.ctx.receive(time, source as u32, number, event);
                member.first = member.first.min(time);
            }
            // The allocation is used again.
            self.members[source].simulation.ctx.outbox.messages = messages;
        }
    }

    /// The regions in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Simulation<M>> {
        self.members.iter().map(|member| &member.simulation)
    }

    /// The regions in their order, to drain their records.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Simulation<M>> {
        self.members.iter_mut().map(|member| &mut member.simulation)
    }

    /// Events handled so far.
    pub fn events(&self) -> u64 {
        self.iter().map(|region| region.ctx.events()).sum()
    }

    /// The first breach of all regions. Regions beside it have run to the end of its window.
    pub fn breach(&self) -> Option<&Breach> {
        self.iter().filter_map(|region| region.ctx.checks.breach()).min_by_key(|found| found.time)
    }

    /// The fingerprints of all regions, each ingredient in the order of the regions.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut whole = Fingerprint::default();
        let mix = |digest: &mut Digest, part: Digest| digest.mix(part.value());
        for Fingerprint { time, ledger, state } in self.iter().map(|region| region.ctx.fingerprint)
        {
            mix(&mut whole.time, time);
            mix(&mut whole.ledger, ledger);
            mix(&mut whole.state, state);
        }
        whole
    }
}

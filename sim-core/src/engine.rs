//! The event loop. A model schedules events through its [`Context`]; [`Simulation::step`] takes the
//! first pending one in the order `(time, priority, sequence)` and hands it back to the model.

use std::fmt::Debug;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::check::Checks;
use crate::fingerprint::Fingerprint;
use crate::order::{Moment, Trail};
use crate::queue::{Queue, Timer};
use crate::random::{Scope, Streams};
use crate::record::{Records, Subject};
use crate::regions::Outbox;
use crate::time::{SimDuration, SimTime};

/// What can happen in a model: one plain `Copy` enum, stored inline in the queue.
pub trait Event: Copy + Debug + Serialize + DeserializeOwned {
    /// Rank among events of one instant: lower goes first.
    fn priority(&self) -> u8 {
        128
    }
    /// A small number for the kind of event, for the fingerprint and for statistics.
    fn kind(&self) -> u8;
    /// The event as one of the instance at this place of a world; the same event where a world has
    /// only one of each.
    fn at_place(self, _place: u8) -> Self {
        self
    }
}

/// One of several like parts of a world, such as one of two networks: where its events go, whom its
/// rows are about, and which random streams are its own. The default is the world itself.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Handed to [`Event::at_place`] for every event that is scheduled on its behalf.
    pub place: u8,
    /// Whom its rows are about.
    pub subject: Subject,
    /// Whose streams it draws from.
    pub scope: Scope,
}

/// A system that reacts to its own events.
pub trait Model {
    /// What can happen in it.
    type Event: Event;

    /// Schedules the first events. Called once, at time zero.
    fn start(&mut self, ctx: &mut Context<Self::Event>);

    /// Reacts to one event. `ctx.now()` is the event's time.
    fn handle(&mut self, event: Self::Event, ctx: &mut Context<Self::Event>);
}

/// What a model sees of the clockwork while it handles an event.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Context<E: Event> {
    now: SimTime,
    events: u64,
    queue: Queue<E>,
    /// The key of the present event, where regions are put in one order.
    #[serde(skip)]
    key: u64,
    /// Events that are pending in the regions of this world.
    #[serde(skip)]
    pub(crate) pending_elsewhere: usize,
    /// The streams of the world.
    world_streams: Streams,
    /// Whoever acts now, and the streams it draws from.
    acting: Instance,
    acting_streams: Streams,
    pub(crate) outbox: Outbox<E>,
    /// The rows of metrics since they were last taken out.
    pub records: Records,
    /// The invariants of the run and how often each was checked.
    pub checks: Checks,
    /// What the run was so far, hashed.
    pub fingerprint: Fingerprint,
}

impl<E: Event> Context<E> {
    pub(crate) fn new(streams: Streams, outbox: Outbox<E>) -> Self {
        Context {
            now: SimTime::ZERO,
            events: 0,
            queue: Queue::new(),
            key: 0,
            pending_elsewhere: 0,
            world_streams: streams,
            acting: Instance::default(),
            acting_streams: streams,
            outbox,
            records: Records::default(),
            checks: Checks::default(),
            fingerprint: Fingerprint::default(),
        }
    }

    /// From now on the model acts on behalf of one of its instances: events are scheduled for it,
    /// rows are about it, [`Context::streams`] are its own. Ends with [`Context::leave`].
    #[inline]
    pub fn enter(&mut self, instance: &Instance) {
        if self.acting != *instance {
            self.acting = *instance;
            self.acting_streams = self.world_streams.within(instance.scope);
            self.records.set_subject(instance.subject);
        }
    }

    /// The model acts on behalf of the world as a whole again.
    #[inline]
    pub fn leave(&mut self) {
        self.enter(&Instance::default());
    }

    /// The simulated instant.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// Events handled so far.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Counts events that were handled in the regions of this world.
    pub(crate) fn add_events(&mut self, events: u64) {
        self.events += events;
    }

    /// The present event's place in the order of a world whose regions are put together again.
    pub fn moment(&self) -> Moment {
        Moment::new(self.now, self.key)
    }

    /// Events still to come, cancelled ones not counted.
    pub fn pending(&self) -> usize {
        self.queue.len() + self.pending_elsewhere
    }

    /// Bytes that the pending events take.
    pub fn pending_bytes(&self) -> usize {
        Queue::<E>::bytes_of(self.pending())
    }

    /// Bytes the queue holds from the allocator, for measurements.
    pub fn queue_bytes(&self) -> usize {
        self.queue.capacity_bytes()
    }

    /// Schedules `event` a delay from now. It cannot be cancelled; use [`Context::timer`] if it
    /// must be.
    pub fn after(&mut self, delay: SimDuration, event: E) {
        self.at(self.now + delay, event);
    }

    /// Schedules `event` at an instant. It cannot be cancelled; use [`Context::timer`] if it must
    /// be.
    ///
    /// # Panics
    ///
    /// If `time` lies before now.
    pub fn at(&mut self, time: SimTime, event: E) {
        assert!(time >= self.now, "event {event:?} scheduled at {time}, before {}", self.now);
        self.queue.push(time, event.priority(), event.at_place(self.acting.place));
    }

    /// Sends `event` to another of the world's [`crate::regions`], to happen there a delay from
    /// now.
    ///
    /// # Panics
    ///
    /// If the delay is below the lookahead, or there is no such region.
    pub fn send(&mut self, region: u32, delay: SimDuration, event: E) {
        self.outbox.send(self.now, region, delay, event);
    }

    /// Takes in what region `source` sent as its message of this number.
    pub(crate) fn receive(&mut self, time: SimTime, source: u32, number: u64, event: E) {
        self.queue.push_message(time, event.priority(), source, number, event);
    }

    /// An instant before which nothing happens: that of the first pending event, or earlier if it
    /// was cancelled; the end of time if there is none.
    pub(crate) fn next_time(&self) -> SimTime {
        self.queue.next_time()
    }

    /// Schedules `event` a delay from now and returns the timer that can cancel it.
    pub fn timer(&mut self, delay: SimDuration, event: E) -> Timer {
        let event = event.at_place(self.acting.place);
        self.queue.push_timer(self.now + delay, event.priority(), event)
    }

    /// Cancels a pending timer; false if it has fired or was cancelled before.
    pub fn cancel(&mut self, timer: Timer) -> bool {
        self.queue.cancel(timer)
    }

    /// Draws the streams of another run of the same seed from now on.
    pub(crate) fn set_run(&mut self, run: u32) {
        self.world_streams = self.world_streams.with_run(run);
        self.acting_streams = self.acting_streams.with_run(run);
    }

    /// The random streams of whoever acts, keyed by entity and purpose.
    pub fn streams(&self) -> &Streams {
        &self.acting_streams
    }
}

/// A model and its clockwork: everything a run is.
///
/// ```
/// use pinwheel_core::{Context, Event, Model, SimDuration, SimTime, Simulation, Streams};
/// use serde::{Deserialize, Serialize};
///
/// /// A sensor takes a reading every ten minutes.
/// struct Sensor {
///     readings: u32,
/// }
///
/// #[derive(Copy, Clone, Debug, Serialize, Deserialize)]
/// struct Reading;
///
/// impl Event for Reading {
///     fn kind(&self) -> u8 {
///         0
///     }
/// }
///
/// impl Model for Sensor {
///     type Event = Reading;
///     fn start(&mut self, ctx: &mut Context<Reading>) {
///         ctx.after(SimDuration::from_minutes(10), Reading);
///     }
///     fn handle(&mut self, _reading: Reading, ctx: &mut Context<Reading>) {
///         self.readings += 1;
///         ctx.after(SimDuration::from_minutes(10), Reading);
///     }
/// }
///
/// let mut run = Simulation::new(Sensor { readings: 0 }, Streams::new(42, 0));
/// run.run_until(SimTime::ZERO + SimDuration::from_hours(2));
/// assert_eq!(run.model.readings, 12);
/// assert_eq!(run.ctx.now(), SimTime::ZERO + SimDuration::from_hours(2));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(serialize = "M: Serialize", deserialize = "M: Deserialize<'de>"))]
pub struct Simulation<M: Model> {
    /// What is simulated.
    pub model: M,
    /// Its clock, pending events, random streams, records and checks.
    pub ctx: Context<M::Event>,
}

impl<M: Model> Simulation<M> {
    /// A model at time zero with its first events scheduled.
    pub fn new(model: M, streams: Streams) -> Self {
        Simulation::start(model, Context::new(streams, Outbox::default()))
    }

    pub(crate) fn start(mut model: M, mut ctx: Context<M::Event>) -> Self {
        model.start(&mut ctx);
        Simulation { model, ctx }
    }

    /// Handles the next event up to and including `end`; `None` when there is none or a check
    /// has been breached.
    #[inline]
    pub fn step(&mut self, end: SimTime) -> Option<M::Event> {
        if self.ctx.checks.breached() {
            return None;
        }
        let (time, event) = self.ctx.queue.pop_until(end)?;
        self.ctx.now = time;
        self.ctx.events += 1;
        self.ctx.fingerprint.event(time, event.kind());
        self.model.handle(event, &mut self.ctx);
        Some(event)
    }

    /// The same of a region, whose events are noted in its trail, to be put into one order with
    /// those of the other regions.
    #[inline]
    pub(crate) fn step_noted(&mut self, end: SimTime, trail: &mut Trail) -> bool {
        let Some((time, key, event)) = self.ctx.queue.pop_ranked(end) else { return false };
        self.ctx.now = time;
        self.ctx.events += 1;
        self.ctx.key = key;
        let slot = trail.note(time, key, event.kind());
        self.ctx.queue.enter_slot(slot);
        self.model.handle(event, &mut self.ctx);
        trail.is_crowded |= self.ctx.queue.slot() != slot;
        true
    }

    /// The slot of time of the last event scheduled.
    pub(crate) fn slot(&self) -> u64 {
        self.ctx.queue.slot()
    }

    /// Leaves the clock at `end`, if that is later.
    pub(crate) fn wait_until(&mut self, end: SimTime) {
        self.ctx.now = self.ctx.now.max(end);
    }

    /// Runs to `end` (inclusive) or to the first breach, and leaves the clock at `end`.
    pub fn run_until(&mut self, end: SimTime) {
        while self.step(end).is_some() {}
        if !self.ctx.checks.breached() {
            self.wait_until(end);
        }
    }
}

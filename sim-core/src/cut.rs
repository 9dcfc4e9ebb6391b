//! One world cut into regions that never meet, with the results of the world in one piece.
//!
//! The regions run apart, each in its own cache or thread; a barrier comes every window, at which
//! their events are put into one order ([`crate::order`]). What concerns all of them, such as a
//! record of the whole, are events of the *whole*: at each of them it gathers what the regions have
//! done. So the records, the checks, the number of events and the fingerprint are those of the same
//! world in one piece, bit for bit; where they could not be, the run stops with [`Undecided`].

use crate::engine::{Context, Model, Simulation};
use crate::order::{Trail, Undecided, add_in_order};
use crate::random::Streams;
use crate::regions::{Executor, Regions};
use crate::time::{SimDuration, SimTime};

/// A model of which most happens in regions.
///
/// Its own events must have a greater priority number than any event of a region, so that they come
/// last in their instant, and no region may need what another one has done.
pub trait Whole: Model {
    /// A region of it. A region starts by scheduling what the whole in one piece schedules for it,
    /// and the whole in one piece does that region after region.
    type Region: Model;

    /// Takes over what the regions have done by `now`.
    ///
    /// # Errors
    ///
    /// [`Undecided`] if that depends on an order that cannot be told.
    fn gather(
        &mut self,
        regions: &mut Regions<Self::Region>,
        now: SimTime,
    ) -> Result<(), Undecided>;
}

/// Events of a region between two barriers: enough that a barrier costs little, and few enough that
/// a region's notes fit into a cache.
const EVENTS_A_WINDOW: usize = 4_096;
/// The first window.
const WINDOW: SimDuration = SimDuration::from_seconds(1);

/// A world and its regions.
#[derive(Debug)]
pub struct Cut<W: Whole> {
    whole: Simulation<W>,
    regions: Regions<W::Region>,
    window: SimDuration,
}

impl<W: Whole> Cut<W> {
    /// A world at time zero that will run until `end` at most, and its regions.
    pub fn new(whole: W, regions: Vec<W::Region>, streams: Streams, end: SimTime) -> Self {
        let parts = regions.into_iter().map(|region| (region, streams)).collect();
        let mut regions = Regions::new(parts, SimDuration::from_nanos(1));
        regions.note_events(end);
        Cut { whole: Simulation::new(whole, streams), regions, window: WINDOW }
    }

    /// The clockwork of the whole, with the records, the checks and the fingerprint of everything.
    pub fn ctx(&mut self) -> &mut Context<W::Event> {
        &mut self.whole.ctx
    }

    /// Runs a window of the regions, or an event of the whole, whichever is next. False if nothing
    /// is left to do until `end` (inclusive), or a check has been breached.
    ///
    /// # Errors
    ///
    /// [`Undecided`] where the result would depend on an order that cannot be told.
    pub fn step(&mut self, end: SimTime, executor: &impl Executor) -> Result<bool, Undecided>
    where
        W::Region: Send,
        <W::Region as Model>::Event: Send,
    {
        let ctx = &mut self.whole.ctx;
        if ctx.checks.breached() {
            return Ok(false);
        }
        let due = ctx.next_time();
        let first = self.regions.first_time();
        if first <= due.min(end) {
            let last = due.min(end).min(first + (self.window - SimDuration::from_nanos(1)));
            self.regions.run_noted(first, last, executor);
            let events = self.regions.add_in_order(&mut ctx.fingerprint)?;
            ctx.add_events(events);
            self.adapt(events as usize);
            return Ok(true);
        }
        if due > end {
            self.whole.wait_until(end);
            return Ok(false);
        }
        self.regions.wait_until(due);
        self.whole.model.gather(&mut self.regions, due)?;
        self.whole.ctx.pending_elsewhere = self.regions.pending();
        self.whole.step(end);
        Ok(true)
    }

    /// Longer windows where little happens, shorter ones where much does.
    fn adapt(&mut self, events: usize) {
        let wanted = EVENTS_A_WINDOW * self.regions.iter().count();
        let nanos = self.window.as_nanos();
        if events > 2 * wanted {
            self.window = SimDuration::from_nanos((nanos / 2).max(1));
        } else if events < wanted / 2 {
            self.window = SimDuration::from_nanos(2 * nanos).min(Trail::WINDOW_MAX);
        }
    }
}

/// Regions whose events are noted.
impl<M: Model> Regions<M> {
    /// From now on notes every event, until `end` at most.
    fn note_events(&mut self, end: SimTime) {
        for member in &mut self.members {
            member.trail = Trail::new(end);
            member.trail.is_crowded = member.simulation.slot() > 0;
        }
    }

    /// The first instant at which something may happen in a region.
    fn first_time(&self) -> SimTime {
        self.members.iter().map(|member| member.first).min().unwrap_or(SimTime::MAX)
    }

    /// Runs all regions from `first` to `last` and notes what happens.
    fn run_noted(&mut self, first: SimTime, last: SimTime, executor: &impl Executor)
    where
        M: Send,
        M::Event: Send,
    {
        executor.each(&mut self.members, |member| {
            member.trail.restart(first);
            if member.first <= last {
                while member.simulation.step_noted(last, &mut member.trail) {}
                member.first = member.simulation.ctx.next_time();
            }
        });
    }

    /// Adds what was noted to the fingerprint of the whole and counts it.
    fn add_in_order(
        &mut self,
        fingerprint: &mut crate::fingerprint::Fingerprint,
    ) -> Result<u64, Undecided> {
        if let Some(crowded) = self.members.iter().find(|member| member.trail.is_crowded) {
            return Err(Undecided(crowded.simulation.ctx.now()));
        }
        let mut trails: Vec<&mut Trail> =
            self.members.iter_mut().map(|member| &mut member.trail).collect();
        add_in_order(&mut trails, fingerprint)
    }

    /// Leaves the clock of every region at `now`.
    fn wait_until(&mut self, now: SimTime) {
        self.members.iter_mut().for_each(|member| member.simulation.wait_until(now));
    }

    /// Events still to come.
    fn pending(&self) -> usize {
        self.iter().map(|region| region.ctx.pending()).sum()
    }
}

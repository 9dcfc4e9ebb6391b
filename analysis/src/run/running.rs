//! A run that goes on day by day, and can be stopped in the midst of one.

use std::sync::atomic::{AtomicBool, Ordering};

use pinwheel_core::{Context, Event, Model, SimDuration, SimTime, Simulation};

use crate::Error;

/// Events between two looks at the flag that stops.
pub const EVENTS_UNWATCHED: u32 = 1 << 16;

/// A run that goes on day by day.
pub trait Running {
    /// What happens in it.
    type Event: Event;

    /// Simulates one day of the run, counted from 1.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`] if `stop` is set.
    fn step_day(&mut self, day: u32, stop: &AtomicBool) -> Result<(), Error>;

    /// The clockwork, with the records, the checks and the fingerprint.
    fn ctx(&mut self) -> &mut Context<Self::Event>;
}

impl<M: Model> Running for Simulation<M> {
    type Event = M::Event;

    fn step_day(&mut self, day: u32, stop: &AtomicBool) -> Result<(), Error> {
        step_day(self, day, stop)
    }

    fn ctx(&mut self) -> &mut Context<M::Event> {
        &mut self.ctx
    }
}

/// Simulates one day; a day may hold more events than anybody waits for, so the flag that stops is
/// looked at now and then.
///
/// # Errors
///
/// [`Error::Stopped`] if `stop` is set.
pub fn step_day<M: Model>(
    simulation: &mut Simulation<M>,
    day: u32,
    stop: &AtomicBool,
) -> Result<(), Error> {
    let end = SimTime::ZERO + SimDuration::from_days(u64::from(day));
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        if !(0..EVENTS_UNWATCHED).all(|_| simulation.step(end).is_some()) {
            break;
        }
    }
    simulation.run_until(end);
    Ok(())
}

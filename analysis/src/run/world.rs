//! One run of a world: in one piece, or in regions that share the threads of its own.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use pinwheel_core::{
    Context, Cut, Executor, OneByOne, SimDuration, SimTime, Simulation, Streams, Undecided,
};
use pinwheel_models::scenario::Scenario;
use pinwheel_models::world::{self, World};

use crate::Error;
use crate::run::running::{Running, step_day};
use crate::run::threads::RegionThreads;

/// A run of a scenario's world.
pub struct WorldRun<'a> {
    scenario: &'a Scenario,
    streams: Streams,
    state: State,
}

enum State {
    InOnePiece(Box<Simulation<World>>),
    InRegions(Box<Cut<World>>, Option<RegionThreads>),
}

impl fmt::Debug for WorldRun<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let in_regions = matches!(self.state, State::InRegions(..));
        f.debug_struct("WorldRun").field("in_regions", &in_regions).finish_non_exhaustive()
    }
}

impl<'a> WorldRun<'a> {
    /// A run on its first day: in regions if the scenario says so, which may use so many threads.
    ///
    /// # Errors
    ///
    /// [`Error::Threads`] if the machine gives no threads.
    pub fn start(scenario: &'a Scenario, streams: &Streams, threads: usize) -> Result<Self, Error> {
        let state = match scenario.in_one_piece_because() {
            Some(_) => in_one_piece(scenario, streams),
            None => {
                let mut world = scenario.world(streams);
                let regions = world.cut();
                let end = end_of(scenario.horizon_days);
                let pool = (threads > 1).then(|| RegionThreads::new(threads)).transpose()?;
                State::InRegions(Box::new(Cut::new(world, regions, *streams, end)), pool)
            }
        };
        Ok(WorldRun { scenario, streams: *streams, state })
    }
}

fn in_one_piece(scenario: &Scenario, streams: &Streams) -> State {
    State::InOnePiece(Box::new(Simulation::new(scenario.world(streams), *streams)))
}

fn end_of(day: u32) -> SimTime {
    SimTime::ZERO + SimDuration::from_days(u64::from(day))
}

impl Running for WorldRun<'_> {
    type Event = world::Event;

    fn step_day(&mut self, day: u32, stop: &AtomicBool) -> Result<(), Error> {
        let stepped = match &mut self.state {
            State::InOnePiece(simulation) => return step_day(&mut **simulation, day, stop),
            State::InRegions(cut, None) => day_of_regions(cut, day, &OneByOne, stop),
            State::InRegions(cut, Some(threads)) => day_of_regions(cut, day, threads, stop),
        };
        if stepped? == Ended::InOrder {
            return Ok(());
        }
        // The same run in one piece, whose order is never in doubt, up to where this one is.
        self.state = in_one_piece(self.scenario, &self.streams);
        for before in 1..day {
            self.step_day(before, stop)?;
            self.ctx().records.drain();
        }
        self.step_day(day, stop)
    }

    fn ctx(&mut self) -> &mut Context<world::Event> {
        match &mut self.state {
            State::InOnePiece(simulation) => &mut simulation.ctx,
            State::InRegions(cut, _) => cut.ctx(),
        }
    }
}

/// How a day in regions ended.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Ended {
    InOrder,
    Undecided,
}

fn day_of_regions(
    cut: &mut Cut<World>,
    day: u32,
    executor: &impl Executor,
    stop: &AtomicBool,
) -> Result<Ended, Error> {
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        match cut.step(end_of(day), executor) {
            Ok(true) => {}
            Ok(false) => return Ok(Ended::InOrder),
            Err(Undecided(_)) => return Ok(Ended::Undecided),
        }
    }
}

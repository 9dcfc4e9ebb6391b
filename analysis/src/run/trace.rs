//! Runs of which only a few series are wanted, for questions that ask for many runs and keep none:
//! backtests and calibrations.

use std::sync::atomic::AtomicBool;

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::describe::Catalogue;
use pinwheel_models::describe::metric::split_name;
use pinwheel_models::scenario::Point;
use rayon::prelude::*;

use crate::Error;
use crate::record::outcome::Names;
use crate::run::ensemble::Watcher;
use crate::run::running::step_day;
use crate::series::{Instant, TimeSeries};
use pinwheel_models::describe::metric::OBSERVED_LABEL;

/// What to run, and who may stop it.
#[derive(Copy, Clone, Debug)]
pub struct Job<'a> {
    /// What is simulated.
    pub point: &'a Point,
    /// Root of all random streams.
    pub seed: u64,
    /// The number of the run.
    pub run: u32,
    /// Days that are simulated; at most the horizon.
    pub days: u32,
    /// The metrics that are kept, with their subjects.
    pub wanted: &'a [String],
    /// The parts whose metrics the records carry.
    pub parts: Catalogue,
    /// Ends all runs when it is set.
    pub stop: &'a AtomicBool,
    /// Told of every day.
    pub watcher: &'a dyn Watcher,
}

/// The wanted series of one run, in the order in which they were wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// What the model recorded, one series for each wanted metric.
    pub simulated: Vec<TimeSeries>,
    /// What was observed of each, where the model recorded it.
    pub observed: Vec<TimeSeries>,
    /// The check that was breached and ended the run, with the instant.
    pub breach: Option<(String, Instant)>,
}

/// Runs all jobs side by side; traces come in the order of the jobs, whatever the threads.
///
/// # Errors
///
/// [`Error::Stopped`] if a flag is set; [`Error::Threads`] if the machine gives no threads.
pub fn all(jobs: &[Job<'_>], threads: usize) -> Result<Vec<Trace>, Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| Error::Threads(error.to_string()))?;
    pool.install(|| jobs.par_iter().with_max_len(1).map(one).collect())
}

fn one(job: &Job<'_>) -> Result<Trace, Error> {
    let scenario = &job.point.scenario;
    let streams = Streams::new(job.seed, job.run);
    let mut simulation = Simulation::new(scenario.world(&streams), streams);
    let number = |name: &String| job.parts.find(name).map(|(number, _)| number);
    let subject = |name| split_name(name).0;
    let wanted: Vec<_> = job.wanted.iter().map(|name| (number(name), subject(name))).collect();
    let mut names = Names::default();
    let none = vec![TimeSeries::new(); job.wanted.len()];
    let mut trace = Trace { simulated: none.clone(), observed: none, breach: None };
    for day in 1..=job.days {
        let before = simulation.ctx.events();
        step_day(&mut simulation, day, job.stop)?;
        let rows = simulation.ctx.records.drain();
        names.follow(&simulation.ctx.records);
        for row in &rows {
            let of = (Some(row.metric), names.subject(row));
            let Some(place) = wanted.iter().position(|wanted| *wanted == of) else { continue };
            let instant = Instant::of_run(scenario.start, row.time);
            match names.label(row) {
                "" => trace.simulated[place].push((instant, row.value)),
                OBSERVED_LABEL => trace.observed[place].push((instant, row.value)),
                _ => {}
            }
        }
        job.watcher.day(job.point, job.run, day, simulation.ctx.events() - before);
        if let Some(breach) = simulation.ctx.checks.breach() {
            let end = SimTime::ZERO + SimDuration::from_days(u64::from(day));
            let instant = Instant::of_run(scenario.start, end);
            trace.breach = Some((breach.check.to_string(), instant));
            break;
        }
    }
    Ok(trace)
}

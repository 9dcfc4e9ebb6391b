//! Runs of which only a few series are wanted, for questions that ask for many runs and keep none:
//! backtests and calibrations.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use jiff::ToSpan;
use jiff::civil::Date;
use pinwheel_core::{Model, SimDuration, Simulation, Streams};
use pinwheel_models::describe::Catalogue;
use pinwheel_models::scenario::{Point, Scenario};
use rayon::prelude::*;

use crate::Error;
use crate::run::ensemble::Watcher;
use crate::run::running::step_day;
use crate::series::Dated;
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
    /// The metrics that are kept.
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
    pub simulated: Vec<Dated>,
    /// What was observed of each, where the model recorded it.
    pub observed: Vec<Dated>,
    /// The check that was breached and ended the run, with the day.
    pub breach: Option<(String, Date)>,
}

/// Runs all jobs side by side; traces come in the order of the jobs, whatever the threads.
///
/// # Errors
///
/// [`Error::Stopped`] if a flag is set; [`Error::Threads`] if the machine gives no threads.
pub fn all<M, B>(jobs: &[Job<'_>], build: &B, threads: usize) -> Result<Vec<Trace>, Error>
where
    M: Model,
    B: Fn(&Scenario, &Streams) -> M + Sync,
{
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| Error::Threads(error.to_string()))?;
    pool.install(|| jobs.par_iter().with_max_len(1).map(|job| one(job, build)).collect())
}

fn one<M, B>(job: &Job<'_>, build: &B) -> Result<Trace, Error>
where
    M: Model,
    B: Fn(&Scenario, &Streams) -> M + Sync,
{
    let scenario = &job.point.scenario;
    let streams = Streams::new(job.seed, job.run);
    let mut simulation = Simulation::new(build(scenario, &streams), streams);
    let place_of: BTreeMap<u16, usize> = (job.parts.numbered())
        .filter_map(|(number, metric)| {
            Some((number.0, job.wanted.iter().position(|name| name == metric.name)?))
        })
        .collect();
    let none = vec![Dated::new(); job.wanted.len()];
    let mut trace = Trace { simulated: none.clone(), observed: none, breach: None };
    for day in 1..=job.days {
        let before = simulation.ctx.events();
        step_day(&mut simulation, day, job.stop)?;
        let rows = simulation.ctx.records.drain();
        for row in &rows {
            let Some(&place) = place_of.get(&row.metric.0) else { continue };
            let days = row.time.as_nanos() / SimDuration::from_days(1).as_nanos();
            let date = scenario.start.saturating_add((days as i64).days());
            match simulation.ctx.records.labels()[usize::from(row.label.0)].as_str() {
                "" => trace.simulated[place].push((date, row.value)),
                OBSERVED_LABEL => trace.observed[place].push((date, row.value)),
                _ => {}
            }
        }
        job.watcher.day(job.point, job.run, day, simulation.ctx.events() - before);
        if let Some(breach) = simulation.ctx.checks.breach() {
            let date = scenario.start.saturating_add(i64::from(day).days());
            trace.breach = Some((breach.check.to_string(), date));
            break;
        }
    }
    Ok(trace)
}

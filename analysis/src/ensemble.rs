//! All runs of an experiment: points times seeds, side by side, in one order.
//!
//! Each run is sequential and owns its state, so the number of threads decides nothing but the
//! time it takes. Outcomes and rows come in the order of the points and, in a point, of the runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use pinwheel_core::check::{Breach, Tally};
use pinwheel_core::fingerprint::Fingerprint;
use pinwheel_core::{MetricSpec, Model, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::scenario::{Experiment, Point, Scenario};
use rayon::prelude::*;

use crate::Error;
use crate::judge::{Judge, Judged};
use crate::spool::SpoolWriter;
use crate::table::{RunKey, TableWriter};

/// What is left of a run when it is over, its rows aside.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub point: String,
    pub run: u32,
    pub labels: Vec<String>,
    pub events: u64,
    pub fingerprint: Fingerprint,
    pub tallies: Vec<Tally>,
    pub breach: Option<Breach>,
    pub judged: Judged,
}

/// Told after every simulated day of every run, from the thread of that run.
pub trait Watcher: Sync + std::fmt::Debug {
    fn day(&self, point: &Point, run: u32, day: u32, events_of_day: u64);
}

/// How to run: the threads, the flag that stops, and who watches.
#[derive(Copy, Clone, Debug)]
pub struct Drive<'a> {
    pub threads: usize,
    pub stop: &'a AtomicBool,
    pub watcher: &'a dyn Watcher,
    /// Folder for the spools; `None` keeps no rows.
    pub spools: Option<&'a Path>,
}

/// Events between two looks at the flag that stops.
const EVENTS_UNWATCHED: u32 = 1 << 16;

/// Runs every point with every seed.
pub fn run<M, B>(
    experiment: &Experiment,
    build: B,
    drive: &Drive<'_>,
) -> Result<Vec<Outcome>, Error>
where
    M: Model,
    B: Fn(&Scenario, &Streams) -> M + Sync,
{
    let jobs: Vec<(usize, u32)> = (0..experiment.points.len())
        .flat_map(|point| (0..experiment.runs).map(move |run| (point, run)))
        .collect();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(drive.threads)
        .build()
        .map_err(|error| Error::Threads(error.to_string()))?;
    pool.install(|| {
        jobs.into_par_iter()
            .map(|(place, run)| {
                let point = &experiment.points[place];
                let streams = Streams::new(experiment.seed, run);
                let simulation = Simulation::new(build(&point.scenario, &streams), streams);
                let judge = Judge::new(experiment, point);
                one(simulation, judge, place, point, run, drive)
            })
            .collect()
    })
}

fn one<M: Model>(
    mut simulation: Simulation<M>,
    mut judge: Judge<'_>,
    place: usize,
    point: &Point,
    run: u32,
    drive: &Drive<'_>,
) -> Result<Outcome, Error> {
    let path = drive.spools.map(|folder| spool_path(folder, place, run));
    let mut spool = path.as_deref().map(SpoolWriter::create).transpose()?;
    let mut breach = None;
    let io = |source| Error::Io { path: path.clone().unwrap_or_default(), source };
    for day in 1..=point.scenario.horizon_days {
        if drive.stop.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        let before = simulation.ctx.events();
        let end = SimTime::ZERO + SimDuration::from_days(u64::from(day));
        // A day may hold more events than anybody waits for.
        while (0..EVENTS_UNWATCHED).all(|_| simulation.step(end).is_some()) {
            if drive.stop.load(Ordering::Relaxed) {
                return Err(Error::Stopped);
            }
        }
        simulation.run_until(end);
        let rows = simulation.ctx.records.drain();
        breach = judge.rows(&rows, simulation.ctx.records.labels());
        if let Some(spool) = &mut spool {
            spool.write(&rows).map_err(io)?;
        }
        drive.watcher.day(point, run, day, simulation.ctx.events() - before);
        if simulation.ctx.checks.breached() || breach.is_some() {
            break;
        }
    }
    if let Some(spool) = spool {
        spool.finish().map_err(io)?;
    }
    let ctx = &simulation.ctx;
    let breach = ctx.checks.breach().cloned().or(breach);
    Ok(Outcome {
        point: point.id.clone(),
        run,
        labels: ctx.records.labels().to_vec(),
        events: ctx.events(),
        fingerprint: ctx.fingerprint,
        tallies: ctx.checks.tallies().to_vec(),
        judged: judge.finish(breach.is_none()),
        breach,
    })
}

fn spool_path(folder: &Path, place: usize, run: u32) -> PathBuf {
    folder.join(format!("{place}-{run}.rows"))
}

/// Merges the spools of an ensemble into one table, in order, and removes them.
pub fn merge(
    experiment: &Experiment,
    metrics: &[MetricSpec],
    outcomes: &[Outcome],
    spools: &Path,
    table: &Path,
) -> Result<(), Error> {
    let mut writer = TableWriter::create(table)?;
    for (index, outcome) in outcomes.iter().enumerate() {
        let place = index / experiment.runs as usize;
        let key = RunKey {
            run: outcome.run,
            point: &outcome.point,
            start: experiment.points[place].scenario.start,
            metrics,
            labels: &outcome.labels,
        };
        let spool = spool_path(spools, place, outcome.run);
        writer.append(&key, &spool)?;
        fs::remove_file(&spool).map_err(Error::at(&spool))?;
    }
    writer.finish()
}

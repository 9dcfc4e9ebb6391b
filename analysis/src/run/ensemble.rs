//! All runs of an experiment: points times seeds, side by side, in one order.
//!
//! Each run is sequential and owns its state, so the number of threads decides nothing but the
//! time it takes. Outcomes and rows come in the order of the points and, in a point, of the runs.

use std::ops::Range;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use pinwheel_core::{Row, Streams};
use pinwheel_models::describe::Catalogue;
use pinwheel_models::scenario::{Experiment, Point, Scenario};
use rayon::prelude::*;

use crate::Error;
use crate::judge::rows::Judge;
use crate::record::outcome::Outcome;
use crate::record::runfile::{RunReader, RunWriter};
use crate::record::table::{RunKey, TableWriter};
use crate::record::work::{finished, of_job, run_path};
use crate::run::running::Running;

/// Told after every simulated day of every run, from the thread of that run.
pub trait Watcher: Sync + std::fmt::Debug {
    /// A day of a run is over.
    fn day(&self, point: &Point, run: u32, day: u32, events_of_day: u64);
    /// A run that was finished before; its days are not simulated again.
    fn taken_over(&self, point: &Point);
}

/// Watches nothing.
#[derive(Copy, Clone, Debug)]
pub struct Unwatched;

impl Watcher for Unwatched {
    fn day(&self, _: &Point, _: u32, _: u32, _: u64) {}
    fn taken_over(&self, _: &Point) {}
}

/// How to run: the threads, the flag that stops, and who watches.
#[derive(Copy, Clone, Debug)]
pub struct Drive<'a> {
    /// Runs side by side.
    pub threads: usize,
    /// Ends all runs when it is set.
    pub stop: &'a AtomicBool,
    /// Told of every day.
    pub watcher: &'a dyn Watcher,
    /// Folder of the run files; `None` keeps no rows and takes over no finished run.
    pub runs: Option<&'a Path>,
    /// The parts whose metrics the records carry.
    pub parts: Catalogue,
}

/// Does the given jobs (see [`crate::record::work::jobs`]); runs that have a file are taken over.
///
/// # Errors
///
/// [`Error::Stopped`], with finished runs kept; [`Error::Io`] if the disk fails; [`Error::Threads`]
/// if the machine gives no threads.
pub fn run<'a, R, S>(
    experiment: &'a Experiment,
    start: S,
    jobs: Range<usize>,
    drive: &Drive<'_>,
) -> Result<Vec<Outcome>, Error>
where
    R: Running,
    S: Fn(&'a Scenario, &Streams) -> Result<R, Error> + Sync,
{
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(drive.threads)
        .build()
        .map_err(|error| Error::Threads(error.to_string()))?;
    pool.install(|| {
        jobs.into_par_iter()
            .with_max_len(1)
            .map(|job| {
                let (place, run) = of_job(experiment, job);
                let point = &experiment.points[place];
                if let Some(runs) = drive.runs
                    && let Some(outcome) = finished(runs, experiment, job)?
                {
                    drive.watcher.taken_over(point);
                    return Ok(outcome);
                }
                let streams = Streams::new(experiment.seed, run);
                one(start(&point.scenario, &streams)?, experiment, job, drive)
            })
            .collect()
    })
}

fn one(
    mut running: impl Running,
    experiment: &Experiment,
    job: usize,
    drive: &Drive<'_>,
) -> Result<Outcome, Error> {
    let (place, run) = of_job(experiment, job);
    let point = &experiment.points[place];
    let path = drive.runs.map(|folder| run_path(folder, experiment, job));
    let mut writer = path.as_deref().map(RunWriter::create).transpose()?;
    let keep = Keep::new(experiment, point, drive.parts);
    let (mut judge, mut breach) = (Judge::new(experiment, point), None);
    for day in 1..=point.scenario.horizon_days {
        let before = running.ctx().events();
        running.step_day(day, drive.stop)?;
        let ctx = running.ctx();
        let mut rows = ctx.records.drain();
        breach = judge.rows(&rows, ctx.records.labels());
        if let Some(writer) = &mut writer {
            rows.retain(|row| keep.keeps(row, day));
            writer.write(&rows)?;
        }
        drive.watcher.day(point, run, day, ctx.events() - before);
        if ctx.checks.breached() || breach.is_some() {
            break;
        }
    }
    let ctx = running.ctx();
    let breach = ctx.checks.breach().cloned().or(breach);
    let outcome = Outcome {
        point: point.id.clone(),
        run,
        labels: ctx.records.labels().to_vec(),
        events: ctx.events(),
        fingerprint: ctx.fingerprint,
        tallies: ctx.checks.tallies().to_vec(),
        judged: judge.finish(breach.is_none()),
        breach,
    };
    if let Some(writer) = writer {
        writer.finish(&outcome)?;
    }
    Ok(outcome)
}

/// Which rows go into the table, by `[output]`.
#[derive(Debug)]
pub struct Keep {
    every_days: u32,
    last_day: u32,
    /// By the number of the metric; empty for all.
    metrics: Vec<bool>,
}

impl Keep {
    /// Of an experiment and a point; `parts` names the metrics of the rows.
    pub fn new(experiment: &Experiment, point: &Point, parts: Catalogue) -> Self {
        let wanted = &experiment.output.metrics;
        let mut kept = Vec::new();
        for (number, _) in wanted.iter().filter_map(|name| parts.find(name)) {
            let number = usize::from(number.0);
            kept.resize(kept.len().max(number + 1), false);
            kept[number] = true;
        }
        let last_day = point.scenario.horizon_days;
        Keep { every_days: experiment.output.every_days, last_day, metrics: kept }
    }

    /// Whether a row recorded on a day of the run, counted from 1, is kept.
    pub fn keeps(&self, row: &Row, day: u32) -> bool {
        (day.is_multiple_of(self.every_days) || day == self.last_day) && self.is_wanted(row)
    }
    /// Whether its metric is kept.
    pub fn is_wanted(&self, row: &Row) -> bool {
        self.metrics.is_empty() || self.metrics.get(usize::from(row.metric.0)) == Some(&true)
    }
}

/// Merges the files of all runs into one table. What it writes depends on the runs alone.
///
/// # Errors
///
/// [`Error::Damaged`] or [`Error::Io`] if a run file cannot be read, [`Error::Table`] if the table
/// cannot be written.
pub fn merge(
    experiment: &Experiment,
    parts: Catalogue,
    runs: &Path,
    table: &Path,
) -> Result<(), Error> {
    let mut writer = TableWriter::create(table, parts)?;
    for job in crate::record::work::jobs(experiment) {
        let (place, run) = of_job(experiment, job);
        let mut reader = RunReader::<Outcome>::open(&run_path(runs, experiment, job))?;
        let point = &experiment.points[place];
        let labels = std::mem::take(&mut reader.outcome.labels);
        let key = RunKey { run, point: &point.id, start: point.scenario.start, labels: &labels };
        writer.append(&key, &mut reader)?;
    }
    writer.finish()
}

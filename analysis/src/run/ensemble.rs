//! All runs of an experiment: points times seeds, side by side, in one order.
//!
//! Each run is sequential and owns its state, so the number of threads decides nothing but the
//! time it takes. Outcomes and rows come in the order of the points and, in a point, of the runs.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use pinwheel_core::{Label, Metric, Row, SimDuration, Streams, Subject};
use pinwheel_models::describe::Catalogue;
use pinwheel_models::describe::metric::split_name;
use pinwheel_models::scenario::{Experiment, Output, Point, Scenario};
use rayon::prelude::*;

use crate::Error;
use crate::judge::rows::Judge;
use crate::record::outcome::{Names, Outcome};
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
    /// So many finished runs were thrown away, because they are of another plan.
    fn thrown_away(&self, _runs: usize) {}
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
    let mut keep = Keep::new(experiment, drive.parts);
    let (mut judge, mut breach) = (Judge::new(experiment, point), None);
    let (mut names, mut rows) = (Names::default(), Vec::new());
    for day in 1..=point.scenario.horizon_days {
        let before = running.ctx().events();
        running.step_day(day, drive.stop)?;
        let ctx = running.ctx();
        ctx.records.swap(&mut rows);
        names.follow(&ctx.records);
        breach = judge.rows(&rows, &names);
        if let Some(writer) = &mut writer {
            writer.write(&keep.thin(rows.drain(..), &names))?;
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
        names,
        events: ctx.events(),
        fingerprint: ctx.fingerprint,
        tallies: ctx.checks.tallies().to_vec(),
        judged: judge.finish(breach.is_none()),
        breach,
    };
    if let Some(mut writer) = writer {
        writer.write(&keep.finish())?;
        writer.finish(&outcome)?;
    }
    Ok(outcome)
}

/// Which rows of a run go into the table, by `[output]`: of each series the last one of every
/// stretch of time, and the last of all.
#[derive(Debug)]
pub struct Keep {
    every: Option<SimDuration>,
    /// By the number of a metric: the subjects that are kept of it. Empty for all metrics.
    metrics: Vec<Vec<String>>,
    /// The last rows so far of the present stretch, by series, with the order in which they came.
    held: BTreeMap<(Metric, Subject, Label), (usize, Row)>,
    stretch: u64,
}

impl Keep {
    /// Of an experiment; `parts` names the metrics of the rows.
    pub fn new(experiment: &Experiment, parts: Catalogue) -> Self {
        let Output { every, metrics: names } = &experiment.output;
        let mut metrics: Vec<Vec<String>> = Vec::new();
        for name in names {
            let Some((metric, _)) = parts.find(name) else { continue };
            let place = usize::from(metric.0);
            metrics.resize_with(metrics.len().max(place + 1), Vec::new);
            metrics[place].push(split_name(name).0.to_owned());
        }
        Keep { every: *every, metrics, held: BTreeMap::new(), stretch: 0 }
    }

    /// Of rows in the order of time, and of those held back before, the ones to be kept by now.
    pub fn thin(&mut self, rows: impl IntoIterator<Item = Row>, names: &Names) -> Vec<Row> {
        let rows = rows.into_iter();
        let Some(every) = self.every else {
            return rows.filter(|row| self.is_wanted(row, names)).collect();
        };
        let mut kept = Vec::new();
        for row in rows {
            if !self.is_wanted(&row, names) {
                continue;
            }
            // A stretch ends with its last instant: the first one reaches from zero to `every`.
            let stretch = row.time.as_nanos().saturating_sub(1) / every.as_nanos();
            if stretch != self.stretch {
                kept.extend(self.finish());
                self.stretch = stretch;
            }
            let order = self.held.len();
            let held = self.held.entry((row.metric, row.subject, row.label));
            held.and_modify(|(_, held)| *held = row).or_insert((order, row));
        }
        kept
    }

    /// What is held back: the last rows of the present stretch, in the order of time.
    pub fn finish(&mut self) -> Vec<Row> {
        let mut rows: Vec<(usize, Row)> = std::mem::take(&mut self.held).into_values().collect();
        rows.sort_by_key(|(order, row)| (row.time, *order));
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// Whether its metric is kept.
    pub fn is_wanted(&self, row: &Row, names: &Names) -> bool {
        let kept = self.metrics.get(usize::from(row.metric.0));
        let is_kept = |kept: &Vec<String>| kept.iter().any(|subject| names.is_about(row, subject));
        self.metrics.is_empty() || kept.is_some_and(is_kept)
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
        let names = std::mem::take(&mut reader.outcome.names);
        let key = RunKey { run, point: &point.id, start: point.scenario.start, names: &names };
        writer.append(&key, &mut reader)?;
    }
    writer.finish()
}

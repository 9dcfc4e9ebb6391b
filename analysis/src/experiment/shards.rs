//! An ensemble over many machines, with files between them.
//!
//! A plan is a folder that holds everything: the scenario, the files it refers to, and a line for
//! each shard. A shard leaves a file of each run. Whatever starts shards may start one twice, or
//! again after a crash: a finished run is not done again, and two that do the same run write the
//! same bytes.

use std::fs;
use std::path::{Component, Path, PathBuf};

use pinwheel_models::scenario::Experiment;

use super::{Control, Simulated, Study};
use crate::Error;
use crate::record::manifest::Manifest;
use crate::record::work::{self, Work};
use crate::run::stopwatch::Stopwatch;

/// The folder of a plan that holds the scenario and its files; references stay below it.
const FILES: &str = "scenarios";
/// A line for each shard.
const SHARDS: &str = "shards.jsonl";

/// A plan in its folder, with the study that was planned.
#[derive(Debug)]
pub struct ShardedPlan {
    /// How many shards there are.
    pub shards: u32,
    folder: PathBuf,
    work: Work,
    plan: Manifest,
    study: Study,
}

impl ShardedPlan {
    /// Writes a plan into a folder, which is absent or empty: the scenario with all files it reads.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] if there are more shards than runs; [`Error::Foreign`] if the folder holds
    /// something; [`Error::Io`] if a file cannot be copied.
    pub fn create(study: &Study, folder: &Path, shards: u32) -> Result<(), Error> {
        let count = study.jobs().len();
        let parts = shards as usize;
        if parts > count {
            let message =
                format!("{shards} shards of {count} runs: at most one a run, --shards {count}");
            return Err(Error::Unfit(message));
        }
        let inside = Path::new(FILES).join(place_of_scenario(&study.file, &study.experiment)?);
        let scenario = inside.display().to_string();
        let plan = Manifest { scenario, shards, ..study.plan() };
        Work::create(folder, &plan, |folder| {
            copy_sources(&study.file, &folder.join(&inside), &study.experiment)?;
            let path = folder.join(SHARDS);
            let line = |index: usize| {
                let jobs = work::shard(count, parts, index);
                let (first, runs) = (jobs.start, jobs.len());
                format!("{{\"index\": {index}, \"first_run\": {first}, \"runs\": {runs}}}\n")
            };
            let lines: String = (0..parts).map(line).collect();
            fs::write(&path, lines).map_err(Error::at(&path))
        })?;
        Ok(())
    }

    /// Opens the folder of a plan.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] if it holds no plan; as [`Study::again`] if it is not for this program.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let (work, plan) = Work::open(folder)?;
        let scenario = folder.join(&plan.scenario).display().to_string();
        let study = Study::again(&Manifest { scenario, ..plan.clone() })?;
        Ok(ShardedPlan { shards: plan.shards, folder: folder.to_owned(), work, plan, study })
    }

    /// What was planned.
    pub fn study(&self) -> &Study {
        &self.study
    }

    /// The jobs of a shard, counted from 0.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] if there is no such shard.
    pub fn jobs(&self, index: u32) -> Result<std::ops::Range<usize>, Error> {
        if index >= self.shards {
            let last = self.shards - 1;
            return Err(Error::Unfit(format!("no shard {index}: the last is {last}")));
        }
        Ok(work::shard(self.study.jobs().len(), self.shards as usize, index as usize))
    }

    /// Does the runs of a shard that are not finished.
    ///
    /// # Errors
    ///
    /// As [`ShardedPlan::jobs`] and [`Study::simulate`].
    pub fn simulate(&self, index: u32, control: &Control<'_>) -> Result<(), Error> {
        let jobs = self.jobs(index)?;
        self.study.simulate_jobs(jobs, Some(&self.work.runs()), control).map(drop)
    }

    /// All runs together, as if this machine had done them.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] with a line for each shard that is not finished.
    pub fn merge(self) -> Result<(Study, Simulated), Error> {
        let (count, shards) = (self.study.jobs().len(), self.shards as usize);
        let stopwatch = Stopwatch::start();
        let outcomes = self.work.outcomes(&self.study.experiment)?;
        let missing = |index: usize| {
            let jobs = work::shard(count, shards, index);
            let left = jobs.filter(|&job| outcomes[job].is_none()).count();
            (left > 0).then(|| format!("shard {index}: {left} runs are missing"))
        };
        let missing: Vec<String> = (0..shards).filter_map(missing).collect();
        if !missing.is_empty() {
            let lines = missing.join("\n");
            let message =
                format!("{} of {shards} shards are not finished:\n{lines}", missing.len());
            return Err(Error::Unfit(message));
        }
        // Replayed from where the plan lies; no machine ran it alone.
        let scenario = self.folder.join(&self.plan.scenario).display().to_string();
        let plan = Manifest { scenario, shards: 0, ..self.plan };
        let outcomes = outcomes.into_iter().flatten().collect();
        let (runs, seconds) = (self.work.runs(), stopwatch.seconds());
        Ok((self.study, Simulated { outcomes, runs, plan, seconds, stopwatch }))
    }
}

/// Where the scenario goes below the plan's files, so that "../data/x.csv" stays inside.
fn place_of_scenario(file: &Path, experiment: &Experiment) -> Result<PathBuf, Error> {
    let up =
        |path: &str| Path::new(path).components().filter(|c| *c == Component::ParentDir).count();
    let depth = experiment.sources.iter().map(|(path, _)| up(path)).max().unwrap_or(0);
    let real = fs::canonicalize(file).map_err(Error::at(file))?;
    let above: Vec<_> = real.components().rev().take(depth + 1).collect();
    Ok(above.into_iter().rev().collect())
}

/// Copies the scenario and every file it refers to, each to its place relative to the scenario.
fn copy_sources(file: &Path, copy: &Path, experiment: &Experiment) -> Result<(), Error> {
    let (from, to) = (file.parent().unwrap_or(Path::new("")), copy.parent().unwrap_or(copy));
    for (place, (path, _)) in experiment.sources.iter().enumerate() {
        // The scenario itself comes first, and `path` is how it is called beside itself.
        let from = if place == 0 { file.to_owned() } else { from.join(path) };
        let to = if place == 0 {
            copy.to_owned()
        } else {
            pinwheel_models::input::files::lexical(&to.join(path))
        };
        let folder = to.parent().unwrap_or(&to);
        fs::create_dir_all(folder).map_err(Error::at(folder))?;
        fs::copy(&from, &to).map_err(Error::at(&from))?;
    }
    Ok(())
}

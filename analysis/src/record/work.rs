//! A folder in which an ensemble is at work: the plan, and a file for each finished run.
//!
//! `run` keeps it hidden beside its result until that is published; `plan` makes one that the
//! machines of a cluster fill. A run is there when its file is, so the same command goes on after
//! any stop, and any number of processes may do the same job: they write the same bytes.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use pinwheel_models::scenario::Experiment;

use crate::Error;
use crate::record::manifest::Manifest;
use crate::record::outcome::Outcome;
use crate::record::runfile::RunReader;

const PLAN: &str = "plan.json";
const RUNS: &str = "runs";

/// The folder.
#[derive(Debug)]
pub struct Work {
    path: PathBuf,
    /// Finished runs of another plan that were here.
    thrown_away: usize,
}

impl Work {
    /// Takes a folder that only this process uses: goes on with its plan if that is the same, and
    /// begins anew otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the disk fails.
    pub fn take(path: &Path, plan: &Manifest) -> Result<Self, Error> {
        let mut work = Work { path: path.to_owned(), thrown_away: 0 };
        if !work.plan().is_ok_and(|before| before.same_work(plan)) {
            work.thrown_away = Work::finished_runs(path);
            if path.exists() {
                fs::remove_dir_all(path).map_err(Error::at(path))?;
            }
            work.write_plan(plan)?;
        }
        Ok(work)
    }

    /// Writes a new plan into a folder that holds nothing else.
    /// `fill` adds what belongs to it.
    ///
    /// # Errors
    ///
    /// [`Error::Foreign`] if the folder holds something, [`Error::Io`] if the disk fails, and those
    /// of
    /// `fill`.
    pub fn create(
        path: &Path,
        plan: &Manifest,
        fill: impl FnOnce(&Path) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        if fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Error::Foreign(path.to_owned()));
        }
        let work = Work { path: path.to_owned(), thrown_away: 0 };
        fill(path)?;
        work.write_plan(plan)?;
        Ok(work)
    }

    /// Opens the folder of a plan.
    ///
    /// # Errors
    ///
    /// As [`Manifest::read_file`].
    pub fn open(path: &Path) -> Result<(Self, Manifest), Error> {
        let work = Work { path: path.to_owned(), thrown_away: 0 };
        let plan = work.plan()?;
        Ok((work, plan))
    }

    fn plan(&self) -> Result<Manifest, Error> {
        Manifest::read_file(&self.path.join(PLAN))
    }

    /// The plan comes last, so that a folder with a plan is ready.
    fn write_plan(&self, plan: &Manifest) -> Result<(), Error> {
        let runs = self.runs();
        fs::create_dir_all(&runs).map_err(Error::at(&runs))?;
        let text = serde_json::to_vec_pretty(plan).expect("a plan is plain data");
        let (path, part) = (self.path.join(PLAN), self.path.join(format!("{PLAN}.part")));
        fs::write(&part, text).map_err(Error::at(&part))?;
        fs::rename(&part, &path).map_err(Error::at(&path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of the run files.
    pub fn runs(&self) -> PathBuf {
        self.path.join(RUNS)
    }

    /// Finished runs of another plan that were thrown away when the folder was taken.
    pub fn thrown_away(&self) -> usize {
        self.thrown_away
    }

    /// Whether any run is finished here.
    pub fn has_runs(path: &Path) -> bool {
        Work::finished_runs(path) > 0
    }

    /// How many runs are finished here.
    fn finished_runs(path: &Path) -> usize {
        let whole = |entry: &fs::DirEntry| entry.path().extension().is_some_and(|e| e == "run");
        let entries = fs::read_dir(path.join(RUNS)).into_iter().flatten().flatten();
        entries.filter(whole).count()
    }

    /// What is left of each run, in the order of the jobs; nothing of those not finished.
    ///
    /// # Errors
    ///
    /// As [`finished`].
    pub fn outcomes(&self, experiment: &Experiment) -> Result<Vec<Option<Outcome>>, Error> {
        let runs = self.runs();
        jobs(experiment).map(|job| finished(&runs, experiment, job)).collect()
    }
}

/// The jobs of an experiment: run `r` of point `p` is job `p * runs + r`.
pub fn jobs(experiment: &Experiment) -> Range<usize> {
    0..experiment.points.len() * experiment.runs as usize
}

/// Point and run of a job.
pub fn of_job(experiment: &Experiment, job: usize) -> (usize, u32) {
    let runs = experiment.runs as usize;
    (job / runs, (job % runs) as u32)
}

/// The jobs of shard `index` of `shards`, nearly equal in number and contiguous.
pub fn shard(jobs: usize, shards: usize, index: usize) -> Range<usize> {
    jobs * index / shards..jobs * (index + 1) / shards
}

/// The file of a run.
pub fn run_path(runs: &Path, experiment: &Experiment, job: usize) -> PathBuf {
    let (point, run) = of_job(experiment, job);
    runs.join(format!("{point}-{run}.run"))
}

/// What is left of a finished run, or nothing if it has no file yet, or one that a power cut has
/// damaged: the run is done again then.
///
/// # Errors
///
/// [`Error::Io`] if the file is there and cannot be read.
pub fn finished(
    runs: &Path,
    experiment: &Experiment,
    job: usize,
) -> Result<Option<Outcome>, Error> {
    let path = run_path(runs, experiment, job);
    match path.exists().then(|| RunReader::<Outcome>::open(&path)) {
        None | Some(Err(Error::Damaged { .. })) => Ok(None),
        Some(reader) => reader.map(|reader| Some(reader.outcome)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_cover_every_job_once() {
        for (jobs, shards) in [(10, 3), (3, 10), (1_000, 7), (0, 2)] {
            let all: Vec<usize> = (0..shards).flat_map(|i| shard(jobs, shards, i)).collect();
            assert_eq!(all, (0..jobs).collect::<Vec<_>>());
        }
    }
}

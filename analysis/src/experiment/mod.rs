//! An experiment from its file to its published result: plan, simulate, merge, judge, report,
//! publish. The command line, Python and a twin all call this.
//!
//! [`Study::run`] does everything in one call. Who wants to look in between takes the steps one by
//! one: [`Study::simulate`], [`Simulated::assemble`], [`Assembled::publish`]. An ensemble over many
//! machines is in [`shards`], running a result again in [`replay`], what runs will cost in
//! [`estimate`], what CI asks of many scenarios in [`check`], whether
//! its targets can fail in [`mutants`](mod@mutants), and the questions that make results
//! of their own in [`backtest`](mod@backtest), [`calibrate`](mod@calibrate) and [`compare`].

pub mod backtest;
pub mod calibrate;
pub mod check;
pub mod compare;
pub mod estimate;
pub mod mutants;
pub mod replay;
pub mod result;
pub mod shards;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use pinwheel_core::Streams;
use pinwheel_models::describe::Catalogue;
use pinwheel_models::registry;
use pinwheel_models::scenario;

use crate::Error;
use crate::judge::baseline::{self, Accepted};
use crate::judge::verdict::{self, Verdict};
use crate::record::manifest::{METRICS, Manifest, OUTCOMES, REPORT, RunEntry, SCENARIO, VERDICT};
use crate::record::outcome::Outcome;
use crate::record::outcomes::OutcomeTable;
use crate::record::staging::Staging;
use crate::record::table::Table;
use crate::record::work::jobs;
use crate::run::ensemble::{self, Drive, Watcher};
use crate::run::stopwatch::Stopwatch;
use crate::run::world::WorldRun;
use crate::show::report::{self, Facts};

/// The version of the program, as manifests have it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The folder below which results go that have none of their own.
const RESULTS: &str = "out";

/// The parts whose metrics runs record.
pub const PARTS: Catalogue = registry::ALL;

/// How the runs of a study go: nothing of it changes a result.
#[derive(Copy, Clone, Debug)]
pub struct Control<'a> {
    /// Runs side by side.
    pub threads: usize,
    /// Ends everything with [`Error::Stopped`] when it is set.
    pub stop: &'a AtomicBool,
    /// Told of the progress.
    pub watcher: &'a dyn Watcher,
}

/// A scenario file with what is set over it, loaded and validated.
///
/// ```
/// use std::sync::atomic::AtomicBool;
///
/// use pinwheel_analysis::experiment::{Control, Study};
/// use pinwheel_analysis::run::ensemble::Unwatched;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().join("devices.toml");
/// std::fs::write(
///     &file,
///     r#"
///     schema = 1
///     [meta]
///     name = "devices"
///     question = "How many of forty devices are up?"
///     [run]
///     start = 2025-01-01
///     horizon = "14 d"
///     [[infrastructure.class]]
///     id = "device"
///     count = 40
///     failure = { law = "exponential", mean = "20 d" }
///     repair = { law = "exponential", mean = "1 d" }
///     [[target]]
///     id = "most are up"
///     metric = "availability"
///     measure = "final"
///     low = 0.8
///     high = 1
///     "#,
/// )?;
///
/// let study = Study::load(&file, &[("run.seed".to_owned(), "7".to_owned())])?;
/// let stop = AtomicBool::new(false);
/// let control = Control { threads: 2, stop: &stop, watcher: &Unwatched };
/// let published = study.run(&folder.path().join("result"), &control)?;
/// assert!(published.verdict.passed, "{}", published.verdict.sentence);
/// assert!(published.folder.join("report.html").is_file());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Study {
    /// The scenario file, as it was named.
    pub file: PathBuf,
    /// Keys and values that are set over the file, in order.
    pub overrides: Vec<(String, String)>,
    /// What they ask for.
    pub experiment: scenario::Experiment,
}

impl Study {
    /// Reads and checks a scenario file.
    ///
    /// # Errors
    ///
    /// [`Error::Scenario`] with every fault of the scenario and the files it names.
    pub fn load(file: &Path, overrides: &[(String, String)]) -> Result<Self, Error> {
        let experiment = scenario::load(file, overrides).map_err(Error::Scenario)?;
        Ok(Study { file: file.to_owned(), overrides: overrides.to_vec(), experiment })
    }

    /// The study behind a result or a plan.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] if this program is of another version or a file has changed since;
    /// [`Error::Scenario`] if the scenario cannot be read any more.
    pub fn again(manifest: &Manifest) -> Result<Self, Error> {
        if manifest.version != VERSION {
            let Manifest { name, version, .. } = manifest;
            let message = format!("{name} is of version {version}, this is version {VERSION}");
            return Err(Error::Unfit(message));
        }
        let study = Study::load(Path::new(&manifest.scenario), &manifest.overrides)?;
        for (path, blake3) in &study.experiment.sources {
            let same = manifest.sources.iter().any(|s| s.path == *path && s.blake3 == *blake3);
            if !same {
                let message =
                    format!("{path} is not the file that {} was made from", manifest.name);
                return Err(Error::Unfit(message));
            }
        }
        Ok(study)
    }

    /// Where its result goes if nothing else is said: `out/NAME`.
    pub fn default_folder(&self) -> PathBuf {
        Path::new(RESULTS).join(&self.experiment.name)
    }

    /// All of its jobs, each a run of a point.
    pub fn jobs(&self) -> Range<usize> {
        jobs(&self.experiment)
    }

    /// What is going to be run: a manifest without results.
    pub fn plan(&self) -> Manifest {
        Manifest {
            version: VERSION.to_owned(),
            scenario: self.file.display().to_string(),
            overrides: self.overrides.clone(),
            ..Manifest::of(&self.experiment)
        }
    }

    /// Runs, judges, reports and publishes into a folder, which is whole or as it was.
    ///
    /// # Errors
    ///
    /// Whatever the steps give; see [`Study::simulate`], [`Simulated::assemble`] and
    /// [`Assembled::publish`]. [`Error::Foreign`] if the folder holds something else.
    pub fn run(&self, folder: &Path, control: &Control<'_>) -> Result<Published, Error> {
        self.ready()?;
        let staging = Staging::begin(folder)?;
        let simulated = self.simulate(&staging, control)?;
        simulated.assemble(self, folder, staging)?.publish(control.stop)
    }

    /// Looks for what would make the result worthless in the end: a baseline that cannot be read.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] or [`Error::Io`] of the baseline's file. One that is missing is none.
    pub fn ready(&self) -> Result<(), Error> {
        self.experiment.baseline.iter().try_for_each(|of| Accepted::read(&of.path).map(drop))
    }

    /// Runs all jobs; finished ones of an earlier call with the same plan are taken over.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`], with finished runs kept; [`Error::Io`] if the disk fails;
    /// [`Error::Threads`] if the machine gives no threads.
    pub fn simulate(&self, staging: &Staging, control: &Control<'_>) -> Result<Simulated, Error> {
        let stopwatch = Stopwatch::start();
        let mut plan = self.plan();
        // Only the same program may go on with an ensemble: another build may differ.
        let several = self.jobs().len() > 1;
        plan.build = if several { program_hash()? } else { String::new() };
        let work = staging.work(&plan)?;
        if work.thrown_away() > 0 {
            control.watcher.thrown_away(work.thrown_away());
        }
        let runs = work.runs();
        let outcomes = self.simulate_jobs(self.jobs(), Some(&runs), control)?;
        plan.build = String::new();
        plan.threads = control.threads;
        let seconds = stopwatch.seconds();
        Ok(Simulated { outcomes, runs, plan, seconds, stopwatch })
    }

    /// Does the given jobs; each finished run leaves a file in `runs`, if that is given.
    ///
    /// # Errors
    ///
    /// As [`Study::simulate`].
    pub fn simulate_jobs(
        &self,
        jobs: Range<usize>,
        runs: Option<&Path>,
        control: &Control<'_>,
    ) -> Result<Vec<Outcome>, Error> {
        let Control { threads, stop, watcher } = *control;
        let drive = Drive { threads, stop, watcher, runs, parts: PARTS };
        // Runs side by side come first: what they leave of the threads, each has for its regions.
        let threads_of_run = threads / jobs.len().max(1);
        let start =
            |scenario, streams: &Streams| WorldRun::start(scenario, streams, threads_of_run);
        ensemble::run(&self.experiment, start, jobs, &drive)
    }
}

/// BLAKE3 of the running program, in hexadecimal digits.
fn program_hash() -> Result<String, Error> {
    let unknown = |error| Error::Unfit(format!("this program cannot find itself: {error}"));
    let path = std::env::current_exe().map_err(unknown)?;
    Ok(Manifest::hash_file(&path)?.1)
}

/// Runs side by side that the machine can do.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// All that has been simulated, before it is a result.
#[derive(Debug)]
pub struct Simulated {
    /// What is left of each run, in the order of the jobs.
    pub outcomes: Vec<Outcome>,
    /// The folder of the run files.
    pub runs: PathBuf,
    /// What was to be run.
    pub plan: Manifest,
    /// Seconds that the runs took.
    pub seconds: f64,
    /// Since the start of the runs.
    stopwatch: Stopwatch,
}

impl Simulated {
    /// Merges the runs into tables, judges them and writes verdict and report beside them.
    /// `folder` is where the result will be, as one types it.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the disk fails, [`Error::Table`] if a table cannot be written,
    /// [`Error::Damaged`] if a run file has changed or a baseline cannot be read.
    pub fn assemble(
        self,
        study: &Study,
        folder: &Path,
        staging: Staging,
    ) -> Result<Assembled, Error> {
        let (experiment, outcomes) = (&study.experiment, &self.outcomes);
        let path = staging.path().join(METRICS);
        ensemble::merge(experiment, PARTS, &self.runs, &path)?;
        let table = Table::read(&path)?;
        let verdict = verdict::judge(experiment, outcomes);
        let mut verdict = verdict.for_folder(&folder.display().to_string());
        let entry = |o: &Outcome| RunEntry::new(&o.point, o.run, o.events, &o.fingerprint);
        let runs: Vec<RunEntry> = outcomes.iter().map(entry).collect();
        let numbers = OutcomeTable::of(experiment, outcomes);
        if !experiment.outcomes.is_empty() {
            numbers.write(&staging.path().join(OUTCOMES))?;
            let accepted = experiment.baseline.as_ref();
            verdict.baseline = accepted
                .map(|accepted| baseline::judge(accepted, experiment, &runs, &numbers))
                .transpose()?;
        }
        staging.write(SCENARIO, experiment.resolved.as_bytes())?;
        let text = serde_json::to_vec_pretty(&verdict).expect("a verdict is plain data");
        staging.write(VERDICT, &text)?;
        let manifest = Manifest {
            fingerprint: Manifest::combine(&runs),
            runs,
            cores: cores(),
            machine: format!("{}, {}", std::env::consts::ARCH, std::env::consts::OS),
            wall_seconds: self.stopwatch.seconds(),
            files: staging.files()?,
            ..self.plan
        };
        let facts = Facts {
            parts: PARTS,
            verdict: &verdict,
            manifest: &manifest,
            outcomes: &numbers,
            folder: folder.display().to_string(),
        };
        staging.write(REPORT, report::render(&facts, &table)?.html.as_bytes())?;
        let folder = folder.to_owned();
        Ok(Assembled { verdict, manifest, table, outcomes: numbers, folder, staging })
    }
}

/// A whole result that is not in its place yet.
#[derive(Debug)]
pub struct Assembled {
    /// The judgement of all runs.
    pub verdict: Verdict,
    /// What the result is made of.
    pub manifest: Manifest,
    /// Every row; it cannot be read any more once the result is published.
    pub table: Table,
    /// The outcomes of all runs.
    pub outcomes: OutcomeTable,
    folder: PathBuf,
    staging: Staging,
}

impl Assembled {
    /// Puts the result in its place, whole.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`] if `stop` is set; [`Error::Io`] or [`Error::Foreign`] if the folder
    /// cannot be replaced.
    pub fn publish(self, stop: &AtomicBool) -> Result<Published, Error> {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        let Assembled { verdict, manifest, folder, staging, .. } = self;
        let manifest = staging.publish(manifest)?;
        Ok(Published { verdict, manifest, folder })
    }
}

/// A result in its folder.
#[derive(Clone, Debug)]
pub struct Published {
    /// The judgement of all runs.
    pub verdict: Verdict,
    /// What the result is made of.
    pub manifest: Manifest,
    /// Where it is.
    pub folder: PathBuf,
}

//! `pinwheel plan`, `shard` and `merge`: an ensemble over many machines, with files between them.
//!
//! A plan is a folder that holds everything: the scenario, the files it refers to, and a line for
//! each shard. A shard leaves a file of each run. Whatever starts shards may start one twice, or
//! again after a crash: a finished run is not done again, and two that do the same run write the
//! same bytes.

use std::fs;
use std::path::{Component, Path, PathBuf};

use pinwheel_analysis::Error;
use pinwheel_analysis::store::{Manifest, Staging};
use pinwheel_analysis::work::{self, Work, jobs};
use pinwheel_models::scenario::Experiment;

use crate::exit::{Exit, Failure};
use crate::input::{Input, Threads, again};
use crate::progress::Progress;
use crate::run::{Made, plan as planned, simulate, stop_flag};

/// The folder of a plan that holds the scenario and its files; references stay below it.
const FILES: &str = "scenarios";
/// A line for each shard.
const SHARDS: &str = "shards.jsonl";
const SHARDS_MAX: u32 = 100_000;

/// Cut an ensemble into shards, as files that any cluster can work on.
#[derive(clap::Args)]
#[command(after_help = "\
The folder is whole in itself: copy it, or share it between machines. Start `pinwheel shard` for
each index (a Slurm array, a Kubernetes Indexed Job, Dask: see docs/clusters.md), then merge.

Example:
  pinwheel plan scenarios/reviews/fip0118.toml --shards 8 -o /tmp/plan
  for i in 0 1 2 3 4 5 6 7; do pinwheel shard /tmp/plan --index $i; done
  pinwheel merge /tmp/plan -o out/fip0118")]
pub struct PlanArgs {
    #[command(flatten)]
    input: Input,
    /// Folder of the plan, absent or empty
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Parts of nearly equal numbers of runs; hundreds of short runs each are best
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(SHARDS_MAX)))]
    shards: u32,
}

/// Do the runs of one shard of a plan.
#[derive(clap::Args)]
#[command(after_help = "\
Exit code 0 when its runs are finished, whatever they show: only `merge` judges. Exit code 2 means
that trying again is in vain (a bad plan, another version); anything else may be tried again.

Example:
  pinwheel shard /tmp/plan --index 3")]
pub struct ShardArgs {
    /// Folder of the plan
    folder: PathBuf,
    /// Which shard, counted from 0
    #[arg(long, value_name = "I")]
    index: u32,
    #[command(flatten)]
    threads: Threads,
    /// No progress
    #[arg(short, long)]
    quiet: bool,
}

/// Assemble the shards of a plan into one result, the same as of a single `run`.
#[derive(clap::Args)]
#[command(after_help = "\
Shards that are not finished are listed and the exit code is 2; nothing is written then.

Example:
  pinwheel merge /tmp/plan -o out/fip0118")]
pub struct MergeArgs {
    /// Folder of the plan
    folder: PathBuf,
    /// Folder of the result [default: out/<scenario name>]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// No summary; the fingerprint only
    #[arg(short, long)]
    quiet: bool,
}

pub fn plan(args: &PlanArgs) -> Result<Exit, Failure> {
    let experiment = args.input.load()?;
    let count = jobs(&experiment).len();
    let shards = args.shards as usize;
    if shards > count {
        let message =
            format!("{shards} shards of {count} runs: at most one a run, --shards {count}");
        return Err(Failure::bad_input(message));
    }
    let inside = Path::new(FILES).join(place_of_scenario(&args.input.file, &experiment)?);
    let planned_input = Input { file: inside.clone(), ..args.input.clone() };
    let mut plan = planned(&planned_input, &experiment);
    plan.shards = args.shards;
    let work = Work::create(&args.output, &plan, |folder| {
        copy_sources(&args.input.file, &folder.join(&inside), &experiment)?;
        let path = folder.join(SHARDS);
        let line = |index: usize| {
            let jobs = work::shard(count, shards, index);
            let (first, runs) = (jobs.start, jobs.len());
            format!("{{\"index\": {index}, \"first_run\": {first}, \"runs\": {runs}}}\n")
        };
        let lines: String = (0..shards).map(line).collect();
        fs::write(&path, lines).map_err(Error::at(&path))
    })?;
    println!("{}: {count} runs in {shards} shards", work.path().display());
    Ok(Exit::Pass)
}

pub fn shard(args: &ShardArgs) -> Result<Exit, Failure> {
    let (work, plan, experiment) = open(&args.folder)?;
    if args.index >= plan.shards {
        let last = plan.shards - 1;
        return Err(Failure::bad_input(format!("no shard {}: the last is {last}", args.index)));
    }
    let count = jobs(&experiment).len();
    let jobs = work::shard(count, plan.shards as usize, args.index as usize);
    let progress = Progress::new(&experiment, jobs.clone(), args.quiet);
    let threads = args.threads.count();
    let stop = stop_flag();
    let runs = jobs.len();
    let outcomes = simulate(&experiment, jobs, &work.runs(), &stop, threads, &progress);
    progress.finish();
    outcomes?;
    println!("shard {} of {}: {runs} runs finished", args.index, plan.shards);
    Ok(Exit::Pass)
}

pub fn merge(args: &MergeArgs) -> Result<Exit, Failure> {
    let (work, plan, experiment) = open(&args.folder)?;
    let (count, shards) = (jobs(&experiment).len(), plan.shards as usize);
    let outcomes = work.outcomes(&experiment)?;
    let missing = |index: usize| {
        let left = work::shard(count, shards, index).filter(|&job| outcomes[job].is_none()).count();
        (left > 0).then(|| format!("shard {index}: {left} runs are missing"))
    };
    let missing: Vec<String> = (0..shards).filter_map(missing).collect();
    if !missing.is_empty() {
        let lines = missing.join("\n");
        let message = format!("{} of {shards} shards are not finished:\n{lines}", missing.len());
        return Err(Failure::bad_input(message));
    }
    let outcomes = outcomes.into_iter().flatten().collect();
    let folder = args.output.clone().unwrap_or_else(|| Path::new("out").join(&experiment.name));
    let staging = Staging::begin(&folder)?;
    let progress = Progress::new(&experiment, 0..0, true);
    // Replayed from where the plan lies; no machine ran it alone.
    let scenario = args.folder.join(&plan.scenario).display().to_string();
    let plan = Manifest { scenario, shards: 0, ..plan };
    let made = Made { experiment, outcomes, runs: work.runs(), plan, folder };
    let stop = stop_flag();
    let (verdict, manifest) = made.assemble(staging, &stop, &progress, args.quiet)?;
    println!("fingerprint: {}", manifest.fingerprint);
    Ok(Exit::of(&verdict))
}

/// The plan in a folder with its experiment, which must be the one that was planned.
fn open(folder: &Path) -> Result<(Work, Manifest, Experiment), Failure> {
    let (work, plan) = Work::open(folder)?;
    let scenario = folder.join(&plan.scenario).display().to_string();
    let experiment = again(&Manifest { scenario, ..plan.clone() })?;
    Ok((work, plan, experiment))
}

/// Where the scenario goes below the plan's files, so that "../data/x.csv" stays inside.
fn place_of_scenario(file: &Path, experiment: &Experiment) -> Result<PathBuf, Failure> {
    let up =
        |path: &str| Path::new(path).components().filter(|c| *c == Component::ParentDir).count();
    let depth = experiment.sources.iter().map(|(path, _)| up(path)).max().unwrap_or(0);
    let unreadable = |error| Failure::bad_input(format!("{}: {error}", file.display()));
    let real = fs::canonicalize(file).map_err(unreadable)?;
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

//! `pinwheel plan`, `shard` and `merge`: an ensemble over many machines, with files between them.

use std::path::PathBuf;

use pinwheel_analysis::experiment::shards::ShardedPlan;
use pinwheel_analysis::experiment::{Control, Published};
use pinwheel_analysis::record::staging::Staging;

use crate::exit::{Exit, Failure};
use crate::input::{Input, Threads};
use crate::progress::Progress;
use crate::run::{publish, stop_flag};

/// Most shards of a plan.
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
    let study = args.input.load()?;
    ShardedPlan::create(&study, &args.output, args.shards)?;
    let (folder, count) = (args.output.display(), study.jobs().len());
    outln!("{folder}: {count} runs in {} shards", args.shards);
    Ok(Exit::Pass)
}

pub fn shard(args: &ShardArgs) -> Result<Exit, Failure> {
    let plan = ShardedPlan::open(&args.folder)?;
    let jobs = plan.jobs(args.index)?;
    let runs = jobs.len();
    let progress = Progress::new(&plan.study().experiment, jobs, args.quiet);
    let stop = stop_flag();
    let control = Control { threads: args.threads.count(), stop: &stop, watcher: &progress };
    let done = plan.simulate(args.index, &control);
    progress.finish();
    done?;
    outln!("shard {} of {}: {runs} runs finished", args.index, plan.shards);
    Ok(Exit::Pass)
}

pub fn merge(args: &MergeArgs) -> Result<Exit, Failure> {
    let (study, simulated) = ShardedPlan::open(&args.folder)?.merge()?;
    let folder = args.output.clone().unwrap_or_else(|| study.default_folder());
    let staging = Staging::begin(&folder)?;
    let assembled = simulated.assemble(&study, &folder, staging)?;
    let Published { verdict, manifest, .. } = publish(&study, assembled, &stop_flag(), args.quiet)?;
    outln!("fingerprint: {}", manifest.fingerprint);
    Ok(Exit::of(&verdict))
}

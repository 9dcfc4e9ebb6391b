//! `pinwheel replay`: the proof that a result is what its scenario and seed give.

use std::path::PathBuf;

use jiff::civil::DateTime;
use pinwheel_analysis::experiment::replay::{differences, replay};
use pinwheel_analysis::experiment::{Control, Study};
use pinwheel_analysis::judge::verdict::Verdict;
use pinwheel_analysis::record::manifest::Manifest;
use pinwheel_analysis::record::store::Store;

use crate::exit::{Exit, Failure};
use crate::input::Threads;
use crate::progress::Progress;
use crate::replay_until::{self, Start};
use crate::run::stop_flag;

/// Run a result again and compare the fingerprints.
#[derive(clap::Args)]
#[command(after_help = "\
Exit code 0 if every fingerprint is the same, 4 if one differs; the difference is named by its
ingredient: the order of events (time), the postings (ledger), the model (state). A scenario or
data file that has changed since is refused with exit code 2.

With --point, --run and --before one run is made again, up to the instant before the given one, and
what it has recorded is shown: the metrics of the condition that failed there, then all others.
--keep writes the run as it is there to a file, and --from goes on from such a file, so that a late
instant of a long run is reached once and the instants after it are looked at in no time.

Examples:
  pinwheel replay out/filecoin-history
  pinwheel replay out/filecoin-history --point main --run 0 --before 2024-03-02T00:00:00 \\
      --keep march.run
  pinwheel replay out/filecoin-history --from march.run --before 2024-03-03T00:00:00")]
pub struct Args {
    /// Folder of a result
    folder: PathBuf,
    #[command(flatten)]
    threads: Threads,
    /// No progress
    #[arg(short, long)]
    quiet: bool,
    /// The point of the run to look into
    #[arg(long, value_name = "ID", requires = "before")]
    point: Option<String>,
    /// The run to look into
    #[arg(long, value_name = "N", requires = "before")]
    run: Option<u32>,
    /// Date and time to stop before, as a failure names it
    #[arg(long, value_name = "TIME")]
    before: Option<DateTime>,
    /// Go on from a run that was kept, in place of --point and --run
    #[arg(long, value_name = "FILE", requires = "before", conflicts_with_all = ["point", "run"])]
    from: Option<PathBuf>,
    /// Keep the run as it is before that instant
    #[arg(long, value_name = "FILE", requires = "before")]
    keep: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let manifest = Store::open(&args.folder)?.manifest;
    let study = Study::again(&manifest)?;
    if let Some(before) = args.before {
        let start = match (&args.from, &args.point, args.run) {
            (Some(file), ..) => Start::Kept(file),
            (None, Some(point), Some(run)) => Start::Run(point, run),
            _ => return Err(Failure::bad_input("--before needs --point and --run, or --from")),
        };
        let (verdict, keep) = (Verdict::find(&args.folder)?, args.keep.as_deref());
        return replay_until::run(&study, &manifest, verdict.as_ref(), start, before, keep);
    }
    let stop = stop_flag();
    let progress = Progress::new(&study.experiment, study.jobs(), args.quiet);
    let control = Control { threads: args.threads.count(), stop: &stop, watcher: &progress };
    let again = replay(&study, &control);
    progress.finish();
    let again = again?;
    let differences = differences(&manifest.runs, &again);
    differences.iter().for_each(|line| outln!("{line}"));
    outln!("{} of {} runs differ", differences.len(), manifest.runs.len());
    outln!("fingerprint: {}", Manifest::combine(&again));
    Ok(if differences.is_empty() { Exit::Pass } else { Exit::EngineFault })
}

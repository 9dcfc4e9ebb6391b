//! `pinwheel replay`: the proof that a result is what its scenario and seed give.

use std::path::PathBuf;

use jiff::civil::DateTime;
use pinwheel_analysis::ensemble::{self, Drive};
use pinwheel_analysis::store::{Manifest, RunEntry};
use pinwheel_analysis::work::jobs;

use crate::check::last_verdict;
use crate::exit::{Exit, Failure};
use crate::input::{Threads, again};
use crate::progress::Progress;
use crate::run::stop_flag;
use crate::{before, network};

/// Run a result again and compare the fingerprints.
#[derive(clap::Args)]
#[command(after_help = "\
Exit code 0 if every fingerprint is the same, 4 if one differs; the difference is named by its
ingredient: the order of events (time), the postings (ledger), the model (state). A scenario or
data file that has changed since is refused with exit code 2.

With --point, --run and --before one run is made again, up to the instant before the given one, and
what it has recorded is shown: the metrics of the condition that failed there, then all others.

Examples:
  pinwheel replay out/filecoin-history
  pinwheel replay out/filecoin-history --point main --run 0 --before 2024-03-02T00:00:00")]
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
    #[arg(long, value_name = "TIME", requires_all = ["point", "run"])]
    before: Option<DateTime>,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let manifest = pinwheel_analysis::store::Store::open(&args.folder)?.manifest;
    let experiment = again(&manifest)?;
    if let (Some(point), Some(run), Some(before)) = (&args.point, args.run, args.before) {
        let verdict = last_verdict(&args.folder)?;
        return before::run(&experiment, &manifest, verdict.as_ref(), (point, run), before);
    }
    let stop = stop_flag();
    let progress = Progress::new(&experiment, jobs(&experiment), args.quiet);
    let threads = args.threads.count();
    let metrics = network::metrics();
    let drive = Drive { threads, stop: &stop, watcher: &progress, runs: None, metrics };
    let outcomes = ensemble::run(&experiment, network::build, jobs(&experiment), &drive);
    progress.finish();
    let again: Vec<RunEntry> = outcomes?
        .iter()
        .map(|o| RunEntry::new(&o.point, o.run, o.events, &o.fingerprint))
        .collect();
    let differences = differences(&manifest.runs, &again);
    differences.iter().for_each(|line| println!("{line}"));
    println!("{} of {} runs differ", differences.len(), manifest.runs.len());
    println!("fingerprint: {}", Manifest::combine(&again));
    Ok(if differences.is_empty() { Exit::Pass } else { Exit::EngineFault })
}

/// One line for each run that is not what it was.
fn differences(then: &[RunEntry], now: &[RunEntry]) -> Vec<String> {
    let line = |then: &RunEntry, now: &RunEntry| {
        let parts = [
            ("time", then.time != now.time),
            ("ledger", then.ledger != now.ledger),
            ("state", then.state != now.state),
            ("events", then.events != now.events),
        ];
        let changed: Vec<&str> = parts.iter().filter(|part| part.1).map(|part| part.0).collect();
        format!("{} run {}: {} changed", then.point, then.run, changed.join(", "))
    };
    let mut lines: Vec<String> =
        then.iter().zip(now).filter(|(a, b)| a != b).map(|(a, b)| line(a, b)).collect();
    for run in then.iter().skip(now.len()) {
        lines.push(format!("{} run {}: not run again", run.point, run.run));
    }
    lines
}

//! `pinwheel run`: a scenario becomes a result folder, whole or not at all.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pinwheel_analysis::experiment::{Assembled, Control, Published, Study};
use pinwheel_analysis::judge::verdict::Verdict;
use pinwheel_analysis::record::manifest::REPORT;
use pinwheel_analysis::record::staging::Staging;

use crate::exit::{Exit, Failure};
use crate::input::{Input, Threads};
use crate::progress::Progress;
use crate::{estimate, profile, summary};

/// Run a scenario: table, verdict and report into a folder.
#[derive(clap::Args)]
#[command(after_help = "\
The folder holds report.html (open it in a browser), metrics.parquet, verdict.json, the resolved
scenario.toml and a manifest with the hash of each. It appears whole or not at all. An older result
in its place is replaced, and what you put into it stays; a folder that is no result is refused.

The exit code is 0 if every `always` check and every invariant held and every target that could be
judged is met, 1 otherwise, and 3 if only a baseline is missing or has changed. A target whose dates
the run does not reach is not judged; a `sometimes` check of a model that was not reached is a
warning, and so is an invariant of that severity. These do not change the exit code; all are shown.

A stopped ensemble keeps its finished runs in a hidden folder beside the result; the same command
goes on from there, after Ctrl-C, a kill or a power cut alike.

Examples:
  pinwheel run scenarios/filecoin/history.toml
  pinwheel run scenarios/filecoin/history.toml -o /tmp/short --set run.horizon=\"30 d\"
  pinwheel run scenarios/filecoin/history.toml --profile
  pinwheel run scenarios/reviews/fip0118.toml --set ensemble.runs=8 --threads 4")]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// Folder of the result [default: out/<scenario name>]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Root of all random streams; short for --set run.seed=N
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    threads: Threads,
    /// No progress and no summary; the fingerprint only
    #[arg(short, long)]
    quiet: bool,
    /// Do not ask before an ensemble of more than two minutes of computing; for CI
    #[arg(long)]
    yes: bool,
    /// Measure what each kind of event costs, in one run on one core; nothing is written
    #[arg(long, conflicts_with_all = ["output", "threads", "quiet"])]
    profile: bool,
}

impl Args {
    /// The scenario with all that is set on the command line, the seed among it.
    fn input(&self) -> Input {
        let mut input = self.input.clone();
        input.overrides.extend(self.seed.map(|seed| ("run.seed".to_owned(), seed.to_string())));
        input
    }
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    if args.profile {
        return profile::run(&args.input().load()?.experiment);
    }
    let study = args.input().load()?;
    let folder = args.output.clone().unwrap_or_else(|| study.default_folder());
    let threads = args.threads.count();
    study.ready()?;
    estimate::announce(&study, threads, args.yes, args.quiet)?;

    let staging = Staging::begin(&folder)?;
    let stop = stop_flag();
    let progress = Progress::new(&study.experiment, study.jobs(), args.quiet);
    let control = Control { threads, stop: &stop, watcher: &progress };
    let simulated = study.simulate(&staging, &control);
    progress.finish();
    let simulated = simulated.inspect_err(|_| {
        if staging.has_runs() {
            eprintln!("finished runs are kept; the same command goes on from there");
        }
    })?;
    let seconds = simulated.seconds;
    let assembled = simulated.assemble(&study, &folder, staging)?;
    let Published { verdict, manifest, .. } = publish(&study, assembled, &stop, args.quiet)?;
    if !args.quiet {
        let events = manifest.runs.iter().map(|run| run.events).sum();
        outln!("{}", summary::speed(events, seconds));
        outln!("report: {}", folder.join(REPORT).display());
        print_breaches(&verdict);
    }
    outln!("fingerprint: {}", manifest.fingerprint);
    Ok(Exit::of(&verdict))
}

/// Puts a result in its place and prints the summary unless `quiet`.
pub fn publish(
    study: &Study,
    assembled: Assembled,
    stop: &AtomicBool,
    quiet: bool,
) -> Result<Published, Failure> {
    // Made from the table, which moves when the folder is published, and printed after that:
    // whoever reads the summary may close the pipe.
    let summary = match quiet {
        true => String::new(),
        false => summary::text(&study.experiment, &assembled)?,
    };
    let published = assembled.publish(stop)?;
    out!("{summary}");
    Ok(published)
}

/// Every breach with the command that shows it again.
fn print_breaches(verdict: &Verdict) {
    for breach in &verdict.breaches {
        eprintln!(
            "breach: {} in run {} of {} on {}: {}\n  replay: {}",
            breach.check, breach.run, breach.point, breach.tick, breach.detail, breach.replay
        );
    }
}

/// A flag that Ctrl-C sets; runs look at it after every simulated day. A second Ctrl-C does not wait:
/// it ends the program at once, and only a hidden staging folder stays behind.
pub fn stop_flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    // Without a handler Ctrl-C still ends the program; only the staging folder would stay.
    let handler = move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        eprintln!("pinwheel: no Ctrl-C handler: {error}");
    }
    stop
}

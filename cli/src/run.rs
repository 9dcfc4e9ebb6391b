//! `pinwheel run`: a scenario becomes a result folder, whole or not at all.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pinwheel_analysis::baseline::{self, Accepted};
use pinwheel_analysis::ensemble::{self, Drive, Outcome};
use pinwheel_analysis::outcomes::OutcomeTable;
use pinwheel_analysis::report::{self, Facts};
use pinwheel_analysis::store::{
    METRICS, Manifest, OUTCOMES, REPORT, RunEntry, SCENARIO, Staging, VERDICT,
};
use pinwheel_analysis::table::Table;
use pinwheel_analysis::verdict::{self, Verdict};
use pinwheel_analysis::work::{Work, jobs};
use pinwheel_analysis::{Error, store};
use pinwheel_models::scenario::Experiment;

use crate::exit::{Exit, Failure};
use crate::input::{Input, Threads, cores};
use crate::progress::Progress;
use crate::{estimate, network, profile, summary};

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
    /// One scenario into its folder, with what is set, and without a word about it.
    pub fn quiet(file: &Path, output: PathBuf, overrides: Vec<(String, String)>) -> Self {
        Args {
            input: Input { file: file.to_owned(), overrides },
            output: Some(output),
            seed: None,
            threads: Threads::default(),
            quiet: true,
            yes: true,
            profile: false,
        }
    }

    /// The scenario with all that is set on the command line, the seed among it.
    fn input(&self) -> Input {
        let mut input = self.input.clone();
        input.overrides.extend(self.seed.map(|seed| ("run.seed".to_owned(), seed.to_string())));
        input
    }
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    if args.profile {
        return profile::run(&args.input().load()?);
    }
    let (verdict, manifest) = execute(args, &stop_flag())?;
    println!("fingerprint: {}", manifest.fingerprint);
    Ok(Exit::of(&verdict))
}

/// Runs until the result is published, or until `stop` is set.
pub fn execute(args: &Args, stop: &AtomicBool) -> Result<(Verdict, Manifest), Failure> {
    let input = args.input();
    let experiment = input.load()?;
    let folder = args.output.clone().unwrap_or_else(|| Path::new("out").join(&experiment.name));
    let threads = args.threads.count();
    // What cannot be judged in the end is not worth the runs.
    experiment.baseline.iter().try_for_each(|of| Accepted::read(&of.path).map(drop))?;
    estimate::announce(&experiment, threads, args.yes, args.quiet)?;

    let staging = Staging::begin(&folder)?;
    let mut plan = plan(&input, &experiment);
    let several = jobs(&experiment).len() > 1;
    plan.build = if several { build()? } else { String::new() };
    let work = staging.work(&plan)?;
    let progress = Progress::new(&experiment, jobs(&experiment), args.quiet);
    let outcomes = simulate(&experiment, jobs(&experiment), &work.runs(), stop, threads, &progress);
    progress.finish();
    let outcomes = outcomes.inspect_err(|_| {
        if Work::has_runs(work.path()) {
            eprintln!("finished runs are kept; the same command goes on from there");
        }
    })?;
    plan.build = String::new();
    plan.threads = threads;
    let simulated = progress.elapsed();
    let made = Made { experiment, outcomes, runs: work.runs(), plan, folder };
    let (verdict, manifest) = made.assemble(staging, stop, &progress, args.quiet)?;
    if !args.quiet {
        let events = manifest.runs.iter().map(|run| run.events).sum();
        println!("{}", summary::speed(events, simulated));
        println!("report: {}", made.folder.join(store::REPORT).display());
        tell_breaches(&verdict);
    }
    Ok((verdict, manifest))
}

/// All that has been simulated, before it is a result.
pub struct Made {
    pub experiment: Experiment,
    pub outcomes: Vec<Outcome>,
    /// The folder of the run files.
    pub runs: PathBuf,
    pub plan: Manifest,
    /// Where the result goes.
    pub folder: PathBuf,
}

impl Made {
    /// Merges, judges, reports and publishes, then prints the summary unless `quiet`.
    pub fn assemble(
        &self,
        staging: Staging,
        stop: &AtomicBool,
        progress: &Progress,
        quiet: bool,
    ) -> Result<(Verdict, Manifest), Failure> {
        let (experiment, outcomes) = (&self.experiment, &self.outcomes);
        let path = staging.path().join(METRICS);
        ensemble::merge(experiment, network::metrics(), &self.runs, &path)?;
        let table = Table::read(&path)?;
        let mut verdict =
            verdict::judge(experiment, &table, outcomes, network::verdict_from(experiment))?
                .for_folder(&self.folder.display().to_string());
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
            wall_seconds: progress.elapsed().as_secs_f64(),
            files: staging.files()?,
            ..self.plan.clone()
        };
        let facts = Facts {
            metrics: network::metrics(),
            verdict: &verdict,
            manifest: &manifest,
            outcomes: &numbers,
            folder: self.folder.display().to_string(),
        };
        staging.write(REPORT, report::render(&facts, &table)?.html.as_bytes())?;
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Stopped.into());
        }
        // Made from the table, which moves when the folder is published, and printed after that:
        // whoever reads the summary may close the pipe.
        let took = progress.elapsed();
        let summary = match quiet {
            true => String::new(),
            false => summary::text(experiment, &verdict, &table, &numbers, took)?,
        };
        let manifest = staging.publish(manifest)?;
        print!("{summary}");
        Ok((verdict, manifest))
    }
}

/// Every breach with the command that shows it again.
fn tell_breaches(verdict: &Verdict) {
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

/// Does the given jobs; each finished run leaves a file in `runs`.
pub fn simulate(
    experiment: &Experiment,
    jobs: Range<usize>,
    runs: &Path,
    stop: &AtomicBool,
    threads: usize,
    progress: &Progress,
) -> Result<Vec<Outcome>, Error> {
    let metrics = network::metrics();
    let drive = Drive { threads, stop, watcher: progress, runs: Some(runs), metrics };
    ensemble::run(experiment, network::build, jobs, &drive)
}

/// What is going to be run.
pub fn plan(input: &Input, experiment: &Experiment) -> Manifest {
    Manifest {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: input.file.display().to_string(),
        overrides: input.overrides.clone(),
        split: network::verdict_from(experiment),
        ..Manifest::of(experiment, network::rules)
    }
}

/// BLAKE3 of this program: another build may give other results under the same version.
fn build() -> Result<String, Failure> {
    let unknown = |error| Failure::bad_input(format!("this program cannot find itself: {error}"));
    let path = std::env::current_exe().map_err(unknown)?;
    Ok(Manifest::hash_file(&path)?.1)
}

//! `pinwheel run`: a scenario becomes a result folder, whole or not at all.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pinwheel_analysis::baseline;
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
use pinwheel_models::scenario::{self, Experiment};

use crate::exit::{Exit, Failure};
use crate::progress::Progress;
use crate::{estimate, network, profile, summary};

/// Run a scenario: table, verdict and report into a folder.
#[derive(clap::Args)]
#[command(after_help = "\
The folder holds report.html (open it in a browser), metrics.parquet, verdict.json, the resolved
scenario.toml and a manifest with the hash of each. It appears whole or not at all. An older result
in its place is replaced; a folder with anything else in it is refused.

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
  pinwheel run scenarios/reviews/fip0118.toml --set run.runs=8 --threads 4")]
pub struct Args {
    /// Scenario file (TOML)
    file: PathBuf,
    /// Folder of the result [default: out/<scenario name>]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Root of all random streams; short for --set run.seed=N
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Override a key of the scenario; may be given again
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    overrides: Vec<(String, String)>,
    /// Runs side by side; changes the time it takes and nothing else [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
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
            file: file.to_owned(),
            output: Some(output),
            seed: None,
            overrides,
            threads: None,
            quiet: true,
            yes: true,
            profile: false,
        }
    }

    /// What was set on the command line, the seed among it.
    fn all_overrides(&self) -> Vec<(String, String)> {
        let seed = self.seed.map(|seed| ("run.seed".to_owned(), seed.to_string()));
        self.overrides.iter().cloned().chain(seed).collect()
    }
}

/// `KEY=VALUE` of `--set`.
pub fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE, as in run.seed=7")?;
    match key.trim() {
        "" => Err("the key before '=' is empty".to_owned()),
        key => Ok((key.to_owned(), value.trim().to_owned())),
    }
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    if args.profile {
        return profile::run(&load(&args.file, &args.all_overrides())?);
    }
    let (verdict, manifest) = execute(args, &stop_flag())?;
    println!("fingerprint: {}", manifest.fingerprint);
    Ok(Exit::of(&verdict))
}

/// Runs until the result is published, or until `stop` is set.
pub fn execute(args: &Args, stop: &AtomicBool) -> Result<(Verdict, Manifest), Failure> {
    let overrides = args.all_overrides();
    let experiment = load(&args.file, &overrides)?;
    let folder = args.output.clone().unwrap_or_else(|| Path::new("out").join(&experiment.name));
    let threads = args.threads.map_or_else(cores, usize::from);
    estimate::announce(&experiment, threads, args.yes, args.quiet)?;

    let staging = Staging::begin(&folder)?;
    let mut plan = plan(&args.file, &overrides, &experiment);
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
    let verdict_and_manifest =
        made.assemble(staging, stop, &progress, |made, verdict, table| {
            if args.quiet {
                return Ok(());
            }
            let took = progress.elapsed();
            let numbers = OutcomeTable::of(&made.experiment, &made.outcomes);
            print!("{}", summary::text(&made.experiment, verdict, table, &numbers, took)?);
            let events: u64 = made.outcomes.iter().map(|outcome| outcome.events).sum();
            println!("{}", summary::speed(events, simulated));
            println!("report: {}", made.folder.join(store::REPORT).display());
            Ok(())
        })?;
    if !args.quiet {
        tell_breaches(&verdict_and_manifest.0);
    }
    Ok(verdict_and_manifest)
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
    /// Merges, judges, reports and publishes; `tell` gets what a summary needs.
    pub fn assemble(
        &self,
        staging: Staging,
        stop: &AtomicBool,
        progress: &Progress,
        tell: impl FnOnce(&Made, &Verdict, &Table) -> Result<(), Failure>,
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
        // Told from the table, which moves when the folder is published.
        tell(self, &verdict, &table)?;
        Ok((verdict, staging.publish(manifest)?))
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

/// Loads a scenario; every fault is told.
pub fn load(file: &Path, overrides: &[(String, String)]) -> Result<Experiment, Failure> {
    scenario::load(file, overrides).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Failure::bad_input(lines.join("\n"))
    })
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

pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
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
pub fn plan(file: &Path, overrides: &[(String, String)], experiment: &Experiment) -> Manifest {
    Manifest {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: file.display().to_string(),
        overrides: overrides.to_vec(),
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

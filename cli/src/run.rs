//! `pinwheel run`: a scenario becomes a result folder, whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pinwheel_analysis::ensemble::{self, Drive, Outcome};
use pinwheel_analysis::report::{self, Facts};
use pinwheel_analysis::store::{
    METRICS, Manifest, REPORT, RunEntry, SCENARIO, Source, Staging, VERDICT,
};
use pinwheel_analysis::table::Table;
use pinwheel_analysis::verdict::{self, Verdict};
use pinwheel_analysis::{Error, store};
use pinwheel_models::scenario::{self, Experiment};

use crate::exit::{Exit, Failure};
use crate::progress::Progress;
use crate::{network, profile, summary};

/// Folder of the spools inside the staging; gone before the result is published.
const SPOOLS: &str = "spools";

/// Run a scenario: table, verdict and report into a folder.
#[derive(clap::Args)]
#[command(after_help = "\
The folder holds report.html (open it in a browser), metrics.parquet, verdict.json, the resolved
scenario.toml and a manifest with the hash of each. It appears whole or not at all. An older result
in its place is replaced; a folder with anything else in it is refused.

The exit code is 0 if every `always` check held and every target that could be judged is met, and
1 otherwise. A target whose dates the run does not reach is not judged; a `sometimes` state that
was not reached is a warning. Neither changes the exit code; both are shown.

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
    /// Measure what each kind of event costs, in one run on one core; nothing is written
    #[arg(long, conflicts_with_all = ["output", "threads", "quiet"])]
    profile: bool,
}

impl Args {
    /// One scenario into its folder, without a word about it.
    pub fn quiet(file: &Path, output: PathBuf) -> Self {
        Args {
            file: file.to_owned(),
            output: Some(output),
            seed: None,
            overrides: Vec::new(),
            threads: None,
            quiet: true,
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

/// Everything a result is made of, before it is written.
struct Finished {
    experiment: Experiment,
    outcomes: Vec<Outcome>,
    verdict: Verdict,
    manifest: Manifest,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    if args.profile {
        return profile::run(&load(&args.file, &args.all_overrides())?);
    }
    let (verdict, manifest) = execute(args, &stop_flag())?;
    println!("fingerprint: {}", manifest.fingerprint);
    Ok(Exit::passed(verdict.passed))
}

/// Runs until the result is published, or until `stop` is set.
pub fn execute(args: &Args, stop: &AtomicBool) -> Result<(Verdict, Manifest), Failure> {
    let overrides = args.all_overrides();
    let experiment = load(&args.file, &overrides)?;
    let folder = args.output.clone().unwrap_or_else(|| Path::new("out").join(&experiment.name));
    let threads = args.threads.map_or_else(cores, usize::from);

    let staging = Staging::begin(&folder)?;
    let progress = Progress::new(&experiment, args.quiet);
    let outcomes = simulate(&experiment, &staging, stop, threads, &progress)?;
    let simulated = progress.elapsed();
    let table = Table::read(&staging.path().join(METRICS))?;
    let verdict =
        verdict::judge(&experiment, &table, &outcomes, network::verdict_from(&experiment))?;
    let mut manifest = manifest(args, &overrides, &experiment, &outcomes);
    manifest.threads = threads;
    manifest.wall_seconds = progress.elapsed().as_secs_f64();
    let finished = Finished { experiment, outcomes, verdict, manifest };
    let (finished, table) = write(finished, table, &staging, &folder)?;
    if stop.load(Ordering::Relaxed) {
        return Err(Error::Stopped.into());
    }
    let manifest = staging.publish(finished.manifest)?;
    if !args.quiet {
        let took = progress.elapsed();
        print!("{}", summary::text(&finished.experiment, &finished.verdict, &table, took)?);
        let events: u64 = finished.outcomes.iter().map(|outcome| outcome.events).sum();
        println!("{}", summary::speed(events, simulated));
        println!("report: {}", folder.join(store::REPORT).display());
    }
    for breach in &finished.verdict.breaches {
        eprintln!(
            "breach: {} in run {} of {} on {}: {}\n  again: {}",
            breach.check,
            breach.run,
            breach.point,
            breach.date,
            breach.detail,
            command(&args.file, &overrides)
        );
    }
    Ok((finished.verdict, manifest))
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

fn simulate(
    experiment: &Experiment,
    staging: &Staging,
    stop: &AtomicBool,
    threads: usize,
    progress: &Progress,
) -> Result<Vec<Outcome>, Failure> {
    let spools = staging.path().join(SPOOLS);
    fs::create_dir(&spools).map_err(Error::at(&spools))?;
    let drive = Drive { threads, stop, watcher: progress, spools: Some(&spools) };
    let outcomes = ensemble::run(experiment, network::build, &drive);
    progress.finish();
    let outcomes = outcomes?;
    let table = staging.path().join(METRICS);
    ensemble::merge(experiment, network::metrics(), &outcomes, &spools, &table)?;
    fs::remove_dir(&spools).map_err(Error::at(&spools))?;
    Ok(outcomes)
}

fn manifest(
    args: &Args,
    overrides: &[(String, String)],
    experiment: &Experiment,
    outcomes: &[Outcome],
) -> Manifest {
    let runs: Vec<RunEntry> =
        outcomes.iter().map(|o| RunEntry::new(&o.point, o.run, o.events, &o.fingerprint)).collect();
    let fingerprint = Manifest::combine(&runs);
    Manifest { fingerprint, runs, ..manifest_of(&args.file, overrides, experiment) }
}

/// What a result of this scenario is made from, with nothing of its runs.
pub fn manifest_of(
    file: &Path,
    overrides: &[(String, String)],
    experiment: &Experiment,
) -> Manifest {
    let rules = experiment.points.iter().map(|p| (p.id.clone(), network::rules(&p.scenario)));
    let sources = experiment
        .sources
        .iter()
        .map(|(path, blake3)| Source { path: path.clone(), blake3: blake3.clone() });
    Manifest {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        name: experiment.name.clone(),
        question: experiment.question.clone(),
        scenario: file.display().to_string(),
        overrides: overrides.to_vec(),
        scenario_blake3: Manifest::hash(experiment.resolved.as_bytes()),
        rules: rules.collect(),
        sources: sources.collect(),
        seed: experiment.seed,
        cores: cores(),
        ..Manifest::blank()
    }
}

fn write(
    finished: Finished,
    table: Table,
    staging: &Staging,
    folder: &Path,
) -> Result<(Finished, Table), Failure> {
    let facts = Facts {
        experiment: &finished.experiment,
        metrics: network::metrics(),
        verdict: &finished.verdict,
        manifest: &finished.manifest,
        split: network::verdict_from(&finished.experiment),
        replay: format!("pinwheel replay {}", folder.display()),
    };
    let html = report::render(&facts, &table)?;
    staging.write(REPORT, html.as_bytes())?;
    staging.write(SCENARIO, finished.experiment.resolved.as_bytes())?;
    let verdict = serde_json::to_vec_pretty(&finished.verdict).expect("a verdict is plain data");
    staging.write(VERDICT, &verdict)?;
    Ok((finished, table))
}

fn command(file: &Path, overrides: &[(String, String)]) -> String {
    let sets = overrides.iter().map(|(key, value)| format!(" --set '{key}={value}'"));
    format!("pinwheel run {}{}", file.display(), sets.collect::<String>())
}

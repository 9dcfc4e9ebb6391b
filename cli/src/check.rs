//! `pinwheel check`: everything that can be known of a scenario without running it.

use std::fs;
use std::path::{Path, PathBuf};

use pinwheel_analysis::plot::axis::spoken;
use pinwheel_analysis::store::VERDICT;
use pinwheel_analysis::verdict::Verdict;
use pinwheel_models::networks::filecoin::settings::Detail;
use pinwheel_models::scenario::{Network, Scenario};

use crate::exit::{Exit, Failure};
use crate::run::{self, load};
use crate::{network, scenarios};

/// Proving deadlines and epochs of a day.
const DEADLINES_PER_DAY: f64 = 48.0;
const EPOCHS_PER_DAY: f64 = 2_880.0;
/// Measured on one core of a 2023 server with the history scenario; good to a factor of three.
const SECONDS_PER_DEADLINE: f64 = 250e-9;
const SECONDS_PER_PROVIDER_DAY: f64 = 1.3e-6;

/// Check scenarios: syntax, units, references, cost; and, with --run, what they claim.
#[derive(clap::Args)]
#[command(after_help = "\
Every fault is told with file, line and what is allowed. The exit code is 2 if there is any, and
then nothing is run. With --run every scenario is run into its folder; one that fails to meet a
target or to hold a check, or that has neither, makes the exit code 1.

Examples:
  pinwheel check scenarios/filecoin/history.toml scenarios/reviews/fip0118.toml
  pinwheel check scenarios/connection --run")]
pub struct Args {
    /// Scenario files, and folders with such files
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Run them all and judge them
    #[arg(long)]
    run: bool,
    /// Folder below which each run has its own
    #[arg(short, long, value_name = "DIR", default_value = "out", requires = "run")]
    output: PathBuf,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let files = scenarios::find(&args.paths)?;
    match (args.run, told(&files, args.run)) {
        (true, Exit::Pass) => judged(&files, &args.output),
        (_, exit) => Ok(exit),
    }
}

/// Tells what can be known of each scenario without running it; `quiet` tells faults only.
fn told(files: &[PathBuf], quiet: bool) -> Exit {
    let mut exit = Exit::Pass;
    for file in files {
        let experiment = match load(file, &[]) {
            Ok(experiment) => experiment,
            Err(failure) => {
                eprintln!("{}", failure.message);
                exit = failure.exit;
                continue;
            }
        };
        if quiet {
            continue;
        }
        println!("{}: ok", file.display());
        let runs = f64::from(experiment.runs);
        let (mut steps, mut seconds) = (0.0, 0.0);
        for point in &experiment.points {
            let providers = match &point.scenario.network {
                Some(Network::Filecoin(settings)) => format!("{} providers, ", settings.providers),
                None => String::new(),
            };
            println!(
                "  {}: {} d from {}, {providers}rules {}, seed {}, runs {}",
                point.id,
                point.scenario.horizon_days,
                point.scenario.start,
                network::rules(&point.scenario),
                experiment.seed,
                experiment.runs
            );
            let Some((point_steps, seconds_per_step)) = cost(&point.scenario) else { continue };
            steps += runs * point_steps;
            seconds += runs * point_steps * seconds_per_step;
        }
        if steps == 0.0 {
            continue;
        }
        let seconds = if seconds < 1.0 { "under 1".to_owned() } else { spoken(seconds.ceil()) };
        println!("  about {} steps, {seconds} s of one core", spoken(steps));
    }
    exit
}

/// Runs every scenario and tells how each ended.
fn judged(files: &[PathBuf], output: &Path) -> Result<Exit, Failure> {
    let stop = run::stop_flag();
    let (mut passed, mut failed) = (0, 0);
    for (place, file) in files.iter().enumerate() {
        let name = load(file, &[])?.name;
        eprint!("{}/{} {name} ... ", place + 1, files.len());
        let (verdict, manifest) = run::execute(&run::Args::quiet(file, output.join(&name)), &stop)?;
        let word = if stands(&verdict) { "passed" } else { "FAILED" };
        eprintln!("{word} in {:.1} s", manifest.wall_seconds);
        if stands(&verdict) {
            passed += 1;
        } else {
            failed += 1;
            println!("{}: {}", file.display(), verdict.sentence);
            let failed = verdict.checks.iter().filter(|row| row.standing.fails());
            failed.for_each(|row| println!("  check {} {}", row.check, row.sentence));
            if verdict.targets.is_empty() && verdict.checks.is_empty() {
                println!("  it states no target and makes no check, so it proves nothing");
            }
            println!("  again: pinwheel run {}", file.display());
        }
    }
    println!("{passed} passed, {failed} failed");
    Ok(Exit::passed(failed == 0))
}

/// The verdict in the folder of a result, if there is one.
pub fn last_verdict(folder: &Path) -> Result<Option<Verdict>, Failure> {
    let path = folder.join(VERDICT);
    let Ok(text) = fs::read_to_string(&path) else { return Ok(None) };
    let bad = |error| Failure::bad_input(format!("{}: {error}", path.display()));
    serde_json::from_str(&text).map(Some).map_err(bad)
}

/// Whether a verdict is evidence: what cannot fail proves nothing.
pub fn stands(verdict: &Verdict) -> bool {
    verdict.passed && !(verdict.targets.is_empty() && verdict.checks.is_empty())
}

/// Steps of one run and the seconds each takes, roughly; `None` where nobody measured it.
fn cost(scenario: &Scenario) -> Option<(f64, f64)> {
    let Some(Network::Filecoin(settings)) = &scenario.network else { return None };
    let providers = f64::from(settings.providers);
    let (per_day, seconds) = match settings.detail {
        Detail::Deadline => (providers * DEADLINES_PER_DAY + EPOCHS_PER_DAY, SECONDS_PER_DEADLINE),
        Detail::Day => (providers, SECONDS_PER_PROVIDER_DAY),
    };
    Some((per_day * f64::from(scenario.horizon_days), seconds))
}

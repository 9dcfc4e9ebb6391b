//! `pinwheel check`: everything that can be known of a scenario without running it.

use std::fs;
use std::path::{Path, PathBuf};

use pinwheel_analysis::ci::{self, Suite};
use pinwheel_analysis::plot::axis::spoken;
use pinwheel_analysis::store::VERDICT;
use pinwheel_analysis::verdict::{Verdict, percent, runs_that_prove};
use pinwheel_models::networks::filecoin::settings::Detail;
use pinwheel_models::scenario::{self, Experiment, Invariant, Network, Scenario};

use crate::exit::{Exit, Failure};
use crate::{judged, network, scenarios};

/// Proving deadlines and epochs of a day.
const DEADLINES_PER_DAY: f64 = 48.0;
const EPOCHS_PER_DAY: f64 = 2_880.0;
/// Measured on one core of a 2023 server with the history scenario; good to a factor of three.
const SECONDS_PER_DEADLINE: f64 = 250e-9;
const SECONDS_PER_PROVIDER_DAY: f64 = 1.3e-6;

/// Check scenarios: syntax, units, references, cost; and, with --run, what they claim.
#[derive(clap::Args)]
#[command(after_help = "\
Every fault is told with file, line and what is allowed. With --run every scenario that can be read
is run into its folder and judged. The exit code is the gravest of all: 4 if pinwheel is at fault, 2
if a scenario is bad, 1 if one fails to meet a target, to keep an invariant or to hold a check, or
states none of these, 3 if a baseline is missing or has changed.

Examples:
  pinwheel check scenarios/filecoin/history.toml scenarios/reviews/fip0118.toml
  pinwheel check scenarios/connection --run
  pinwheel check scenarios --run --size ci --junit out/junit.xml --github \\
      --summary \"$GITHUB_STEP_SUMMARY\"")]
pub struct Args {
    /// Scenario files, and folders with such files
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Run them all and judge them
    #[arg(long)]
    run: bool,
    /// Folder below which each run has its own
    #[arg(short, long, value_name = "DIR", default_value = "out", requires = "run")]
    pub output: PathBuf,
    /// Run at the size of a section: small, ci or full; short for --set run.size=SIZE
    #[arg(long, value_name = "SIZE", requires = "run", value_parser = ["small", "ci", "full"])]
    pub size: Option<String>,
    /// Write the results as JUnit XML
    #[arg(long, value_name = "FILE", requires = "run")]
    pub junit: Option<PathBuf>,
    /// Print annotations for GitHub Actions
    #[arg(long)]
    pub github: bool,
    /// Append the results to a file as Markdown
    #[arg(long, value_name = "FILE", requires = "run")]
    pub summary: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let found = scenarios::find(&args.paths)?;
    for (path, reason) in &found.left_out {
        eprintln!("left out: {}: {reason}", path.display());
    }
    let exit = match args.run {
        true => judged::run(args, &found.files)?,
        false => told(&found.files, args.github),
    };
    for (path, reason) in &found.unread {
        eprintln!("not read: {}: {reason}", path.display());
    }
    Ok(if found.unread.is_empty() { exit } else { judged::gravest(&[exit, Exit::BadInput]) })
}

/// Tells what can be known of each scenario without running it.
fn told(files: &[PathBuf], github: bool) -> Exit {
    let mut exit = Exit::Pass;
    for file in files {
        // A fault of another size waits there until somebody runs it.
        let of_size = |size: &str| {
            scenario::load(file, &[("run.size".to_owned(), size.to_owned())]).map(drop)
        };
        let experiment = scenario::load(file, &[]);
        let experiment = experiment.and_then(|experiment| {
            scenario::SIZES.into_iter().try_for_each(of_size)?;
            Ok(experiment)
        });
        let experiment = match experiment {
            Ok(experiment) => experiment,
            Err(faults) => {
                faults.iter().for_each(|fault| eprintln!("{fault}"));
                let suite = Suite::bad(&file.display().to_string(), &faults);
                let lines = ci::annotations(&[suite]);
                lines.iter().filter(|_| github).for_each(|line| println!("{line}"));
                exit = Exit::BadInput;
                continue;
            }
        };
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
        unproven(&experiment).iter().for_each(|line| println!("  {line}"));
        if steps == 0.0 {
            continue;
        }
        let seconds = if seconds < 1.0 { "under 1".to_owned() } else { spoken(seconds.ceil()) };
        println!("  about {} steps, {seconds} s of one core", spoken(steps));
    }
    exit
}

/// A line for each invariant that so few runs cannot prove, even if all hold it.
pub fn unproven(experiment: &Experiment) -> Vec<String> {
    let line = |invariant: &Invariant| {
        let needed = runs_that_prove(invariant.hold_in)?;
        let (runs, share) = (experiment.runs, percent(invariant.hold_in));
        (u64::from(runs) < needed).then(|| {
            let id = &invariant.id;
            format!("invariant {id}: {runs} runs cannot prove {share} of all; it takes {needed}")
        })
    };
    experiment.invariants.iter().filter_map(line).collect()
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
    verdict.passed && verdict.stands_on_something()
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

//! `pinwheel check`: everything that can be known of a scenario without running it.

use std::path::PathBuf;

use pinwheel_analysis::judge::ci::{self, Suite};
use pinwheel_analysis::judge::verdict::runs_that_prove;
use pinwheel_analysis::wording::{format_number, percent};
use pinwheel_models::describe::NetworkSettings;
use pinwheel_models::scenario::{self, Experiment, Invariant, Scenario};

use crate::exit::{Exit, Failure};
use crate::{check_run, scenarios};

/// Check scenarios: syntax, units, references, cost; and, with --run, what they claim.
#[derive(clap::Args)]
#[command(after_help = "\
Every fault is told with file, line and what is allowed. With --run every scenario that can be read
is run into its folder and judged; where [[backtest.limit]] asks something of forecasts, so is its
backtest, into a folder NAME.backtest. With --mutants each [[mutant]] of a scenario, the same with
something made wrong, is run too, and must be noticed by the targets it names. The exit code is the
gravest of all: 4 if pinwheel is at fault, 2 if a scenario is bad, 5 if the machine failed, 1 if one
fails to meet a target or a limit, to keep an invariant or to hold a check, or states none of these,
3 if a baseline is missing or has changed, and 1 again if one is undecided.

Examples:
  pinwheel check scenarios/filecoin/history.toml scenarios/reviews/fip0118.toml
  pinwheel check scenarios/connection --run
  pinwheel check scenarios/filecoin/history.toml --run --mutants
  pinwheel check scenarios --run --size ci --junit out/junit.xml --github \\
      --summary \"$GITHUB_STEP_SUMMARY\"")]
pub struct Args {
    /// Scenario files, and folders with such files
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Run them all and judge them
    #[arg(long)]
    pub run: bool,
    /// Run the mutants of each scenario: every one must be noticed by the targets it names
    #[arg(long)]
    pub mutants: bool,
    /// Folder below which each run has its own
    #[arg(short, long, value_name = "DIR", default_value = "out", requires = "run")]
    pub output: PathBuf,
    /// Run at the size of a section: small, ci or full; short for --set run.size=SIZE
    #[arg(long, value_name = "SIZE", value_parser = ["small", "ci", "full"])]
    pub size: Option<String>,
    /// Write the results as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Print annotations for GitHub Actions
    #[arg(long)]
    pub github: bool,
    /// Append the results to a file as Markdown
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let found = scenarios::find(&args.paths)?;
    for (path, reason) in &found.left_out {
        eprintln!("left out: {}: {reason}", path.display());
    }
    let exit = match args.run || args.mutants {
        true => check_run::run(args, &found.files)?,
        false if args.junit.is_some() || args.summary.is_some() || args.size.is_some() => {
            let message = "--junit, --summary and --size go with --run or --mutants";
            return Err(Failure::bad_input(message));
        }
        false => print_checked(&found.files, args.github),
    };
    for (path, reason) in &found.unread {
        eprintln!("not read: {}: {reason}", path.display());
    }
    Ok(if found.unread.is_empty() { exit } else { check_run::gravest(&[exit, Exit::BadInput]) })
}

/// Tells what can be known of each scenario without running it.
fn print_checked(files: &[PathBuf], github: bool) -> Exit {
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
                lines.iter().filter(|_| github).for_each(|line| outln!("{line}"));
                exit = Exit::BadInput;
                continue;
            }
        };
        outln!("{}: ok", file.display());
        print_points(&experiment);
    }
    exit
}

/// A line for each point, what cannot be proven, and what the runs will cost.
fn print_points(experiment: &Experiment) {
    let runs = f64::from(experiment.runs);
    let (mut steps, mut seconds) = (0.0, 0.0);
    for point in &experiment.points {
        let Scenario { horizon_days, start, networks, .. } = &point.scenario;
        let participants = networks.iter().map(|network| network.settings.participants() + ", ");
        let participants: String = participants.collect();
        outln!(
            "  {}: {horizon_days} d from {start}, {participants}rules {}, seed {}, runs {}",
            point.id,
            point.scenario.rules(),
            experiment.seed,
            experiment.runs
        );
        for cost in networks.iter().filter_map(|network| network.settings.cost()) {
            let point_steps = cost.steps_per_day * f64::from(*horizon_days);
            steps += runs * point_steps;
            seconds += runs * point_steps * cost.seconds_per_step;
        }
    }
    unproven(experiment).iter().for_each(|line| outln!("  {line}"));
    if steps == 0.0 {
        return;
    }
    let seconds = if seconds < 1.0 { "under 1".to_owned() } else { format_number(seconds.ceil()) };
    let layers = experiment.points.iter().any(|point| !point.scenario.layers.names().is_empty());
    let whose = if layers { " of the networks, without the layers" } else { "" };
    outln!("  about {} steps{whose}, {seconds} s of one core", format_number(steps));
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

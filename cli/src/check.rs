//! `pinwheel check`: everything that can be known of a scenario without running it.

use std::path::PathBuf;

use pinwheel_models::networks::filecoin::settings::Detail;
use pinwheel_models::scenario::{Network, Scenario};

use crate::exit::{Exit, Failure};
use crate::network;
use crate::run::load;

/// Proving deadlines and epochs of a day.
const DEADLINES_PER_DAY: f64 = 48.0;
const EPOCHS_PER_DAY: f64 = 2_880.0;
/// Measured on one core of a 2023 server; good to a factor of three.
const SECONDS_PER_EVENT: f64 = 400e-9;

/// Check scenarios: syntax, units, references, cost. Nothing is run.
#[derive(clap::Args)]
#[command(after_help = "\
Every fault is told with file, line and what is allowed. The exit code is 2 if there is any.

Example:
  pinwheel check scenarios/filecoin/history.toml scenarios/reviews/fip0118.toml")]
pub struct Args {
    /// Scenario files
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let mut exit = Exit::Pass;
    for file in &args.files {
        let experiment = match load(file, &[]) {
            Ok(experiment) => experiment,
            Err(failure) => {
                eprintln!("{}", failure.message);
                exit = failure.exit;
                continue;
            }
        };
        println!("{}: ok", file.display());
        let runs = f64::from(experiment.runs);
        let mut events = 0.0;
        for point in &experiment.points {
            let Network::Filecoin(settings) = &point.scenario.network;
            println!(
                "  {}: {} d from {}, {} providers, rules {}, seed {}, runs {}",
                point.id,
                point.scenario.horizon_days,
                point.scenario.start,
                settings.providers,
                network::rules(&point.scenario),
                experiment.seed,
                experiment.runs
            );
            events += runs * events_of(&point.scenario);
        }
        println!(
            "  about {:.1} million events, {:.0} s of one core",
            events / 1e6,
            (events * SECONDS_PER_EVENT).ceil()
        );
    }
    Ok(exit)
}

/// Events of one run, roughly.
fn events_of(scenario: &Scenario) -> f64 {
    let Network::Filecoin(settings) = &scenario.network;
    let per_day = match settings.detail {
        Detail::Deadline => f64::from(settings.providers) * DEADLINES_PER_DAY + EPOCHS_PER_DAY,
        Detail::Day => f64::from(settings.providers),
    };
    per_day * f64::from(scenario.horizon_days)
}

//! `pinwheel check`: everything that can be known of a scenario without running it.

use std::path::PathBuf;

use pinwheel_analysis::plot::axis::spoken;
use pinwheel_models::networks::filecoin::settings::Detail;
use pinwheel_models::scenario::{Network, Scenario};

use crate::exit::{Exit, Failure};
use crate::network;
use crate::run::load;

/// Proving deadlines and epochs of a day.
const DEADLINES_PER_DAY: f64 = 48.0;
const EPOCHS_PER_DAY: f64 = 2_880.0;
/// Measured on one core of a 2023 server with the history scenario; good to a factor of three.
const SECONDS_PER_DEADLINE: f64 = 250e-9;
const SECONDS_PER_PROVIDER_DAY: f64 = 1.3e-6;

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
    Ok(exit)
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

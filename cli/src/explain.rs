//! `pinwheel explain`: what a name means, its unit, its range and where it comes from.

use pinwheel_models::networks::filecoin::parameters::Parameters;
use pinwheel_models::parameter::ParameterSpec;
use pinwheel_models::scenario::diagnostic::did_you_mean;

use crate::exit::{Exit, Failure};
use crate::network;

/// Explain a parameter or a metric: unit, source, default.
#[derive(clap::Args)]
#[command(after_help = "\
Without a name, every name is listed.

Examples:
  pinwheel explain
  pinwheel explain qa_power")]
pub struct Args {
    /// Parameter or metric
    name: Option<String>,
}

const PARAMETERS: &[ParameterSpec] = Parameters::SPECS;

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let Some(name) = &args.name else {
        println!("Parameters of filecoin (network.parameters.NAME in a scenario):");
        PARAMETERS.iter().for_each(|p| println!("  {:<34} {}", p.name, p.about));
        println!("\nMetrics (columns of the table, names for targets):");
        network::metrics().iter().for_each(|m| println!("  {:<34} {}", m.name, m.about));
        return Ok(Exit::Pass);
    };
    let mut found = false;
    for p in PARAMETERS.iter().filter(|p| p.name == name) {
        found = true;
        println!("{}: a parameter of filecoin\n  {}", p.name, p.about);
        println!("  unit     {}", if p.unit == "1" { "none (a ratio)" } else { p.unit });
        println!("  default  {}\n  allowed  {} to {}", p.default, p.minimum, p.maximum);
        println!("  source   {}", p.source);
    }
    for m in network::metrics().iter().filter(|m| m.name == name) {
        found = true;
        println!("{}: a metric\n  {}\n  unit     {}", m.name, m.about, m.unit);
        println!("  source   {}", m.source);
    }
    if found {
        return Ok(Exit::Pass);
    }
    let names = PARAMETERS.iter().map(|p| p.name).chain(network::metrics().iter().map(|m| m.name));
    Err(Failure::bad_input(format!("nothing is called {name:?}: {}", did_you_mean(name, names))))
}

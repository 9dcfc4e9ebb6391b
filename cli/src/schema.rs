//! `pinwheel schema`: the JSON Schema of scenario files.

use crate::exit::{Exit, Failure};

/// Print the JSON Schema of scenario files, for editors.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  pinwheel schema > scenario.schema.json
  Then, as the first line of a scenario: #:schema scenario.schema.json")]
pub struct Args {}

pub fn run(_: &Args) -> Result<Exit, Failure> {
    outln!("{:#}", pinwheel_models::scenario::schema());
    Ok(Exit::Pass)
}

//! `pinwheel new`.

use crate::exit::{Exit, Failure};

/// Write the skeleton of a network.
#[derive(clap::Args)]
pub struct Args {
    /// Name
    name: String,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    Err(Failure::bad_input(args.name.clone()))
}

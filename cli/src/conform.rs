//! `pinwheel conform`: vectors of others, met or not.

use std::path::PathBuf;

use crate::exit::{Exit, Failure};

/// Hold the implementation against vector files.
#[derive(clap::Args)]
#[command(after_help = "\
Suites: filecoin-reward-simple, filecoin-reward-baseline, filecoin-pledge.
The last line is `N passed, N failed`; the exit code is 1 if one failed.

Example:
  pinwheel conform filecoin-reward-simple vectors/reward-simple.txt")]
pub struct Args {
    /// Name of the suite
    suite: String,
    /// Vector files
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Largest vector file that is read.
const BYTES_MAX: u64 = 64 << 20;

pub fn run(_args: &Args) -> Result<Exit, Failure> {
    let _ = BYTES_MAX;
    Err(Failure::bad_input("no suite is built in"))
}

//! `pinwheel conform`: the implementation held against vectors of others.

use std::fs;
use std::path::{Path, PathBuf};

use pinwheel_models::networks::filecoin::conform::{self, SUITES};

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
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Largest vector file that is read.
const BYTES_MAX: u64 = 64 << 20;

pub fn run(args: &Args) -> Result<Exit, Failure> {
    if !SUITES.contains(&args.suite.as_str()) {
        let message = format!("unknown suite {:?}; known: {}", args.suite, SUITES.join(", "));
        return Err(Failure::bad_input(message));
    }
    let (mut passed, mut failed) = (0, 0);
    for file in &args.files {
        let found = conform::run(&args.suite, &read(file)?)
            .map_err(|message| Failure::bad_input(format!("{}: {message}", file.display())))?;
        passed += found.passed;
        failed += found.failed;
        found.failures.iter().for_each(|failure| println!("{}: {failure}", file.display()));
    }
    println!("{passed} passed, {failed} failed");
    Ok(Exit::passed(failed == 0))
}

fn read(file: &Path) -> Result<String, Failure> {
    let bad = |message: String| Failure::bad_input(format!("{}: {message}", file.display()));
    let size = fs::metadata(file).map_err(|error| bad(error.to_string()))?.len();
    if size > BYTES_MAX {
        return Err(bad(format!("{size} bytes, more than the {BYTES_MAX} that are read")));
    }
    fs::read_to_string(file).map_err(|error| bad(error.to_string()))
}

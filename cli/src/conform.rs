//! `pinwheel conform`: the implementation held against theory and against vectors of others.

use std::path::PathBuf;

use pinwheel_conform::{networks, vectors};
use pinwheel_models::registry;

use crate::exit::{Exit, Failure};
use crate::theory;

/// The suite of closed forms, which needs no files.
const THEORY: &str = "theory";

/// Hold the implementation against theory or against vector files.
#[derive(clap::Args)]
#[command(after_help = "\
Suites: theory (closed forms, no files), filecoin-reward-simple, filecoin-reward-baseline,
filecoin-pledge, networks (published numbers against runs of
scenarios). The last line is `N passed, N failed`; the exit code is 1 if one failed.

Examples:
  pinwheel conform theory
  pinwheel conform networks conform/vectors/networks.toml
  pinwheel conform filecoin-reward-simple vectors/reward-simple.txt")]
pub struct Args {
    /// Name of the suite
    suite: String,
    /// Vector files
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print the tables of `theory` as they stand in docs/validation/theory.md
    #[arg(long)]
    markdown: bool,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let is_theory = args.suite == THEORY;
    let suite = vectors::suite(&args.suite);
    if !is_theory && args.suite != networks::NAME && suite.is_none() {
        let known = registry::ALL.suites().map(|suite| suite.name).collect::<Vec<_>>().join(", ");
        let message =
            format!("unknown suite {:?}; known: {THEORY}, {}, {known}", args.suite, networks::NAME);
        return Err(Failure::bad_input(message));
    }
    if args.files.is_empty() != is_theory {
        let need = if is_theory { "takes no files" } else { "needs at least one vector file" };
        return Err(Failure::bad_input(format!("suite {} {need}", args.suite)));
    }
    if args.markdown && !is_theory {
        let message = format!("--markdown belongs to {THEORY}, not to {}", args.suite);
        return Err(Failure::bad_input(message));
    }
    if is_theory {
        return Ok(theory::run(args.markdown));
    }
    let (mut passed, mut failed) = (0, 0);
    for file in &args.files {
        let found = match suite {
            Some(suite) => vectors::run(suite, file),
            None => networks::run(file),
        };
        let found = found.map_err(Failure::bad_input)?;
        passed += found.passed;
        failed += found.failed;
        found.failures.iter().for_each(|failure| outln!("{}: {failure}", file.display()));
    }
    outln!("{passed} passed, {failed} failed");
    Ok(Exit::passed(failed == 0))
}

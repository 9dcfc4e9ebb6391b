#![forbid(unsafe_code)]
//! The `pinwheel` command: one match over its verbs.

#[macro_use]
mod screen;

mod backtest;
mod baseline;
mod calibrate;
mod check;
mod check_run;
mod compare;
mod conform;
mod coverage;
mod estimate;
mod exit;
mod explain;
mod glossary;
mod input;
mod map;
mod new;
mod plan;
mod profile;
mod progress;
mod replay;
mod replay_until;
mod report;
mod review;
mod run;
mod scenarios;
mod schema;
mod summary;
mod theory;

use clap::{Parser, Subcommand};

use exit::Exit;

/// Simulates decentralised physical infrastructure networks: the same file, seed and version give
/// the same result on every machine.
#[derive(Parser)]
#[command(name = "pinwheel", version, after_help = exit::TABLE)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Run(run::Args),
    Check(check::Args),
    Backtest(backtest::Args),
    Calibrate(calibrate::Args),
    Replay(replay::Args),
    Report(report::Args),
    Card(report::CardArgs),
    Baseline(baseline::Args),
    Plan(plan::PlanArgs),
    Shard(plan::ShardArgs),
    Merge(plan::MergeArgs),
    Compare(compare::Args),
    Map(map::Args),
    New(new::Args),
    Explain(explain::Args),
    Schema(schema::Args),
    Conform(conform::Args),
    Coverage(coverage::Args),
    Review(review::Args),
}

fn main() -> std::process::ExitCode {
    let verb = match Cli::try_parse() {
        Ok(cli) => cli.verb,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::BadInput } else { Exit::Pass };
            let _ = error.print();
            return exit.code();
        }
    };
    let done = std::panic::catch_unwind(|| match verb {
        Verb::Run(args) => run::run(&args),
        Verb::Check(args) => check::run(&args),
        Verb::Backtest(args) => backtest::run(&args),
        Verb::Calibrate(args) => calibrate::run(&args),
        Verb::Replay(args) => replay::run(&args),
        Verb::Report(args) => report::run(&args),
        Verb::Card(args) => report::card(&args),
        Verb::Baseline(args) => baseline::run(&args),
        Verb::Plan(args) => plan::plan(&args),
        Verb::Shard(args) => plan::shard(&args),
        Verb::Merge(args) => plan::merge(&args),
        Verb::Compare(args) => compare::run(&args),
        Verb::Map(args) => map::run(&args),
        Verb::New(args) => new::run(&args),
        Verb::Explain(args) => explain::run(&args),
        Verb::Schema(args) => schema::run(&args),
        Verb::Conform(args) => conform::run(&args),
        Verb::Coverage(args) => coverage::run(&args),
        Verb::Review(args) => review::run(&args),
    });
    match done {
        Ok(Ok(exit)) => exit.code(),
        Ok(Err(failure)) => {
            eprintln!("pinwheel: {}", failure.message);
            failure.exit.code()
        }
        Err(_) => {
            eprintln!("pinwheel: this is a fault of pinwheel; nothing was written");
            Exit::EngineFault.code()
        }
    }
}

//! The fingerprint of a scenario's first run, and nothing else: no threads, no output folder.
//!
//! `cargo run --release -p pinwheel-models --example fingerprint -- SCENARIO [KEY=VALUE]...`
//!
//! One line a point: its id, the fingerprint, and the ingredients it is made of. Two machines that
//! print the same line have run the same events, posted the same amounts in the same order and
//! come to the same state. tests/portability.sh compares builds and processors with it.

use std::path::Path;
use std::process::ExitCode;

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::scenario::{self, Point};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let parsed = arguments.split_first().and_then(|(file, keys)| {
        let pair = |text: &String| text.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()));
        Some((file, keys.iter().map(pair).collect::<Option<Vec<_>>>()?))
    });
    let Some((file, overrides)) = parsed else {
        eprintln!("usage: fingerprint SCENARIO [KEY=VALUE]...");
        return ExitCode::from(2);
    };
    let experiment = match scenario::load(Path::new(file), &overrides) {
        Ok(experiment) => experiment,
        Err(faults) => {
            faults.iter().for_each(|fault| eprintln!("{fault}"));
            return ExitCode::from(2);
        }
    };
    let mut code = ExitCode::SUCCESS;
    for point in &experiment.points {
        if !print_run(point, experiment.seed) {
            code = ExitCode::FAILURE;
        }
    }
    code
}

/// Runs a point to its horizon and prints its line; false if a check was breached on the way.
fn print_run(point: &Point, seed: u64) -> bool {
    let streams = Streams::new(seed, 0);
    let mut run = Simulation::new(point.scenario.world(&streams), streams);
    for day in 1..=u64::from(point.scenario.horizon_days) {
        run.run_until(SimTime::ZERO + SimDuration::from_days(day));
        run.ctx.records.drain();
    }
    let print = &run.ctx.fingerprint;
    let [time, ledger, state] = [print.time, print.ledger, print.state].map(|part| part.value());
    println!(
        "{} {} time={time:016x} ledger={ledger:016x} state={state:016x}",
        point.id,
        print.hex()
    );
    if let Some(breach) = run.ctx.checks.breach() {
        eprintln!("{}: {} at {}: {}", point.id, breach.check, breach.time, breach.detail);
    }
    !run.ctx.checks.breached()
}

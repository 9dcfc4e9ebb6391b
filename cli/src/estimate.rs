//! What an ensemble will cost, told before it starts: runs, computing time, disk.

#![expect(clippy::disallowed_types, reason = "the user waits by a wall clock; runs have none")]

use std::io::{BufRead, IsTerminal, Write};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use pinwheel_analysis::ensemble::{Keep, step_day};
use pinwheel_analysis::plot::axis::{grouped, spoken};
use pinwheel_analysis::work::jobs;
use pinwheel_core::{Simulation, Streams};
use pinwheel_models::scenario::Experiment;

use crate::exit::{Exit, Failure};
use crate::network;

/// How long the beginning of the first run is tried.
const TRIAL: Duration = Duration::from_millis(400);
/// Computing time from which the user is asked.
const ASKED_FROM: Duration = Duration::from_secs(120);
/// Bytes of a row: in the file of a run, and in the table, measured on the shipped scenarios.
const ROW_BYTES: f64 = 37.0 + 8.0;

/// Tells what an ensemble will cost and asks whether to go on where that is much. A single run is
/// not tried beforehand: its progress tells the same.
pub fn announce(
    experiment: &Experiment,
    threads: usize,
    yes: bool,
    quiet: bool,
) -> Result<(), Failure> {
    let runs = jobs(experiment).len();
    if runs < 2 || (quiet && yes) {
        return Ok(());
    }
    let (seconds, rows) = trial(experiment);
    let computing = Duration::from_secs_f64(seconds.min(1e12));
    if !quiet {
        eprintln!(
            "{} runs ({} points x {}): about {} of computing on {threads} threads, {} on disk",
            grouped(runs as f64, 0),
            experiment.points.len(),
            experiment.runs,
            time(computing),
            bytes(rows * ROW_BYTES)
        );
    }
    if yes || computing < ASKED_FROM {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        let message = format!(
            "about {} of computing: add --yes to go on without being asked, or take fewer runs \
             with --set ensemble.runs=N",
            time(computing)
        );
        return Err(Failure::bad_input(message));
    }
    eprint!("go on? [y/N] ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    match read.is_ok() && answer.trim().eq_ignore_ascii_case("y") {
        true => Ok(()),
        false => Err(Failure { exit: Exit::Stopped, message: "not started".to_owned() }),
    }
}

/// Seconds of one core and rows of all runs, from the first days of the first run.
fn trial(experiment: &Experiment) -> (f64, f64) {
    let start = Instant::now();
    let streams = Streams::new(experiment.seed, 0);
    let scenario = &experiment.points[0].scenario;
    let mut simulation = Simulation::new(network::build(scenario, &streams), streams);
    let building = start.elapsed();
    let keep = Keep::new(experiment, &experiment.points[0], network::metrics());
    let (mut days, mut wanted, mut kept) = (0, 0u64, 0u64);
    let stop = AtomicBool::new(false);
    while days < scenario.horizon_days && start.elapsed() < TRIAL {
        days += 1;
        if step_day(&mut simulation, days, &stop).is_err() {
            break;
        }
        for row in simulation.ctx.records.drain().iter().filter(|row| keep.is_wanted(row)) {
            wanted += 1;
            kept += u64::from(keep.keeps(row, days));
        }
    }
    let all: u64 = experiment.points.iter().map(|p| u64::from(p.scenario.horizon_days)).sum();
    let times = all as f64 * f64::from(experiment.runs) / f64::from(days.max(1));
    let every_days = experiment.output.every_days;
    // Too few days tried to have met those that are kept.
    let kept = match days < 2 * every_days {
        true => wanted as f64 / f64::from(every_days),
        false => kept as f64,
    };
    let stepping = (start.elapsed() - building).as_secs_f64();
    (building.as_secs_f64() * jobs(experiment).len() as f64 + stepping * times, kept * times)
}

/// "40 s", "12 min", "3.5 h"
fn time(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 1.0 => "1 s".to_owned(),
        seconds if seconds < 120.0 => format!("{seconds:.0} s"),
        seconds if seconds < 7_200.0 => format!("{:.0} min", seconds / 60.0),
        seconds => format!("{} h", spoken(seconds / 3_600.0)),
    }
}

/// "3 MB", "1.2 GB"
fn bytes(bytes: f64) -> String {
    match bytes {
        bytes if bytes < 1e6 => "under 1 MB".to_owned(),
        bytes if bytes < 1e9 => format!("{:.0} MB", bytes / 1e6),
        bytes => format!("{:.1} GB", bytes / 1e9),
    }
}

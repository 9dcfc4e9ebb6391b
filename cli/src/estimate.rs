//! What an ensemble will cost, told before it starts: runs, computing time, disk.

use std::io::{BufRead, IsTerminal, Write};
use std::time::Duration;

use pinwheel_analysis::experiment::Study;
use pinwheel_analysis::experiment::estimate::estimate;
use pinwheel_analysis::wording::{format_number, grouped};

use crate::exit::{Exit, Failure};

/// Computing time from which the user is asked.
const ASKED_FROM: Duration = Duration::from_secs(120);

/// Tells what an ensemble will cost and asks whether to go on where that is much. A single run is
/// not tried beforehand: its progress tells the same.
pub fn announce(study: &Study, threads: usize, yes: bool, quiet: bool) -> Result<(), Failure> {
    let experiment = &study.experiment;
    let runs = study.jobs().len();
    if runs < 2 || (quiet && yes) {
        return Ok(());
    }
    let estimate = estimate(study);
    let computing = Duration::from_secs_f64(estimate.seconds.min(1e12));
    if !quiet {
        eprintln!(
            "{} runs ({} points x {}): about {} of computing on {threads} threads, {} on disk",
            grouped(runs as f64, 0),
            experiment.points.len(),
            experiment.runs,
            time(computing),
            bytes(estimate.bytes)
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

/// "40 s", "12 min", "3.5 h"
fn time(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 1.0 => "1 s".to_owned(),
        seconds if seconds < 120.0 => format!("{seconds:.0} s"),
        seconds if seconds < 7_200.0 => format!("{:.0} min", seconds / 60.0),
        seconds => format!("{} h", format_number(seconds / 3_600.0)),
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

//! `pinwheel baseline`: numbers that somebody agreed to, and results held against them.

use std::fs;
use std::path::{Path, PathBuf};

use pinwheel_analysis::Error;
use pinwheel_analysis::experiment::Study;
use pinwheel_analysis::judge::baseline::{
    Accepted, BaselineRow, BaselineStanding, BaselineVerdict,
};
use pinwheel_analysis::judge::verdict::Verdict;
use pinwheel_analysis::record::manifest::OUTCOMES;
use pinwheel_analysis::record::outcomes::OutcomeTable;
use pinwheel_analysis::record::store::Store;
use pinwheel_analysis::wording::format_number;
use pinwheel_models::scenario::Experiment;

use crate::exit::{Exit, Failure};
use crate::summary::{grid, number};

/// Accept the outcomes of a result, or show what was accepted.
#[derive(clap::Args)]
#[command(after_help = "\
A scenario with [baseline] file = \"baselines/name.json\" is held against that file by `pinwheel run`
and `pinwheel check --run`: exit code 3 if it is missing, or if an outcome has moved by more
than `relative`. `accept` writes it from a result folder; it belongs into version control.

Examples:
  pinwheel baseline accept out/fip-0118 --reason \"first accepted numbers\" --date 2026-11-25
  pinwheel baseline show scenarios/reviews/fip0118.toml")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Write the outcomes of a result as the accepted ones
    Accept {
        /// Folder of a result
        folder: PathBuf,
        /// Why these numbers are right; kept in the file
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Date to note in the file; none is taken from the clock
        #[arg(long, value_name = "DATE")]
        date: Option<jiff::civil::Date>,
    },
    /// Show the accepted outcomes of a scenario
    Show {
        /// Scenario file (TOML)
        file: PathBuf,
    },
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::Accept { folder, reason, date } => {
            accept(folder, reason, date.map(|date| date.to_string()))
        }
        Verb::Show { file } => show(file),
    }
}

fn accept(folder: &Path, reason: &str, date: Option<String>) -> Result<Exit, Failure> {
    if reason.trim().is_empty() || reason.len() > 1_000 {
        return Err(Failure::bad_input("--reason: say why, in 1 to 1000 bytes"));
    }
    let store = Store::open(folder)?;
    let stopped = Verdict::read(folder)?.breaches.len();
    if stopped > 0 {
        let (folder, runs) = (folder.display(), store.manifest.runs.len());
        let message = format!(
            "{folder}: {stopped} of {runs} runs were stopped at a breach and have no outcomes\n  \
             help: mend what was breached, or let it warn, and accept whole runs"
        );
        return Err(Failure::bad_input(message));
    }
    let manifest = store.manifest;
    let experiment = Study::again(&manifest)?.experiment;
    let path = path_of(&experiment, &manifest.scenario)?;
    let table = OutcomeTable::read(&folder.join(OUTCOMES))?;
    let accepted = Accepted::of(&experiment, &manifest, &table, reason.trim(), date);
    if let Some(empty) = accepted.outcomes.iter().find(|outcome| outcome.median.is_none()) {
        let (outcome, point) = (&empty.outcome, &empty.point);
        let message = format!("outcome {outcome} has no value in any run of {point}");
        return Err(Failure::bad_input(message));
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(Error::at(parent))?;
    }
    // Beside it first: a baseline is whole or the old one.
    let partial = path.with_extension("partial");
    fs::write(&partial, accepted.to_json()).map_err(Error::at(&partial))?;
    fs::rename(&partial, &path).map_err(Error::at(&path))?;
    outln!("{}: {} outcomes accepted: {}", path.display(), accepted.outcomes.len(), reason.trim());
    Ok(Exit::Pass)
}

fn show(file: &Path) -> Result<Exit, Failure> {
    let experiment = Study::load(file, &[])?.experiment;
    let path = path_of(&experiment, &file.display().to_string())?;
    let Some(accepted) = Accepted::read(&path)? else {
        outln!("{}: missing; {}", path.display(), how_to(&experiment));
        return Ok(Exit::Baseline);
    };
    let date = accepted.date.as_ref().map_or(String::new(), |date| format!(" on {date}"));
    outln!("{}: accepted{date}: {}", path.display(), accepted.reason);
    outln!("seed {}, {} runs, version {}", accepted.seed, accepted.runs, accepted.version);
    outln!("fingerprint {}\n", accepted.fingerprint);
    let mut grid = grid(&["outcome", "point", "median", "unit"]);
    for outcome in &accepted.outcomes {
        grid.add_row(vec![
            outcome.outcome.as_str().into(),
            outcome.point.as_str().into(),
            number(outcome.median.map_or("\u{2013}".to_owned(), format_number)),
            outcome.unit.as_str().into(),
        ]);
    }
    outln!("{grid}");
    Ok(Exit::Pass)
}

fn path_of(experiment: &Experiment, scenario: &str) -> Result<PathBuf, Failure> {
    if experiment.outcomes.is_empty() {
        let message = format!("{scenario} states no outcome; add [[outcome]] with id and value");
        return Err(Failure::bad_input(message));
    }
    let path = experiment.baseline.as_ref().map(|baseline| baseline.path.clone());
    path.ok_or_else(|| {
        let file = format!("baselines/{}.json", experiment.name);
        let help = format!("add [baseline] with file = \"{file}\"");
        Failure::bad_input(format!("{scenario} names no baseline; {help}"))
    })
}

fn how_to(experiment: &Experiment) -> String {
    let name = &experiment.name;
    format!("run it, then: pinwheel baseline accept out/{name} --reason \"...\"")
}

/// How a result stands to the accepted numbers, as text for the terminal.
pub fn text(verdict: &BaselineVerdict) -> String {
    let mut text = format!("baseline: {}\n", verdict.sentence());
    if verdict.standing == BaselineStanding::Missing {
        text += "  look at the outcomes, then: pinwheel baseline accept DIR --reason \"...\"\n";
    }
    let moved = |row: &&BaselineRow| !row.held || row.change != Some(0.0);
    if verdict.rows.iter().any(|row| moved(&row)) {
        let mut grid = grid(&["", "outcome", "point", "accepted", "now", "unit", "sentence"]);
        let shown = |value: Option<f64>| number(value.map_or("\u{2013}".to_owned(), format_number));
        for row in verdict.rows.iter().filter(moved) {
            grid.add_row(vec![
                if row.held { "ok" } else { "CHANGED" }.into(),
                row.outcome.as_str().into(),
                row.point.as_str().into(),
                shown(row.accepted),
                shown(row.now),
                row.unit.as_str().into(),
                row.sentence.as_str().into(),
            ]);
        }
        text += &format!("{grid}\n");
    }
    for note in &verdict.notes {
        text += &format!("note: {note}\n");
    }
    text
}

//! A cut history: before the cut nothing changes, after it nothing later is read.

use std::fs;
use std::path::Path;

use jiff::civil::date;
use pinwheel_models::networks::filecoin::metrics::METRICS;

use super::history::{HISTORY, STATE};
use super::{Run, scenarios};

/// Days of the run that are known: 2022-10-10 to 2023-02-07.
const KNOWN_DAYS: usize = 120;
const DAYS: usize = 180;

/// A scenario with this history, cut where `forecast` says, if at all.
fn run(history: &str, forecast: &str) -> Run {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("history.csv"), history).expect("written");
    fs::copy(scenarios().join(STATE), folder.path().join("state.toml")).expect("copied");
    let scenario = format!(
        "schema = 1
meta = {{ name = \"cut\", question = \"What comes after the cut?\" }}
run = {{ start = 2022-10-10, horizon = \"{DAYS} d\" }}
[network]
kind = \"filecoin\"
detail = \"day\"
providers = 50
initial = \"state.toml\"
history = \"history.csv\"
{forecast}
"
    );
    let path = folder.path().join("cut.toml");
    fs::write(&path, scenario).expect("written");
    Run::of(Path::new(&path), &[])
}

const CUT: &str = "forecast = { from = 2023-02-07 }";

fn shipped() -> String {
    fs::read_to_string(scenarios().join(HISTORY)).expect("the history is shipped")
}

/// The history with every number after the cut replaced by that of another day, ten times as large
/// or a tenth of it.
fn scrambled(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let cut = date(2023, 2, 7);
    let mut out = vec![lines[0].to_owned()];
    for (place, line) in lines.iter().enumerate().skip(1) {
        let (day, cells) = line.split_once(',').expect("a date and numbers");
        if day.parse::<jiff::civil::Date>().expect("a date") <= cut {
            out.push((*line).to_owned());
            continue;
        }
        let factor = if place % 2 == 0 { 10.0 } else { 0.1 };
        let number = |cell: &str| cell.parse::<f64>().expect("a number");
        // The renewal rate is a share.
        let scale = |(place, cell)| match place {
            7 => (number(cell) * 0.5).to_string(),
            _ => (number(cell) * factor).to_string(),
        };
        let cells: Vec<String> = cells.split(',').enumerate().map(scale).collect();
        out.push(format!("{day},{}", cells.join(",")));
    }
    out.join("\n")
}

#[test]
fn what_comes_after_the_cut_changes_no_simulated_value() {
    let (text, other) = (shipped(), scrambled(&shipped()));
    let (seen, unseen) = (run(&text, CUT), run(&other, CUT));
    for spec in METRICS.iter().filter(|spec| seen.has(spec.name)) {
        assert_eq!(seen.daily(spec.name), unseen.daily(spec.name), "{}", spec.name);
    }
    assert_eq!(seen.fingerprint, unseen.fingerprint);
    // What is told to the judge is what stands in the file, so the files did differ.
    let (told, told_other) = (seen.observed("raw_power"), unseen.observed("raw_power"));
    assert_eq!(told.len(), DAYS);
    assert_eq!(told[..KNOWN_DAYS], told_other[..KNOWN_DAYS]);
    assert!((KNOWN_DAYS..DAYS).all(|day| told[day] != told_other[day]));
    // Without the cut, the same change of the file changes the run.
    assert_ne!(run(&text, "").fingerprint, run(&other, "").fingerprint);
}

#[test]
fn a_cut_changes_nothing_before_it_and_all_after_it() {
    let (whole, cut) = (run(&shipped(), ""), run(&shipped(), CUT));
    for metric in ["raw_power", "qa_power", "onboarded_raw", "supply_burned"] {
        let (whole, cut) = (whole.daily(metric), cut.daily(metric));
        assert_eq!(whole[..KNOWN_DAYS], cut[..KNOWN_DAYS], "{metric}");
        assert!((KNOWN_DAYS..DAYS).all(|day| whole[day] != cut[day]), "{metric}");
    }
}

#[test]
fn a_file_that_ends_with_the_cut_is_enough() {
    let text = shipped();
    let known: Vec<&str> = text.lines().take(KNOWN_DAYS + 2).collect();
    assert!(known.last().is_some_and(|line| line.starts_with("2023-02-07")));
    let (short, long) = (run(&known.join("\n"), CUT), run(&text, CUT));
    assert_eq!(short.fingerprint, long.fingerprint);
    assert_eq!(short.observed("raw_power").len(), KNOWN_DAYS);
}

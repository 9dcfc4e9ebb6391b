//! A calibration finds the parameter again that its data were made with.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use pinwheel_analysis::experiment::calibrate::{EVALUATIONS, RESULT, calibrate, traces};
use pinwheel_analysis::experiment::{Control, Study};
use pinwheel_analysis::run::ensemble::Unwatched;

/// Rate of early terminations that the data are made with, and the last day that the fit sees.
const TRUTH_PER_YEAR: f64 = 0.137;
const DAYS: u32 = 60;

fn scenario(folder: &Path, history: &str) -> PathBuf {
    let file = folder.join("own.toml");
    let text = format!(
        "schema = 1
meta = {{ name = \"own\", question = \"Is a known parameter found again?\" }}
run = {{ start = 2022-10-10, horizon = \"{DAYS} d\" }}
[network]
kind = \"filecoin\"
detail = \"day\"
providers = 20
initial = \"state.toml\"
history = \"{history}\"
[calibration]
metric = \"raw_power\"
verdict_from = 2022-11-20
evaluations = 24
starts = 1
[calibration.fit]
\"network.parameters.early_termination_rate\" = [\"0 1/y\", \"0.9 1/y\"]
"
    );
    fs::write(&file, text).expect("written");
    file
}

/// The shipped history with the raw power that the model itself has at the known rate.
fn own_history(folder: &Path, file: &Path) -> String {
    let truth = format!("\"{TRUTH_PER_YEAR} 1/y\"");
    let key = "network.parameters.early_termination_rate".to_owned();
    let study = Study::load(file, &[(key, truth)]).expect("the scenario is sound");
    let stop = AtomicBool::new(false);
    let control = Control { threads: 1, stop: &stop, watcher: &Unwatched };
    let traces = traces(&study.experiment, "raw_power", DAYS, &control).expect("it runs");
    let text = fs::read_to_string(folder.join("shipped.csv")).expect("copied");
    let mut lines = text.lines().map(str::to_owned);
    let mut own = vec![lines.next().expect("a header"), lines.next().expect("the first day")];
    for (line, (_, power)) in lines.zip(&traces[0].simulated[0]) {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        cells[1] = power.to_string();
        own.push(cells.join(","));
    }
    own.join("\n")
}

#[test]
fn a_parameter_is_found_again_in_data_that_the_model_made_with_it() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/data/filecoin");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let shipped = data.join("network_daily_2022-10-10_2025-01-31.csv");
    fs::copy(shipped, folder.path().join("shipped.csv")).expect("copied");
    fs::copy(data.join("state_2022-10-10.toml"), folder.path().join("state.toml")).expect("copied");
    let file = scenario(folder.path(), "shipped.csv");
    let own = own_history(folder.path(), &file);
    fs::write(folder.path().join("own.csv"), own).expect("written");
    let file = scenario(folder.path(), "own.csv");
    let study = Study::load(&file, &[]).expect("the scenario is sound");
    let stop = AtomicBool::new(false);
    let control = Control { threads: 2, stop: &stop, watcher: &Unwatched };
    calibrate(&study, &folder.path().join("result"), &control, &|_, _, _| {}).expect("it fits");
    let result = fs::read_to_string(folder.path().join("result").join(RESULT)).expect("there");
    let result: serde_json::Value = serde_json::from_str(&result).expect("JSON");
    let fitted = result["keys"][0]["fitted"].as_f64().expect("a number");
    assert!((fitted - TRUTH_PER_YEAR).abs() < 0.005, "{result}");
    // The verdict window was made with the same parameter, and the fit has not seen it.
    let (before, after) = (&result["loss_before"], &result["loss_after"]);
    let loss = |of: &serde_json::Value| of["verdict"].as_f64().expect("a number");
    assert!(loss(after) < loss(before) / 5.0, "{result}");
    let table = fs::read_to_string(folder.path().join("result").join(EVALUATIONS));
    let evaluations = result["evaluations"].as_u64().expect("a count");
    assert_eq!(table.expect("there").lines().count() as u64, evaluations + 1);
}

//! The token economy: against the reference programs, against a plain reckoning, and its promises.

mod cookbook;
mod digests;
mod emissions;
mod equivalence;
mod hardware;
mod layer;
mod operators;
mod scenarios;
mod steps;
mod tokens;

use std::path::{Path, PathBuf};

use pinwheel_core::{Row, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::registry;
use pinwheel_models::scenario::{self, Experiment, Point};
use pinwheel_models::world::World;

/// A file of the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// A shipped scenario of this layer, with keys set.
fn load(file: &str, set: &[(&str, &str)]) -> Experiment {
    let path = repository("scenarios/mini").join(file);
    let set: Vec<_> = set.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    scenario::load(&path, &set).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// A scenario from its text, with keys set, or what is wrong with it.
fn read(text: &str, set: &[(String, String)]) -> Result<Experiment, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.toml");
    std::fs::write(&path, text).unwrap();
    scenario::load(&path, set).map_err(|faults| format!("{faults:#?}"))
}

/// A scenario from its text that is right.
fn load_text(text: &str, set: &[(String, String)]) -> Experiment {
    read(text, set).unwrap_or_else(|faults| panic!("{faults}"))
}

/// A run to the end of its horizon or to its first breach, and its rows.
fn run(point: &Point, seed: u64, number: u32) -> (Simulation<World>, Vec<Row>) {
    let streams = Streams::new(seed, number);
    let mut simulation = Simulation::new(point.scenario.world(&streams), streams);
    let days = u64::from(point.scenario.horizon_days);
    simulation.run_until(SimTime::ZERO + SimDuration::from_days(days));
    let rows = simulation.ctx.records.drain();
    (simulation, rows)
}

/// The values of a metric, in time.
fn series(rows: &[Row], name: &str) -> Vec<f64> {
    let metric = registry::ALL.find(name).expect("a metric").0;
    rows.iter().filter(|row| row.metric == metric).map(|row| row.value).collect()
}

/// The last value of a metric.
fn last(rows: &[Row], name: &str) -> f64 {
    *series(rows, name).last().unwrap_or_else(|| panic!("no row of {name}"))
}

//! A fleet at work, from scenario files to records: one binary for what devices need, draw and
//! serve, where they are and how they are linked.

mod behaviour;
mod scenarios;

use std::collections::BTreeMap;
use std::path::Path;

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::registry;
use pinwheel_models::scenario::{Experiment, Scenario, load};
use pinwheel_models::world::World;

/// A run and what it recorded: series by metric and label.
struct Run {
    simulation: Simulation<World>,
    series: BTreeMap<(String, String), Vec<f64>>,
}

impl Run {
    fn last(&self, metric: &str, label: &str) -> f64 {
        let series = self.series.get(&(metric.to_owned(), label.to_owned()));
        *series.and_then(|series| series.last()).unwrap_or_else(|| panic!("{metric} {label}"))
    }
}

fn days(scenario: &Scenario) -> SimTime {
    SimTime::ZERO + SimDuration::from_days(u64::from(scenario.horizon_days))
}

fn run(scenario: &Scenario, streams: Streams) -> Run {
    let mut simulation = Simulation::new(scenario.world(&streams), streams);
    simulation.run_until(days(scenario));
    finish(simulation)
}

fn finish(mut simulation: Simulation<World>) -> Run {
    let mut series: BTreeMap<_, Vec<f64>> = BTreeMap::new();
    let rows = simulation.ctx.records.drain();
    let labels = simulation.ctx.records.labels();
    for row in rows {
        let name = registry::ALL.spec(row.metric).name.to_owned();
        let label = labels[usize::from(row.label.0)].clone();
        series.entry((name, label)).or_default().push(row.value);
    }
    assert_eq!(simulation.ctx.checks.breach(), None);
    Run { simulation, series }
}

/// A scenario of this text, written beside the shipped ones so that it may refer to their data.
fn scenario(text: &str) -> Experiment {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("scenario.toml");
    let head = "schema = 1\nmeta = { name = \"test\" }\n\
                run = { start = 2026-01-01, horizon = \"20 d\" }\n";
    std::fs::write(&path, format!("{head}{text}")).expect("the file can be written");
    experiment(&path)
}

fn experiment(path: &Path) -> Experiment {
    load(path, &[]).unwrap_or_else(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", faults.join("\n"))
    })
}

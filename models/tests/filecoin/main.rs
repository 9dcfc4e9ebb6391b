//! Whole Filecoin runs, from scenario files to records: what the parts promise one by one must
//! still hold when they run together.

mod behaviour;
mod books;
mod forecast;
mod history;
mod proofs;
mod reckoning;
mod slashing;

use std::path::{Path, PathBuf};

use pinwheel_core::check::Tally;
use pinwheel_core::{Row, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::networks::filecoin::spec::SPEC;
use pinwheel_models::registry;
use pinwheel_models::scenario;

/// The folder of the scenarios that are shipped.
fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

/// All rows of one run.
struct Run {
    rows: Vec<Row>,
    labels: Vec<String>,
    fingerprint: String,
    tallies: Vec<Tally>,
}

impl Run {
    /// Runs the first point of a scenario to its horizon; no `always` check may break.
    fn of(path: &Path, overrides: &[(&str, &str)]) -> Run {
        let overrides: Vec<(String, String)> =
            overrides.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
        let experiment = scenario::load(path, &overrides).unwrap_or_else(|faults| {
            let faults: Vec<String> = faults.iter().map(|fault| fault.to_string()).collect();
            panic!("{}", faults.join("\n"))
        });
        let point = &experiment.points[0];
        let streams = Streams::new(experiment.seed, 0);
        let mut simulation = Simulation::new(point.scenario.world(&streams), streams);
        let days = point.scenario.horizon_days as u64;
        simulation.run_until(SimTime::ZERO + SimDuration::from_days(days));
        assert_eq!(simulation.ctx.checks.breach(), None);
        Run {
            rows: simulation.ctx.records.drain(),
            labels: simulation.ctx.records.labels().to_vec(),
            fingerprint: simulation.ctx.fingerprint.hex(),
            tallies: simulation.ctx.checks.tallies().to_vec(),
        }
    }

    /// The shipped smoke scenario, changed.
    fn of_smoke(overrides: &[(&str, &str)]) -> Run {
        Run::of(&scenarios().join("filecoin/smoke.toml"), overrides)
    }

    /// Rows of a metric without a label, day by day.
    fn rows(&self, metric: &str) -> Vec<&Row> {
        let wanted = SPEC.metric(metric);
        let of = |row: &&Row| row.metric == wanted && row.label.0 == 0;
        let rows: Vec<&Row> = self.rows.iter().filter(of).collect();
        assert!(!rows.is_empty(), "{metric} was recorded");
        rows
    }

    /// Whether a metric has rows without a label.
    fn has(&self, metric: &str) -> bool {
        let named = |row: &Row| registry::ALL.spec(row.metric).name == metric;
        self.rows.iter().any(|row| named(row) && row.label.0 == 0)
    }

    /// What was observed of a metric, day by day.
    fn observed(&self, metric: &str) -> Vec<f64> {
        let of = |row: &&Row| {
            registry::ALL.spec(row.metric).name == metric
                && self.labels[usize::from(row.label.0)] == "observed"
        };
        self.rows.iter().filter(of).map(|row| row.value).collect()
    }

    fn daily(&self, metric: &str) -> Vec<f64> {
        self.rows(metric).iter().map(|row| row.value).collect()
    }

    fn exact(&self, metric: &str) -> Vec<u128> {
        self.rows(metric).iter().map(|row| row.exact.expect("an amount")).collect()
    }

    /// Amounts of a metric with a label, day by day.
    fn exact_labelled(&self, metric: &str, label: &str) -> Vec<u128> {
        let wanted = SPEC.metric(metric);
        let of =
            |row: &&Row| row.metric == wanted && self.labels[usize::from(row.label.0)] == label;
        let rows = self.rows.iter().filter(of);
        let amounts: Vec<u128> = rows.map(|row| row.exact.expect("an amount")).collect();
        assert!(!amounts.is_empty(), "{metric} was recorded with {label}");
        amounts
    }

    fn last(&self, metric: &str) -> f64 {
        *self.daily(metric).last().expect("a row")
    }

    fn total(&self, metric: &str) -> f64 {
        self.daily(metric).iter().sum()
    }

    /// How often a check held.
    fn held(&self, check: &str) -> u64 {
        self.tallies.iter().find(|tally| tally.check == check).expect("a check").held
    }
}

//! Levers that are moved during a run: what a dated change does, and that it does nothing else.

mod ends;
mod filecoin;
mod generic;
mod layers;
mod read;

use std::path::{Path, PathBuf};

use pinwheel_core::snapshot::save;
use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::change::Change;
use pinwheel_models::describe::{Lever, Refused};
use pinwheel_models::registry;
use pinwheel_models::scenario::{self, NetworkEntry, Scenario};
use pinwheel_models::world::World;

/// A row by the names of its metric and label, with the bits of its value and its exact amount.
type Row = (SimTime, String, String, u64, Option<u128>);

/// The rows of a run but those of levers, and the digests of ledger and state.
#[derive(Debug, PartialEq)]
struct Outcome {
    rows: Vec<Row>,
    ledger: u64,
    levers: Vec<(SimTime, String, f64)>,
}

impl Outcome {
    /// The rows before an instant.
    fn before(&self, at: SimTime) -> Vec<&Row> {
        self.rows.iter().filter(|row| row.0 < at).collect()
    }

    /// The values of a metric with a label, in order.
    fn series(&self, metric: &str, label: &str) -> Vec<(SimTime, f64)> {
        let of = |row: &&Row| row.1 == metric && row.2 == label;
        self.rows.iter().filter(of).map(|row| (row.0, f64::from_bits(row.3))).collect()
    }
}

fn days(days: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_days(days)
}

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

/// The first point of a scenario with other keys laid over it.
fn load(path: &Path, keys: &[(&str, &str)]) -> Scenario {
    let keys: Vec<_> = keys.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let experiment = scenario::load(path, &keys).unwrap_or_else(|faults| {
        panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    });
    experiment.points.into_iter().next().expect("a point").scenario
}

/// All levers of a scenario by their keys.
fn levers(scenario: &Scenario) -> Vec<Lever> {
    let mut levers = scenario.layers.levers();
    levers.extend(scenario.networks.iter().flat_map(NetworkEntry::levers));
    let reviewed = scenario.review.is_some();
    levers.into_iter().map(|lever| lever.beside_review(reviewed)).collect()
}

/// The levers that may be moved.
fn movable(scenario: &Scenario) -> Vec<Lever> {
    levers(scenario).into_iter().filter(|lever| lever.fixed.is_none()).collect()
}

fn begun(scenario: &Scenario) -> Simulation<World> {
    let streams = Streams::new(11, 0);
    Simulation::new(scenario.world(&streams), streams)
}

/// Runs to the end, with levers set at instants.
fn run(scenario: &Scenario, moves: &[(SimTime, &str, f64)]) -> Outcome {
    let change = |(at, lever, to): &(SimTime, &str, f64)| Change {
        at: *at,
        lever: (*lever).to_owned(),
        unit: String::new(),
        from: 0.0,
        to: *to,
    };
    let changes = moves.iter().map(change).collect();
    let changed = Scenario { changes, ..scenario.clone() };
    outcome(begun(&changed), &changed)
}

fn set(run: &mut Simulation<World>, key: &str, value: f64) -> Result<(), Refused> {
    run.model.set(key, value, &mut run.ctx)
}

fn outcome(mut run: Simulation<World>, scenario: &Scenario) -> Outcome {
    run.run_until(days(u64::from(scenario.horizon_days)));
    assert_eq!(run.ctx.checks.breach(), None);
    let labels = run.ctx.records.labels().to_vec();
    let (mut rows, mut levers) = (Vec::new(), Vec::new());
    for row in run.ctx.records.drain() {
        let label = labels[usize::from(row.label.0)].clone();
        match registry::ALL.spec(row.metric).name {
            "lever_value" => levers.push((row.time, label, row.value)),
            // Of the clockwork: a change is an event too, which waits in the queue.
            "events_per_device" | "bytes_per_device" => {}
            name => rows.push((row.time, name.to_owned(), label, row.value.to_bits(), row.exact)),
        }
    }
    Outcome { rows, ledger: run.ctx.fingerprint.ledger.value(), levers }
}

/// What a dated change must be, for any scenario: no change if it sets the value that is there, and
/// none before its instant.
fn assert_acts_from_its_instant_on(scenario: &Scenario, at: SimTime) {
    let plain = run(scenario, &[]);
    let levers = movable(scenario);
    let same: Vec<_> = levers.iter().map(|lever| (at, lever.key.as_str(), lever.value)).collect();
    let unmoved = run(scenario, &same);
    assert_eq!(unmoved.levers.len(), levers.len(), "each is written down");
    assert_same(&unmoved, &plain, "the same values change nothing");
    let other: Vec<_> = levers.iter().map(|lever| (at, lever.key.as_str(), other(lever))).collect();
    let moved = run(scenario, &other);
    assert!(moved.before(at) == plain.before(at), "nothing changes before the instant");
    assert!(moved.rows != plain.rows, "and something after it");
}

/// The same rows and the same postings; the first row that differs is shown.
fn assert_same(one: &Outcome, other: &Outcome, what: &str) {
    let differs = one.rows.iter().zip(&other.rows).find(|(one, other)| one != other);
    assert_eq!(differs, None, "{what}");
    assert_eq!(one.rows.len(), other.rows.len(), "{what}");
    assert_eq!(one.ledger, other.ledger, "{what}");
}

/// Another value of a lever, not far from the present one.
fn other(lever: &Lever) -> f64 {
    let (low, high) = (lever.spec.minimum, lever.spec.maximum);
    let near = if lever.value == 0.0 { high.min(1.0) } else { (lever.value * 1.5).min(high) };
    let near = if near == lever.value { lever.value * 0.75 } else { near };
    if lever.spec.whole { (near + 1.0).floor().clamp(low, high) } else { near.clamp(low, high) }
}

/// Out of range, or no lever: refused, and the state is the same to the last byte.
fn assert_refuses(scenario: &Scenario) {
    let mut run = begun(scenario);
    run.run_until(days(1));
    let before = save(&run);
    for lever in levers(scenario) {
        for value in [lever.spec.minimum - 1.0, lever.spec.maximum * 2.0 + 1.0, f64::NAN] {
            let refused = set(&mut run, &lever.key, value);
            match lever.spec.whole || lever.fixed.is_none() {
                true => assert!(matches!(refused, Err(Refused::Range { .. })), "{}", lever.key),
                false => assert!(refused.is_err(), "{}: {refused:?}", lever.key),
            }
        }
    }
    for key in [
        "nothing",
        "network",
        "network.parameters.nothing",
        "network[7].parameters.x",
        "service.station[0].servers",
        "service.station[99].arrivals.mean",
        "data.nodes.count",
    ] {
        assert_eq!(set(&mut run, key, 1.0), Err(Refused::NoLever), "{key}");
    }
    assert!(save(&run) == before, "a refusal changes nothing");
}

//! The shipped scenarios of attacks and bridges: each variant runs without a breach and meets its
//! targets, in the small size.

use std::path::Path;

use pinwheel_core::{Row, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::registry;
use pinwheel_models::scenario::{self, Measure, Point, Target};
use pinwheel_models::world::World;

fn run(point: &Point, seed: u64) -> (Simulation<World>, Vec<Row>) {
    let streams = Streams::new(seed, 0);
    let world = point.scenario.world(&streams);
    let mut simulation = Simulation::new(world, streams);
    let days = u64::from(point.scenario.horizon_days);
    simulation.run_until(SimTime::ZERO + SimDuration::from_days(days));
    let rows = simulation.ctx.records.drain();
    (simulation, rows)
}

/// Whether the rows meet a target, and the value that decides.
fn judge(target: &Target, simulation: &Simulation<World>, rows: &[Row]) -> (bool, f64) {
    let labels = simulation.ctx.records.labels();
    let number = registry::ALL.find(&target.metric).expect("a metric").0;
    let of = |row: &&Row| row.metric == number && labels[usize::from(row.label.0)] == target.label;
    let mut values = rows.iter().filter(of).map(|row| row.value);
    match target.measure {
        Measure::Final { low, high } => {
            let value = values.next_back().unwrap_or(f64::NAN);
            ((low..=high).contains(&value), value)
        }
        Measure::Within { low, high, .. } => {
            let outside = values.find(|value| !(low..=high).contains(value));
            (outside.is_none(), outside.unwrap_or(low))
        }
        _ => panic!("{}: another measure", target.id),
    }
}

/// Runs every variant and returns the targets that are not met.
fn misses(file: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(file);
    let experiment = scenario::load(&path, &[]).unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert!(!experiment.targets.is_empty() && !experiment.requirements.is_empty(), "{file}");
    let mut misses = vec![];
    for point in &experiment.points {
        let (simulation, rows) = run(point, experiment.seed);
        let failed = simulation.ctx.checks.tallies().iter().filter(|tally| !tally.passed());
        misses.extend(failed.map(|tally| format!("{}: {tally:?}", point.id)));
        for target in &experiment.targets {
            if target.variant.as_ref().is_some_and(|variant| *variant != point.id) {
                continue;
            }
            let (met, value) = judge(target, &simulation, &rows);
            println!("{file} {} | {} | {value}", point.id, target.id);
            if !met {
                misses.push(format!("{file} {}: {} is {value}", point.id, target.id));
            }
        }
    }
    misses
}

macro_rules! shipped {
    ($($name:ident $file:literal,)*) => {
        $(#[test]
        fn $name() {
            assert_eq!(misses($file), Vec::<String>::new());
        })*
    };
}

shipped! {
    chain_reorg "chain/reorg.toml",
    double_spend "attacks/double_spend.toml",
    majority "attacks/majority.toml",
    selfish_mining "attacks/selfish_mining.toml",
    sybil "attacks/sybil.toml",
    spam "attacks/spam.toml",
    finality "attacks/finality.toml",
    censorship "attacks/censorship.toml",
    interop_homogeneous "challenges/interop_homogeneous.toml",
    interop_heterogeneous "challenges/interop_heterogeneous.toml",
    bridge_costs "challenges/bridge_costs.toml",
}

//! Promises of the layer in a world.

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};

use super::{last, load, run, series};

/// The values of one metric in base units.
fn exact(rows: &[pinwheel_core::Row], name: &str) -> Vec<u128> {
    let metric = pinwheel_models::registry::ALL.find(name).expect("a metric").0;
    let of = rows.iter().filter(|row| row.metric == metric);
    of.map(|row| row.exact.expect("an amount")).collect()
}

/// What is recorded adds up to the base unit on every day.
#[test]
fn every_token_is_somewhere_on_every_day() {
    for point in &load("demand-shock.toml", &[("run.horizon", "700 d")]).points {
        let (simulation, rows) = run(point, 1, 0);
        let names = ["tokens_circulating", "tokens_locked", "pool_tok", "tokens_burned"];
        let parts = names.map(|name| exact(&rows, name));
        let minted = exact(&rows, "tokens_minted");
        assert_eq!(minted.len(), 700);
        for (day, minted) in minted.iter().enumerate() {
            let sum: u128 = parts.iter().map(|part| part[day]).sum();
            assert_eq!(sum, *minted, "{} day {day}", point.id);
        }
        for tally in simulation.ctx.checks.tallies() {
            assert!(tally.passed() && tally.made > 0, "{}: {tally:?}", point.id);
            assert!(!tally.check.starts_with("economy") || tally.made == 700, "{tally:?}");
        }
    }
}

/// A fee that is not burned is paid: providers then earn more than the emission.
#[test]
fn payments_that_are_not_burned_are_rewards() {
    let of = |share: &str| {
        let set = [("network.step[1].share", share), ("run.horizon", "30 d")];
        run(&load("depin-mini.toml", &set).points[0], 1, 0).1
    };
    let (burned, paid) = (of("1"), of("0"));
    assert_eq!(last(&paid, "tokens_burned"), 0.0);
    assert!(last(&burned, "tokens_burned") > 500_000.0);
    assert_eq!(series(&burned, "rewards_value"), series(&burned, "emission_value"));
    assert!(last(&paid, "rewards_value") > 1.2 * last(&paid, "emission_value"));
}

/// A shock happens on its day and on no other, and runs meet the same noise with and without it.
#[test]
fn a_shock_scales_demand_from_its_day_on() {
    let experiment = load("demand-shock.toml", &[("run.horizon", "600 d")]);
    let of = |id: &str| {
        let point = experiment.points.iter().find(|point| point.id == id).expect("a variant");
        series(&run(point, 1, 0).1, "token_demand")
    };
    let (shocked, calm) = (of("all-on"), of("no-shock"));
    // 18 months of 30.4375 days, counted from zero; the record of a day is at its end.
    for (day, (shocked, calm)) in shocked.iter().zip(&calm).enumerate() {
        let owed = if day >= 548 { 0.4 } else { 1.0 };
        assert!((shocked / calm - owed).abs() < 1e-9, "day {day}: {shocked} of {calm}");
    }
}

/// Without a fleet, nodes are always up.
#[test]
fn without_infrastructure_every_node_serves() {
    let mut experiment =
        load("depin-mini.toml", &[("run.horizon", "60 d"), ("network.record_every", "1 d")]);
    experiment.points[0].scenario.layers.infrastructure = None;
    let (_, rows) = run(&experiment.points[0], 1, 0);
    assert!(series(&rows, "nodes_online").iter().all(|online| *online == 1_000.0));
}

/// A restored simulation goes on as the one that was not stopped.
#[test]
fn a_snapshot_keeps_losses_and_waits() {
    let set = [("network.operators.cost_median", "40 USD/d")];
    let point = &load("depin-mini.toml", &set).points[0];
    let streams = Streams::new(1, 0);
    let mut simulation = Simulation::new(point.scenario.world(&streams), streams);
    simulation.run_until(SimTime::ZERO + SimDuration::from_days(200));
    let model = postcard::to_allocvec(&simulation.model).expect("serializes");
    let mut other = simulation.clone();
    other.model = postcard::from_bytes(&model).expect("deserializes");
    for simulation in [&mut simulation, &mut other] {
        simulation.run_until(SimTime::ZERO + SimDuration::from_days(600));
    }
    assert_eq!(simulation.ctx.fingerprint.hex(), other.ctx.fingerprint.hex());
    let rows = simulation.ctx.records.drain();
    assert!(last(&rows, "nodes_left") > 100.0 && last(&rows, "nodes_entered") > 0.0);
}

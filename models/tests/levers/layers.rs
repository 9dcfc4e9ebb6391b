//! Changes of the layers.

use std::fs;

use super::{
    Outcome, assert_acts_from_its_instant_on, assert_refuses, begun, days, load, movable, other,
    outcome, run,
};
use pinwheel_core::SimDuration;
use pinwheel_models::scenario::Scenario;

/// A small world with every layer that has levers.
const WORLD: &str = r#"
schema = 1
[meta]
name = "levers"
[run]
start = 2026-01-01
horizon = "6 d"
[[infrastructure.class]]
id = "server"
count = 60
failure = { law = "exponential", mean = "3 d" }
repair = "20 h"
crews = 2
turnover = { prospects = "400 1/y", income = "10 USD/mo", needed = "10 USD/mo", needed_sigma = 1.0 }
[[service.station]]
id = "web"
arrivals = { law = "exponential", mean = "30 s" }
service = { law = "erlang", mean = "20 s", phases = 2 }
[connection]
devices = 20
interval = "10 min"
[connection.link]
loss = "2 %"
[[blockchain.chain]]
id = "main"
[blockchain.chain.load]
rate = "0.02 /s"
burst_factor = 3.0
worth = "30 nanotoken"
gas_spread = 0.5
[data.nodes]
count = 12
[data.store]
objects = 50
object_size = "1 MiB"
needed = 1
pieces = 3
reads = "0.01 /s"
repair = { time = "1 h" }
[data.flash_crowd]
objects = 100
requests = "0.02 /s"
hot_time = "1 s"
cold_time = "3 s"
hot_objects = 20
begins = "3 d"
lasts = "6 h"
load = 5
"#;

/// The world from its text, changed.
pub fn of(text: &str) -> Scenario {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("world.toml");
    fs::write(&path, text).expect("a file");
    load(&path, &[])
}

/// The world with all levers.
pub fn world() -> Scenario {
    of(WORLD)
}

#[test]
fn a_change_acts_from_its_instant_on() {
    for at in [days(3), days(2) + SimDuration::from_minutes(77)] {
        assert_acts_from_its_instant_on(&world(), at);
    }
}

#[test]
fn what_is_refused_changes_nothing() {
    assert_refuses(&world());
}

#[test]
fn moving_a_lever_moves_a_row() {
    let scenario = world();
    let plain = run(&scenario, &[]);
    for lever in movable(&scenario) {
        let moved = run(&scenario, &[(days(1), &lever.key, other(&lever))]);
        assert!(moved.rows != plain.rows, "{}", lever.key);
    }
}

fn at_the_end(run: &Outcome, metric: &str, label: &str) -> f64 {
    run.series(metric, label).last().unwrap_or_else(|| panic!("{metric} is recorded")).1
}

/// M/M/1: the mean response is `1 / (mu - lambda)` (Kleinrock, "Queueing Systems", 1975), measured
/// after the change: at rates of 0.5 and 0.8 with jobs of a second, 2 s and 5 s.
#[test]
fn an_mm1_reaches_its_second_closed_form() {
    let station = |change: &str| {
        of(&format!(
            "schema = 1\n[meta]\nname = \"mm1\"\n[run]\nstart = 2026-01-01\nhorizon = \"12 d\"\n\
             {change}\n[service]\nwarm_up = \"1 d\"\n[[service.station]]\nid = \"web\"\n\
             arrivals = {{ law = \"exponential\", mean = \"2 s\" }}\n\
             service = {{ law = \"exponential\", mean = \"1 s\" }}\n"
        ))
    };
    let change = "[[change]]\nat = \"12 h\"\nset = \"service.station[0].arrivals.mean\"\n\
                  to = \"1.25 s\"\n";
    for (change, expected) in [("", 2.0), (change, 5.0)] {
        let scenario = station(change);
        let run = outcome(begun(&scenario), &scenario);
        let response = at_the_end(&run, "service_response_mean", "web");
        assert!((response / expected - 1.0).abs() < 0.03, "{response} s for {expected} s");
    }
}

/// A station at which hardly anybody comes: what is left of the way to the next request is spent
/// at the new rate, so that the first does not come years later.
#[test]
fn a_rate_that_rises_is_felt_at_once() {
    let text = WORLD.replace("mean = \"30 s\"", "mean = \"3e6 s\"");
    let moved = run(&of(&text), &[(days(1), "service.station[0].arrivals.mean", 60.0)]);
    let busy = at_the_end(&moved, "service_utilisation", "web");
    assert!((busy / (20.0 / 60.0 * 5.0 / 6.0) - 1.0).abs() < 0.1, "{busy}");
    let reads = WORLD.replace("reads = \"0.01 /s\"", "reads = \"0 /s\"");
    let plain = run(&of(&reads), &[]);
    let moved = run(&of(&reads), &[(days(1), "data.store.reads", 0.5)]);
    assert!(moved.rows != plain.rows, "reads begin");
}

/// A load that stops, and one that begins, where there was none.
#[test]
fn a_chain_load_stops_and_begins() {
    let key = "blockchain.chain[0].load.rate";
    let wanted = |run: &Outcome| run.series("tx_settled", "");
    let stops = run(&world(), &[(days(2), key, 0.0)]);
    let late: Vec<_> = wanted(&stops).into_iter().filter(|(at, _)| *at > days(3)).collect();
    assert!(!late.is_empty() && late.iter().all(|(_, count)| *count == 0.0), "{late:?}");
    let text = WORLD.replace("rate = \"0.02 /s\"", "rate = \"0 /s\"");
    let begins = run(&of(&text), &[(days(2), key, 0.05)]);
    let before = wanted(&begins).into_iter().filter(|(at, _)| *at <= days(2));
    assert!(before.into_iter().all(|(_, count)| count == 0.0));
    assert!(wanted(&begins).into_iter().any(|(at, count)| at > days(2) && count > 1_000.0));
}

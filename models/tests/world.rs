//! A whole world - machines, network, ledger - as a run: it can be cut anywhere, it is its seed,
//! and a change of the chain's economics does not move the failures of the machines.

use std::path::Path;

use pinwheel_core::snapshot::{restore, save};
use pinwheel_core::{Row, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::scenario::{self, Point};
use pinwheel_models::world::World;

/// The last point of a shipped scenario, with a few providers and other keys overridden.
fn shipped(file: &str, keys: &[(&str, &str)]) -> Point {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(file);
    let keys = [&[("network.providers", "60")], keys].concat();
    let keys: Vec<_> = keys.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let experiment = scenario::load(&path, &keys).unwrap_or_else(|faults| panic!("{faults:?}"));
    experiment.points.into_iter().next_back().expect("at least one point")
}

/// Forty days of Filecoin's history, a step a day.
fn history(keys: &[(&str, &str)]) -> Point {
    let short = [("run.horizon", "\"40 d\""), ("network.detail", "day")];
    shipped("filecoin/history.toml", &[&short, keys].concat())
}

fn start(point: &Point, seed: u64) -> Simulation<World> {
    let streams = Streams::new(seed, 0);
    Simulation::new(point.scenario.world(&streams), streams)
}

fn end(point: &Point) -> SimTime {
    SimTime::ZERO + SimDuration::from_days(u64::from(point.scenario.horizon_days))
}

fn ended(mut run: Simulation<World>, point: &Point) -> Simulation<World> {
    run.run_until(end(point));
    assert_eq!(run.ctx.checks.breach(), None);
    run
}

/// Cuts a run behind 20 random events; each time both halves must end as the straight run does,
/// to the last byte of their state.
#[track_caller]
fn assert_goes_on_from_any_cut(point: &Point) {
    let straight = ended(start(point, 1), point);
    let whole = save(&straight);
    let mut draw = Streams::new(2, 0).stream(0, "cut");
    for _ in 0..20 {
        let cut = draw.below(straight.ctx.events());
        let mut first = start(point, 1);
        (0..cut).for_each(|_| assert!(first.step(end(point)).is_some()));
        let second: Simulation<World> = restore(&save(&first)).expect("a whole snapshot");
        assert_eq!((second.ctx.now(), second.ctx.events()), (first.ctx.now(), cut));
        for run in [ended(first, point), ended(second, point)] {
            assert_eq!(run.ctx.fingerprint.hex(), straight.ctx.fingerprint.hex(), "cut {cut}");
            assert!(save(&run) == whole, "cut {cut}: one fingerprint, but another state");
        }
    }
}

#[test]
fn a_run_by_deadlines_goes_on_from_any_cut() {
    let keys = [("run.horizon", "\"3 d\""), ("network.detail", "deadline")];
    assert_goes_on_from_any_cut(&history(&keys));
}

#[test]
fn a_run_by_days_goes_on_from_any_cut() {
    assert_goes_on_from_any_cut(&history(&[]));
}

#[test]
fn a_run_of_providers_who_decide_goes_on_from_any_cut() {
    let keys = [("run.horizon", "\"120 d\"")];
    assert_goes_on_from_any_cut(&shipped("reviews/fip0118.toml", &keys));
}

#[test]
fn a_world_is_its_seed() {
    for detail in ["deadline", "day"] {
        let point = history(&[("run.horizon", "\"5 d\""), ("network.detail", detail)]);
        let print = |seed| ended(start(&point, seed), &point).ctx.fingerprint;
        let (first, other) = (print(7), print(8));
        assert_eq!(first, print(7));
        assert_ne!(first.time, other.time, "{detail}: other failures");
        assert_ne!(first.ledger, other.ledger, "{detail}: other rewards");
        assert_ne!(first.state, other.state, "{detail}: other power");
    }
}

/// The fingerprint of a run, and what failed on each of its days.
fn failures(point: &Point) -> (String, Vec<Row>) {
    let mut run = ended(start(point, 3), point);
    let of_machines = |row: &Row| {
        ["disks_failed", "outages"].contains(&pinwheel_models::registry::ALL.spec(row.metric).name)
    };
    let mut rows = run.ctx.records.drain();
    rows.retain(of_machines);
    (run.ctx.fingerprint.hex(), rows)
}

#[test]
fn what_does_not_touch_machines_does_not_move_their_failures() {
    for detail in ["deadline", "day"] {
        let detail = ("network.detail", detail);
        let (print, failed) = failures(&history(&[detail]));
        assert_eq!(failed.len(), 2 * 40, "two metrics, forty days");
        assert!(failed.iter().filter(|row| row.value > 0.0).count() > 40, "much fails");
        for (key, value) in [
            ("network.parameters.orphan_share", "0.1"),
            ("network.parameters.other_gas_share", "0.9"),
            ("network.parameters.window_post_gas", "90000000"),
        ] {
            let (other, same) = failures(&history(&[detail, (key, value)]));
            assert_ne!(other, print, "{key} changes the run");
            assert!(same == failed, "{key} moved a failure");
        }
        let (_, more) = failures(&history(&[detail, ("network.parameters.disk_afr", "\"5 %/y\"")]));
        assert!(more != failed, "the comparison can fail");
    }
}

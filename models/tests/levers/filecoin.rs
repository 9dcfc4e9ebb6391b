//! Changes of a Filecoin network.

use super::{
    assert_acts_from_its_instant_on, assert_refuses, begun, days, load, outcome, run, scenarios,
};
use pinwheel_core::snapshot::{restore, save};
use pinwheel_core::{SimDuration, SimTime, Simulation};
use pinwheel_models::scenario::{self, Scenario};
use pinwheel_models::world::World;

fn history(keys: &[(&str, &str)]) -> Scenario {
    let base = [("network.providers", "40"), ("run.horizon", "\"12 d\"")];
    load(&scenarios().join("filecoin/smoke.toml"), &[&base, keys].concat())
}

fn rational(keys: &[(&str, &str)]) -> Scenario {
    let base = [("network.providers", "40"), ("run.horizon", "\"60 d\"")];
    load(&scenarios().join("reviews/fip0118.toml"), &[&base, keys].concat())
}

#[test]
fn a_change_acts_from_its_instant_on() {
    for detail in ["day", "deadline"] {
        let scenario = history(&[("network.detail", detail)]);
        assert_acts_from_its_instant_on(&scenario, days(6));
        let within_a_day = days(5) + SimDuration::from_hours(7);
        assert_acts_from_its_instant_on(&scenario, within_a_day);
    }
    assert_acts_from_its_instant_on(&rational(&[]), days(30));
}

#[test]
fn what_is_refused_changes_nothing() {
    assert_refuses(&history(&[]));
}

#[test]
fn the_day_that_ends_at_a_change_is_closed_under_the_old_value() {
    for detail in ["day", "deadline"] {
        let scenario = history(&[("network.detail", detail)]);
        let key = "network.parameters.orphan_share";
        let (plain, moved) = (run(&scenario, &[]), run(&scenario, &[(days(6), key, 0.4)]));
        let until = |run: &super::Outcome| -> Vec<super::Row> {
            run.rows.iter().filter(|row| row.0 <= days(6)).cloned().collect()
        };
        assert!(until(&plain) == until(&moved), "{detail}");
        let rows = |run: &super::Outcome| run.series("minted_ratio", "");
        let differ =
            |at| rows(&plain).iter().find(|r| r.0 == at) != rows(&moved).iter().find(|r| r.0 == at);
        assert!(differ(days(7)), "{detail}: the next day is under the new value");
    }
}

/// A block is minted unless its winner is offline or its block is orphaned.
#[test]
fn minted_over_scheduled_follows_the_share_of_orphans() {
    for detail in ["day", "deadline"] {
        let scenario = history(&[("network.detail", detail), ("run.horizon", "\"30 d\"")]);
        let key = "network.parameters.orphan_share";
        let (plain, moved) = (run(&scenario, &[]), run(&scenario, &[(days(15), key, 0.3)]));
        let mean = |run: &super::Outcome, from: u64, to: u64| {
            let series = run.series("minted_ratio", "");
            let late = series.iter().filter(|(at, _)| *at > days(from) && *at <= days(to));
            let values: Vec<f64> = late.map(|(_, value)| *value).collect();
            values.iter().sum::<f64>() / values.len() as f64
        };
        assert_eq!(mean(&plain, 0, 15), mean(&moved, 0, 15));
        let ratio = mean(&moved, 15, 30) / mean(&plain, 15, 30);
        let expected = (1.0 - 0.3) / (1.0 - 0.022);
        assert!((ratio / expected - 1.0).abs() < 0.005, "{detail}: {ratio} for {expected}");
    }
}

#[test]
fn a_change_in_the_file_is_the_same_as_one_that_is_set() {
    let change = "[{ at = \"6 d\", set = \"network.parameters.orphan_share\", to = \"30 %\" }]";
    let key = "network.parameters.orphan_share";
    let mut set = begun(&history(&[]));
    set.run_until(SimTime::from_nanos(days(6).as_nanos() - 1));
    super::set(&mut set, key, 0.3).expect("it is in range");
    let set = outcome(set, &history(&[]));
    let date = change.replace("\"6 d\"", "2022-10-16");
    for change in [change, &date] {
        let scenario = history(&[("change", change)]);
        let filed = outcome(begun(&scenario), &scenario);
        assert_eq!(filed.levers, [(days(6), key.to_owned(), 0.3)]);
        assert!(filed.rows == set.rows && filed.ledger == set.ledger);
        assert_eq!((scenario.changes[0].from, scenario.changes[0].unit.as_str()), (0.022, "1"));
    }
}

#[test]
fn a_world_with_changes_goes_on_from_any_cut() {
    let change = "[{ at = \"5 d\", set = \"network.parameters.orphan_share\", to = 0.3 },
        { at = \"7 d\", set = \"network.parameters.disk_afr\", to = 0.3 }]";
    let scenario = history(&[("change", change)]);
    let end = days(12);
    let mut straight = begun(&scenario);
    straight.run_until(end);
    for cut in [days(4), days(5), days(6), days(9)] {
        let mut first = begun(&scenario);
        first.run_until(cut);
        let mut second: Simulation<World> = restore(&save(&first)).expect("a whole snapshot");
        second.run_until(end);
        assert!(save(&second) == save(&straight), "cut at {cut}");
    }
}

#[test]
fn of_several_networks_each_has_levers_of_its_own() {
    let network = |id: &str| {
        format!(
            "{{ id = \"{id}\", kind = \"filecoin\", detail = \"day\", providers = 30, \
             initial = \"../data/filecoin/state_2022-10-10.toml\", \
             history = \"../data/filecoin/network_daily_2022-10-10_2025-01-31.csv\" }}"
        )
    };
    let both = format!("[{}, {}]", network("one"), network("two"));
    let change = "[{ at = \"6 d\", set = \"network[1].parameters.orphan_share\", to = \"30 %\" }]";
    let path = scenarios().join("filecoin/smoke.toml");
    let keys = [("network", both.as_str()), ("run.horizon", "\"12 d\"")];
    let plain = load(&path, &keys);
    let changed = load(&path, &[&keys[..], &[("change", change)]].concat());
    let ends = |scenario: &Scenario| {
        let mut run = begun(scenario);
        run.run_until(days(12));
        ["one", "two"].map(|id| run.model.network(id).expect("it is there").ledger_digest())
    };
    let (before, after) = (ends(&plain), ends(&changed));
    assert_eq!(before[0], after[0], "the first network has not changed");
    assert_ne!(before[1], after[1]);
}

#[test]
fn variants_sweeps_and_overrides_reach_a_change() {
    let path = scenarios().join("reviews/dearer-capital.toml");
    let values = |keys: &[(&str, &str)]| -> Vec<Vec<f64>> {
        let keys: Vec<_> = keys.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let points = scenario::load(&path, &keys).expect("a good scenario").points;
        let to = |point: &scenario::Point| point.scenario.changes.iter().map(|c| c.to).collect();
        points.iter().map(to).collect()
    };
    assert_eq!(values(&[]), [vec![], vec![0.6], vec![1.2]]);
    assert_eq!(values(&[("change[0].to", "0.3")]), [vec![], vec![0.3], vec![1.2]]);
    let sweep = "[{ path = \"change[0].to\", values = [\"30 %/y\", \"40 %/y\"] }]";
    let swept = values(&[("variant", "[]"), ("ensemble.vary.product", sweep)]);
    assert_eq!(swept, [vec![0.3], vec![0.4]]);
    let resolved = scenario::load(&path, &[]).expect("a good scenario").resolved;
    assert!(resolved.contains("[[change]]"), "the changes are part of the scenario's hash");
}

//! A lever may be moved to the ends of its range at any instant: nothing panics, no check breaks.

use super::{days, load, movable, run, scenarios};
use crate::layers;
use pinwheel_core::{SimDuration, Streams};
use pinwheel_models::scenario::Scenario;

/// Every lever to each end alone, then many at once to ends drawn at random, twice.
fn assert_bears_all_ends(scenario: &Scenario, mixes: u32) {
    let levers = movable(scenario);
    let at = days(2) + SimDuration::from_hours(3);
    for lever in &levers {
        for end in [lever.spec.minimum, lever.spec.maximum] {
            run(scenario, &[(at, &lever.key, end), (days(4), &lever.key, lever.value)]);
        }
    }
    for mix in 0..mixes {
        let mut draws = Streams::new(5, 0).stream(mix, "ends");
        let mut moves = Vec::new();
        for day in [1, 3] {
            for lever in levers.iter() {
                let end = match draws.below(3) {
                    0 => lever.spec.minimum,
                    1 => lever.spec.maximum,
                    _ => continue,
                };
                moves.push((days(day), lever.key.as_str(), end));
            }
        }
        run(scenario, &moves);
    }
}

#[test]
fn filecoin_bears_the_ends_of_all_levers() {
    for (file, keys) in [
        ("filecoin/smoke.toml", [("network.detail", "day"), ("run.horizon", "\"6 d\"")]),
        ("filecoin/smoke.toml", [("network.detail", "deadline"), ("run.horizon", "\"5 d\"")]),
        ("reviews/fip0118.toml", [("network.detail", "day"), ("run.horizon", "\"20 d\"")]),
    ] {
        let keys = [&[("network.providers", "15")], &keys[..]].concat();
        assert_bears_all_ends(&load(&scenarios().join(file), &keys), 12);
    }
}

#[test]
fn layers_bear_the_ends_of_all_levers() {
    assert_bears_all_ends(&layers::world(), 12);
}

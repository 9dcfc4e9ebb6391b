//! A lever may be moved to the ends of its range at any instant: nothing panics, no check breaks.

use super::{days, load, movable, run, scenarios};
use crate::layers;
use pinwheel_core::{SimDuration, Streams};
use pinwheel_models::scenario::Scenario;

/// Ends drawn at random for about two thirds of the levers, at two instants, each for so long.
pub fn assert_bears_mixed_ends(scenario: &Scenario, mixes: u32, stay: SimDuration) {
    let levers = movable(scenario);
    for mix in 0..mixes {
        let mut draws = Streams::new(5, 0).stream(mix, "ends");
        let mut moves = Vec::new();
        for at in [days(1), days(2) + SimDuration::from_hours(3)] {
            for lever in &levers {
                let end = match draws.below(3) {
                    0 => lever.spec.minimum,
                    1 => lever.spec.maximum,
                    _ => continue,
                };
                moves.push((at, lever.key.as_str(), end));
                moves.push((at + stay, lever.key.as_str(), lever.value));
            }
        }
        run(scenario, &moves);
    }
}

/// Each lever to each end alone.
pub fn assert_bears_single_ends(scenario: &Scenario, stay: SimDuration) {
    let at = days(2) + SimDuration::from_hours(3);
    for lever in &movable(scenario) {
        for end in [lever.spec.minimum, lever.spec.maximum] {
            run(scenario, &[(at, &lever.key, end), (at + stay, &lever.key, lever.value)]);
        }
    }
}

#[test]
fn filecoin_bears_the_ends_of_all_levers() {
    let stay = SimDuration::from_hours(40);
    for (file, keys, single) in [
        ("filecoin/smoke.toml", [("network.detail", "day"), ("run.horizon", "\"5 d\"")], true),
        (
            "filecoin/smoke.toml",
            [("network.detail", "deadline"), ("run.horizon", "\"5 d\"")],
            false,
        ),
        ("reviews/fip0118.toml", [("network.detail", "day"), ("run.horizon", "\"12 d\"")], true),
        ("filecoin/slashing.toml", [("network.detail", "day"), ("run.horizon", "\"6 d\"")], true),
        (
            "filecoin/slashing.toml",
            [("network.detail", "deadline"), ("run.horizon", "\"5 d\"")],
            false,
        ),
    ] {
        let keys = [&[("network.providers", "8")], &keys[..]].concat();
        let scenario = load(&scenarios().join(file), &keys);
        if single {
            assert_bears_single_ends(&scenario, stay);
        }
        assert_bears_mixed_ends(&scenario, 16, stay);
    }
}

/// For a moment: at their greatest, rates give a million events a second.
#[test]
fn layers_bear_the_ends_of_all_levers() {
    let stay = SimDuration::from_nanos(20_000_000);
    assert_bears_single_ends(&layers::world(), stay);
    assert_bears_mixed_ends(&layers::world(), 8, stay);
}

//! Every lever is read after it was moved: moving it moves some row.

use std::collections::BTreeSet;

use super::{days, levers, load, movable, run, scenarios};
use pinwheel_core::SimDuration;
use pinwheel_models::scenario::Scenario;

/// Levers that move no row of the runs below, and why.
#[rustfmt::skip]
const UNSEEN: &[(&str, &str)] = &[];

fn small(file: &str, keys: &[(&str, &str)]) -> Scenario {
    let base = [("network.providers", "12")];
    load(&scenarios().join(file), &[&base, keys].concat())
}

#[test]
fn moving_a_lever_of_filecoin_moves_a_row() {
    let worlds = [
        small(
            "filecoin/smoke.toml",
            &[
                ("run.horizon", "\"40 d\""),
                ("network.parameters.region_outages_per_year", "200"),
                ("network.parameters.software_faults_per_year", "100"),
            ],
        ),
        small("filecoin/smoke.toml", &[("run.horizon", "\"5 d\""), ("network.detail", "deadline")]),
        small(
            "reviews/fip0118.toml",
            &[
                ("run.horizon", "\"240 d\""),
                ("network.solstice", "2025-02-02"),
                ("network.price.start", "\"40 USD\""),
            ],
        ),
        // Sectors of the shortest terms end within the run, and some providers lose money.
        small(
            "reviews/fip0118.toml",
            &[("run.horizon", "\"240 d\""), ("network.solstice", "\"never\"")],
        ),
        small(
            "reviews/fip0118.toml",
            &[("run.horizon", "\"240 d\""), ("network.price.start", "\"0.5 USD\"")],
        ),
        small("filecoin/smoke.toml", &[("run.horizon", "\"8 d\""), ("network.rules", "textbook")]),
        small(
            "filecoin/slashing.toml",
            &[("run.horizon", "\"12 d\""), ("network.parameters.cheater_share", "1")],
        ),
        // The first verified sectors are extended, and these come to their end.
        small("filecoin/smoke.toml", &[("run.horizon", "\"420 d\"")]),
    ];
    let mut all: BTreeSet<String> = BTreeSet::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for scenario in &worlds {
        all.extend(movable(scenario).into_iter().map(|lever| lever.key));
        let plain = run(scenario, &[]);
        for lever in movable(scenario) {
            if seen.contains(&lever.key) {
                continue;
            }
            let at = days(2) + SimDuration::from_hours(5);
            let ends = [lever.spec.maximum, lever.spec.minimum];
            let moves = |value: &f64| {
                let moved = run(scenario, &[(at, &lever.key, *value)]);
                moved.rows != plain.rows || moved.ledger != plain.ledger
            };
            if ends.iter().any(moves) {
                seen.insert(lever.key.clone());
            }
        }
    }
    let listed: BTreeSet<String> =
        UNSEEN.iter().map(|(name, _)| format!("network.parameters.{name}")).collect();
    let unseen: BTreeSet<String> = all.difference(&seen).cloned().collect();
    assert_eq!(unseen, listed, "levers that move nothing");
    // What no world can move has a reason.
    for lever in levers(&worlds[0]) {
        assert!(all.contains(&lever.key) || lever.fixed.is_some(), "{}", lever.key);
    }
}

//! The layer's scenarios as they are shipped.

use std::path::PathBuf;

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::scenario::{Experiment, load};

/// The scenarios of this layer, with the rows they are evidence for.
const SCENARIOS: [(&str, &str); 9] = [
    ("data/ledger_growth", "DAT-01"),
    ("data/bit_rot", "DAT-02"),
    ("data/erasure_vs_replication", "DAT-03"),
    ("data/privacy_leak", "DAT-04"),
    ("data/key_theft", "DAT-05"),
    ("data/flash_crowd", "DAT-06"),
    ("data/audit_sampling", "DAT-07"),
    ("filecoin/censorship_and_loss", "FIL-02"),
    ("filecoin/durability", "FIL-10"),
];

fn loaded(name: &str, overrides: &[(String, String)]) -> Experiment {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let faults = |faults: Vec<_>| panic!("{name}: {}", faults[0]);
    load(&folder.join(name).with_extension("toml"), overrides).unwrap_or_else(faults)
}

#[test]
fn each_names_its_row_asks_a_question_and_states_targets_at_both_sizes() {
    let full = ("run.size".to_owned(), "full".to_owned());
    for (name, row) in SCENARIOS {
        for overrides in [&[][..], std::slice::from_ref(&full)] {
            let experiment = loaded(name, overrides);
            assert_eq!(experiment.requirements, [row], "{name}");
            assert!(experiment.question.ends_with('?'), "{name}");
            assert!(experiment.targets.len() >= 3, "{name}");
        }
    }
}

#[test]
fn their_first_days_break_no_check_and_are_the_same_again() {
    for (name, _) in SCENARIOS {
        let experiment = loaded(name, &[]);
        for point in &experiment.points {
            let fingerprint = || {
                let streams = Streams::new(experiment.seed, 0);
                let world = point.scenario.world(&streams);
                let mut simulation = Simulation::new(world, streams);
                simulation.run_until(SimTime::ZERO + SimDuration::from_days(2));
                assert_eq!(simulation.ctx.checks.breach(), None, "{name}, {}", point.id);
                simulation.ctx.fingerprint.hex()
            };
            assert_eq!(fingerprint(), fingerprint(), "{name}, {}", point.id);
        }
    }
}

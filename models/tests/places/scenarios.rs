//! The shipped scenarios of this part keep their targets, and each of those can fail.

use std::path::PathBuf;

use pinwheel_core::Streams;
use pinwheel_models::scenario::Measure;

use super::{experiment, run};

const SHIPPED: [&str; 5] = [
    "infra/mixed_site",
    "infra/partition",
    "grid/vpp_feeder",
    "waste/bin_collection",
    "intro/central_vs_depin",
];

fn shipped(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    folder.join(format!("{name}.toml"))
}

#[test]
fn shipped_scenarios_meet_their_targets_with_the_first_seed() {
    for name in SHIPPED {
        let experiment = experiment(&shipped(name));
        assert!(!experiment.requirements.is_empty() && !experiment.targets.is_empty(), "{name}");
        for point in &experiment.points {
            let run = run(&point.scenario, Streams::new(experiment.seed, 0));
            for target in &experiment.targets {
                if target.variant.as_ref().is_some_and(|variant| *variant != point.id) {
                    continue;
                }
                let key = (target.metric.clone(), target.label.clone());
                let series = run.series.get(&key).map(Vec::as_slice).unwrap_or_default();
                let (judged, low, high) = match target.measure {
                    Measure::Final { low, high } => (&series[series.len() - 1..], low, high),
                    Measure::Within { low, high, .. } => (series, low, high),
                    _ => panic!("{name}: {} is not judged here", target.id),
                };
                let held = judged.iter().all(|value| (low..=high).contains(value));
                assert!(
                    held && !judged.is_empty(),
                    "{name} {} {}: {judged:?}",
                    point.id,
                    target.id
                );
            }
        }
    }
}

#[test]
fn one_seed_gives_one_fingerprint_and_another_another() {
    let experiment = experiment(&shipped("infra/partition"));
    let fingerprint = |number| {
        let run = run(&experiment.points[0].scenario, Streams::new(experiment.seed, number));
        run.simulation.ctx.fingerprint
    };
    let first = format!("{:?}", fingerprint(0));
    assert_eq!(first, format!("{:?}", fingerprint(0)));
    assert_ne!(first, format!("{:?}", fingerprint(1)));
}

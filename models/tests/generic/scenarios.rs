//! The shipped scenarios: no breach, and their stated targets.

use pinwheel_models::scenario::Measure;

use super::{last, load, run};

#[test]
fn each_variant_of_the_shock_meets_its_targets() {
    let experiment = load("demand-shock.toml", &[]);
    assert!(experiment.targets.len() >= 5);
    for point in &experiment.points {
        for number in 0..4 {
            let (simulation, rows) = run(point, experiment.seed, number);
            assert_eq!(simulation.ctx.checks.breach(), None, "{}", point.id);
            let of = |variant: &Option<String>| variant.as_ref().is_none_or(|id| *id == point.id);
            for target in experiment.targets.iter().filter(|target| of(&target.variant)) {
                let Measure::Final { low, high } = target.measure else { panic!("{target:?}") };
                let value = last(&rows, &target.metric);
                println!("{} run {number}: {} is {value}", point.id, target.id);
                assert!((low..=high).contains(&value), "{}: {} {value}", point.id, target.id);
            }
        }
    }
}

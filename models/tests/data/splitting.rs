//! The estimator of rare losses, where losses can also be waited for.

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams, math};
use pinwheel_models::data::coding::Code;
use pinwheel_models::data::formulas::{Rates, mean_time_to_loss};
use pinwheel_models::data::settings::{NodeSettings, StoreSettings};
use pinwheel_models::data::splitting::{Alone, Splitting};
use pinwheel_models::data::store::Store;
use pinwheel_models::laws::draw::Duration;
use pinwheel_models::laws::failure::FailureLaw;

const HOUR: f64 = 3_600.0;

/// Mean and standard error.
fn mean(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, (squares / (count - 1.0) / count).sqrt())
}

fn agree(one: (f64, f64), other: (f64, f64), what: &str) {
    let error = (one.1 * one.1 + other.1 * other.1).sqrt();
    assert!((one.0 - other.0).abs() < 3.0 * error, "{what}: {one:?} and {other:?}");
    assert!(error / other.0 < 0.1, "{what} is too coarse to tell: {one:?} and {other:?}");
}

/// Share of single objects that are lost within a time, waited for.
fn waited(store: &StoreSettings, nodes: &NodeSettings, time: SimDuration, runs: u32) -> (f64, f64) {
    let lost: Vec<f64> = (0..runs)
        .map(|run| {
            let streams = Streams::new(7, run);
            let store = Store::new(store, nodes, &streams);
            let mut simulation = Simulation::new(Alone { store }, streams);
            simulation.run_until(SimTime::ZERO + time);
            simulation.model.store.tallies().losses as f64
        })
        .collect();
    mean(&lost)
}

fn estimated(splitting: &Splitting, time: SimDuration) -> (f64, f64) {
    let estimates: Vec<f64> =
        (0..40).map(|run| splitting.loss_within(time, &Streams::new(3, run))).collect();
    mean(&estimates)
}

fn check_within(life: FailureLaw, rebuild: Duration, what: &str) {
    let store = StoreSettings::new(1, Code::new(2, 4), rebuild);
    let nodes = NodeSettings { life, ..NodeSettings::new(4) };
    let time = SimDuration::from_hours(100);
    let direct = waited(&store, &nodes, time, 20_000);
    let splitting = Splitting::new(&store, &nodes, 400);
    agree(estimated(&splitting, time), direct, what);
    agree(estimated(&splitting.plain(), time), direct, what);
}

#[test]
fn both_kinds_of_splitting_agree_with_waiting() {
    let exponential = |hours: f64| FailureLaw::Exponential { rate_per_second: 1.0 / hours / HOUR };
    let day = Duration::Fixed(SimDuration::from_hours(10));
    check_within(exponential(100.0), Duration::Drawn(exponential(10.0)), "exponential");
    check_within(exponential(100.0), day.clone(), "fixed rebuilds");
    for shape in [0.7, 2.0] {
        let law = FailureLaw::Weibull { shape, scale_seconds: 100.0 * HOUR };
        check_within(law.clone(), day.clone(), "Weibull lives");
        check_within(law, Duration::Drawn(exponential(10.0)), "Weibull lives, drawn rebuilds");
    }
}

#[test]
fn the_rate_agrees_with_the_recurrence() {
    let exponential = |hours: f64| FailureLaw::Exponential { rate_per_second: 1.0 / hours / HOUR };
    for (needed, pieces, serial) in [(1, 2, false), (1, 3, true), (4, 6, false), (6, 9, false)] {
        let rebuild = Duration::Drawn(exponential(10.0));
        let mut store = StoreSettings::new(1, Code::new(needed, pieces), rebuild);
        store.repair.at_once_object = if serial { 1 } else { u16::MAX };
        let nodes =
            NodeSettings { life: exponential(100.0), ..NodeSettings::new(u32::from(pieces)) };
        let rates = Rates { loss: 0.01, rebuild: 0.1, serial };
        let theory = 1.0 / mean_time_to_loss(u32::from(pieces), u32::from(needed), &rates);
        for plain in [false, true] {
            let splitting = Splitting::new(&store, &nodes, 500);
            let splitting = if plain { splitting.plain() } else { splitting };
            let rate = |run| splitting.losses_per_second(&Streams::new(5, run)) * HOUR;
            let rates: Vec<f64> = (0..40).map(rate).collect();
            agree(mean(&rates), (theory, 0.0), &format!("{needed} of {pieces}, plain: {plain}"));
        }
    }
}

#[test]
fn what_cannot_be_waited_for_is_estimated_closely() {
    // Three copies on disks of which 1.37 % fail in a year, rebuilt in a day: 1.7e10 years.
    let rate_per_second = -math::ln_1p(-0.0137) / (8_766.0 * HOUR);
    let rebuild = FailureLaw::Exponential { rate_per_second: 1.0 / 24.0 / HOUR };
    let store = StoreSettings::new(1, Code::new(1, 3), Duration::Drawn(rebuild));
    let life = FailureLaw::Exponential { rate_per_second };
    let nodes = NodeSettings { life, ..NodeSettings::new(3) };
    let splitting = Splitting::new(&store, &nodes, 500);
    let estimates: Vec<f64> = (0..40)
        .map(|run| splitting.loss_within(SimDuration::from_days(365), &Streams::new(9, run)))
        .collect();
    let (mean, error) = mean(&estimates);
    assert!(error / mean < 0.08, "{mean} +- {error}");
    let theory = 365.0 / 365.25 / 1.694e10;
    assert!((mean / theory - 1.0).abs() < 0.25, "{mean} is not {theory}");
}

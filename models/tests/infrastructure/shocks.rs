//! Common causes: whom they reach, and failures in bursts as disks show them.

use std::collections::BTreeSet;

use pinwheel_core::{SimDuration, SimTime, math};
use pinwheel_models::infrastructure::settings::*;
use pinwheel_models::laws::draw::Duration;
use pinwheel_models::laws::failure::FailureLaw;

use crate::after;

const HOUR: f64 = 3_600.0;

fn shock(scope: Scope, timing: Timing, reach: Reach, effect: Effect) -> Shock {
    Shock {
        id: "shock".to_owned(),
        scope,
        timing,
        places: 1,
        region: None,
        reach,
        spread: SimDuration::ZERO,
        effect,
        classes: Vec::new(),
    }
}

fn outage() -> Effect {
    let duration = Duration::Fixed(SimDuration::from_hours(1));
    Effect::Outage { duration, together: true }
}

/// Devices that a single strike at a place takes down.
fn struck(scope: Scope, seed: u64) -> Vec<u32> {
    let class = Class {
        owners: 30,
        devices_per_site: 25,
        devices_per_feed: 10,
        batches: 8,
        ..Class::new("node", 600)
    };
    let at = Timing::At(SimTime::ZERO + SimDuration::from_hours(1));
    let settings = Settings {
        regions: vec![Region::new("a", 1.0), Region::new("b", 2.0)],
        shocks: vec![shock(scope, at, Reach::Share(1.0), outage())],
        carriers_per_region: 4,
        ..Settings::of(class)
    };
    let run = after(&settings, seed, 1);
    let down: Vec<u32> =
        run.model.log.iter().filter(|(_, c)| !c.up).map(|(_, change)| change.device).collect();
    assert_eq!(run.model.log.len(), 2 * down.len(), "all come back");
    assert_eq!(run.model.fleet.tallies().whole(run.ctx.now()).down_hours(), down.len() as f64);
    down
}

#[test]
fn a_shock_at_the_start_strikes_once_at_the_start() {
    let at = Timing::At(SimTime::ZERO);
    let strike = shock(Scope::World, at, Reach::Share(1.0), outage());
    let settings = Settings { shocks: vec![strike], ..Settings::of(Class::new("node", 20)) };
    let run = after(&settings, 1, 1);
    let down: Vec<_> = run.model.log.iter().filter(|(_, change)| !change.up).collect();
    assert_eq!(down.len(), 20);
    assert!(down.iter().all(|(time, _)| *time == SimTime::ZERO));
    assert_eq!(run.model.fleet.tallies().whole(run.ctx.now()).down_hours(), 20.0);
}

/// Two regions, one with twice the share of the other: 40 devices that stand in the second only,
/// and 60 that are spread over both.
fn tied() -> Settings {
    let tied = Class { regions: vec![1], devices_per_site: 10, ..Class::new("tied", 40) };
    Settings {
        regions: vec![Region::new("a", 1.0), Region::new("b", 2.0)],
        classes: vec![tied, Class::new("free", 60)],
        ..Settings::of(Class::new("none", 1))
    }
}

/// Devices that the only strike of a region takes down.
fn struck_in(region: u16, seed: u64) -> Vec<u32> {
    let at = Timing::At(SimTime::ZERO + SimDuration::from_hours(1));
    let strike = shock(Scope::Region, at, Reach::Share(1.0), outage());
    let shocks = vec![Shock { region: Some(region), ..strike }];
    let run = after(&Settings { shocks, ..tied() }, seed, 1);
    run.model.log.iter().filter(|(_, c)| !c.up).map(|(_, change)| change.device).collect()
}

#[test]
fn a_shock_of_a_region_strikes_exactly_the_devices_that_are_tied_to_it_or_spread_into_it() {
    for seed in 0..5 {
        // All 40 tied to b; of the 60 spread by shares of 1 and 2 the last 40.
        let b: Vec<u32> = (0..40).chain(60..100).collect();
        assert_eq!(struck_in(1, seed), b);
        assert_eq!(struck_in(0, seed), (40..60).collect::<Vec<u32>>());
    }
}

#[test]
fn a_class_tied_to_where_it_stands_anyway_runs_as_one_that_is_free() {
    let run = |regions: Vec<u16>, shares: (f64, f64)| {
        let law = FailureLaw::exponential(500.0 * HOUR);
        let class = Class { regions, failure: law, owners: 7, ..Class::new("node", 80) };
        let at = Timing::Every(SimDuration::from_hours(30));
        let settings = Settings {
            regions: vec![Region::new("a", shares.0), Region::new("b", shares.1)],
            shocks: vec![shock(Scope::Site, at, Reach::Share(1.0), outage())],
            ..Settings::of(class)
        };
        after(&settings, 3, 20).ctx.fingerprint.hex()
    };
    assert_eq!(run(vec![], (1.0, 0.0)), run(vec![0], (1.0, 0.0)));
    assert_eq!(run(vec![], (1.0, 0.0)), run(vec![0], (1.0, 5.0)));
    assert_eq!(run(vec![], (2.0, 1.0)), run(vec![1, 0], (2.0, 1.0)));
    // A region that has no share takes the classes that name it.
    assert_eq!(run(vec![], (1.0, 0.0)), run(vec![0], (0.0, 1.0)));
    assert_eq!(run(vec![], (1.0, 1.0)), run(vec![0, 1], (0.0, 0.0)));
}

#[test]
fn owners_who_join_a_tied_class_live_in_its_regions() {
    let turnover =
        Turnover { prospects_per_year: 400.0, devices_each: 2, leave_per_year: 0.0, income: None };
    let mut settings = tied();
    settings.classes[0].turnover = Some(turnover);
    let run = after(&settings, 5, 60);
    let fleet = &run.model.fleet;
    let joined: Vec<u32> = (100..fleet.devices()).collect();
    assert!(joined.len() > 60, "{}", joined.len());
    assert!(joined.iter().all(|device| fleet.region(*device) == 1));
}

#[test]
fn a_shock_reaches_what_its_place_has_and_no_other() {
    for (scope, sizes) in [
        (Scope::World, vec![600]),
        (Scope::Region, vec![200, 400]),
        (Scope::Site, vec![25]),
        (Scope::Feed, vec![10]),
        (Scope::Carrier, vec![50, 100]),
        (Scope::Batch, vec![75]),
        (Scope::Owner, vec![20]),
    ] {
        let mut seen = BTreeSet::new();
        for seed in 0..20 {
            let down = struck(scope, seed);
            assert!(sizes.contains(&down.len()), "{scope:?}: {}", down.len());
            let step = down[1] - down[0];
            // Devices of a carrier come in turn, those of a batch too; others in a row.
            let expected = match scope {
                Scope::Carrier => 4,
                Scope::Batch => 8,
                _ => 1,
            };
            assert_eq!(step, expected, "{scope:?}");
            seen.insert(down);
        }
        assert_eq!(seen.len() > 1, scope != Scope::World, "{scope:?} strikes anywhere");
    }
}

/// Times between the failures of a fleet, in hours.
fn gaps(shocks: Vec<Shock>, failure: FailureLaw, seed: u64) -> Vec<f64> {
    let class = Class {
        failure,
        repair: Duration::Fixed(SimDuration::from_hours(12)),
        ..Class::new("disk", 20_000)
    };
    let run = after(&Settings { shocks, ..Settings::of(class) }, seed, 1_825);
    let down = run.model.log.iter().filter(|(_, change)| !change.up);
    let times: Vec<f64> = down.map(|(time, _)| time.as_seconds() / HOUR).collect();
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// Standard deviation over mean.
fn variation(gaps: &[f64]) -> f64 {
    let count = gaps.len() as f64;
    let mean = gaps.iter().sum::<f64>() / count;
    let squares: f64 = gaps.iter().map(|gap| (gap - mean) * (gap - mean)).sum();
    math::sqrt(squares / count) / mean
}

/// The shape of the likeliest Weibull law: the root of its score, which rises with the shape.
fn weibull_shape(gaps: &[f64]) -> f64 {
    let logs: Vec<f64> = gaps.iter().map(|gap| math::ln(gap.max(1e-9))).collect();
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    let (mut low, mut high) = (0.05, 5.0);
    for _ in 0..60 {
        let shape = 0.5 * (low + high);
        let powers: Vec<f64> = logs.iter().map(|log| math::exp(shape * log)).collect();
        let weighted: f64 = powers.iter().zip(&logs).map(|(power, log)| power * log).sum();
        let score = weighted / powers.iter().sum::<f64>() - 1.0 / shape - mean;
        if score > 0.0 { high = shape } else { low = shape }
    }
    0.5 * (low + high)
}

/// The 3,766 disk failures of the Alpine file system: 11.66 h between failures on average, with a
/// coefficient of variation of 3.17 and a Weibull shape of 0.559.
const MEAN_HOURS: f64 = 11.66;
const VARIATION: f64 = 3.17;
const SHAPE: f64 = 0.559;

fn mean_of(values: impl Iterator<Item = f64> + Clone) -> f64 {
    values.clone().sum::<f64>() / values.count() as f64
}

/// Bursts of nine disks on average, spread over a day, have both; and each within 8 %.
#[test]
fn failures_in_bursts_are_like_those_of_real_disks() {
    let mean = 9.0;
    let law = FailureLaw::exponential(mean * MEAN_HOURS * HOUR);
    let burst = Shock {
        spread: SimDuration::from_hours(25),
        ..shock(Scope::World, Timing::Law(law), Reach::Burst(mean), Effect::Failure)
    };
    let runs = (0..10).map(|seed| gaps(vec![burst.clone()], FailureLaw::NEVER, seed));
    let runs: Vec<Vec<f64>> = runs.collect();
    let gap = mean_of(runs.iter().map(|gaps| mean_of(gaps.iter().copied())));
    let variation = mean_of(runs.iter().map(|gaps| variation(gaps)));
    let shape = mean_of(runs.iter().map(|gaps| weibull_shape(gaps)));
    println!("gap {gap:.2} h, variation {variation:.3}, shape {shape:.3}");
    assert!((gap / MEAN_HOURS - 1.0).abs() < 0.08, "{gap}");
    assert!((variation / VARIATION - 1.0).abs() < 0.08, "{variation}");
    assert!((shape / SHAPE - 1.0).abs() < 0.08, "{shape}");
}

/// The same number of failures one by one is a Poisson process, and refuted by the disks.
#[test]
fn a_fleet_without_bursts_is_not_like_real_disks() {
    let gaps = gaps(Vec::new(), FailureLaw::exponential(20_000.0 * MEAN_HOURS * HOUR), 1);
    let (variation, shape) = (variation(&gaps), weibull_shape(&gaps));
    println!("variation {variation:.3}, shape {shape:.3}");
    assert!((variation - 1.0).abs() < 0.08 && (shape - 1.0).abs() < 0.08);
    assert!((variation / VARIATION - 1.0).abs() > 0.5 && (shape / SHAPE - 1.0).abs() > 0.5);
}

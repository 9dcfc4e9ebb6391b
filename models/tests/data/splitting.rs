//! The estimator of rare losses, where losses can also be waited for.

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams, math};
use pinwheel_models::data::coding::Code;
use pinwheel_models::data::formulas::{Rates, mean_time_to_loss};
use pinwheel_models::data::settings::{Effect, NodeSettings, Shock, StoreSettings};
use pinwheel_models::data::splitting::{Alone, Splitting};
use pinwheel_models::data::store::Store;
use pinwheel_models::laws::draw::Duration;
use pinwheel_models::laws::failure::FailureLaw;
use pinwheel_models::policy::placement::Placement;
use pinwheel_models::policy::telemetry::nodes::DomainKind;

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

/// The chances of the states of a chain after a time, from those at its start: `rates[i][j]` is
/// that of a step from `i` to `j`. By uniformisation (Jensen 1953): a Poisson number of steps.
fn chain(rates: &[Vec<f64>], start: Vec<f64>, hours: f64) -> Vec<f64> {
    let states = rates.len();
    let leave: Vec<f64> = rates.iter().map(|row| row.iter().sum()).collect();
    let fastest = leave.iter().copied().fold(0.0, f64::max);
    let (mut weight, mut here) = (math::exp(-fastest * hours), start);
    let mut sum: Vec<f64> = here.iter().map(|chance| weight * chance).collect();
    for step in 1..=1_000 {
        let stays = |i: usize| here[i] * (1.0 - leave[i] / fastest);
        let comes = |j: usize| (0..states).map(|i| here[i] * rates[i][j] / fastest).sum::<f64>();
        here = (0..states).map(|j| stays(j) + comes(j)).collect();
        weight *= fastest * hours / f64::from(step);
        sum.iter_mut().zip(&here).for_each(|(sum, chance)| *sum += weight * chance);
    }
    sum
}

const LOSS: f64 = 0.02;
const REBUILD: f64 = 0.1;

fn lives() -> FailureLaw {
    FailureLaw::Exponential { rate_per_second: LOSS / HOUR }
}
fn rebuilds() -> Duration {
    Duration::Drawn(FailureLaw::Exponential { rate_per_second: REBUILD / HOUR })
}

/// Four copies, two in each of two regions, and the first region is gone for good after 30 hours:
/// two pieces at once. Before, `a` and `b` copies are in the regions, and a copy that is made anew
/// goes where there are fewer; after it only the second region is left.
fn lost_with_a_region(hours: f64) -> f64 {
    let places: Vec<(usize, usize)> = (0..3).flat_map(|a| (0..3).map(move |b| (a, b))).collect();
    let place = |a: usize, b: usize| a * 3 + b;
    let mut before = vec![vec![0.0; 9]; 9];
    for &(a, b) in &places {
        if a + b == 0 {
            continue;
        }
        let row = &mut before[place(a, b)];
        let rebuild = REBUILD * (4 - a - b) as f64;
        if a > 0 {
            row[place(a - 1, b)] += LOSS * a as f64;
        }
        if b > 0 {
            row[place(a, b - 1)] += LOSS * b as f64;
        }
        match a.cmp(&b) {
            std::cmp::Ordering::Less => row[place(a + 1, b)] += rebuild,
            std::cmp::Ordering::Greater => row[place(a, b + 1)] += rebuild,
            std::cmp::Ordering::Equal if a < 2 => {
                row[place(a + 1, b)] += rebuild / 2.0;
                row[place(a, b + 1)] += rebuild / 2.0;
            }
            std::cmp::Ordering::Equal => {}
        }
    }
    let mut whole = vec![0.0; 9];
    whole[place(2, 2)] = 1.0;
    let there = chain(&before, whole, 30.0);
    let mut left = vec![0.0; 5];
    places.iter().zip(&there).for_each(|(&(_, b), chance)| left[b] += chance);
    let mut after = vec![vec![0.0; 5]; 5];
    for b in 1..=4 {
        after[b][b - 1] = LOSS * b as f64;
        if b < 4 {
            after[b][b + 1] = REBUILD * (4 - b) as f64;
        }
    }
    chain(&after, left, hours - 30.0)[0]
}

#[test]
fn a_shock_that_takes_several_pieces_at_once_is_a_part_of_the_estimate() {
    let mut store = StoreSettings::new(1, Code::new(1, 4), rebuilds());
    store.placement = Placement::Spread(vec![DomainKind::Region]);
    let after = SimDuration::from_hours(30);
    store.shocks = vec![Shock { after, kind: DomainKind::Region, number: 0, effect: Effect::Loss }];
    let nodes = NodeSettings { life: lives(), regions: 2, sites: 2, ..NodeSettings::new(8) };
    let splitting = Splitting::together(&store, &nodes, 400, 1);
    let (time, exact) = (SimDuration::from_hours(60), (lost_with_a_region(60.0), 0.0));
    agree(estimated(&splitting, time), exact, "a lost region");
    agree(estimated(&splitting.plain(), time), exact, "a lost region, plain");
    // Without the shock, which the object alone does not meet, losses are rarer by far.
    let alone = estimated(&Splitting::new(&store, &nodes, 400), time).0;
    assert!(alone < 0.5 * exact.0, "{alone} and {exact:?}");
}

#[test]
fn objects_on_the_same_nodes_are_lost_as_their_chain_says() {
    // Two objects of two copies on two nodes: whole, one object or both without the copy on one
    // node, and a loss of either.
    let rates = vec![
        vec![0.0, 0.0, 2.0 * LOSS, 0.0],
        vec![REBUILD, 0.0, LOSS, LOSS],
        vec![0.0, 2.0 * REBUILD, 0.0, LOSS],
        vec![0.0; 4],
    ];
    let exact = chain(&rates, vec![1.0, 0.0, 0.0, 0.0], 50.0)[3];
    let store = StoreSettings::new(2, Code::new(1, 2), rebuilds());
    let nodes = NodeSettings { life: lives(), ..NodeSettings::new(2) };
    let splitting = Splitting::together(&store, &nodes, 400, 2);
    let time = SimDuration::from_hours(50);
    agree(estimated(&splitting, time), (exact, 0.0), "two objects");
    agree(estimated(&splitting.plain(), time), (exact, 0.0), "two objects, plain");
}

#[test]
fn objects_that_share_no_node_are_lost_independently() {
    // Two objects on 400 nodes share one in a hundred times.
    let rates = Rates { loss: LOSS / 20.0, rebuild: REBUILD, serial: false };
    let one = pinwheel_models::data::formulas::loss_within(2, 1, &rates, 100.0);
    let either = 1.0 - (1.0 - one) * (1.0 - one);
    let life = FailureLaw::Exponential { rate_per_second: LOSS / 20.0 / HOUR };
    let store = StoreSettings::new(2, Code::new(1, 2), rebuilds());
    let nodes = NodeSettings { life, ..NodeSettings::new(400) };
    let splitting = Splitting::together(&store, &nodes, 200, 2);
    let (mean, error) = estimated(&splitting, SimDuration::from_hours(100));
    let slack = 3.0 * error + 0.01 * either;
    assert!((mean - either).abs() < slack, "{mean} +- {error} and {either}");
    assert!(error / either < 0.1, "{mean} +- {error} is too coarse");
}

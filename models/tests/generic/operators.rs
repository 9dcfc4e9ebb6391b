//! Operators who are looked at only where something changed, against all looked at every day.

use pinwheel_core::Streams;
use pinwheel_models::economy::operators::{Earned, Operator, OperatorSettings, Operators};
use pinwheel_models::economy::period::Period;
use pinwheel_models::part::Numbering;
use proptest::prelude::*;

/// The plain reckoning: every node, every day, as the reference programs do it.
struct Plain {
    up: Vec<bool>,
    active: Vec<bool>,
    days_of_loss: Vec<u32>,
    earned_usd: Vec<f64>,
    days: Vec<u32>,
}

impl Plain {
    fn new(nodes: usize) -> Self {
        Plain {
            up: vec![true; nodes],
            active: vec![true; nodes],
            days_of_loss: vec![0; nodes],
            earned_usd: vec![0.0; nodes],
            days: vec![0; nodes],
        }
    }

    /// Returns who leaves.
    fn judge(&mut self, nodes: &[Operator], usd_per_capacity: f64, patience: u32) -> Vec<usize> {
        let mut left = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            let income = if self.up[index] { usd_per_capacity * node.capacity } else { 0.0 };
            if self.active[index] {
                self.earned_usd[index] += income;
                self.days[index] += 1;
            }
            let loses = self.active[index] && income < node.cost_usd_per_period;
            self.days_of_loss[index] = if loses { self.days_of_loss[index] + 1 } else { 0 };
            if self.days_of_loss[index] >= patience {
                self.active[index] = false;
                self.days_of_loss[index] = 0;
                left.push(index);
            }
        }
        left
    }
}

/// A day's dollars for a unit of capacity.
fn usd(usd: f64) -> Earned {
    Earned { usd, tok: 1.0 }
}

fn settings(count: u32, patience_periods: u32, entry_per_day: f64) -> OperatorSettings {
    OperatorSettings {
        count,
        capacity_sigma: 0.3,
        cost_median_usd_per_day: 0.5,
        cost_sigma: 0.5,
        patience_periods,
        entry_per_day,
    }
}

/// Operators who decide once a day.
fn by_day(settings: OperatorSettings, streams: &Streams) -> Operators {
    Operators::new(settings, Period::from_seconds(86_400), Numbering::default(), streams)
}

/// A day's rewards, and who leaves. Returns how many left.
fn judge(operators: &mut Operators, day: u32, earned: Earned) -> usize {
    operators.judge(day, earned);
    operators.let_go(day)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn exits_are_those_of_the_plain_reckoning(
        seed in 0u64..1_000_000,
        patience in 1u32..6,
        entry in prop_oneof![Just(0.0), Just(0.3), Just(1.0)],
        days in prop::collection::vec(
            (0.05f64..3.0, any::<bool>(), prop::collection::vec((0u32..40, any::<bool>()), 0..12)),
            1..60,
        ),
    ) {
        let streams = Streams::new(seed, 0);
        let mut operators = by_day(settings(40, patience, entry), &streams);
        let nodes: Vec<Operator> = operators.iter(0).collect();
        let mut plain = Plain::new(nodes.len());
        for (day, (usd_per_capacity, pays, changes)) in (0..).zip(days) {
            for (device, up) in changes {
                operators.device_changed(device, up);
                plain.up[device as usize] = up;
            }
            operators.take_changes();
            let online = (0..40).filter(|index| plain.up[*index] && plain.active[*index]).count();
            prop_assert_eq!(operators.online(), online);
            let left = plain.judge(&nodes, usd_per_capacity, patience);
            prop_assert_eq!(judge(&mut operators, day, usd(usd_per_capacity)), left.len());
            let losing = (0..40).filter(|index| plain.days_of_loss[*index] > 0).count();
            prop_assert_eq!(operators.losing(), losing);
            let before = plain.active.clone();
            let entered = operators.enter(day, pays, &streams, |_| true);
            for (index, node) in operators.iter(day + 1).enumerate() {
                let (earned, cost) = (plain.earned_usd[index], f64::from(plain.days[index]));
                prop_assert!((node.earned.usd - earned).abs() < 1e-9, "{node:?}: {earned}");
                prop_assert!((node.cost_usd - cost * node.cost_usd_per_period).abs() < 1e-9);
                prop_assert!(node.active || !before[index], "{index} left unseen");
                prop_assert!(!left.contains(&index) || !node.active, "{index} back on its day");
                plain.active[index] = node.active;
            }
            let idle = before.iter().filter(|active| !**active).count();
            let back = plain.active.iter().filter(|active| **active).count() + idle - 40;
            prop_assert_eq!(entered, back);
            prop_assert!(pays && entry > 0.0 || entered == 0);
            prop_assert!(!(pays && entry == 1.0) || entered == idle - left.len());
            prop_assert_eq!(operators.verify(), Ok(()));
        }
    }
}

/// Whoever earns exactly its cost as it is booked, to the millionth of a dollar, is at no loss.
#[test]
fn a_node_that_earns_its_cost_is_at_no_loss() {
    let mut operators = by_day(settings(40, 2, 0.0), &Streams::new(58_718, 0));
    let mut needs: Vec<f64> =
        operators.iter(0).map(|node| node.cost_usd_per_period / node.capacity).collect();
    needs.sort_by(f64::total_cmp);
    operators.take_changes();
    for (day, place) in (0..).zip(0..needs.len()) {
        judge(&mut operators, 2 * day, usd(needs[place]));
        assert_eq!(operators.losing(), needs.len() - 1 - place);
        // A day on which all earn enough, so that nobody loses twice in a row.
        judge(&mut operators, 2 * day + 1, usd(1e9));
    }
}

/// An idle node enters on a day that pays with the probability of the settings.
#[test]
fn the_wait_of_idle_nodes_is_geometric() {
    const NODES: u32 = 20_000;
    const ENTRY: f64 = 0.02;
    let streams = Streams::new(3, 0);
    let mut operators = by_day(settings(NODES, 1, ENTRY), &streams);
    operators.take_changes();
    assert_eq!(judge(&mut operators, 0, usd(0.0)), NODES as usize);
    assert_eq!(operators.enter(0, true, &streams, |_| true), 0, "nobody on the day of leaving");
    let mut idle = f64::from(NODES);
    for day in 1..=100 {
        // Everybody earns: nobody leaves again.
        assert_eq!(judge(&mut operators, day, usd(1e9)), 0);
        assert_eq!(operators.enter(0, false, &streams, |_| true), 0, "on a day that does not pay");
        let entered = operators.enter(0, true, &streams, |_| true) as f64;
        let error = 5.0 * (idle * ENTRY * (1.0 - ENTRY)).sqrt();
        assert!((entered - idle * ENTRY).abs() < error, "day {day}: {entered} of {idle}");
        idle -= entered;
    }
}

/// Where bonds are not affordable, those who are due wait.
#[test]
fn entry_stops_where_the_bonds_are_not_covered() {
    let streams = Streams::new(3, 0);
    let mut operators = by_day(settings(10, 1, 1.0), &streams);
    assert_eq!(judge(&mut operators, 0, usd(0.0)), 10);
    operators.enter(0, true, &streams, |_| true);
    assert_eq!(judge(&mut operators, 1, usd(1e9)), 0);
    assert_eq!(operators.enter(0, true, &streams, |nodes| nodes <= 3), 3);
    assert_eq!(judge(&mut operators, 2, usd(1e9)), 0);
    assert_eq!(operators.enter(0, true, &streams, |_| true), 7);
}

/// The Gini coefficient by its definition: the mean difference of all pairs over twice the mean.
#[test]
fn gini_is_half_the_relative_mean_difference() {
    let streams = Streams::new(5, 0);
    let mut operators = by_day(settings(200, 30, 0.0), &streams);
    (0..200).step_by(3).for_each(|device| operators.device_changed(device, false));
    operators.take_changes();
    let online = |node: &Operator| node.online;
    let capacities: Vec<f64> = operators.iter(0).filter(online).map(|node| node.capacity).collect();
    assert_eq!(capacities.len(), 133);
    let pairs = capacities.iter().flat_map(|one| capacities.iter().map(move |two| (one, two)));
    let differences: f64 = pairs.map(|(one, two)| (one - two).abs()).sum();
    let sum: f64 = capacities.iter().sum();
    let owed = differences / (2.0 * capacities.len() as f64 * sum);
    assert!((operators.gini() - owed).abs() < 1e-12, "{} is not {owed}", operators.gini());
    // Log-normal with sigma 0.3: 2 Phi(0.3 / sqrt 2) - 1 = 0.168.
    assert!((owed - 0.168).abs() < 0.02, "{owed}");
}

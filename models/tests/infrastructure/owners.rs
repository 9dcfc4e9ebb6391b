//! Owners who come and go, what devices have in common, and who could stop the service.

use pinwheel_core::Amount;
use pinwheel_models::infrastructure::settings::*;
use pinwheel_models::laws::concentration::nakamoto;

use crate::after;

fn turnover(income: Option<Income>) -> Settings {
    let turnover =
        Turnover { prospects_per_year: 730.5, devices_each: 3, leave_per_year: 0.0, income };
    Settings::of(Class {
        price: Amount(250),
        turnover: Some(turnover),
        ..Class::new("hotspot", 100)
    })
}

fn income(usd_per_month: f64) -> Income {
    let (needed_median_usd_per_month, needed_sigma) = (10.0, 0.5);
    Income { usd_per_month, from_payments: false, needed_median_usd_per_month, needed_sigma }
}

#[test]
fn owners_join_as_the_income_is_enough_for_them() {
    let joined = |income| {
        let run = after(&turnover(income), 1, 365);
        let fleet = &run.model.fleet;
        let joined = fleet.tallies().counts.owners_joined;
        assert_eq!(u64::from(fleet.devices()), 100 + 3 * joined);
        let built = u128::from(fleet.devices());
        assert_eq!(fleet.hardware_cost(run.ctx.now()), Amount(250 * built));
        joined as f64
    };
    // Two a day: 730, give or take 27.
    let all = joined(None);
    assert!((all - 730.0).abs() < 3.0 * 27.0, "{all}");
    // Half of them need less than the median, and at twice the median Phi(ln 2 / 0.5) = 91.7 %.
    for (usd, share) in [(10.0, 0.5), (20.0, 0.917)] {
        let some = joined(Some(income(usd)));
        assert!((some / all - share).abs() < 0.06, "{some} of {all}");
    }
    assert_eq!(joined(Some(income(0.01))), 0.0);
}

#[test]
fn owners_leave_at_the_review_after_the_income_falls() {
    let settings = turnover(Some(Income { from_payments: true, ..income(1_000.0) }));
    let mut run = crate::simulation(&settings, 1);
    let until = |run: &mut pinwheel_core::Simulation<crate::Devices>, days| {
        run.run_until(pinwheel_core::SimTime::ZERO + pinwheel_core::SimDuration::from_days(days));
        run.model.fleet.tallies().counts.owners_left
    };
    assert_eq!(until(&mut run, 29), 0);
    // The median of what is needed, for each month of a device until the review.
    let fleet = &mut run.model.fleet;
    let months = fleet.tallies().whole(run.ctx.now()).device_hours() / 730.5;
    let until_then = f64::from(fleet.devices()) * 1.4375 / 30.4375;
    fleet.pay(0, ((months + until_then) * 10e6) as u64);
    assert_eq!(until(&mut run, 30), 0, "the first review is after 30.44 days");
    let left = until(&mut run, 31) as f64;
    let there = run.model.fleet.tallies().counts.owners_joined as f64 + 100.0;
    assert!((left / there - 0.5).abs() < 0.12, "{left} of {there}");
    let whole = run.model.fleet.tallies().whole(run.ctx.now());
    let gone = (0..run.model.fleet.devices()).filter(|device| run.model.fleet.is_gone(*device));
    assert_eq!(whole.present + gone.count() as u64, u64::from(run.model.fleet.devices()));
}

#[test]
fn the_coefficient_counts_the_fewest_who_have_more_than_half() {
    assert_eq!(nakamoto(vec![1; 10]), 6);
    assert_eq!(nakamoto(vec![10, 50, 20, 20]), 2);
    assert_eq!(nakamoto(vec![51, 49]), 1);
    assert_eq!(nakamoto(vec![]), 0);
}

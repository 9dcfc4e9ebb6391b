use super::income::Income;
use super::*;
use pinwheel_core::Streams;

fn source(class: u8, units: u64, cost_usd: u64) -> Source {
    Source {
        class,
        capacity_milli: units * MILLI,
        profile: Hourly::constant(PROFILE_WHOLE),
        cost_microusd: cost_usd * 1_000_000,
    }
}

fn settings(patience_hours: u64) -> Settings {
    Settings {
        id: "test".to_owned(),
        unit: "kW".to_owned(),
        rate_milli: Hourly::new(vec![10 * MILLI, 30 * MILLI]),
        sources: vec![source(0, 10, 1), source(1, 5, 2)],
        limits: vec![],
        through: vec![],
        patience_hours,
        price_microusd: 0,
        fee_microusd: 0,
        bears: vec![],
        baseline: None,
        quality: quality::Settings::default(),
    }
}

fn census(up: [u32; 4]) -> Census {
    Census {
        devices: vec![4; 4],
        up: up.to_vec(),
        up_by_region: up.iter().map(|&up| vec![up]).collect(),
    }
}

fn demand(settings: &Settings) -> Demand {
    Demand::new(settings, Income::new(settings.sources.len()))
}

fn at(minutes: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_minutes(minutes)
}

fn hours(amounts: &[u128]) -> Vec<f64> {
    amounts.iter().map(|&amount| unit_hours(amount)).collect()
}

#[test]
fn sources_are_called_in_order_and_the_rest_is_missed() {
    let mut demand = demand(&settings(0));
    // One hour of 10 and one of 30 against 20 + 5.
    demand.advance(at(120), &census([2, 1, 0, 0]));
    let account = demand.account();
    assert_eq!(hours(&[account.asked, account.served, account.missed]), [40.0, 35.0, 5.0]);
    assert_eq!(hours(&account.given), [30.0, 5.0]);
    assert_eq!(demand.running_cost_microusd(), 40_000_000);
    assert!(demand.balanced());
}

#[test]
fn limits_and_carriers_bound_what_passes() {
    let mut limited = settings(0);
    limited.limits = vec![Limit { class: 2, capacity_milli: 12 * MILLI }];
    limited.through = vec![3];
    let mut demand = demand(&limited);
    // Three of four carriers: 7.5 and 22.5 pass; the limit takes 12.
    demand.advance(at(120), &census([4, 0, 1, 3]));
    let account = demand.account();
    assert_eq!(hours(&[account.served, account.missed]), [19.5, 20.5]);
    assert_eq!(demand.load(0, 1, &census([4, 0, 1, 3])), (12_000, 40_000));
    assert_eq!(demand.load(0, 0, &census([4, 0, 1, 3])), (7_500, 40_000));
    assert_eq!(demand.load(1, 0, &census([4, 2, 1, 3])), (0, 10_000));
}

#[test]
fn what_waits_is_served_in_order_or_missed_when_patience_ends() {
    let mut demand = demand(&settings(2));
    // Nothing is up for two hours: 10 and 30 wait.
    demand.advance(at(120), &census([0, 0, 0, 0]));
    assert_eq!(unit_hours(demand.waiting()), 40.0);
    // In the third hour 5 of the 10 are served, and the other 5 have waited two hours.
    demand.advance(at(180), &census([0, 1, 0, 0]));
    let account = demand.account();
    assert_eq!(hours(&[account.asked, account.served, account.missed]), [50.0, 5.0, 5.0]);
    assert_eq!(unit_hours(demand.waiting()), 40.0);
    // In the fourth 40 + 30 are there, and 40 can be served: the oldest 30 and 10 of the next.
    demand.advance(at(240), &census([4, 0, 0, 0]));
    let account = demand.account();
    assert_eq!(hours(&[account.served, account.missed]), [45.0, 5.0]);
    assert_eq!(unit_hours(demand.waiting()), 30.0);
    assert!(demand.balanced());
}

#[test]
fn looking_more_often_changes_nothing() {
    let mut settings = settings(3);
    settings.through = vec![3];
    let (mut often, mut seldom) = (demand(&settings), demand(&settings));
    let mut stream = Streams::new(5, 0).stream(0, "test");
    let mut minutes = 0;
    for _ in 0..500 {
        let mut up = [0; 4];
        up[0] = stream.below(4) as u32;
        up[1] = stream.below(4) as u32;
        up[3] = 1 + stream.below(4) as u32;
        let length = 1 + stream.below(200);
        for minute in minutes..=minutes + length {
            often.advance(at(minute), &census(up));
            assert!(often.balanced());
        }
        minutes += length;
        seldom.advance(at(minutes), &census(up));
        assert_eq!(often.account(), seldom.account());
    }
    assert!(often.account().missed > 0 && often.account().served > 0);
}

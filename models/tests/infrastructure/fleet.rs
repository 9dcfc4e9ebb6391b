//! Single devices: what holds of every run, whatever is in it.

use pinwheel_core::{Amount, SimDuration, SimTime};
use pinwheel_models::infrastructure::fleet::Fleet;
use pinwheel_models::infrastructure::settings::*;
use pinwheel_models::laws::draw::Duration;
use pinwheel_models::laws::failure::FailureLaw;
use pinwheel_models::policy::maintenance::Replacement;

use crate::{after, simulation};

const HOUR: f64 = 3_600.0;
const DAY_SECONDS: f64 = 86_400.0;

fn days(days: u64) -> SimDuration {
    SimDuration::from_days(days)
}

/// Something of everything.
pub fn busy() -> Settings {
    let server = Class {
        owners: 60,
        owner_concentration: 1.0,
        failure: FailureLaw::Weibull { shape: 1.5, scale_seconds: 60.0 * DAY_SECONDS },
        repair: Duration::Drawn(FailureLaw::LogNormal { median_seconds: 12.0 * HOUR, sigma: 1.0 }),
        crews: Some(Crewing { crews: 3, by_region: true }),
        spares: Some(Sparing { stock: 5, lead: Duration::Fixed(days(2)) }),
        maintenance: Maintenance {
            policy: Replacement::Age(days(80)),
            planned_duration: Duration::Fixed(SimDuration::from_hours(2)),
            planned_cost: Amount(1),
            failure_cost: Amount(1_000),
        },
        checkpoint: Some(Checkpoint {
            period: SimDuration::from_hours(1),
            cost: SimDuration::from_minutes(1),
        }),
        turnover: Some(Turnover {
            prospects_per_year: 60.0,
            devices_each: 7,
            leave_per_year: 1.0,
            income: None,
        }),
        ..Class::new("server", 400)
    };
    let home = Class {
        failure: FailureLaw::exponential(100.0 * DAY_SECONDS),
        repair: Duration::Fixed(days(3)),
        heartbeat: Some(Heartbeat { period: SimDuration::from_hours(3), loss: 0.05, misses: 2 }),
        detection: Detection::Heartbeat,
        day: Some(Day { always_share: 0.4, from_hour: 17.0, hours: 6.0, spread_hours: 1.0 }),
        ..Class::new("home", 300)
    };
    let outage = |hours| Effect::Outage {
        duration: Duration::Drawn(FailureLaw::exponential(hours * HOUR)),
        together: true,
    };
    let yearly = |times: f64| Timing::Law(FailureLaw::exponential(365.25 * DAY_SECONDS / times));
    let shock = |id: &str, scope, timing, reach, effect| Shock {
        id: id.to_owned(),
        scope,
        timing,
        places: 1,
        region: None,
        reach,
        spread: SimDuration::ZERO,
        effect,
        classes: Vec::new(),
    };
    let region = |id: &str, share| Region { utc_offset_hours: 3.0, ..Region::new(id, share) };
    Settings {
        record_every: SimDuration::from_days(1),
        regions: vec![region("north", 2.0), region("south", 1.0)],
        classes: vec![server, home],
        shocks: vec![
            shock("grid", Scope::Region, yearly(6.0), Reach::Share(0.5), outage(8.0)),
            shock("batch", Scope::Batch, yearly(3.0), Reach::Burst(8.0), Effect::Failure),
            shock("owner", Scope::Owner, yearly(2.0), Reach::Share(1.0), outage(12.0)),
            shock("carrier", Scope::Carrier, yearly(4.0), Reach::Share(0.9), outage(2.0)),
            Shock {
                spread: SimDuration::from_hours(5),
                ..shock(
                    "worm",
                    Scope::World,
                    Timing::Every(days(20)),
                    Reach::Devices(30),
                    Effect::Outage { duration: Duration::Fixed(days(1)), together: false },
                )
            },
        ],
        carriers_per_region: 3,
        serving_share: 0.8,
        operation: Default::default(),
    }
}

#[test]
fn a_busy_fleet_keeps_its_books_and_is_its_seed() {
    let settings = busy();
    let (one, again, other) =
        (after(&settings, 1, 400), after(&settings, 1, 400), after(&settings, 2, 400));
    assert_eq!(one.ctx.fingerprint, again.ctx.fingerprint);
    assert_ne!(one.ctx.fingerprint, other.ctx.fingerprint);
    assert!(one.model.log == again.model.log);
    let tallies = one.model.fleet.tallies();
    let (whole, counts) = (tallies.whole(one.ctx.now()), tallies.counts);
    assert!(whole.failures > 1_000 && whole.planned > 200, "{whole:?}");
    assert!(whole.repairs < whole.failures);
    assert!(counts.owners_joined > 20 && counts.owners_left > 20, "{counts:?}");
    assert!(counts.heartbeats_lost > 0 && counts.false_alarms > 0 && counts.strikes > 100);
    assert!(counts.undetected_nanos > 0 && counts.lost_nanos > 0);
    assert!(tallies.serving.interruptions > 0);
}

#[test]
fn a_run_goes_on_from_its_snapshot() {
    let settings = busy();
    let mut straight = simulation(&settings, 3);
    straight.run_until(SimTime::ZERO + days(60));
    let bytes = postcard::to_stdvec(&(&straight.model.fleet, &straight.ctx)).unwrap();
    let mut restored = straight.clone();
    (restored.model.fleet, restored.ctx) = postcard::from_bytes(&bytes).unwrap();
    for run in [&mut straight, &mut restored] {
        run.run_until(SimTime::ZERO + days(160));
    }
    assert_eq!(straight.ctx.fingerprint, restored.ctx.fingerprint);
    let state = |fleet: &Fleet| postcard::to_stdvec(fleet).unwrap();
    assert!(state(&straight.model.fleet) == state(&restored.model.fleet));
}

/// Lives and repairs of a device are drawn by its number: another class moves nobody's.
#[test]
fn more_devices_move_nobody_s_numbers() {
    let few = Settings { shocks: Vec::new(), ..busy() };
    let quiet =
        |class: &Class| Class { turnover: None, crews: None, spares: None, ..class.clone() };
    let few = Settings { classes: vec![quiet(&few.classes[0])], ..few };
    let mut many = few.clone();
    many.classes.push(quiet(&busy().classes[1]));
    let (few, many) = (after(&few, 7, 200), after(&many, 7, 200));
    let log = |run: &pinwheel_core::Simulation<crate::Devices>| {
        let of_few = run.model.log.iter().filter(|(_, change)| change.device < 400);
        of_few.copied().collect::<Vec<_>>()
    };
    assert!(few.model.log.len() > 1_000);
    assert!(log(&few) == log(&many));
}

#[test]
fn devices_are_shared_out_by_region_and_owner() {
    let class = Class { owners: 10, owner_concentration: 1.0, ..Class::new("disk", 1_000) };
    let regions = vec![Region::new("a", 3.0), Region::new("b", 1.0)];
    let settings = Settings { regions, ..Settings::of(class) };
    let run = simulation(&settings, 1);
    let fleet = &run.model.fleet;
    let in_b = (0..fleet.devices()).filter(|device| fleet.region(*device) == 1).count();
    assert_eq!((fleet.devices(), in_b), (1_000, 250));
    let of_first = (0..fleet.devices()).filter(|device| fleet.owner(*device) == 0).count();
    // The harmonic number of 10 is 2.928968.
    assert_eq!(of_first, 341);
    assert_eq!(fleet.owner(999), 9);
}

/// No event for what does not happen: a million devices that never fail cost one record a day.
#[test]
fn idle_devices_cost_nothing() {
    let run = after(&Settings::of(Class::new("sensor", 1_000_000)), 1, 10);
    assert_eq!(run.ctx.events(), 10);
}

#[test]
fn without_a_part_nobody_is_repaired() {
    let class = Class {
        failure: FailureLaw::exponential(5.0 * DAY_SECONDS),
        repair: Duration::Fixed(SimDuration::from_hours(1)),
        spares: Some(Sparing { stock: 4, lead: Duration::Fixed(days(1_000)) }),
        ..Class::new("server", 100)
    };
    let run = after(&Settings::of(class), 1, 300);
    let whole = run.model.fleet.tallies().whole(run.ctx.now());
    assert_eq!((whole.repairs, whole.up), (4, 0));
    assert!(run.model.fleet.pools()[0].is_out_of_parts());
}

#[test]
fn planned_work_saves_its_results_and_a_failure_does_not() {
    let class = |failure, policy| Class {
        failure,
        maintenance: Maintenance { policy, ..Maintenance::default() },
        checkpoint: Some(Checkpoint { period: days(1), cost: SimDuration::ZERO }),
        ..Class::new("node", 10)
    };
    let planned = class(FailureLaw::NEVER, Replacement::Age(SimDuration::from_hours(36)));
    let run = after(&Settings::of(planned), 1, 30);
    assert_eq!(run.model.fleet.tallies().counts.lost_nanos, 0);
    let sudden = FailureLaw::table(&[(0.0, 0.0), (36.0 * HOUR, 1e9)]);
    let run = after(&Settings::of(class(sudden, Replacement::RunToFailure)), 1, 30);
    let [saved, lost, saving] = run.model.fleet.work_so_far(run.ctx.now());
    // Each life of 36 hours saves a day and loses half a day; the twentieth still goes on.
    assert_eq!((saved + lost, saving), (u128::from(days(300).as_nanos()), 0));
    let share = lost as f64 / (saved + lost) as f64;
    assert!((share - 19.0 / 60.0).abs() < 1e-6, "{share}");
}

//! From a scenario file to a fleet.

use pinwheel_core::{Amount, SimDuration, SimTime};
use pinwheel_models::infrastructure::settings::*;
use pinwheel_models::laws::draw::Duration;
use pinwheel_models::laws::failure::FailureLaw;
use pinwheel_models::policy::maintenance::Replacement;
use pinwheel_models::scenario::load;

const SCENARIO: &str = r#"
schema = 1
meta = { name = "whole" }
run = { start = 2025-01-01, horizon = "9 d" }

[infrastructure]
serving_share = "75 %"
carriers_per_region = 3
region = [{ id = "north", share = 3, utc_offset = "-5 h" }, { id = "south" }]

[[infrastructure.class]]
id = "disk"
count = 40
owners = 8
owner_concentration = 0.5
capacity = 16.5
power = "12 W"
price = "250.25 USD"
age = "1 y"
failure = { law = "table", file = "hazards.csv" }
repair = { law = "log_normal", median = "12 h", sigma = 1.0 }
crews = 2
crews_by_region = true
spares = { stock = 3, lead = "14 d" }
detection = "inspection"
inspection = "7 d"
maintenance = { policy = "age", period = "3 y", planned_cost = "1 USD", failure_cost = "9 USD" }
checkpoint = { period = "1 h", cost = "1 min" }
day = { always = "30 %", from = "17 h", hours = "6 h", spread = "30 min" }
turnover = { prospects = "24 /y", devices_each = 2, leave = "10 %/y", income = "12 USD/mo", needed = "10 USD/mo", needed_sigma = 0.5 }
devices_per_site = 10
devices_per_feed = 5
batches = 4
watched = true

[[infrastructure.class]]
id = "phone"
count = 5
failure = { law = "weibull", shape = 2, mean = "886.2269254527580 d" }
heartbeat = { period = "30 s", loss = "1 %", misses = 2 }
detection = "heartbeat"

[[infrastructure.shock]]
id = "grid"
scope = "feed"
rate = "2 /y"
places = 2
share = "50 %"
duration = "6 h"
classes = ["phone"]

[[infrastructure.shock]]
id = "firmware"
scope = "batch"
at = "3 d"
burst = 4
spread = "1 d"
"#;

fn settings() -> Settings {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("whole.toml");
    std::fs::write(&path, SCENARIO).expect("written");
    let table = "age_days,rate_per_year\n0,0.1\n100,0.02\n";
    std::fs::write(folder.path().join("hazards.csv"), table).expect("written");
    let experiment = load(&path, &[]).unwrap_or_else(|faults| panic!("{faults:?}"));
    let settings = experiment.points[0].scenario.layers.infrastructure.as_deref();
    settings.expect("there is a fleet").clone()
}

#[test]
fn every_key_of_a_class_arrives() {
    let settings = settings();
    let [disk, phone] = &settings.classes[..] else { panic!("two classes") };
    let year = 365.25 * 86_400.0;
    let FailureLaw::Table(rows) = &disk.failure else { panic!("{:?}", disk.failure) };
    assert_eq!(rows.len(), 2);
    assert!(
        (disk.failure.cumulative_hazard(year)
            - 0.1 * 100.0 / 365.25
            - 0.02 * (1.0 - 100.0 / 365.25))
            .abs()
            < 1e-12
    );
    assert_eq!((disk.owners, disk.capacity_milli, disk.batches), (8, 16_500, 4));
    assert_eq!((disk.power_watts, disk.age_seconds), (12.0, year));
    assert_eq!(disk.price, Amount(250_250_000));
    assert_eq!(disk.crews, Some(Crewing { crews: 2, by_region: true }));
    let lead = Duration::Fixed(SimDuration::from_days(14));
    assert_eq!(disk.spares, Some(Sparing { stock: 3, lead }));
    assert_eq!(disk.detection, Detection::Inspection(SimDuration::from_days(7)));
    assert_eq!(disk.maintenance.failure_cost, Amount(9_000_000));
    assert!(matches!(disk.maintenance.policy, Replacement::Age(_)));
    let day = Day { always_share: 0.3, from_hour: 17.0, hours: 6.0, spread_hours: 0.5 };
    assert_eq!(disk.day, Some(day));
    let turnover = disk.turnover.expect("owners come and go");
    assert!((turnover.prospects_per_year - 24.0).abs() < 1e-9);
    assert!((turnover.income.expect("money").usd_per_month - 12.0).abs() < 1e-9);
    assert_eq!(disk.watched_against.as_ref(), Some(&disk.failure));
    let FailureLaw::Weibull { scale_seconds, .. } = phone.failure else { panic!("Weibull") };
    assert!((scale_seconds / 86_400.0 - 1_000.0).abs() < 1e-9, "{scale_seconds}");
    let heartbeat = Heartbeat { period: SimDuration::from_seconds(30), loss: 0.01, misses: 2 };
    assert_eq!(phone.heartbeat, Some(heartbeat));
}

#[test]
fn every_key_of_the_layer_and_its_shocks_arrives() {
    let settings = settings();
    assert_eq!((settings.serving_share, settings.carriers_per_region), (0.75, 3));
    assert_eq!(settings.regions[0].utc_offset_hours, -5.0);
    assert_eq!((settings.regions[0].share, settings.regions[1].share), (3.0, 1.0));
    let [grid, firmware] = &settings.shocks[..] else { panic!("two shocks") };
    assert_eq!((grid.scope, grid.places, grid.reach), (Scope::Feed, 2, Reach::Share(0.5)));
    assert_eq!(grid.classes, [1]);
    let duration = Duration::Fixed(SimDuration::from_hours(6));
    assert_eq!(grid.effect, Effect::Outage { duration, together: true });
    let at = SimTime::ZERO + SimDuration::from_days(3);
    assert_eq!(firmware.timing, Timing::At(at));
    assert_eq!((firmware.reach, &firmware.effect), (Reach::Burst(4.0), &Effect::Failure));
    assert_eq!(firmware.spread, SimDuration::from_days(1));
}

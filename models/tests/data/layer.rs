//! The smaller parts of the layer, each against its closed form or its books.

use pinwheel_core::{Context, Model, Row, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::data::coding::Code;
use pinwheel_models::data::settings::{
    ExposureSettings, FlashCrowdSettings, GrowthSettings, KeySettings, NodeSettings, Protection,
    RecordSettings, Settings, StoreSettings,
};
use pinwheel_models::data::{Data, Event};
use pinwheel_models::part::Around;
use pinwheel_models::policy::placement::Placement;
use pinwheel_models::policy::replica_selection::ReplicaSelection;
use pinwheel_models::policy::telemetry::nodes::DomainKind;
use pinwheel_models::registry;

use super::store::drawn;

const DAY: f64 = 86_400.0;
const YEAR: f64 = 365.25 * DAY;

struct Layer(Data);

impl Model for Layer {
    type Event = Event;
    fn start(&mut self, ctx: &mut Context<Event>) {
        self.0.start(ctx);
    }
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        self.0.handle(event, ctx);
    }
}

struct Run {
    rows: Vec<Row>,
    labels: Vec<String>,
}

impl Run {
    /// The last value of a metric.
    fn last(&self, name: &str, label: &str) -> f64 {
        let metric = registry::ALL.find(name).expect("a metric").0;
        let label = self.labels.iter().position(|known| known == label).expect("a known label");
        let row = self.rows.iter().rev();
        let mut row = row.filter(|row| row.metric == metric && usize::from(row.label.0) == label);
        row.next().unwrap_or_else(|| panic!("no row of {name}")).value
    }
}

fn run(settings: &Settings, days: u64) -> Run {
    let streams = Streams::new(13, 0);
    let mut simulation =
        Simulation::new(Layer(Data::new(settings, &Around::alone(&streams))), streams);
    simulation.run_until(SimTime::ZERO + SimDuration::from_days(days));
    assert_eq!(simulation.ctx.checks.breach(), None);
    Run { rows: simulation.ctx.records.drain(), labels: simulation.ctx.records.labels().to_vec() }
}

fn exposed(protection: Protection, code: Code, by_owner: bool, placement: Placement) -> (f64, f64) {
    let nodes = NodeSettings { owners: 10, ..NodeSettings::new(200) };
    let mut settings = Settings::new(nodes);
    let store = StoreSettings::new(4_000, code, drawn(1.0));
    settings.store = Some(StoreSettings { placement, ..store });
    settings.exposure =
        Some(ExposureSettings { protection, curious_share: 0.2, days: 10, by_owner, readers: 3 });
    let run = run(&settings, 10);
    (run.last("data_exposed_share", ""), run.last("data_exposed_closed", ""))
}

#[test]
fn what_curious_nodes_see_is_what_sampling_theory_says() {
    for (protection, code) in [
        (Protection::Plain, Code::new(1, 3)),
        (Protection::Plain, Code::new(4, 6)),
        (Protection::Shared, Code::new(3, 5)),
        (Protection::Encrypted, Code::new(4, 6)),
    ] {
        let (share, theory) = exposed(protection, code, false, Placement::Spread(Vec::new()));
        let error = (theory * (1.0 - theory) / 4_000.0).sqrt();
        assert!((share - theory).abs() < 4.0 * error, "{protection:?}: {share} and {theory}");
        assert!(theory > 0.01, "{protection:?}: {theory} can be told from nothing");
    }
}

#[test]
fn spread_over_owners_keeps_shares_from_owners_that_collude() {
    let code = Code::new(3, 5);
    let seen = |placement| exposed(Protection::Shared, code, true, placement).0;
    // Two of ten owners are curious: with a piece each they are one short.
    assert!(seen(Placement::Spread(Vec::new())) > 0.02);
    assert_eq!(seen(Placement::Spread(vec![DomainKind::Owner])), 0.0);
}

#[test]
fn stolen_and_lost_keys_are_as_many_as_theory_says() {
    for (shares, needed, refresh) in [(1, 1, None), (5, 3, None), (5, 3, Some(90)), (3, 3, None)] {
        let keys = KeySettings {
            users: 20_000,
            objects_per_user: 10,
            shares,
            needed,
            thefts_per_second: 0.2 / YEAR,
            losses_per_second: 0.1 / YEAR,
            refresh: refresh.map(SimDuration::from_days),
        };
        let settings = Settings { keys: Some(keys), ..Settings::new(NodeSettings::new(1)) };
        let run = run(&settings, 400);
        for (share, theory) in [
            ("data_keys_exposed", "data_keys_exposed_closed"),
            ("data_keys_lost", "data_keys_lost_closed"),
        ] {
            let (share, theory) = (run.last(share, ""), run.last(theory, ""));
            let error = (theory * (1.0 - theory) / 20_000.0).sqrt();
            assert!((share - theory).abs() < 4.0 * error, "{shares} {needed}: {share} {theory}");
        }
    }
}

#[test]
fn a_ledger_grows_by_its_rates_and_pruning_stops_it() {
    let record = |id: &str, per_second, size_cv, retention_days, coded| RecordSettings {
        id: id.to_owned(),
        per_second,
        mean_bytes: 500.0,
        size_cv,
        retention_days,
        state_share: 0.1,
        coded,
    };
    let settings = Settings {
        growth: Some(GrowthSettings {
            records: vec![
                record("transaction", 10.0, 2.0, Some(5), None),
                record("contract", 0.01, 1.0, None, None),
                record("user_data", 1.0, 0.0, Some(10), Some(Code::new(6, 9))),
            ],
        }),
        ..Settings::new(NodeSettings::new(20))
    };
    let run = run(&settings, 30);
    for label in ["archive", "pruned"] {
        let ratio = run.last("data_ledger_ratio", label);
        assert!((ratio - 1.0).abs() < 0.02, "{label}: {ratio}");
    }
    let daily = 500.0 * DAY * (10.0 + 0.01 + 1.5 / 20.0) / 1e9;
    let growth = run.last("data_ledger_growth", "archive");
    assert!((growth / daily - 1.0).abs() < 0.02, "{growth} and {daily}");
    // Only live state and what has no retention still grows.
    let kept = 500.0 * DAY * (1.0 + 0.01 + 0.15 / 20.0) / 1e9;
    let growth = run.last("data_ledger_growth", "pruned");
    assert!((growth - kept).abs() < 0.03 * daily, "{growth} and {kept}");
}

fn crowd(load: f64, hot_objects: u32) -> Run {
    crowd_by(load, hot_objects, ReplicaSelection::ShortestQueue)
}

fn crowd_by(load: f64, hot_objects: u32, replica_selection: ReplicaSelection) -> Run {
    let crowd = FlashCrowdSettings {
        objects: 2_000,
        exponent: 1.0,
        replicas: 3,
        requests_per_second: 2.0,
        hot_seconds: 0.05,
        cold_seconds: 0.4,
        hot_objects,
        queue_max: 20,
        begins: SimDuration::from_hours(6),
        lasts: SimDuration::from_minutes(20),
        load,
        replica_selection,
    };
    let settings = Settings { flash_crowd: Some(crowd), ..Settings::new(NodeSettings::new(10)) };
    run(&settings, 1)
}

#[test]
fn requests_that_go_to_any_replica_meet_longer_queues() {
    let crowd = |selection| crowd_by(8.0, 100, selection).last("data_request_p99", "crowd");
    let (shortest, random) =
        (crowd(ReplicaSelection::ShortestQueue), crowd(ReplicaSelection::Random));
    assert!(shortest < random, "{shortest} and {random}");
}

#[test]
fn a_crowd_is_turned_away_where_queues_are_full_and_never_stays_longer() {
    let (calm, rush) = (crowd(1.0, 100), crowd(100.0, 100));
    assert_eq!(calm.last("data_requests_dropped", "crowd"), 0.0);
    assert!(rush.last("data_requests_dropped", "crowd") > 0.2);
    // Twenty in front, each half a second at most on average: far below a minute.
    assert!(rush.last("data_request_p99", "crowd") < 30.0);
    assert!(rush.last("data_request_p99", "crowd") > calm.last("data_request_p99", "crowd"));
    // A hot tier serves more, and without one the nodes give what their service time allows.
    let cold = crowd(100.0, 0).last("data_crowd_throughput", "");
    assert!((cold / (10.0 / 0.4) - 1.0).abs() < 0.05, "{cold}");
    assert!(rush.last("data_crowd_throughput", "") > 1.5 * cold);
}

//! Nodes with a capacity: never over it, filled to the brim, and what finds no room.

use pinwheel_core::{SimDuration, SimTime, Simulation};
use pinwheel_models::data::coding::Code;
use pinwheel_models::data::settings::{
    Capacity, Effect, NodeSettings, OutageSettings, Shock, StoreSettings,
};
use pinwheel_models::data::splitting::Alone;
use pinwheel_models::laws::draw::Duration;
use pinwheel_models::laws::failure::FailureLaw;
use pinwheel_models::policy::telemetry::nodes::DomainKind;
use pinwheel_models::scenario::load;

use super::store::{begin, drawn};

fn hours(hours: u64) -> SimDuration {
    SimDuration::from_hours(hours)
}

/// Nodes with room for so many pieces of the store, and a byte less than one more.
fn room(store: &StoreSettings, pieces: u64) -> Option<Capacity> {
    let bytes = store.code.piece_bytes(store.object_bytes);
    Some(Capacity::Each((pieces + 1) * bytes - 1))
}

fn held(simulation: &Simulation<Alone>) -> Vec<usize> {
    let objects = simulation.model.store.objects();
    objects.hosts().iter().enumerate().map(|(node, _)| objects.held(node as u32).len()).collect()
}

#[test]
fn nodes_are_filled_to_the_brim_exactly_and_what_is_more_is_refused() {
    // As many pieces as nodes: each object takes one place of each.
    for (objects, refused) in [(7, 0), (8, 0), (9, 5), (12, 20)] {
        let store = StoreSettings::new(objects, Code::new(2, 5), drawn(10.0));
        let nodes = NodeSettings { capacity: room(&store, 8), ..NodeSettings::new(5) };
        let mut simulation = begin(&store, &nodes);
        simulation.run_until(SimTime::ZERO);
        assert_eq!(held(&simulation), vec![objects.min(8) as usize; 5], "{objects} objects");
        assert_eq!(simulation.model.store.tallies().refused, refused, "{objects} objects");
        assert_eq!(nodes.places_in_all(store.code.piece_bytes(store.object_bytes)), Some(40));
    }
}

#[test]
fn no_node_ever_holds_more_than_it_can_whatever_happens() {
    let mut store = StoreSettings::new(300, Code::new(4, 6), drawn(10.0));
    store.repair.gives_up_after = Some(hours(12));
    store.renew = true;
    let shock = |after, number, effect| Shock {
        after: hours(after),
        kind: DomainKind::Site,
        number,
        effect,
    };
    store.shocks = vec![
        shock(100, 1, Effect::Outage { lasts: hours(48) }),
        shock(200, 2, Effect::Loss),
        shock(300, 3, Effect::Loss),
    ];
    let nodes = NodeSettings {
        sites: 12,
        life: FailureLaw::Weibull { shape: 0.8, scale_seconds: 500.0 * 3_600.0 },
        outage: Some(OutageSettings { between: drawn(100.0), lasts: drawn(8.0) }),
        capacity: room(&store, 34),
        ..NodeSettings::new(60)
    };
    let mut simulation = begin(&store, &nodes);
    let mut fullest = 0;
    while simulation.step(SimTime::ZERO + hours(600)).is_some() {
        let most = held(&simulation).into_iter().max().expect("nodes");
        assert!(most <= 34, "{most} at {}", simulation.ctx.now());
        fullest = fullest.max(most);
    }
    let store = &simulation.model.store;
    assert_eq!(simulation.ctx.checks.breach(), None);
    assert!(store.objects().books_are_right());
    assert_eq!(fullest, 34);
    assert!(store.tallies().refused > 0 && store.tallies().rebuilds > 1_000);
}

#[test]
fn a_piece_without_room_is_tried_again_a_rebuild_later() {
    let mut store = StoreSettings::new(2, Code::new(1, 2), Duration::Fixed(hours(4)));
    let loss = |(number, after)| Shock {
        after: hours(after),
        kind: DomainKind::Region,
        number,
        effect: Effect::Loss,
    };
    store.shocks = [(1, 1), (2, 100), (3, 200)].into_iter().map(loss).collect();
    // Six places for four pieces; after three losses three.
    let nodes =
        NodeSettings { regions: 6, sites: 6, capacity: room(&store, 1), ..NodeSettings::new(6) };
    let mut simulation = begin(&store, &nodes);
    simulation.run_until(SimTime::ZERO + hours(199));
    assert_eq!(held(&simulation).iter().sum::<usize>(), 4);
    assert_eq!(simulation.model.store.tallies().refused, 0);
    simulation.run_until(SimTime::ZERO + hours(299));
    assert_eq!(held(&simulation).iter().sum::<usize>(), 3);
    // At 204 h, 208 h, ... 296 h.
    assert_eq!(simulation.model.store.tallies().refused, 24);
    assert_eq!(simulation.model.store.tallies().losses, 0);
}

#[test]
fn only_a_node_that_is_full_refuses() {
    // One node of five fails at times: the others hold pieces of the same objects, room or not.
    let store = StoreSettings::new(4, Code::new(2, 5), drawn(10.0));
    let life = FailureLaw::Exponential { rate_per_second: 1.0 / (200.0 * 3_600.0) };
    let nodes = NodeSettings { life, capacity: room(&store, 4), ..NodeSettings::new(5) };
    let mut simulation = begin(&store, &nodes);
    simulation.run_until(SimTime::ZERO + hours(2_000));
    assert!(simulation.model.store.tallies().node_failures > 20);
    assert_eq!(simulation.model.store.tallies().refused, 0);
}

#[test]
fn a_capacity_that_is_never_reached_changes_nothing() {
    let store = StoreSettings::new(200, Code::new(2, 4), drawn(10.0));
    let life = FailureLaw::Exponential { rate_per_second: 1.0 / (100.0 * 3_600.0) };
    let end = |capacity| {
        let nodes = NodeSettings { life: life.clone(), capacity, ..NodeSettings::new(20) };
        let mut simulation = begin(&store, &nodes);
        simulation.run_until(SimTime::ZERO + hours(500));
        (held(&simulation), *simulation.model.store.tallies(), simulation.ctx.fingerprint.hex())
    };
    assert_eq!(end(None), end(room(&store, 200)));
}

/// A scenario with nodes on two classes of devices.
fn scenario(capacity: &str) -> String {
    format!(
        r#"
schema = 1
[meta]
name = "classes"
[run]
start = 2025-01-01
horizon = "2 d"
[[infrastructure.class]]
id = "disk"
count = 10
[[infrastructure.class]]
id = "cabinet"
count = 5
[data.nodes]
on = ["disk", "cabinet"]
{capacity}
[data.store]
objects = 20
object_size = "1 GiB"
pieces = 3
needed = 1
repair = {{ time = "10 h" }}
"#
    )
}

#[test]
fn a_capacity_by_class_is_that_of_each_class() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("classes.toml");
    let read = |capacity: &str| {
        std::fs::write(&path, scenario(capacity)).unwrap();
        load(&path, &[])
    };
    let nodes = |capacity: &str| {
        let experiment = read(capacity).unwrap_or_else(|faults| panic!("{}", faults[0]));
        let scenario = experiment.points.into_iter().next().unwrap().scenario;
        scenario.layers.data.expect("a data layer").nodes
    };
    let piece_bytes = 1 << 30;
    let same = nodes("capacity = \"8.5 GiB\"");
    assert_eq!(same.places_in_all(piece_bytes), Some(15 * 8));
    let apart = nodes("capacity = { disk = \"2 GiB\", cabinet = \"9 GiB\" }");
    assert_eq!(apart.places_in_all(piece_bytes), Some(10 * 2 + 5 * 9));
    // 60 pieces fit by class exactly, and one place less is too few.
    assert!(read("capacity = { disk = \"2 GiB\", cabinet = \"8 GiB\" }").is_ok());
    let faults = read("capacity = { disk = \"1.9 GiB\", cabinet = \"9.9 GiB\" }");
    let faults = faults.expect_err("55 places");
    assert!(faults[0].to_string().contains("the nodes have room for 55"), "{}", faults[0]);
}

//! Objects on nodes: what fails, what is rebuilt and where.

use std::collections::BTreeSet;

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Model, SimDuration, SimTime, Simulation, Streams, snapshot};
use pinwheel_models::data::Event;
use pinwheel_models::data::coding::Code;
use pinwheel_models::data::settings::{Effect, NodeSettings, OutageSettings, Shock, StoreSettings};
use pinwheel_models::data::splitting::Alone;
use pinwheel_models::data::store::Store;
use pinwheel_models::laws::draw::Duration;
use pinwheel_models::laws::failure::FailureLaw;
use pinwheel_models::policy::placement::Placement;
use pinwheel_models::policy::telemetry::nodes::DomainKind;

const HOUR: f64 = 3_600.0;

pub(crate) fn drawn(mean_hours: f64) -> Duration {
    Duration::Drawn(FailureLaw::Exponential { rate_per_second: 1.0 / mean_hours / HOUR })
}

fn hours(hours: u64) -> SimDuration {
    SimDuration::from_hours(hours)
}

pub(crate) fn begin(store: &StoreSettings, nodes: &NodeSettings) -> Simulation<Alone> {
    let streams = Streams::new(11, 0);
    Simulation::new(Alone { store: Store::new(store, nodes, &streams) }, streams)
}

/// 300 objects of 4 of 6 on 60 nodes in 4 regions, 12 sites and of 10 owners.
fn busy() -> (StoreSettings, NodeSettings) {
    let mut store = StoreSettings::new(300, Code::new(4, 6), drawn(10.0));
    store.placement = Placement::Spread(vec![DomainKind::Owner, DomainKind::Region]);
    store.contested_share = 0.3;
    store.renew = true;
    store.repair.gives_up_after = Some(hours(12));
    store.shocks = vec![
        shock(200, DomainKind::Region, Effect::Outage { lasts: hours(48) }),
        shock(300, DomainKind::Owner, Effect::Censors),
        shock(400, DomainKind::Site, Effect::Loss),
    ];
    let nodes = NodeSettings {
        regions: 4,
        sites: 12,
        owners: 10,
        life: FailureLaw::Weibull { shape: 0.8, scale_seconds: 500.0 * HOUR },
        outage: Some(OutageSettings { between: drawn(100.0), lasts: drawn(8.0) }),
        ..NodeSettings::new(60)
    };
    (store, nodes)
}

fn shock(after: u64, kind: DomainKind, effect: Effect) -> Shock {
    Shock { after: hours(after), kind, number: 1, effect }
}

#[test]
fn the_books_are_right_whatever_happens() {
    let (store, nodes) = busy();
    let mut simulation = begin(&store, &nodes);
    for day in 1..=40 {
        simulation.run_until(SimTime::ZERO + SimDuration::from_days(day));
        assert!(simulation.model.store.objects().books_are_right(), "day {day}");
    }
    let tallies = simulation.model.store.tallies();
    assert!(tallies.rebuilds > 1_000 && tallies.node_failures > 80, "{tallies:?}");
    assert!(tallies.censored > 0 && tallies.moved > 0, "{tallies:?}");
    assert!(tallies.losses > 0, "{tallies:?}");
}

#[test]
fn a_restored_run_ends_like_one_that_was_never_cut() {
    let (store, nodes) = busy();
    let mut whole = begin(&store, &nodes);
    whole.run_until(SimTime::ZERO + hours(250));
    let mut restored: Simulation<Alone> =
        snapshot::restore(&snapshot::save(&whole)).expect("a snapshot");
    for simulation in [&mut whole, &mut restored] {
        simulation.run_until(SimTime::ZERO + hours(500));
    }
    assert_eq!(snapshot::save(&whole), snapshot::save(&restored));
    assert_eq!(whole.ctx.fingerprint.hex(), restored.ctx.fingerprint.hex());
}

#[test]
fn pieces_lie_in_different_domains_where_there_are_enough() {
    let (mut store, mut nodes) = busy();
    store.shocks.clear();
    nodes.outage = None;
    // Slow failures, so that a node is never short of others.
    nodes.life = FailureLaw::Exponential { rate_per_second: 1.0 / (2_000.0 * HOUR) };
    let mut simulation = begin(&store, &nodes);
    for day in 0..20 {
        simulation.run_until(SimTime::ZERO + SimDuration::from_days(day));
        let store = &simulation.model.store;
        for object in 0..store.objects().count() {
            let pieces = store.objects().pieces_of(object);
            let nodes: Vec<u32> = pieces.map(|piece| store.objects().piece(piece).node).collect();
            let here: Vec<_> = nodes.iter().filter(|node| **node != u32::MAX).collect();
            let owners: BTreeSet<_> =
                here.iter().map(|node| store.domains()[**node as usize].owner).collect();
            assert_eq!(owners.len(), here.len(), "day {day}, object {object}");
        }
    }
    assert!(simulation.model.store.tallies().rebuilds > 100);
}

#[test]
fn lazy_repair_waits_for_its_threshold_and_then_completes() {
    let mut settings = StoreSettings::new(1, Code::new(4, 10), drawn(0.001));
    settings.repair.begins_at = 6;
    let life = FailureLaw::Exponential { rate_per_second: 1.0 / (100.0 * HOUR) };
    let mut simulation = begin(&settings, &NodeSettings { life, ..NodeSettings::new(10) });
    let (mut lowest, mut fewest_started) = (10, 10);
    while simulation.model.store.tallies().rebuilds < 40 {
        let before = simulation.model.store.objects().object(0).counted;
        simulation.step(SimTime::MAX).expect("nodes fail for ever");
        let after = simulation.model.store.objects().object(0).counted;
        lowest = lowest.min(after);
        if after > before && before < 10 {
            fewest_started = fewest_started.min(before);
        }
    }
    // Four missing before the first rebuild, and then all of them are made anew.
    assert_eq!((lowest, fewest_started), (6, 6));
    assert_eq!(simulation.model.store.tallies().rebuilds % 4, 0);
}

#[test]
fn a_node_that_is_down_long_is_given_up_and_one_that_is_back_counts_again() {
    let mut settings = StoreSettings::new(20, Code::new(1, 2), Duration::Fixed(hours(4)));
    settings.repair.gives_up_after = Some(hours(2));
    let nodes = NodeSettings { regions: 4, sites: 4, ..NodeSettings::new(8) };
    // Short of the limit; past it, but back before the rebuilds are done; past both.
    for (lasts, rebuilt) in [(1, false), (4, false), (10, true)] {
        settings.shocks =
            vec![shock(1, DomainKind::Region, Effect::Outage { lasts: hours(lasts) })];
        let mut simulation = begin(&settings, &nodes);
        simulation.run_until(SimTime::ZERO + hours(30));
        let store = &simulation.model.store;
        assert_eq!(store.tallies().rebuilds > 0, rebuilt, "an outage of {lasts} h");
        assert!((0..20).all(|object| store.objects().object(object).counted == 2));
        assert_eq!(store.repairs_under_way(), 0);
    }
}

#[test]
fn a_bound_on_rebuilds_holds_and_serves_the_most_endangered_first() {
    let mut settings = StoreSettings::new(200, Code::new(2, 6), Duration::Fixed(hours(1)));
    settings.repair.at_once = 3;
    settings.shocks = vec![
        shock(1, DomainKind::Region, Effect::Loss),
        Shock { number: 2, ..shock(2, DomainKind::Region, Effect::Loss) },
    ];
    let nodes = NodeSettings { regions: 5, sites: 5, ..NodeSettings::new(50) };
    let mut simulation = begin(&settings, &nodes);
    let mut worst = 0;
    while simulation.step(SimTime::ZERO + hours(150)).is_some() {
        let store = &simulation.model.store;
        assert!(store.repairs_under_way() <= 3);
        if simulation.ctx.now() > SimTime::ZERO + hours(3) {
            let alive = store.objects().objects().iter().filter(|object| !object.lost);
            let now_worst = alive.map(|object| object.counted).min().expect("objects");
            // Once the worst is better off it never falls back: nothing else fails.
            assert!(now_worst >= worst);
            worst = now_worst;
        }
    }
    assert!(worst > 3, "{worst}");
}

#[test]
fn one_object_s_losses_do_not_depend_on_what_others_do() {
    // Common random numbers: more objects on the same nodes leave the nodes' lives alone.
    let life = FailureLaw::Exponential { rate_per_second: 1.0 / (100.0 * HOUR) };
    let nodes = NodeSettings { life, ..NodeSettings::new(10) };
    let failures = |objects| {
        let mut simulation =
            begin(&StoreSettings::new(objects, Code::new(2, 4), drawn(10.0)), &nodes);
        simulation.run_until(SimTime::ZERO + hours(2_000));
        simulation.model.store.tallies().node_failures
    };
    assert_eq!(failures(1), failures(50));
}

/// A store and a fleet that takes every node down in turn for an hour, twice over.
struct Visited {
    store: Store,
    /// Visits that emptied a node, and the pieces that were on it.
    emptied: (u32, u64),
}

#[derive(Copy, Clone, Debug, serde::Serialize, serde::Deserialize)]
enum Happening {
    Device { node: u32, up: bool },
    Data(Event),
}

impl From<Event> for Happening {
    fn from(event: Event) -> Self {
        Happening::Data(event)
    }
}

impl EngineEvent for Happening {
    fn kind(&self) -> u8 {
        match self {
            Happening::Device { .. } => 0,
            Happening::Data(event) => event.kind(),
        }
    }
}

impl Model for Visited {
    type Event = Happening;
    fn start(&mut self, ctx: &mut Context<Happening>) {
        self.store.start(ctx);
        for visit in 0..40 {
            let node = visit as u32 % 20;
            ctx.after(hours(10 * visit + 1), Happening::Device { node, up: false });
            ctx.after(hours(10 * visit + 2), Happening::Device { node, up: true });
        }
    }
    fn handle(&mut self, event: Happening, ctx: &mut Context<Happening>) {
        match event {
            Happening::Device { node, up } => {
                let held = self.store.objects().held(node).len() as u64;
                self.store.node_changed(node, up, ctx);
                if !up && self.store.objects().held(node).is_empty() {
                    self.emptied = (self.emptied.0 + 1, self.emptied.1 + held);
                }
            }
            Happening::Data(event) => self.store.handle(event, ctx),
        }
    }
}

#[test]
fn devices_of_a_fleet_take_their_data_along_as_often_as_is_said() {
    for (lost_share, few, many) in [(0.0, 0, 0), (0.3, 4, 22), (1.0, 40, 40)] {
        let settings = StoreSettings::new(100, Code::new(2, 5), Duration::Fixed(hours(1)));
        let nodes = NodeSettings { lost_share, ..NodeSettings::new(20) };
        let streams = Streams::new(11, 0);
        let store = Store::new(&settings, &nodes, &streams);
        let mut simulation = Simulation::new(Visited { store, emptied: (0, 0) }, streams);
        simulation.run_until(SimTime::ZERO + hours(500));
        let Visited { store, emptied: (visits, pieces) } = &simulation.model;
        assert!((few..=many).contains(visits), "{lost_share}: {visits}");
        assert_eq!(store.tallies().rebuilds, *pieces);
        assert!((0..100).all(|object| store.objects().object(object).intact == 5));
        assert!(store.objects().books_are_right() && store.tallies().losses == 0);
        assert_eq!(store.objects().readable()[0], 100);
    }
}

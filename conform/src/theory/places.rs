//! Trees of needs, reliability of networks, and demand against capacity: sections 2 and 3 of the
//! closed forms.
//!
//! Each case is a scenario's fleet run by the world; what is observed is the last row that it
//! records. Lives and repairs are hours, so that a hundred days hold hundreds of cycles and the
//! start, with everything up, weighs nothing.

use jiff::civil::date;
use pinwheel_core::{SimDuration, SimTime, Simulation, Streams, math};

use super::Case;
use pinwheel_models::infrastructure::Settings;
use pinwheel_models::infrastructure::demand::{
    self, MILLI, PROFILE_WHOLE, RATE_MILLI_MAX, Source, quality,
};
use pinwheel_models::infrastructure::energy::Hourly;
use pinwheel_models::infrastructure::operation::settings::Need;
use pinwheel_models::infrastructure::settings::Class;
use pinwheel_models::infrastructure::spec::SPEC;
use pinwheel_models::infrastructure::topology::{self, shape::Shape};
use pinwheel_models::laws::draw::Duration;
use pinwheel_models::laws::failure::FailureLaw;
use pinwheel_models::registry;
use pinwheel_models::scenario::{Layers, Scenario};

const PART: &str = "2 reliability";
const DAYS: u32 = 100;
const SEEDS: u32 = 30;

/// The last value recorded of a metric, after so many days.
fn observe(settings: Settings, streams: &Streams, metric: &str, label: &str, days: u32) -> f64 {
    let layers = Layers { infrastructure: Some(Box::new(settings)), ..Layers::default() };
    let (start, units) = (date(2026, 1, 1), registry::units());
    let scenario =
        Scenario { start, horizon_days: days, layers, networks: Vec::new(), review: None, units };
    let mut simulation = Simulation::new(scenario.world(streams), *streams);
    simulation.run_until(SimTime::ZERO + SimDuration::from_days(u64::from(days)));
    let label = simulation.ctx.records.label(label);
    let rows = simulation.ctx.records.drain();
    let last = rows.iter().rfind(|row| row.metric == SPEC.metric(metric) && row.label == label);
    last.expect("the metric is recorded each day").value
}

/// A class that is up for so many hours on average and down for so many.
fn class(id: &str, count: u32, up_hours: f64, down_hours: f64) -> Class {
    let law = |hours: f64| FailureLaw::exponential(hours * 3_600.0);
    Class {
        failure: law(up_hours),
        repair: Duration::Drawn(law(down_hours)),
        ..Class::new(id, count)
    }
}

fn fleet(classes: Vec<Class>) -> Settings {
    let [first, ..] = &classes[..] else { unreachable!("a case has classes") };
    let mut settings = Settings::of(first.clone());
    settings.operation.class_ids = classes.iter().map(|class| class.id.clone()).collect();
    settings.operation.owning_nanousd_per_hour = vec![0; classes.len()];
    settings.classes = classes;
    settings
}

/// How often the devices of the last class are up, by what they need.
fn up_share(classes: Vec<Class>, needs: &[Need], streams: &Streams) -> f64 {
    let mut settings = fleet(classes);
    settings.operation.needs = needs.to_vec();
    let last = settings.operation.class_ids.last().cloned().unwrap_or_default();
    observe(settings, streams, "class_up_share", &last, DAYS)
}

const fn need(class: u8, of: u8, units: u32, needed: u32) -> Need {
    Need { class, of, units, needed }
}

fn series(streams: &Streams) -> f64 {
    let classes = vec![
        class("power", 12, 9.0, 1.0),
        class("network", 12, 8.0, 2.0),
        class("server", 12, 9.0, 1.0),
    ];
    up_share(classes, &[need(1, 0, 1, 1), need(2, 1, 1, 1)], streams)
}

fn parallel(streams: &Streams) -> f64 {
    let classes = vec![class("feed", 24, 8.0, 2.0), class("hall", 12, 9.0, 1.0)];
    up_share(classes, &[need(1, 0, 2, 1)], streams)
}

fn two_of_three(streams: &Streams) -> f64 {
    let classes = vec![class("pump", 30, 8.0, 2.0), Class::new("sites", 10)];
    up_share(classes, &[need(1, 0, 3, 2)], streams)
}

/// Power in parallel, a hall, switches in pairs, servers: the tree of the scenario `mixed_site`.
fn site(streams: &Streams) -> f64 {
    let classes = vec![
        class("feed", 12, 8.0, 2.0),
        class("hall", 6, 9.0, 1.0),
        class("switch", 24, 8.0, 2.0),
        class("server", 48, 9.0, 1.0),
    ];
    let needs = [need(1, 0, 2, 1), need(2, 1, 1, 1), need(3, 2, 2, 1)];
    up_share(classes, &needs, streams)
}

/// Availability needs the means of the laws and nothing else of them.
fn other_laws(streams: &Streams) -> f64 {
    let hours = |hours: f64| hours * 3_600.0;
    let scale_seconds = hours(9.0) / math::gamma(1.0 + 1.0 / 0.7);
    let mut feed = class("feed", 12, 9.0, 1.0);
    feed.failure = FailureLaw::Weibull { shape: 0.7, scale_seconds };
    feed.repair = Duration::Fixed(SimDuration::from_hours(1));
    let mut server = class("server", 12, 8.0, 2.0);
    let median_seconds = hours(2.0) * math::exp(-0.5);
    server.repair = Duration::Drawn(FailureLaw::LogNormal { median_seconds, sigma: 1.0 });
    up_share(vec![feed, server], &[need(1, 0, 1, 1)], streams)
}

/// Two metrics of a network of perfect nodes whose links are up for so many hours of ten.
fn linked(
    shape: Shape,
    nodes: u32,
    terminals: [u32; 2],
    hours: f64,
    metric: &str,
    streams: &Streams,
) -> f64 {
    let links = match shape.links(u64::from(nodes)) {
        topology::shape::Links::Exactly(links) => links as u32,
        topology::shape::Links::Between(fewest, _) => fewest as u32,
    };
    let classes = vec![Class::new("node", nodes), class("link", links, hours, 10.0 - hours)];
    let mut settings = fleet(classes);
    settings.operation.topology = Some(network(shape, terminals));
    observe(settings, streams, metric, "", 2 * DAYS)
}

fn network(shape: Shape, terminals: [u32; 2]) -> topology::Settings {
    topology::Settings {
        nodes: vec![0],
        links: 1,
        shape,
        latency: SimDuration::ZERO,
        latency_seconds_per_km: 0.0,
        loss: 0.0,
        message_period: None,
        terminals: Some(terminals),
        partitions: vec![],
    }
}

const TWO_TERMINAL: &str = "terminals_linked_share";

fn path(streams: &Streams) -> f64 {
    let list = Shape::List(vec![[0, 1], [1, 2], [2, 3]]);
    linked(list, 4, [0, 3], 8.0, TWO_TERMINAL, streams)
}

fn cables(streams: &Streams) -> f64 {
    linked(Shape::List(vec![[0, 1]; 3]), 2, [0, 1], 5.0, TWO_TERMINAL, streams)
}

fn bridge(streams: &Streams) -> f64 {
    let list = Shape::List(vec![[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]]);
    linked(list, 4, [0, 3], 8.0, TWO_TERMINAL, streams)
}

fn ring(streams: &Streams) -> f64 {
    linked(Shape::Ring, 6, [0, 3], 9.0, TWO_TERMINAL, streams)
}

/// Nodes that fail too: both ends and the one between.
fn path_of_nodes(streams: &Streams) -> f64 {
    let classes = vec![class("node", 3, 9.0, 1.0), class("link", 2, 8.0, 2.0)];
    let mut settings = fleet(classes);
    let list = Shape::List(vec![[0, 1], [1, 2]]);
    settings.operation.topology = Some(network(list, [0, 2]));
    observe(settings, streams, TWO_TERMINAL, "", 2 * DAYS)
}

fn random_graph(streams: &Streams) -> f64 {
    linked(Shape::Full, 5, [0, 1], 5.0, "reachable_pairs_share", streams)
}

/// Messages between the five nodes of a star whose links lose a tenth.
fn star_messages(streams: &Streams) -> f64 {
    let mut settings = fleet(vec![Class::new("node", 5), Class::new("link", 4)]);
    let mut star = network(Shape::Star, [0, 1]);
    star.loss = 0.1;
    star.message_period = Some(SimDuration::from_minutes(1));
    settings.operation.topology = Some(star);
    observe(settings, streams, "messages_delivered_share", "", 2)
}

/// A constant demand of four on five sources of one; `through` lets it pass them too.
fn served(through: bool, streams: &Streams) -> f64 {
    let rate = if through { RATE_MILLI_MAX / 1_000_000 } else { 4 * MILLI };
    let source = Source {
        class: u8::from(through),
        capacity_milli: if through { RATE_MILLI_MAX / 1_000_000 } else { MILLI },
        profile: Hourly::constant(PROFILE_WHOLE),
        cost_microusd: 0,
    };
    let mut settings = fleet(vec![class("unit", 5, 8.0, 2.0), Class::new("source", 1)]);
    settings.operation.demands.push(demand::Settings {
        id: "load".to_owned(),
        unit: "kW".to_owned(),
        rate_milli: Hourly::constant(rate),
        sources: vec![source],
        limits: vec![],
        through: if through { vec![0] } else { vec![] },
        patience_hours: 0,
        price_microusd: 0,
        fee_microusd: 0,
        bears: vec![],
        baseline: None,
        quality: quality::Settings::default(),
    });
    observe(settings, streams, "demand_served_share", "load", 2 * DAYS)
}

const fn case(
    id: &'static str,
    what: &'static str,
    formula: &'static str,
    theory: f64,
    observe: fn(&Streams) -> f64,
) -> Case {
    Case { id, part: PART, what, formula, theory, tolerance: 0.01, replications: SEEDS, observe }
}

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    case("tree_series", "Server on a network on power: .9, .8, .9",
        "A1 A2 A3", 0.648, series),
    case("tree_parallel", "Hall of .9 on one of two feeds of .8",
        "A (1 - (1 - a)^2)", 0.864, parallel),
    case("tree_two_of_three", "Plant on two of three pumps of .8",
        "3 a^2 - 2 a^3", 0.896, two_of_three),
    case("tree_site", "Server .9, one of two switches .8, hall .9, one of two feeds .8",
        "A^2 (1 - (1 - a)^2)^2", 0.746_496, site),
    case("tree_other_laws", "Weibull lives, fixed and log-normal repairs of means 9:1 and 8:2",
        "A1 A2, insensitive to the laws", 0.72, other_laws),
    case("link_path", "Three links of .8 in a row",
        "p^3", 0.512, path),
    case("link_cables", "Three cables of .5 side by side",
        "1 - (1 - p)^3", 0.875, cables),
    case("link_bridge", "Bridge of five links of .8",
        "2p^2 + 2p^3 - 5p^4 + 2p^5", 0.911_36, bridge),
    case("link_ring", "Opposite nodes of a ring of six, links .9",
        "1 - (1 - p^3)^2", 0.926_559, ring),
    case("link_and_node_path", "Two links of .8 between three nodes of .9",
        "p^2 a^3", 0.466_56, path_of_nodes),
    case("link_random_graph", "Pairs of the random graph G(5, 1/2) that reach each other",
        "1 - sum C(n-2, k-1) P_k q^(k(n-k)), P_k connected (Gilbert 1959)",
        0.853_515_625, random_graph),
    case("message_star", "Messages in a star of five, links that lose .1",
        "2/n (1 - l) + (n - 2)/n (1 - l)^2", 0.846, star_messages),
    case("demand_five_of_one", "Demand of 4 on five sources of 1, each up .8 of the time",
        "E min(4, Bin(5, .8)) / 4", 0.918_08, |streams| served(false, streams)),
    case("demand_through", "Demand through five carriers, each up .8 of the time",
        "a", 0.8, |streams| served(true, streams)),
];

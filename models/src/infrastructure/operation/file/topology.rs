//! `[infrastructure.topology]`: how devices are linked.

use pinwheel_core::SimDuration;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{class, classes};
use crate::infrastructure::settings::Settings as FleetSettings;
use crate::infrastructure::topology::shape::{Links, Shape};
use crate::infrastructure::topology::{Partition, Settings};
use crate::input::NumberOrText;
use crate::input::check::Checker;
use crate::input::dates::{DAY_SECONDS, YEAR_SECONDS};
use crate::input::tree::{Value, ValueId};

/// Most nodes and links: each change counts them all.
const NODES_MAX: u64 = 20_000;
const LINKS_MAX: u64 = 200_000;
const PARTITIONS_MAX: usize = 1_000;
const HUNDRED_YEARS_SECONDS: f64 = 100.0 * YEAR_SECONDS;

/// Devices that are the nodes of a network and devices that are its links.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["nodes", "links", "shape"]))]
pub struct TopologySection {
    /// Classes whose devices are the nodes, numbered from 0 in their order.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub nodes: Vec<ValueId>,
    /// The class whose devices are the links; it has as many devices as the shape has links.
    #[schemars(with = "String")]
    pub links: Option<ValueId>,
    /// "random" is connected; "nearest" needs the places of the regions; "list" needs `list`.
    #[schemars(with = "String", extend(
        "enum" = ["ring", "star", "full", "random", "nearest", "list"]))]
    pub shape: Option<ValueId>,
    /// The two nodes of each link.
    #[schemars(with = "Vec<[u32; 2]>")]
    pub list: Vec<ValueId>,
    /// Of a message on one link. Default "0 ms".
    #[schemars(with = "String")]
    pub latency: Option<ValueId>,
    /// For each kilometre of a link, such as "0.007 ms/km". Default 0.
    #[schemars(with = "NumberOrText")]
    pub latency_per_km: Option<ValueId>,
    /// Share of the messages that one link loses. Default 0.
    #[schemars(with = "NumberOrText")]
    pub loss: Option<ValueId>,
    /// Time from one message between two random nodes to the next. Default: none are sent.
    #[schemars(with = "String")]
    pub message_period: Option<ValueId>,
    /// Two nodes whose connection is recorded.
    #[schemars(with = "[u32; 2]")]
    pub terminals: Option<ValueId>,
    /// Times in which no link carries between some nodes and the others.
    pub partition: Vec<PartitionSection>,
}

/// A time in which no link carries between some nodes and the others.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["start", "length", "nodes"]))]
pub struct PartitionSection {
    /// From the start of the run, such as "2 d".
    #[schemars(with = "String")]
    pub start: Option<ValueId>,
    /// How long it takes, such as "2 h".
    #[schemars(with = "String")]
    pub length: Option<ValueId>,
    /// The nodes of one side.
    #[schemars(with = "Vec<u32>", length(min = 1))]
    pub nodes: Vec<ValueId>,
}

#[derive(Copy, Clone)]
enum Kind {
    Ring,
    Star,
    Full,
    Random,
    Nearest,
    List,
}

const KINDS: &[(&str, Kind)] = &[
    ("ring", Kind::Ring),
    ("star", Kind::Star),
    ("full", Kind::Full),
    ("random", Kind::Random),
    ("nearest", Kind::Nearest),
    ("list", Kind::List),
];

fn key(name: &str) -> String {
    format!("infrastructure.topology.{name}")
}

/// Checks the topology; `placed` tells whether devices have places.
pub(super) fn settings(
    checker: &mut Checker<'_>,
    typed: &TopologySection,
    fleet: &FleetSettings,
    placed: bool,
) -> Option<Settings> {
    let count = |class: u8| u64::from(fleet.classes[usize::from(class)].count);
    let node_classes = classes(checker, &typed.nodes, &key("nodes"), fleet);
    if typed.nodes.is_empty() {
        checker.required(None, &key("nodes"), "[\"router\"]");
    }
    let given = checker.required(typed.links, &key("links"), "\"fibre\"");
    let links = class(checker, given, &key("links"), fleet);
    let nodes: u64 = node_classes.iter().map(|&class| count(class)).sum();
    if let (Some(&first), false) = (typed.nodes.first(), (2..=NODES_MAX).contains(&nodes)) {
        let help = format!("allowed: 2 to {NODES_MAX}");
        checker.fault(first, &key("nodes"), format!("{nodes} nodes"), help);
        return None;
    }
    let shape = shape(checker, typed, nodes, placed);
    let seconds = |checker: &mut Checker<'_>, given, name, range| {
        checker.quantity(given, &key(name), "s", false, range)
    };
    let latency = seconds(checker, typed.latency, "latency", 0.0..=60.0).unwrap_or(0.0);
    let period =
        seconds(checker, typed.message_period, "message_period", 1.0..=366.0 * DAY_SECONDS);
    let (name, given) = ("latency_per_km", typed.latency_per_km);
    let per_km = checker.quantity(given, &key(name), "ms/km", false, 0.0..=1_000.0);
    if let (Some(given), false) = (given, placed) {
        let help = "add [infrastructure.geography], and latitude and longitude of each region";
        checker.fault(given, &key(name), "distances are not known".to_owned(), help);
    }
    let loss = checker.share(typed.loss, &key("loss"), 1.0).unwrap_or(0.0);
    let terminals =
        typed.terminals.and_then(|given| pair(checker, given, &key("terminals"), nodes));
    let partitions = partitions(checker, &typed.partition, nodes);
    let (shape, links) = (shape?, links?);
    fits(checker, typed.links?, &shape, nodes, count(links));
    Some(Settings {
        nodes: node_classes,
        links,
        shape,
        latency: SimDuration::from_seconds_f64(latency),
        latency_seconds_per_km: per_km.unwrap_or(0.0) / 1e3,
        loss,
        message_period: period.map(SimDuration::from_seconds_f64),
        terminals,
        partitions,
    })
}

fn shape(
    checker: &mut Checker<'_>,
    typed: &TopologySection,
    nodes: u64,
    placed: bool,
) -> Option<Shape> {
    let given = checker.required(typed.shape, &key("shape"), "\"ring\"");
    let kind = checker.choice(given, &key("shape"), KINDS)?;
    if let (Some(&first), false) = (typed.list.first(), matches!(kind, Kind::List)) {
        let message = "has no meaning for this shape".to_owned();
        checker.fault(first, &key("list"), message, "write shape = \"list\", or take it out");
    }
    match kind {
        Kind::Ring => Some(Shape::Ring),
        Kind::Star => Some(Shape::Star),
        Kind::Full => Some(Shape::Full),
        Kind::Random => Some(Shape::Random),
        Kind::Nearest if placed => Some(Shape::Nearest),
        Kind::Nearest => {
            let help = "add [infrastructure.geography], and latitude and longitude of each region";
            checker.fault(given?, &key("shape"), "places are not known".to_owned(), help);
            None
        }
        Kind::List => {
            if typed.list.is_empty() {
                checker.required(None, &key("list"), "[[0, 1], [1, 2]]");
                return None;
            }
            let read = |(number, &given): (usize, &ValueId)| {
                pair(checker, given, &format!("{}[{number}]", key("list")), nodes)
            };
            let pairs: Option<Vec<_>> = typed.list.iter().enumerate().map(read).collect();
            pairs.map(Shape::List)
        }
    }
}

/// The class of the links must have a device for each link of the shape.
fn fits(checker: &mut Checker<'_>, given: ValueId, shape: &Shape, nodes: u64, links: u64) {
    let message = format!("{links} devices for the links between {nodes} nodes");
    let help = match shape.links(nodes) {
        Links::Exactly(count) if count != links => {
            format!("this shape has {count} links: write count = {count}")
        }
        Links::Between(low, high) if !(low..=high).contains(&links) => {
            format!("this shape has {low} to {high} links: write count = {low}")
        }
        _ if links > LINKS_MAX => format!("at most {LINKS_MAX} links"),
        _ => return,
    };
    checker.fault(given, &key("links"), message, help);
}

/// The numbers of two different nodes.
fn pair(checker: &mut Checker<'_>, given: ValueId, key: &str, nodes: u64) -> Option<[u32; 2]> {
    let most = nodes.saturating_sub(1) as i64;
    let ends = match checker.tree.value(given) {
        Value::Array(ends) => ends.clone(),
        _ => Vec::new(),
    };
    let &[one, other] = &ends[..] else {
        let message = "expected the numbers of two nodes".to_owned();
        checker.fault(given, key, message, format!("write [0, {most}]"));
        return None;
    };
    let mut node = |given| checker.integer(Some(given), key, 0..=most);
    let (one, other) = (node(one)? as u32, node(other)? as u32);
    if one == other {
        let message = format!("node {one} is linked with itself");
        checker.fault(given, key, message, "name two different nodes");
        return None;
    }
    Some([one, other])
}

fn partitions(checker: &mut Checker<'_>, typed: &[PartitionSection], nodes: u64) -> Vec<Partition> {
    let mut partitions = Vec::new();
    for (number, section) in typed.iter().enumerate() {
        let key = |name: &str| key(&format!("partition[{number}].{name}"));
        if let (Some(start), true) = (section.start, number == PARTITIONS_MAX) {
            let message = format!("{} partitions", typed.len());
            checker.fault(start, &key("start"), message, format!("at most {PARTITIONS_MAX}"));
            break;
        }
        let mut time = |given, name: &str, example| {
            let given = checker.required(given, &key(name), example);
            let range = 0.0..=HUNDRED_YEARS_SECONDS;
            checker.quantity(given, &key(name), "s", false, range)
        };
        let start = time(section.start, "start", "\"2 d\"");
        let length = time(section.length, "length", "\"6 h\"");
        if let Some(start) = start {
            let start = SimDuration::from_seconds_f64(start);
            checker.refuse_late(section.start, &key("start"), start);
        }
        if section.nodes.is_empty() {
            checker.required(None, &key("nodes"), "[0, 1]");
        }
        let range = 0..=nodes.saturating_sub(1) as i64;
        let read = |(place, &given): (usize, &ValueId)| {
            let key = format!("{}[{place}]", key("nodes"));
            checker.integer(Some(given), &key, range.clone()).map(|node| node as u32)
        };
        let mut side: Vec<u32> = section.nodes.iter().enumerate().filter_map(read).collect();
        side.sort_unstable();
        side.dedup();
        if let (Some(start), Some(length)) = (start, length) {
            let [start, length] = [start, length].map(SimDuration::from_seconds_f64);
            partitions.push(Partition { start, length, nodes: side });
        }
    }
    partitions
}

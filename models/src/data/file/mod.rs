//! `[data]` as typed, and its checks.

mod parts;
mod store;

use std::collections::BTreeMap;

use pinwheel_core::SimDuration;
use schemars::JsonSchema;
use serde::Deserialize;

use super::coding::{Code, PIECES_MAX};
use super::settings::{Capacity, ClassCapacity, NodeSettings, OutageSettings, Settings};
use crate::input::check::Checker;
use crate::input::dates::YEAR_SECONDS;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::tree::ValueId;
use crate::laws::draw::Duration;
use crate::laws::failure::FailureLaw;
use crate::part::{ClassNames, DeviceSet, Known, SharedBy};
use parts::{
    AuditSection, ExposureSection, FlashCrowdSection, GrowthSection, KeySection, RareSection,
};
use store::StoreSection;

const NODES_MAX: i64 = 100_000;
const DOMAINS_MAX: i64 = 60_000;
/// Shortest and longest time: a millisecond, and what the clock holds.
const SECONDS: std::ops::RangeInclusive<f64> = 1e-3..=1.5e10;
/// Rates in events a second: from one in the age of the clock to one each microsecond.
pub(super) const PER_SECOND: std::ops::RangeInclusive<f64> = 0.0..=1e6;
pub(super) const REQUESTS_PER_SECOND: std::ops::RangeInclusive<f64> = 1e-9..=1e6;
const EXPONENT_MAX: f64 = 10.0;

/// Stored objects: their pieces, placement, repair and audits.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "DataSection", extend("required" = ["nodes"]))]
pub struct Section {
    /// The nodes that hold data.
    #[schemars(with = "NodeSection")]
    pub nodes: Option<NodeSection>,
    /// Objects as pieces on the nodes.
    #[schemars(with = "StoreSection")]
    pub store: Option<StoreSection>,
    /// Curious nodes that pool what they hold.
    #[schemars(with = "ExposureSection")]
    pub exposure: Option<ExposureSection>,
    /// Losses too rare to wait for, estimated once a day.
    #[schemars(with = "RareSection")]
    pub rare: Option<RareSection>,
    /// A ledger that grows.
    #[schemars(with = "GrowthSection")]
    pub growth: Option<GrowthSection>,
    /// Keys that are stolen and lost.
    #[schemars(with = "KeySection")]
    pub keys: Option<KeySection>,
    /// Light clients that sample chunks.
    #[schemars(with = "AuditSection")]
    pub audit: Option<AuditSection>,
    /// Requests for popular objects.
    #[schemars(with = "FlashCrowdSection")]
    pub flash_crowd: Option<FlashCrowdSection>,
}

/// The nodes that hold data, on devices of the fleet (`on`) or with lives and places of their own.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "DataNodeSection")]
pub struct NodeSection {
    /// Nodes, where they do not stand on devices.
    #[schemars(with = "u32", range(min = 1, max = 100_000))]
    pub count: Option<ValueId>,
    /// The class of devices, or a list of classes, whose devices are the nodes: regions, sites and
    /// owners are those of the fleet then, and so are failures.
    #[schemars(with = "ClassNames")]
    pub on: Option<ValueId>,
    /// Regions that the sites lie in. Default 1.
    #[schemars(with = "u32")]
    pub regions: Option<ValueId>,
    /// Sites that the nodes stand at, in turn. Default one for each region.
    #[schemars(with = "u32")]
    pub sites: Option<ValueId>,
    /// Owners; each node has one at random. Default 1.
    #[schemars(with = "u32")]
    pub owners: Option<ValueId>,
    /// Exponent of Zipf's law for the sizes of owners. Default 0: all alike.
    #[schemars(with = "f64")]
    pub owner_exponent: Option<ValueId>,
    /// Mean time until a node's data is gone and an empty node takes its place. Default never.
    #[schemars(with = "String")]
    pub life: Option<ValueId>,
    /// Instead of `life`: the share of nodes whose data is gone within a year, such as "1.37 %".
    #[schemars(with = "String")]
    pub annual_failure: Option<ValueId>,
    /// Shape of a Weibull life with that mean. Default 1: exponential.
    #[schemars(with = "f64")]
    pub life_shape: Option<ValueId>,
    /// Mean time between outages that data survives (exponential). Default no outages.
    #[schemars(with = "String")]
    pub outage_every: Option<ValueId>,
    /// Mean length of an outage (exponential).
    #[schemars(with = "String")]
    pub outage_lasts: Option<ValueId>,
    /// Share of the outages of a fleet's devices that destroy their data. Default 0.
    #[schemars(with = "String")]
    pub lost_share: Option<ValueId>,
    /// Bytes of pieces that a node can hold, such as "4 TB", or a table of them by the classes in
    /// `on`. A piece that finds no room waits, and is tried again a rebuild's time later. Default
    /// no bound.
    #[schemars(with = "NodeCapacity")]
    pub capacity: Option<ValueId>,
}

/// In the schema: one capacity for all nodes, or one for each class they stand on.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
pub enum NodeCapacity {
    /// Of each node.
    Each(String),
    /// By class of devices.
    ByClass(BTreeMap<String, String>),
}

/// The validated layer; whatever is wrong is a fault.
pub fn settings(checker: &mut Checker<'_>, given: ValueId, known: &Known) -> Option<Settings> {
    let run = known.days;
    let typed: Section = checker.read(given, "data");
    let nodes = match &typed.nodes {
        Some(nodes) => nodes_of(checker, nodes, known),
        None => {
            checker.required(None, "data.nodes", "{ count = 100 }");
            None
        }
    };
    refuse_idle(checker, &typed);
    let count = nodes.as_ref().map(|nodes| nodes.count);
    // A part that is there and wrong makes the layer `None`, and has left a fault.
    let store = typed.store.as_ref();
    let store = store.map(|typed| store::settings(checker, typed, nodes.as_ref(), known));
    let built = store.as_ref().and_then(Option::as_ref);
    let exposure = typed.exposure.map(|typed| parts::exposure(checker, &typed, count, run));
    let (at, on) = (checker.tree.nearest("data.rare"), built.zip(nodes.as_ref()));
    let rare = typed.rare.map(|typed| parts::rare(checker, at, &typed, on));
    let growth = typed.growth.map(|typed| parts::growth(checker, &typed));
    let keys = typed.keys.map(|typed| parts::keys(checker, &typed));
    let audit = typed.audit.map(|typed| parts::audit(checker, &typed));
    let crowd = typed.flash_crowd.map(|typed| parts::flash_crowd(checker, &typed, count));
    for (there, key) in [(exposure.is_some(), "exposure"), (rare.is_some(), "rare")] {
        if there && store.is_none() {
            let message = format!("data.{key} needs objects");
            checker.fault(given, &format!("data.{key}"), message, "add a table [data.store]");
        }
    }
    Some(Settings {
        nodes: nodes?,
        store: whole(store)?,
        exposure: whole(exposure)?,
        rare: whole(rare)?,
        growth: whole(growth)?,
        keys: whole(keys)?,
        audit: whole(audit)?,
        flash_crowd: whole(crowd)?,
    })
}

/// Notes of the keys of nodes whether a part of the layer makes use of them.
fn refuse_idle(checker: &mut Checker<'_>, typed: &Section) {
    let Some(nodes) = &typed.nodes else { return };
    let named = |given: ValueId, kind: &str| checker.text_of(given).as_deref() == Some(kind);
    let domain = |kind| {
        let store = typed.store.as_ref();
        store.is_some_and(|store| store.domains().any(|given| named(given, kind)))
    };
    let by = typed.exposure.as_ref().and_then(|exposure| exposure.by);
    let owners = domain("owner") || by.is_some_and(|by| named(by, "owner"));
    let (regions, sites) = (domain("region"), domain("site"));
    let (stored, of_store) = (typed.store.is_some(), "stored objects: [data.store]");
    let fleet = stored && nodes.on.is_some();
    let apart = |what: &str| format!("objects spread over {what}, or shocks that strike them");
    let (of_regions, of_sites) = (apart("regions"), apart("sites or regions"));
    let of_owners = format!("{}, or exposure by owner", apart("owners"));
    let keys = [
        ("on", nodes.on, stored, of_store),
        ("capacity", nodes.capacity, stored, of_store),
        ("life", nodes.life, stored, of_store),
        ("annual_failure", nodes.annual_failure, stored, of_store),
        ("outage_every", nodes.outage_every, stored, of_store),
        ("outage_lasts", nodes.outage_lasts, stored, of_store),
        ("lost_share", nodes.lost_share, fleet, "devices of a fleet that hold stored objects"),
        ("regions", nodes.regions, regions, of_regions.as_str()),
        ("sites", nodes.sites, sites || regions, of_sites.as_str()),
        ("owners", nodes.owners, owners, of_owners.as_str()),
    ];
    checker.refuse_idle("data.nodes", &keys);
}

/// `None` for a part that is wrong; `Some(None)` for one that is not there.
fn whole<T>(part: Option<Option<T>>) -> Option<Option<T>> {
    match part {
        Some(None) => None,
        Some(Some(part)) => Some(Some(part)),
        None => Some(None),
    }
}

/// Most nodes on devices: sites and owners are numbered with 16 bits.
const ON_DEVICES_MAX: u32 = u16::MAX as u32;

/// The devices that are the nodes; `Some(None)` if none are named.
fn on_devices(
    checker: &mut Checker<'_>,
    typed: &NodeSection,
    known: &Known,
) -> Option<Option<DeviceSet>> {
    let Some(given) = typed.on else { return Some(None) };
    let replaced = [
        ("count", typed.count),
        ("regions", typed.regions),
        ("sites", typed.sites),
        ("owners", typed.owners),
        ("owner_exponent", typed.owner_exponent),
        ("life", typed.life),
        ("annual_failure", typed.annual_failure),
        ("outage_every", typed.outage_every),
    ];
    let set = known.devices_in_place_of(checker, typed.on, "data.nodes", &replaced)?;
    if known.count(&set) > ON_DEVICES_MAX {
        let message = format!("{} nodes on devices", known.count(&set));
        checker.fault(given, "data.nodes.on", message, format!("at most {ON_DEVICES_MAX}"));
        return None;
    }
    Some(Some(set))
}

fn nodes_of(checker: &mut Checker<'_>, typed: &NodeSection, known: &Known) -> Option<NodeSettings> {
    let on = on_devices(checker, typed, known)?;
    let count = match &on {
        Some(set) => Some(u64::from(known.count(set))),
        None => {
            let count = checker.required(typed.count, "data.nodes.count", "100");
            checker.integer(count, "data.nodes.count", 1..=NODES_MAX)
        }
    };
    let regions = checker.integer(typed.regions, "data.nodes.regions", 1..=DOMAINS_MAX);
    let regions = regions.unwrap_or(1) as u16;
    let sites = checker.integer(typed.sites, "data.nodes.sites", 1..=DOMAINS_MAX);
    let sites = sites.map_or(regions, |sites| sites as u16);
    if let (true, Some(given)) = (sites < regions, typed.sites) {
        let message = format!("{sites} sites in {regions} regions");
        checker.fault(given, "data.nodes.sites", message, "give at least one site per region");
    }
    let owners = checker.integer(typed.owners, "data.nodes.owners", 1..=DOMAINS_MAX);
    let key = "data.nodes.owner_exponent";
    let exponent = checker.quantity(typed.owner_exponent, key, "1", true, 0.0..=EXPONENT_MAX);
    let law = life_of(checker, typed);
    let outage = outage(checker, typed);
    let (life, owned) = (typed.life.is_some(), typed.owners.is_some());
    checker.refuse_idle(
        "data.nodes",
        &[
            ("life_shape", typed.life_shape, life, "nodes with a life"),
            ("owner_exponent", typed.owner_exponent, owned, "nodes with owners"),
        ],
    );
    let shared_by = on.as_ref().map(|set| known.shared_by(set));
    // Sites and owners of a fleet are at most as many as its devices, and regions at most 256.
    let most = |own: u16, of_fleet: fn(&SharedBy) -> u32| {
        shared_by.as_ref().map_or(own, |shared_by| of_fleet(shared_by) as u16)
    };
    let lost_share = checker.share(typed.lost_share, "data.nodes.lost_share", 1.0);
    let capacity = capacity(checker, typed, on.as_ref(), known);
    Some(NodeSettings {
        count: u32::try_from(count?).ok()?,
        regions: most(regions, |of| of.regions.last().map_or(1, |last| u32::from(*last) + 1)),
        owners: most(owners.unwrap_or(1) as u16, |of| of.owners),
        sites: most(sites, |of| of.sites),
        owner_exponent: exponent.unwrap_or(0.0),
        life: law?,
        outage: whole(outage)?,
        lost_share: lost_share.unwrap_or(0.0),
        capacity: capacity?,
        on,
        placed: None,
    })
}

/// From a byte to an exabyte.
const CAPACITY_BYTES: std::ops::RangeInclusive<f64> = 1.0..=1e18;

/// What nodes can hold: each the same, or by the class of its device; `Some(None)` for no bound.
fn capacity(
    checker: &mut Checker<'_>,
    typed: &NodeSection,
    on: Option<&DeviceSet>,
    known: &Known,
) -> Option<Option<Capacity>> {
    let Some(given) = typed.capacity else { return Some(None) };
    let key = "data.nodes.capacity";
    let Some(table) = checker.tree.table(given).cloned() else {
        let bytes = checker.quantity(Some(given), key, "B", false, CAPACITY_BYTES)?;
        return Some(Some(Capacity::Each(bytes as u64)));
    };
    let Some(set) = on else {
        let message = "by class, but the nodes stand on no devices".to_owned();
        let help = "write one capacity, such as \"4 TB\", or name the classes in data.nodes.on";
        checker.fault(given, key, message, help);
        return None;
    };
    let named = |class: &u8| known.classes[usize::from(*class)].id.as_str();
    for (name, &given) in &table {
        if !set.classes.iter().any(|class| named(class) == name) {
            let help = did_you_mean(name, set.classes.iter().map(named));
            let message = format!("data.nodes.on names no class \"{}\"", shown(name));
            checker.fault(given, &format!("{key}.{}", shown(name)), message, help);
            return None;
        }
    }
    let mut classes = Vec::new();
    for class in &set.classes {
        let key = format!("{key}.{}", named(class));
        let given = checker.required(table.get(named(class)).copied(), &key, "\"4 TB\"");
        let bytes = checker.quantity(given, &key, "B", false, CAPACITY_BYTES)? as u64;
        let nodes = known.classes[usize::from(*class)].count;
        classes.push(ClassCapacity { class: *class, nodes, bytes });
    }
    Some(Some(Capacity::ByClass(classes)))
}

/// Shortest mean life of a node: below, nothing is stored and a run does not end in any time.
const LIFE_SECONDS_MIN: f64 = 600.0;

/// The law of a node's life.
fn life_of(checker: &mut Checker<'_>, typed: &NodeSection) -> Option<FailureLaw> {
    let key = "data.nodes.life_shape";
    let shape = checker.quantity(typed.life_shape, key, "1", true, 0.1..=20.0);
    if let (Some(given), true) = (typed.annual_failure, typed.life.is_some()) {
        let message = "both life and annual_failure are given".to_owned();
        checker.fault(given, "data.nodes.annual_failure", message, "give one of them");
        return None;
    }
    if let Some(given) = typed.annual_failure {
        let key = "data.nodes.annual_failure";
        let share = checker.quantity(Some(given), key, "1", true, 1e-9..=0.999_999)?;
        let rate_per_second = super::formulas::yearly_rate(share) / YEAR_SECONDS;
        return Some(FailureLaw::Exponential { rate_per_second });
    }
    let Some(given) = typed.life else {
        return Some(FailureLaw::Exponential { rate_per_second: 0.0 });
    };
    let range = LIFE_SECONDS_MIN..=1.5e13;
    let mean = checker.quantity(Some(given), "data.nodes.life", "s", false, range)?;
    Some(match shape {
        Some(shape) if shape != 1.0 => {
            let scale_seconds = mean / pinwheel_core::math::gamma(1.0 + 1.0 / shape);
            FailureLaw::Weibull { shape, scale_seconds }
        }
        _ => FailureLaw::Exponential { rate_per_second: 1.0 / mean },
    })
}

fn outage(checker: &mut Checker<'_>, typed: &NodeSection) -> Option<Option<OutageSettings>> {
    if typed.outage_every.is_none() && typed.outage_lasts.is_none() {
        return None;
    }
    let every = checker.required(typed.outage_every, "data.nodes.outage_every", "\"30 d\"");
    let lasts = checker.required(typed.outage_lasts, "data.nodes.outage_lasts", "\"4 h\"");
    let between = mean(checker, every, "data.nodes.outage_every");
    let lasts = mean(checker, lasts, "data.nodes.outage_lasts");
    Some(between.zip(lasts).map(|(between, lasts)| OutageSettings { between, lasts }))
}

/// An exponential time by its mean.
fn mean(checker: &mut Checker<'_>, given: Option<ValueId>, key: &str) -> Option<Duration> {
    let seconds = checker.quantity(given, key, "s", false, SECONDS)?;
    Some(Duration::Drawn(FailureLaw::Exponential { rate_per_second: 1.0 / seconds }))
}

fn duration(checker: &mut Checker<'_>, given: Option<ValueId>, key: &str) -> Option<SimDuration> {
    let seconds = checker.quantity(given, key, "s", false, SECONDS)?;
    Some(SimDuration::from_seconds_f64(seconds))
}

/// A count that a run cannot do without.
fn count(
    checker: &mut Checker<'_>,
    given: Option<ValueId>,
    key: &str,
    example: &str,
    most: i64,
) -> Option<u32> {
    let given = checker.required(given, key, example);
    u32::try_from(checker.integer(given, key, 1..=most)?).ok()
}

/// `needed` of `pieces`.
fn code(
    checker: &mut Checker<'_>,
    needed: Option<ValueId>,
    pieces: Option<ValueId>,
    key: &str,
) -> Option<Code> {
    let most = i64::from(PIECES_MAX);
    let needed_count = count(checker, needed, &format!("{key}.needed"), "6", most - 1);
    let pieces_count = count(checker, pieces, &format!("{key}.pieces"), "9", most);
    let (needed_count, pieces_count) = (needed_count? as u16, pieces_count? as u16);
    if needed_count < pieces_count {
        return Some(Code::new(needed_count, pieces_count));
    }
    let message = format!("{needed_count} needed of {pieces_count} pieces");
    checker.fault(needed?, &format!("{key}.needed"), message, "need fewer pieces than there are");
    None
}

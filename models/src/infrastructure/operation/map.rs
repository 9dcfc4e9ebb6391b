//! What the map of a result shows: where some devices are, and how they fared in each period.
//!
//! Devices of the first day are sampled evenly over their numbers, so over classes and regions.
//! Left out: devices that join later; the load of single devices (a class shares its load evenly).
//!
//! A map is recorded only where a scenario asks for it, and looks without touching.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Label, Metric, SimDuration, SimTime};
use serde::{Deserialize, Serialize};

use super::settings::Settings;
use crate::infrastructure::spec::SPEC;
use crate::infrastructure::topology::Topology;
use crate::infrastructure::{Change, Fleet};

const PERIOD: Metric = SPEC.metric("map_period_hours");
const DEVICE: Metric = SPEC.metric("map_device");
const LATITUDE: Metric = SPEC.metric("map_latitude");
const LONGITUDE: Metric = SPEC.metric("map_longitude");
const LINK_FROM: Metric = SPEC.metric("map_link_from");
const LINK_TO: Metric = SPEC.metric("map_link_to");
const UP_SHARE: Metric = SPEC.metric("map_up_share");
/// Load of a device on the map.
pub const LOAD: Metric = SPEC.metric("map_load");

/// What is asked of a map.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// One picture for each such time.
    pub every: SimDuration,
    /// Devices at most.
    pub devices: u32,
}

/// The devices that are watched.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Map {
    every: SimDuration,
    /// In the order of their numbers.
    watched: Vec<Watched>,
}

#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Watched {
    device: u32,
    label: Label,
    up: bool,
    /// A link that a partition cuts carries nothing, in order as it is.
    cut: bool,
    since: SimTime,
    /// Until `since`, in this period.
    up_nanos: u64,
}

impl Watched {
    fn advance(&mut self, now: SimTime) {
        if self.up && !self.cut {
            self.up_nanos += now.since(self.since).as_nanos();
        }
        self.since = now;
    }
}

impl Map {
    /// A map of at most as many devices as were asked for, evenly from the whole fleet.
    pub fn new(asked: Asked, fleet: &Fleet) -> Map {
        let (all, most) = (u64::from(fleet.devices()), u64::from(asked.devices));
        let count = all.min(most);
        let watch = |place: u64| Watched {
            device: (place * all / count) as u32,
            label: Label::default(),
            up: true,
            cut: false,
            since: SimTime::ZERO,
            up_nanos: 0,
        };
        Map { every: asked.every, watched: (0..count).map(watch).collect() }
    }

    /// Time between two pictures.
    pub fn every(&self) -> SimDuration {
        self.every
    }

    /// Names the devices and records where they are and how they are linked.
    pub fn start<E: EngineEvent>(
        &mut self,
        settings: &Settings,
        fleet: &Fleet,
        topology: Option<&Topology>,
        ctx: &mut Context<E>,
    ) {
        let (now, streams) = (ctx.now(), *ctx.streams());
        let hours = self.every.as_seconds() / 3_600.0;
        ctx.records.push(now, PERIOD, Label::default(), hours);
        for watched in &mut self.watched {
            let device = watched.device;
            watched.label = ctx.records.label(&name(fleet, device));
            ctx.records.push(now, DEVICE, watched.label, f64::from(device));
            if let Some(place) = settings.place(fleet, device, &streams) {
                ctx.records.push(now, LATITUDE, watched.label, place.latitude_degrees());
                ctx.records.push(now, LONGITUDE, watched.label, place.longitude_degrees());
            }
        }
        for link in topology.into_iter().flat_map(Topology::links) {
            let Some(place) = self.place(link.device) else { continue };
            let label = self.watched[place].label;
            ctx.records.push(now, LINK_FROM, label, f64::from(link.ends[0]));
            ctx.records.push(now, LINK_TO, label, f64::from(link.ends[1]));
        }
    }

    fn place(&self, device: u32) -> Option<usize> {
        self.watched.binary_search_by_key(&device, |watched| watched.device).ok()
    }

    /// A device has gone down or come up.
    pub fn change(&mut self, change: Change, now: SimTime) {
        let Some(place) = self.place(change.device) else { return };
        self.watched[place].advance(now);
        self.watched[place].up = change.up;
    }

    /// A partition has begun or healed.
    pub fn cut(&mut self, topology: &Topology, now: SimTime) {
        for link in topology.links() {
            let Some(place) = self.place(link.device) else { continue };
            self.watched[place].advance(now);
            self.watched[place].cut = link.cut;
        }
    }

    /// A period ends.
    pub fn record<E: EngineEvent>(&mut self, ctx: &mut Context<E>) {
        let (now, period) = (ctx.now(), self.every.as_nanos());
        for watched in &mut self.watched {
            watched.advance(now);
            let share = watched.up_nanos as f64 / period as f64;
            watched.up_nanos = 0;
            ctx.records.push(now, UP_SHARE, watched.label, share);
        }
    }
}

/// Region, class and number within the class: "europe/router/3".
fn name(fleet: &Fleet, device: u32) -> String {
    let (class, settings) = (fleet.class(device), fleet.settings());
    let before = settings.classes[..usize::from(class)].iter().map(|class| class.count);
    let number = device - before.sum::<u32>();
    let region = &settings.regions[usize::from(fleet.region(device))].id;
    format!("{region}/{}/{number}", settings.classes[usize::from(class)].id)
}

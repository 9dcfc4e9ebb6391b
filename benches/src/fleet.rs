//! The infrastructure layer's fleet at scale: devices with a heartbeat of 30 s, of which 1 % is
//! lost, that fail and are repaired; whole, or cut into regions that report to the first one.

use std::ops::Range;

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Model, Regions, SimDuration, Simulation, Streams};
use pinwheel_models::infrastructure::fleet::{self, Change, Counts, Fleet};
use pinwheel_models::infrastructure::settings::{Class, Heartbeat, Settings};
use pinwheel_models::laws::draw::Duration;
use pinwheel_models::laws::failure::FailureLaw;
use serde::{Deserialize, Serialize};

pub const PERIOD: SimDuration = SimDuration::from_seconds(30);
/// How often a region reports to the platform, and how long the report takes.
const REPORT: SimDuration = SimDuration::from_seconds(15);
/// Devices of a region, so that it fits into a core's cache.
const DEVICES_PER_REGION: u32 = 16_384;

/// How many devices there are, and what they do.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Cell {
    /// With heartbeats, failures and repairs.
    pub busy: u32,
    /// Nothing is ever scheduled for these.
    pub idle: u32,
    /// Share of heartbeats lost.
    pub loss: f64,
    /// Whether busy devices fail.
    pub fails: bool,
}

impl Cell {
    pub fn new(busy: u32) -> Self {
        Cell { busy, idle: 0, loss: 0.01, fails: true }
    }

    fn settings(self, busy: u32, idle: u32) -> Settings {
        let lasts = |days: u64, fails: bool| match fails {
            true => FailureLaw::exponential(SimDuration::from_days(days).as_seconds()),
            false => FailureLaw::NEVER,
        };
        let repair = SimDuration::from_hours(4).as_seconds();
        let busy = Class {
            failure: lasts(30, self.fails),
            repair: Duration::Drawn(FailureLaw::exponential(repair)),
            heartbeat: Some(Heartbeat { period: PERIOD, loss: self.loss, misses: 3 }),
            ..Class::new("busy", busy)
        };
        let mut settings = Settings::of(busy);
        if idle > 0 {
            settings.classes.push(Class::new("idle", idle));
        }
        settings
    }

    /// The fleet in one piece.
    pub fn whole(self, seed: u64) -> Simulation<Site> {
        let streams = Streams::new(seed, 0);
        Simulation::new(Site::new(&self.settings(self.busy, self.idle), &streams), streams)
    }

    /// The same devices in regions that fit into a cache.
    pub fn regions(self, seed: u64) -> Regions<Site> {
        self.cut(self.busy.div_ceil(DEVICES_PER_REGION), seed)
    }

    /// The same devices in this many regions.
    pub fn cut(self, regions: u32, seed: u64) -> Regions<Site> {
        let bound =
            |region: u32| (u64::from(self.busy) * u64::from(region) / u64::from(regions)) as u32;
        let part = |region: u32| {
            let Range { start, end } = bound(region)..bound(region + 1);
            let streams = Streams::new(seed, 0).numbered_from(start);
            let site = Site::new(&self.settings(end - start, 0), &streams);
            (Site { reports: true, ..site }, streams)
        };
        Regions::new((0..regions).map(part).collect(), REPORT)
    }
}

#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
pub enum Event {
    Device(fleet::Event),
    /// A region's report is due.
    Due,
    /// Heartbeats that arrived in a region since its last report.
    Report(u32),
}

impl EngineEvent for Event {
    fn priority(&self) -> u8 {
        match self {
            Event::Device(event) => event.priority(),
            Event::Due | Event::Report(_) => 255,
        }
    }
    fn kind(&self) -> u8 {
        match self {
            Event::Device(event) => event.kind(),
            Event::Due => 254,
            Event::Report(_) => 255,
        }
    }
}
impl From<fleet::Event> for Event {
    fn from(event: fleet::Event) -> Self {
        Event::Device(event)
    }
}

/// A fleet, or the part of it in one region.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Site {
    fleet: Fleet,
    changes: Vec<Change>,
    reports: bool,
    reported: u64,
    /// Heartbeats that the platform knows of; it is in the first region.
    known: u64,
}

impl Site {
    fn new(settings: &Settings, streams: &Streams) -> Self {
        let fleet = Fleet::new(settings, streams);
        Site { fleet, changes: vec![], reports: false, reported: 0, known: 0 }
    }
    pub fn counts(&self) -> &Counts {
        &self.fleet.tallies().counts
    }
    /// Bytes of the devices.
    pub fn bytes(&self) -> usize {
        self.fleet.bytes()
    }
    pub fn known(&self) -> u64 {
        self.known
    }
}

impl Model for Site {
    type Event = Event;

    fn start(&mut self, ctx: &mut Context<Event>) {
        self.fleet.start(ctx);
        if self.reports {
            ctx.after(REPORT, Event::Due);
        }
    }

    #[inline]
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        match event {
            Event::Device(event) => {
                self.fleet.handle(event, ctx, &mut self.changes);
                self.changes.clear();
            }
            Event::Due => {
                let counts = &self.fleet.tallies().counts;
                let arrived = counts.heartbeats_sent - counts.heartbeats_lost;
                ctx.send(0, REPORT, Event::Report((arrived - self.reported) as u32));
                self.reported = arrived;
                ctx.after(REPORT, Event::Due);
            }
            Event::Report(arrived) => {
                self.known += u64::from(arrived);
                ctx.fingerprint.state.mix(self.known);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use pinwheel_analysis::run::threads::RegionThreads;
    use pinwheel_core::{OneByOne, SimTime};

    use super::*;

    const END: SimTime = SimTime::from_nanos(600_000_000_000);

    fn counts(site: &Simulation<Site>) -> [u64; 3] {
        let Counts { heartbeats_sent, heartbeats_lost, false_alarms, .. } = *site.model.counts();
        [heartbeats_sent, heartbeats_lost, false_alarms]
    }

    #[test]
    fn threads_change_nothing_of_a_fleet_in_regions() {
        let cell = Cell { loss: 0.3, ..Cell::new(20_000) };
        let mut one = cell.cut(16, 5);
        one.run_until(END, &OneByOne);
        for threads in [1, 2, 8] {
            let mut many = cell.cut(16, 5);
            many.run_until(END, &RegionThreads::new(threads).expect("threads can be started"));
            assert_eq!(many.fingerprint().hex(), one.fingerprint().hex(), "{threads} threads");
            assert!(many.iter().map(counts).eq(one.iter().map(counts)), "{threads} threads");
        }
    }

    #[test]
    fn the_platform_knows_of_each_heartbeat_that_arrived_before_the_last_report() {
        let mut cut = Cell::new(3_000).cut(4, 5);
        cut.run_until(END, &OneByOne);
        let known: Vec<u64> = cut.iter().map(|site| site.model.known()).collect();
        let reported: u64 = cut.iter().map(|site| site.model.reported).sum();
        assert_eq!(known[1..], [0; 3], "the platform is in the first region");
        // The last two reports of each region are on their way.
        let late = reported - known[0];
        assert!((1_400..1_600).contains(&late), "{late} heartbeats are on their way");
        assert!(known[0] > 56_000, "{} heartbeats have arrived", known[0]);
    }

    #[test]
    fn cuts_change_nothing_of_the_counts() {
        let cell = Cell { loss: 0.3, ..Cell::new(3_000) };
        let mut whole = cell.whole(5);
        whole.run_until(END);
        for regions in [1, 3, 11] {
            let mut cut = cell.cut(regions, 5);
            cut.run_until(END, &OneByOne);
            let sums =
                cut.iter().map(counts).reduce(|a, b| [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
            assert_eq!(sums, Some(counts(&whole)), "{regions} regions");
        }
    }
}

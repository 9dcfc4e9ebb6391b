//! A fleet at work: what its devices need to be up, where they are and how they are linked, what
//! they draw from the grid, and which demand they serve.
//!
//! The fleet says which devices are in order. Here that becomes which devices are up, by what they
//! need ([`super::dependency`]); and from then on each part keeps its own account of it:
//! [`super::topology`], [`super::energy`], [`super::demand`], [`super::geography`]. Nothing takes
//! a step but the hours of a demand, the messages of a topology and the records.
//!
//! Left out: devices that join later have no needs, and so no part in the tree; a source's draw
//! follows its load at each change and each hour, so it sees the end of a queue within an hour
//! only at the next of them.
//!
//! Invariants: devices up by class are those of the tree, and the meters of the classes add up to
//! the meter of the whole (checked at every record); every amount of a demand is served, missed or
//! waits, and what sources give is what is served (checked every hour).

pub mod file;
pub mod map;
pub mod metrics;
mod record;
pub mod review;
pub mod settings;

use pinwheel_core::check::CheckId;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, SimDuration, SimTime, Streams};
use serde::{Deserialize, Serialize};

use super::demand::income::Income;
use super::demand::{Census, Demand};
use super::dependency::{Tree, Wiring};
use super::energy::{Meter, hour_of};
use super::geography::Place;
use super::topology::Topology;
use super::{Change, Fleet};
use crate::describe::EventKinds;
use map::Map;
pub use settings::Settings;

const HOUR: SimDuration = SimDuration::from_hours(1);
const DAY: SimDuration = SimDuration::from_days(1);
/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds {
    first: 96,
    names: &["hour", "message", "partition", "partition heals", "operation record", "map"],
};

/// What happens to a fleet at work.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// An hour begins: rates, profiles and loads are others.
    Hour,
    /// A message is sent over the topology.
    Message,
    /// A partition begins or heals.
    Splits {
        /// Which partition, by its place in the scenario.
        partition: u16,
    },
    /// Links carry again between all nodes.
    Heals {
        /// Which partition, by its place in the scenario.
        partition: u16,
    },
    /// Time for a record.
    Record,
    /// A period of the map ends.
    Map,
}

impl EngineEvent for Event {
    fn priority(&self) -> u8 {
        match self {
            // Before whatever else happens at that instant.
            Event::Hour => 10,
            Event::Record | Event::Map => 250,
            _ => 128,
        }
    }
    fn kind(&self) -> u8 {
        KINDS.kind(match self {
            Event::Hour => 0,
            Event::Message => 1,
            Event::Splits { .. } => 2,
            Event::Heals { .. } => 3,
            Event::Record => 4,
            Event::Map => 5,
        })
    }
}

/// The checks of a run.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Checks {
    census: CheckId,
    power: Option<CheckId>,
    demand: Option<CheckId>,
}

/// A fleet at work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Operation {
    settings: Settings,
    record_every: SimDuration,
    tree: Tree,
    /// By device.
    class: Vec<u8>,
    census: Census,
    /// Time that the devices of each class were there, and were up, summed over the devices; until
    /// `since`.
    device_nanos: Vec<u128>,
    up_nanos: Vec<u128>,
    since: SimTime,
    /// Owners of the fleet that have come or gone by the last look.
    moves: u64,
    /// One for each class, and one for all of them.
    meters: Vec<Meter>,
    whole: Meter,
    topology: Option<Topology>,
    demands: Vec<Demand>,
    map: Option<Map>,
    checks: Option<Checks>,
    /// Kept for its allocation.
    turned: Vec<Change>,
}

/// Devices of each class, in order.
fn by_class(fleet: &Fleet) -> Vec<Vec<u32>> {
    let mut devices = vec![Vec::new(); fleet.settings().classes.len()];
    for device in 0..fleet.devices() {
        devices[usize::from(fleet.class(device))].push(device);
    }
    devices
}

impl Operation {
    /// The fleet at work, if its settings say anything of that.
    pub fn of(fleet: &Fleet, streams: &Streams) -> Option<Self> {
        let settings = &fleet.settings().operation;
        (!settings.is_empty()).then(|| Operation::new(settings, fleet, streams))
    }

    /// This fleet at work from time zero.
    pub fn new(settings: &Settings, fleet: &Fleet, streams: &Streams) -> Self {
        let devices = by_class(fleet);
        let wirings = wirings(settings, &devices);
        let regions = fleet.settings().regions.len();
        let mut census = Census {
            devices: devices.iter().map(|of| of.len() as u32).collect(),
            up: vec![0; devices.len()],
            up_by_region: vec![vec![0; regions]; devices.len()],
        };
        for device in 0..fleet.devices() {
            count(&mut census, fleet, Change { device, up: true });
        }
        let topology = settings.topology.as_ref().map(|topology| {
            let of = |class: &u8| devices[usize::from(*class)].iter().copied();
            let nodes: Vec<u32> = topology.nodes.iter().flat_map(of).collect();
            let place = |&node: &u32| settings.place(fleet, node, streams);
            let places: Vec<Place> = nodes.iter().filter_map(place).collect();
            let links: Vec<u32> = of(&topology.links).collect();
            Topology::new(topology, &nodes, &links, &places, streams)
        });
        let mut operation = Operation {
            settings: settings.clone(),
            record_every: DAY.min(fleet.settings().record_every),
            tree: Tree::new(fleet.devices(), &wirings),
            class: (0..fleet.devices()).map(|device| fleet.class(device)).collect(),
            device_nanos: vec![0; devices.len()],
            up_nanos: vec![0; devices.len()],
            since: SimTime::ZERO,
            moves: 0,
            meters: vec![Meter::new(0, SimTime::ZERO); devices.len()],
            whole: Meter::new(0, SimTime::ZERO),
            topology,
            demands: settings.demands.iter().map(|of| demand(of, &devices, fleet)).collect(),
            map: settings.map.map(|asked| Map::new(asked, fleet)),
            checks: None,
            turned: Vec::new(),
            census,
        };
        operation.set_power(SimTime::ZERO);
        operation
    }

    /// Schedules the first events, and records where the devices are.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, fleet: &Fleet, ctx: &mut Context<E>) {
        let checks = &mut ctx.checks;
        let energy = self.settings.energy.as_ref();
        self.checks = Some(Checks {
            census: checks.always("infrastructure.devices_up_match_dependencies"),
            power: energy.map(|_| checks.always("infrastructure.power_balanced")),
            demand: self.demands.first().map(|_| checks.always("infrastructure.demand_balanced")),
        });
        ctx.after(self.record_every, Event::Record.into());
        if !self.demands.is_empty() {
            ctx.after(HOUR, Event::Hour.into());
        }
        if let Some(topology) = &self.topology {
            let settings = topology.settings();
            if let Some(period) = settings.message_period {
                ctx.after(period, Event::Message.into());
            }
            for (number, partition) in (0..).zip(&settings.partitions) {
                ctx.after(partition.start, Event::Splits { partition: number }.into());
            }
        }
        self.record_places(fleet, ctx);
        if let Some(map) = &mut self.map {
            map.start(&self.settings, fleet, self.topology.as_ref(), ctx);
            ctx.after(map.every(), Event::Map.into());
        }
    }

    /// Devices that broke or were mended become devices that go down or come up.
    pub fn change<E: EngineEvent + From<Event>>(
        &mut self,
        changes: &mut Vec<Change>,
        fleet: &Fleet,
        ctx: &mut Context<E>,
    ) {
        let mut turned = std::mem::take(&mut self.turned);
        turned.clear();
        for &change in &*changes {
            self.admit(change.device, fleet);
            self.tree.turn(change, &mut turned);
        }
        let counts = fleet.tallies().counts;
        let moves = counts.owners_joined + counts.owners_left;
        if !turned.is_empty() || moves != self.moves {
            let now = ctx.now();
            self.advance(now);
            for &change in &turned {
                self.count(change, fleet, now);
            }
            if moves != self.moves {
                self.moves = moves;
                self.count_present(fleet, now);
            }
            self.set_power(now);
        }
        std::mem::swap(changes, &mut turned);
        self.turned = turned;
    }

    /// Reacts to one event of its own.
    ///
    /// # Panics
    ///
    /// If the event is one of a topology, a message period or a map that the fleet does not have.
    pub fn handle<E: EngineEvent + From<Event>>(&mut self, event: Event, ctx: &mut Context<E>) {
        let now = ctx.now();
        match event {
            Event::Hour => {
                self.advance(now);
                self.check_demands(now, ctx);
                self.set_power(now);
                ctx.after(HOUR, event.into());
            }
            Event::Message => {
                let topology = self.topology.as_mut().expect("messages have a topology");
                topology.send(ctx.streams());
                let period = topology.settings().message_period.expect("messages have a period");
                ctx.after(period, event.into());
            }
            Event::Splits { partition } => {
                let topology = self.topology.as_mut().expect("partitions have a topology");
                topology.partition(usize::from(partition), true, now);
                self.map.iter_mut().for_each(|map| map.cut(topology, now));
                let length = topology.settings().partitions[usize::from(partition)].length;
                ctx.after(length, Event::Heals { partition }.into());
            }
            Event::Heals { partition } => {
                let topology = self.topology.as_mut().expect("partitions have a topology");
                topology.partition(usize::from(partition), false, now);
                self.map.iter_mut().for_each(|map| map.cut(topology, now));
            }
            Event::Record => {
                self.record(ctx);
                ctx.after(self.record_every, event.into());
            }
            Event::Map => {
                self.record_map(ctx);
                let map = self.map.as_ref().expect("its events have a map");
                ctx.after(map.every(), event.into());
            }
        }
    }

    /// What the devices of each class are paid for what they have served since the last call and
    /// until now, in millionths of a dollar.
    pub fn settle(&mut self, now: SimTime) -> impl Iterator<Item = (u8, u64)> + '_ {
        self.advance(now);
        self.demands.iter_mut().flat_map(Demand::settle).filter(|(_, microusd)| *microusd > 0)
    }

    /// Share of the time of a class's devices in which they were up, until now.
    fn up_share(&mut self, class: usize, now: SimTime) -> f64 {
        self.advance(now);
        match self.device_nanos[class] {
            0 => 1.0,
            nanos => self.up_nanos[class] as f64 / nanos as f64,
        }
    }

    /// Accounts for the time in which nothing has changed.
    fn advance(&mut self, now: SimTime) {
        let span = u128::from(now.since(self.since).as_nanos());
        for (sums, counts) in
            [(&mut self.device_nanos, &self.census.devices), (&mut self.up_nanos, &self.census.up)]
        {
            for (nanos, &count) in sums.iter_mut().zip(counts) {
                *nanos += u128::from(count) * span;
            }
        }
        self.since = now;
        for demand in &mut self.demands {
            demand.advance(now, &self.census);
        }
    }

    /// A device that has joined since the start: it is in the tree, and comes up by the change.
    fn admit(&mut self, device: u32, fleet: &Fleet) {
        while self.class.len() <= device as usize {
            let class = fleet.class(self.class.len() as u32);
            self.class.push(class);
            self.tree.join();
        }
    }

    /// Devices that owners took with them when they left are there no more.
    fn count_present(&mut self, fleet: &Fleet, now: SimTime) {
        for (index, devices) in self.census.devices.iter_mut().enumerate() {
            let cell = fleet.tallies().sum(now, |class, _| usize::from(class) == index);
            *devices = cell.present as u32;
        }
    }

    fn count(&mut self, change: Change, fleet: &Fleet, now: SimTime) {
        let Change { device, up } = change;
        count(&mut self.census, fleet, change);
        let class = self.class[device as usize];
        for demand in &mut self.demands {
            let source = demand.settings().sources.iter().position(|of| of.class == class);
            if let Some(source) = source {
                demand.income.turn(source, device, fleet.owner(device), up);
            }
        }
        if let Some(topology) = &mut self.topology {
            topology.change(change, now);
        }
        if let Some(map) = &mut self.map {
            map.change(change, now);
        }
    }

    /// Sets every meter to what its class draws by now.
    fn set_power(&mut self, now: SimTime) {
        let Some(energy) = &self.settings.energy else { return };
        let mut whole = 0;
        for (class, draw) in energy.draws.iter().enumerate() {
            let up = u64::from(self.census.up[class]);
            let down = u64::from(self.census.devices[class]) - up;
            let (used, capacity) = self.load(class as u8, now);
            let power = draw.of(up, down, used, capacity);
            self.meters[class].set(power, now, &energy.tariff);
            whole += power;
        }
        self.whole.set(whole, now, &energy.tariff);
    }

    /// How loaded the devices of a class are that are up. Without a demand they are fully.
    fn load(&self, class: u8, now: SimTime) -> (u128, u128) {
        self.load_by_demand(class, now).unwrap_or((1, 1))
    }

    /// The same; `None` for a class that serves no demand.
    fn load_by_demand(&self, class: u8, now: SimTime) -> Option<(u128, u128)> {
        let source_of = |demand: &Demand| {
            demand.settings().sources.iter().position(|source| source.class == class)
        };
        let found = self.demands.iter().find_map(|of| source_of(of).map(|source| (of, source)));
        found.map(|(demand, source)| demand.load(source, hour_of(now), &self.census))
    }
}

fn count(census: &mut Census, fleet: &Fleet, Change { device, up }: Change) {
    let class = usize::from(fleet.class(device));
    let region = usize::from(fleet.region(device));
    let step = |count: &mut u32| *count = if up { *count + 1 } else { *count - 1 };
    step(&mut census.up[class]);
    step(&mut census.up_by_region[class][region]);
}

/// A demand whose devices are all up.
fn demand(settings: &super::demand::Settings, devices: &[Vec<u32>], fleet: &Fleet) -> Demand {
    let mut income = Income::new(settings.sources.len());
    for (number, source) in settings.sources.iter().enumerate() {
        for &device in &devices[usize::from(source.class)] {
            income.turn(number, device, fleet.owner(device), true);
        }
    }
    Demand::new(settings, income)
}

/// Who needs whom, device by device. The devices of the class that is needed form groups of
/// `units`, and those of the class that needs are spread over the groups in unbroken rows, as
/// even as can be.
fn wirings(settings: &Settings, devices: &[Vec<u32>]) -> Vec<Wiring> {
    let mut wirings = Vec::new();
    for need in &settings.needs {
        let (needing, units) = (&devices[usize::from(need.class)], &devices[usize::from(need.of)]);
        let groups: Vec<&[u32]> = units.chunks(need.units as usize).collect();
        for (number, &device) in needing.iter().enumerate() {
            let units = groups[number * groups.len() / needing.len()].to_vec();
            wirings.push(Wiring { device, units, needed: need.needed });
        }
    }
    wirings
}

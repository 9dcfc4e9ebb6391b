//! Single devices of some classes: each fails by its class's law of life, waits for spare part and
//! crew, is repaired and is then as good as new (a renewal). Shocks take many down at once, owners
//! switch devices on and off, join and leave.
//!
//! What is kept of a device is in columns, a few bytes each; what comes next for it is one pending
//! event, and one more if it sends heartbeats. Draws are named by the device and the number of its
//! life, so that nothing is kept of a stream and no device moves another's numbers.
//!
//! Left out: wear by use (age goes on while a device is off or cut off), load, networks between
//! devices, repairs that leave a device worse than new.
//!
//! Invariants: the changes of a device go up and down in turn; devices up are at most the devices
//! there are; a device that is gone stays gone; a failure is repaired once.

mod bits;
mod life;
mod names;
mod owners;
mod piece;
mod record;
mod shocks;
mod tally;

use pinwheel_core::check::CheckId;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, SimTime, Streams};
use serde::{Deserialize, Serialize};

use super::crew::Pool;
use super::settings::{Class, Settings};
use crate::describe::EventKinds;
use crate::part::{DeviceClass, Devices};
use bits::Bits;
use names::Names;
use owners::{Group, Owners};
pub use piece::Piece;
pub use record::kolmogorov;
use shocks::Clocks;
pub use tally::{Cell, Counts, Tallies};

/// Most devices of a fleet.
pub const DEVICES_MAX: u32 = 100_000_000;
/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds {
    first: 2,
    names: &[
        "device fails",
        "failure noticed",
        "planned replacement",
        "device renewed",
        "heartbeat",
        "device switched",
        "spare part arrives",
        "shock strikes",
        "shock reaches a device",
        "device recovers",
        "owner joins",
        "owner leaves",
        "owners review",
        "fleet record",
    ],
};

/// A device that has just gone down or come up. A device that joins is new and comes up.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its number.
    pub device: u32,
    /// Whether it is up now.
    pub up: bool,
}

/// What happens to devices.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The life of a device ends.
    Fails {
        /// Which device, by number.
        device: u32,
        /// Which of its lives; an event of an earlier one is stale.
        life: u16,
    },
    /// The platform learns of a failure.
    Noticed {
        /// Which device, by number.
        device: u32,
        /// Which of its lives; an event of an earlier one is stale.
        life: u16,
    },
    /// A device is due for its planned replacement.
    Planned {
        /// Which device, by number.
        device: u32,
        /// Which of its lives; an event of an earlier one is stale.
        life: u16,
    },
    /// A device is as good as new.
    Renewed {
        /// Which device, by number.
        device: u32,
    },
    /// A sign of life is due. What it needs travels with it, so that a large fleet does not fetch
    /// it from memory: its class, and how many were missed in a row before it.
    Heartbeat {
        /// Which device, by number.
        device: u32,
        /// Which class, by its place.
        class: u8,
        /// Signs of life missed in a row.
        missed: u8,
    },
    /// An owner switches a device on or off.
    Switched {
        /// Which device, by number.
        device: u32,
    },
    /// An ordered part arrives.
    Spare {
        /// Which pool of parts, by number.
        pool: u32,
    },
    /// A shock strikes.
    Strikes {
        /// Which shock, by its place.
        shock: u16,
    },
    /// A shock reaches a device some time after it struck.
    Reaches {
        /// Which shock, by its place.
        shock: u16,
        /// Which device, by number.
        device: u32,
    },
    /// An outage of a device is over.
    Recovers {
        /// Which device, by number.
        device: u32,
    },
    /// Somebody considers joining.
    Joins {
        /// Which class, by its place.
        class: u8,
    },
    /// An owner of the class leaves.
    Leaves {
        /// Which class, by its place.
        class: u8,
    },
    /// Owners compare income and need.
    Reviews {
        /// Which class, by its place.
        class: u8,
    },
    /// A period ends: its records.
    Record,
}

impl EngineEvent for Event {
    fn priority(&self) -> u8 {
        match self {
            Event::Record => 250,
            _ => 128,
        }
    }
    fn kind(&self) -> u8 {
        KINDS.kind(match self {
            Event::Fails { .. } => 0,
            Event::Noticed { .. } => 1,
            Event::Planned { .. } => 2,
            Event::Renewed { .. } => 3,
            Event::Heartbeat { .. } => 4,
            Event::Switched { .. } => 5,
            Event::Spare { .. } => 6,
            Event::Strikes { .. } => 7,
            Event::Reaches { .. } => 8,
            Event::Recovers { .. } => 9,
            Event::Joins { .. } => 10,
            Event::Leaves { .. } => 11,
            Event::Reviews { .. } => 12,
            Event::Record => 13,
        })
    }
}

/// Why a device is down.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Condition {
    /// Any of the reasons below.
    reasons: u8,
    /// Outages by shocks that have not ended.
    outages: u8,
}

impl Condition {
    /// It has failed and is not yet repaired.
    const FAILED: u8 = 1;
    /// The platform knows.
    const NOTICED: u8 = 2;
    /// It is being replaced as planned.
    const PLANNED: u8 = 4;
    /// Its owner has switched it off.
    const OFF: u8 = 8;
    /// Its owner has left.
    const GONE: u8 = 16;

    fn is_up(self) -> bool {
        self.reasons == 0 && self.outages == 0
    }
    fn has(self, reason: u8) -> bool {
        self.reasons & reason != 0
    }
    /// Down by a failure or a shock, not by anybody's will.
    fn is_struck(self) -> bool {
        self.has(Condition::FAILED) || self.outages > 0
    }
}

/// All devices.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fleet {
    settings: Settings,
    class: Vec<u8>,
    region: Vec<u16>,
    owner: Vec<u32>,
    condition: Vec<Condition>,
    /// Whether the condition is up: all that a heartbeat asks, small enough for a cache.
    up: Bits,
    /// Number of the present life.
    life: Vec<u32>,
    /// When the device last went down or came up.
    since: Vec<SimTime>,
    owners: Owners,
    names: Names,
    clocks: Clocks,
    pools: Vec<Pool>,
    tallies: Tallies,
    /// The Nakamoto coefficient of the owners after so many had come or gone.
    nakamoto: Option<(u64, u32)>,
    check: Option<CheckId>,
    /// Whether the devices live in pieces of their own, and only their state is taken over here.
    is_cut: bool,
}

impl Fleet {
    /// All devices up, on the first day.
    ///
    /// # Panics
    ///
    /// If the classes have more than [`DEVICES_MAX`] devices together.
    pub fn new(settings: &Settings, streams: &Streams) -> Self {
        let total: u64 = settings.classes.iter().map(|class| u64::from(class.count)).sum();
        assert!(total <= u64::from(DEVICES_MAX), "{total} devices, above {DEVICES_MAX}");
        let mut fleet = Fleet {
            settings: settings.clone(),
            class: Vec::with_capacity(total as usize),
            region: Vec::with_capacity(total as usize),
            owner: Vec::with_capacity(total as usize),
            condition: vec![Condition::default(); total as usize],
            up: Bits::default(),
            life: vec![0; total as usize],
            since: vec![SimTime::ZERO; total as usize],
            owners: Owners::new(settings.classes.len()),
            names: Names::new(settings),
            clocks: Clocks::default(),
            pools: Pool::of(settings),
            tallies: Tallies::new(settings),
            nakamoto: None,
            check: None,
            is_cut: false,
        };
        for (index, class) in settings.classes.iter().enumerate() {
            fleet.build(index as u8, class);
        }
        fleet.clocks = Clocks::new(settings, &fleet.owners, &fleet.names, streams);
        fleet
    }

    /// A class's devices, region by region and owner by owner.
    fn build(&mut self, index: u8, class: &Class) {
        let first = self.devices();
        let mut built = 0;
        for (place, count) in self.settings.devices_by_region(class).into_iter().enumerate() {
            self.class.extend((0..count).map(|_| index));
            (0..count).for_each(|_| self.up.push(true));
            self.region.extend((0..count).map(|_| place as u16));
            self.owners.add_block(index, place as u16, Group::row(first + built, count), class);
            self.tallies.join(index, place as u16, u64::from(count));
            built += count;
        }
        self.owners.add_batches(Group::row(first, class.count), class.batches);
        for owner in self.owners.share_out(index, first, class) {
            self.owner.extend((0..self.owners.devices(owner).count()).map(|_| owner));
        }
    }

    /// Starts lives, heartbeats, days, shocks and the records. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        self.check = Some(ctx.checks.always("infrastructure.devices_up_within_devices"));
        if !self.is_cut {
            self.begin_devices(ctx);
        }
        for shock in 0..self.settings.shocks.len() {
            self.arm(shock as u16, ctx);
        }
        for class in 0..self.settings.classes.len() {
            self.begin_turnover(class as u8, ctx);
        }
        ctx.after(self.settings.record_every, Event::Record.into());
    }

    /// Starts lives, heartbeats and days, device by device.
    fn begin_devices<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        for device in 0..self.devices() {
            self.begin_life(device, self.class_of(device).age_seconds, ctx);
            self.begin_heartbeats(device, ctx);
            self.begin_day(device, ctx);
        }
    }

    /// Reacts to an event; devices that went down or came up are appended to `changes`.
    pub fn handle<E: EngineEvent + From<Event>>(
        &mut self,
        event: Event,
        ctx: &mut Context<E>,
        changes: &mut Vec<Change>,
    ) {
        match event {
            Event::Heartbeat { device, class, missed } => {
                self.heartbeat(device, class, missed, ctx);
            }
            Event::Fails { device, life } => {
                if self.lives(device, life) && !self.is_worked_on(device) {
                    self.fail(device, ctx, changes);
                }
            }
            Event::Noticed { device, life } => {
                if self.lives(device, life) {
                    self.notice(device, ctx);
                }
            }
            Event::Planned { device, life } => {
                if self.lives(device, life) && !self.is_worked_on(device) {
                    self.replace(device, ctx, changes);
                }
            }
            Event::Renewed { device } => self.renew(device, ctx, changes),
            Event::Switched { device } => self.switch(device, ctx, changes),
            Event::Spare { pool } => self.spare_arrives(pool, ctx),
            Event::Strikes { shock } => self.strike(shock, ctx, changes),
            Event::Reaches { shock, device } => self.reach(shock, device, ctx, changes),
            Event::Recovers { device } => self.recover(device, ctx.now(), changes),
            Event::Joins { class } => self.join(class, ctx, changes),
            Event::Leaves { class } => self.leave(class, ctx, changes),
            Event::Reviews { class } => self.review(class, ctx, changes),
            Event::Record => self.record(ctx),
        }
    }

    /// Devices there have ever been; numbers from zero to below it are devices.
    pub fn devices(&self) -> u32 {
        self.class.len() as u32
    }
    /// Whether a device is up.
    pub fn is_up(&self, device: u32) -> bool {
        self.condition[device as usize].is_up()
    }
    /// Whether its owner has left with it.
    pub fn is_gone(&self, device: u32) -> bool {
        self.condition[device as usize].has(Condition::GONE)
    }
    /// The device's class, by its place in the settings.
    pub fn class(&self, device: u32) -> u8 {
        self.class[device as usize]
    }
    /// The device's region, by its place in the settings.
    pub fn region(&self, device: u32) -> u16 {
        self.region[device as usize]
    }
    /// The owner of a device, by number.
    pub fn owner(&self, device: u32) -> u32 {
        self.owner[device as usize]
    }
    /// The devices as parts that stand on them see them, on the first day.
    pub fn as_devices(&self) -> Devices {
        let Settings { classes, regions, .. } = &self.settings;
        let class = |class: &Class| DeviceClass { id: class.id.clone(), count: class.count };
        Devices {
            classes: classes.iter().map(class).collect(),
            regions: regions.iter().map(|region| region.id.clone()).collect(),
            class: self.class.clone(),
            region: self.region.clone(),
            owner: self.owner.clone(),
            site: self.owners.sites(self.devices()),
        }
    }
    /// What the scenario says of the layer.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// What has been counted, by class and region and as a whole.
    pub fn tallies(&self) -> &Tallies {
        &self.tallies
    }
    /// Crews and spare parts, in the order of [`Pool::of`].
    pub fn pools(&self) -> &[Pool] {
        &self.pools
    }
    /// Bytes that the devices and their owners take, their pending events not counted.
    pub fn bytes(&self) -> usize {
        self.class.len() * size_of::<u8>()
            + self.condition.len() * size_of::<Condition>()
            + self.up.bytes()
            + self.region.len() * size_of::<u16>()
            + self.owner.len() * size_of::<u32>()
            + self.life.len() * size_of::<u32>()
            + self.since.len() * size_of::<SimTime>()
            + self.owners.bytes()
            + self.names.bytes()
    }

    fn class_of(&self, device: u32) -> &Class {
        &self.settings.classes[usize::from(self.class(device))]
    }
    /// Whether the device is still in the life that an event was meant for.
    fn lives(&self, device: u32, life: u16) -> bool {
        self.life[device as usize] as u16 == life && !self.is_gone(device)
    }

    /// Whether it has failed or is being replaced: a shock may have been there before its time.
    fn is_worked_on(&self, device: u32) -> bool {
        self.condition[device as usize].has(Condition::FAILED | Condition::PLANNED)
    }

    /// Changes what holds of a device and tells everybody who counts.
    fn alter(
        &mut self,
        device: u32,
        now: SimTime,
        changes: &mut Vec<Change>,
        edit: impl FnOnce(&mut Condition),
    ) {
        let index = device as usize;
        let before = self.condition[index];
        edit(&mut self.condition[index]);
        let after = self.condition[index];
        let up = after.is_up();
        if up == before.is_up() {
            return;
        }
        let stretch = now.since(self.since[index]);
        self.since[index] = now;
        self.up.set(index, up);
        self.count_change(device, before, stretch, now);
        changes.push(Change { device, up });
    }
}

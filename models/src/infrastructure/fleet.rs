//! Single devices of some classes: each fails by its class's law of life, is repaired and is then
//! as good as new (a renewal), and may send heartbeats.
//!
//! What is kept of a device is in columns, a few bytes each; what comes next for it is one pending
//! event, and one more if it sends heartbeats. Draws are named by the device and the number of its
//! life, so that nothing is kept of a stream and no device moves another's numbers.
//!
//! Invariants: a device is repaired once for each failure; `up` and `down` changes of a device
//! alternate; up devices are at most the devices there are.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Context, SimDuration, SimTime, Streams};
use serde::{Deserialize, Serialize};

use super::Event;
use super::draw::unit_exponential;
use super::settings::{Class, Settings};

/// Most devices of a fleet.
pub const DEVICES_MAX: u32 = 100_000_000;

const LIFE: Purpose = Purpose::new("infrastructure.device.life");
const REPAIR: Purpose = Purpose::new("infrastructure.device.repair");
const PHASE: Purpose = Purpose::new("infrastructure.device.heartbeat.phase");
const LOSS: Purpose = Purpose::new("infrastructure.device.heartbeat.loss");

/// A device that has just gone down or come up.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub device: u32,
    pub up: bool,
}

/// Why a device is down.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Condition {
    /// Any of the reasons below.
    reasons: u8,
}

impl Condition {
    /// It has failed and is not yet repaired.
    const FAILED: u8 = 1;

    fn is_up(self) -> bool {
        self.reasons == 0
    }
}

/// What has happened since the start.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub failures: u64,
    pub repairs: u64,
    pub heartbeats_sent: u64,
    pub heartbeats_lost: u64,
    /// Devices taken for dead that were not.
    pub false_alarms: u64,
}

/// All devices.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fleet {
    settings: Settings,
    class: Vec<u8>,
    region: Vec<u16>,
    owner: Vec<u32>,
    condition: Vec<Condition>,
    /// Number of the present life.
    life: Vec<u32>,
    /// Heartbeats missed in a row; empty if no class sends any.
    missed: Vec<u8>,
    up: u32,
    counts: Counts,
}

impl Fleet {
    /// All devices new and up.
    pub fn new(settings: &Settings, _streams: &Streams) -> Self {
        let mut fleet = Fleet {
            settings: settings.clone(),
            class: Vec::new(),
            region: Vec::new(),
            owner: Vec::new(),
            condition: Vec::new(),
            life: Vec::new(),
            missed: Vec::new(),
            up: 0,
            counts: Counts::default(),
        };
        let mut first_owner = 0;
        for (index, class) in settings.classes.iter().enumerate() {
            fleet.build(index as u8, class, first_owner);
            first_owner += class.owners;
        }
        let devices = fleet.class.len();
        assert!(devices <= DEVICES_MAX as usize, "{devices} devices, above {DEVICES_MAX}");
        fleet.condition = vec![Condition::default(); devices];
        fleet.life = vec![0; devices];
        if settings.classes.iter().any(|class| class.heartbeat.is_some()) {
            fleet.missed = vec![0; devices];
        }
        fleet.up = devices as u32;
        fleet
    }

    fn build(&mut self, index: u8, class: &Class, first_owner: u32) {
        let whole: f64 = self.settings.regions.iter().map(|region| region.share).sum();
        let (mut share, mut built) = (0.0, 0);
        let (count, owners) = (u64::from(class.count), u64::from(class.owners));
        for (region, place) in self.settings.regions.iter().enumerate() {
            share += place.share;
            let until = (share / whole * f64::from(class.count)).round() as u32;
            for device in built..until {
                self.class.push(index);
                self.region.push(region as u16);
                self.owner.push(first_owner + (u64::from(device) * owners / count) as u32);
            }
            built = until;
        }
    }

    /// Starts the lives and the heartbeats of all devices. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        for device in 0..self.devices() {
            self.begin_life(device, ctx);
            if let Some(heartbeat) = self.class_of(device).heartbeat {
                let uniform = ctx.streams().stream(device, PHASE).uniform();
                let phase = uniform * heartbeat.period.as_seconds();
                ctx.after(SimDuration::from_seconds_f64(phase), Event::Heartbeat { device }.into());
            }
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
            Event::Heartbeat { device } => self.heartbeat(device, ctx),
            Event::Fails { device, life } => self.fail(device, life, ctx, changes),
            Event::Repaired { device } => self.renew(device, ctx, changes),
            Event::Strikes { .. } | Event::Ends { .. } => unreachable!("an event of the plants"),
        }
    }

    pub fn devices(&self) -> u32 {
        self.class.len() as u32
    }
    pub fn is_up(&self, device: u32) -> bool {
        self.condition[device as usize].is_up()
    }
    /// The device's class, by its place in the settings.
    pub fn class(&self, device: u32) -> u8 {
        self.class[device as usize]
    }
    pub fn region(&self, device: u32) -> u16 {
        self.region[device as usize]
    }
    pub fn owner(&self, device: u32) -> u32 {
        self.owner[device as usize]
    }
    pub fn devices_up(&self) -> u32 {
        self.up
    }
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    pub fn counts(&self) -> &Counts {
        &self.counts
    }
    /// Bytes the columns hold from the allocator.
    pub fn capacity_bytes(&self) -> usize {
        fn bytes<T>(column: &Vec<T>) -> usize {
            column.capacity() * size_of::<T>()
        }
        bytes(&self.class)
            + bytes(&self.region)
            + bytes(&self.owner)
            + bytes(&self.condition)
            + bytes(&self.life)
            + bytes(&self.missed)
    }

    fn class_of(&self, device: u32) -> &Class {
        &self.settings.classes[usize::from(self.class[device as usize])]
    }
}

/// Living, failing, being repaired.
impl Fleet {
    /// A new life begins now: draws its length.
    fn begin_life<E: EngineEvent + From<Event>>(&mut self, device: u32, ctx: &mut Context<E>) {
        let life = self.life[device as usize];
        let mut stream = ctx.streams().indexed(device, LIFE, u64::from(life));
        let seconds = self.class_of(device).failure.age_at(unit_exponential(&mut stream));
        if seconds.is_finite() {
            let event = Event::Fails { device, life: life as u16 };
            ctx.after(SimDuration::from_seconds_f64(seconds), event.into());
        }
    }

    fn fail<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        life: u16,
        ctx: &mut Context<E>,
        changes: &mut Vec<Change>,
    ) {
        if self.life[device as usize] as u16 != life {
            return;
        }
        self.counts.failures += 1;
        self.set(device, Condition::FAILED, true, changes);
        let mut stream = ctx.streams().indexed(device, REPAIR, u64::from(life));
        let duration = self.class_of(device).repair.draw(&mut stream);
        ctx.after(duration, Event::Repaired { device }.into());
    }

    fn renew<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        ctx: &mut Context<E>,
        changes: &mut Vec<Change>,
    ) {
        self.counts.repairs += 1;
        self.life[device as usize] += 1;
        self.set(device, Condition::FAILED, false, changes);
        self.begin_life(device, ctx);
    }

    /// Sets or clears a reason to be down.
    fn set(&mut self, device: u32, reason: u8, holds: bool, changes: &mut Vec<Change>) {
        let condition = &mut self.condition[device as usize];
        let before = condition.is_up();
        condition.reasons = condition.reasons & !reason | if holds { reason } else { 0 };
        let up = condition.is_up();
        if up != before {
            self.up = if up { self.up + 1 } else { self.up - 1 };
            changes.push(Change { device, up });
        }
    }

    /// The instant at which the platform expects a sign of life.
    fn heartbeat<E: EngineEvent + From<Event>>(&mut self, device: u32, ctx: &mut Context<E>) {
        let Some(heartbeat) = self.class_of(device).heartbeat else { return };
        let index = device as usize;
        let now: SimTime = ctx.now();
        let up = self.condition[index].is_up();
        let mut arrives = up;
        if up {
            self.counts.heartbeats_sent += 1;
            if heartbeat.loss > 0.0 {
                let draw = ctx.streams().indexed(device, LOSS, now.as_nanos()).uniform();
                arrives = draw >= heartbeat.loss;
                self.counts.heartbeats_lost += u64::from(!arrives);
            }
        }
        let missed = if arrives { 0 } else { self.missed[index].saturating_add(1) };
        self.missed[index] = missed;
        self.counts.false_alarms += u64::from(up && missed == heartbeat.misses);
        ctx.after(heartbeat.period, Event::Heartbeat { device }.into());
    }
}

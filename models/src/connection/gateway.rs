//! Between devices and their gateways: one unacknowledged frame, repeated if wanted, heard by
//! several gateways or by none; over a channel with losses, or over an ALOHA radio they share.
//! A gateway stores what it hears, drops what it has had, stamps it with its own clock and
//! forwards it over its uplink, which acknowledges or not as its protocol does.

use std::collections::{BTreeSet, VecDeque};

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Purpose as StreamPurpose, SimDuration, SimTime};
use serde::{Deserialize, Serialize};

use super::account::Purpose;
use super::aloha::{Aloha, LORAWAN_BYTES, lora_airtime};
use super::platform::Reading;
use super::settings::{Gateways, Settings};
use super::{Connection, Event};
use crate::part::{Devices, Members};

const DRAWS: StreamPurpose = StreamPurpose::new("connection.local");
/// Readings a gateway remembers having heard.
const REMEMBERED_MAX: usize = 4_096;
/// LoRaWAN's European channels are this wide.
const BANDWIDTH_HZ: f64 = 125_000.0;

/// One copy of a reading on its way to a gateway, or over neighbours.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// What it carries.
    pub reading: Reading,
    /// The gateway that may hear it, or the node that has it.
    pub at: u32,
    /// The radio channel it is sent on.
    pub channel: u32,
}

/// Copies under way, by number; numbers are used again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Copies {
    slots: Vec<Copy>,
    free: Vec<u32>,
}

impl Copies {
    /// Gives a copy its number.
    ///
    /// # Panics
    ///
    /// If 2^32 copies are under way already.
    pub fn add(&mut self, copy: Copy) -> u32 {
        if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = copy;
            return slot;
        }
        self.slots.push(copy);
        u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 copies under way")
    }
    /// Takes a copy out; its number is free.
    pub fn take(&mut self, number: u32) -> Copy {
        self.free.push(number);
        self.slots[number as usize]
    }
    /// The copy of a number.
    pub fn get(&self, number: u32) -> Copy {
        self.slots[number as usize]
    }
    /// Copies under way.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
    /// Whether no copy is under way.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The readings a gateway has heard lately.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Memory {
    known: BTreeSet<(u32, u32)>,
    order: VecDeque<(u32, u32)>,
}

impl Memory {
    fn is_new(&mut self, reading: &Reading) -> bool {
        let key = (reading.device, reading.number);
        if !self.known.insert(key) {
            return false;
        }
        self.order.push_back(key);
        if self.order.len() > REMEMBERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

/// All gateways' ears.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Local {
    plan: Gateways,
    frame_bytes: u32,
    memories: Vec<Memory>,
    /// By device the group of gateways that may hear it, and these groups; empty where all may.
    group: Vec<u16>,
    groups: Vec<Vec<u32>>,
    /// The radio and the time of a frame on it.
    pub air: Option<(Aloha, SimDuration)>,
    /// Frames that wait for the radio or are on it.
    frames_pending: u64,
}

impl Local {
    /// Gateways that have heard nothing.
    pub fn new(
        plan: Gateways,
        settings: &Settings,
        devices: &Members,
        gateways: &Members,
        fleet: &Devices,
    ) -> Self {
        let region_of = |members: &Members, place| fleet.region[members.device(place) as usize];
        let (mut group, mut groups) = (Vec::new(), Vec::new());
        if plan.by_region {
            group = (0..settings.devices).map(|device| region_of(devices, device)).collect();
            groups = vec![Vec::new(); fleet.regions.len().max(1)];
            for gateway in 0..plan.count {
                groups[usize::from(region_of(gateways, gateway))].push(gateway);
            }
        }
        let frame_bytes = settings.payload_bytes + LORAWAN_BYTES;
        let air = plan.air.map(|air| {
            let airtime = lora_airtime(frame_bytes, air.spreading_factor, BANDWIDTH_HZ);
            (Aloha::new(air.channels as usize, air.slotted.then_some(airtime)), airtime)
        });
        let memories = vec![Memory::default(); plan.count as usize];
        Local { plan, frame_bytes, memories, group, groups, air, frames_pending: 0 }
    }
    /// The gateway that is `neighbour` places on from a device, if it reaches so many.
    fn listener(&self, device: u32, neighbour: u32) -> Option<u32> {
        let Some(group) = self.group.get(device as usize) else {
            return Some((device + neighbour) % self.plan.count);
        };
        let group = &self.groups[usize::from(*group)];
        let count = group.len() as u32;
        (neighbour < count).then(|| group[((device + neighbour) % count) as usize])
    }
    /// Copies beyond the first that frames not yet heard stand for.
    pub fn copies_unborn(&self) -> u64 {
        self.frames_pending * u64::from(self.plan.heard_by - 1)
    }
}

impl Connection {
    /// A device sends a reading to whoever hears it.
    pub(super) fn broadcast<E: EngineEvent + From<Event>>(
        &mut self,
        reading: Reading,
        ctx: &mut Context<E>,
    ) {
        let Some(local) = &self.local else { return };
        let (repeats, heard_by, bytes) =
            (local.plan.repeats, local.plan.heard_by, local.frame_bytes);
        self.account.copies += u64::from(repeats * heard_by);
        for repeat in 0..repeats {
            self.account.up(Purpose::Local, bytes);
            self.account.channel_bytes.up += u64::from(bytes);
            self.account.packets += 1;
            let Some(Local { air: Some((radio, airtime)), frames_pending, .. }) = &mut self.local
            else {
                self.account.joules += self.power.up_joules_per_byte * f64::from(bytes);
                self.spread(reading, repeat, ctx);
                continue;
            };
            *frames_pending += 1;
            let index = u64::from(reading.number) * u64::from(repeats) + u64::from(repeat);
            let (streams, entity) = self.members.named(reading.device, ctx.streams());
            let mut draws = streams.indexed(entity, "connection.air", index);
            let channel = draws.below(radio.channels() as u64) as u32;
            // Repetitions follow each other at a distance drawn in airtimes.
            let gap = airtime.times(u64::from(repeat) * (1 + draws.below(10)));
            let begins = radio.begins_at(ctx.now() + gap);
            let copy = self.copies.add(Copy { reading, at: repeat, channel });
            ctx.at(begins, Event::Air { copy, ends: false }.into());
        }
    }

    /// A frame begins or ends on the shared radio.
    pub(super) fn air<E: EngineEvent + From<Event>>(
        &mut self,
        copy: u32,
        ends: bool,
        ctx: &mut Context<E>,
    ) {
        let Some(local) = &mut self.local else { return };
        let Some((radio, airtime)) = &mut local.air else { return };
        let sent = self.copies.get(copy);
        if !ends {
            radio.begin(sent.channel as usize, copy);
            let airtime = *airtime;
            self.account.joules += self.power.awake_watts * airtime.as_seconds();
            return ctx.after(airtime, Event::Air { copy, ends: true }.into());
        }
        let heard = radio.end(sent.channel as usize, copy);
        let listeners = u64::from(local.plan.heard_by);
        local.frames_pending -= 1;
        self.copies.take(copy);
        self.account.frames += 1;
        self.account.frames_heard += u64::from(heard);
        if heard {
            self.spread(sent.reading, sent.at, ctx);
        } else {
            self.account.packets_lost += 1;
            (0..listeners).for_each(|_| self.lose());
        }
    }

    /// Each gateway in reach hears a frame or does not.
    fn spread<E: EngineEvent + From<Event>>(
        &mut self,
        reading: Reading,
        repeat: u32,
        ctx: &mut Context<E>,
    ) {
        let Some(local) = &self.local else { return };
        let Gateways { heard_by, repeats, channel, .. } = local.plan;
        let bytes = local.frame_bytes;
        for neighbour in 0..heard_by {
            let copies = u64::from(repeats * heard_by);
            let index =
                u64::from(reading.number) * copies + u64::from(repeat * heard_by + neighbour);
            let (streams, entity) = self.devices_named(reading.device, ctx);
            let mut draws = streams.indexed(entity, DRAWS, index);
            let listener =
                self.local.as_ref().and_then(|of| of.listener(reading.device, neighbour));
            let bad = &mut self.devices[reading.device as usize].bad;
            match channel.transmit(bytes, &mut draws, bad).zip(listener) {
                Some((micros, at)) => {
                    let copy = self.copies.add(Copy { reading, at, channel: 0 });
                    let delay = SimDuration::from_nanos(micros * 1_000);
                    ctx.after(delay, Event::Travels { copy }.into());
                }
                None => self.lose(),
            }
        }
    }

    /// A gateway hears a reading.
    pub(super) fn overhear<E: EngineEvent + From<Event>>(
        &mut self,
        copy: u32,
        ctx: &mut Context<E>,
    ) {
        let Copy { reading, at, .. } = self.copies.take(copy);
        let Some(local) = &mut self.local else { return };
        // A gateway that is down hears nothing.
        if !self.senders[at as usize].up {
            return self.lose();
        }
        if local.memories[at as usize].is_new(&reading) {
            self.enqueue(at, reading, ctx);
        } else {
            self.account.merged += 1;
        }
    }
}

/// A time as a clock with an error shows it.
pub(super) fn stamped(taken: SimTime, skew_nanos: i64) -> SimTime {
    SimTime::from_nanos(taken.as_nanos().saturating_add_signed(skew_nanos))
}

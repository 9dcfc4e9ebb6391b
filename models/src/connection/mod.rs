//! The links and protocols between devices and the platform: readings set out, packets get lost and
//! are late, protocols repeat them, gateways store and forward, and the platform hears each reading
//! once, twice or never.
//!
//! A device takes a reading every interval. It goes out as one datagram, or over CoAP, HTTP(S), a
//! WebSocket or MQTT 5 ([`uplink`] is their engine, [`mqtt`] and [`coap`] the machines of the
//! specifications, [`frames`] the bytes of real codecs); directly, through gateways ([`gateway`]),
//! or over neighbours without a centre ([`mesh`]). [`gossip`] is a part of its own for layers
//! above.
//!
//! Devices and gateways may be devices of the fleet (`on`): one that is down takes no readings,
//! hears and sends nothing; its session breaks, and is opened again when it is up. What it has
//! stored stays. The round trip may be that of its region, and so may the gateways that hear it.
//!
//! Left out: congestion (a link has a rate but no queue), routing on the internet, DNS, what is
//! listed in the files of the parts.
//!
//! Invariants, checked as the run goes: a reading arrives only if it was taken; every copy of a
//! reading is delivered, lost, dropped, merged or under way; bytes by purpose are the bytes that
//! the channels saw; QoS 2 hands on each reading once; what is acknowledged end to end is not lost.

pub mod account;
pub mod aloha;
pub mod card;
pub mod channel;
pub mod coap;
pub mod figures;
pub mod file;
pub mod frames;
pub mod gateway;
pub mod gossip;
pub mod isolated;
pub mod latency;
pub mod mesh;
pub mod metrics;
pub mod mqtt;
mod part;
pub mod platform;
pub mod radio;
mod reading;
mod record;
pub mod sender;
mod session;
pub mod settings;
pub mod spec;
mod uplink;

use pinwheel_core::check::CheckId;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Purpose as StreamPurpose, SimDuration, SimTime, Streams};
use serde::{Deserialize, Serialize};

use crate::describe::EventKinds;
pub use crate::part::Delivery;
use crate::part::{Around, Members};
use account::Account;
use channel::Loss;
use frames::{Flight as Packets, Frames};
use gateway::{Copies, Local, stamped};
pub use isolated::Isolated;
use latency::RoundTrips;
use mesh::Mesh;
use mqtt::Qos;
use platform::{Device, Reading};
use radio::{Power, Radio};
use sender::{Line, Sender};
use settings::Protocol;
pub use settings::Settings;

/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds {
    first: 32,
    names: &[
        "reading",
        "datagram",
        "uplink",
        "answer",
        "timeout",
        "refusal",
        "reconnect",
        "heartbeat",
        "will",
        "link outage",
        "radio frame",
        "hop",
        "reroute",
        "connection record",
    ],
};
const CUT: StreamPurpose = StreamPurpose::new("connection.cut");

/// What happens in this layer.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A device takes a reading, if it is still up since it came up for the time `boot`.
    Reading {
        /// Its number.
        device: u32,
        /// How often the device had come up when it was scheduled; an earlier one is stale.
        boot: u16,
    },
    /// A plain datagram reaches the platform.
    Arrives {
        /// The device that took it.
        device: u32,
        /// Its number among the device's readings.
        number: u32,
        /// How long it was on its way, microseconds.
        delay_micros: u32,
    },
    /// The question of an exchange reaches the platform.
    Up {
        /// Which sender.
        sender: u32,
        /// The identifier of the exchange.
        id: u16,
    },
    /// Its answer reaches the sender.
    Down {
        /// Which sender.
        sender: u32,
        /// The identifier of the exchange.
        id: u16,
    },
    /// An answer is overdue.
    Timeout {
        /// Which sender.
        sender: u32,
        /// The identifier of the exchange.
        id: u16,
        /// Which sending of it; an earlier one is stale.
        attempt: u16,
    },
    /// An attempt to connect is turned down.
    Refused {
        /// Which sender.
        sender: u32,
        /// The identifier of the exchange.
        id: u16,
    },
    /// A back-off is over.
    Reconnect {
        /// Which sender.
        sender: u32,
        /// Which of its connections; an earlier one is stale.
        connection: u32,
    },
    /// A sign of life is due.
    Heartbeat {
        /// Which sender.
        sender: u32,
        /// Which of its connections; an earlier one is stale.
        connection: u32,
    },
    /// The broker has waited long enough for a client.
    Will {
        /// Which sender.
        sender: u32,
        /// Which of its connections; an earlier one is stale.
        connection: u32,
    },
    /// Senders are cut off, or heard again.
    Outage {
        /// Which outage, by its place in the scenario.
        place: u16,
        /// Whether it begins or ends.
        begins: bool,
    },
    /// A frame begins or ends on the shared radio.
    Air {
        /// Which copy, by number.
        copy: u32,
        /// Whether it ends or begins.
        ends: bool,
    },
    /// A copy reaches a gateway or a neighbour.
    Travels {
        /// Which copy, by number.
        copy: u32,
    },
    /// The mesh's routes follow a change.
    Reroute,
    /// Time for a record.
    Record,
}

impl EngineEvent for Event {
    fn priority(&self) -> u8 {
        match self {
            // A slot's frames end before those of the next begin.
            Event::Air { ends: true, .. } => 120,
            Event::Record => 250,
            _ => 128,
        }
    }
    fn kind(&self) -> u8 {
        let place = match self {
            Event::Reading { .. } => 0,
            Event::Arrives { .. } => 1,
            Event::Up { .. } => 2,
            Event::Down { .. } => 3,
            Event::Timeout { .. } => 4,
            Event::Refused { .. } => 5,
            Event::Reconnect { .. } => 6,
            Event::Heartbeat { .. } => 7,
            Event::Will { .. } => 8,
            Event::Outage { .. } => 9,
            Event::Air { .. } => 10,
            Event::Travels { .. } => 11,
            Event::Reroute => 12,
            Event::Record => 13,
        };
        KINDS.kind(place)
    }
}

/// The layer's checks, once it has started.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct CheckIds {
    taken_first: CheckId,
    copies: CheckId,
    bytes: CheckId,
    landed: Option<CheckId>,
    once: Option<CheckId>,
    acknowledged: Option<CheckId>,
}

/// The layer while it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Connection {
    settings: Settings,
    frames: Frames,
    /// Of the devices' radio on the uplink (nothing where gateways have it), and between them.
    uplink_power: Power,
    power: Power,
    devices: Vec<Device>,
    /// Who of the fleet the devices are, and the gateways if there are any.
    members: Members,
    gateways: Option<Members>,
    senders: Vec<Sender>,
    local: Option<Local>,
    mesh: Option<Mesh>,
    copies: Copies,
    /// Plain datagrams in the air.
    airborne: u64,
    account: Account,
    /// Outages under way: of the hub, and of a share of the senders.
    hub_outages: u32,
    hub_resets: bool,
    partial_outages: Vec<u16>,
    checks: Option<CheckIds>,
    /// Readings that have reached the platform and were not taken yet.
    arrived: Vec<Delivery>,
}

impl Connection {
    /// The layer at time zero.
    pub fn new(settings: &Settings, around: &Around<'_>) -> Self {
        let Around { streams, devices: fleet } = *around;
        let members = Members::new(settings.on.as_ref(), fleet);
        let plan = settings.gateways.as_ref();
        let gateways = plan.map(|plan| Members::new(plan.on.as_ref(), fleet));
        let speakers = gateways.as_ref().unwrap_or(&members);
        let rtts = RoundTrips::new(settings, speakers, around);
        let bad = |members: &Members, entity: u32, loss: Loss| {
            let mut draws = members.stream(entity, "connection.weather", 0, streams);
            loss.begins_bad(draws.uniform())
        };
        let mut senders: Vec<Sender> = (0..settings.senders())
            .map(|s| Sender::new(settings, rtts.draw(s), bad(speakers, s, settings.channel.loss)))
            .collect();
        if let Some(gateways) = plan {
            for (gateway, sender) in (0..).zip(&mut senders) {
                let mut draws = speakers.stream(gateway, "connection.clock", 0, streams);
                let seconds = pinwheel_core::distribution::Normal::STANDARD.sample(&mut draws)
                    * gateways.clock_skew_seconds;
                sender.skew_nanos = (seconds * 1e9) as i64;
            }
        }
        let plain = settings.is_plain();
        let loss = plan.map_or(settings.channel, |plan| plan.channel).loss;
        let device = |device| {
            Device::new(if plain { rtts.draw(device) } else { 0 }, bad(&members, device, loss))
        };
        let local = plan
            .zip(gateways.as_ref())
            .map(|(plan, gateways)| Local::new(plan.clone(), settings, &members, gateways, fleet));
        let mesh = settings.mesh.map(|plan| Mesh::new(plan, settings.devices, &members, streams));
        let uplink = if settings.gateways.is_some() { Radio::Wired } else { settings.radio };
        Connection {
            frames: Frames::new(settings),
            uplink_power: uplink.power(),
            power: settings.radio.power(),
            devices: (0..settings.devices).map(device).collect(),
            senders,
            local,
            mesh,
            members,
            gateways,
            copies: Copies::default(),
            airborne: 0,
            account: Account::default(),
            hub_outages: 0,
            hub_resets: false,
            partial_outages: Vec::new(),
            checks: None,
            arrived: Vec::new(),
            settings: settings.clone(),
        }
    }

    /// All that has been counted.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Senders whose connection is open now.
    pub fn connected(&self) -> usize {
        self.senders.iter().filter(|sender| sender.line == Line::Open).count()
    }

    /// Schedules the first events.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        let settings = &self.settings;
        let gateways = settings.gateways.as_ref();
        let single = gateways.is_none_or(|plan| plan.heard_by * plan.repeats == 1);
        // Two gateways may each hand on a reading once.
        let alone = gateways.is_none_or(|plan| plan.heard_by == 1);
        let mqtt = settings.protocol == Protocol::Mqtt;
        let acknowledged =
            settings.protocol == Protocol::Http || mqtt && settings.qos > Qos::AtMostOnce;
        let checks = &mut ctx.checks;
        self.checks = Some(CheckIds {
            taken_first: checks.always("connection.readings_arrive_only_if_taken"),
            copies: checks.always("connection.copies_conserved"),
            bytes: checks.always("connection.bytes_by_purpose_sum_to_bytes_sent"),
            landed: single.then(|| checks.always("connection.delivered_is_what_landed")),
            once: (mqtt && alone && settings.qos == Qos::ExactlyOnce)
                .then(|| checks.always("connection.qos_2_delivers_once")),
            acknowledged: (acknowledged && self.local.is_none())
                .then(|| checks.always("connection.nothing_acknowledged_is_lost")),
        });
        for device in 0..self.settings.devices {
            self.arm(device, ctx);
        }
        if self.settings.protocol.is_persistent() {
            for s in 0..self.senders.len() as u32 {
                // They come up one after the other in the first interval.
                let (streams, entity) = self.sender_named(s, ctx);
                let sender = &mut self.senders[s as usize];
                sender.line = Line::Waiting;
                let seconds = sender.uniform(entity, &streams) * self.settings.interval_seconds;
                let delay = SimDuration::from_seconds_f64(seconds);
                ctx.after(delay, Event::Reconnect { sender: s, connection: 0 }.into());
            }
        }
        for (place, outage) in (0..).zip(&self.settings.outages) {
            let at = |seconds| SimTime::ZERO + SimDuration::from_seconds_f64(seconds);
            ctx.at(at(outage.start_seconds), Event::Outage { place, begins: true }.into());
            let end = at(outage.start_seconds + outage.length_seconds);
            ctx.at(end, Event::Outage { place, begins: false }.into());
        }
        ctx.after(self.settings.record_every, Event::Record.into());
    }

    /// Readings that have reached the platform since the last call.
    pub fn deliveries(&mut self) -> impl Iterator<Item = Delivery> {
        self.arrived.drain(..)
    }

    /// Reacts to one event.
    pub fn handle<E: EngineEvent + From<Event>>(&mut self, event: Event, ctx: &mut Context<E>) {
        match event {
            Event::Reading { device, boot } => self.take(device, boot, ctx),
            Event::Arrives { device, number, delay_micros } => {
                self.arrive(device, number, delay_micros, ctx);
            }
            Event::Up { sender, id } => self.arrive_up(sender, id, ctx),
            Event::Down { sender, id } => self.arrive_down(sender, id, ctx),
            Event::Timeout { sender, id, attempt } => self.time_out(sender, id, attempt, ctx),
            Event::Refused { sender, id } => self.refused(sender, id, ctx),
            Event::Reconnect { sender, connection } => self.reconnect(sender, connection, ctx),
            Event::Heartbeat { sender, connection } => self.heartbeat(sender, connection, ctx),
            Event::Will { sender, connection } => self.will(sender, connection),
            Event::Outage { place, begins } => self.outage(place, begins, ctx),
            Event::Air { copy, ends } => self.air(copy, ends, ctx),
            Event::Travels { copy } if self.mesh.is_some() => self.relay(copy, ctx),
            Event::Travels { copy } => self.overhear(copy, ctx),
            Event::Reroute => self.mesh.iter_mut().for_each(Mesh::route),
            Event::Record => {
                ctx.after(self.settings.record_every, event.into());
                self.record(ctx);
            }
        }
    }

    /// A device of the fleet goes down or comes up: one of those that take readings, or a gateway.
    pub fn fleet_changed<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        class: u8,
        up: bool,
        ctx: &mut Context<E>,
    ) {
        if let Some(device) = self.members.change(device, class, up) {
            self.device_changed(device, up, ctx);
        }
        let gateway = self.gateways.as_mut().and_then(|of| of.change(device, class, up));
        if let Some(gateway) = gateway {
            self.power(gateway, up, ctx);
        }
    }

    /// By what names a device draws.
    fn devices_named<E: EngineEvent>(&self, device: u32, ctx: &Context<E>) -> (Streams, u32) {
        self.members.named(device, ctx.streams())
    }

    /// By what names a sender draws: a gateway, or a device where there are none.
    fn sender_named<E: EngineEvent>(&self, s: u32, ctx: &Context<E>) -> (Streams, u32) {
        self.gateways.as_ref().unwrap_or(&self.members).named(s, ctx.streams())
    }

    /// A device fails or comes back. While it is down it takes no readings; what it has stored
    /// stays.
    pub fn device_changed<E: EngineEvent + From<Event>>(
        &mut self,
        number: u32,
        up: bool,
        ctx: &mut Context<E>,
    ) {
        let Some(device) = self.devices.get_mut(number as usize) else { return };
        let was_up = std::mem::replace(&mut device.up, up);
        if up && !was_up {
            self.arm(number, ctx);
        }
        if let Some(mesh) = &mut self.mesh {
            mesh.set_node(number, up);
            self.reroute_later(ctx);
        } else if self.local.is_none() && !self.senders.is_empty() {
            self.power(number, up, ctx);
        }
    }

    /// The platform takes a reading.
    fn deliver<E: EngineEvent>(&mut self, reading: Reading, skew_nanos: i64, ctx: &mut Context<E>) {
        let now = ctx.now();
        let device = &mut self.devices[reading.device as usize];
        let (taken, checks) = (device.taken, self.checks.expect("the layer has started"));
        ctx.checks.note(checks.taken_first, reading.number <= taken, now, || {
            format!("{reading:?} arrived, but only {taken} were taken")
        });
        let new = device.is_new(reading.number);
        if let Some(once) = checks.once {
            ctx.checks.note(once, new, now, || format!("{reading:?} was handed on again"));
        }
        let taken = stamped(reading.taken, skew_nanos);
        if new {
            self.account.delivered += 1;
            self.account.latency.add(now.since(reading.taken));
            self.account.stamp_error_seconds += (skew_nanos.unsigned_abs() as f64) / 1e9;
            if reading.taken > device.freshest {
                self.account.age.renew(device.freshest, reading.taken, now);
                device.freshest = reading.taken;
            }
        } else {
            self.account.duplicates += 1;
        }
        if new || !self.settings.deduplicate {
            let number = u64::from(reading.number);
            let device = self.members.device(reading.device);
            self.arrived.push(Delivery { device, number, taken });
        }
    }

    /// Whether a partial outage is one of the entity's of this number in its streams.
    fn cuts_off(&self, entity: u32, place: u16, streams: &Streams) -> bool {
        let outage = self.settings.outages[usize::from(place)];
        streams.indexed(entity, CUT, outage.name()).uniform() < outage.share
    }

    fn outage<E: EngineEvent + From<Event>>(
        &mut self,
        place: u16,
        begins: bool,
        ctx: &mut Context<E>,
    ) {
        let outage = self.settings.outages[usize::from(place)];
        if outage.share < 1.0 {
            self.partial_outages.retain(|other| *other != place);
            self.partial_outages.extend(begins.then_some(place));
            for s in 0..self.senders.len() as u32 {
                let (streams, entity) = self.sender_named(s, ctx);
                if self.cuts_off(entity, place, &streams) {
                    let cuts = &mut self.senders[s as usize].cuts;
                    *cuts = if begins { *cuts + 1 } else { *cuts - 1 };
                }
            }
            return;
        }
        self.hub_outages = if begins { self.hub_outages + 1 } else { self.hub_outages - 1 };
        if let Some(mesh) = &mut self.mesh {
            mesh.set_hub(self.hub_outages == 0);
            return self.reroute_later(ctx);
        }
        self.hub_resets = outage.resets;
        if begins && outage.resets && self.settings.protocol.is_stream() {
            for s in 0..self.senders.len() as u32 {
                if matches!(self.senders[s as usize].line, Line::Open | Line::Opening) {
                    self.broken(s, ctx);
                }
            }
        }
    }

    /// Whether the hub turns an attempt to connect down: it is starting up, or overrun.
    fn refuses(&mut self, now: SimTime) -> bool {
        self.account.attempts += 1;
        let attempts = self.account.storm.note(now);
        let limit = self.settings.reconnect.accepts_per_second;
        (self.hub_outages > 0 && self.hub_resets) || limit.is_some_and(|limit| attempts > limit)
    }

    fn is_cut(&self, s: u32) -> bool {
        self.hub_outages > 0 || self.senders[s as usize].cuts > 0
    }

    fn lose(&mut self) {
        self.account.lost += 1;
    }

    /// Enters what a channel has seen of the first `count` packets of a flight.
    fn note_packets(&mut self, packets: Packets, count: u8, lost: u8, up: bool) {
        let bytes: u64 = (0..count).map(|place| u64::from(packets.packet_bytes(place))).sum();
        self.account.packets += u64::from(count);
        self.account.packets_lost += u64::from(lost);
        if up {
            self.account.channel_bytes.up += bytes;
            self.account.joules += bytes as f64 * self.uplink_power.up_joules_per_byte;
        } else {
            self.account.channel_bytes.down += bytes;
            self.account.joules += bytes as f64 * self.uplink_power.down_joules_per_byte;
        }
    }

    /// A sender's radio is needed.
    fn wake(&mut self, s: u32, now: SimTime) {
        let Power { tail_seconds, tail_watts, .. } = self.uplink_power;
        let tail = self.senders[s as usize].wake(now, tail_seconds);
        self.account.joules += tail * tail_watts;
    }

    /// A sender's radio may sleep if nothing is in flight.
    fn rest<E: EngineEvent>(&mut self, s: u32, ctx: &Context<E>) {
        let sender = &mut self.senders[s as usize];
        if sender.flights.is_empty() {
            self.account.joules += sender.sleep(ctx.now()) * self.uplink_power.awake_watts;
        }
    }
}

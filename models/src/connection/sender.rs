//! One end of an uplink: a device or a gateway with its buffer, its connection and what it has in
//! flight.

use std::collections::VecDeque;

use pinwheel_core::{SimDuration, SimTime, Stream, Streams};
use serde::{Deserialize, Serialize};

use super::channel::Channel;
use super::coap::{Deduplicator, Notification};
use super::frames::{Flight as Packets, Step};
use super::mqtt::{Publisher, Receiver, Topic};
use super::platform::Reading;
use super::settings::{Protocol, Settings};

const DRAWS: pinwheel_core::Purpose = pinwheel_core::Purpose::new("connection.uplink");

/// The state of a sender's connection. Datagrams need none: they are always [`Line::Open`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Line {
    /// Closed; opened when there is something to send.
    Closed,
    /// Closed; opened when the back-off is over.
    Waiting,
    /// Handshakes are under way.
    Opening,
    /// Messages can be sent.
    Open,
}

/// An exchange under way, at both of its ends.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flight {
    /// Its identifier in the protocol.
    pub id: u16,
    /// Which step of the protocol it is.
    pub step: Step,
    /// The reading that goes with it.
    pub reading: Reading,
    /// Timeouts of earlier attempts know an older number.
    pub attempt: u16,
    /// Repetitions of the present step.
    pub repeats: u8,
    /// Packets the other side misses, of what is asked and of what is answered.
    pub up_missing: u8,
    /// Packets of the answer that the sender misses.
    pub down_missing: u8,
    /// Whether the other side has it, over this connection.
    pub arrived: bool,
    /// Whether the reading has ever reached the platform.
    pub heard: bool,
    /// Whether it was sent over an earlier connection.
    pub again: bool,
    /// How long the first sending waits for its answer.
    pub first_timeout: SimDuration,
}

impl Flight {
    /// Whether a reading goes with it.
    pub fn carries(&self) -> bool {
        matches!(self.step, Step::Message | Step::Release)
    }
}

/// Both ends' memory of the protocol.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Machine {
    /// None is needed.
    Plain,
    /// Of CoAP.
    Coap {
        /// What the server has heard lately.
        server: Deduplicator,
        /// What the observer heard last.
        last: Option<Notification>,
    },
    /// Of MQTT.
    Mqtt {
        /// The sending side of the session.
        publisher: Publisher,
        /// The broker's side of it.
        broker: Receiver,
        /// What the broker keeps of the topic.
        topic: Topic,
    },
}

/// One end of an uplink.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sender {
    /// Its round trip to the platform, microseconds.
    pub rtt_micros: u32,
    /// The state of its connection.
    pub line: Line,
    /// Connections so far: tells a stale event from a present one.
    pub connection: u32,
    /// Attempts to connect that failed in a row.
    pub failures: u32,
    /// Readings that are not sent yet, oldest first.
    pub waiting: VecDeque<Reading>,
    /// Exchanges under way.
    pub flights: Vec<Flight>,
    /// Both ends' memory of the protocol.
    pub machine: Machine,
    last_id: u16,
    last_attempt: u16,
    /// Packets drawn for so far.
    packets: u64,
    /// State of a burst channel.
    bad: bool,
    /// Whether it works.
    pub up: bool,
    /// Outages that cut it off now.
    pub cuts: u32,
    /// When it sent its last packet.
    pub last_sent: SimTime,
    awake_since: Option<SimTime>,
    asleep_since: Option<SimTime>,
    /// Error of its clock in nanoseconds.
    pub skew_nanos: i64,
}

impl Sender {
    /// A sender that works and has sent nothing.
    pub fn new(settings: &Settings, rtt_micros: u32, bad: bool) -> Self {
        let machine = match settings.protocol {
            Protocol::Coap => Machine::Coap { server: Deduplicator::default(), last: None },
            Protocol::Mqtt => Machine::Mqtt {
                publisher: Publisher::new(settings.qos, settings.window),
                broker: Receiver::default(),
                topic: Topic::default(),
            },
            _ => Machine::Plain,
        };
        let stream = settings.protocol.is_stream();
        Sender {
            rtt_micros,
            line: if stream { Line::Closed } else { Line::Open },
            connection: 0,
            failures: 0,
            waiting: VecDeque::new(),
            flights: Vec::new(),
            machine,
            last_id: 0,
            last_attempt: 0,
            packets: 0,
            bad,
            up: true,
            cuts: 0,
            last_sent: SimTime::ZERO,
            awake_since: None,
            asleep_since: None,
            skew_nanos: 0,
        }
    }

    /// The stream of its next packet: one for each, so that what is sent moves no other draw.
    fn draws(&mut self, entity: u32, streams: &Streams) -> Stream {
        self.packets += 1;
        streams.indexed(entity, DRAWS, self.packets)
    }
    /// Another uniform draw for its own use.
    pub fn uniform(&mut self, entity: u32, streams: &Streams) -> f64 {
        self.draws(entity, streams).uniform()
    }
    /// The first timeout of a message of CoAP, drawn.
    pub fn first_timeout(&mut self, entity: u32, streams: &Streams) -> SimDuration {
        super::coap::first_timeout(&mut self.draws(entity, streams))
    }
    /// Sends the first `count` of these packets; how many are lost, and how much later than half a
    /// round trip the last of the others arrives, in microseconds.
    pub fn transmit(
        &mut self,
        entity: u32,
        channel: &Channel,
        packets: Packets,
        count: u8,
        streams: &Streams,
    ) -> (u8, u64) {
        let (mut lost, mut latest) = (0, 0);
        for place in 0..count {
            let mut draws = self.draws(entity, streams);
            match channel.transmit(packets.packet_bytes(place), &mut draws, &mut self.bad) {
                Some(delay) => latest = latest.max(delay),
                None => lost += 1,
            }
        }
        (lost, latest)
    }
    /// A number that no exchange under way has.
    pub fn free_id(&mut self) -> u16 {
        loop {
            self.last_id = self.last_id.checked_add(1).unwrap_or(1);
            if self.flights.iter().all(|flight| flight.id != self.last_id) {
                return self.last_id;
            }
        }
    }
    /// A number for one sending of one exchange; the clock comes round long after it is forgotten.
    pub fn next_attempt(&mut self) -> u16 {
        self.last_attempt = self.last_attempt.wrapping_add(1);
        self.last_attempt
    }
    /// The place of an exchange among those under way, by its identifier.
    pub fn flight(&self, id: u16) -> Option<usize> {
        self.flights.iter().position(|flight| flight.id == id)
    }
    /// Readings in flight, and those still waiting.
    pub fn under_way(&self) -> usize {
        self.flights.iter().filter(|flight| flight.carries()).count() + self.waiting.len()
    }
    /// The radio wakes up: seconds it stayed awake since it was last needed.
    pub fn wake(&mut self, now: SimTime, tail_seconds: f64) -> f64 {
        if self.awake_since.is_some() {
            return 0.0;
        }
        self.awake_since = Some(now);
        let idle = self.asleep_since.map_or(0.0, |since| now.since(since).as_seconds());
        idle.min(tail_seconds)
    }
    /// The radio is not needed any more: seconds it was.
    pub fn sleep(&mut self, now: SimTime) -> f64 {
        let Some(since) = self.awake_since.take() else { return 0.0 };
        self.asleep_since = Some(now);
        now.since(since).as_seconds()
    }
}

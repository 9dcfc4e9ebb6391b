//! The life of a connection: opening, heartbeats, breaks, back-offs, wills and power cuts.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, SimDuration};

use super::account::Purpose;
use super::frames::Step;
use super::mqtt::{Packet, Publisher, Qos};
use super::sender::{Line, Machine, Sender};
use super::settings::Protocol;
use super::{Connection, Event};

/// A server publishes the will of a client that has been silent for so many keep-alive times
/// (MQTT 5.0, section 3.1.2.10).
const SILENCE: f64 = 1.5;

impl Connection {
    /// Opens a connection.
    pub(super) fn open<E: EngineEvent + From<Event>>(&mut self, s: u32, ctx: &mut Context<E>) {
        let Some(first) = self.frames.opening(None) else { return };
        let sender = &mut self.senders[s as usize];
        if !sender.up || matches!(sender.line, Line::Opening | Line::Open) {
            return;
        }
        sender.line = Line::Opening;
        sender.connection += 1;
        self.begin(s, first, ctx);
    }

    /// The connection is there: what was under way is sent again, then what waits.
    pub(super) fn established<E: EngineEvent + From<Event>>(
        &mut self,
        s: u32,
        ctx: &mut Context<E>,
    ) {
        let beat = SimDuration::from_seconds_f64(self.settings.keep_alive_seconds);
        let sender = &mut self.senders[s as usize];
        (sender.line, sender.failures, sender.last_sent) = (Line::Open, 0, ctx.now());
        let connection = sender.connection;
        if self.settings.protocol.is_persistent() && beat > SimDuration::ZERO {
            ctx.after(beat, Event::Heartbeat { sender: s, connection }.into());
        }
        if let Machine::Mqtt { publisher, topic, .. } = &mut sender.machine {
            topic.will = false;
            let sent = |id| sender.flights.iter().any(|flight| flight.id == id);
            assert!(resumed(publisher).all(sent), "a session knows what it has under way");
        }
        for place in 0..sender.flights.len() {
            let flight = &mut self.senders[s as usize].flights[place];
            (flight.repeats, flight.arrived, flight.again) = (0, false, true);
            flight.up_missing = self.frames.exchange(flight.step).up.packets;
            self.send(s, place, ctx);
        }
        self.rest(s, ctx);
        self.pump(s, ctx);
    }

    /// Time for a ping, if this is still the same connection.
    pub(super) fn heartbeat<E: EngineEvent + From<Event>>(
        &mut self,
        s: u32,
        connection: u32,
        ctx: &mut Context<E>,
    ) {
        let beat = SimDuration::from_seconds_f64(self.settings.keep_alive_seconds);
        let sender = &self.senders[s as usize];
        if sender.line != Line::Open || sender.connection != connection || !sender.up {
            return;
        }
        // MQTT pings only after silence (3.1.2.10); a WebSocket, by custom, always.
        let silent = ctx.now().since(sender.last_sent) >= beat;
        let due = match (silent || self.settings.protocol == Protocol::WebSocket, silent) {
            (true, _) => beat,
            (false, _) => beat - ctx.now().since(sender.last_sent),
        };
        let pinging = sender.flights.iter().any(|flight| flight.step == Step::Ping);
        ctx.after(due, Event::Heartbeat { sender: s, connection }.into());
        if due == beat && !pinging {
            self.begin(s, Step::Ping, ctx);
        }
    }

    /// The connection is lost, with what was in flight on it and cannot be sent again.
    pub(super) fn broken<E: EngineEvent + From<Event>>(&mut self, s: u32, ctx: &mut Context<E>) {
        self.account.breaks += 1;
        let Sender { connection, line, .. } = self.senders[s as usize];
        let silence = SILENCE * self.settings.keep_alive_seconds;
        if line == Line::Open && self.settings.protocol == Protocol::Mqtt && silence > 0.0 {
            let due = SimDuration::from_seconds_f64(silence);
            ctx.after(due, Event::Will { sender: s, connection }.into());
        }
        self.drop_flights(s);
        self.rest(s, ctx);
        let (streams, entity) = self.sender_named(s, ctx);
        let sender = &mut self.senders[s as usize];
        sender.line = Line::Waiting;
        let plan = &self.settings.reconnect;
        let doublings = f64::from(1u32 << sender.failures.min(20));
        let longest = (plan.base_seconds * doublings).min(plan.max_seconds);
        sender.failures += 1;
        // Full jitter: Brooker, "Exponential backoff and jitter", AWS Architecture Blog, 2015.
        let share = sender.uniform(entity, &streams);
        let seconds = if plan.jitter { longest * share } else { longest };
        let delay = SimDuration::from_seconds_f64(seconds);
        let connection = sender.connection;
        ctx.after(delay, Event::Reconnect { sender: s, connection }.into());
    }

    /// Takes out of flight what no new connection sends again.
    pub(super) fn drop_flights(&mut self, s: u32) {
        let resumes = match self.settings.protocol {
            Protocol::Http => true,
            Protocol::Mqtt => self.settings.qos > Qos::AtMostOnce,
            _ => false,
        };
        let flights = std::mem::take(&mut self.senders[s as usize].flights);
        let (kept, gone) =
            flights.into_iter().partition::<Vec<_>, _>(|flight| resumes && flight.carries());
        self.senders[s as usize].flights = kept;
        gone.iter().for_each(|flight| self.settle(flight));
    }

    /// The back-off is over.
    pub(super) fn reconnect<E: EngineEvent + From<Event>>(
        &mut self,
        s: u32,
        connection: u32,
        ctx: &mut Context<E>,
    ) {
        let sender = &mut self.senders[s as usize];
        if sender.line == Line::Waiting && sender.connection == connection {
            sender.line = Line::Closed;
            self.open(s, ctx);
        }
    }

    /// The hub has turned an attempt down.
    pub(super) fn refused<E: EngineEvent + From<Event>>(
        &mut self,
        s: u32,
        id: u16,
        ctx: &mut Context<E>,
    ) {
        if self.senders[s as usize].flight(id).is_some() {
            self.broken(s, ctx);
        }
    }

    /// The broker has heard nothing for long: it publishes the last will.
    pub(super) fn will(&mut self, s: u32, connection: u32) {
        let sender = &mut self.senders[s as usize];
        let gone = sender.connection == connection || sender.line != Line::Open;
        if let (true, Machine::Mqtt { topic, .. }) = (gone, &mut sender.machine)
            && !topic.will
        {
            topic.will = true;
            self.account.wills += 1;
        }
    }

    /// A sender gets or loses its power. What it has stored stays stored.
    pub(super) fn power<E: EngineEvent + From<Event>>(
        &mut self,
        s: u32,
        up: bool,
        ctx: &mut Context<E>,
    ) {
        let stream = self.settings.protocol.is_stream();
        let sender = &mut self.senders[s as usize];
        if sender.up == up {
            return;
        }
        if up {
            sender.up = true;
            return match self.settings.protocol.is_persistent() {
                true => self.open(s, ctx),
                false => self.pump(s, ctx),
            };
        }
        if stream {
            if matches!(sender.line, Line::Opening | Line::Open) {
                self.broken(s, ctx);
            }
            // A back-off under way finds the line closed, and is of no effect.
            let sender = &mut self.senders[s as usize];
            (sender.line, sender.failures) = (Line::Closed, 0);
        } else {
            self.drop_flights(s);
            self.rest(s, ctx);
        }
        self.senders[s as usize].up = false;
    }

    /// A closed connection costs the last packets of both sides.
    pub(super) fn close(&mut self, s: u32) {
        let exchange = self.frames.exchange(Step::Close);
        let (up, down) = (exchange.up.bytes, exchange.down.bytes);
        self.account.up(Purpose::Connection, up);
        self.account.down(Purpose::Connection, down);
        self.account.channel_bytes.up += u64::from(up);
        self.account.channel_bytes.down += u64::from(down);
        self.senders[s as usize].line = Line::Closed;
    }
}

fn resumed(publisher: &Publisher) -> impl Iterator<Item = u16> {
    publisher.resume().map(|packet| match packet {
        Packet::Publish { id, .. } | Packet::PubRel { id } => id,
        _ => unreachable!("a session resumes with PUBLISH and PUBREL"),
    })
}

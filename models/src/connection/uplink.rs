//! The engine of the protocols: exchanges over a channel that loses, with the timers, connections
//! and state machines of each protocol. Every transmission is one draw of the channel.
//!
//! TCP is modelled as far as a reading needs it: handshake, acknowledgement, repetition of what is
//! missing after a timeout that doubles (RFC 6298: at least 1 s), and a connection that is given up
//! after [`TCP_REPEATS`] repetitions. Who waits for an answer repeats; so a lost answer costs a
//! packet of the asking side too. Windows, congestion control and delayed acknowledgements are left
//! out: a reading is smaller than the initial window (RFC 6928).
//!
//! With `breaks`, a lost packet is a lost connection: what was in flight is gone, the sender
//! notices at its timeout and opens a new connection. This is where MQTT's qualities of service
//! differ; over TCP that repeats, all of them arrive.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, SimDuration};

use super::account::Purpose;
use super::coap::{MAX_RETRANSMIT, NSTART, Notification, timeout};
use super::frames::Step;
use super::mqtt::{Packet, Qos, Reaction};
use super::platform::Reading;
use super::sender::{Flight, Line, Machine};
use super::settings::Protocol;
use super::{Connection, Event};

/// Repetitions of one message after which TCP gives the connection up. RFC 1122 asks for three at
/// least; systems differ widely, from 5 to 15.
pub const TCP_REPEATS: u8 = 6;
/// Bounds of TCP's timeout (RFC 6298, 2.4 and 2.5).
const TCP_TIMEOUT_MIN: SimDuration = SimDuration::from_seconds(1);
const TCP_TIMEOUT_MAX: SimDuration = SimDuration::from_seconds(60);
fn half(rtt_micros: u32) -> u64 {
    u64::from(rtt_micros) / 2
}

impl Connection {
    /// Begins what can be begun: opens the connection, sends readings up to the window.
    pub(super) fn pump<E: EngineEvent + From<Event>>(&mut self, s: u32, ctx: &mut Context<E>) {
        loop {
            let sender = &mut self.senders[s as usize];
            if !sender.up || sender.waiting.is_empty() {
                return;
            }
            match sender.line {
                Line::Closed => return self.open(s, ctx),
                Line::Waiting | Line::Opening => return,
                Line::Open => {}
            }
            if self.has_idled(s, ctx) {
                self.close(s);
                return self.open(s, ctx);
            }
            let Some(flight) = self.next_message(s, ctx) else { return };
            let sender = &mut self.senders[s as usize];
            sender.flights.push(flight);
            let place = sender.flights.len() - 1;
            self.account.messages += 1;
            self.send(s, place, ctx);
        }
    }

    /// Whether the server has closed an idle HTTP connection meanwhile.
    pub(super) fn has_idled<E: EngineEvent>(&self, s: u32, ctx: &Context<E>) -> bool {
        let sender = &self.senders[s as usize];
        // Without keep-alive the connection is closed when its answer is there.
        let limit_seconds = self.settings.keep_alive_seconds;
        self.settings.protocol == Protocol::Http
            && limit_seconds > 0.0
            && sender.flights.is_empty()
            && ctx.now().since(sender.last_sent).as_seconds() > limit_seconds
    }

    /// The next reading as a message, if the window has room for it.
    pub(super) fn next_message<E: EngineEvent>(
        &mut self,
        s: u32,
        ctx: &Context<E>,
    ) -> Option<Flight> {
        let window = match self.settings.protocol {
            Protocol::Coap if self.settings.confirmable => u16::from(NSTART),
            Protocol::Http => 1,
            _ => self.settings.window,
        };
        let (streams, entity) = self.sender_named(s, ctx);
        let sender = &mut self.senders[s as usize];
        if sender.flights.iter().filter(|flight| flight.carries()).count() >= usize::from(window) {
            return None;
        }
        let mut flight = new_flight(0, Step::Message);
        flight.id = match &mut sender.machine {
            Machine::Mqtt { publisher, .. } if self.settings.qos > Qos::AtMostOnce => {
                match publisher.publish()? {
                    Packet::Publish { id, .. } => id,
                    _ => unreachable!("a publisher publishes"),
                }
            }
            _ => sender.free_id(),
        };
        if self.settings.protocol == Protocol::Coap {
            flight.first_timeout = sender.first_timeout(entity, &streams);
        }
        flight.reading = sender.waiting.pop_front()?;
        Some(flight)
    }

    /// Sends an exchange, for the first time or again.
    pub(super) fn send<E: EngineEvent + From<Event>>(
        &mut self,
        s: u32,
        place: usize,
        ctx: &mut Context<E>,
    ) {
        let now = ctx.now();
        self.wake(s, now);
        let whole = self.settings.resends_whole();
        let (streams, entity) = self.sender_named(s, ctx);
        let sender = &mut self.senders[s as usize];
        sender.flights[place].attempt = sender.next_attempt();
        let flight = sender.flights[place];
        let exchange = *self.frames.exchange(flight.step);
        let fresh = flight.repeats == 0 && !flight.again;
        let count = if whole || fresh { exchange.up.packets } else { flight.up_missing.max(1) };
        let channel = &self.settings.channel;
        let (lost, later) = sender.transmit(entity, channel, exchange.up, count, &streams);
        sender.flights[place].up_missing = lost;
        sender.last_sent = now;
        let sent: u32 = match count == exchange.up.packets {
            true => exchange.up.bytes,
            false => (0..count).map(|packet| exchange.up.packet_bytes(packet)).sum(),
        };
        let (rtt_micros, id, attempt) = (sender.rtt_micros, flight.id, flight.attempt);
        self.account.up(purpose(flight.step, !fresh), sent);
        self.account.transmissions += u64::from(flight.step == Step::Message);
        self.note_packets(exchange.up, count, lost, true);
        if lost == 0 {
            let delay = micros(half(rtt_micros) + later);
            ctx.after(delay, Event::Up { sender: s, id }.into());
        } else if !exchange.is_answered() {
            self.end(s, place, ctx);
            return;
        }
        if exchange.is_answered() {
            let wait = self.wait(&flight, rtt_micros);
            ctx.after(wait, Event::Timeout { sender: s, id, attempt }.into());
        }
    }

    /// How long an answer is waited for.
    fn wait(&self, flight: &Flight, rtt_micros: u32) -> SimDuration {
        if self.settings.protocol == Protocol::Coap {
            return timeout(flight.first_timeout, flight.repeats);
        }
        // RFC 6298, 2.2: after the first measurement the timeout is three round trips.
        let first = micros(u64::from(rtt_micros) * 3).max(TCP_TIMEOUT_MIN);
        first.times(1 << flight.repeats).min(TCP_TIMEOUT_MAX)
    }

    /// Something has arrived at the platform; it answers.
    pub(super) fn arrive_up<E: EngineEvent + From<Event>>(
        &mut self,
        s: u32,
        id: u16,
        ctx: &mut Context<E>,
    ) {
        let Some(place) = self.senders[s as usize].flight(id) else { return };
        let step = self.senders[s as usize].flights[place].step;
        if step == Step::Open && self.refuses(ctx.now()) {
            self.account.refused += 1;
            let delay = micros(half(self.senders[s as usize].rtt_micros));
            return ctx.after(delay, Event::Refused { sender: s, id }.into());
        }
        let exchange = *self.frames.exchange(step);
        if self.is_cut(s) {
            if !exchange.is_answered() {
                self.end(s, place, ctx);
                self.pump(s, ctx);
            }
            return;
        }
        self.hear(s, place, ctx);
        if exchange.is_answered() {
            return self.answer(s, place, ctx);
        }
        self.end(s, place, ctx);
        self.pump(s, ctx);
    }

    /// The other side answers, with all of it or with what is missing of it.
    fn answer<E: EngineEvent + From<Event>>(&mut self, s: u32, place: usize, ctx: &mut Context<E>) {
        let whole = self.settings.resends_whole();
        let (streams, entity) = self.sender_named(s, ctx);
        let channel = &self.settings.channel;
        let sender = &mut self.senders[s as usize];
        let flight = sender.flights[place];
        let exchange = *self.frames.exchange(flight.step);
        let again = flight.arrived;
        sender.flights[place].arrived = true;
        let count =
            if whole || !again { exchange.down.packets } else { flight.down_missing.max(1) };
        let (lost, later) = sender.transmit(entity, channel, exchange.down, count, &streams);
        sender.flights[place].down_missing = lost;
        let sent: u32 = (0..count).map(|packet| exchange.down.packet_bytes(packet)).sum();
        let delay = micros(half(sender.rtt_micros) + later);
        self.account.down(purpose(flight.step, again), sent);
        self.note_packets(exchange.down, count, lost, false);
        if lost == 0 {
            ctx.after(delay, Event::Down { sender: s, id: flight.id }.into());
        }
    }

    /// The platform takes what has arrived, by its protocol's rules.
    fn hear<E: EngineEvent + From<Event>>(&mut self, s: u32, place: usize, ctx: &mut Context<E>) {
        let now = ctx.now();
        let whole = self.settings.resends_whole();
        let (qos, retain, observe) =
            (self.settings.qos, self.settings.retain, self.settings.observe);
        let sender = &mut self.senders[s as usize];
        let flight = &mut sender.flights[place];
        // TCP shows a message once on each connection, however often its packets come.
        if !flight.carries() || (flight.arrived && !whole) {
            return;
        }
        let id = flight.id;
        let taken = flight.reading.taken;
        let handed_on = match &mut sender.machine {
            Machine::Plain => true,
            Machine::Coap { server, last } => {
                let new = server.is_new(id, now);
                let heard = Notification { number: flight.reading.number & 0xff_ffff, at: now };
                if observe && new {
                    let newer = last.is_none_or(|last| heard.is_newer_than(last));
                    self.account.overtaken += u64::from(!newer);
                    *last = if newer { Some(heard) } else { *last };
                }
                new
            }
            Machine::Mqtt { broker, topic, .. } => {
                let packet = match flight.step {
                    Step::Release => Packet::PubRel { id },
                    _ => Packet::Publish { id, qos, duplicate: flight.again },
                };
                let (handed_on, _) = broker.receive(packet);
                if handed_on && retain {
                    topic.retain(taken);
                }
                topic.will = false;
                handed_on
            }
        };
        if handed_on {
            flight.heard = true;
            let (reading, skew) = (flight.reading, sender.skew_nanos);
            self.deliver(reading, skew, ctx);
        }
    }

    /// The answer has arrived.
    pub(super) fn arrive_down<E: EngineEvent + From<Event>>(
        &mut self,
        s: u32,
        id: u16,
        ctx: &mut Context<E>,
    ) {
        let sender = &mut self.senders[s as usize];
        let Some(place) = sender.flight(id).filter(|_| sender.up) else { return };
        let step = sender.flights[place].step;
        let trailer = self.frames.exchange(step).trailer_bytes;
        self.account.up(purpose(step, false), trailer);
        self.account.channel_bytes.up += u64::from(trailer);
        self.account.round_trips += 1;
        match step {
            Step::Open | Step::Secure | Step::Greet => {
                self.senders[s as usize].flights.remove(place);
                match self.frames.opening(Some(step)) {
                    Some(next) => self.begin(s, next, ctx),
                    None => self.established(s, ctx),
                }
            }
            Step::Message | Step::Release => {
                let released = step == Step::Release;
                match self.acknowledged(s, id, released) {
                    Reaction::Ignore => {}
                    Reaction::Complete => {
                        self.end(s, place, ctx);
                        self.pump(s, ctx);
                    }
                    Reaction::Send(_) => {
                        let flight = &mut self.senders[s as usize].flights[place];
                        *flight = Flight {
                            step: Step::Release,
                            repeats: 0,
                            arrived: false,
                            again: false,
                            ..*flight
                        };
                        self.send(s, place, ctx);
                    }
                }
            }
            Step::Ping | Step::Close => {
                self.senders[s as usize].flights.remove(place);
                self.rest(s, ctx);
            }
        }
    }

    /// What the sender's side of the protocol makes of an answer.
    fn acknowledged(&mut self, s: u32, id: u16, released: bool) -> Reaction {
        let Machine::Mqtt { publisher, .. } = &mut self.senders[s as usize].machine else {
            return Reaction::Complete;
        };
        let answer = match (self.settings.qos, released) {
            (Qos::AtMostOnce, _) => return Reaction::Complete,
            (Qos::AtLeastOnce, _) => Packet::PubAck { id },
            (Qos::ExactlyOnce, false) => Packet::PubRec { id },
            (Qos::ExactlyOnce, true) => Packet::PubComp { id },
        };
        publisher.receive(answer)
    }

    /// An exchange is over; its copy of the reading has landed or is lost.
    fn end<E: EngineEvent + From<Event>>(&mut self, s: u32, place: usize, ctx: &mut Context<E>) {
        let flight = self.senders[s as usize].flights.remove(place);
        self.account.repeated[usize::from(flight.repeats.min(7))] += 1;
        self.settle(&flight);
        let drained = self.senders[s as usize].flights.is_empty();
        if drained && self.settings.protocol == Protocol::Http {
            self.senders[s as usize].last_sent = ctx.now();
            if self.settings.keep_alive_seconds == 0.0 {
                self.close(s);
            }
        }
        self.rest(s, ctx);
    }

    /// Enters what became of a copy.
    pub(super) fn settle(&mut self, flight: &Flight) {
        if flight.carries() {
            match flight.heard {
                true => self.account.landed += 1,
                false => self.lose(),
            }
        }
    }

    /// Nobody answered in time.
    pub(super) fn time_out<E: EngineEvent + From<Event>>(
        &mut self,
        s: u32,
        id: u16,
        attempt: u16,
        ctx: &mut Context<E>,
    ) {
        let sender = &mut self.senders[s as usize];
        let Some(place) = sender.flight(id) else { return };
        if sender.flights[place].attempt != attempt || !sender.up {
            return;
        }
        let stream = self.settings.protocol.is_stream();
        let limit = match (stream, self.settings.breaks) {
            (false, _) => MAX_RETRANSMIT,
            (true, false) => TCP_REPEATS,
            (true, true) => 0,
        };
        let flight = &mut sender.flights[place];
        if flight.repeats < limit {
            flight.repeats += 1;
            return self.send(s, place, ctx);
        }
        if stream {
            return self.broken(s, ctx);
        }
        self.account.given_up += 1;
        self.end(s, place, ctx);
        self.pump(s, ctx);
    }

    /// Begins a step of the opening, or a ping.
    pub(super) fn begin<E: EngineEvent + From<Event>>(
        &mut self,
        s: u32,
        step: Step,
        ctx: &mut Context<E>,
    ) {
        let sender = &mut self.senders[s as usize];
        // There is one such exchange at a time; readings have identifiers from 1.
        sender.flights.push(new_flight(0, step));
        let place = sender.flights.len() - 1;
        self.send(s, place, ctx);
    }

    /// A reading comes in to be sent; the oldest makes room if the buffer is full.
    pub(super) fn enqueue<E: EngineEvent + From<Event>>(
        &mut self,
        s: u32,
        reading: Reading,
        ctx: &mut Context<E>,
    ) {
        let sender = &mut self.senders[s as usize];
        if sender.waiting.len() >= self.settings.buffer as usize {
            sender.waiting.pop_front();
            self.account.dropped += 1;
        }
        sender.waiting.push_back(reading);
        self.pump(s, ctx);
    }
}

fn micros(micros: u64) -> SimDuration {
    SimDuration::from_nanos(micros * 1_000)
}

fn new_flight(id: u16, step: Step) -> Flight {
    Flight {
        id,
        step,
        reading: Reading::default(),
        attempt: 0,
        repeats: 0,
        up_missing: 0,
        down_missing: 0,
        arrived: false,
        heard: false,
        again: false,
        first_timeout: SimDuration::ZERO,
    }
}

fn purpose(step: Step, again: bool) -> Purpose {
    match (step, again) {
        (_, true) => Purpose::Repetition,
        (Step::Open | Step::Secure | Step::Greet | Step::Close, false) => Purpose::Connection,
        (Step::Message | Step::Release, false) => Purpose::Message,
        (Step::Ping, false) => Purpose::Heartbeat,
    }
}

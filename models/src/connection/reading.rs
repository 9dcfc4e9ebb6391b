//! When devices take readings, and the plain way of those that are one datagram and no more.

use pinwheel_core::distribution::Exponential;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Purpose as StreamPurpose, SimDuration, SimTime};

use super::account::Purpose;
use super::frames::Step;
use super::platform::Reading;
use super::{Connection, Event};

const PLAIN: StreamPurpose = StreamPurpose::new("connection.plain");
const READING: StreamPurpose = StreamPurpose::new("connection.reading");

impl Connection {
    /// Puts the first reading of a device that has come up on the calendar, somewhere within an
    /// interval. So a device takes as many readings as intervals fit into the time it is up.
    pub(super) fn arm<E: EngineEvent + From<Event>>(&mut self, device: u32, ctx: &mut Context<E>) {
        let state = &mut self.devices[device as usize];
        let index = u64::from(state.boots) << 32 | u64::from(state.taken);
        state.boots = state.boots.wrapping_add(1);
        let (taken, boot) = (state.taken, state.boots);
        let (streams, number) = self.devices_named(device, ctx);
        let share = streams.indexed(number, "connection.phase", index).uniform();
        let seconds = match self.settings.poisson {
            true => self.gap(device, taken, ctx),
            false => share * self.settings.interval_seconds,
        };
        ctx.after(SimDuration::from_seconds_f64(seconds), Event::Reading { device, boot }.into());
    }

    /// Time to a device's next reading, in seconds.
    fn gap<E: EngineEvent>(&self, device: u32, number: u32, ctx: &Context<E>) -> f64 {
        if !self.settings.poisson {
            return self.settings.interval_seconds;
        }
        let law = Exponential::new(self.settings.interval_seconds).expect("a positive interval");
        let (streams, entity) = self.devices_named(device, ctx);
        law.sample(&mut streams.indexed(entity, READING, u64::from(number)))
    }

    /// A device takes a reading and sends it on its way, unless it has gone down since it meant to.
    pub(super) fn take<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        boot: u16,
        ctx: &mut Context<E>,
    ) {
        let state = &mut self.devices[device as usize];
        if !state.up || state.boots != boot {
            return;
        }
        state.taken += 1;
        let number = state.taken;
        self.account.taken += 1;
        let gap = SimDuration::from_seconds_f64(self.gap(device, number, ctx));
        ctx.after(gap, Event::Reading { device, boot }.into());
        if self.settings.is_plain() {
            return self.fling(device, number, ctx);
        }
        let reading = Reading { device, number, taken: ctx.now() };
        if self.mesh.is_some() {
            self.set_out(reading, ctx);
        } else if self.local.is_some() {
            self.broadcast(reading, ctx);
        } else {
            self.account.copies += 1;
            self.enqueue(device, reading, ctx);
        }
    }

    /// A plain datagram: one packet, one draw, no memory.
    fn fling<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        number: u32,
        ctx: &mut Context<E>,
    ) {
        let packets = self.frames.exchange(Step::Message).up;
        self.account.copies += 1;
        self.account.messages += 1;
        self.account.transmissions += 1;
        self.account.up(Purpose::Message, packets.bytes);
        let (streams, entity) = self.devices_named(device, ctx);
        let mut draws = streams.indexed(entity, PLAIN, u64::from(number));
        let state = &mut self.devices[device as usize];
        let sent = self.settings.channel.transmit(packets.bytes, &mut draws, &mut state.bad);
        let rtt_micros = u64::from(state.rtt_micros);
        self.note_packets(packets, 1, u8::from(sent.is_none()), true);
        let air_seconds = f64::from(packets.bytes) / self.settings.channel.bytes_per_second;
        let tail_seconds = self.power.tail_seconds.min(self.settings.interval_seconds);
        self.account.joules +=
            air_seconds * self.power.awake_watts + tail_seconds * self.power.tail_watts;
        let Some(later) = sent else { return self.lose() };
        let delay_micros = u32::try_from(rtt_micros / 2 + later).unwrap_or(u32::MAX);
        self.airborne += 1;
        let delay = SimDuration::from_nanos(u64::from(delay_micros) * 1_000);
        ctx.after(delay, Event::Arrives { device, number, delay_micros }.into());
    }

    /// A plain datagram reaches the platform, if that can be reached.
    pub(super) fn arrive<E: EngineEvent>(
        &mut self,
        device: u32,
        number: u32,
        delay_micros: u32,
        ctx: &mut Context<E>,
    ) {
        self.airborne -= 1;
        let (streams, entity) = self.devices_named(device, ctx);
        let cut = |place: &u16| self.cuts_off(entity, *place, &streams);
        if self.hub_outages > 0 || self.partial_outages.iter().any(cut) {
            return self.lose();
        }
        let delay = u64::from(delay_micros) * 1_000;
        let taken = SimTime::from_nanos(ctx.now().as_nanos() - delay);
        self.account.landed += 1;
        self.deliver(Reading { device, number, taken }, 0, ctx);
    }
}

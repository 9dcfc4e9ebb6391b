//! Stations that serve requests: how long they wait, how busy the servers are, what is lost.
//!
//! A station has like servers, renewal arrivals and independent sizes. Jobs stand in one central
//! queue or in a queue for each server, which a dispatcher chooses, perhaps by old news. A queue is
//! served first come first served or shared evenly; where its room ends, jobs are lost. A cache may
//! answer a part of the requests at once.
//!
//! Servers may be devices of the fleet, which fail and come back; a job whose device goes down is
//! lost, begins anew or goes on where it was. A device that joins later is one more server of a
//! single queue.
//!
//! Left out: servers that differ, classes and priorities, jobs that give up or try again,
//! batches, a dispatcher that remembers what it sent while its news is on the way. The rules are
//! those of Kleinrock, "Queueing Systems", 1975-76, and of the papers named at each policy.
//!
//! Invariants: Little's law holds to the nanosecond whenever a station is empty and at each
//! record; arrivals, sizes and objects have streams of their own, so that two policies meet the
//! same requests; nothing is stepped, an idle server costs nothing.

pub mod cache;
pub mod card;
mod dispatch;
pub mod figures;
pub mod file;
pub mod measure;
pub mod metrics;
mod part;
mod queue;
pub mod settings;
pub mod spec;
mod station;

use pinwheel_core::check::CheckId;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Metric, SimDuration, SimTime};
use serde::{Deserialize, Serialize};

use crate::describe::EventKinds;
use crate::part::Around;
use crate::service::spec::SPEC;
pub use measure::{Little, Measure};
pub use settings::Settings;
pub use station::Station;

const WAIT_MEAN: Metric = SPEC.metric("service_wait_mean");
const WAIT_P50: Metric = SPEC.metric("service_wait_p50");
const WAIT_P99: Metric = SPEC.metric("service_wait_p99");
const WAITED: Metric = SPEC.metric("service_waited_share");
const RESPONSE_MEAN: Metric = SPEC.metric("service_response_mean");
const UTILISATION: Metric = SPEC.metric("service_utilisation");
const QUEUE_LENGTH: Metric = SPEC.metric("service_queue_length");
const LOST: Metric = SPEC.metric("service_lost_share");
const LOST_IN_SERVICE: Metric = SPEC.metric("service_lost_in_service_share");
const INTERRUPTIONS: Metric = SPEC.metric("service_interruptions_per_job");
const SERVERS_UP: Metric = SPEC.metric("service_servers_up_share");
const CACHE_HIT: Metric = SPEC.metric("service_cache_hit_share");

/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds {
    first: 80,
    names: &["request", "request served", "queue length update", "warmed up", "service record"],
};

/// What happens at stations.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A request comes.
    Arrival {
        /// Which station, by its place.
        station: u16,
    },
    /// A job is done.
    Departure {
        /// Which station, by its place.
        station: u16,
        /// Which of its queues.
        queue: u32,
        /// Which job, by number.
        job: u32,
    },
    /// The dispatcher hears that a queue has grown or shrunk by one.
    LengthUpdate {
        /// Which station, by its place.
        station: u16,
        /// Which of its queues.
        queue: u32,
        /// Whether the queue is longer or shorter by one.
        longer: bool,
    },
    /// Measuring begins.
    WarmedUp,
    /// Time for a record.
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
        let kind = match self {
            Event::Arrival { .. } => 0,
            Event::Departure { .. } => 1,
            Event::LengthUpdate { .. } => 2,
            Event::WarmedUp => 3,
            Event::Record => 4,
        };
        KINDS.kind(kind)
    }
}

/// All stations of a world.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Service {
    stations: Vec<Station>,
    warm_up: SimDuration,
    record_every: SimDuration,
    little: Option<CheckId>,
}

impl Service {
    /// All stations, empty.
    pub fn new(settings: &Settings, around: &Around<'_>) -> Self {
        let station = |(number, station)| Station::new(number as u16, station, around);
        Service {
            stations: settings.stations.iter().enumerate().map(station).collect(),
            warm_up: settings.warm_up,
            record_every: settings.record_every,
            little: None,
        }
    }

    /// Schedules the first arrivals. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        self.little = Some(ctx.checks.always("service.littles_law"));
        self.stations.iter_mut().for_each(|station| station.expect(ctx));
        ctx.after(self.warm_up, Event::WarmedUp.into());
        ctx.after(self.record_every, Event::Record.into());
    }

    /// Reacts to one of its events.
    pub fn handle<E: EngineEvent + From<Event>>(&mut self, event: Event, ctx: &mut Context<E>) {
        match event {
            Event::Arrival { station } => self.stations[usize::from(station)].arrive(ctx),
            Event::Departure { station, queue, job } => {
                let station = usize::from(station);
                self.stations[station].depart(queue, job, ctx);
                if self.stations[station].measure().is_empty() {
                    self.check(&self.stations[station], ctx);
                }
            }
            Event::LengthUpdate { station, queue, longer } => {
                self.stations[usize::from(station)].update(queue, longer, ctx.now());
            }
            Event::WarmedUp => {
                self.stations.iter_mut().for_each(|station| station.measure_from(ctx.now()));
            }
            Event::Record => self.record(ctx),
        }
    }

    /// A device of the fleet goes down or comes up.
    pub fn device_changed<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        class: u8,
        up: bool,
        ctx: &mut Context<E>,
    ) {
        for station in &mut self.stations {
            station.device_changed(device, class, up, ctx);
        }
    }

    /// The stations, in the order of the scenario.
    pub fn stations(&self) -> &[Station] {
        &self.stations
    }

    /// Little's law, exact to the nanosecond whenever it is looked at.
    fn check<E: EngineEvent>(&self, station: &Station, ctx: &mut Context<E>) {
        let Some(check) = self.little else { return };
        let (present, stays) = station.measure().balance();
        ctx.checks.note(check, present == stays, ctx.now(), || {
            format!("{}: {present} ns of jobs present, {stays} ns of stays", station.name())
        });
    }

    fn record<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        let now = ctx.now();
        self.stations.iter_mut().for_each(|station| station.bring_up_to(now));
        for station in &self.stations {
            self.check(station, ctx);
            record(station, now, ctx);
        }
        ctx.after(self.record_every, Event::Record.into());
    }
}

fn record<E: EngineEvent>(station: &Station, now: SimTime, ctx: &mut Context<E>) {
    let label = ctx.records.label(station.name());
    let measure = station.measure();
    for (metric, value) in [
        (WAIT_MEAN, measure.wait_mean_seconds()),
        (WAIT_P50, measure.wait_quantile_seconds(0.5)),
        (WAIT_P99, measure.wait_quantile_seconds(0.99)),
        (WAITED, measure.waited_share()),
        (RESPONSE_MEAN, measure.response_mean_seconds()),
        (UTILISATION, measure.utilisation()),
        (QUEUE_LENGTH, measure.queue_length()),
        (LOST, measure.lost_share()),
        (CACHE_HIT, measure.hit_share()),
    ] {
        ctx.records.push(now, metric, label, value);
        ctx.fingerprint.state.mix(value.to_bits());
    }
    if !station.on_devices() {
        return;
    }
    for (metric, value) in [
        (LOST_IN_SERVICE, measure.lost_in_service_share()),
        (INTERRUPTIONS, measure.interruptions_per_job()),
        (SERVERS_UP, measure.servers_up_share()),
    ] {
        ctx.records.push(now, metric, label, value);
        ctx.fingerprint.state.mix(value.to_bits());
    }
}

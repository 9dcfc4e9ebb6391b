//! A station: arrivals, a cache in front, a dispatcher, queues and their servers.

use pinwheel_core::distribution::Zipf;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, SimDuration, SimTime, Stream, Streams};
use serde::{Deserialize, Serialize};

use super::Event;
use super::cache::LruCache;
use super::dispatch::Dispatcher;
use super::measure::Measure;
use super::queue::{Queue, Waiting};
use super::settings::{CacheSettings, Dispatch, StationSettings};
use crate::laws::renewal::Law;

/// A job in the station.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Job {
    arrived: SimTime,
    size: SimDuration,
}

/// One station and its jobs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Station {
    number: u16,
    name: String,
    arrivals: Source,
    sizes: Source,
    front: Option<Front>,
    dispatcher: Dispatcher,
    information_delay: SimDuration,
    queues: Vec<Queue>,
    jobs: Vec<Job>,
    /// Places in `jobs` that may be used again.
    free: Vec<u32>,
    measure: Measure,
}

/// A law and the numbers it is drawn with.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Source {
    law: Law,
    stream: Stream,
}

impl Source {
    fn draw(&mut self) -> SimDuration {
        self.law.draw(&mut self.stream)
    }
}

/// The cache in front of a station and what is asked of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Front {
    cache: LruCache,
    popularity: Zipf,
    stream: Stream,
}

impl Front {
    fn new(settings: CacheSettings, station: u32, streams: &Streams) -> Self {
        let CacheSettings { objects, capacity, popularity } = settings;
        let stream = streams.stream(station, "objects");
        Front { cache: LruCache::new(objects, capacity), popularity, stream }
    }
    /// True if the cache answers the next request.
    fn answers(&mut self) -> bool {
        let object = self.popularity.sample(&mut self.stream) as u32 - 1;
        self.cache.access(object)
    }
}

impl Station {
    pub(super) fn new(number: u16, settings: &StationSettings, streams: &Streams) -> Self {
        let entity = u32::from(number);
        let StationSettings { servers, discipline, dispatch, waiting_room, .. } = *settings;
        let (count, servers_each) = match dispatch {
            Dispatch::SingleQueue => (1, servers),
            _ => (servers, 1),
        };
        let queue = Queue::new(discipline, servers_each, waiting_room);
        let source = |law, purpose: &str| Source { law, stream: streams.stream(entity, purpose) };
        Station {
            number,
            name: settings.name.clone(),
            arrivals: source(settings.arrivals, "arrivals"),
            sizes: source(settings.service, "sizes"),
            front: settings.cache.map(|cache| Front::new(cache, entity, streams)),
            dispatcher: Dispatcher::new(dispatch, count, entity, streams),
            information_delay: settings.information_delay,
            queues: vec![queue; count as usize],
            jobs: Vec::new(),
            free: Vec::new(),
            measure: Measure::new(servers),
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// What has been measured so far.
    pub fn measure(&self) -> &Measure {
        &self.measure
    }

    pub(super) fn measure_from(&mut self, now: SimTime) {
        self.measure.restart(now);
    }

    pub(super) fn bring_up_to(&mut self, now: SimTime) {
        self.measure.advance(now);
    }

    /// Schedules the next arrival.
    pub(super) fn expect<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        let gap = self.arrivals.draw();
        ctx.after(gap, Event::Arrival { station: self.number }.into());
    }

    /// A job arrives. Its size is drawn whether or not it is served, so that no policy moves the
    /// sizes of later jobs.
    pub(super) fn arrive<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        self.expect(ctx);
        let (size, now) = (self.sizes.draw(), ctx.now());
        let hit = self.front.as_mut().is_some_and(Front::answers);
        self.measure.request(hit);
        if hit {
            return;
        }
        let queue = self.dispatcher.choose(now);
        if self.queues[queue as usize].is_full() {
            self.measure.lose();
            return;
        }
        let job = self.admit(Job { arrived: now, size });
        let at = &mut self.queues[queue as usize];
        let at_once = at.enter();
        self.measure.enter(now, at_once);
        let servers = at.servers();
        match &mut at.waiting {
            Waiting::FirstCome(_) if at_once => self.begin(queue, job, ctx),
            Waiting::FirstCome(waiting) => waiting.push_back(job),
            Waiting::ProcessorSharing(sharing) => {
                sharing.enter(job, size, servers, now);
                self.share(queue, ctx);
            }
        }
        self.send_update(queue, true, ctx);
    }

    /// A job is done and leaves; the next in queue takes its server.
    pub(super) fn depart<E: EngineEvent + From<Event>>(
        &mut self,
        queue: u32,
        job: u32,
        ctx: &mut Context<E>,
    ) {
        let (Job { arrived, size }, now) = (self.jobs[job as usize], ctx.now());
        self.free.push(job);
        let at = &mut self.queues[queue as usize];
        let busy = at.busy();
        at.leave();
        self.measure.leave(now, arrived, size, at.busy() < busy);
        let servers = at.servers();
        match &mut at.waiting {
            Waiting::FirstCome(waiting) => {
                if let Some(next) = waiting.pop_front() {
                    self.begin(queue, next, ctx);
                }
            }
            Waiting::ProcessorSharing(sharing) => {
                sharing.leave(servers, now);
                self.share(queue, ctx);
            }
        }
        self.send_update(queue, false, ctx);
    }

    /// The dispatcher hears how a queue had changed, `information_delay` ago.
    pub(super) fn update(&mut self, queue: u32, longer: bool, now: SimTime) {
        let age = self.information_delay;
        let measured = SimTime::ZERO + (now.since(SimTime::ZERO) - age);
        self.dispatcher.update(queue, longer, measured);
    }

    /// A server takes a job.
    fn begin<E: EngineEvent + From<Event>>(&self, queue: u32, job: u32, ctx: &mut Context<E>) {
        let station = self.number;
        ctx.after(self.jobs[job as usize].size, Event::Departure { station, queue, job }.into());
    }

    /// The next departure of a shared queue, now that its jobs have changed.
    fn share<E: EngineEvent + From<Event>>(&mut self, queue: u32, ctx: &mut Context<E>) {
        let at = &mut self.queues[queue as usize];
        let (servers, station) = (at.servers(), self.number);
        let Waiting::ProcessorSharing(sharing) = &mut at.waiting else {
            unreachable!("the queue is shared")
        };
        if let Some(timer) = sharing.timer.take() {
            ctx.cancel(timer);
        }
        sharing.timer = sharing
            .next(servers)
            .map(|(delay, job)| ctx.timer(delay, Event::Departure { station, queue, job }.into()));
    }

    /// Sends the news of a queue to the dispatcher.
    fn send_update<E: EngineEvent + From<Event>>(
        &mut self,
        queue: u32,
        longer: bool,
        ctx: &mut Context<E>,
    ) {
        if !self.dispatcher.needs_lengths() {
            return;
        }
        if self.information_delay == SimDuration::ZERO {
            self.dispatcher.update(queue, longer, ctx.now());
        } else {
            let update = Event::LengthUpdate { station: self.number, queue, longer };
            ctx.after(self.information_delay, update.into());
        }
    }

    fn admit(&mut self, job: Job) -> u32 {
        match self.free.pop() {
            Some(place) => {
                self.jobs[place as usize] = job;
                place
            }
            None => {
                self.jobs.push(job);
                u32::try_from(self.jobs.len() - 1).expect("fewer than 2^32 jobs are present")
            }
        }
    }
}

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
use super::settings::{CacheSettings, Dispatch, OnFailure, StationSettings};
use crate::laws::arrivals::NextArrival;
use crate::laws::renewal::Law;
use crate::part::{Around, Members};

/// A job in the station.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Job {
    arrived: SimTime,
    size: SimDuration,
    /// Of its size, what is still to be done, and since when a server has worked on it.
    left: SimDuration,
    begun: SimTime,
    /// The server that has it, among those of its queue; 0 where servers do not fail.
    server: u32,
}

/// The devices that are the servers.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Machines {
    /// By server.
    members: Members,
    on_failure: OnFailure,
}

/// One station and its jobs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Station {
    number: u16,
    name: String,
    arrivals: Source,
    next: NextArrival,
    sizes: Source,
    front: Option<Front>,
    dispatcher: Dispatcher,
    information_delay: SimDuration,
    queues: Vec<Queue>,
    machines: Option<Machines>,
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
    fn new(settings: CacheSettings, streams: &Streams) -> Self {
        let CacheSettings { objects, capacity, popularity } = settings;
        let stream = streams.stream(0, "service.objects");
        Front { cache: LruCache::new(objects, capacity), popularity, stream }
    }
    /// True if the cache answers the next request.
    fn answers(&mut self) -> bool {
        let object = self.popularity.sample(&mut self.stream) as u32 - 1;
        self.cache.access(object)
    }
}

impl Station {
    pub(super) fn new(number: u16, settings: &StationSettings, around: &Around<'_>) -> Self {
        let streams = &around.streams.scoped(&settings.name);
        let StationSettings { servers, discipline, dispatch, waiting_room, .. } = *settings;
        let (count, servers_each) = match dispatch {
            Dispatch::SingleQueue => (1, servers),
            _ => (servers, 1),
        };
        let queue = Queue::new(discipline, servers_each, waiting_room, settings.on.is_some());
        let machines = settings.on.as_ref().map(|on| Machines {
            members: Members::new(Some(&on.devices), around.devices),
            on_failure: on.on_failure,
        });
        let source = |law, purpose: &str| Source { law, stream: streams.stream(0, purpose) };
        Station {
            number,
            name: settings.name.clone(),
            arrivals: source(settings.arrivals, "service.arrivals"),
            next: NextArrival::at(SimTime::ZERO),
            sizes: source(settings.service, "service.sizes"),
            front: settings.cache.map(|cache| Front::new(cache, streams)),
            dispatcher: Dispatcher::new(dispatch, count, streams),
            information_delay: settings.information_delay,
            queues: vec![queue; count as usize],
            machines,
            jobs: Vec::new(),
            free: Vec::new(),
            measure: Measure::new(servers),
        }
    }

    /// Whether its servers are devices of the fleet.
    pub fn on_devices(&self) -> bool {
        self.machines.is_some()
    }

    /// Its id in the scenario.
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
        let at = ctx.now() + self.arrivals.draw();
        self.expect_at(at, ctx);
    }

    fn expect_at<E: EngineEvent + From<Event>>(&mut self, at: SimTime, ctx: &mut Context<E>) {
        self.next = NextArrival::at(at);
        ctx.at(at, Event::Arrival { station: self.number }.into());
    }

    /// Changes the mean time between two arrivals.
    pub(super) fn set_mean_gap<E: EngineEvent + From<Event>>(
        &mut self,
        mean_seconds: f64,
        ctx: &mut Context<E>,
    ) {
        let before = self.arrivals.law.mean_seconds();
        if mean_seconds == before {
            return;
        }
        self.arrivals.law.set_mean(mean_seconds);
        let next = self.next.change_rate(1.0 / before, 1.0 / mean_seconds, ctx.now());
        if let Some(at) = next {
            self.expect_at(at, ctx);
        }
    }

    /// Changes the mean size of the jobs that are still to come.
    pub(super) fn set_mean_size(&mut self, mean_seconds: f64) {
        self.sizes.law.set_mean(mean_seconds);
    }

    /// A job arrives. Its size is drawn whether or not it is served, so that no policy moves the
    /// sizes of later jobs.
    pub(super) fn arrive<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        if !self.next.is_due(ctx.now()) {
            return;
        }
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
        let job = Job { arrived: now, size, left: size, begun: now, server: 0 };
        let job = self.admit(job);
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
        let (Job { arrived, size, server, .. }, now) = (self.jobs[job as usize], ctx.now());
        self.free.push(job);
        let at = &mut self.queues[queue as usize];
        let (servers, busy) = (at.servers(), at.busy());
        at.slots.iter_mut().for_each(|slots| slots.end(server));
        at.leave();
        let next = match &mut at.waiting {
            Waiting::FirstCome(waiting) => waiting.pop_front(),
            Waiting::ProcessorSharing(sharing) => {
                sharing.leave(servers, now);
                None
            }
        };
        self.measure.leave(now, arrived, size, at.busy() < busy);
        match next {
            Some(next) => self.begin(queue, next, ctx),
            None if self.shares(queue) => self.share(queue, ctx),
            None => {}
        }
        self.send_update(queue, false, ctx);
    }

    /// A device of the fleet goes down or comes up: a server does, if it is one of the station's.
    /// A device that joins becomes one more server of a single queue.
    pub(super) fn device_changed<E: EngineEvent + From<Event>>(
        &mut self,
        device: u32,
        class: u8,
        up: bool,
        ctx: &mut Context<E>,
    ) {
        let single = self.queues.len() == 1;
        let Some(Machines { members, .. }) = &mut self.machines else { return };
        let mut server = members.change(device, class, up);
        if server.is_none() && single && up {
            server = members.join(device, class);
            if server.is_some() {
                self.measure.join_server(ctx.now());
            }
        }
        let Some(server) = server else { return };
        let (queue, server) = if single { (0, server) } else { (server, 0) };
        if up { self.server_up(queue, server, ctx) } else { self.server_down(queue, server, ctx) }
    }

    /// A server comes up and takes what waits.
    fn server_up<E: EngineEvent + From<Event>>(
        &mut self,
        queue: u32,
        server: u32,
        ctx: &mut Context<E>,
    ) {
        let (at, now) = (&mut self.queues[queue as usize], ctx.now());
        if !at.slots.as_mut().is_some_and(|slots| slots.rise(server)) {
            return;
        }
        let busy = at.busy();
        at.turn_server(true, now);
        self.measure.turn_server(now, true);
        self.measure.set_busy(now, busy, at.busy());
        self.begin_waiting(queue, ctx);
    }

    /// A server goes down; its job is lost, or goes back to the head of the queue.
    fn server_down<E: EngineEvent + From<Event>>(
        &mut self,
        queue: u32,
        server: u32,
        ctx: &mut Context<E>,
    ) {
        let (at, now) = (&mut self.queues[queue as usize], ctx.now());
        let Some(work) = at.slots.as_mut().and_then(|slots| slots.fall(server)) else { return };
        let busy = at.busy();
        at.turn_server(false, now);
        if let Some((job, end)) = work {
            ctx.cancel(end);
            let on_failure = self.machines.as_ref().map(|machines| machines.on_failure);
            let of = &mut self.jobs[job as usize];
            match on_failure {
                Some(OnFailure::Resume) => of.left = of.left - now.since(of.begun),
                _ => of.left = of.size,
            }
            let lost = on_failure == Some(OnFailure::Lose);
            match &mut at.waiting {
                Waiting::FirstCome(waiting) if !lost => waiting.push_front(job),
                _ => at.leave(),
            }
            let arrived = lost.then_some(of.arrived);
            self.measure.interrupt(now, arrived);
            if lost {
                self.free.push(job);
                self.send_update(queue, false, ctx);
            }
        }
        self.measure.turn_server(now, false);
        self.measure.set_busy(now, busy, self.queues[queue as usize].busy());
        self.begin_waiting(queue, ctx);
    }

    /// Where a server is idle, it takes the first job that waits; where jobs share the servers, the
    /// next departure follows from how many there are.
    fn begin_waiting<E: EngineEvent + From<Event>>(&mut self, queue: u32, ctx: &mut Context<E>) {
        if self.shares(queue) {
            return self.share(queue, ctx);
        }
        let at = &mut self.queues[queue as usize];
        let busy = at.busy();
        let Waiting::FirstCome(waiting) = &mut at.waiting else { return };
        if busy >= at.servers {
            return;
        }
        if let Some(next) = waiting.pop_front() {
            self.measure.set_busy(ctx.now(), busy, busy + 1);
            self.begin(queue, next, ctx);
        }
    }

    /// Whether the jobs of a queue share its servers.
    fn shares(&self, queue: u32) -> bool {
        matches!(self.queues[queue as usize].waiting, Waiting::ProcessorSharing(_))
    }

    /// The dispatcher hears how a queue had changed, `information_delay` ago.
    pub(super) fn update(&mut self, queue: u32, longer: bool, now: SimTime) {
        let age = self.information_delay;
        let measured = SimTime::ZERO + (now.since(SimTime::ZERO) - age);
        self.dispatcher.update(queue, longer, measured);
    }

    /// A server takes a job.
    fn begin<E: EngineEvent + From<Event>>(&mut self, queue: u32, job: u32, ctx: &mut Context<E>) {
        let of = &mut self.jobs[job as usize];
        let departure = Event::Departure { station: self.number, queue, job }.into();
        match &mut self.queues[queue as usize].slots {
            None => ctx.after(of.size, departure),
            Some(slots) => {
                let server = slots.next_idle().expect("a job begins where a server is idle");
                (of.begun, of.server) = (ctx.now(), server);
                slots.begin(server, job, ctx.timer(of.left, departure));
            }
        }
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

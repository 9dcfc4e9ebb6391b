//! Requests for objects of Zipf popularity at nodes with a hot and a cold tier, when a crowd comes:
//! bounded queues that turn away what they cannot serve.

use std::collections::VecDeque;

use pinwheel_core::check::CheckId;
use pinwheel_core::distribution::Zipf;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Context, SimDuration, SimTime, Streams};
use serde::{Deserialize, Serialize};

use super::Event;
use super::exposure::distinct;
use super::settings::FlashCrowdSettings;
use crate::laws::draw::unit_exponential;
use crate::laws::sketch::Sketch;
use crate::policy::replica_selection::Select;
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::queues::{QueueLengths, QueueReports};
use crate::policy::telemetry::replicas::Replicas;
use crate::service::cache::LruCache;

const REPLICAS: Purpose = Purpose::new("data.crowd.replicas");
const ARRIVAL: Purpose = Purpose::new("data.crowd.arrival");
const REQUEST: Purpose = Purpose::new("data.crowd.request");
const SELECTION: Purpose = Purpose::new("data.crowd.selection");

/// Requests that arrived in one of the two phases.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// Requests that came.
    pub arrived: u64,
    /// Requests that met a full queue.
    pub dropped: u64,
    /// Served from the hot tier.
    pub hot: u64,
    delays: Sketch,
}

impl Phase {
    /// Requests that were answered.
    pub fn served(&self) -> u64 {
        self.delays.count()
    }
    /// Share of the requests that met a full queue.
    pub fn dropped_share(&self) -> f64 {
        self.dropped as f64 / self.arrived.max(1) as f64
    }
    /// Share of the requests answered that found their object in the hot tier.
    pub fn hot_share(&self) -> f64 {
        self.hot as f64 / self.served().max(1) as f64
    }
    /// Seconds from arrival to answer that 99 % of those answered do not exceed.
    pub fn p99_seconds(&self) -> f64 {
        self.delays.quantile(0.99).as_seconds()
    }
}

/// A request in a queue.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Request {
    number: u64,
    object: u32,
    arrived: SimTime,
}

/// One node: the first request of its queue is being served.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Server {
    queue: VecDeque<Request>,
    /// The objects used last.
    hot: LruCache,
}

/// Nodes under requests.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FlashCrowd {
    settings: FlashCrowdSettings,
    popularity: Zipf,
    /// Nodes of each object, `settings.replicas` each.
    replicas: Vec<u32>,
    servers: Vec<Server>,
    /// What readers have been told of the queues; a change is told at once.
    known: QueueLengths,
    requests: u64,
    /// When the next request comes, and the expected requests from `since` until then.
    next: SimTime,
    since: SimTime,
    left: f64,
    waiting: u64,
    /// Usual times, and the time of the crowd.
    pub phases: [Phase; 2],
    /// Requests served while the crowd was there.
    pub served_in_crowd: u64,
    conserved: Option<CheckId>,
}

impl FlashCrowd {
    /// Replicas placed on the nodes, before the first request.
    ///
    /// # Panics
    ///
    /// If there are no objects or fewer nodes than replicas, or the exponent of the popularity is
    /// negative or not finite.
    pub fn new(settings: &FlashCrowdSettings, nodes: u32, streams: &Streams) -> Self {
        let place =
            |object| distinct(nodes, settings.replicas, &mut streams.stream(object, REPLICAS));
        let popularity = Zipf::new(u64::from(settings.objects), settings.exponent);
        let hot = LruCache::new(settings.objects, settings.hot_objects);
        let server = Server { queue: VecDeque::new(), hot };
        FlashCrowd {
            settings: settings.clone(),
            popularity: popularity.expect("checked settings"),
            replicas: (0..settings.objects).flat_map(place).collect(),
            servers: vec![server; nodes as usize],
            known: QueueLengths::new(nodes),
            requests: 0,
            next: SimTime::MAX,
            since: SimTime::ZERO,
            left: 0.0,
            waiting: 0,
            phases: Default::default(),
            served_in_crowd: 0,
            conserved: None,
        }
    }

    /// Schedules the first request. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        self.conserved = Some(ctx.checks.always("data.requests_conserved"));
        self.next_arrival(ctx);
    }

    fn begins(&self) -> SimTime {
        SimTime::ZERO + self.settings.begins
    }
    fn ends(&self) -> SimTime {
        self.begins() + self.settings.lasts
    }
    fn in_crowd(&self, time: SimTime) -> bool {
        (self.begins()..self.ends()).contains(&time)
    }

    /// The next arrival of a Poisson process whose rate changes when the crowd comes and goes: what
    /// is left of a unit exponential is spent at the new rate.
    fn next_arrival<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        self.left = unit_exponential(&mut ctx.streams().indexed(0, ARRIVAL, self.requests));
        self.expect(ctx);
    }

    /// Schedules the request that comes when what is left is spent from now on.
    fn expect<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        (self.since, self.next) = (ctx.now(), SimTime::MAX);
        let (mut left, mut time) = (self.left, self.since);
        loop {
            let (rate, until) = match time {
                _ if time < self.begins() => (1.0, self.begins()),
                _ if time < self.ends() => (self.settings.load, self.ends()),
                _ => (1.0, SimTime::MAX),
            };
            let rate = rate * self.settings.requests_per_second;
            let delay = SimDuration::from_seconds_f64(left / rate);
            if time + delay < until {
                self.next = time + delay;
                return ctx.at(self.next, Event::Arrives.into());
            }
            if until == SimTime::MAX {
                return;
            }
            left -= until.since(time).as_seconds() * rate;
            time = until;
        }
    }

    /// Changes the usual rate; what is left of the way to the next request is spent at the new one.
    pub(super) fn set_requests<E: EngineEvent + From<Event>>(
        &mut self,
        per_second: f64,
        ctx: &mut Context<E>,
    ) {
        if per_second == self.settings.requests_per_second {
            return;
        }
        let now = ctx.now();
        let seconds = now.since(self.since).as_seconds();
        let crowd = now.min(self.ends()).since(self.since.max(self.begins())).as_seconds();
        let spent = seconds + crowd * (self.settings.load - 1.0);
        self.left = (self.left - spent * self.settings.requests_per_second).max(0.0);
        self.settings.requests_per_second = per_second;
        self.expect(ctx);
    }

    /// The node that a request for an object goes to, by what readers have been told.
    fn select(&self, object: u32, number: u64, now: SimTime, streams: &Streams) -> u32 {
        let replicas = usize::from(self.settings.replicas);
        let nodes = &self.replicas[object as usize * replicas..][..replicas];
        let reports = &Replicas { nodes, queues: &self.known };
        let mut stream = streams.indexed(0, SELECTION, number);
        self.settings.replica_selection.select(&Telemetry { now, reports }, &mut stream)
    }

    /// A request goes to one of the replicas, or away if that one's queue is full.
    pub fn arrive<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        let (now, number) = (ctx.now(), self.requests);
        if now != self.next {
            return;
        }
        self.requests += 1;
        self.next_arrival(ctx);
        let mut stream = ctx.streams().indexed(0, REQUEST, number);
        let object = self.popularity.sample(&mut stream) as u32 - 1;
        let node = self.select(object, number, now, ctx.streams());
        let crowd = usize::from(self.in_crowd(now));
        let phase = &mut self.phases[crowd];
        phase.arrived += 1;
        let queue = &mut self.servers[node as usize].queue;
        if queue.len() >= self.settings.queue_max as usize {
            phase.dropped += 1;
            return;
        }
        queue.push_back(Request { number, object, arrived: now });
        self.waiting += 1;
        self.known.update(node, true, now);
        if queue.len() == 1 {
            self.serve(node, ctx);
        }
    }

    /// Begins with the first request of a node's queue.
    fn serve<E: EngineEvent + From<Event>>(&mut self, node: u32, ctx: &mut Context<E>) {
        let server = &mut self.servers[node as usize];
        let Some(request) = server.queue.front().copied() else { return };
        let hot = server.hot.access(request.object);
        let mean = if hot { self.settings.hot_seconds } else { self.settings.cold_seconds };
        let crowd = self.in_crowd(request.arrived);
        self.phases[usize::from(crowd)].hot += u64::from(hot);
        let mut stream = ctx.streams().indexed(1, REQUEST, request.number);
        let delay = SimDuration::from_seconds_f64(mean * unit_exponential(&mut stream));
        ctx.after(delay, Event::Served { node }.into());
    }

    /// A node answers its first request and turns to the next.
    ///
    /// # Panics
    ///
    /// If the node has no request in its queue.
    pub fn served<E: EngineEvent + From<Event>>(&mut self, node: u32, ctx: &mut Context<E>) {
        let request = self.servers[node as usize].queue.pop_front();
        let request = request.expect("a node answers what it serves");
        self.waiting -= 1;
        self.known.update(node, false, ctx.now());
        let crowd = self.in_crowd(request.arrived);
        self.phases[usize::from(crowd)].delays.add(ctx.now().since(request.arrived));
        self.served_in_crowd += u64::from(self.in_crowd(ctx.now()));
        self.serve(node, ctx);
    }

    /// Requests served in a second while the crowd was there, so far.
    pub fn crowd_throughput(&self, now: SimTime) -> f64 {
        let seconds = now.min(self.ends()).since(self.begins()).as_seconds();
        if seconds > 0.0 { self.served_in_crowd as f64 / seconds } else { 0.0 }
    }

    /// Checks that no request was lost or served twice.
    pub fn check<E: EngineEvent>(&self, ctx: &mut Context<E>) {
        let [usual, crowd] = &self.phases;
        let (served, dropped) = (usual.served() + crowd.served(), usual.dropped + crowd.dropped);
        let waiting: usize = self.servers.iter().map(|server| server.queue.len()).sum();
        let held =
            self.requests == served + dropped + self.waiting && waiting as u64 == self.waiting;
        if let Some(check) = self.conserved {
            ctx.checks.note(check, held, ctx.now(), || {
                format!(
                    "{} came, {served} served, {dropped} dropped, {waiting} wait",
                    self.requests
                )
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::replica_selection::ReplicaSelection;

    fn settings(replica_selection: ReplicaSelection) -> FlashCrowdSettings {
        FlashCrowdSettings {
            objects: 200,
            exponent: 1.0,
            replicas: 3,
            requests_per_second: 2.0,
            hot_seconds: 0.05,
            cold_seconds: 0.4,
            hot_objects: 20,
            queue_max: 20,
            begins: SimDuration::from_hours(6),
            lasts: SimDuration::from_minutes(20),
            load: 10.0,
            replica_selection,
        }
    }

    /// The requests that wait, what is in the hot tiers and how long answers take change no choice:
    /// only what has been reported does.
    #[test]
    fn hidden_state_of_nodes_changes_no_replica_selection() {
        let policies = [ReplicaSelection::ShortestQueue, ReplicaSelection::Random];
        assert_eq!(policies.len(), ReplicaSelection::SPECS.len(), "a policy is not in the test");
        let streams = Streams::new(1, 0);
        for policy in policies {
            let mut crowd = FlashCrowd::new(&settings(policy), 10, &streams);
            let mut stream = streams.stream(0, "test");
            for _ in 0..60 {
                crowd.known.update(stream.below(10) as u32, true, SimTime::ZERO);
            }
            let mut hidden = crowd.clone();
            (hidden.settings.hot_seconds, hidden.settings.cold_seconds) = (1e3, 1e-3);
            for server in &mut hidden.servers {
                for number in 0..stream.below(50) {
                    let object = stream.below(200) as u32;
                    server.hot.access(object);
                    server.queue.push_back(Request { number, object, arrived: SimTime::MAX });
                }
            }
            let chosen = |crowd: &FlashCrowd| -> Vec<u32> {
                let node =
                    |number| crowd.select(number as u32 % 200, number, SimTime::ZERO, &streams);
                (0..2_000).map(node).collect()
            };
            let seen = chosen(&crowd);
            assert_eq!(seen, chosen(&hidden), "{policy:?}");
            // What is reported does change what is chosen, where it is looked at.
            (0..10).for_each(|node| {
                (0..10 * node % 7).for_each(|_| crowd.known.update(node, true, SimTime::ZERO));
            });
            assert_eq!(seen != chosen(&crowd), policy == ReplicaSelection::ShortestQueue);
        }
    }
}

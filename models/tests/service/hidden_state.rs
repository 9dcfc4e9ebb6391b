//! What a dispatcher may not see changes no choice, bit for bit: lengths of queues that have not
//! been reported yet, and sizes of jobs.

use pinwheel_core::{Context, Model, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::part::Around;
use pinwheel_models::policy::balancing::Balancer;
use pinwheel_models::service::settings::{Dispatch, StationSettings};
use pinwheel_models::service::{Event, Service, Settings};
use serde_json::Value;

use crate::stations::station;

/// Age of what the dispatcher knows.
const DELAY: SimDuration = SimDuration::from_seconds(50);
/// When the truth is altered.
const ALTERED: SimTime = SimTime::from_nanos(400_000_000_000);

const POLICIES: [Dispatch; 7] = [
    Dispatch::SingleQueue,
    Dispatch::Random,
    Dispatch::RoundRobin,
    Dispatch::ShortestOfSampled(2),
    Dispatch::JoinShortestQueue,
    Dispatch::JoinIdleQueue,
    Dispatch::SampledWithoutReplacement(2),
];

/// A station, and the queue that each job joined, as reported `DELAY` later.
#[derive(Clone)]
struct Watched {
    service: Service,
    joined: Vec<(SimTime, u32)>,
}

impl Model for Watched {
    type Event = Event;
    fn start(&mut self, ctx: &mut Context<Event>) {
        self.service.start(ctx);
    }
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        if let Event::LengthUpdate { queue, longer: true, .. } = event {
            self.joined.push((ctx.now(), queue));
        }
        self.service.handle(event, ctx);
    }
}

fn dispatcher(run: &Simulation<Watched>) -> Value {
    let service = serde_json::to_value(&run.model.service).expect("a service is plain data");
    service["stations"][0]["dispatcher"].clone()
}

/// Every queue longer than it is by a number of its own, and every job all but done.
fn scramble(service: &Service) -> Service {
    let mut hidden = serde_json::to_value(service).expect("a service is plain data");
    let station = &mut hidden["stations"][0];
    for (number, queue) in station["queues"].as_array_mut().expect("queues").iter_mut().enumerate()
    {
        let jobs = queue["jobs"].as_u64().expect("jobs in a queue");
        queue["jobs"] = (jobs + 1 + 37 * number as u64 % 11).into();
    }
    let jobs = station["jobs"].as_array_mut().expect("jobs");
    assert!(!jobs.is_empty());
    for job in jobs {
        (job["size"], job["left"]) = (1.into(), 1.into());
    }
    serde_json::from_value(hidden).expect("still a service")
}

/// Two runs of one station, one of them with an altered truth from `ALTERED` on.
fn runs(dispatch: Dispatch) -> [Simulation<Watched>; 2] {
    let station = StationSettings { information_delay: DELAY, ..station(8, 0.9, dispatch) };
    let streams = Streams::new(5, 0);
    let settings = Settings {
        stations: vec![station],
        warm_up: SimDuration::ZERO,
        record_every: SimDuration::from_days(1),
    };
    let service = Service::new(&settings, &Around::alone(&streams));
    let mut run = Simulation::new(Watched { service, joined: Vec::new() }, streams);
    run.run_until(ALTERED);
    let mut altered = run.clone();
    altered.model.service = scramble(&run.model.service);
    [run, altered]
}

#[test]
fn lengths_that_are_not_reported_and_sizes_of_jobs_change_no_choice() {
    assert_eq!(POLICIES.len(), Dispatch::SPECS.len(), "a policy is not in the test");
    for dispatch in POLICIES {
        let name = dispatch.spec().example();
        let mut runs = runs(dispatch);
        // Up to here nothing that was altered has been reported.
        let unreported = ALTERED + DELAY;
        runs.iter_mut().for_each(|run| run.run_until(before(unreported)));
        assert_eq!(dispatcher(&runs[0]), dispatcher(&runs[1]), "{name}");
        // What was chosen until then is reported until here.
        runs.iter_mut().for_each(|run| run.run_until(before(unreported + DELAY)));
        let [joined, altered] = runs.each_ref().map(|run| &run.model.joined);
        assert_eq!(joined, altered, "{name}");
        let sees_lengths = Balancer::new(dispatch, 1).needs_lengths();
        assert_eq!(sees_lengths, !joined.is_empty(), "{name}");
        // The altered truth would have changed choices, had it been seen.
        runs.iter_mut().for_each(|run| run.run_until(unreported + DELAY + DELAY));
        assert_eq!(dispatcher(&runs[0]) != dispatcher(&runs[1]), sees_lengths, "{name}");
    }
}

/// The last nanosecond before an instant.
fn before(time: SimTime) -> SimTime {
    SimTime::from_nanos(time.as_nanos() - 1)
}

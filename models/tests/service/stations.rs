use pinwheel_core::{Context, Model, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::laws::renewal::Law;
use pinwheel_models::part::Around;
use pinwheel_models::service::settings::{Discipline, Dispatch, StationSettings};
use pinwheel_models::service::{Event, Measure, Service, Settings};

/// A world of stations only.
#[derive(Clone)]
struct Stations(Service);

impl Model for Stations {
    type Event = Event;
    fn start(&mut self, ctx: &mut Context<Event>) {
        self.0.start(ctx);
    }
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        self.0.handle(event, ctx);
    }
}

pub(crate) fn station(servers: u32, load: f64, dispatch: Dispatch) -> StationSettings {
    StationSettings {
        name: "test".to_owned(),
        servers,
        arrivals: Law::exponential(1.0 / (load * f64::from(servers))).expect("valid"),
        service: Law::exponential(1.0).expect("valid"),
        discipline: Discipline::FirstCome,
        dispatch,
        waiting_room: None,
        information_delay: SimDuration::ZERO,
        cache: None,
        on: None,
    }
}

fn run(station: StationSettings, warm_up: u64, seconds: u64, run: u32) -> Simulation<Stations> {
    let warm_up = SimDuration::from_seconds(warm_up);
    let streams = Streams::new(1, run);
    let record_every = SimDuration::from_days(1);
    let settings = Settings { stations: vec![station], warm_up, record_every };
    let service = Service::new(&settings, &Around::alone(&streams));
    let mut simulation = Simulation::new(Stations(service), streams);
    simulation.run_until(SimTime::ZERO + warm_up + SimDuration::from_seconds(seconds));
    assert!(!simulation.ctx.checks.breached(), "{:?}", simulation.ctx.checks.breach());
    simulation
}

fn measure(station: StationSettings, warm_up: u64, seconds: u64, number: u32) -> Measure {
    run(station, warm_up, seconds, number).model.0.stations()[0].measure().clone()
}

/// Mean over seeds and its standard error.
fn mean_response(station: &StationSettings, seeds: u32, warm_up: u64, seconds: u64) -> (f64, f64) {
    let observed: Vec<f64> = (0..seeds)
        .map(|seed| measure(station.clone(), warm_up, seconds, seed).response_mean_seconds())
        .collect();
    let count = f64::from(seeds);
    let mean = observed.iter().sum::<f64>() / count;
    let squares = observed.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
    (mean, (squares / (count - 1.0) / count).sqrt())
}

/// The limit of many servers is not reached at 100: the trap of the supermarket model.
#[test]
fn a_hundred_servers_are_visibly_above_the_limit() {
    const LIMIT: f64 = 2.614_1;
    let station = station(100, 0.9, Dispatch::ShortestOfSampled(2));
    let (mean, error) = mean_response(&station, 30, 120, 600);
    assert!(mean - LIMIT > 3.0 * error && mean < 1.03 * LIMIT, "{mean} +- {error}");
}

/// Old news turns the best policy into the worst: every job runs to the line that was shortest
/// (Mitzenmacher, "How useful is old information?", 2000).
#[test]
fn old_news_makes_a_herd() {
    let late = |dispatch| StationSettings {
        information_delay: SimDuration::from_seconds(20),
        ..station(20, 0.9, dispatch)
    };
    let response = |station| measure(station, 200, 1_000, 0).response_mean_seconds();
    let fresh = response(station(20, 0.9, Dispatch::JoinShortestQueue));
    let random = response(station(20, 0.9, Dispatch::Random));
    let (herd, two) = (
        response(late(Dispatch::JoinShortestQueue)),
        response(late(Dispatch::ShortestOfSampled(2))),
    );
    assert!(fresh < random && two < herd && random < herd, "{fresh} {random} {two} {herd}");
}

/// With as many different picks as queues, the shortest of the picked is the shortest of all.
#[test]
fn picks_that_differ_are_better_than_picks_that_may_be_the_same() {
    let response = |dispatch| mean_response(&station(3, 0.9, dispatch), 10, 200, 5_000).0;
    let all = response(Dispatch::SampledWithoutReplacement(3));
    let shortest = response(Dispatch::JoinShortestQueue);
    assert!((all / shortest - 1.0).abs() < 0.02, "{all} and {shortest}");
    let distinct = response(Dispatch::SampledWithoutReplacement(2));
    let sampled = response(Dispatch::ShortestOfSampled(2));
    assert!(shortest < distinct && distinct < sampled, "{shortest} {distinct} {sampled}");
}

/// A policy moves neither arrivals nor sizes.
#[test]
fn two_policies_meet_the_same_requests() {
    let of = |dispatch| measure(station(5, 0.8, dispatch), 0, 5_000, 3);
    let (central, random) = (of(Dispatch::SingleQueue), of(Dispatch::Random));
    assert_eq!(central.requests(), random.requests());
    // The work done differs by the jobs still present.
    let work = |measure: &Measure| measure.utilisation() * 5.0 * 5_000.0;
    let gap = (work(&central) - work(&random)).abs();
    assert!(gap < 100.0 && work(&central) > 15_000.0, "{gap} of {}", work(&central));
}

/// However one server orders its work, it is busy at the same instants: the work that is there
/// does not depend on the order.
#[test]
fn sharing_conserves_work() {
    let of = |discipline| {
        let hyper = Law::hyperexponential(1.0, 10.0).expect("valid");
        let station = station(1, 0.8, Dispatch::SingleQueue);
        measure(StationSettings { discipline, service: hyper, ..station }, 0, 20_000, 5)
    };
    let (ordered, shared) = (of(Discipline::FirstCome), of(Discipline::ProcessorSharing));
    // A measure ends at the station's last event, whose instant depends on the order: a second of
    // 20,000, of which a fifth is idle.
    let gap = (ordered.utilisation() - shared.utilisation()).abs();
    assert!(gap < 1e-5, "{gap}");
    assert_ne!(ordered.response_mean_seconds(), shared.response_mean_seconds());
}

/// Without waiting, work in progress is the offered load; with one server, utilisation is.
#[test]
fn utilisation_is_the_load_that_is_served() {
    let measure = measure(station(4, 0.7, Dispatch::SingleQueue), 100, 20_000, 0);
    assert!((measure.utilisation() - 0.7).abs() < 0.01, "{}", measure.utilisation());
    let length = measure.queue_length();
    let by_little = measure.wait_mean_seconds() * 0.7 * 4.0;
    assert!((length / by_little - 1.0).abs() < 0.02, "{length} and {by_little}");
}

/// The wait of M/M/1 is exponential where there is one: P(W > t) = rho e^(-(1 - rho) t).
#[test]
fn the_quantiles_of_the_wait_are_those_of_theory() {
    let measure = measure(station(1, 0.5, Dispatch::SingleQueue), 100, 2_000_000, 0);
    for share in [0.75, 0.9, 0.99] {
        let theory = 2.0 * pinwheel_core::math::ln(0.5 / (1.0 - share));
        let found = measure.wait_quantile_seconds(share);
        assert!((found / theory - 1.0).abs() < 0.03, "{share}: {found}, not {theory}");
    }
}

/// A restored simulation goes on as the one that was not stopped.
#[test]
fn a_snapshot_keeps_lines_news_and_timers() {
    let mut late = station(6, 0.9, Dispatch::ShortestOfSampled(2));
    late.information_delay = SimDuration::from_seconds(2);
    let mut shared = station(3, 0.9, Dispatch::Random);
    shared.discipline = Discipline::ProcessorSharing;
    for settings in [late, shared] {
        let mut simulation = run(settings, 0, 300, 0);
        let model = postcard::to_allocvec(&simulation.model.0).expect("serializes");
        let mut other = simulation.clone();
        other.model.0 = postcard::from_bytes(&model).expect("deserializes");
        for simulation in [&mut simulation, &mut other] {
            simulation.run_until(SimTime::ZERO + SimDuration::from_days(2));
        }
        assert_eq!(simulation.ctx.fingerprint.hex(), other.ctx.fingerprint.hex());
        assert!(simulation.ctx.events() > 100_000);
    }
}

//! Queues: the stations of the service layer against Erlang, Pollaczek and Khinchine, Little,
//! Mitzenmacher and Che. Sizes have mean one second; times are in mean sizes.
//!
//! How long a run is follows from the variance of what it estimates: the mean wait of `n` jobs of
//! M/M/1 has variance `rho (2 + 5 rho - 4 rho^2 + rho^3) / (1 - rho)^4 / n` (Daley 1968), other
//! lines scale with it, and 30 runs together must have a standard error of a third of the
//! tolerance. The warm-up is five relaxation times or more.

use pinwheel_core::distribution::Zipf;
use pinwheel_core::{Context, Model, SimDuration, SimTime, Simulation, Streams, math};

use super::Case;
use pinwheel_models::laws::renewal::Law;
use pinwheel_models::part::Around;
use pinwheel_models::service::settings::{CacheSettings, Discipline, Dispatch, StationSettings};
use pinwheel_models::service::{Event, Measure, Service, Settings};

const PART: &str = "1 queues";
/// Seeds of each case.
const SEEDS: u32 = 30;

/// A world of stations only.
#[derive(Clone, Debug)]
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

/// What one station shows from `warm_up_seconds` to the end.
fn observe(
    station: StationSettings,
    warm_up_seconds: u64,
    seconds: u64,
    streams: &Streams,
) -> Measure {
    let warm_up = SimDuration::from_seconds(warm_up_seconds);
    let service = Service::new(
        &Settings { stations: vec![station], warm_up, record_every: SimDuration::from_days(1) },
        &Around::alone(streams),
    );
    let mut simulation = Simulation::new(Stations(service), *streams);
    simulation.run_until(SimTime::ZERO + warm_up + SimDuration::from_seconds(seconds));
    assert!(!simulation.ctx.checks.breached(), "{:?}", simulation.ctx.checks.breach());
    simulation.model.0.stations()[0].measure().clone()
}

const SURE: &str = "the parameters of a case are valid";

/// Poisson arrivals that keep each of the servers busy this share of the time.
fn station(servers: u32, load: f64, service: Law) -> StationSettings {
    StationSettings {
        name: "case".to_owned(),
        servers,
        arrivals: Law::exponential(1.0 / (load * f64::from(servers))).expect(SURE),
        service,
        discipline: Discipline::FirstCome,
        dispatch: Dispatch::SingleQueue,
        waiting_room: None,
        information_delay: SimDuration::ZERO,
        cache: None,
        on: None,
    }
}

fn exponential() -> Law {
    Law::exponential(1.0).expect(SURE)
}
fn erlang() -> Law {
    Law::erlang(1.0, 4).expect(SURE)
}
fn log_normal() -> Law {
    Law::log_normal(1.0, 1.0).expect(SURE)
}
fn hyperexponential() -> Law {
    Law::hyperexponential(1.0, 10.0).expect(SURE)
}

/// M/M/c after a warm-up, for so many seconds.
fn mmc(servers: u32, load: f64, seconds: u64, streams: &Streams) -> Measure {
    let relaxed = 1.0 - math::sqrt(load);
    let warm_up = 6.0 / (f64::from(servers) * relaxed * relaxed) + 20.0;
    observe(station(servers, load, exponential()), warm_up as u64, seconds, streams)
}

const fn mmc_wait(
    id: &'static str,
    what: &'static str,
    theory: f64,
    tolerance: f64,
    observe: fn(&Streams) -> f64,
) -> Case {
    let formula = "Erlang C: Wq = C(c, c rho) / (c (1 - rho))";
    Case { id, part: PART, what, formula, theory, tolerance, replications: SEEDS, observe }
}

const fn erlang_c(
    id: &'static str,
    what: &'static str,
    theory: f64,
    tolerance: f64,
    observe: fn(&Streams) -> f64,
) -> Case {
    let formula = "Erlang C: share of jobs that wait";
    Case { id, part: PART, what, formula, theory, tolerance, replications: SEEDS, observe }
}

/// M/M/c/c, or M/G/c/c.
fn loss(servers: u32, load: f64, service: Law, seconds: u64, streams: &Streams) -> f64 {
    let station = StationSettings { waiting_room: Some(0), ..station(servers, load, service) };
    observe(station, 20, seconds, streams).lost_share()
}

const fn erlang_b(
    id: &'static str,
    what: &'static str,
    theory: f64,
    tolerance: f64,
    observe: fn(&Streams) -> f64,
) -> Case {
    let formula = "Erlang B, whatever the law of the sizes";
    Case { id, part: PART, what, formula, theory, tolerance, replications: SEEDS, observe }
}

/// M/G/1 at load 0.8.
fn mg1(service: Law, seconds: u64, streams: &Streams) -> f64 {
    observe(station(1, 0.8, service), 2_000, seconds, streams).wait_mean_seconds()
}

const fn pollaczek_khinchine(
    id: &'static str,
    what: &'static str,
    theory: f64,
    tolerance: f64,
    observe: fn(&Streams) -> f64,
) -> Case {
    let formula = "Pollaczek-Khinchine: Wq = rho (1 + cv^2) / (2 (1 - rho))";
    Case { id, part: PART, what, formula, theory, tolerance, replications: SEEDS, observe }
}

/// M/G/1 with processor sharing at load 0.8.
fn sharing(service: Law, seconds: u64, streams: &Streams) -> f64 {
    let discipline = Discipline::ProcessorSharing;
    let station = StationSettings { discipline, ..station(1, 0.8, service) };
    observe(station, 1_000, seconds, streams).response_mean_seconds()
}

const fn shared(
    id: &'static str,
    what: &'static str,
    tolerance: f64,
    observe: fn(&Streams) -> f64,
) -> Case {
    let formula = "E[T] = E[S] / (1 - rho), whatever the law of the sizes";
    let (theory, replications) = (5.0, SEEDS);
    Case { id, part: PART, what, formula, theory, tolerance, replications, observe }
}

/// How far `L` is from `lambda W`, of `L`, over the busy cycles of a run.
fn little_gap(station: StationSettings, streams: &Streams) -> f64 {
    let little = observe(station, 0, 5_000, streams).closed_cycles();
    assert!(little.jobs > 1_000, "cycles close");
    math::abs(little.lambda_per_second() * little.w_seconds() / little.l() - 1.0)
}

const fn little(id: &'static str, what: &'static str, observe: fn(&Streams) -> f64) -> Case {
    let formula = "Little: L = lambda W, exact on each path";
    let (theory, tolerance, replications) = (0.0, 1e-9, SEEDS);
    Case { id, part: PART, what, formula, theory, tolerance, replications, observe }
}

/// A line for each of many servers.
fn dispatched(servers: u32, load: f64, dispatch: Dispatch) -> StationSettings {
    StationSettings { dispatch, ..station(servers, load, exponential()) }
}

/// Mean response of SQ(d) at 1,000 servers.
fn supermarket(choices: u32, load: f64, warm_up: u64, seconds: u64, streams: &Streams) -> f64 {
    let station = dispatched(1_000, load, Dispatch::ShortestOfSampled(choices));
    observe(station, warm_up, seconds, streams).response_mean_seconds()
}

const fn mitzenmacher(
    id: &'static str,
    what: &'static str,
    theory: f64,
    tolerance: f64,
    observe: fn(&Streams) -> f64,
) -> Case {
    let formula = "supermarket, n to infinity: E[T] = sum of lambda^((d^i - d)/(d - 1))";
    Case { id, part: PART, what, formula, theory, tolerance, replications: SEEDS, observe }
}

/// One if the mean wait at 1,000 servers and load 0.9 is below a hundredth of a size, else zero.
fn hardly_waits(dispatch: Dispatch, streams: &Streams) -> f64 {
    let wait = observe(dispatched(1_000, 0.9, dispatch), 50, 50, streams).wait_mean_seconds();
    f64::from(u8::from(wait < 0.01))
}

const fn hardly(id: &'static str, what: &'static str, observe: fn(&Streams) -> f64) -> Case {
    let formula = "n to infinity: Wq to 0; here Wq < 0.01 at every seed";
    let (theory, tolerance, replications) = (1.0, 1e-9, SEEDS);
    Case { id, part: PART, what, formula, theory, tolerance, replications, observe }
}

/// One if the policies stand in the order that theory gives, on the same arrivals and sizes.
fn policies_in_order(streams: &Streams) -> f64 {
    let responses = [
        Dispatch::SingleQueue,
        Dispatch::JoinShortestQueue,
        Dispatch::ShortestOfSampled(5),
        Dispatch::ShortestOfSampled(2),
        Dispatch::RoundRobin,
        Dispatch::Random,
    ]
    .map(|dispatch| {
        observe(dispatched(20, 0.9, dispatch), 300, 1_500, streams).response_mean_seconds()
    });
    f64::from(u8::from(responses.is_sorted()))
}

/// Share of requests that a cache of `capacity` of 100,000 objects answers.
fn hit_share(exponent: f64, capacity: u32, streams: &Streams) -> f64 {
    let popularity = Zipf::new(100_000, exponent).expect(SURE);
    let cache = CacheSettings { objects: 100_000, popularity, capacity };
    // A request each millisecond. A cache is full of what it will hold after some times as many
    // requests as it has places.
    let mut station = station(1, 0.5, Law::fixed(1e-6));
    station.arrivals = Law::fixed(1e-3);
    station.cache = Some(cache);
    observe(station, u64::from(capacity) * 10 / 1_000, 50, streams).hit_share()
}

const fn che(
    id: &'static str,
    what: &'static str,
    theory: f64,
    observe: fn(&Streams) -> f64,
) -> Case {
    let formula = "Che: h = sum of p (1 - e^(-p T)), sum of (1 - e^(-p T)) = C";
    let (tolerance, replications) = (0.005, SEEDS);
    Case { id, part: PART, what, formula, theory, tolerance, replications, observe }
}

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    mmc_wait("mmc_wait_1_50", "M/M/1, load .5: mean wait", 1.0, 0.03,
        |s| mmc(1, 0.5, 20_000, s).wait_mean_seconds()),
    mmc_wait("mmc_wait_1_90", "M/M/1, load .9: mean wait", 9.0, 0.05,
        |s| mmc(1, 0.9, 100_000, s).wait_mean_seconds()),
    mmc_wait("mmc_wait_2_80", "M/M/2, load .8: mean wait", 1.777_778, 0.03,
        |s| mmc(2, 0.8, 40_000, s).wait_mean_seconds()),
    mmc_wait("mmc_wait_5_80", "M/M/5, load .8: mean wait", 0.554_113, 0.03,
        |s| mmc(5, 0.8, 20_000, s).wait_mean_seconds()),
    mmc_wait("mmc_wait_10_90", "M/M/10, load .9: mean wait", 0.668_732, 0.05,
        |s| mmc(10, 0.9, 10_000, s).wait_mean_seconds()),
    mmc_wait("mmc_wait_50_90", "M/M/50, load .9: mean wait", 0.072_773, 0.08,
        |s| mmc(50, 0.9, 2_500, s).wait_mean_seconds()),
    mmc_wait("mmc_wait_100_95", "M/M/100, load .95: mean wait", 0.101_291, 0.10,
        |s| mmc(100, 0.95, 2_500, s).wait_mean_seconds()),
    erlang_c("mmc_waits_2_80", "M/M/2, load .8: share that waits", 0.711_111, 0.01,
        |s| mmc(2, 0.8, 20_000, s).waited_share()),
    erlang_c("mmc_waits_10_90", "M/M/10, load .9: share that waits", 0.668_732, 0.02,
        |s| mmc(10, 0.9, 6_000, s).waited_share()),
    erlang_c("mmc_waits_50_90", "M/M/50, load .9: share that waits", 0.363_864, 0.04,
        |s| mmc(50, 0.9, 1_500, s).waited_share()),
    erlang_b("loss_1_50", "M/M/1/1, offered .5: lost share", 0.333_333, 0.01,
        |s| loss(1, 0.5, exponential(), 20_000, s)),
    erlang_b("loss_10_90", "M/M/10/10, offered 9: lost share", 0.167_963, 0.01,
        |s| loss(10, 0.9, exponential(), 6_000, s)),
    erlang_b("loss_10_90_fixed", "M/D/10/10, offered 9: lost share", 0.167_963, 0.01,
        |s| loss(10, 0.9, Law::fixed(1.0), 6_000, s)),
    erlang_b("loss_50_90", "M/M/50/50, offered 45: lost share", 0.054_104, 0.03,
        |s| loss(50, 0.9, exponential(), 2_000, s)),
    erlang_b("loss_50_90_hyper", "M/H2/50/50, offered 45: lost share", 0.054_104, 0.04,
        |s| loss(50, 0.9, hyperexponential(), 2_500, s)),
    erlang_b("loss_100_95", "M/M/100/100, offered 95: lost share", 0.048_804, 0.03,
        |s| loss(100, 0.95, exponential(), 1_200, s)),
    pollaczek_khinchine("mg1_fixed", "M/D/1, load .8: mean wait", 2.0, 0.03,
        |s| mg1(Law::fixed(1.0), 60_000, s)),
    pollaczek_khinchine("mg1_erlang", "M/E4/1, load .8: mean wait", 2.5, 0.03,
        |s| mg1(erlang(), 60_000, s)),
    pollaczek_khinchine("mg1_exponential", "M/M/1, load .8: mean wait", 4.0, 0.03,
        |s| mg1(exponential(), 80_000, s)),
    pollaczek_khinchine("mg1_log_normal", "M/LN/1, load .8, sigma 1: mean wait", 5.436_564, 0.04,
        |s| mg1(log_normal(), 100_000, s)),
    pollaczek_khinchine("mg1_hyper", "M/H2/1, load .8, cv^2 10: mean wait", 22.0, 0.06,
        |s| mg1(hyperexponential(), 150_000, s)),
    shared("sharing_fixed", "M/D/1-PS, load .8: mean response", 0.03,
        |s| sharing(Law::fixed(1.0), 40_000, s)),
    shared("sharing_exponential", "M/M/1-PS, load .8: mean response", 0.03,
        |s| sharing(exponential(), 40_000, s)),
    shared("sharing_hyper", "M/H2/1-PS, load .8, cv^2 10: mean response", 0.06,
        |s| sharing(hyperexponential(), 100_000, s)),
    little("little_first_come", "M/LN/3, load .7: gap between L and lambda W",
        |s| little_gap(station(3, 0.7, log_normal()), s)),
    little("little_sharing", "M/H2/1-PS, load .7: gap between L and lambda W",
        |s| little_gap(StationSettings { discipline: Discipline::ProcessorSharing,
            ..station(1, 0.7, hyperexponential()) }, s)),
    little("little_lossy", "M/M/4/6, SQ(2), news 1 s old: gap between L and lambda W",
        |s| little_gap(StationSettings { waiting_room: Some(2),
            information_delay: SimDuration::from_seconds(1),
            ..dispatched(4, 0.6, Dispatch::ShortestOfSampled(2)) }, s)),
    mitzenmacher("random_90", "1 line of 50 at random, load .9: mean response", 10.0, 0.05,
        |s| observe(dispatched(50, 0.9, Dispatch::Random), 2_000, 2_500, s)
            .response_mean_seconds()),
    mitzenmacher("sq2_50", "SQ(2), 1,000 lines, load .5: mean response", 1.265_7, 0.01,
        |s| supermarket(2, 0.5, 20, 60, s)),
    mitzenmacher("sq2_90", "SQ(2), 1,000 lines, load .9: mean response", 2.614_1, 0.01,
        |s| supermarket(2, 0.9, 100, 100, s)),
    mitzenmacher("sq3_90", "SQ(3), 1,000 lines, load .9: mean response", 2.027_9, 0.01,
        |s| supermarket(3, 0.9, 80, 80, s)),
    mitzenmacher("sq5_90", "SQ(5), 1,000 lines, load .9: mean response", 1.632_9, 0.01,
        |s| supermarket(5, 0.9, 60, 60, s)),
    hardly("shortest_hardly_waits", "JSQ, 1,000 lines, load .9: waits below .01",
        |s| hardly_waits(Dispatch::JoinShortestQueue, s)),
    hardly("idle_first_hardly_waits", "JIQ, 1,000 lines, load .9: waits below .01",
        |s| hardly_waits(Dispatch::JoinIdleQueue, s)),
    Case { id: "policies_in_order", part: PART,
        what: "M/M/20 <= JSQ <= SQ(5) <= SQ(2) <= round robin <= random, load .9",
        formula: "order of E[T] on the same arrivals and sizes, at every seed",
        theory: 1.0, tolerance: 1e-9, replications: SEEDS, observe: policies_in_order },
    che("lru_08_1e3", "LRU, Zipf .8, 1,000 of 100,000: hit share", 0.204_33,
        |s| hit_share(0.8, 1_000, s)),
    che("lru_08_1e4", "LRU, Zipf .8, 10,000 of 100,000: hit share", 0.468_69,
        |s| hit_share(0.8, 10_000, s)),
    che("lru_10_1e3", "LRU, Zipf 1, 1,000 of 100,000: hit share", 0.506_17,
        |s| hit_share(1.0, 1_000, s)),
    che("lru_10_1e4", "LRU, Zipf 1, 10,000 of 100,000: hit share", 0.737_34,
        |s| hit_share(1.0, 10_000, s)),
    che("lru_12_1e3", "LRU, Zipf 1.2, 1,000 of 100,000: hit share", 0.795_33,
        |s| hit_share(1.2, 1_000, s)),
    che("lru_12_1e4", "LRU, Zipf 1.2, 10,000 of 100,000: hit share", 0.917_57,
        |s| hit_share(1.2, 10_000, s)),
];

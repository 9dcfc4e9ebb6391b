//! Reliability: section 2 of the closed forms, and machines with repairmen from section 1.
//!
//! Every case runs a real fleet. Laws have no scale of their own, so one unit of time is a second
//! here where theory says an hour: runs are short and daily records few.

use pinwheel_core::{Amount, Context, Model, SimDuration, SimTime, Simulation, Streams, math};

use super::Case;
use pinwheel_models::infrastructure::fleet::{Change, Event, Fleet, kolmogorov};
use pinwheel_models::infrastructure::settings::{
    Checkpoint, Class, Crewing, Day, Detection, Effect, Heartbeat, Maintenance, Reach, Scope,
    Settings, Shock, Sparing, Timing, Turnover,
};
use pinwheel_models::laws::draw::Duration;
use pinwheel_models::laws::failure::FailureLaw;
use pinwheel_models::policy::maintenance::Replacement;

/// A world of devices only.
struct Devices {
    fleet: Fleet,
    changes: Vec<Change>,
}

impl Model for Devices {
    type Event = Event;
    fn start(&mut self, ctx: &mut Context<Event>) {
        self.fleet.start(ctx);
    }
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        self.changes.clear();
        self.fleet.handle(event, ctx, &mut self.changes);
    }
}

fn simulation(settings: &Settings, streams: &Streams) -> Simulation<Devices> {
    let devices = Devices { fleet: Fleet::new(settings, streams), changes: Vec::new() };
    Simulation::new(devices, *streams)
}

fn seconds(seconds: f64) -> SimDuration {
    SimDuration::from_seconds_f64(seconds)
}

/// The fleet after so many seconds.
fn after(settings: &Settings, streams: &Streams, until_seconds: f64) -> (Fleet, SimTime) {
    let mut run = simulation(settings, streams);
    run.run_until(SimTime::ZERO + seconds(until_seconds));
    (run.model.fleet, run.ctx.now())
}

fn unavailability(settings: &Settings, streams: &Streams, until_seconds: f64) -> f64 {
    let (fleet, now) = after(settings, streams, until_seconds);
    1.0 - fleet.tallies().whole(now).availability()
}

/// The law of this mean with lives that vary little.
fn weibull_of_mean(shape: f64, mean_seconds: f64) -> FailureLaw {
    let scale_seconds = mean_seconds / math::gamma(1.0 + 1.0 / shape);
    FailureLaw::Weibull { shape, scale_seconds }
}

/// The log-normal law of this mean.
fn log_normal_of_mean(sigma: f64, mean_seconds: f64) -> FailureLaw {
    let median_seconds = mean_seconds / math::exp(0.5 * sigma * sigma);
    FailureLaw::LogNormal { median_seconds, sigma }
}

fn class(failure: FailureLaw, repair: Duration, count: u32) -> Class {
    Class { failure, repair, ..Class::new("device", count) }
}

fn exponential(mean_seconds: f64) -> FailureLaw {
    FailureLaw::exponential(mean_seconds)
}

// Availability.

fn available_1000_10(streams: &Streams) -> f64 {
    let repair = Duration::Drawn(log_normal_of_mean(1.0, 10.0));
    let class = class(weibull_of_mean(1.5, 1_000.0), repair, 10);
    1.0 - unavailability(&Settings::of(class), streams, 500_000.0)
}
fn unavailable_720_24(streams: &Streams) -> f64 {
    let class = class(exponential(720.0), Duration::Fixed(seconds(24.0)), 10);
    unavailability(&Settings::of(class), streams, 300_000.0)
}
fn unavailable_8766_4(streams: &Streams) -> f64 {
    let repair = Duration::Drawn(weibull_of_mean(0.7, 4.0));
    let class = class(log_normal_of_mean(0.8, 8_766.0), repair, 50);
    unavailability(&Settings::of(class), streams, 2_000_000.0)
}
/// One region of three is hit; outages overlap, so that the number of them is that of M/G/inf.
fn region_outages(streams: &Streams) -> f64 {
    let duration = Duration::Drawn(log_normal_of_mean(1.0, 20.0));
    let shock = Shock {
        id: "grid".to_owned(),
        scope: Scope::World,
        timing: Timing::Law(exponential(100.0)),
        places: 1,
        region: None,
        reach: Reach::Share(1.0),
        spread: SimDuration::ZERO,
        effect: Effect::Outage { duration, together: true },
        classes: Vec::new(),
    };
    let settings = Settings { shocks: vec![shock], ..Settings::of(Class::new("device", 3)) };
    unavailability(&settings, streams, 200_000.0)
}
/// Three in ten are always on, the others from 17 to 23 o'clock.
fn home_hours(streams: &Streams) -> f64 {
    let day = Day { always_share: 0.3, from_hour: 17.0, hours: 6.0, spread_hours: 1.0 };
    let class = Class { day: Some(day), ..Class::new("home", 500) };
    1.0 - unavailability(&Settings::of(class), streams, 20.0 * 86_400.0)
}

// k of n.

/// Share of the time in which fewer than `k` of `n` devices of availability 0.95 are up.
fn too_few(k: u32, n: u32, until_seconds: f64, streams: &Streams) -> f64 {
    let class = class(exponential(19.0), Duration::Drawn(exponential(1.0)), n);
    let serving_share = f64::from(k) / f64::from(n);
    let settings = Settings { serving_share, ..Settings::of(class) };
    let (fleet, now) = after(&settings, streams, until_seconds);
    1.0 - fleet.tallies().serving.availability(now)
}
fn one_of_3(streams: &Streams) -> f64 {
    too_few(1, 3, 300_000.0, streams)
}
fn six_of_9(streams: &Streams) -> f64 {
    too_few(6, 9, 60_000.0, streams)
}
fn ten_of_14(streams: &Streams) -> f64 {
    too_few(10, 14, 60_000.0, streams)
}
fn seventeen_of_20(streams: &Streams) -> f64 {
    too_few(17, 20, 10_000.0, streams)
}

// Laws of life.

/// Lengths of all first lives, in seconds, the shortest first.
fn lives(law: FailureLaw, count: u32, streams: &Streams) -> Vec<f64> {
    let watched = Class {
        watched_against: Some(law.clone()),
        ..class(law, Duration::Fixed(seconds(1e9)), count)
    };
    let (fleet, _) = after(&Settings::of(watched), streams, 1e6);
    let nanos = fleet.tallies().first_lives_nanos(0);
    assert_eq!(nanos.len() as u32, count, "every first life has ended");
    nanos.iter().map(|nanos| *nanos as f64 / 1e9).collect()
}
fn weibull(shape: f64, streams: &Streams) -> Vec<f64> {
    // A scale of a thousand seconds keeps the shortest lives above the nanosecond.
    let law = FailureLaw::Weibull { shape, scale_seconds: 1_000.0 };
    let lives = lives(law, 4_000, streams);
    lives.into_iter().map(|life| life / 1_000.0).collect()
}
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    math::sqrt(squares / (values.len() as f64 - 1.0))
}
fn median(values: &[f64]) -> f64 {
    let middle = values.len() / 2;
    0.5 * (values[middle - 1] + values[middle])
}
fn weibull_05_mean(streams: &Streams) -> f64 {
    mean(&weibull(0.5, streams))
}
fn weibull_05_deviation(streams: &Streams) -> f64 {
    deviation(&weibull(0.5, streams))
}
fn weibull_05_median(streams: &Streams) -> f64 {
    median(&weibull(0.5, streams))
}
fn weibull_07_mean(streams: &Streams) -> f64 {
    mean(&weibull(0.7, streams))
}
fn weibull_07_deviation(streams: &Streams) -> f64 {
    deviation(&weibull(0.7, streams))
}
fn weibull_07_median(streams: &Streams) -> f64 {
    median(&weibull(0.7, streams))
}
fn weibull_15_mean(streams: &Streams) -> f64 {
    mean(&weibull(1.5, streams))
}
fn weibull_3_mean(streams: &Streams) -> f64 {
    mean(&weibull(3.0, streams))
}
fn weibull_3_deviation(streams: &Streams) -> f64 {
    deviation(&weibull(3.0, streams))
}
/// `H(t) = (t / 20)^0.5 + t / 5 + (t / 3)^4`, in thousands of seconds.
fn bathtub() -> FailureLaw {
    FailureLaw::Sum(vec![
        FailureLaw::Weibull { shape: 0.5, scale_seconds: 20_000.0 },
        exponential(5_000.0),
        FailureLaw::Weibull { shape: 4.0, scale_seconds: 3_000.0 },
    ])
}
fn bathtub_distance(streams: &Streams) -> f64 {
    let lives = lives(bathtub(), 300, streams);
    let nanos: Vec<u64> = lives.iter().map(|life| (life * 1e9) as u64).collect();
    kolmogorov(&nanos, &bathtub(), f64::INFINITY)
}
fn bathtub_dead(streams: &Streams) -> f64 {
    let lives = lives(bathtub(), 2_000, streams);
    lives.iter().filter(|life| **life <= 2_000.0).count() as f64 / lives.len() as f64
}

// Maintenance. A failure costs ten, a planned replacement one; the scale of life is a thousand
// seconds, and costs are for each thousand.

fn maintenance_cost(
    (devices, shape): (u32, f64),
    policy: Replacement,
    until_seconds: f64,
    streams: &Streams,
) -> f64 {
    let maintenance = Maintenance {
        policy,
        planned_cost: Amount(1),
        failure_cost: Amount(10),
        ..Maintenance::default()
    };
    let law = FailureLaw::Weibull { shape, scale_seconds: 1_000.0 };
    let class = Class { maintenance, ..class(law, Duration::Fixed(SimDuration::ZERO), devices) };
    let (fleet, now) = after(&Settings::of(class), streams, until_seconds);
    let cost = fleet.maintenance_cost(now).0 as f64;
    cost / (f64::from(devices) * until_seconds / 1_000.0)
}
fn by_age(shape: f64, age: f64, streams: &Streams) -> f64 {
    maintenance_cost((40, shape), Replacement::Age(seconds(1_000.0 * age)), 200_000.0, streams)
}
fn age_optimal(streams: &Streams) -> f64 {
    by_age(3.0, 0.38245, streams)
}
fn age_early(streams: &Streams) -> f64 {
    by_age(3.0, 0.3, streams)
}
fn age_late(streams: &Streams) -> f64 {
    by_age(3.0, 0.5, streams)
}
fn age_without_wear(streams: &Streams) -> f64 {
    by_age(1.0, 0.38245, streams)
}
fn run_to_failure(streams: &Streams) -> f64 {
    // A fleet of new devices has had fewer failures than an old one by (1 - cv^2) / 2 each.
    maintenance_cost((15, 3.0), Replacement::RunToFailure, 2_000_000.0, streams)
}
fn run_to_failure_without_wear(streams: &Streams) -> f64 {
    maintenance_cost((40, 1.0), Replacement::RunToFailure, 200_000.0, streams)
}
fn block(streams: &Streams) -> f64 {
    maintenance_cost((40, 3.0), Replacement::Interval(seconds(500.0)), 200_000.0, streams)
}

// Machines and repairmen.

fn machines_down(count: u32, crews: u32, until_seconds: f64, streams: &Streams) -> f64 {
    let machines = Class {
        crews: Some(Crewing { crews, by_region: false }),
        ..class(exponential(100.0), Duration::Drawn(exponential(5.0)), count)
    };
    f64::from(count) * unavailability(&Settings::of(machines), streams, until_seconds)
}
fn machines_10_1(streams: &Streams) -> f64 {
    machines_down(10, 1, 100_000.0, streams)
}
fn machines_10_3(streams: &Streams) -> f64 {
    machines_down(10, 3, 100_000.0, streams)
}
fn machines_100_5(streams: &Streams) -> f64 {
    machines_down(100, 5, 60_000.0, streams)
}
/// Two failures in a lead time on average, three parts: what is down waits for a part.
fn parts_short(streams: &Streams) -> f64 {
    let machines = Class {
        spares: Some(Sparing { stock: 3, lead: Duration::Drawn(exponential(100.0)) }),
        ..class(exponential(50.0 * 5_000.0), Duration::Fixed(SimDuration::ZERO), 5_000)
    };
    5_000.0 * unavailability(&Settings::of(machines), streams, 50_000.0)
}

// Detection, work and owners.

/// Mean time from a failure to its detection.
fn undetected(class: Class, streams: &Streams) -> f64 {
    let (fleet, now) = after(&Settings::of(class), streams, 200_000.0);
    let failures = fleet.tallies().whole(now).failures as f64;
    fleet.tallies().counts.undetected_nanos as f64 / 1e9 / failures
}
fn three_missed(streams: &Streams) -> f64 {
    let heartbeat = Heartbeat { period: seconds(30.0), loss: 0.0, misses: 3 };
    let class = class(exponential(1e5), Duration::Fixed(seconds(10.0)), 20);
    let detection = Detection::Heartbeat;
    undetected(Class { heartbeat: Some(heartbeat), detection, ..class }, streams)
}
fn inspected(streams: &Streams) -> f64 {
    let class = class(exponential(1e4), Duration::Fixed(seconds(10.0)), 20);
    undetected(Class { detection: Detection::Inspection(seconds(200.0)), ..class }, streams)
}
/// Saving takes a minute and a device lives for a day; work is saved as Young advises.
fn wasted(streams: &Streams) -> f64 {
    let (period, cost) = (seconds(3_219.937_887_6), seconds(60.0));
    let class = Class {
        checkpoint: Some(Checkpoint { period, cost }),
        ..class(exponential(86_400.0), Duration::Fixed(SimDuration::ZERO), 200)
    };
    let (fleet, now) = after(&Settings::of(class), streams, 20.0 * 86_400.0);
    let [saved, lost, saving] = fleet.work_so_far(now).map(|nanos| nanos as f64);
    (lost + saving) / (saved + lost + saving)
}
/// Owners come at a constant rate and stay a year on average; none in the beginning.
fn owners_after_a_year(streams: &Streams) -> f64 {
    let turnover =
        Turnover { prospects_per_year: 400.0, devices_each: 1, leave_per_year: 1.0, income: None };
    let class = Class { turnover: Some(turnover), ..Class::new("home", 0) };
    let (fleet, now) = after(&Settings::of(class), streams, 365.25 * 86_400.0);
    fleet.tallies().whole(now).present as f64
}

const AVAILABILITY: &str = "MTBF / (MTBF + MTTR), whatever the laws";
const BINOMIAL: &str = "binomial tail at A = 0.95";
const WEIBULL: &str = "Gamma(1 + 1/k); sqrt(Gamma(1 + 2/k) - mean^2); (ln 2)^(1/k)";
const REPLACEMENT: &str = "(cf F(T) + cp R(T)) / int_0^T R; Barlow and Hunter 1960";
const REPAIRMEN: &str = "M/M/c//N: birth and death with rates (N-i) lambda, min(i,c) mu";

const fn case(
    id: &'static str,
    what: &'static str,
    formula: &'static str,
    (theory, tolerance): (f64, f64),
    replications: u32,
    observe: fn(&Streams) -> f64,
) -> Case {
    Case { id, part: "2 reliability", what, formula, theory, tolerance, replications, observe }
}

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    case("availability_1000_10", "availability, Weibull lives, log-normal repairs",
        AVAILABILITY, (0.990_099, 0.001), 30, available_1000_10),
    case("unavailability_720_24", "unavailability, exponential lives, fixed repairs",
        AVAILABILITY, (24.0 / 744.0, 0.02), 30, unavailable_720_24),
    case("unavailability_8766_4", "unavailability, log-normal lives, Weibull repairs",
        AVAILABILITY, (4.0 / 8_770.0, 0.04), 30, unavailable_8766_4),
    case("region_outages", "share of time under any of Poisson outages, mean 20 in 100",
        "1 - exp(-rate mean), M/G/inf", (0.181_269, 0.03), 30, region_outages),
    case("home_hours", "availability, 30 % always on and the rest 6 hours a day",
        "0.3 + 0.7 x 6/24", (0.475, 0.02), 30, home_hours),
    case("read_1_of_3", "share of time with no copy of 3 up", BINOMIAL,
        (1.250e-4, 0.1), 30, one_of_3),
    case("read_6_of_9", "share of time with fewer than 6 of 9 up", BINOMIAL,
        (6.4257e-4, 0.1), 30, six_of_9),
    case("read_10_of_14", "share of time with fewer than 10 of 14 up", BINOMIAL,
        (4.2739e-4, 0.1), 30, ten_of_14),
    case("read_17_of_20", "share of time with fewer than 17 of 20 up", BINOMIAL,
        (1.5902e-2, 0.05), 30, seventeen_of_20),
    case("weibull_05_mean", "mean life, shape 0.5", WEIBULL, (2.0, 0.03), 30, weibull_05_mean),
    case("weibull_05_sd", "deviation of life, shape 0.5", WEIBULL,
        (4.472_136, 0.05), 30, weibull_05_deviation),
    case("weibull_05_median", "median life, shape 0.5", WEIBULL,
        (0.480_453, 0.03), 30, weibull_05_median),
    case("weibull_07_mean", "mean life, shape 0.7", WEIBULL, (1.265_824, 0.02), 30, weibull_07_mean),
    case("weibull_07_sd", "deviation of life, shape 0.7", WEIBULL,
        (1.851_171, 0.03), 30, weibull_07_deviation),
    case("weibull_07_median", "median life, shape 0.7", WEIBULL,
        (0.592_390, 0.02), 30, weibull_07_median),
    case("weibull_15_mean", "mean life, shape 1.5", WEIBULL, (0.902_745, 0.01), 30, weibull_15_mean),
    case("weibull_3_mean", "mean life, shape 3", WEIBULL, (0.892_980, 0.01), 30, weibull_3_mean),
    case("weibull_3_sd", "deviation of life, shape 3", WEIBULL,
        (0.324_550, 0.01), 30, weibull_3_deviation),
    case("bathtub_ks", "mean Kolmogorov-Smirnov distance of bathtub lives",
        "sqrt(pi / 2) ln 2, for the right law", (0.868_731, 0.08), 200, bathtub_distance),
    case("bathtub_dead", "share of a bathtub's lives that end by age 2",
        "1 - exp(-sum H_i(2))", (0.598_986, 0.01), 30, bathtub_dead),
    case("age_replacement_optimal", "cost rate, shape 3, replaced at T* = 0.38245", REPLACEMENT,
        (3.949_35, 0.02), 30, age_optimal),
    case("age_replacement_early", "cost rate, shape 3, replaced at 0.3", REPLACEMENT,
        (4.160_363, 0.02), 30, age_early),
    case("age_replacement_late", "cost rate, shape 3, replaced at 0.5", REPLACEMENT,
        (4.243_050, 0.02), 30, age_late),
    case("run_to_failure", "cost rate, shape 3, replaced when it fails", "cf / Gamma(1 + 1/k)",
        (11.198_47, 0.01), 30, run_to_failure),
    case("age_replacement_no_wear", "cost rate, shape 1, replaced at 0.38245: nothing is gained",
        "cf + cp / (e^T - 1)", (12.146_514, 0.02), 30, age_without_wear),
    case("run_to_failure_no_wear", "cost rate, shape 1, replaced when it fails", "cf",
        (10.0, 0.02), 30, run_to_failure_without_wear),
    case("block_replacement", "cost rate, shape 3, replaced every 0.5 whatever the age",
        "(cp + cf M(T)) / T, M the renewal function", (4.365_253, 0.02), 30, block),
    case("repairmen_10_1", "machines down, 10 machines, 1 crew", REPAIRMEN,
        (0.759_263, 0.03), 30, machines_10_1),
    case("repairmen_10_3", "machines down, 10 machines, 3 crews", REPAIRMEN,
        (0.477_446, 0.03), 30, machines_10_3),
    case("repairmen_100_5", "machines down, 100 machines, 5 crews", REPAIRMEN,
        (9.092_866, 0.04), 30, machines_100_5),
    case("spare_parts_3", "machines down for want of a part, base stock 3, lead demand 2",
        "E(X - 3)+, X Poisson (Palm 1938)", (0.218_018, 0.05), 60, parts_short),
    case("detection_heartbeat", "time from failure to the third missed heartbeat of 30 s",
        "(misses - 1/2) period", (75.0, 0.05), 30, three_missed),
    case("detection_inspection", "time from failure to the next round of 200 s",
        "period / 2", (100.0, 0.03), 30, inspected),
    case("checkpoint_waste", "work wasted at Young's interval, C = 60 s, M = 1 day",
        "1 - tau / (M (e^((tau + C) / M) - 1)); Young's approximation is 0.03727",
        (0.036_809, 0.01), 30, wasted),
    case("owners_join_and_leave", "owners after a year, 400 a year join and stay 1 year each",
        "M/M/inf: 400 (1 - e^-1)", (252.848_2, 0.04), 60, owners_after_a_year),
];

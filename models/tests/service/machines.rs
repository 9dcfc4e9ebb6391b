//! Servers that are devices of the fleet, against closed forms and against a chain that is solved
//! here.

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams, math};
use pinwheel_models::scenario::load;

/// A station on devices that fail and are repaired after exponential times, for so many days.
fn scenario(servers: u32, arrivals_s: f64, on_failure: &str, days: u32) -> String {
    format!(
        r#"
schema = 1
[meta]
name = "machines"
[run]
start = 2025-01-01
horizon = "{days} d"
[[infrastructure.class]]
id = "gpu"
count = {servers}
failure = {{ law = "exponential", mean = "100 s" }}
repair = {{ law = "exponential", mean = "50 s" }}
[service]
warm_up = "1 h"
[[service.station]]
id = "jobs"
on = "gpu"
on_failure = "{on_failure}"
arrivals = {{ law = "exponential", mean = "{arrivals_s} s" }}
service = {{ law = "exponential", mean = "10 s" }}
"#
    )
}

/// Last value of a metric over so many seeds: mean and standard error.
fn observed(text: &str, metric: &str, seeds: u32) -> (f64, f64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("machines.toml");
    std::fs::write(&path, text).unwrap();
    let experiment = load(&path, &[]).unwrap_or_else(|faults| panic!("{faults:?}"));
    let scenario = &experiment.points[0].scenario;
    let wanted = pinwheel_models::registry::ALL.find(metric).expect("a metric").0;
    let values: Vec<f64> = (0..seeds)
        .map(|run| {
            let streams = Streams::new(1, run);
            let mut simulation = Simulation::new(scenario.world(&streams), streams);
            let days = SimDuration::from_days(scenario.horizon_days.into());
            simulation.run_until(SimTime::ZERO + days);
            assert!(!simulation.ctx.checks.breached(), "{:?}", simulation.ctx.checks.breach());
            let rows = simulation.ctx.records.drain();
            rows.iter().rfind(|row| row.metric == wanted).expect("it is recorded").value
        })
        .collect();
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, math::sqrt(squares / (count - 1.0) / count))
}

/// Mean number of jobs of the M/M/c queue whose servers break down at rate `xi` each and are
/// repaired at rate `eta` each, whether busy or idle, with preemptive resume: the stationary law of
/// the chain (servers up, jobs), by Gauss-Seidel sweeps over a truncation of the jobs.
fn mmc_with_breakdowns(servers: usize, lambda: f64, mu: f64, xi: f64, eta: f64) -> f64 {
    const JOBS: usize = 600;
    let width = JOBS + 1;
    let at = |up: usize, jobs: usize| up * width + jobs;
    let mut p = vec![1.0 / ((servers + 1) * width) as f64; (servers + 1) * width];
    for _ in 0..6_000 {
        for up in 0..=servers {
            for jobs in 0..=JOBS {
                let serve = |up: usize, jobs: usize| up.min(jobs) as f64 * mu;
                let arrive = if jobs < JOBS { lambda } else { 0.0 };
                let out = arrive + serve(up, jobs) + up as f64 * xi + (servers - up) as f64 * eta;
                let mut into = 0.0;
                if jobs > 0 {
                    into += p[at(up, jobs - 1)] * lambda;
                }
                if jobs < JOBS {
                    into += p[at(up, jobs + 1)] * serve(up, jobs + 1);
                }
                if up < servers {
                    into += p[at(up + 1, jobs)] * (up + 1) as f64 * xi;
                }
                if up > 0 {
                    into += p[at(up - 1, jobs)] * (servers - up + 1) as f64 * eta;
                }
                p[at(up, jobs)] = into / out;
            }
        }
        let whole: f64 = p.iter().sum();
        p.iter_mut().for_each(|share| *share /= whole);
    }
    (0..=servers)
        .flat_map(|up| (0..=JOBS).map(move |jobs| (up, jobs)))
        .map(|(up, jobs)| jobs as f64 * p[at(up, jobs)])
        .sum()
}

/// Mean number of jobs of the M/M/1 queue with breakdowns and preemptive resume (White and
/// Christie, "Queuing with preemptive priorities or with breakdown", 1958).
fn mm1_with_breakdowns(lambda: f64, mu: f64, xi: f64, eta: f64) -> f64 {
    let both = xi + eta;
    lambda * (both * both + mu * xi) / (both * (mu * eta - lambda * both))
}

const XI: f64 = 1.0 / 100.0;
const ETA: f64 = 1.0 / 50.0;
const MU: f64 = 0.1;

#[test]
fn the_chain_solved_here_has_the_closed_form_of_one_server() {
    let (found, exact) =
        (mmc_with_breakdowns(1, 0.04, MU, XI, ETA), mm1_with_breakdowns(0.04, MU, XI, ETA));
    assert!((found / exact - 1.0).abs() < 1e-6, "{found}, not {exact}");
}

/// By Little's law the mean response is the mean number over the arrivals.
fn response_is(servers: u32, arrivals_s: f64, days: u32) {
    let lambda = 1.0 / arrivals_s;
    let jobs = mmc_with_breakdowns(servers as usize, lambda, MU, XI, ETA);
    let text = scenario(servers, arrivals_s, "resume", days);
    let (mean, error) = observed(&text, "service_response_mean", 30);
    let exact = jobs / lambda;
    let off = (mean - exact).abs();
    assert!(off < 3.0 * error && error < 0.01 * exact, "{mean} +- {error}, not {exact}");
}

#[test]
fn one_server_that_breaks_down_has_the_response_of_white_and_christie() {
    response_is(1, 25.0, 30);
}

#[test]
fn three_servers_that_break_down_have_the_response_of_the_chain() {
    response_is(3, 7.0, 20);
}

/// What a device is up by the law of its life, servers are up; without memory, beginning anew takes
/// as long as going on; lost jobs wait less.
#[test]
fn jobs_are_lost_repeated_or_resumed_with_their_device() {
    let run =
        |on_failure: &str, metric: &str| observed(&scenario(3, 7.0, on_failure, 10), metric, 30);
    let (up, error) = run("resume", "service_servers_up_share");
    assert!((up - 2.0 / 3.0).abs() < 3.0 * error, "{up} +- {error}");
    let (lost, _) = run("lose", "service_lost_in_service_share");
    // A job in service ends with rate mu and is struck with rate xi.
    let (of, error) = run("lose", "service_interruptions_per_job");
    assert!((of - XI / (XI + MU)).abs() < 4.0 * error, "{of} +- {error}");
    assert!((lost - of).abs() < 1e-9, "each job that is struck is lost: {lost}, {of}");
    assert_eq!(run("restart", "service_lost_in_service_share").0, 0.0);
    let responses = ["lose", "resume"].map(|how| run(how, "service_response_mean").0);
    assert!(responses[0] < responses[1], "{responses:?}");
}

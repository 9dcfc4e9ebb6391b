//! What an ensemble will cost, from the first days of its first run.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use pinwheel_core::{SimDuration, Simulation, Streams};

use super::{PARTS, Study};
use crate::record::outcome::Names;
use crate::run::ensemble::Keep;
use crate::run::running::step_day;
use crate::run::stopwatch::Stopwatch;

/// How long the beginning of the first run is tried.
const TRIAL: Duration = Duration::from_millis(400);
/// Bytes of a row: in the file of a run, and in the table, measured on the shipped scenarios.
const ROW_BYTES: f64 = 37.0 + 8.0;

/// What all runs of a study will take, roughly.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct CostEstimate {
    /// Seconds of one core.
    pub seconds: f64,
    /// Bytes on disk.
    pub bytes: f64,
}

/// Simulates for less than half a second and reckons from that. Nothing is written.
pub fn estimate(study: &Study) -> CostEstimate {
    let experiment = &study.experiment;
    let stopwatch = Stopwatch::start();
    let streams = Streams::new(experiment.seed, 0);
    let scenario = &experiment.points[0].scenario;
    let mut simulation = Simulation::new(scenario.world(&streams), streams);
    let building = stopwatch.elapsed();
    let mut keep = Keep::new(experiment, PARTS);
    let mut names = Names::default();
    let (mut days, mut kept) = (0, 0);
    let stop = AtomicBool::new(false);
    while days < scenario.horizon_days && stopwatch.elapsed() < TRIAL {
        days += 1;
        if step_day(&mut simulation, days, &stop).is_err() {
            break;
        }
        let rows = simulation.ctx.records.drain();
        names.follow(&simulation.ctx.records);
        kept += keep.thin(rows, &names).len();
    }
    let all: u64 = experiment.points.iter().map(|p| u64::from(p.scenario.horizon_days)).sum();
    let times = all as f64 * f64::from(experiment.runs) / f64::from(days.max(1));
    // The rows that wait for their stretch of time to end count as much of it as has passed.
    let stretch = experiment.output.every.map_or(1.0, SimDuration::as_seconds);
    let passed = (f64::from(days) * 86_400.0 % stretch) / stretch;
    let kept = kept as f64 + passed * keep.finish().len() as f64;
    let stepping = (stopwatch.elapsed() - building).as_secs_f64();
    let seconds = building.as_secs_f64() * study.jobs().len() as f64 + stepping * times;
    CostEstimate { seconds, bytes: kept * times * ROW_BYTES }
}

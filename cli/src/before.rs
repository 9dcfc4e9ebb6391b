//! `pinwheel replay DIR --point P --run N --before TICK`: one run again, to just before a tick, and
//! what its records say there.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::civil::DateTime;
use pinwheel_analysis::Error;
use pinwheel_analysis::ensemble::EVENTS_UNWATCHED;
use pinwheel_analysis::plot::axis::spoken;
use pinwheel_analysis::store::Manifest;
use pinwheel_analysis::verdict::{Verdict, tick_of};
use pinwheel_core::{Amount, Metric, Row, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::input::quantity;
use pinwheel_models::scenario::{Experiment, Point};

use crate::exit::{Exit, Failure};
use crate::summary::{grid, number};
use crate::{network, run};

/// The last record of every series: by the number of its metric, then by its label.
type Last = BTreeMap<(u16, String), Row>;

/// Runs to just before `before` and prints what the run has recorded.
pub fn run(
    experiment: &Experiment,
    manifest: &Manifest,
    verdict: Option<&Verdict>,
    (point, run): (&str, u32),
    before: DateTime,
) -> Result<Exit, Failure> {
    let ids = || experiment.points.iter().map(|point| point.id.as_str());
    let Some(chosen) = experiment.points.iter().find(|one| one.id == point) else {
        let known: Vec<&str> = ids().take(24).collect();
        let message =
            format!("no point \"{point}\" in {}; there is {}", manifest.name, known.join(", "));
        return Err(Failure::bad_input(message));
    };
    if run >= experiment.runs {
        let message = format!("run {run}: {} has runs 0 to {}", manifest.name, experiment.runs - 1);
        return Err(Failure::bad_input(message));
    }
    let end = instant_before(chosen, before)?;
    let streams = Streams::new(experiment.seed, run);
    let mut simulation = Simulation::new(network::build(&chosen.scenario, &streams), streams);
    let last = last_records(&mut simulation, end, &run::stop_flag())?;
    let now = tick_of(chosen, last.values().map(|row| row.time).max().unwrap_or(SimTime::ZERO));
    println!("{point} run {run}: {} events, all before {before}", simulation.ctx.events());
    println!("last record: {now}\n");
    for row in verdict.iter().flat_map(|verdict| &verdict.invariants) {
        let here = row.failure.as_ref().filter(|failure| {
            failure.point == point && failure.run == run && failure.tick == before.to_string()
        });
        let Some(failure) = here else { continue };
        println!("{}: {}", row.id, row.expression);
        println!(
            "  at {before}: {}: {} against {}",
            failure.comparison, failure.left, failure.right
        );
        println!("  one tick before:");
        let stated = experiment.invariants.iter().find(|invariant| invariant.id == row.id);
        let names = stated.map(|invariant| invariant.condition.metrics()).unwrap_or_default();
        println!("{}\n", table(&last, |name| names.contains(&name)));
    }
    println!("every metric, its last record:\n{}", table(&last, |_| true));
    Ok(Exit::Pass)
}

/// The last instant before a date and time of a run.
fn instant_before(point: &Point, before: DateTime) -> Result<SimTime, Failure> {
    let start = tick_of(point, SimTime::ZERO);
    let nanos = before.duration_since(start).as_nanos();
    let horizon = SimDuration::from_days(u64::from(point.scenario.horizon_days));
    match u64::try_from(nanos) {
        Ok(nanos @ 1..) if nanos <= horizon.as_nanos() + 1 => Ok(SimTime::from_nanos(nanos - 1)),
        _ => {
            let end = tick_of(point, SimTime::ZERO + horizon);
            let message = format!("{before} is outside the run, which goes from {start} to {end}");
            Err(Failure::bad_input(message))
        }
    }
}

fn last_records(
    simulation: &mut Simulation<pinwheel_models::world::World>,
    end: SimTime,
    stop: &AtomicBool,
) -> Result<Last, Failure> {
    let mut last = Last::new();
    loop {
        let more = (0..EVENTS_UNWATCHED).all(|_| simulation.step(end).is_some());
        for row in simulation.ctx.records.drain() {
            let label = &simulation.ctx.records.labels()[usize::from(row.label.0)];
            last.insert((row.metric.0, label.clone()), row);
        }
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Stopped.into());
        }
        if !more {
            return Ok(last);
        }
    }
}

/// The series of the wanted metrics, a line each; a run may fail at its first record.
fn table(last: &Last, wanted: impl Fn(&str) -> bool) -> String {
    let mut grid = grid(&["metric", "label", "value", "unit", "exact"]);
    for ((metric, label), row) in last {
        let spec = network::metrics().spec(Metric(*metric));
        if !wanted(spec.name) {
            continue;
        }
        let decimals = quantity::money_decimals(spec.unit).and_then(|d| u32::try_from(d).ok());
        let exact = row.exact.map(|units| Amount(units).display(decimals.unwrap_or(0)).to_string());
        grid.add_row(vec![
            spec.name.into(),
            label.into(),
            number(spoken(row.value)),
            spec.unit.into(),
            number(exact.unwrap_or_default()),
        ]);
    }
    if grid.row_count() == 0 { " nothing yet".to_owned() } else { grid.to_string() }
}

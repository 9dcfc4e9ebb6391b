//! `pinwheel run --profile`: what each kind of event costs.
//!
//! One run, one event at a time, with a look at the clock after each. The cost of the look itself
//! is measured before and taken off. Taking an event from the queue counts as part of it.

#![expect(clippy::disallowed_types, reason = "this measures the machine, not the model")]

use std::time::Instant;

use pinwheel_analysis::record::manifest::{Manifest, RunEntry};
use pinwheel_analysis::wording::grouped;
use pinwheel_core::{Event as _, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::registry;
use pinwheel_models::scenario::Experiment;

use crate::exit::{Exit, Failure};
use crate::summary;

/// Looks at the clock that tell what one costs.
const LOOKS: u32 = 1_000_000;
const KINDS: usize = 256;

#[derive(Copy, Clone, Default)]
struct Cost {
    events: u64,
    nanos: u64,
}

/// Runs the first run of the first point and prints the table; nothing is written.
pub fn run(experiment: &Experiment) -> Result<Exit, Failure> {
    let point = experiment.points.first().ok_or_else(|| Failure::bad_input("no variant to run"))?;
    let look_nanos = look_nanos();
    let streams = Streams::new(experiment.seed, 0);
    let mut simulation = Simulation::new(point.scenario.world(&streams), streams);
    let mut costs = [Cost::default(); KINDS];
    for day in 1..=point.scenario.horizon_days {
        let end = SimTime::ZERO + SimDuration::from_days(u64::from(day));
        let mut before = Instant::now();
        while let Some(event) = simulation.step(end) {
            let now = Instant::now();
            let cost = &mut costs[usize::from(event.kind())];
            cost.events += 1;
            cost.nanos += u64::try_from((now - before).as_nanos()).unwrap_or(u64::MAX);
            before = now;
        }
        simulation.ctx.records.drain();
        if simulation.ctx.checks.breached() {
            break;
        }
    }
    outln!("{}", table(&costs, look_nanos));
    let ctx = &simulation.ctx;
    let entry = RunEntry::new(&point.id, 0, ctx.events(), &ctx.fingerprint);
    outln!("fingerprint: {}", Manifest::combine(&[entry]));
    Ok(Exit::passed(!ctx.checks.breached()))
}

/// Nanoseconds of one look at the clock.
fn look_nanos() -> f64 {
    let start = Instant::now();
    let mut last = start;
    for _ in 0..LOOKS {
        last = std::hint::black_box(Instant::now());
    }
    (last - start).as_nanos() as f64 / f64::from(LOOKS)
}

fn table(costs: &[Cost], look_nanos: f64) -> String {
    let net = |cost: &Cost| (cost.nanos as f64 - cost.events as f64 * look_nanos).max(0.0);
    let (events, nanos) =
        costs.iter().fold((0, 0.0), |(events, nanos), c| (events + c.events, nanos + net(c)));
    let mut grid = summary::grid(&["kind of event", "events", "ns/event", "share of time"]);
    let mut row = |name: &str, count: u64, spent: f64| {
        let cells = [
            grouped(count as f64, 0),
            grouped(spent / count.max(1) as f64, 0),
            format!("{:.1} %", 100.0 * spent / nanos.max(1.0)),
        ];
        let mut row = vec![comfy_table::Cell::new(name)];
        row.extend(cells.map(summary::number));
        grid.add_row(row);
    };
    let used = (0..=u8::MAX).zip(costs).filter(|(_, cost)| cost.events > 0);
    used.for_each(|(kind, cost)| {
        row(registry::ALL.event_name(kind).unwrap_or("unnamed"), cost.events, net(cost))
    });
    row("all", events, nanos);
    let rate = events as f64 / nanos.max(1.0) * 1e3;
    format!("{grid}\n\n{rate:.2} M events/s; {look_nanos:.0} ns a look at the clock are taken off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_taken_off_and_only_kinds_that_happened_are_shown() {
        let mut costs = [Cost::default(); KINDS];
        costs[17] = Cost { events: 10, nanos: 1_200 };
        let text = table(&costs, 20.0);
        assert!(text.contains("deadline") && !text.contains("epoch"), "{text}");
        assert!(text.contains("100") && text.contains("100.0 %"), "{text}");
        assert!(text.contains("10.00 M events/s"), "{text}");
    }
}

//! The connection layer: links, protocols, gateways, mesh, books.

mod gossip;
mod links;
mod protocols;
mod runs;

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::connection::{Isolated, Settings};

/// The layer alone after so many seconds; no check may have been breached.
fn run(settings: &Settings, seed: u64, seconds: u64) -> Simulation<Isolated> {
    let streams = Streams::new(seed, 0);
    let mut run = Simulation::new(Isolated::new(settings, &streams), streams);
    run.run_until(SimTime::ZERO + SimDuration::from_seconds(seconds));
    assert_eq!(run.ctx.checks.breach(), None);
    run
}

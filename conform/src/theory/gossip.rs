//! Gossip and collecting: how long until all know.

use pinwheel_core::{Context, Model, SimDuration, SimTime, Simulation, Streams};

use super::Case;
use pinwheel_models::connection::gossip::{Event, Gossip, Law};

const PART: &str = "3 gossip";
const SECOND: SimDuration = SimDuration::from_seconds(1);
/// Longer than any rumour here lives.
const HORIZON: SimTime = SimTime::from_nanos(100_000 * 1_000_000_000);

const ROUNDS: &str = "about log2 n + ln n; mean of a Monte Carlo made elsewhere";
const CLOCKS: &str = "sum of (n-1) / (k (n-k)) for k from 1 to n-1";
const COUPONS: &str = "n H_n";

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    Case { id: "gossip_rounds_100", part: PART, what: "rounds of synchronous push until 100 nodes know", formula: ROUNDS, theory: 12.37, tolerance: 0.02, replications: 400, observe: |s| rounds(100, s) },
    Case { id: "gossip_rounds_1000", part: PART, what: "rounds of synchronous push until 1,000 nodes know", formula: ROUNDS, theory: 18.00, tolerance: 0.02, replications: 200, observe: |s| rounds(1_000, s) },
    Case { id: "gossip_rounds_10000", part: PART, what: "rounds of synchronous push until 10,000 nodes know", formula: ROUNDS, theory: 23.54, tolerance: 0.02, replications: 60, observe: |s| rounds(10_000, s) },
    Case { id: "gossip_clocks_10", part: PART, what: "time of asynchronous push until 10 nodes know", formula: CLOCKS, theory: 5.092_143, tolerance: 0.02, replications: 4_000, observe: |s| clocks(10, s) },
    Case { id: "gossip_clocks_100", part: PART, what: "time of asynchronous push until 100 nodes know", formula: CLOCKS, theory: 10.251_207, tolerance: 0.02, replications: 2_000, observe: |s| clocks(100, s) },
    Case { id: "gossip_clocks_1000", part: PART, what: "time of asynchronous push until 1,000 nodes know", formula: CLOCKS, theory: 14.953_973, tolerance: 0.02, replications: 300, observe: |s| clocks(1_000, s) },
    Case { id: "coupons_10", part: PART, what: "random calls of one node until 10 others have heard", formula: COUPONS, theory: 29.2897, tolerance: 0.03, replications: 4_000, observe: |s| coupons(10, s) },
    Case { id: "coupons_100", part: PART, what: "random calls of one node until 100 others have heard", formula: COUPONS, theory: 518.738, tolerance: 0.03, replications: 1_000, observe: |s| coupons(100, s) },
];

/// A rumour alone in the world.
struct Rumour {
    gossip: Gossip,
    newly: Vec<u32>,
}

impl Model for Rumour {
    type Event = Event;

    fn start(&mut self, ctx: &mut Context<Event>) {
        self.gossip.start(0, ctx);
    }
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        self.gossip.handle(event, ctx, &mut self.newly);
    }
}

/// Spreads a rumour until all know; returns seconds and pushes.
fn spread(law: Law, nodes: u32, streams: &Streams) -> (f64, f64) {
    let gossip = Gossip::new(law, nodes, 0, streams);
    let mut run = Simulation::new(Rumour { gossip, newly: Vec::new() }, *streams);
    while run.model.gossip.complete_at().is_none() {
        assert!(run.step(HORIZON).is_some(), "a rumour reaches all in the end");
    }
    assert_eq!(run.model.newly.len(), nodes as usize - 1, "each but the origin hears it once");
    let gossip = &run.model.gossip;
    let done = gossip.complete_at().unwrap_or_default();
    (done.as_seconds(), gossip.messages() as f64)
}

fn rounds(nodes: u32, streams: &Streams) -> f64 {
    spread(Law::Rounds { period: SECOND }, nodes, streams).0
}
fn clocks(nodes: u32, streams: &Streams) -> f64 {
    spread(Law::Clocks { mean: SECOND }, nodes, streams).0
}
fn coupons(others: u32, streams: &Streams) -> f64 {
    spread(Law::OriginOnly { period: SECOND }, others + 1, streams).1
}

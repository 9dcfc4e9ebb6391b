//! Gossip and collecting: how long until one, half or all know.

use pinwheel_core::{SimDuration, Streams};

use super::Case;
use pinwheel_models::connection::gossip::{Law, Push, Spread, spread};

const PART: &str = "3 gossip";
const SECOND: SimDuration = SimDuration::from_seconds(1);

/// Pushes of a round one after the other: with K told so far, the next finds a node that is not
/// with the chance `(n - K) / (n - 1)`; from that the law of a round, and the mean backwards from n.
const ROUNDS: &str = "exact, from the law of one round; about log2 n + ln n";
const ROUNDS_WIDE: &str = "exact, from the law of one round of hypergeometric pushes";
const CLOCKS: &str = "sum of (n-1) / (k (n-k)) for k from 1 to n-1";
const HALF: &str = "sum of (n-1) / (k (n-k)) for k from 1 to n/2-1";
/// The k-th to hear is any of the others: `sum (n-1) / (k (n-k)) (n-k) / (n-1)`.
const MEAN: &str = "H_(n-1)";
/// The other node hears from the origin after `h + E`, or by the third after `2 h + E1 + E2`, each
/// `E` exponential with mean 2; the mean is the integral of the chance of neither.
const HOP: &str = "h + 2 - exp(-h/2) / 2";
const COUPONS: &str = "n H_n";

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    Case { id: "gossip_rounds_100", part: PART, what: "rounds of synchronous push until 100 nodes know", formula: ROUNDS, theory: 12.304_524, tolerance: 0.02, replications: 400, observe: |s| rounds(100, 1, s) },
    Case { id: "gossip_rounds_1000", part: PART, what: "rounds of synchronous push until 1,000 nodes know", formula: ROUNDS, theory: 18.038_348, tolerance: 0.02, replications: 200, observe: |s| rounds(1_000, 1, s) },
    Case { id: "gossip_rounds_10000", part: PART, what: "rounds of synchronous push until 10,000 nodes know", formula: ROUNDS, theory: 23.678_231, tolerance: 0.02, replications: 60, observe: |s| rounds(10_000, 1, s) },
    Case { id: "gossip_fan_out_100", part: PART, what: "rounds of synchronous push to three until 100 nodes know", formula: ROUNDS_WIDE, theory: 5.636_633, tolerance: 0.02, replications: 400, observe: |s| rounds(100, 3, s) },
    Case { id: "gossip_clocks_10", part: PART, what: "time of asynchronous push until 10 nodes know", formula: CLOCKS, theory: 5.092_143, tolerance: 0.02, replications: 4_000, observe: |s| clocks(10, s) },
    Case { id: "gossip_clocks_100", part: PART, what: "time of asynchronous push until 100 nodes know", formula: CLOCKS, theory: 10.251_207, tolerance: 0.02, replications: 2_000, observe: |s| clocks(100, s) },
    Case { id: "gossip_clocks_1000", part: PART, what: "time of asynchronous push until 1,000 nodes know", formula: CLOCKS, theory: 14.953_973, tolerance: 0.02, replications: 300, observe: |s| clocks(1_000, s) },
    Case { id: "gossip_half_100", part: PART, what: "time of asynchronous push until 50 of 100 nodes know", formula: HALF, theory: 5.105_804, tolerance: 0.02, replications: 4_000, observe: |s| half(100, s) },
    Case { id: "gossip_mean_100", part: PART, what: "time of asynchronous push until another of 100 nodes knows", formula: MEAN, theory: 5.177_378, tolerance: 0.02, replications: 4_000, observe: |s| mean(100, SimDuration::ZERO, s) },
    Case { id: "gossip_hop_3", part: PART, what: "the same of three nodes with a hop of one period", formula: HOP, theory: 2.696_735, tolerance: 0.02, replications: 4_000, observe: |s| mean(3, SECOND, s) },
    Case { id: "coupons_10", part: PART, what: "random calls of one node until 10 others have heard", formula: COUPONS, theory: 29.2897, tolerance: 0.03, replications: 4_000, observe: |s| coupons(10, s) },
    Case { id: "coupons_100", part: PART, what: "random calls of one node until 100 others have heard", formula: COUPONS, theory: 518.738, tolerance: 0.03, replications: 1_000, observe: |s| coupons(100, s) },
];

/// A rumour with a push a second.
fn tell(push: Push, fan_out: u32, hop: SimDuration, nodes: u32, streams: &Streams) -> Spread {
    let law = Law { push, period: SECOND, fan_out, hop };
    spread(&law, nodes, 0, &mut streams.stream(0, "connection.gossip"))
}
/// Seconds until each knows, in the order of hearing.
fn seconds(spread: &Spread) -> Vec<f64> {
    let mut heard = spread.heard_after.clone();
    heard.sort();
    heard.into_iter().map(SimDuration::as_seconds).collect()
}
fn all(spread: &Spread) -> f64 {
    seconds(spread).last().copied().expect("at least two nodes")
}

fn rounds(nodes: u32, fan_out: u32, streams: &Streams) -> f64 {
    all(&tell(Push::Synchronous, fan_out, SimDuration::ZERO, nodes, streams))
}
fn clocks(nodes: u32, streams: &Streams) -> f64 {
    all(&tell(Push::Asynchronous, 1, SimDuration::ZERO, nodes, streams))
}
fn half(nodes: u32, streams: &Streams) -> f64 {
    let spread = tell(Push::Asynchronous, 1, SimDuration::ZERO, nodes, streams);
    seconds(&spread)[nodes as usize / 2 - 1]
}
/// Until the others know, on average.
fn mean(nodes: u32, hop: SimDuration, streams: &Streams) -> f64 {
    let spread = tell(Push::Asynchronous, 1, hop, nodes, streams);
    seconds(&spread).iter().sum::<f64>() / f64::from(nodes - 1)
}
fn coupons(others: u32, streams: &Streams) -> f64 {
    tell(Push::OriginOnly, 1, SimDuration::ZERO, others + 1, streams).messages as f64
}

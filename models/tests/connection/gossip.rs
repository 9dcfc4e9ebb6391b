//! Gossip: who hears when, and how many messages that takes.

use pinwheel_core::{SimDuration, Streams};
use pinwheel_models::connection::gossip::{Law, Push, Spread, spread};

const SECOND: SimDuration = SimDuration::from_seconds(1);

fn law(push: Push, fan_out: u32, hop: SimDuration) -> Law {
    Law { push, period: SECOND, fan_out, hop }
}
fn told(law: &Law, nodes: u32, origin: u32) -> Spread {
    spread(law, nodes, origin, &mut Streams::new(1, 0).stream(0, "test"))
}

#[test]
fn each_node_but_the_origin_hears_later() {
    for push in [Push::Synchronous, Push::Asynchronous, Push::OriginOnly] {
        let spread = told(&law(push, 3, SECOND), 20, 7);
        assert_eq!(spread.heard_after.len(), 20);
        for (node, heard) in (0..).zip(&spread.heard_after) {
            assert_eq!(node == 7, *heard == SimDuration::ZERO);
            assert!(node == 7 || *heard >= SECOND, "{push:?} {node} {heard}");
        }
    }
}

#[test]
fn a_push_goes_to_different_others() {
    // Five of five others at the first push, and all of them if more are asked for.
    for fan_out in [5, 9] {
        let spread = told(&law(Push::Synchronous, fan_out, SECOND), 6, 2);
        assert_eq!(spread.messages % 5, 0);
        let late = SECOND + SECOND;
        assert!((0..).zip(&spread.heard_after).all(|(node, at)| node == 2 || *at == late));
    }
}

#[test]
fn two_nodes_need_one_push() {
    let spread = told(&law(Push::Synchronous, 1, SimDuration::ZERO), 2, 1);
    assert_eq!((spread.heard_after[0], spread.messages), (SECOND, 1));
}

#[test]
fn the_estimate_is_near_the_mean() {
    for (push, fan_out) in [(Push::Synchronous, 1), (Push::Asynchronous, 4), (Push::OriginOnly, 2)]
    {
        let law = law(push, fan_out, SECOND);
        let mut draws = Streams::new(1, 0).stream(0, "test");
        let mut sum = 0.0;
        for _ in 0..100 {
            let heard = spread(&law, 50, 0, &mut draws).heard_after;
            sum += heard.iter().map(|at| at.as_seconds()).sum::<f64>() / 49.0;
        }
        let ratio = law.seconds_about(50) / (sum / 100.0);
        assert!((0.5..2.0).contains(&ratio), "{push:?}: {ratio}");
    }
}

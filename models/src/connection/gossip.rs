//! Gossip: how a rumour (a block, a transaction, a membership) reaches all nodes of a network in
//! which each who knows it pushes it, again and again, to others chosen uniformly.
//!
//! Synchronous: all who know it at the start of a round push at once (Frieze and Grimmett, "The
//! shortest-path problem for graphs with random arc-lengths", 1985: about `log2 n + ln n` rounds).
//! Asynchronous: each pushes at the times of its own Poisson process (Boyd and others, "Randomized
//! gossip algorithms", 2006). Without relay only the origin pushes, and it becomes the coupon
//! collector.
//!
//! [`spread`] is a pure function of a law and a random stream; proof of work lets its blocks travel
//! by it, each block as a rumour of its own.
//!
//! Left out: pull, losses, nodes that leave, pushes that wait for each other on a link.
//!
//! Invariants: a node that knows never forgets; nobody pushes to itself; all is still once all know.

use std::collections::VecDeque;

use pinwheel_core::distribution::Exponential;
use pinwheel_core::{SimDuration, Stream, math};
use serde::{Deserialize, Serialize};

crate::parameters! {
    /// Numbers of a gossip.
    pub struct GossipParameters {
        /// Time between two pushes of a node; the mean of it where pushes are asynchronous.
        period: "s" = 1.0, in 0.001 ..= 86400.0, "scenario";
        /// Other nodes that one push goes to.
        fan_out: "1" = 1.0, in 1.0 ..= 100.0, "Boyd and others 2006: one; gossipsub of Ethereum: 8";
        /// Time from a push until it is heard.
        hop: "s" = 0.0, in 0.0 ..= 86400.0, "scenario";
    }
}

/// Who pushes, and when.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Push {
    /// All who know, at once, every period.
    Synchronous,
    /// Each who knows, by its own Poisson process with the period as the mean between pushes.
    Asynchronous,
    /// Only the origin, every period.
    OriginOnly,
}

/// The law of a gossip.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Law {
    /// Who pushes, and when.
    pub push: Push,
    /// Time, or mean time, between two pushes of a node; positive.
    pub period: SimDuration,
    /// Different other nodes that one push goes to, at least one; all others if there are fewer.
    pub fan_out: u32,
    /// Time from a push until it is heard.
    pub hop: SimDuration,
}

impl Law {
    /// The law with these parameters.
    pub fn new(push: Push, parameters: &GossipParameters) -> Self {
        Law {
            push,
            period: SimDuration::from_seconds_f64(parameters.period),
            fan_out: parameters.fan_out as u32,
            hop: SimDuration::from_seconds_f64(parameters.hop),
        }
    }

    /// About the seconds until another node hears, on average, to hold against other times. With
    /// relay, those who know become `1 + fan_out` times as many each period and hop; without, it is
    /// the mean of a geometric number of periods.
    pub fn seconds_about(&self, nodes: u32) -> f64 {
        let (period, hop) = (self.period.as_seconds(), self.hop.as_seconds());
        let (nodes, fan_out) = (f64::from(nodes), f64::from(self.fan_out));
        match self.push {
            Push::Synchronous | Push::Asynchronous => {
                (period + hop) * math::ln(nodes) / math::ln(1.0 + fan_out)
            }
            Push::OriginOnly => period * f64::max((nodes - 1.0) / fan_out, 1.0) + hop,
        }
    }
}

/// How one rumour spread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    /// When each node heard it, from the start on; the origin at zero.
    pub heard_after: Vec<SimDuration>,
    /// Messages sent until all knew.
    pub messages: u64,
}

/// Spreads a rumour from `origin` among so many nodes until all know it.
///
/// # Panics
/// If there are fewer than two nodes.
pub fn spread(law: &Law, nodes: u32, origin: u32, draws: &mut Stream) -> Spread {
    assert!(nodes >= 2, "a rumour needs somebody to tell it to");
    let mut rumour = Rumour {
        law,
        heard: vec![None; nodes as usize],
        knowing: Vec::with_capacity(nodes as usize),
        on_their_way: VecDeque::new(),
        messages: 0,
        draws,
    };
    rumour.learn(origin, SimDuration::ZERO);
    rumour.run();
    let heard_after = rumour.heard.into_iter().map(|heard| heard.expect("all know at the end"));
    Spread { heard_after: heard_after.collect(), messages: rumour.messages }
}

/// A rumour while it spreads.
struct Rumour<'a> {
    law: &'a Law,
    heard: Vec<Option<SimDuration>>,
    /// Who knows, in the order of hearing.
    knowing: Vec<u32>,
    /// When who will hear. Every hop takes the same time, so the order of sending is the order of
    /// arriving.
    on_their_way: VecDeque<(SimDuration, u32)>,
    messages: u64,
    draws: &'a mut Stream,
}

impl Rumour<'_> {
    /// Pushes until all know. What arrives at the time of a push is heard before it.
    fn run(&mut self) {
        let mut push_at = self.next_push(SimDuration::ZERO);
        while self.knowing.len() < self.heard.len() {
            match self.on_their_way.front() {
                Some(&(arrives, node)) if arrives <= push_at => {
                    self.on_their_way.pop_front();
                    if self.heard[node as usize].is_none() {
                        self.learn(node, arrives);
                        // One more pushes; the Poisson processes have no memory.
                        if self.law.push == Push::Asynchronous {
                            push_at = self.next_push(arrives);
                        }
                    }
                }
                _ => {
                    self.push(push_at);
                    push_at = self.next_push(push_at);
                }
            }
        }
    }

    fn learn(&mut self, node: u32, time: SimDuration) {
        self.heard[node as usize] = Some(time);
        self.knowing.push(node);
    }

    /// When somebody pushes next.
    fn next_push(&mut self, now: SimDuration) -> SimDuration {
        match self.law.push {
            Push::Synchronous | Push::OriginOnly => now + self.law.period,
            Push::Asynchronous => {
                let mean = self.law.period.as_seconds() / self.knowing.len() as f64;
                let law = Exponential::new(mean).expect("a positive period");
                now + SimDuration::from_seconds_f64(law.sample(self.draws))
            }
        }
    }

    /// Those whose turn it is push.
    fn push(&mut self, now: SimDuration) {
        match self.law.push {
            Push::Synchronous => {
                for place in 0..self.knowing.len() {
                    self.push_from(self.knowing[place], now);
                }
            }
            Push::Asynchronous => {
                let place = self.draws.below(self.knowing.len() as u64) as usize;
                self.push_from(self.knowing[place], now);
            }
            Push::OriginOnly => self.push_from(self.knowing[0], now),
        }
    }

    /// One node pushes to so many different others (Floyd's sampling: Bentley and Floyd, "A sample
    /// of brilliance", 1987).
    fn push_from(&mut self, node: u32, now: SimDuration) {
        let others = self.heard.len() as u32 - 1;
        let count = self.law.fan_out.min(others);
        let arrives = now + self.law.hop;
        let first = self.on_their_way.len();
        for last in others - count..others {
            let drawn = self.draws.below(u64::from(last) + 1) as u32;
            let past_self = |other: u32| if other >= node { other + 1 } else { other };
            let target = past_self(drawn);
            let taken = self.on_their_way.range(first..).any(|(_, other)| *other == target);
            let target = if taken { past_self(last) } else { target };
            self.on_their_way.push_back((arrives, target));
        }
        self.messages += u64::from(count);
    }
}

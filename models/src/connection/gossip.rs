//! Gossip: how a rumour (a block, a transaction, a membership) reaches all nodes of a network in
//! which each who knows it pushes it to one other node, chosen uniformly.
//!
//! In rounds, all who knew it at the round's start push once (Frieze and Grimmett, "The shortest-
//! path problem for graphs with random arc-lengths", 1985: about `log2 n + ln n` rounds). With
//! clocks, each pushes at the times of its own Poisson process (Boyd and others, "Randomized gossip
//! algorithms", 2006). Without relay only the origin pushes, and it becomes the coupon collector.
//!
//! Left out: pull, losses, the time a push takes (add it to the period), nodes that leave.
//!
//! Invariants: a node that knows never forgets; nobody pushes to itself; all is still once all know.

use pinwheel_core::distribution::Exponential;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, SimDuration, SimTime, Stream, Streams};
use serde::{Deserialize, Serialize};

use crate::describe::EventKinds;

/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds { first: 46, names: &["gossip round", "gossip push"] };

/// What happens while a rumour spreads.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Everybody who knows pushes once.
    Round,
    /// One node pushes.
    Push { node: u32 },
}

impl EngineEvent for Event {
    fn kind(&self) -> u8 {
        KINDS.kind(match self {
            Event::Round => 0,
            Event::Push { .. } => 1,
        })
    }
}

/// When nodes push, and who.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Law {
    /// All at once, every period.
    Rounds { period: SimDuration },
    /// Each by its own clock with this mean between pushes.
    Clocks { mean: SimDuration },
    /// Only the origin, every period.
    OriginOnly { period: SimDuration },
}

/// One rumour and who has heard it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Gossip {
    law: Law,
    heard: Vec<bool>,
    /// Who knows, in the order of hearing.
    knowing: Vec<u32>,
    messages: u64,
    complete_at: Option<SimTime>,
    draws: Stream,
}

impl Gossip {
    /// A rumour among so many nodes, at least two; `rumour` names its random stream.
    pub fn new(law: Law, nodes: u32, rumour: u32, streams: &Streams) -> Self {
        assert!(nodes >= 2, "a rumour needs somebody to tell it to");
        let draws = streams.stream(rumour, "connection.gossip");
        let heard = vec![false; nodes as usize];
        Gossip { law, heard, knowing: Vec::new(), messages: 0, complete_at: None, draws }
    }
    /// The origin begins to spread it.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, origin: u32, ctx: &mut Context<E>) {
        assert!(self.knowing.is_empty(), "a rumour starts once");
        self.learn(origin, ctx);
        if let Law::Rounds { period } | Law::OriginOnly { period } = self.law {
            ctx.after(period, E::from(Event::Round));
        }
    }
    /// Reacts to an event; nodes that hear the rumour now are added to `newly`.
    pub fn handle<E: EngineEvent + From<Event>>(
        &mut self,
        event: Event,
        ctx: &mut Context<E>,
        newly: &mut Vec<u32>,
    ) {
        if self.complete_at.is_some() {
            return;
        }
        let first = self.knowing.len();
        match (event, self.law) {
            (Event::Push { node }, _) => {
                self.push(node, ctx);
                self.arm(node, ctx);
            }
            (Event::Round, Law::OriginOnly { period }) => {
                self.push(self.knowing[0], ctx);
                ctx.after(period, E::from(Event::Round));
            }
            (Event::Round, Law::Rounds { period }) => {
                for place in 0..first {
                    self.push(self.knowing[place], ctx);
                }
                ctx.after(period, E::from(Event::Round));
            }
            (Event::Round, Law::Clocks { .. }) => {}
        }
        newly.extend(&self.knowing[first..]);
    }
    fn push<E: EngineEvent + From<Event>>(&mut self, node: u32, ctx: &mut Context<E>) {
        let other = self.draws.below(self.heard.len() as u64 - 1) as u32;
        let target = if other >= node { other + 1 } else { other };
        self.messages += 1;
        if !self.heard[target as usize] {
            self.learn(target, ctx);
        }
    }
    fn learn<E: EngineEvent + From<Event>>(&mut self, node: u32, ctx: &mut Context<E>) {
        self.heard[node as usize] = true;
        self.knowing.push(node);
        if self.knowing.len() == self.heard.len() {
            self.complete_at = Some(ctx.now());
        }
        self.arm(node, ctx);
    }
    fn arm<E: EngineEvent + From<Event>>(&mut self, node: u32, ctx: &mut Context<E>) {
        if let (Law::Clocks { mean }, None) = (self.law, self.complete_at) {
            let law = Exponential::new(mean.as_seconds()).expect("a positive mean");
            let delay = SimDuration::from_seconds_f64(law.sample(&mut self.draws));
            ctx.after(delay, E::from(Event::Push { node }));
        }
    }
    /// Nodes that know it.
    pub fn knowing(&self) -> usize {
        self.knowing.len()
    }
    /// Pushes so far.
    pub fn messages(&self) -> u64 {
        self.messages
    }
    /// When the last node heard it, if all have.
    pub fn complete_at(&self) -> Option<SimTime> {
        self.complete_at
    }
}

//! Two sides that mine against each other: their block clocks, and the fork between them.

use pinwheel_core::distribution::Exponential;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, SimDuration, Stream, Streams};
use serde::{Deserialize, Serialize};

use super::Event;
use crate::blockchain::Event as LayerEvent;

/// Which contest a block belongs to.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Contest {
    /// The race of a double spend.
    DoubleSpend,
    /// The branches of a selfish pool.
    SelfishMining,
}

/// Who found a block.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// Everybody else.
    Honest,
    /// The attacker, or the selfish pool.
    Attacker,
}

/// Two Poisson processes that share the hash power: blocks of the honest side and of the attacker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Miners {
    contest: Contest,
    honest: (Exponential, Stream),
    attacker: (Exponential, Stream),
}

impl Miners {
    /// Miners who find a block every `interval` together, the attacker `share` of them.
    ///
    /// # Panics
    ///
    /// If the share is not above 0 and below 1, or the interval is zero.
    pub fn new(contest: Contest, share: f64, interval: SimDuration, streams: &Streams) -> Self {
        let clock = |side: Side, share: f64| {
            let mean = interval.as_seconds() / share;
            let law = Exponential::new(mean).expect("a share between 0 and 1, an interval");
            (law, streams.stream(contest as u32 * 2 + side as u32, "blockchain.attack.block"))
        };
        let honest = clock(Side::Honest, 1.0 - share);
        Miners { contest, honest, attacker: clock(Side::Attacker, share) }
    }

    /// Schedules the first block of both sides. Called once, at time zero.
    pub fn start<E: EngineEvent + From<LayerEvent>>(&mut self, ctx: &mut Context<E>) {
        self.arm(Side::Honest, ctx);
        self.arm(Side::Attacker, ctx);
    }

    /// Schedules the next block of a side.
    pub fn arm<E: EngineEvent + From<LayerEvent>>(&mut self, side: Side, ctx: &mut Context<E>) {
        let (law, stream) = match side {
            Side::Honest => &mut self.honest,
            Side::Attacker => &mut self.attacker,
        };
        let delay = SimDuration::from_seconds_f64(law.sample(stream));
        ctx.after(delay, Event::Mined { contest: self.contest, side }.lift());
    }
}

/// Two branches that grow from one last common block, by their lengths.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fork {
    /// Blocks of the branch of everybody else.
    pub honest: u32,
    /// Blocks of the attacker's branch.
    pub attacker: u32,
}

impl Fork {
    /// One block more on the branch of a side.
    pub fn grow(&mut self, side: Side) {
        match side {
            Side::Honest => self.honest += 1,
            Side::Attacker => self.attacker += 1,
        }
    }
}

/// What has become of the blocks of both sides, once one branch was given up.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Blocks of the main chain.
    pub honest: u64,
    /// The attacker's blocks that stay.
    pub attacker: u64,
    /// Blocks of branches that were given up.
    pub honest_stale: u64,
    /// The attacker's blocks that were given up.
    pub attacker_stale: u64,
    /// Honest branches that were replaced, the blocks of them, and the longest.
    pub reorganisations: u64,
    /// Most blocks that were replaced at once.
    pub depth_max: u32,
}

impl Settled {
    /// The honest branch is the main chain from here on.
    pub fn honest_wins(&mut self, fork: Fork) {
        self.honest += u64::from(fork.honest);
        self.attacker_stale += u64::from(fork.attacker);
    }
    /// The attacker's branch is; nodes reorganise if they had seen honest blocks.
    pub fn attacker_wins(&mut self, fork: Fork) {
        self.attacker += u64::from(fork.attacker);
        self.honest_stale += u64::from(fork.honest);
        self.reorganisations += u64::from(fork.honest > 0);
        self.depth_max = self.depth_max.max(fork.honest);
    }
    /// The attacker's share of the blocks of the main chain.
    pub fn attacker_share(&self) -> f64 {
        share(self.attacker, self.honest + self.attacker)
    }
    /// Every block found so far that is settled.
    pub fn blocks(&self) -> u64 {
        self.honest + self.attacker + self.honest_stale + self.attacker_stale
    }
}

/// A part of a whole, as a share; 0 where the whole is 0.
pub fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

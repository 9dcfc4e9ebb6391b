//! Selfish mining: a pool that keeps its blocks back (Eyal and Sirer, "Majority is not enough:
//! Bitcoin mining is vulnerable", FC 2014, algorithm 1).
//!
//! In a tie a share `gamma` of the honest power mines on the pool's block. Revenue is the share of
//! the blocks of the main chain, which is what a retargeted difficulty pays by.
//!
//! Left out: propagation of blocks (it is in `gamma`), several pools, stubborn variants.
//! Invariants: the public branch is never longer than the pool's private one while both are open;
//! every block found is settled once or lies in the open fork.

use pinwheel_core::check::CheckId;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, SimDuration, Stream, Streams};
use serde::{Deserialize, Serialize};

use super::mining::{Contest, Fork, Miners, Settled, Side};
use crate::blockchain::Event as LayerEvent;

/// What a scenario says of selfish mining.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelfishSettings {
    /// The pool's share of the hash power.
    pub share: f64,
    /// Share of the honest power that mines on the pool's block in a tie.
    pub gamma: f64,
    /// Mean time between blocks of both sides together.
    pub interval: SimDuration,
}

/// A selfish pool against honest miners.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SelfishMining {
    /// What the scenario says.
    pub settings: SelfishSettings,
    miners: Miners,
    /// For the honest miner's choice of branch, drawn at each honest block.
    choice: Stream,
    fork: Fork,
    found: u64,
    /// What became of the blocks.
    pub settled: Settled,
    check: Option<CheckId>,
}

impl SelfishMining {
    /// A pool with nothing withheld.
    pub fn new(settings: SelfishSettings, streams: &Streams) -> Self {
        let SelfishSettings { share, interval, .. } = settings;
        SelfishMining {
            settings,
            miners: Miners::new(Contest::SelfishMining, share, interval, streams),
            choice: streams.stream(0, "blockchain.attack.branch"),
            fork: Fork::default(),
            found: 0,
            settled: Settled::default(),
            check: None,
        }
    }

    /// Registers the check and schedules the first blocks. Called once, at time zero.
    pub fn start<E: EngineEvent + From<LayerEvent>>(&mut self, ctx: &mut Context<E>) {
        self.check = Some(ctx.checks.always("blockchain.attack.selfish_blocks_accounted"));
        self.miners.start(ctx);
    }

    /// A side has found a block.
    pub fn mined<E: EngineEvent + From<LayerEvent>>(&mut self, side: Side, ctx: &mut Context<E>) {
        self.miners.arm(side, ctx);
        self.found += 1;
        match side {
            Side::Attacker => self.pool_finds(),
            Side::Honest => {
                let on_pools = self.choice.uniform() < self.settings.gamma;
                self.others_find(on_pools);
            }
        }
        let Fork { honest, attacker } = self.fork;
        let open = u64::from(honest) + u64::from(attacker);
        let held = attacker >= honest && self.settled.blocks() + open == self.found;
        let (now, found) = (ctx.now(), self.found);
        if let Some(check) = self.check {
            ctx.checks.note(check, held, now, || {
                format!("{found} blocks found, {:?}, open {:?}", self.settled, self.fork)
            });
        }
    }

    /// The pool keeps its block back, unless it decides a tie: then it publishes and wins.
    fn pool_finds(&mut self) {
        let tie = self.fork == Fork { honest: 1, attacker: 1 };
        self.fork.attacker += 1;
        if tie {
            self.attacker_wins();
        }
    }

    /// The public branch grows by a block; the pool answers by its lead before it.
    fn others_find(&mut self, on_pools: bool) {
        let Fork { honest, attacker } = self.fork;
        match (honest, attacker - honest) {
            (0, 0) => self.settled.honest += 1,
            // The tie is decided by where the block stands.
            (_, 0) if on_pools => {
                self.attacker_wins();
                self.settled.honest += 1;
            }
            (_, 0) => {
                self.fork.honest += 1;
                self.settled.honest_wins(self.fork);
                self.fork = Fork::default();
            }
            // The pool publishes everything: its branch is longer by one.
            (_, 2) => {
                self.fork.honest += 1;
                self.attacker_wins();
            }
            // A lead of one makes a tie; from a longer one the pool publishes a block to match.
            _ => self.fork.honest += 1,
        }
    }

    fn attacker_wins(&mut self) {
        self.settled.attacker_wins(self.fork);
        self.fork = Fork::default();
    }
}

//! Double spending by a hash race, from the small attempt of a minority to the long reorganisation
//! of a majority.
//!
//! An attempt: the attacker pays a merchant and mines a secret branch from the block before the
//! payment, nothing beforehand. The merchant delivers after `confirmations` blocks. The attacker
//! publishes as soon as the branch is level with the honest one, and a tie is enough; an attacker
//! who is `give_up` blocks behind after the delivery stops. Nodes refuse to give up a branch of
//! `checkpoint` blocks or more, if there is a checkpoint: an attacker who must replace as many has
//! failed.
//!
//! Left out: rising difficulty, the propagation of blocks, several payments in one attempt.
//! Invariants: every block found is settled once or lies in the open fork; the merchant's loss is
//! the value of the successes.

use pinwheel_core::check::CheckId;
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Amount, Context, SimDuration, Streams};
use serde::{Deserialize, Serialize};

use super::mining::{Contest, Fork, Miners, Settled, Side, share};
use crate::blockchain::Event as LayerEvent;

/// What a scenario says of double spending.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RaceSettings {
    /// The attacker's share of the hash power.
    pub share: f64,
    /// Blocks that the merchant waits for.
    pub confirmations: u32,
    /// Mean time between blocks of both sides together.
    pub interval: SimDuration,
    /// The attacker gives up when this many blocks behind.
    pub give_up: u32,
    /// Blocks this deep are final; `None` if none ever are.
    pub checkpoint: Option<u32>,
    /// What the merchant delivers in one attempt.
    pub payment: Amount,
    /// Market price of the hash work of one block.
    pub work: Amount,
    /// What a block of the main chain earns its miner.
    pub reward: Amount,
}

/// How the attempts ended.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// Attempts that ended.
    pub made: u64,
    /// Of these, those that took the money back.
    pub won: u64,
    /// Attempts that ended at a checkpoint.
    pub refused: u64,
    /// Blocks of both sides from the delivery to the success, over all successes.
    pub catch_up_blocks: u64,
}

impl Attempts {
    /// Share of the attempts that took the money back.
    pub fn success(&self) -> f64 {
        share(self.won, self.made)
    }
}

/// One attacker who tries again and again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Race {
    /// What the scenario says.
    pub settings: RaceSettings,
    miners: Miners,
    fork: Fork,
    blocks_at_delivery: Option<u32>,
    found: u64,
    /// How the attempts ended.
    pub attempts: Attempts,
    /// What became of the blocks.
    pub settled: Settled,
    checks: Option<CheckId>,
}

impl Race {
    /// An attacker before the first attempt.
    pub fn new(settings: RaceSettings, streams: &Streams) -> Self {
        let RaceSettings { share, interval, .. } = settings;
        Race {
            settings,
            miners: Miners::new(Contest::DoubleSpend, share, interval, streams),
            fork: Fork::default(),
            blocks_at_delivery: None,
            found: 0,
            attempts: Attempts::default(),
            settled: Settled::default(),
            checks: None,
        }
    }

    /// Registers the check and schedules the first blocks. Called once, at time zero.
    pub fn start<E: EngineEvent + From<LayerEvent>>(&mut self, ctx: &mut Context<E>) {
        self.checks = Some(ctx.checks.always("blockchain.attack.race_checkpoint_holds"));
        self.miners.start(ctx);
    }

    /// A side has found a block; the chance of the next does not depend on it, so that attempts
    /// follow each other without a pause.
    pub fn mined<E: EngineEvent + From<LayerEvent>>(&mut self, side: Side, ctx: &mut Context<E>) {
        self.miners.arm(side, ctx);
        self.fork.grow(side);
        self.found += 1;
        let Fork { honest, attacker } = self.fork;
        let RaceSettings { confirmations, give_up, checkpoint, .. } = self.settings;
        if honest < confirmations {
            return;
        }
        let blocks = honest + attacker;
        let delivered = *self.blocks_at_delivery.get_or_insert(blocks);
        let refused = checkpoint.is_some_and(|depth| honest >= depth);
        if !refused && attacker < honest && honest - attacker < give_up {
            return;
        }
        self.attempts.made += 1;
        if refused {
            self.attempts.refused += 1;
            self.settled.honest_wins(self.fork);
        } else if attacker >= honest {
            self.attempts.won += 1;
            self.attempts.catch_up_blocks += u64::from(blocks - delivered);
            self.settled.attacker_wins(self.fork);
        } else {
            self.settled.honest_wins(self.fork);
        }
        (self.fork, self.blocks_at_delivery) = (Fork::default(), None);
        self.check(ctx);
    }

    /// No reorganisation reaches a checkpoint, and no block is lost or counted twice.
    fn check<E: EngineEvent + From<LayerEvent>>(&self, ctx: &mut Context<E>) {
        let Some(check) = self.checks else { return };
        let deepest = self.settled.depth_max;
        let held = self.settings.checkpoint.is_none_or(|depth| deepest < depth)
            && self.settled.blocks() == self.found;
        let (now, found) = (ctx.now(), self.found);
        ctx.checks.note(check, held, now, || {
            format!("reorganisation of {deepest} blocks, {found} found, {:?}", self.settled)
        });
    }

    /// What the merchants have lost: goods delivered for payments that were undone.
    pub fn loss(&self) -> Amount {
        self.settings.payment.mul_div_floor(u128::from(self.attempts.won), 1)
    }
    /// What the attacker's work has cost.
    pub fn cost(&self) -> Amount {
        let blocks = self.settled.attacker + self.settled.attacker_stale;
        self.settings.work.mul_div_floor(u128::from(blocks), 1)
    }
    /// What the attacker's blocks on the main chain have earned.
    pub fn earned(&self) -> Amount {
        self.settings.reward.mul_div_floor(u128::from(self.settled.attacker), 1)
    }
    /// The payment above which the attempts would have paid; none if none has succeeded.
    pub fn break_even(&self) -> Option<Amount> {
        let net = self.cost().saturating_sub(self.earned());
        let won = u128::from(self.attempts.won);
        (won > 0).then(|| net.mul_div_floor(1, won))
    }
}

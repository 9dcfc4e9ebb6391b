//! Who may make the next block, and when a block is settled.
//!
//! One enum, four members. *Authority*: known proposers in turn, settled at once. *Stake*: leaders
//! by stake, finality by two thirds of it. *Work*: a race of hashes, with branches. *Expected*:
//! several winners a round, by power.

pub mod authority;
pub mod expected;
mod file;
pub mod stake;
pub mod work;

use pinwheel_core::{Context, Event as EngineEvent, math};
use serde::{Deserialize, Serialize};

use super::Event;
use super::chain::{Chain, Settled};
use authority::Authority;
use expected::Rounds;
use stake::Stake;
use work::Work;

/// The rule by which a chain goes on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Consensus {
    /// Known proposers take turns.
    Authority(Authority),
    /// Validators in proportion to their stake, final by votes.
    Stake(Box<Stake>),
    /// A secret lottery in each round.
    Expected(Rounds),
    /// The chain with most work.
    Work(Box<Work>),
}

/// Shares that fall geometrically from the first of `count` to the last, the first `ratio` times
/// the last; their mean is one.
pub fn geometric_shares(count: u32, ratio: f64) -> Vec<f64> {
    let steps = f64::from(count.saturating_sub(1).max(1));
    let share = |place: u32| math::exp(-math::ln(ratio) * f64::from(place) / steps);
    let shares: Vec<f64> = (0..count).map(share).collect();
    let mean = shares.iter().sum::<f64>() / f64::from(count);
    shares.into_iter().map(|share| share / mean).collect()
}

impl Consensus {
    /// Schedules the first turn.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, chain: &Chain, ctx: &mut Context<E>) {
        match self {
            Consensus::Authority(authority) => authority.start(chain, ctx),
            Consensus::Stake(stake) => stake.start(chain, ctx),
            Consensus::Expected(rounds) => rounds.start(chain, ctx),
            Consensus::Work(work) => work.start(chain, ctx),
        }
    }

    /// A turn has come: a slot, a round, a block that was found. Returns what is settled now.
    pub fn turn<E: EngineEvent + From<Event>>(
        &mut self,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) -> Settled {
        match self {
            Consensus::Authority(authority) => authority.turn(chain, ctx),
            Consensus::Stake(stake) => stake.turn(chain, ctx),
            Consensus::Expected(rounds) => rounds.turn(chain, ctx),
            Consensus::Work(work) => {
                work.found(chain, ctx);
                Settled::default()
            }
        }
    }

    /// A block has reached the observer; only blocks of work travel.
    pub fn seen<E: EngineEvent + From<Event>>(
        &mut self,
        chain: &mut Chain,
        block: u64,
        ctx: &mut Context<E>,
    ) -> Settled {
        match self {
            Consensus::Work(work) => work.seen(chain, block, ctx),
            _ => Settled::default(),
        }
    }
}

//! Known proposers take turns, one block a slot, settled at once: a permissioned ledger.

use pinwheel_core::{Context, Event as EngineEvent, SimDuration};
use serde::{Deserialize, Serialize};

use super::super::Event;
use super::super::chain::{Chain, Proposal, Settled};
use super::super::transaction::Address;

/// Known proposers who take turns, a slot each.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Authority {
    slot: SimDuration,
    /// At least one.
    proposers: Vec<Address>,
}

impl Authority {
    /// Slots of this length, and who proposes in turn.
    ///
    /// # Panics
    ///
    /// If nobody proposes.
    pub fn new(slot: SimDuration, proposers: Vec<Address>) -> Self {
        assert!(!proposers.is_empty(), "somebody proposes");
        Authority { slot, proposers }
    }

    /// Schedules the next slot.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, chain: &Chain, ctx: &mut Context<E>) {
        ctx.after(self.slot, Event::Turn { chain: chain.state().rules.chain }.into());
    }

    /// A slot: its proposer makes a block, which is settled at once.
    pub fn turn<E: EngineEvent + From<Event>>(
        &mut self,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) -> Settled {
        self.start(chain, ctx);
        let turn = chain.head.height as usize % self.proposers.len();
        let proposer = self.proposers[turn];
        chain.append(Proposal { time: ctx.now(), proposer, evidence: vec![], closes_round: true })
    }
}

//! Known proposers take turns, one block a slot, settled at once: a permissioned ledger.

use pinwheel_core::{Context, Event as EngineEvent, SimDuration};
use serde::{Deserialize, Serialize};

use super::super::Event;
use super::super::chain::{Chain, Proposal, Settled};
use super::super::transaction::Address;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Authority {
    slot: SimDuration,
    /// At least one.
    proposers: Vec<Address>,
}

impl Authority {
    pub fn new(slot: SimDuration, proposers: Vec<Address>) -> Self {
        assert!(!proposers.is_empty(), "somebody proposes");
        Authority { slot, proposers }
    }

    pub fn start<E: EngineEvent + From<Event>>(&mut self, chain: &Chain, ctx: &mut Context<E>) {
        ctx.after(self.slot, Event::Turn { chain: chain.state().rules.chain }.into());
    }

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

//! Attestation: a device claims to have done its work, a panel of verifiers votes, a quorum decides
//! and the device is paid or not.
//!
//! The panel of a claim follows from the claim's number by hashing: everybody can compute it and
//! the claimant cannot choose it. Each member votes once; the first side with a quorum wins; a
//! claim without a quorum at its deadline is void and pays nothing.

use std::collections::VecDeque;

use pinwheel_core::{Amount, Holding, SimDuration, SimTime};
use serde::{Deserialize, Serialize};

use super::{CREATE_GAS, Env, Failure, Meter, Notice, READ_GAS, UPDATE_GAS};
use crate::blockchain::accounts::Accounts;
use crate::blockchain::hash::{CELL, Hash, digest};
use crate::blockchain::merkle_state::MerkleState;
use crate::blockchain::transaction::Address;

/// Largest panel: the votes are bits of one word.
pub const PANEL_MAX: u32 = 64;

/// What can be asked of the contract.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// The sender's device claims to have worked in this round.
    Claim {
        /// Which device, by number.
        device: u32,
        /// Which round.
        round: u32,
    },
    /// A member of the panel says whether that is true.
    Vote {
        /// Which claim, by number.
        claim: u32,
        /// Whether the verifier says that the work was done.
        honest: bool,
    },
}

/// What was decided on a claim.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Votes are still taken.
    Open,
    /// The work was done.
    Accepted,
    /// The work was not done.
    Rejected,
    /// Too few voted.
    Void,
}

/// That a device did its work in a round.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The device.
    pub device: u32,
    /// The round.
    pub round: u32,
    /// Who claims, and is paid.
    pub claimant: Address,
    /// What was decided.
    pub verdict: Verdict,
    voted: u64,
    accepting: u32,
    rejecting: u32,
    deadline: SimTime,
}

/// How claims are decided and paid.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Verifiers who may vote on a claim.
    pub panel: u32,
    /// Votes that decide it.
    pub quorum: u32,
    /// What an accepted claim is paid.
    pub reward: Amount,
    /// How long votes are taken.
    pub window: SimDuration,
}

/// A contract by which verifiers judge claims of work, and which pays for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    terms: Terms,
    /// Pays rewards.
    fund: Address,
    verifiers: Vec<Address>,
    claims: MerkleState<Claim>,
    /// Open claims in the order of their deadlines.
    open: VecDeque<u32>,
}

impl Attestation {
    /// The contract with its fund, at the start of a chain.
    ///
    /// # Panics
    ///
    /// If the panel is empty, above [`PANEL_MAX`] or larger than the number of verifiers.
    pub fn new(
        terms: Terms,
        fund: Amount,
        verifiers: Vec<Address>,
        accounts: &mut Accounts,
    ) -> Self {
        let panel = 1..=PANEL_MAX.min(verifiers.len() as u32);
        assert!(panel.contains(&terms.panel), "a panel of verifiers that there are");
        let address = accounts.open(Holding::Reserve);
        accounts.mint(address, fund);
        Attestation {
            terms,
            fund: address,
            verifiers,
            claims: MerkleState::default(),
            open: VecDeque::new(),
        }
    }
    /// A claim by its number.
    pub fn claim(&self, claim: u32) -> Option<&Claim> {
        self.claims.get(claim as usize)
    }
    /// The account that rewards are paid from.
    pub fn fund(&self) -> Address {
        self.fund
    }

    /// The verifiers that vote on a claim, by their places.
    ///
    /// # Panics
    ///
    /// If a hash has fewer than eight bytes: a fault of the model.
    pub fn panel(&self, claim: u32) -> Vec<u32> {
        let mut panel = Vec::with_capacity(self.terms.panel as usize);
        let mut draw = 0u32;
        while panel.len() < self.terms.panel as usize {
            let hash = digest(CELL, &(claim, draw));
            let word = u64::from_le_bytes(hash[..8].try_into().expect("eight bytes"));
            // Of 2^64 values and few verifiers: the remainder's bias is below 1e-12.
            let member = (word % self.verifiers.len() as u64) as u32;
            if !panel.contains(&member) {
                panel.push(member);
            }
            draw += 1;
        }
        panel
    }

    /// Carries an order out.
    ///
    /// # Errors
    ///
    /// [`Failure::OutOfGas`] or [`Failure::Refused`]: nothing was changed then.
    pub fn call(
        &mut self,
        order: &Order,
        sender: Address,
        env: &Env,
        accounts: &mut Accounts,
        meter: &mut Meter,
        notices: &mut Vec<Notice>,
    ) -> Result<(), Failure> {
        match *order {
            Order::Claim { device, round } => {
                meter.charge(CREATE_GAS)?;
                let deadline = env.time + self.terms.window;
                let claim = self.claims.push(Claim {
                    device,
                    round,
                    claimant: sender,
                    verdict: Verdict::Open,
                    voted: 0,
                    accepting: 0,
                    rejecting: 0,
                    deadline,
                }) as u32;
                self.open.push_back(claim);
                notices.push(Notice::Claimed { claim, device, round });
                Ok(())
            }
            Order::Vote { claim, honest } => {
                meter.charge(READ_GAS + UPDATE_GAS)?;
                self.vote(claim, honest, sender, env.time, accounts, notices)
            }
        }
    }

    fn vote(
        &mut self,
        number: u32,
        honest: bool,
        sender: Address,
        time: SimTime,
        accounts: &mut Accounts,
        notices: &mut Vec<Notice>,
    ) -> Result<(), Failure> {
        let known = self.claims.get(number as usize).ok_or(Failure::Refused)?;
        let panel = self.panel(number);
        let seat = panel.iter().position(|member| self.verifiers[*member as usize] == sender);
        let seat = seat.ok_or(Failure::Refused)?;
        if known.verdict != Verdict::Open || known.voted & 1 << seat != 0 {
            return Err(Failure::Refused);
        }
        let Terms { quorum, reward, .. } = self.terms;
        let claim = self.claims.get_mut(number as usize).expect("just read");
        claim.voted |= 1 << seat;
        claim.accepting += u32::from(honest);
        claim.rejecting += u32::from(!honest);
        if claim.accepting >= quorum {
            claim.verdict = Verdict::Accepted;
            let paid = accounts.transfer(self.fund, claim.claimant, reward).is_ok();
            notices.push(Notice::Decided { claim: number, verdict: claim.verdict, paid, time });
        } else if claim.rejecting >= quorum {
            claim.verdict = Verdict::Rejected;
            let (verdict, paid) = (claim.verdict, false);
            notices.push(Notice::Decided { claim: number, verdict, paid, time });
        }
        Ok(())
    }

    /// Ends claims whose deadline has passed.
    ///
    /// # Panics
    ///
    /// If a claim in the list of open ones does not exist: a fault of the model.
    pub fn tick(&mut self, env: &Env, notices: &mut Vec<Notice>) {
        while let Some(&number) = self.open.front() {
            let claim = self.claims.get(number as usize).expect("an open claim");
            if claim.deadline > env.time {
                return;
            }
            self.open.pop_front();
            if claim.verdict == Verdict::Open {
                let claim = self.claims.get_mut(number as usize).expect("just read");
                claim.verdict = Verdict::Void;
                let (verdict, time) = (Verdict::Void, env.time);
                notices.push(Notice::Decided { claim: number, verdict, paid: false, time });
            }
        }
    }

    /// The root over its memory.
    pub fn root(&mut self) -> Hash {
        self.claims.root()
    }
}

//! Proof of stake: a leader for each slot drawn by stake, votes of all validators each epoch, and
//! finality by two thirds of the stake in two epochs that follow each other (Buterin and Griffith,
//! "Casper the Friendly Finality Gadget", 2017).
//!
//! A leader that is offline leaves its slot empty. A leader may break the rules and sign two blocks
//! for its slot: the next proposer shows the evidence, and part of the stake is destroyed
//! (`contracts/staking.rs`). A slashed validator leads and votes no more from the next epoch on.
//!
//! Left out: attestation committees within an epoch, rewards for votes, the queue of entries and
//! exits; blocks of two leaders never conflict here, because each slot has one leader and blocks
//! arrive within it. Attacks on finality are modelled apart.

use pinwheel_core::distribution::AliasTable;
use pinwheel_core::{Context, Event as EngineEvent, Purpose, SimDuration, math};
use serde::{Deserialize, Serialize};

use super::super::Event;
use super::super::block::Evidence;
use super::super::chain::{Chain, Proposal, Settled};
use crate::part::Members;

const LEADER: Purpose = Purpose::new("blockchain leader");
const VOTE: Purpose = Purpose::new("blockchain vote");
/// Smallest expected number of a cell of the chi-square statistic (Cochran's rule).
const EXPECTED_MIN: f64 = 5.0;

crate::parameters! {
    /// Validators and the rules they are under.
    pub struct StakeParameters {
        /// Validators at the start, each with a stake.
        validators: "1" = 100.0, in 1.0 ..= 100000.0, "scenario";
        /// Stake of the largest validator over that of the smallest; stakes fall geometrically.
        stake_ratio: "1" = 1.0, in 1.0 ..= 1e6, "scenario";
        /// Slots of an epoch.
        epoch_slots: "1" = 32.0, in 1.0 ..= 100000.0, "Ethereum consensus specification";
        /// Chance that a validator is offline in a slot of its own, and at a vote.
        offline: "1" = 0.0, in 0.0 ..= 1.0, "scenario";
        /// Chance that a leader signs two blocks for its slot.
        equivocation: "1" = 0.0, in 0.0 ..= 1.0, "scenario";
        /// Part of the stake that a proven breach costs.
        slashed: "1" = 0.05, in 0.0 ..= 1.0, "estimate; Ethereum takes 1/32 at once and more if many are caught together";
        /// Part of that which goes to who shows the evidence; the rest is destroyed.
        reporter: "1" = 0.1, in 0.0 ..= 1.0, "estimate";
    }
    amounts {
        /// Mean stake of a validator.
        stake: "token" = 32.0, in 0.001 ..= 1e9, "Ethereum's minimum";
    }
}

/// How validators behave.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conduct {
    /// Chance that a validator is offline in a slot of its own, and at a vote.
    pub offline_share: f64,
    /// Chance that a leader signs two blocks for its slot.
    pub equivocation_share: f64,
}

/// Validators who propose and vote in proportion to their stake.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stake {
    slot_time: SimDuration,
    slots_per_epoch: u64,
    conduct: Conduct,
    /// The devices of the fleet that the validators are, if they are.
    pub members: Members,
    table: AliasTable,
    /// Stakes of the epoch, base units, and their sum.
    stakes: Vec<u128>,
    total: u128,
    slot: u64,
    pending: Vec<Evidence>,
    justified: Option<u64>,
    /// The last epoch whose end is final.
    finalised: Option<u64>,
    /// Slots led by each validator, and how many were expected of it.
    led: Vec<u64>,
    expected: Vec<f64>,
    /// Slots without a block.
    pub missed: u64,
    /// Slots with two blocks of one proposer.
    pub equivocations: u64,
    /// Epochs that too few votes stood behind.
    pub epochs_unjustified: u64,
}

impl Stake {
    /// The validators are those of the chain's staking contract.
    ///
    /// # Panics
    ///
    /// If an epoch has no slots.
    pub fn new(
        slot_time: SimDuration,
        slots_per_epoch: u64,
        conduct: Conduct,
        members: Members,
    ) -> Self {
        assert!(slots_per_epoch > 0, "an epoch has slots");
        Stake {
            slot_time,
            slots_per_epoch,
            conduct,
            members,
            table: AliasTable::new([1.0]).expect("one ticket"),
            stakes: Vec::new(),
            total: 0,
            slot: 0,
            pending: Vec::new(),
            justified: None,
            finalised: None,
            led: Vec::new(),
            expected: Vec::new(),
            missed: 0,
            equivocations: 0,
            epochs_unjustified: 0,
        }
    }
    /// Slots so far.
    pub fn slots(&self) -> u64 {
        self.slot
    }
    /// Slots since the newest slot that is final.
    pub fn finality_lag_slots(&self) -> u64 {
        let last = self.finalised.map_or(0, |epoch| (epoch + 1) * self.slots_per_epoch);
        self.slot - last
    }
    /// Slots each validator has led.
    pub fn led(&self) -> &[u64] {
        &self.led
    }

    /// Begins the first epoch and schedules its first slot. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, chain: &Chain, ctx: &mut Context<E>) {
        self.begin_epoch(chain);
        self.led = vec![0; self.stakes.len()];
        self.expected = vec![0.0; self.stakes.len()];
        self.expect();
        self.schedule(chain, ctx);
    }

    fn schedule<E: EngineEvent + From<Event>>(&self, chain: &Chain, ctx: &mut Context<E>) {
        ctx.after(self.slot_time, Event::Turn { chain: chain.state().rules.chain }.into());
    }

    /// Takes over the stakes of now.
    fn begin_epoch(&mut self, chain: &Chain) {
        self.stakes = chain.state().contracts.staking.stakes(&chain.state().accounts);
        self.total = self.stakes.iter().sum();
        let weights = self.stakes.iter().map(|stake| *stake as f64);
        self.table.rebuild(weights).expect("the scenario bounds stakes, and some are left");
    }

    /// Adds what the slots of this epoch are expected to give each validator.
    fn expect(&mut self) {
        for (expected, stake) in self.expected.iter_mut().zip(&self.stakes) {
            *expected += self.slots_per_epoch as f64 * (*stake as f64 / self.total as f64);
        }
    }

    /// A slot: its proposer makes a block or misses it, and committees vote.
    pub fn turn<E: EngineEvent + From<Event>>(
        &mut self,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) -> Settled {
        self.schedule(chain, ctx);
        let mut draws = ctx.streams().indexed(0, LEADER, self.slot);
        let leader = self.table.pick(&mut draws);
        let offline = draws.uniform() < self.conduct.offline_share;
        let offline = offline || !self.members.is_up(leader as u32);
        let equivocates = draws.uniform() < self.conduct.equivocation_share;
        self.led[leader] += 1;
        let mut settled = Settled::default();
        if offline {
            self.missed += 1;
        } else {
            let evidence = std::mem::take(&mut self.pending);
            let reporter = leader as u32;
            let proposal = Proposal {
                time: ctx.now(),
                proposer: chain.state().contracts.staking.reward_address(reporter),
                evidence: evidence.into_iter().map(|e| Evidence { reporter, ..e }).collect(),
                closes_round: true,
            };
            settled = chain.append(proposal);
            if equivocates {
                self.equivocations += 1;
                let slot = self.slot;
                self.pending.push(Evidence { validator: reporter, reporter, slot });
            }
        }
        self.slot += 1;
        if self.slot.is_multiple_of(self.slots_per_epoch) {
            self.vote(ctx);
            self.begin_epoch(chain);
            self.expect();
        }
        settled
    }

    /// All validators vote for the end of the epoch that is over.
    fn vote<E: EngineEvent>(&mut self, ctx: &Context<E>) {
        let epoch = self.slot / self.slots_per_epoch - 1;
        let offline_share = self.conduct.offline_share;
        let voted = |(validator, stake): (usize, &u128)| {
            let mut draws = self.members.stream(validator as u32, VOTE, epoch, ctx.streams());
            let offline = draws.uniform() < offline_share;
            if offline || !self.members.is_up(validator as u32) { 0 } else { *stake }
        };
        let votes: u128 = self.stakes.iter().enumerate().map(voted).sum();
        if votes * 3 < self.total * 2 {
            self.epochs_unjustified += 1;
            return;
        }
        if epoch.checked_sub(1).is_some_and(|before| self.justified == Some(before)) {
            self.finalised = self.justified;
        }
        self.justified = Some(epoch);
    }

    /// How far the leaders' shares are from their stakes: the chi-square statistic over all whole
    /// epochs, made a standard normal (Wilson and Hilferty, "The distribution of chi-square",
    /// 1931). Validators with few expected slots are one cell. None while there are fewer than two
    /// cells.
    pub fn leader_deviation(&self) -> Option<f64> {
        // The epoch under way is expected in full; its slots so far are a part of it.
        let begun = (self.slot % self.slots_per_epoch) as f64;
        let ahead = self.slots_per_epoch as f64 - begun;
        let (mut chi_square, mut cells, mut rest) = (0.0, 0u32, (0.0, 0.0));
        let mut cell = |observed: f64, expected: f64| {
            let distance = observed - expected;
            chi_square += distance * distance / expected;
            cells += 1;
        };
        for ((led, expected), stake) in self.led.iter().zip(&self.expected).zip(&self.stakes) {
            let expected = expected - ahead * (*stake as f64 / self.total as f64);
            if expected >= EXPECTED_MIN {
                cell(*led as f64, expected);
            } else {
                rest = (rest.0 + *led as f64, rest.1 + expected);
            }
        }
        if rest.1 >= EXPECTED_MIN {
            cell(rest.0, rest.1);
        }
        let freedom = f64::from(cells.checked_sub(1).filter(|freedom| *freedom > 0)?);
        let spread = 2.0 / (9.0 * freedom);
        Some((math::cbrt(chi_square / freedom) - (1.0 - spread)) / math::sqrt(spread))
    }
}

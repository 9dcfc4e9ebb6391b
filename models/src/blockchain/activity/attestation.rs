//! Devices that claim to have worked, some of which lie, and verifiers that vote on it, some of
//! which are dishonest.
//!
//! Verifiers are owners, users and stakeholders, a third each: the closer to the device, the more
//! rarely they err. A dishonest verifier votes against the truth: for lies and against honest
//! claims. Panels and votes are the contract's (`contracts/attestation.rs`).
//!
//! Devices of the fleet claim only while they are up.

use pinwheel_core::check::CheckId;
use pinwheel_core::{
    Amount, Context, Event as EngineEvent, Holding, Metric, Purpose, SimDuration, SimTime, Streams,
};
use serde::{Deserialize, Serialize};

use super::super::Event;
use super::super::chain::Chain;
use super::super::contracts::attestation::{Attestation, Order, PANEL_MAX, Terms, Verdict};
use super::super::contracts::{CREATE_GAS, Call, Notice, READ_GAS, TRANSACTION_GAS, UPDATE_GAS};
use super::super::record::share;
use super::super::state::State;
use super::super::tally::{Slot, quantile};
use super::super::transaction::Address;
use super::load::exponential;
use super::{Actor, Wallet, marked};
use crate::blockchain::spec::SPEC;
use crate::input::amount::TOKEN_DECIMALS;
use crate::part::Members;

const CLAIMED: Metric = SPEC.metric("attest_claims");
const LATENCY_P50: Metric = SPEC.metric("attest_latency_p50");
const LATENCY_P99: Metric = SPEC.metric("attest_latency_p99");
const WRONG: Metric = SPEC.metric("attest_wrong_share");
const VOID: Metric = SPEC.metric("attest_void_share");
const DETECTED: Metric = SPEC.metric("lies_detected_share");
const ACCUSED: Metric = SPEC.metric("false_accusation_share");
const PAID: Metric = SPEC.metric("liars_paid");
const PAID_SHARE: Metric = SPEC.metric("liars_paid_share");
const LIE: Purpose = Purpose::new("blockchain lie");
const START: Purpose = Purpose::new("blockchain claim start");
const BALLOT: Purpose = Purpose::new("blockchain ballot");

crate::parameters! {
    /// Claims of work and those who verify them.
    pub struct AttestParameters {
        /// Devices that claim.
        devices: "1" = 100.0, in 1.0 ..= 100000.0, "scenario";
        /// Verifiers, a third each owners, users and stakeholders.
        verifiers: "1" = 60.0, in 3.0 ..= 100000.0, "scenario";
        /// Verifiers that vote on a claim.
        panel: "1" = 7.0, in 1.0 ..= 64.0, "scenario";
        /// Equal votes that decide.
        quorum: "1" = 4.0, in 1.0 ..= 64.0, "scenario";
        /// Time between two claims of a device.
        period: "s" = 21600.0, in 1.0 ..= 31557600.0, "scenario";
        /// Time within which a claim must be decided.
        window: "s" = 7200.0, in 1.0 ..= 31557600.0, "scenario";
        /// Share of devices that lie.
        liars: "1" = 0.1, in 0.0 ..= 1.0, "scenario";
        /// Chance that a claim of theirs is a lie.
        lie_chance: "1" = 1.0, in 0.0 ..= 1.0, "scenario";
        /// Share of verifiers that vote against the truth.
        dishonest: "1" = 0.1, in 0.0 ..= 1.0, "scenario";
        /// Chance that an owner errs.
        owner_error: "1" = 0.01, in 0.0 ..= 1.0, "estimate";
        /// Chance that a user errs.
        user_error: "1" = 0.03, in 0.0 ..= 1.0, "estimate";
        /// Chance that a stakeholder errs.
        stakeholder_error: "1" = 0.06, in 0.0 ..= 1.0, "estimate";
        /// Mean time until a verifier votes.
        response: "s" = 300.0, in 0.001 ..= 31557600.0, "estimate";
        /// Chance that a verifier does not vote.
        absent: "1" = 0.05, in 0.0 ..= 1.0, "estimate";
    }
    amounts {
        /// Paid for an accepted claim.
        reward: "token" = 1.0, in 0.0 ..= 1e9, "scenario";
        /// Highest price of a unit of gas they pay.
        worth: "nanotoken" = 1000.0, in 0.0 ..= 1e9, "scenario";
        /// Tip they offer.
        tip: "nanotoken" = 1.0, in 0.0 ..= 1e9, "scenario";
        /// Money of a device and a verifier at the start.
        balance: "token" = 100.0, in 0.0 ..= 1e9, "scenario";
        /// Money of the fund that pays for accepted claims.
        fund: "token" = 1e6, in 0.0 ..= 1e12, "scenario";
    }
}

/// Verdicts on claims of one kind.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts {
    /// Taken for true.
    pub accepted: u64,
    /// Taken for false.
    pub rejected: u64,
    /// Not decided, for lack of votes.
    pub void: u64,
}

impl Verdicts {
    fn decided(&self) -> u64 {
        self.accepted + self.rejected
    }
}

/// Devices that claim work and verifiers that vote on the claims.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AttestationActivity {
    parameters: AttestParameters,
    /// Who of the fleet the devices are.
    pub members: Members,
    wallet: Wallet,
    first_device: Address,
    first_verifier: Address,
    /// Round of each device and when it claimed.
    rounds: Vec<(u32, SimTime)>,
    /// Of each claim: when it was sent, and whether it is a lie.
    claims: Vec<(SimTime, bool)>,
    latencies: Vec<f64>,
    /// Claims that devices made.
    claimed: u64,
    /// On claims of work that was done.
    pub honest: Verdicts,
    /// On claims of work that was not.
    pub lies: Verdicts,
    paid: Amount,
    paid_to_liars: Amount,
    check: Option<CheckId>,
}

impl AttestationActivity {
    /// Devices and verifiers with their accounts, and the contract.
    pub fn new(parameters: &AttestParameters, members: Members, state: &mut State) -> Self {
        let p = parameters;
        let balance = p.balance;
        let first_device = Address(state.accounts.len() as u32);
        for _ in 0..p.devices as u32 {
            state.open(Holding::Free, balance);
        }
        let verifiers: Vec<_> =
            (0..p.verifiers as u32).map(|_| state.open(Holding::Free, balance)).collect();
        let first_verifier = verifiers[0];
        let terms = Terms {
            panel: (p.panel as u32).min(p.verifiers as u32),
            quorum: p.quorum as u32,
            reward: p.reward,
            window: SimDuration::from_seconds_f64(p.window),
        };
        let contract = Attestation::new(terms, p.fund, verifiers, &mut state.accounts);
        state.contracts.attestation = Some(contract);
        AttestationActivity {
            members,
            claimed: 0,
            wallet: Wallet { worth: p.worth, tip: p.tip },
            first_device,
            first_verifier,
            rounds: vec![(0, SimTime::ZERO); p.devices as usize],
            claims: Vec::new(),
            latencies: Vec::new(),
            honest: Verdicts::default(),
            lies: Verdicts::default(),
            paid: Amount::ZERO,
            paid_to_liars: Amount::ZERO,
            check: None,
            parameters: p.clone(),
        }
    }

    /// Registers the check and schedules the first claims. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(
        &mut self,
        id: &str,
        chain: &Chain,
        ctx: &mut Context<E>,
    ) {
        self.check = Some(ctx.checks.always(&format!("blockchain.{id}.rewards_conserved")));
        let chain = chain.state().rules.chain;
        for who in 0..self.rounds.len() as u32 {
            let mut draws = self.members.stream(who, START, 0, ctx.streams());
            let offset = SimDuration::from_seconds_f64(draws.uniform() * self.parameters.period);
            ctx.after(offset, Event::Wake { chain, actor: Actor::Claim, who }.into());
        }
    }

    fn lies(&self, device: u32, round: u32, streams: &Streams) -> bool {
        let draw = self.members.stream(device, LIE, u64::from(round), streams).uniform();
        marked(device, self.parameters.liars) && draw < self.parameters.lie_chance
    }

    /// A device claims to have worked, if it is up.
    pub fn claim<E: EngineEvent + From<Event>>(
        &mut self,
        who: u32,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) {
        let id = chain.state().rules.chain;
        let period = SimDuration::from_seconds_f64(self.parameters.period);
        ctx.after(period, Event::Wake { chain: id, actor: Actor::Claim, who }.into());
        if !self.members.is_up(who) {
            return;
        }
        self.claimed += 1;
        let (round, claimed) = &mut self.rounds[who as usize];
        (*round, *claimed) = (*round + 1, ctx.now());
        let call = Call::Attestation(Order::Claim { device: who, round: *round });
        let sender = Address(self.first_device.0 + who);
        self.wallet.send(chain, sender, call, TRANSACTION_GAS + CREATE_GAS, ctx);
    }

    /// A contract's notice: votes on a new claim are cast later; a verdict is counted.
    ///
    /// # Panics
    ///
    /// If notices of new claims come in another order than their numbers: a fault of the model.
    pub fn noticed<E: EngineEvent + From<Event>>(
        &mut self,
        notice: &Notice,
        chain: &Chain,
        ctx: &mut Context<E>,
    ) {
        match *notice {
            Notice::Claimed { claim, device, round } => {
                let id = chain.state().rules.chain;
                let lie = self.lies(device, round, ctx.streams());
                assert_eq!(claim as usize, self.claims.len(), "claims are settled in order");
                self.claims.push((self.rounds[device as usize].1, lie));
                for seat in 0..self.parameters.panel as u32 {
                    let who = claim * PANEL_MAX + seat;
                    let mut draws = ctx.streams().indexed(who, BALLOT, 0);
                    let wait = exponential(self.parameters.response, &mut draws);
                    if draws.uniform() >= self.parameters.absent {
                        ctx.after(wait, Event::Wake { chain: id, actor: Actor::Vote, who }.into());
                    }
                }
            }
            Notice::Decided { claim, verdict, paid, time } => {
                self.decided(claim, verdict, paid, time);
            }
            _ => {}
        }
    }

    fn decided(&mut self, claim: u32, verdict: Verdict, paid: bool, time: SimTime) {
        let (sent, lie) = self.claims[claim as usize];
        let verdicts = if lie { &mut self.lies } else { &mut self.honest };
        match verdict {
            Verdict::Accepted => verdicts.accepted += 1,
            Verdict::Rejected => verdicts.rejected += 1,
            Verdict::Void | Verdict::Open => verdicts.void += 1,
        }
        if paid {
            let reward = self.parameters.reward;
            self.paid += reward;
            self.paid_to_liars += if lie { reward } else { Amount::ZERO };
        }
        if verdict != Verdict::Void {
            self.latencies.push(time.since(sent).as_seconds());
        }
    }

    /// A member of a panel votes.
    ///
    /// # Panics
    ///
    /// If the chain has no attestation contract.
    pub fn vote<E: EngineEvent>(&mut self, who: u32, chain: &mut Chain, ctx: &mut Context<E>) {
        let (claim, seat) = (who / PANEL_MAX, who % PANEL_MAX);
        let contract = chain.state().contracts.attestation.as_ref().expect("there are claims");
        if contract.claim(claim).is_none_or(|claim| claim.verdict != Verdict::Open) {
            return;
        }
        let verifier = contract.panel(claim)[seat as usize];
        let mut draws = ctx.streams().indexed(who, BALLOT, 0);
        let (_, _, error) = (draws.uniform(), draws.uniform(), draws.uniform());
        let wrong = marked(verifier, self.parameters.dishonest) || error < self.error_of(verifier);
        let lie = self.claims[claim as usize].1;
        let call = Call::Attestation(Order::Vote { claim, honest: lie == wrong });
        let sender = Address(self.first_verifier.0 + verifier);
        self.wallet.send(chain, sender, call, TRANSACTION_GAS + READ_GAS + UPDATE_GAS, ctx);
    }

    /// How often a verifier errs, by its actor.
    fn error_of(&self, verifier: u32) -> f64 {
        let p = &self.parameters;
        let roles = [p.owner_error, p.user_error, p.stakeholder_error];
        roles[(verifier as usize * roles.len() / p.verifiers as usize).min(roles.len() - 1)]
    }

    /// Records the day; what left the fund is what was paid for accepted claims, to the last unit.
    ///
    /// # Panics
    ///
    /// If the chain has no attestation contract, or [`AttestationActivity::start`] was not called.
    pub fn record<E: EngineEvent>(&mut self, slot: Slot, chain: &Chain, ctx: &mut Context<E>) {
        let contract = chain.state().contracts.attestation.as_ref().expect("there is one");
        let left = chain.state().accounts.balance(contract.fund());
        let held = left + self.paid == self.parameters.fund;
        let detail = || format!("{left} left of the fund, {} paid", self.paid);
        ctx.checks.note(self.check.expect("started"), held, slot.time, detail);
        let (honest, lies) = (self.honest, self.lies);
        let decided = honest.decided() + lies.decided();
        let (wrong, void) = (honest.rejected + lies.accepted, honest.void + lies.void);
        slot.push(ctx, CLAIMED, self.claimed as f64);
        slot.push_some(ctx, WRONG, share(wrong as f64, decided as f64));
        slot.push_some(ctx, VOID, share(void as f64, (void + decided) as f64));
        slot.push_some(ctx, DETECTED, share(lies.rejected as f64, lies.decided() as f64));
        slot.push_some(ctx, ACCUSED, share(honest.rejected as f64, honest.decided() as f64));
        ctx.records.push_amount(slot.time, PAID, slot.label, self.paid_to_liars, TOKEN_DECIMALS);
        let paid = (self.paid_to_liars.0 as f64, self.paid.0 as f64);
        slot.push_some(ctx, PAID_SHARE, share(paid.0, paid.1));
        slot.push_some(ctx, LATENCY_P50, quantile(&mut self.latencies, 0.5));
        slot.push_some(ctx, LATENCY_P99, quantile(&mut self.latencies, 0.99));
        self.latencies.clear();
    }
}

//! Deals between strangers, three ways at once: through the escrow contract, through a middleman
//! who holds the money and may default, and by paying the seller in advance.
//!
//! A seller delivers after an exponential time, or never. Through escrow and middleman a buyer pays
//! out on delivery and has its money back at the deadline. The middleman fails at exponential times
//! and everything it holds is lost; another takes its place. Buyers here are honest: a buyer who
//! denies a delivery would need a judge, which is left out. A buyer strikes a deal only if its
//! money pays for it and for the fees of all its open deals: one that could not pay for the end of
//! a deal would leave the payment in the contract.

use std::collections::BTreeSet;

use pinwheel_core::check::CheckId;
use pinwheel_core::{
    Amount, Context, Event as EngineEvent, Holding, Metric, Purpose, SimDuration, SimTime,
};
use serde::{Deserialize, Serialize};

use super::super::Event;
use super::super::chain::{Chain, Inclusion};
use super::super::contracts::escrow::{Escrow, Order};
use super::super::contracts::{CREATE_GAS, Call, Notice, READ_GAS, TRANSACTION_GAS, UPDATE_GAS};
use super::super::money;
use super::super::record::share;
use super::super::state::State;
use super::super::tally::Slot;
use super::super::transaction::{Address, Outcome};
use super::load::exponential;
use super::{Actor, Wallet};
use crate::blockchain::spec::SPEC;
use crate::input::amount::TOKEN_DECIMALS;
use crate::input::dates::DAY_SECONDS;

const ESCROW_LOSS: Metric = SPEC.metric("escrow_loss_share");
const MIDDLEMAN_LOSS: Metric = SPEC.metric("middleman_loss_share");
const PREPAID_LOSS: Metric = SPEC.metric("prepaid_loss_share");
const FEES: Metric = SPEC.metric("escrow_fee_share");
const TURNOVER: Metric = SPEC.metric("escrow_turnover");
const DEAL: Purpose = Purpose::new("blockchain deal");
const MIDDLEMAN: Purpose = Purpose::new("blockchain middleman");
const OPEN_GAS: u64 = TRANSACTION_GAS + CREATE_GAS;
const CLOSE_GAS: u64 = TRANSACTION_GAS + READ_GAS + UPDATE_GAS;
/// A deal that is still open so long after its deadline counts as lost.
const GRACE: SimDuration = SimDuration::from_days(1);

crate::parameters! {
    /// Deals with payment through an escrow contract.
    pub struct TradeParameters {
        /// Buyers, and as many sellers.
        traders: "1" = 100.0, in 1.0 ..= 100000.0, "scenario";
        /// Deals of all buyers.
        deals: "1/d" = 200.0, in 0.001 ..= 1000000.0, "scenario";
        /// Standard deviation of the logarithm of the payment.
        amount_spread: "1" = 1.0, in 0.0 ..= 3.0, "estimate";
        /// Mean time to delivery.
        delivery: "s" = 86400.0, in 1.0 ..= 31557600.0, "scenario";
        /// Share of sellers' deals that are never delivered.
        seller_default: "1" = 0.03, in 0.0 ..= 1.0, "estimate";
        /// Time after which a buyer has its money back.
        deadline: "s" = 604800.0, in 1.0 ..= 31557600.0, "scenario";
        /// Mean time until a middleman defaults with everything it holds.
        middleman_life: "s" = 63115200.0, in 1.0 ..= 1e12, "estimate: two years";
    }
    amounts {
        /// Median payment.
        amount: "token" = 50.0, in 0.000001 ..= 1e6, "scenario";
        /// Highest price of a unit of gas traders pay.
        worth: "nanotoken" = 1000.0, in 0.0 ..= 1e9, "scenario";
        /// Tip they offer.
        tip: "nanotoken" = 1.0, in 0.0 ..= 1e9, "scenario";
        /// Money of a trader at the start.
        balance: "token" = 1e6, in 0.0 ..= 1e12, "scenario";
    }
}

#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Deal {
    buyer: Address,
    amount: Amount,
    /// When the next step is due: the release or the refund.
    step: SimTime,
    delivered: bool,
    /// Its number in the contract.
    number: Option<u32>,
    closed: bool,
}

/// What a buyer's money is still needed for.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
struct Owed {
    /// Payments that are not in the contract yet.
    payments: Amount,
    /// Deals whose end is not on the chain yet.
    ends: u32,
}

/// Traders who pay each other through a contract, with a middleman for quarrels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EscrowActivity {
    parameters: TradeParameters,
    wallet: Wallet,
    first: Address,
    /// Deals that buyers wanted, struck or not.
    wanted: u64,
    deals: Vec<Deal>,
    /// What each buyer owes to its open deals.
    owed: Vec<Owed>,
    /// The deal of each number in the contract.
    tags: Vec<u32>,
    /// Deals whose money the middleman holds.
    held: BTreeSet<u32>,
    defaults: u64,
    turnover: Amount,
    lost_by_middleman: Amount,
    lost_by_prepaying: Amount,
    fees: Amount,
    check: Option<CheckId>,
}

impl EscrowActivity {
    /// The traders with their accounts, and the contract.
    pub fn new(parameters: &TradeParameters, state: &mut State) -> Self {
        let p = parameters;
        let first = Address(state.accounts.len() as u32);
        for _ in 0..2 * p.traders as u32 {
            state.open(Holding::Free, p.balance);
        }
        state.contracts.escrow = Some(Escrow::new(&mut state.accounts));
        EscrowActivity {
            wallet: Wallet { worth: p.worth, tip: p.tip },
            first,
            wanted: 0,
            deals: Vec::new(),
            owed: vec![Owed::default(); p.traders as usize],
            tags: Vec::new(),
            held: BTreeSet::new(),
            defaults: 0,
            turnover: Amount::ZERO,
            lost_by_middleman: Amount::ZERO,
            lost_by_prepaying: Amount::ZERO,
            fees: Amount::ZERO,
            check: None,
            parameters: p.clone(),
        }
    }

    /// What middlemen took with them, as a share of all payments.
    pub fn middleman_loss(&self) -> f64 {
        self.lost_by_middleman.0 as f64 / self.turnover.0 as f64
    }

    /// Registers the check and schedules the first deals. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(
        &mut self,
        id: &str,
        chain: &Chain,
        ctx: &mut Context<E>,
    ) {
        self.check = Some(ctx.checks.always(&format!("blockchain.{id}.escrow_conserved")));
        let chain = chain.state().rules.chain;
        ctx.after(SimDuration::ZERO, Event::Wake { chain, actor: Actor::Deal, who: 0 }.into());
        self.arm_middleman(chain, ctx);
    }

    fn arm_middleman<E: EngineEvent + From<Event>>(&self, chain: u16, ctx: &mut Context<E>) {
        let mut draws = ctx.streams().indexed(0, MIDDLEMAN, self.defaults);
        let life = exponential(self.parameters.middleman_life, &mut draws);
        ctx.after(life, Event::Wake { chain, actor: Actor::Middleman, who: 0 }.into());
    }

    /// A deal is struck.
    pub fn deal<E: EngineEvent + From<Event>>(&mut self, chain: &mut Chain, ctx: &mut Context<E>) {
        let (id, now) = (chain.state().rules.chain, ctx.now());
        let tag = self.deals.len() as u32;
        let mut draws = ctx.streams().indexed(0, DEAL, self.wanted);
        self.wanted += 1;
        let p = &self.parameters;
        let next = exponential(DAY_SECONDS / p.deals, &mut draws);
        ctx.after(next, Event::Wake { chain: id, actor: Actor::Deal, who: 0 }.into());
        let buyer = Address(self.first.0 + draws.below(p.traders as u64) as u32);
        let seller =
            Address(self.first.0 + (p.traders as u64 + draws.below(p.traders as u64)) as u32);
        let amount = money::drawn(p.amount, p.amount_spread, TOKEN_DECIMALS, &mut draws);
        let delivery = exponential(p.delivery, &mut draws);
        let honest = draws.uniform() >= p.seller_default;
        let deadline = SimDuration::from_seconds_f64(p.deadline);
        let delivered = honest && delivery < deadline;
        let step = now + if delivered { delivery } else { deadline };
        if !self.affords(buyer, amount, chain) {
            return;
        }
        let owed = self.owed(buyer);
        (owed.payments, owed.ends) = (owed.payments + amount, owed.ends + 1);
        self.deals.push(Deal { buyer, amount, step, delivered, number: None, closed: false });
        self.turnover += amount;
        // Paid in advance, the money is lost if the seller never delivers.
        self.lost_by_prepaying += if honest { Amount::ZERO } else { amount };
        self.held.insert(tag);
        let order = Order::Open { seller, amount, deadline: now + deadline, tag };
        self.wallet.send(chain, buyer, Call::Escrow(order), OPEN_GAS, ctx);
        ctx.at(step, Event::Wake { chain: id, actor: Actor::Step, who: tag }.into());
    }

    /// What a buyer owes to its open deals.
    fn owed(&mut self, buyer: Address) -> &mut Owed {
        &mut self.owed[(buyer.0 - self.first.0) as usize]
    }

    /// Whether a buyer's money is enough for one deal more, whatever gas costs up to its worth.
    fn affords(&mut self, buyer: Address, amount: Amount, chain: &Chain) -> bool {
        let Owed { payments, ends } = *self.owed(buyer);
        let gas = u64::from(ends + 1) * (OPEN_GAS + CLOSE_GAS);
        let fees = Amount(self.wallet.worth.0 * u128::from(gas));
        payments + amount + fees <= chain.state().accounts.balance(buyer)
    }

    /// A deal's release or refund is due.
    pub fn step<E: EngineEvent + From<Event>>(
        &mut self,
        tag: u32,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) {
        self.held.remove(&tag);
        self.close(tag, chain, ctx);
    }

    /// Sends the transaction that ends a deal; where the deal is not on the chain yet or the pool
    /// does not take it, once more when it has its number.
    fn close<E: EngineEvent>(&self, tag: u32, chain: &mut Chain, ctx: &mut Context<E>) {
        let Deal { buyer, delivered, number: Some(deal), .. } = self.deals[tag as usize] else {
            return;
        };
        let order = if delivered { Order::Release { deal } } else { Order::Refund { deal } };
        self.wallet.send(chain, buyer, Call::Escrow(order), CLOSE_GAS, ctx);
    }

    /// The middleman is gone with everything it held.
    pub fn middleman_fails<E: EngineEvent + From<Event>>(
        &mut self,
        chain: &Chain,
        ctx: &mut Context<E>,
    ) {
        for tag in std::mem::take(&mut self.held) {
            self.lost_by_middleman += self.deals[tag as usize].amount;
        }
        self.defaults += 1;
        self.arm_middleman(chain.state().rules.chain, ctx);
    }

    /// A deal has its number; if its step came before that, it is made up for.
    ///
    /// # Panics
    ///
    /// If notices of new deals come in another order than their numbers: a fault of the model.
    pub fn noticed<E: EngineEvent>(
        &mut self,
        notice: &Notice,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) {
        let Notice::Opened { deal, tag } = *notice else { return };
        assert_eq!(deal as usize, self.tags.len(), "deals are settled in order");
        self.tags.push(tag);
        let opened = &mut self.deals[tag as usize];
        opened.number = Some(deal);
        let (buyer, amount) = (opened.buyer, opened.amount);
        self.owed(buyer).payments -= amount;
        if self.deals[tag as usize].step <= ctx.now() {
            self.close(tag, chain, ctx);
        }
    }

    /// A transaction of the contract is in a block.
    pub fn settled(&mut self, inclusion: &Inclusion) {
        self.fees += inclusion.receipt.fee();
        let Call::Escrow(Order::Release { deal: number } | Order::Refund { deal: number }) =
            inclusion.call
        else {
            return;
        };
        if inclusion.receipt.outcome == Outcome::Done {
            let tag = self.tags[number as usize];
            let closed = &mut self.deals[tag as usize];
            closed.closed = true;
            let buyer = closed.buyer;
            self.owed(buyer).ends -= 1;
        }
    }

    /// The contract holds what its open deals have paid in.
    ///
    /// # Panics
    ///
    /// If [`EscrowActivity::start`] was not called.
    pub fn check<E: EngineEvent>(&mut self, chain: &Chain, ctx: &mut Context<E>) {
        let state = chain.state();
        let held = state.contracts.escrow.as_ref().is_none_or(|e| e.conserved(&state.accounts));
        let now = ctx.now();
        ctx.checks.note(self.check.expect("started"), held, now, || "the pot differs".to_owned());
    }

    /// Records the day that ends.
    pub fn record<E: EngineEvent>(&mut self, slot: Slot, ctx: &mut Context<E>) {
        let stuck = |deal: &&Deal| {
            deal.number.is_some() && !deal.closed && slot.time.since(deal.step) > GRACE
        };
        let stuck: Amount = self.deals.iter().filter(stuck).map(|deal| deal.amount).sum();
        let turnover = self.turnover.0 as f64;
        slot.push(ctx, TURNOVER, self.turnover.as_tokens(TOKEN_DECIMALS));
        slot.push_some(ctx, ESCROW_LOSS, share(stuck.0 as f64, turnover));
        slot.push_some(ctx, MIDDLEMAN_LOSS, share(self.lost_by_middleman.0 as f64, turnover));
        slot.push_some(ctx, PREPAID_LOSS, share(self.lost_by_prepaying.0 as f64, turnover));
        slot.push_some(ctx, FEES, share(self.fees.0 as f64, turnover));
    }
}

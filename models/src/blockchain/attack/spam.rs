//! Spam: an attacker fills every block of a chain whose base fee follows the use of its blocks,
//! until the money does not suffice for another block.
//!
//! The chain is a real one of this layer, with pool, blocks and EIP-1559. Honest users come at
//! random and pay up to what each is willing to; the attacker offers as much gas as a block has, at
//! the base fee and without a tip, so that users' tips still go first. With full blocks the base
//! fee rises by an eighth each: after k blocks of g gas the attack has cost
//! `8 b g ((9/8)^k - 1)` for a first base fee b, so that money buys blocks by its logarithm only.
//!
//! Left out: spam by many accounts, rules against it in the pool, users who wait for it to end.
//! Invariants: what the attacker has spent and what is left is the budget.

use pinwheel_core::check::CheckId;
use pinwheel_core::distribution::{LogNormal, Poisson};
use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Amount, Context, Holding, SimDuration, SimTime, Streams, math};
use serde::{Deserialize, Serialize};

use super::Event;
use super::mining::share;
use crate::blockchain::Event as LayerEvent;
use crate::blockchain::chain::{Chain, Head, Proposal};
use crate::blockchain::contracts::{Call, TRANSACTION_GAS};
use crate::blockchain::fee::{FeeRule, Utilisation};
use crate::blockchain::mempool::Mempool;
use crate::blockchain::state::{Rules, State};
use crate::blockchain::transaction::{Address, Transaction};

const ARRIVALS: Purpose = Purpose::new("blockchain.attack.users");
/// Honest accounts; each request comes from one of them.
const USERS: u32 = 1_000;
/// Gas of every transaction, the attacker's and the users'.
const GAS: u64 = 100_000;
/// Enough for the fees of a user for the whole run.
const USER_FUNDS: Amount = Amount(1_000_000_000_000_000_000_000_000_000);

/// What a scenario says of spam.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpamSettings {
    /// Time from block to block.
    pub interval: SimDuration,
    /// Most gas of a block.
    pub gas_limit: u64,
    /// Base fee at the start, base units.
    pub base_fee: u128,
    /// Mean number of honest transactions for a block.
    pub users_per_block: f64,
    /// Most that users pay for gas, over the first base fee: log-normal median and spread.
    pub willing_median: f64,
    /// Standard deviation of the logarithm of what users are willing to pay.
    pub willing_sigma: f64,
    /// Honest transactions are withdrawn after this.
    pub patience: SimDuration,
    /// When the attack begins, and what there is to spend.
    pub begins: SimTime,
    /// What the attacker may spend.
    pub budget: Amount,
}

/// A chain under spam.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Spam {
    /// What the scenario says.
    pub settings: SpamSettings,
    chain: Chain,
    users: Vec<Address>,
    attacker: Address,
    proposer: Address,
    blocks: u64,
    /// The money is gone.
    over: bool,
    /// What it has done so far.
    pub tally: SpamTally,
    check: Option<CheckId>,
}

/// What spam has done so far.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpamTally {
    /// Blocks with spam in them, and its fees.
    pub blocks: u64,
    /// What the attacker spent.
    pub spent: Amount,
    /// Honest transactions before and during the attack: wanted and included.
    pub wanted_before: u64,
    /// Of users' transactions before the attack, those included.
    pub included_before: u64,
    /// Users' transactions during the attack.
    pub wanted_during: u64,
    /// Of these, those included.
    pub included_during: u64,
    /// Highest base fee so far, in base units a unit of gas.
    pub base_fee_max: u128,
}

impl SpamTally {
    /// Share of users' transactions included before the attack.
    pub fn served_before(&self) -> f64 {
        share(self.included_before, self.wanted_before)
    }
    /// Share of users' transactions included during the attack.
    pub fn served_during(&self) -> f64 {
        share(self.included_during, self.wanted_during)
    }
}

impl Spam {
    /// A chain before its first block.
    pub fn new(settings: SpamSettings) -> Self {
        let rules = Rules {
            chain: 0,
            fee: FeeRule::Utilisation(Utilisation::ETHEREUM),
            gas_limit: settings.gas_limit,
            block_reward: Amount::ZERO,
        };
        let mut state = State::new(rules);
        let users = (0..USERS).map(|_| state.open(Holding::Free, USER_FUNDS)).collect();
        let attacker = state.open(Holding::Free, settings.budget);
        let proposer = state.open(Holding::Free, Amount::ZERO);
        // Twice a block of spam, and what users send while they are patient.
        let waiting = settings.patience.as_seconds() / settings.interval.as_seconds();
        let capacity = 2.0 * (settings.gas_limit / GAS) as f64;
        let capacity = capacity + 4.0 * settings.users_per_block * (waiting + 1.0);
        let mempool = Mempool::new(capacity as usize + 1_000, settings.patience);
        Spam {
            settings,
            chain: Chain::new(Head::new(state, settings.base_fee), mempool, 1),
            users,
            attacker,
            proposer,
            blocks: 0,
            over: false,
            tally: SpamTally::default(),
            check: None,
        }
    }

    /// Registers the check and schedules the first block. Called once, at time zero.
    pub fn start<E: EngineEvent + From<LayerEvent>>(&mut self, ctx: &mut Context<E>) {
        self.check = Some(ctx.checks.always("blockchain.attack.spam_budget_accounted"));
        ctx.after(self.settings.interval, Event::SpamBlock.lift());
    }

    fn left(&self) -> Amount {
        self.chain.state().accounts.balance(self.attacker)
    }
    /// Whether the attacker has the money for a whole block at the base fee of now.
    fn affords(&self) -> bool {
        let gas = u128::from(self.settings.gas_limit / GAS * GAS);
        self.left() >= Amount(self.chain.head.base_fee * gas)
    }

    /// Users and the attacker send, and a block is made.
    pub fn block<E: EngineEvent + From<LayerEvent>>(&mut self, ctx: &mut Context<E>) {
        ctx.after(self.settings.interval, Event::SpamBlock.lift());
        let (now, streams) = (ctx.now(), *ctx.streams());
        let on = now >= self.settings.begins && !self.over && self.affords();
        self.over = now >= self.settings.begins && !on;
        self.users_send(on, now, &streams);
        if on {
            self.spam(now);
        }
        let base_fee = self.chain.head.base_fee;
        let proposer = self.proposer;
        let proposal = Proposal { time: now, proposer, evidence: vec![], closes_round: true };
        let settled = self.chain.append(proposal);
        let (mut honest, mut spam) = (0, 0);
        for included in &settled.inclusions {
            if included.receipt.sender == self.attacker {
                spam += 1;
                self.tally.spent += included.receipt.fee();
            } else {
                honest += 1;
            }
        }
        self.blocks += 1;
        self.tally.blocks += u64::from(spam > 0);
        self.tally.base_fee_max = self.tally.base_fee_max.max(base_fee);
        if on {
            self.tally.included_during += honest;
        } else if now < self.settings.begins {
            self.tally.included_before += honest;
        }
        let (left, spent, budget) = (self.left(), self.tally.spent, self.settings.budget);
        if let Some(check) = self.check {
            ctx.checks.note(check, left + spent == budget, now, || {
                format!("{left} left and {spent} spent of {budget}")
            });
        }
    }

    /// The users of this block; each draws its numbers whether or not it can pay.
    fn users_send(&mut self, attacked: bool, now: SimTime, streams: &Streams) {
        let settings = self.settings;
        let mut stream = streams.indexed(0, ARRIVALS, self.blocks);
        let arrivals = Poisson::new(settings.users_per_block).expect("a validated rate");
        let willing = LogNormal::new(math::ln(settings.willing_median), settings.willing_sigma);
        let willing = willing.expect("a validated law");
        for _ in 0..arrivals.sample(&mut stream) {
            let user = self.users[stream.below(u64::from(USERS)) as usize];
            let times = willing.sample(&mut stream);
            let fee_max = (settings.base_fee as f64 * times) as u128;
            if attacked {
                self.tally.wanted_during += 1;
            } else if now < settings.begins {
                self.tally.wanted_before += 1;
            }
            // Who will not pay the base fee of now does not send.
            if fee_max >= self.chain.head.base_fee {
                self.send(user, fee_max, 1, now);
            }
        }
    }

    /// As much spam as a block has room for.
    fn spam(&mut self, now: SimTime) {
        // What did not fit is offered again, at the new base fee.
        let nonce = self.chain.state().accounts.nonce(self.attacker);
        self.chain.mempool.forget(self.attacker, nonce);
        let base_fee = self.chain.head.base_fee;
        for _ in 0..self.settings.gas_limit / GAS {
            self.send(self.attacker, base_fee, 0, now);
        }
    }

    fn send(&mut self, sender: Address, fee_max: u128, tip_max: u128, now: SimTime) {
        let call = Call::Work { gas: GAS - TRANSACTION_GAS };
        let nonce = self.chain.next_nonce(sender);
        let transaction = Transaction { sender, nonce, gas_limit: GAS, fee_max, tip_max, call };
        // A user whose last transaction waits at too low a price has no place for another.
        let _refused = self.chain.submit(transaction, now);
    }

    /// Whether the attacker's money is gone.
    pub fn over(&self) -> bool {
        self.over
    }
    /// The highest base fee so far over the first.
    pub fn base_fee_multiple(&self) -> f64 {
        self.tally.base_fee_max as f64 / self.settings.base_fee as f64
    }
}

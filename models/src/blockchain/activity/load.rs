//! What people want from a chain: transactions that arrive by chance, each worth something to its
//! sender.
//!
//! *Arrivals* are Poisson, at a calm rate or, in bursts, at a multiple of it; calm times and bursts
//! last exponentially. *Worth*: what a transaction is worth to its sender for a unit of gas is
//! log-normal; the wallet turns it into a bid by the chain's fee rule (`fee.rs`) and tips a stated
//! part of it. Who would have to bid more than that does not send, and is priced out. *Leaving*:
//! each user has a fee it would at most pay for a transaction for good, log-normal over users; at
//! the end of a day on which the median fee was above it, the user leaves by chance, and it comes
//! back by the same chance once the fee is below. All numbers are drawn for every arrival, used or
//! not.

use pinwheel_core::distribution::{Exponential, LogNormal};
use pinwheel_core::{
    Amount, Context, Event as EngineEvent, Holding, Purpose, SimDuration, SimTime, Stream, Streams,
    math,
};
use serde::{Deserialize, Serialize};

use super::super::Event;
use super::super::chain::Chain;
use super::super::contracts::{Call, TRANSACTION_GAS};
use super::super::fee::FeeRule;
use super::super::money::{self, NANO_DECIMALS};
use super::super::state::State;
use super::super::transaction::Address;
use crate::describe::{LeverSpec, ParameterSpec};
use crate::input::amount::{self, TOKEN_DECIMALS};
use crate::laws::arrivals::NextArrival;

const ARRIVAL: Purpose = Purpose::new("blockchain load");
const PHASE: Purpose = Purpose::new("blockchain load phase");
const LEAVING: Purpose = Purpose::new("blockchain user leaving");
const RESERVATION: Purpose = Purpose::new("blockchain user reservation");

crate::parameters! {
    /// Transactions of the public.
    pub struct LoadParameters {
        /// Users, each with an account.
        users: "1" = 1000.0, in 1.0 ..= 1000000.0, "scenario",
            fixed "their accounts are opened on the first day";
        /// Transactions that all users together want in calm times.
        rate: "1/s" = 1.0, in 0.0 ..= 100000.0, "scenario";
        /// Rate in a burst over the calm one.
        burst_factor: "1" = 1.0, in 1.0 ..= 1000.0, "scenario";
        /// Mean length of a burst.
        burst_length: "s" = 600.0, in 1.0 ..= 31557600.0, "scenario";
        /// Mean time between two bursts.
        calm_length: "s" = 6000.0, in 1.0 ..= 31557600.0, "scenario";
        /// Median gas of a transaction, its own 21,000 included.
        gas: "1" = 50000.0, in 21000.0 ..= 1e9, "between a transfer (21,000) and an exchange of tokens (about 100,000)";
        /// Standard deviation of the logarithm of the gas.
        gas_spread: "1" = 0.0, in 0.0 ..= 2.0, "scenario";
        /// Share of transactions whose gas limit is a tenth too low.
        gas_underestimated: "1" = 0.0, in 0.0 ..= 1.0, "scenario";
        /// Standard deviation of the logarithm of the worth.
        worth_spread: "1" = 1.0, in 0.0 ..= 5.0, "estimate";
        /// Part of the worth that is offered as a tip.
        tip_share: "1" = 0.05, in 0.0 ..= 1.0, "estimate";
        /// Median fee for a transaction that a user would pay for good; 0 if nobody ever leaves.
        reservation: "token" = 0.0, in 0.0 ..= 1e9, "scenario",
            fixed "each user's own is drawn on the first day";
        /// Standard deviation of the logarithm of that fee over users.
        reservation_spread: "1" = 1.0, in 0.01 ..= 5.0, "estimate",
            fixed "each user's own is drawn on the first day";
        /// Chance a day that a user whose fee is above (below) its own leaves (comes back).
        leaving_chance: "1" = 0.3, in 0.0 ..= 1.0, "estimate";
    }
    amounts {
        /// Median of what a unit of gas is worth to a sender.
        worth: "nanotoken" = 50.0, in 0.000001 ..= 1e9, "scenario; Ethereum's fees of 2021-2023 were 10 to 200 gwei";
        /// Money of a user at the start.
        balance: "token" = 1000.0, in 0.0 ..= 1e12, "scenario";
    }
}

impl LoadParameters {
    /// A parameter as a lever of a chain with this gas limit: a transaction fits into a block.
    pub fn lever(spec: &ParameterSpec, gas_limit: u64) -> LeverSpec {
        let lever = spec.lever();
        let maximum = match spec.name {
            "gas" => lever.maximum.min(gas_limit as f64),
            _ => lever.maximum,
        };
        LeverSpec { maximum, ..lever }
    }

    /// Why a parameter cannot be moved beside the others, or has no effect beside them; `None` if
    /// it can.
    pub fn fixed(&self, spec: &ParameterSpec, fee: &FeeRule) -> Option<&'static str> {
        let idle = match spec.name {
            "leaving_chance" if self.reservation <= 0.0 => {
                Some("it has an effect with a reservation above 0 only")
            }
            "burst_length" | "calm_length" if self.burst_factor <= 1.0 => {
                Some("it has an effect with a burst_factor above 1 only")
            }
            "tip_share" if matches!(fee, FeeRule::Fixed { .. }) => {
                Some("it has no effect with fee = \"fixed\"")
            }
            _ => None,
        };
        spec.fixed.or(idle)
    }
}

/// What became of wishes for a transaction.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    /// Wishes that came.
    pub wanted: u64,
    /// Not sent, because the chain asks for more than it was worth.
    pub priced_out: u64,
    /// Of these, those that became a transaction.
    pub sent: u64,
}

/// The public, whose wishes for a transaction come at random.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Load {
    parameters: LoadParameters,
    first: Address,
    /// The fee for good of each user, tokens, and whether it is there; empty if nobody leaves.
    reservations: Vec<f64>,
    gone: Vec<bool>,
    burst: bool,
    phase: Stream,
    phase_ends: SimTime,
    arrivals: u64,
    next: NextArrival,
    /// What became of the wishes.
    pub wishes: Wishes,
}

impl Load {
    /// The users, with their accounts opened. They are the same people on every chain, so that
    /// what differs between chains is the fee alone; all else is drawn from the chain's streams.
    pub fn new(
        parameters: &LoadParameters,
        state: &mut State,
        people: &Streams,
        streams: &Streams,
    ) -> Self {
        let users = parameters.users as u32;
        let balance = parameters.balance;
        let first = Address(state.accounts.len() as u32);
        for _ in 0..users {
            state.open(Holding::Free, balance);
        }
        let reservation = |user: u32| {
            let law = log_normal(parameters.reservation, parameters.reservation_spread);
            law.sample(&mut people.stream(user, RESERVATION))
        };
        let leave = parameters.reservation > 0.0;
        let reservations = if leave { (0..users).map(reservation).collect() } else { vec![] };
        let mut phase = streams.stream(0, PHASE);
        let calm = exponential(parameters.calm_length, &mut phase);
        Load {
            gone: vec![false; reservations.len()],
            reservations,
            parameters: parameters.clone(),
            first,
            burst: false,
            phase,
            phase_ends: SimTime::ZERO + calm,
            arrivals: 0,
            next: NextArrival::at(SimTime::MAX),
            wishes: Wishes::default(),
        }
    }

    /// Users that have not left.
    pub fn active(&self) -> u64 {
        self.parameters.users as u64 - self.gone.iter().filter(|gone| **gone).count() as u64
    }

    /// Users that have left, as a share of all.
    pub fn lost_share(&self) -> f64 {
        1.0 - self.active() as f64 / self.parameters.users
    }

    /// Schedules the first wish. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, chain: &Chain, ctx: &mut Context<E>) {
        if self.parameters.rate > 0.0 {
            self.expect(ctx.now(), chain, ctx);
        }
    }

    fn expect<E: EngineEvent + From<Event>>(
        &mut self,
        at: SimTime,
        chain: &Chain,
        ctx: &mut Context<E>,
    ) {
        self.next = NextArrival::at(at);
        ctx.at(at, Event::Submit { chain: chain.state().rules.chain }.into());
    }

    /// Arrivals a second in a burst, of which calm times let a part pass.
    fn peak(&self) -> f64 {
        self.parameters.rate * self.parameters.burst_factor
    }

    /// Changes a parameter that is a lever.
    ///
    /// # Panics
    ///
    /// If no parameter that is a number has this name.
    pub fn set<E: EngineEvent + From<Event>>(
        &mut self,
        name: &str,
        value: f64,
        chain: &Chain,
        ctx: &mut Context<E>,
    ) {
        let before = self.peak();
        let slot = self.parameters.get_mut(name).expect("a lever is a parameter");
        if *slot == value {
            return;
        }
        *slot = value;
        let (after, now) = (self.peak(), ctx.now());
        let at = match self.arrivals {
            _ if after == before => None,
            // Nobody has come yet: the first event starts the clock.
            0 if before == 0.0 => Some(now),
            _ => self.next.change_rate(before, after, now),
        };
        if let Some(at) = at {
            self.expect(at, chain, ctx);
        }
    }

    /// Somebody may want a transaction.
    pub fn arrive<E: EngineEvent + From<Event>>(
        &mut self,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) {
        let now = ctx.now();
        if !self.next.is_due(now) {
            return;
        }
        let mut draws = ctx.streams().indexed(0, ARRIVAL, self.arrivals);
        let gap = exponential(1.0 / self.peak(), &mut draws);
        self.expect(now + gap, chain, ctx);
        let p = &self.parameters;
        let thinned = draws.uniform() * p.burst_factor;
        let user = draws.below(p.users as u64) as u32;
        // Without spread the gas typed: exp(ln x) is a little less than x for half of all x.
        let gas = log_normal(p.gas, p.gas_spread).sample(&mut draws);
        let gas = if p.gas_spread == 0.0 { p.gas } else { gas } as u64;
        let too_low = draws.uniform() < p.gas_underestimated;
        let worth = money::drawn(p.worth, p.worth_spread, NANO_DECIMALS, &mut draws);
        // The first event only starts the clock: a Poisson process has no arrival at its start.
        let first = self.arrivals == 0;
        self.arrivals += 1;
        self.change_phase(now);
        let accepted = self.burst || thinned < 1.0;
        if first || !accepted || self.gone.get(user as usize) == Some(&true) {
            return;
        }
        self.wishes.wanted += 1;
        let tip = amount::floor(worth.0 as f64 * 1e-9 * self.parameters.tip_share, NANO_DECIMALS);
        let gas = gas.clamp(TRANSACTION_GAS, chain.state().rules.gas_limit);
        let gas_limit = if too_low { (gas - gas / 10).max(TRANSACTION_GAS) } else { gas };
        let Some(bid) = chain.state().rules.fee.bid(worth.0, tip.0, chain.asked()) else {
            self.wishes.priced_out += 1;
            return;
        };
        let call = Call::Work { gas: gas - TRANSACTION_GAS };
        let sent = chain.send(Address(self.first.0 + user), call, gas_limit, bid, now);
        self.wishes.sent += u64::from(sent.is_ok());
    }

    fn change_phase(&mut self, now: SimTime) {
        while self.phase_ends <= now {
            self.burst = !self.burst;
            let p = &self.parameters;
            let mean = if self.burst { p.burst_length } else { p.calm_length };
            self.phase_ends += exponential(mean, &mut self.phase);
        }
    }

    /// A day with this median fee for a transaction is over: users leave and come back.
    pub fn end_day(&mut self, fee: Option<Amount>, day: u64, streams: &Streams) {
        let Some(fee) = fee else { return };
        let fee = fee.as_tokens(TOKEN_DECIMALS);
        for (user, gone) in self.gone.iter_mut().enumerate() {
            let moves = streams.indexed(user as u32, LEAVING, day).uniform();
            let wants_to_be_gone = fee > self.reservations[user];
            if moves < self.parameters.leaving_chance {
                *gone = wants_to_be_gone;
            }
        }
    }
}

/// Log-normal by its median.
///
/// # Panics
///
/// If the median is not positive and finite, or the spread is negative or not finite.
pub fn log_normal(median: f64, spread: f64) -> LogNormal {
    LogNormal::new(math::ln(median), spread).expect("the scenario bounds both")
}

/// An exponential time.
///
/// # Panics
///
/// If the mean is not positive and finite.
pub fn exponential(mean_seconds: f64, draws: &mut Stream) -> SimDuration {
    let law = Exponential::new(mean_seconds).expect("the scenario bounds it");
    SimDuration::from_seconds_f64(law.sample(draws))
}

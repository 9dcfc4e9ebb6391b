//! Actions on devices that have their time: planned ahead with the dispatch contract, and the same
//! actions in the hands of an operator, for comparison.
//!
//! For a device of the fleet that is down nothing is planned, and an action whose device is down at
//! its time is not carried out. The operator is given the benefit: it is judged as if all devices
//! were up.
//!
//! The operator sees to an action at its due time if on shift, else at the beginning of the next
//! shift, reacts after a log-normal time, and forgets some.

use std::collections::VecDeque;

use pinwheel_core::{
    Amount, Context, Event as EngineEvent, Holding, Metric, Purpose, SimDuration, SimTime,
};
use serde::{Deserialize, Serialize};

use super::super::Event;
use super::super::chain::Chain;
use super::super::contracts::dispatch::{ACTION_GAS, Dispatch, Order, Progress};
use super::super::contracts::{CREATE_GAS, Call, Notice, TRANSACTION_GAS};
use super::super::record::share;
use super::super::state::State;
use super::super::tally::{Slot, quantile};
use super::super::transaction::Address;
use super::load::{exponential, log_normal};
use super::{Actor, Wallet};
use crate::blockchain::spec::SPEC;
use crate::input::dates::DAY_SECONDS;
use crate::part::Members;

const ON_TIME: Metric = SPEC.metric("actions_on_time_share");
const MANUAL: Metric = SPEC.metric("actions_manual_on_time_share");
const OUT_OF_GAS: Metric = SPEC.metric("actions_out_of_gas_share");
const DEVICE_DOWN: Metric = SPEC.metric("actions_device_down_share");
const UNSENT: Metric = SPEC.metric("actions_unsent_share");
const DELAY_P50: Metric = SPEC.metric("action_delay_p50");
const DELAY_P99: Metric = SPEC.metric("action_delay_p99");
const PLAN: Purpose = Purpose::new("blockchain plan");

crate::parameters! {
    /// Actions carried out by contract and, for comparison, by hand.
    pub struct PlanParameters {
        /// Devices with actions to carry out.
        devices: "1" = 100.0, in 1.0 ..= 100000.0, "scenario";
        /// Actions of one device.
        actions: "1/d" = 24.0, in 0.001 ..= 100000.0, "scenario";
        /// Time between plan and action.
        lead: "s" = 3600.0, in 0.0 ..= 31557600.0, "scenario";
        /// How late an action may be and still be on time.
        tolerance: "s" = 60.0, in 0.0 ..= 86400.0, "scenario";
        /// Gas that contracts may use in one block.
        allowance: "1" = 3000000.0, in 7600.0 ..= 1e12, "scenario";
        /// Gas money paid in advance over what the action would cost at the time of the plan.
        prepaid: "1" = 2.0, in 0.0 ..= 1000.0, "scenario";
        /// Median time in which an operator on shift reacts.
        response: "s" = 300.0, in 0.001 ..= 86400.0, "estimate";
        /// Standard deviation of the logarithm of that time.
        response_spread: "1" = 1.0, in 0.0 ..= 5.0, "estimate";
        /// Share of actions that an operator forgets.
        forgotten: "1" = 0.02, in 0.0 ..= 1.0, "estimate";
        /// Hours of the day, from 8:00 on, with an operator on shift.
        shift: "1" = 10.0, in 0.001 ..= 24.0, "estimate";
    }
    amounts {
        /// Highest price of a unit of gas that plans pay.
        worth: "nanotoken" = 1000.0, in 0.0 ..= 1e9, "scenario";
        /// Tip they offer.
        tip: "nanotoken" = 1.0, in 0.0 ..= 1e9, "scenario";
        /// Money of a device at the start.
        balance: "token" = 1000.0, in 0.0 ..= 1e9, "scenario";
    }
}

/// Devices that plan actions which a contract carries out when they are due.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DispatchActivity {
    parameters: PlanParameters,
    /// Who of the fleet the devices are.
    members: Members,
    past: Past,
    wallet: Wallet,
    first: Address,
    plans: Vec<u64>,
    wanted: u64,
    unsent: u64,
    done: u64,
    on_time: u64,
    out_of_gas: u64,
    device_down: u64,
    manual_on_time: u64,
    delays: Vec<f64>,
}

/// When devices went down and came up, as far back as blocks may still be settled: whether a device
/// was up when its action ran is known when that is settled, which may be an hour later.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Past {
    /// Of each device, the oldest first; before the first of them it was the other way.
    changes: Vec<VecDeque<(SimTime, bool)>>,
    /// Up to when blocks have been settled, as far as actions tell.
    settled: SimTime,
}

impl Past {
    fn new(devices: usize) -> Self {
        Past { changes: vec![VecDeque::new(); devices], settled: SimTime::ZERO }
    }

    fn note(&mut self, place: u32, up: bool, now: SimTime) {
        let changes = &mut self.changes[place as usize];
        changes.push_back((now, up));
        while changes.get(1).is_some_and(|(second, _)| *second < self.settled) {
            changes.pop_front();
        }
    }

    /// Whether a device was up at an instant that is not settled yet.
    fn was_up(&self, place: u32, time: SimTime) -> bool {
        let changes = &self.changes[place as usize];
        match changes.iter().rfind(|(at, _)| *at <= time) {
            Some((_, up)) => *up,
            None => changes.front().is_none_or(|(_, up)| !up),
        }
    }
}

impl DispatchActivity {
    /// The devices with their accounts, and the contract.
    pub fn new(parameters: &PlanParameters, members: Members, state: &mut State) -> Self {
        let p = parameters;
        let first = Address(state.accounts.len() as u32);
        for _ in 0..p.devices as u32 {
            state.open(Holding::Free, p.balance);
        }
        state.contracts.dispatch = Some(Dispatch::new(p.allowance as u64, &mut state.accounts));
        DispatchActivity {
            past: Past::new(p.devices as usize),
            members,
            wallet: Wallet { worth: p.worth, tip: p.tip },
            first,
            plans: vec![0; p.devices as usize],
            wanted: 0,
            unsent: 0,
            done: 0,
            on_time: 0,
            out_of_gas: 0,
            device_down: 0,
            manual_on_time: 0,
            delays: Vec::new(),
            parameters: p.clone(),
        }
    }

    /// Schedules the first plan of each device. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, chain: &Chain, ctx: &mut Context<E>) {
        for who in 0..self.plans.len() as u32 {
            self.arm(who, chain, ctx);
        }
    }

    /// Schedules the device's next plan; the rest of the draws is used when it comes.
    fn arm<E: EngineEvent + From<Event>>(&self, who: u32, chain: &Chain, ctx: &mut Context<E>) {
        let chain = chain.state().rules.chain;
        let mean = DAY_SECONDS / self.parameters.actions;
        let plan = self.plans[who as usize];
        let mut draws = self.members.stream(who, PLAN, plan, ctx.streams());
        let wait = exponential(mean, &mut draws);
        ctx.after(wait, Event::Wake { chain, actor: Actor::Plan, who }.into());
    }

    /// Somebody plans an action of a device, if it is up.
    pub fn plan<E: EngineEvent + From<Event>>(
        &mut self,
        who: u32,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) {
        let plan = self.plans[who as usize];
        self.plans[who as usize] += 1;
        self.arm(who, chain, ctx);
        if !self.members.is_up(who) {
            return;
        }
        let due = ctx.now() + SimDuration::from_seconds_f64(self.parameters.lead);
        self.wanted += 1;
        self.by_hand(who, plan, due, ctx);
        // The chain asks for a price even where there is no base fee.
        let price = chain.asked().base_fee;
        let factor = (self.parameters.prepaid * 1000.0) as u128;
        let prepaid = Amount(price * u128::from(ACTION_GAS) * factor / 1000);
        let call = Call::Dispatch(Order::Plan { device: who, action: plan as u8, due, prepaid });
        let sender = Address(self.first.0 + who);
        let sent = self.wallet.send(chain, sender, call, TRANSACTION_GAS + CREATE_GAS, ctx);
        self.unsent += u64::from(sent.is_none());
    }

    /// The same action by an operator.
    fn by_hand<E: EngineEvent>(&mut self, who: u32, plan: u64, due: SimTime, ctx: &Context<E>) {
        const SHIFT_BEGINS: f64 = 8.0 * 3_600.0;
        let p = &self.parameters;
        let mut draws = self.members.stream(who, PLAN, plan, ctx.streams());
        let (_, forgotten) = (draws.uniform(), draws.uniform() < p.forgotten);
        let reaction = log_normal(p.response, p.response_spread).sample(&mut draws);
        let of_day = due.as_seconds() % DAY_SECONDS;
        let into_shift = (of_day - SHIFT_BEGINS + DAY_SECONDS) % DAY_SECONDS;
        let shift = p.shift * 3_600.0;
        let waits = if into_shift < shift { 0.0 } else { DAY_SECONDS - into_shift };
        self.manual_on_time += u64::from(!forgotten && waits + reaction <= p.tolerance);
    }

    /// A device of the fleet went down or came up.
    pub fn device_changed(&mut self, device: u32, class: u8, up: bool, now: SimTime) {
        if let Some(place) = self.members.change(device, class, up) {
            self.past.note(place, up, now);
        }
    }

    /// The contract has carried out an action or dropped it, in a block that is settled now.
    pub fn noticed(&mut self, notice: &Notice) {
        let Notice::Acted { device, due, progress, time, .. } = *notice else { return };
        self.past.settled = self.past.settled.max(time);
        if progress == Progress::OutOfGas {
            self.out_of_gas += 1;
            return;
        }
        if !self.past.was_up(device, time) {
            self.device_down += 1;
            return;
        }
        let delay = time.since(due).as_seconds();
        self.done += 1;
        self.on_time += u64::from(delay <= self.parameters.tolerance);
        self.delays.push(delay);
    }

    /// Records the day that ends.
    pub fn record<E: EngineEvent>(&mut self, slot: Slot, ctx: &mut Context<E>) {
        let due = (self.done + self.out_of_gas + self.device_down + self.unsent) as f64;
        slot.push_some(ctx, ON_TIME, share(self.on_time as f64, due));
        slot.push_some(ctx, OUT_OF_GAS, share(self.out_of_gas as f64, due));
        if self.members.are_of_fleet() {
            slot.push_some(ctx, DEVICE_DOWN, share(self.device_down as f64, due));
        }
        let wanted = self.wanted as f64;
        slot.push_some(ctx, UNSENT, share(self.unsent as f64, wanted));
        slot.push_some(ctx, MANUAL, share(self.manual_on_time as f64, wanted));
        slot.push_some(ctx, DELAY_P50, quantile(&mut self.delays, 0.5));
        slot.push_some(ctx, DELAY_P99, quantile(&mut self.delays, 0.99));
        self.delays.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_of_a_device_is_known_at_the_time_of_an_action() {
        let at = |minutes| SimTime::ZERO + SimDuration::from_minutes(minutes);
        let mut past = Past::new(2);
        past.note(0, false, at(10));
        past.note(0, true, at(20));
        past.note(0, false, at(30));
        let seen = [5, 15, 25, 35].map(|minutes| past.was_up(0, at(minutes)));
        assert_eq!(seen, [true, false, true, false]);
        assert!(past.was_up(1, at(35)), "nothing has happened to it");
        // What is settled is asked for no more, and what is kept answers the same.
        past.settled = at(25);
        past.note(0, true, at(40));
        assert_eq!(past.changes[0].len(), 3);
        assert_eq!([25, 35, 45].map(|minutes| past.was_up(0, at(minutes))), [true, false, true]);
    }
}

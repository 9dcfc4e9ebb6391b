//! Devices that write every change of their state into the ledger.
//!
//! A device reports each change as its next one; a report the pool does not take, or that its
//! sender withdrew, is sent again. The devices fail and are repaired by clocks of their own, or
//! are devices of the fleet.

use std::collections::VecDeque;

use pinwheel_core::check::CheckId;
use pinwheel_core::{
    Context, Event as EngineEvent, Holding, Metric, Purpose, SimDuration, SimTime, Stream, Streams,
};
use serde::{Deserialize, Serialize};

use super::super::Event;
use super::super::chain::{Chain, Inclusion};
use super::super::contracts::{Call, READ_GAS, TRANSACTION_GAS, UPDATE_GAS, registry};
use super::super::state::State;
use super::super::tally::{Slot, quantile};
use super::super::transaction::Address;
use super::load::exponential;
use super::{Actor, Wallet};
use crate::blockchain::spec::SPEC;
use crate::part::Members;

const CHANGES: Metric = SPEC.metric("device_changes");
const RECORDED: Metric = SPEC.metric("device_changes_recorded_share");
const DELAY_P50: Metric = SPEC.metric("device_record_p50");
const DELAY_P99: Metric = SPEC.metric("device_record_p99");
const CLOCK: Purpose = Purpose::new("blockchain device clock");
const REPORT_GAS: u64 = TRANSACTION_GAS + READ_GAS + UPDATE_GAS;
/// Slots between two looks for reports that must be sent again.
const RETRY_SLOTS: u64 = 10;
/// Changes older than this must be in the ledger.
const GRACE: SimDuration = SimDuration::from_hours(1);

crate::parameters! {
    /// Devices with a ledger record of every change.
    pub struct DeviceParameters {
        /// Devices, each with an account.
        devices: "1" = 100.0, in 1.0 ..= 1000000.0, "scenario";
        /// Mean time to failure.
        uptime: "s" = 2592000.0, in 1.0 ..= 1e9, "scenario";
        /// Mean time to repair.
        downtime: "s" = 14400.0, in 1.0 ..= 1e9, "scenario";
    }
    amounts {
        /// Highest price of a unit of gas a device pays.
        worth: "nanotoken" = 1000.0, in 0.0 ..= 1e9, "scenario";
        /// Tip it offers.
        tip: "nanotoken" = 1.0, in 0.0 ..= 1e9, "scenario";
        /// Money of a device at the start.
        balance: "token" = 100.0, in 0.0 ..= 1e9, "scenario";
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Device {
    clock: Stream,
    /// Changes that happened, and those sent to the chain. An even number of changes is up.
    changes: u32,
    sent: u32,
    /// Times of the changes that are not in the ledger, oldest first.
    unrecorded: VecDeque<SimTime>,
}

/// Devices that write every change of their state into the ledger.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Devices {
    parameters: DeviceParameters,
    /// Who of the fleet they are.
    members: Members,
    wallet: Wallet,
    first: Address,
    devices: Vec<Device>,
    retry: SimDuration,
    delays: Vec<f64>,
    check: Option<CheckId>,
}

impl Devices {
    /// The devices, entered in the registry.
    pub fn new(
        parameters: &DeviceParameters,
        members: Members,
        slot: SimDuration,
        state: &mut State,
        streams: &Streams,
    ) -> Self {
        let first = Address(state.accounts.len() as u32);
        let count = parameters.devices as u32;
        for _ in 0..count {
            let owner = state.open(Holding::Free, parameters.balance);
            state.contracts.registry.enter(owner, SimTime::ZERO);
        }
        let device = |device| Device {
            clock: streams.stream(device, CLOCK),
            changes: 0,
            sent: 0,
            unrecorded: VecDeque::new(),
        };
        Devices {
            parameters: parameters.clone(),
            members,
            wallet: Wallet { worth: parameters.worth, tip: parameters.tip },
            first,
            devices: (0..count).map(device).collect(),
            retry: slot.times(RETRY_SLOTS),
            delays: Vec::new(),
            check: None,
        }
    }

    /// Registers the check and schedules the first changes. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(
        &mut self,
        id: &str,
        chain: &Chain,
        ctx: &mut Context<E>,
    ) {
        self.check = Some(ctx.checks.always(&format!("blockchain.{id}.ledger_follows_devices")));
        let chain = chain.state().rules.chain;
        ctx.after(self.retry, Event::Wake { chain, actor: Actor::Retry, who: 0 }.into());
        if !self.members.are_of_fleet() {
            for who in 0..self.devices.len() as u32 {
                self.arm(who, chain, ctx);
            }
        }
    }

    fn arm<E: EngineEvent + From<Event>>(&mut self, who: u32, chain: u16, ctx: &mut Context<E>) {
        let device = &mut self.devices[who as usize];
        let up = device.changes.is_multiple_of(2);
        let mean = if up { self.parameters.uptime } else { self.parameters.downtime };
        let wait = exponential(mean, &mut device.clock);
        ctx.after(wait, Event::Wake { chain, actor: Actor::Device, who }.into());
    }

    /// A device changes by its own clock.
    pub fn change<E: EngineEvent + From<Event>>(
        &mut self,
        who: u32,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) {
        self.note(who, chain, ctx);
        self.arm(who, chain.state().rules.chain, ctx);
    }

    /// A device of the fleet went down or came up.
    pub fn device_changed<E: EngineEvent>(
        &mut self,
        device: u32,
        class: u8,
        up: bool,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) {
        let Some(who) = self.members.change(device, class, up) else { return };
        if self.devices[who as usize].changes.is_multiple_of(2) != up {
            self.note(who, chain, ctx);
        }
    }

    fn note<E: EngineEvent>(&mut self, who: u32, chain: &mut Chain, ctx: &mut Context<E>) {
        let device = &mut self.devices[who as usize];
        device.changes += 1;
        device.unrecorded.push_back(ctx.now());
        self.send(who, chain, ctx);
    }

    /// Sends the reports of a device that were not sent.
    fn send<E: EngineEvent>(&mut self, who: u32, chain: &mut Chain, ctx: &mut Context<E>) {
        let device = &mut self.devices[who as usize];
        while device.sent < device.changes {
            let change = device.sent + 1;
            let up = change.is_multiple_of(2);
            let call = Call::Registry(registry::Order::Report { device: who, change, up });
            let sender = Address(self.first.0 + who);
            if self.wallet.send(chain, sender, call, REPORT_GAS, ctx).is_none() {
                return;
            }
            device.sent = change;
        }
    }

    /// Sends again what was lost on the way: reports that are neither in the ledger nor in the
    /// pool.
    pub fn retry<E: EngineEvent + From<Event>>(&mut self, chain: &mut Chain, ctx: &mut Context<E>) {
        let id = chain.state().rules.chain;
        ctx.after(self.retry, Event::Wake { chain: id, actor: Actor::Retry, who: 0 }.into());
        for who in 0..self.devices.len() as u32 {
            let device = &mut self.devices[who as usize];
            if device.unrecorded.is_empty() {
                continue;
            }
            let sender = Address(self.first.0 + who);
            let waiting = chain.next_nonce(sender) > chain.state().accounts.nonce(sender);
            if !waiting {
                let known = chain.state().contracts.registry.device(who);
                device.sent = known.map_or(0, |known| known.changes);
            }
            self.send(who, chain, ctx);
        }
    }

    /// A report is in the ledger.
    ///
    /// # Panics
    ///
    /// If [`Devices::start`] was not called.
    pub fn settled<E: EngineEvent>(
        &mut self,
        inclusion: &Inclusion,
        chain: &Chain,
        ctx: &mut Context<E>,
    ) {
        let Call::Registry(registry::Order::Report { device: who, .. }) = inclusion.call else {
            return;
        };
        let Some(device) = self.devices.get_mut(who as usize) else { return };
        let Some(known) = chain.state().contracts.registry.device(who) else { return };
        let now = ctx.now();
        let recorded = device.changes - device.unrecorded.len() as u32;
        for _ in recorded..known.changes {
            if let Some(happened) = device.unrecorded.pop_front() {
                self.delays.push(inclusion.receipt.time.since(happened).as_seconds());
            }
        }
        let follows =
            known.changes <= device.changes && known.up == known.changes.is_multiple_of(2);
        let detail = || format!("device {who}: the ledger has {} changes", known.changes);
        ctx.checks.note(self.check.expect("started"), follows, now, detail);
    }

    /// Records the day that ends.
    pub fn record<E: EngineEvent>(&mut self, slot: Slot, ctx: &mut Context<E>) {
        let changes: u64 = self.devices.iter().map(|device| u64::from(device.changes)).sum();
        let old = |happened: &&SimTime| slot.time.since(**happened) > GRACE;
        let late = |device: &Device| device.unrecorded.iter().filter(old).count() as u64;
        let late: u64 = self.devices.iter().map(late).sum();
        slot.push(ctx, CHANGES, changes as f64);
        slot.push(ctx, RECORDED, 1.0 - late as f64 / changes.max(1) as f64);
        slot.push_some(ctx, DELAY_P50, quantile(&mut self.delays, 0.5));
        slot.push_some(ctx, DELAY_P99, quantile(&mut self.delays, 0.99));
        self.delays.clear();
    }
}

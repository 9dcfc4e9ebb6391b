//! Who uses a chain, and for what: each activity sends transactions and watches what becomes of
//! them.

pub mod attestation;
pub mod devices;
pub mod dispatch;
pub mod escrow;
pub mod load;
pub mod telemetry;

use pinwheel_core::{Amount, Context, Event as EngineEvent};
use serde::{Deserialize, Serialize};

use super::Event;
use super::chain::{Chain, Settled};
use super::contracts::Call;
use super::fee::Bid;
use super::tally::Slot;
use super::transaction::Address;
use attestation::AttestationActivity;
use devices::Devices;
use dispatch::DispatchActivity;
use escrow::EscrowActivity;
use telemetry::Telemetry;

/// Who acts.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// A device fails or is repaired.
    Device,
    /// Devices send again what was not taken.
    Retry,
    /// A device claims to have worked; a verifier votes.
    Claim,
    /// A verifier on a panel.
    Vote,
    /// Somebody plans an action of a device.
    Plan,
    /// A deal is struck; its next step is due; the middleman fails.
    Deal,
    /// A trader in a deal.
    Step,
    /// Whoever settles quarrels over deals.
    Middleman,
    /// A device takes a reading; a gateway writes what it has gathered.
    Reading,
    /// A gateway that writes readings.
    Gateway,
}

/// Pays for a call whatever it costs, up to its worth.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wallet {
    /// What a unit of gas is worth at most, and what is offered as a tip.
    pub worth: Amount,
    /// What the proposer gets for a unit of gas.
    pub tip: Amount,
}

impl Wallet {
    fn bid(&self, chain: &Chain) -> Option<Bid> {
        chain.state().rules.fee.bid(self.worth.0, self.tip.0, chain.asked())
    }
    /// Sends a call; its nonce, or `None` if it costs too much or the pool is full.
    pub fn send<E: EngineEvent>(
        &self,
        chain: &mut Chain,
        sender: Address,
        call: Call,
        gas_limit: u64,
        ctx: &Context<E>,
    ) -> Option<u64> {
        let bid = self.bid(chain)?;
        chain.send(sender, call, gas_limit, bid, ctx.now()).ok()
    }
}

/// The activities of one chain.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Applications {
    /// Devices that write each change of their state.
    pub devices: Option<Devices>,
    /// Claims of work.
    pub attestation: Option<AttestationActivity>,
    /// Actions carried out by contract.
    pub dispatch: Option<DispatchActivity>,
    /// Deals paid through a contract.
    pub escrow: Option<EscrowActivity>,
    /// Readings on the chain.
    pub telemetry: Option<Telemetry>,
}

impl Applications {
    /// Schedules the first events and registers checks.
    pub fn start<E: EngineEvent + From<Event>>(
        &mut self,
        id: &str,
        chain: &Chain,
        ctx: &mut Context<E>,
    ) {
        self.devices.iter_mut().for_each(|devices| devices.start(id, chain, ctx));
        self.attestation.iter_mut().for_each(|attestation| attestation.start(id, chain, ctx));
        self.dispatch.iter_mut().for_each(|dispatch| dispatch.start(chain, ctx));
        self.escrow.iter_mut().for_each(|escrow| escrow.start(id, chain, ctx));
        self.telemetry.iter_mut().for_each(|telemetry| telemetry.start(id, chain, ctx));
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
        if let Some(devices) = &mut self.devices {
            devices.device_changed(device, class, up, chain, ctx);
        }
        if let Some(dispatch) = &mut self.dispatch {
            dispatch.device_changed(device, class, up, ctx.now());
        }
        for members in [
            self.attestation.as_mut().map(|activity| &mut activity.members),
            self.telemetry.as_mut().map(|activity| &mut activity.members),
        ] {
            members.and_then(|members| members.change(device, class, up));
        }
    }

    /// Somebody acts.
    ///
    /// # Panics
    ///
    /// If the chain does not have the activity that this actor belongs to.
    pub fn act<E: EngineEvent + From<Event>>(
        &mut self,
        actor: Actor,
        who: u32,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) {
        const ABSENT: &str = "an event of an activity that is there";
        match actor {
            Actor::Device => self.devices.as_mut().expect(ABSENT).change(who, chain, ctx),
            Actor::Retry => self.devices.as_mut().expect(ABSENT).retry(chain, ctx),
            Actor::Claim => self.attestation.as_mut().expect(ABSENT).claim(who, chain, ctx),
            Actor::Vote => self.attestation.as_mut().expect(ABSENT).vote(who, chain, ctx),
            Actor::Plan => self.dispatch.as_mut().expect(ABSENT).plan(who, chain, ctx),
            Actor::Deal => self.escrow.as_mut().expect(ABSENT).deal(chain, ctx),
            Actor::Step => self.escrow.as_mut().expect(ABSENT).step(who, chain, ctx),
            Actor::Middleman => self.escrow.as_mut().expect(ABSENT).middleman_fails(chain, ctx),
            Actor::Reading => self.telemetry.as_mut().expect(ABSENT).read(who, chain, ctx),
            Actor::Gateway => self.telemetry.as_mut().expect(ABSENT).write(chain, ctx),
        }
    }

    /// Blocks were settled.
    pub fn settled<E: EngineEvent + From<Event>>(
        &mut self,
        settled: &Settled,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) {
        for inclusion in &settled.inclusions {
            match inclusion.call {
                Call::Registry(_) => {
                    self.devices.iter_mut().for_each(|d| d.settled(inclusion, chain, ctx));
                }
                Call::Escrow(_) => {
                    self.escrow.iter_mut().for_each(|t| t.settled(inclusion));
                }
                Call::Anchor(_) => {
                    self.telemetry.iter_mut().for_each(|t| t.settled(inclusion, ctx));
                }
                _ => {}
            }
        }
        for notice in &settled.notices {
            self.attestation.iter_mut().for_each(|a| a.noticed(notice, chain, ctx));
            self.dispatch.iter_mut().for_each(|p| p.noticed(notice));
            self.escrow.iter_mut().for_each(|t| t.noticed(notice, chain, ctx));
        }
        self.escrow.iter_mut().for_each(|escrow| escrow.check(chain, ctx));
    }

    /// Records the day.
    pub fn record<E: EngineEvent>(&mut self, slot: Slot, chain: &Chain, ctx: &mut Context<E>) {
        self.devices.iter_mut().for_each(|devices| devices.record(slot, ctx));
        self.attestation.iter_mut().for_each(|attestation| attestation.record(slot, chain, ctx));
        self.dispatch.iter_mut().for_each(|dispatch| dispatch.record(slot, ctx));
        self.escrow.iter_mut().for_each(|escrow| escrow.record(slot, ctx));
        self.telemetry.iter_mut().for_each(|telemetry| telemetry.record(slot, ctx));
    }
}

/// Whether member `place` is among the marked `share`, spread evenly over all places.
pub fn marked(place: u32, share: f64) -> bool {
    let before = f64::from(place) * share;
    (before + share + 1e-9) as u64 > (before + 1e-9) as u64
}

//! Who uses a chain, and for what: each activity sends transactions and watches what becomes of them.

pub mod attesting;
pub mod devices;
pub mod load;
pub mod planning;
pub mod telemetry;
pub mod trading;

use pinwheel_core::{Context, Event as EngineEvent};
use serde::{Deserialize, Serialize};

use super::Event;
use super::chain::{Chain, Settled};
use super::contracts::Call;
use super::fee::Bid;
use super::money::from_nanotoken;
use super::tally::Slot;
use super::transaction::Address;
use attesting::Attesting;
use devices::Devices;
use planning::Planning;
use telemetry::Telemetry;
use trading::Trading;

/// Who acts.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// A device fails or is repaired.
    Device,
    /// Devices send again what was not taken.
    Retry,
    /// A device claims to have worked; a verifier votes.
    Claim,
    Vote,
    /// Somebody plans an action of a device.
    Plan,
    /// A deal is struck; its next step is due; the middleman fails.
    Deal,
    Step,
    Middleman,
    /// A device takes a reading; a gateway writes what it has gathered.
    Reading,
    Gateway,
}

/// Pays for a call whatever it costs, up to its worth.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wallet {
    /// What a unit of gas is worth at most, and what is offered as a tip, billionths of a token.
    pub worth: f64,
    pub tip: f64,
}

impl Wallet {
    fn bid(&self, chain: &Chain) -> Option<Bid> {
        let (worth, tip) = (from_nanotoken(self.worth).0, from_nanotoken(self.tip).0);
        chain.state().rules.fee.bid(worth, tip, chain.asked())
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
pub struct Cast {
    pub devices: Option<Devices>,
    pub attesting: Option<Attesting>,
    pub planning: Option<Planning>,
    pub trading: Option<Trading>,
    pub telemetry: Option<Telemetry>,
}

impl Cast {
    /// Schedules the first events and registers checks.
    pub fn start<E: EngineEvent + From<Event>>(
        &mut self,
        id: &str,
        chain: &Chain,
        ctx: &mut Context<E>,
    ) {
        self.devices.iter_mut().for_each(|devices| devices.start(id, chain, ctx));
        self.attesting.iter_mut().for_each(|attesting| attesting.start(id, chain, ctx));
        self.planning.iter_mut().for_each(|planning| planning.start(chain, ctx));
        self.trading.iter_mut().for_each(|trading| trading.start(id, chain, ctx));
        self.telemetry.iter_mut().for_each(|telemetry| telemetry.start(id, chain, ctx));
    }

    /// Somebody acts.
    pub fn act<E: EngineEvent + From<Event>>(
        &mut self,
        role: Role,
        who: u32,
        chain: &mut Chain,
        ctx: &mut Context<E>,
    ) {
        const ABSENT: &str = "an event of an activity that is there";
        match role {
            Role::Device => self.devices.as_mut().expect(ABSENT).change(who, chain, ctx),
            Role::Retry => self.devices.as_mut().expect(ABSENT).retry(chain, ctx),
            Role::Claim => self.attesting.as_mut().expect(ABSENT).claim(who, chain, ctx),
            Role::Vote => self.attesting.as_mut().expect(ABSENT).vote(who, chain, ctx),
            Role::Plan => self.planning.as_mut().expect(ABSENT).plan(who, chain, ctx),
            Role::Deal => self.trading.as_mut().expect(ABSENT).deal(chain, ctx),
            Role::Step => self.trading.as_mut().expect(ABSENT).step(who, chain, ctx),
            Role::Middleman => self.trading.as_mut().expect(ABSENT).middleman_fails(chain, ctx),
            Role::Reading => self.telemetry.as_mut().expect(ABSENT).read(who, chain, ctx),
            Role::Gateway => self.telemetry.as_mut().expect(ABSENT).write(chain, ctx),
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
                    self.trading.iter_mut().for_each(|t| t.settled(inclusion));
                }
                Call::Anchor(_) => {
                    self.telemetry.iter_mut().for_each(|t| t.settled(inclusion, ctx));
                }
                _ => {}
            }
        }
        for notice in &settled.notices {
            self.attesting.iter_mut().for_each(|a| a.noticed(notice, chain, ctx));
            self.planning.iter_mut().for_each(|p| p.noticed(notice));
            self.trading.iter_mut().for_each(|t| t.noticed(notice, chain, ctx));
        }
        self.trading.iter_mut().for_each(|trading| trading.check(chain, ctx));
    }

    /// Records the day.
    pub fn record<E: EngineEvent>(&mut self, slot: Slot, chain: &Chain, ctx: &mut Context<E>) {
        self.devices.iter_mut().for_each(|devices| devices.record(slot, ctx));
        self.attesting.iter_mut().for_each(|attesting| attesting.record(slot, chain, ctx));
        self.planning.iter_mut().for_each(|planning| planning.record(slot, ctx));
        self.trading.iter_mut().for_each(|trading| trading.record(slot, ctx));
        self.telemetry.iter_mut().for_each(|telemetry| telemetry.record(slot, ctx));
    }
}

/// Whether member `place` is among the marked `share`, spread evenly over all places.
pub fn marked(place: u32, share: f64) -> bool {
    let before = f64::from(place) * share;
    (before + share + 1e-9) as u64 > (before + 1e-9) as u64
}

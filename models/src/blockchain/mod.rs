//! Blockchains: pool, blocks, fees, consensus and contracts, on the double-entry ledger.
//!
//! A [`Chain`] makes blocks out of the transactions in its [`Mempool`] when its consensus says so;
//! a [`State`] executes them, and is all that a replay from genesis needs. Every block commits to
//! its transactions, their receipts, the state after it and the block before (`hash.rs`). Several
//! chains may live in one world.
//!
//! Left out: the virtual machine (contracts are built in), the network between nodes but for the
//! travel of blocks of work, storage rent, uncles, account keys (the sender of a transaction is who
//! it says; readings are signed where proofs are real).
//!
//! Invariants, checked at every block: the ledger balances; nonces of a sender come in order and
//! without a gap; blocks are chained by their hashes; stakes and what was taken from them add up to
//! what was entered; a settled block is never overtaken.

pub mod accounts;
pub mod activity;
pub mod attack;
pub mod audit;
pub mod block;
pub mod bridge;
pub mod build;
pub mod card;
pub mod chain;
pub mod consensus;
pub mod contracts;
pub mod fee;
pub mod figures;
pub mod file;
pub mod hash;
pub mod inclusion;
pub mod mempool;
pub mod merkle_state;
pub mod metrics;
pub mod money;
mod part;
mod record;
pub mod review;
pub mod settings;
pub mod spec;
pub mod state;
pub mod tally;
pub mod transaction;

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Instance, Label, Scope, SimDuration};
use serde::{Deserialize, Serialize};

use crate::describe::EventKinds;
use crate::part::{Around, Delivery};

use activity::load::Load;
use activity::{Actor, Applications};
use attack::Attacks;
use audit::Auditor;
pub use block::{Block, Header};
use bridge::Bridge;
use chain::Settled;
pub use chain::{Chain, Head};
pub use consensus::Consensus;
pub use contracts::Call;
pub use fee::FeeRule;
pub use mempool::Mempool;
pub use settings::Settings;
pub use state::{Rules, State};
use tally::Tally;
pub use transaction::{Address, Outcome, Receipt, Transaction};

const DAY: SimDuration = SimDuration::from_days(1);
/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds {
    first: 48,
    names: &[
        "chain turn",
        "block seen",
        "transaction wanted",
        "application wakes",
        "blockchain record",
    ],
};

/// What happens in this layer.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Consensus goes on: a slot, a round, a block that was found.
    Turn {
        /// The chain, by its place in the scenario.
        chain: u16,
    },
    /// A block reaches the observer.
    Seen {
        /// The chain, by its place in the scenario.
        chain: u16,
        /// The block, by the number that its consensus gave it.
        block: u64,
    },
    /// Somebody of the public may want a transaction.
    Submit {
        /// The chain, by its place in the scenario.
        chain: u16,
    },
    /// Somebody acts: a device, a verifier, a trader.
    Wake {
        /// The chain, by its place in the scenario.
        chain: u16,
        /// In which activity.
        actor: Actor,
        /// Which of those that take part in it.
        who: u32,
    },
    /// Time for a record.
    Record,
    /// In one of the attacks.
    Attack(attack::Event),
    /// In one of the bridges.
    Bridge(bridge::Event),
}

impl EngineEvent for Event {
    fn priority(&self) -> u8 {
        match self {
            Event::Record => 250,
            Event::Attack(event) => event.priority(),
            Event::Bridge(event) => event.priority(),
            _ => 128,
        }
    }
    fn kind(&self) -> u8 {
        match self {
            Event::Turn { .. } => KINDS.kind(0),
            Event::Seen { .. } => KINDS.kind(1),
            Event::Submit { .. } => KINDS.kind(2),
            Event::Wake { .. } => KINDS.kind(3),
            Event::Record => KINDS.kind(4),
            Event::Attack(event) => event.kind(),
            Event::Bridge(event) => event.kind(),
        }
    }
}

/// A chain with who runs it and who uses it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct ChainInstance {
    id: String,
    /// Name of its random streams: a chain put before others moves no draw of theirs.
    scope: Scope,
    label: Label,
    block_time: SimDuration,
    chain: Chain,
    consensus: Consensus,
    load: Option<Load>,
    applications: Applications,
    auditor: Option<Auditor>,
    tally: Tally,
}

/// One of the layer's chains or bridges, which draws from streams of its own.
fn drawing_as(scope: Scope) -> Instance {
    Instance { scope, ..Instance::default() }
}

/// The layer while it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Blockchain {
    chains: Vec<ChainInstance>,
    attacks: Option<Attacks>,
    bridges: Vec<Bridge>,
    record_every: SimDuration,
    days: u64,
}

impl Blockchain {
    /// The layer at time zero.
    pub fn new(settings: &Settings, around: &Around<'_>) -> Self {
        let streams = around.streams;
        let chains = settings.chains.iter().zip(0..);
        let chains =
            chains.map(|(settings, id)| build::chain_instance(settings, id, around)).collect();
        let bridges = settings.bridges.iter().zip(0..);
        let bridge = |(settings, place): (&bridge::BridgeSettings, u16)| {
            Bridge::new(settings.clone(), place, &streams.scoped(&settings.name))
        };
        Blockchain {
            chains,
            attacks: settings.attack.as_ref().map(|attack| Attacks::new(attack, streams)),
            bridges: bridges.map(bridge).collect(),
            record_every: settings.record_every,
            days: 0,
        }
    }

    /// Schedules the first events.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        ctx.after(self.record_every, Event::Record.into());
        let several = self.chains.len() > 1;
        for node in &mut self.chains {
            ctx.enter(&drawing_as(node.scope));
            node.label = if several { ctx.records.label(&node.id) } else { Label::default() };
            node.tally.start(&node.id, &node.consensus, ctx);
            node.consensus.start(&node.chain, ctx);
            if let Some(load) = &mut node.load {
                load.start(&node.chain, ctx);
            }
            node.applications.start(&node.id, &node.chain, ctx);
            if let Some(auditor) = &mut node.auditor {
                auditor.start(&node.id, ctx);
            }
            ctx.leave();
        }
        if let Some(attacks) = &mut self.attacks {
            attacks.start(ctx);
        }
        for bridge in &mut self.bridges {
            bridge.start(ctx);
        }
    }

    /// A chain by its place in the scenario.
    pub fn chain(&self, chain: u16) -> &Chain {
        &self.chains[usize::from(chain)].chain
    }

    /// Who uses a chain.
    pub fn activities(&self, chain: u16) -> &Applications {
        &self.chains[usize::from(chain)].applications
    }
    /// Who runs a chain.
    pub fn consensus(&self, chain: u16) -> &Consensus {
        &self.chains[usize::from(chain)].consensus
    }
    /// Seconds from submission to settlement of the transactions settled since the last record.
    pub fn delays(&self, chain: u16) -> &[f64] {
        &self.chains[usize::from(chain)].tally.delays
    }

    /// A device of the fleet went down or came up: every chain hears it.
    pub fn device_changed<E: EngineEvent>(
        &mut self,
        device: u32,
        class: u8,
        up: bool,
        ctx: &mut Context<E>,
    ) {
        for node in &mut self.chains {
            if let Consensus::Stake(stake) = &mut node.consensus {
                stake.members.change(device, class, up);
            }
            node.applications.device_changed(device, class, up, &mut node.chain, ctx);
        }
    }

    /// A reading has come over the connection layer: every chain whose telemetry is of that layer
    /// writes it. What it states is the same on all of them.
    ///
    /// # Panics
    ///
    /// If a chain follows the readings, and the number of this one is 2^32 or above.
    pub fn reading_arrived<E: EngineEvent + From<Event>>(
        &mut self,
        reading: Delivery,
        ctx: &mut Context<E>,
    ) {
        let Delivery { device, number, taken } = reading;
        for node in &mut self.chains {
            if let Some(telemetry) = node.applications.telemetry.as_mut().filter(|t| t.follows()) {
                let number = u32::try_from(number).expect("fewer than 2^32 readings of a device");
                telemetry.delivered(device, number, taken, &mut node.chain, ctx);
            }
        }
    }

    /// Reacts to one event.
    pub fn handle<E: EngineEvent + From<Event>>(&mut self, event: Event, ctx: &mut Context<E>) {
        ctx.enter(&drawing_as(self.scope_of(event)));
        self.react(event, ctx);
        ctx.leave();
    }

    /// Whose event it is.
    fn scope_of(&self, event: Event) -> Scope {
        match event {
            Event::Turn { chain }
            | Event::Seen { chain, .. }
            | Event::Submit { chain }
            | Event::Wake { chain, .. } => self.chains[usize::from(chain)].scope,
            Event::Bridge(event) => self.bridges[usize::from(event.bridge())].scope(),
            Event::Record | Event::Attack(_) => Scope::default(),
        }
    }

    fn react<E: EngineEvent + From<Event>>(&mut self, event: Event, ctx: &mut Context<E>) {
        match event {
            Event::Turn { chain } => {
                let node = &mut self.chains[usize::from(chain)];
                let settled = node.consensus.turn(&mut node.chain, ctx);
                self.settled(chain, &settled, ctx);
            }
            Event::Seen { chain, block } => {
                let node = &mut self.chains[usize::from(chain)];
                let settled = node.consensus.seen(&mut node.chain, block, ctx);
                self.settled(chain, &settled, ctx);
            }
            Event::Submit { chain } => {
                let node = &mut self.chains[usize::from(chain)];
                let load = node.load.as_mut().expect("a load that schedules its arrivals");
                load.arrive(&mut node.chain, ctx);
            }
            Event::Wake { chain, actor, who } => {
                let node = &mut self.chains[usize::from(chain)];
                node.applications.act(actor, who, &mut node.chain, ctx);
            }
            Event::Record => self.record(ctx),
            Event::Attack(event) => {
                if let Some(attacks) = &mut self.attacks {
                    attacks.handle(event, ctx);
                }
            }
            Event::Bridge(event) => {
                self.bridges[usize::from(event.bridge())].handle(event, ctx);
            }
        }
    }

    /// Tells everybody what a chain has settled.
    fn settled<E: EngineEvent + From<Event>>(
        &mut self,
        chain: u16,
        settled: &Settled,
        ctx: &mut Context<E>,
    ) {
        let node = &mut self.chains[usize::from(chain)];
        node.tally.settled(&settled.inclusions, &node.chain, &node.consensus, ctx);
        node.applications.settled(settled, &mut node.chain, ctx);
    }

    fn record<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        ctx.after(self.record_every, Event::Record.into());
        let day_ends = ctx.now().as_nanos().is_multiple_of(DAY.as_nanos());
        let mut before = None;
        for node in &mut self.chains {
            ctx.enter(&drawing_as(node.scope));
            node.record(self.record_every, day_ends, ctx);
            let fee = if day_ends { node.tally.end_day() } else { None };
            if let Some(load) = node.load.as_ref().filter(|_| day_ends) {
                let now = fee.map(|fee| (fee, load.lost_share()));
                node.record_doubling(before, now, ctx);
                before = now;
            }
            if let Some(load) = node.load.as_mut().filter(|_| day_ends) {
                load.end_day(fee, self.days, ctx.streams());
            }
            ctx.leave();
            let (head, ledger) = (&node.chain.head, node.chain.state().accounts.ledger());
            let (words, _) = head.hash.as_chunks::<8>();
            words.iter().for_each(|word| ctx.fingerprint.state.mix(u64::from_le_bytes(*word)));
            ctx.fingerprint.ledger.mix(ledger.digest.value());
        }
        self.days += u64::from(day_ends);
    }
}

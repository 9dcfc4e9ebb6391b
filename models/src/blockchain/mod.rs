//! Blockchains: pool, blocks, fees, consensus and contracts, on the double-entry ledger.
//!
//! [`Chain`] makes blocks out of the transactions in its [`Mempool`]; [`State`] executes them, and is
//! all that a replay from genesis needs. Every block commits to its transactions, their receipts and
//! the state after it (`hash.rs`), and to the block before.
//!
//! Invariants, checked as the run goes: the ledger balances at every block; nonces of a sender come
//! in order and without a gap; blocks are chained by their hashes.

pub mod accounts;
pub mod attack;
pub mod block;
pub mod bridge;
pub mod cells;
pub mod chain;
pub mod contracts;
pub mod fee;
pub mod file;
pub mod hash;
pub mod inclusion;
pub mod mempool;
pub mod metrics;
pub mod settings;
pub mod state;
pub mod transaction;

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Label, Metric, SimDuration, Streams};
use serde::{Deserialize, Serialize};

use attack::Attacks;
pub use block::{Block, Header};
use bridge::Bridge;
pub use chain::Chain;
pub use contracts::Call;
pub use fee::FeeRule;
pub use mempool::Mempool;
pub use settings::Settings;
pub use state::{Rules, State};
pub use transaction::{Address, Outcome, Receipt, Transaction};

use crate::metric;

const CHAINS: Metric = metric::number("chains");
const DAY: SimDuration = SimDuration::from_days(1);
/// First of the layer's kinds of event.
const KIND: u8 = 48;

/// What happens in this layer.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A day ends: its records.
    Record,
    Attack(attack::Event),
    Bridge(bridge::Event),
}

impl Event {
    /// The name of a kind of event of this layer.
    pub fn kind_name(kind: u8) -> Option<&'static str> {
        let own = ["blockchain record"].get(usize::from(kind.checked_sub(KIND)?)).copied();
        own.or_else(|| attack::Event::kind_name(kind)).or_else(|| bridge::Event::kind_name(kind))
    }
}

impl EngineEvent for Event {
    fn priority(&self) -> u8 {
        match self {
            Event::Record => 250,
            Event::Attack(event) => event.priority(),
            Event::Bridge(event) => event.priority(),
        }
    }
    fn kind(&self) -> u8 {
        match self {
            Event::Record => KIND,
            Event::Attack(event) => event.kind(),
            Event::Bridge(event) => event.kind(),
        }
    }
}

/// The layer while it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Blockchain {
    chains: u32,
    attacks: Option<Attacks>,
    bridges: Vec<Bridge>,
}

impl Blockchain {
    /// The layer at time zero.
    pub fn new(settings: &Settings, streams: &Streams) -> Self {
        let bridge = |(place, settings): (usize, &bridge::BridgeSettings)| {
            Bridge::new(settings.clone(), place as u16, streams)
        };
        Blockchain {
            chains: settings.chains,
            attacks: settings.attack.as_ref().map(|attack| Attacks::new(attack, streams)),
            bridges: settings.bridges.iter().enumerate().map(bridge).collect(),
        }
    }

    /// Schedules the first events.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, ctx: &mut Context<E>) {
        ctx.after(DAY, Event::Record.into());
        if let Some(attacks) = &mut self.attacks {
            attacks.start(ctx);
        }
        for bridge in &mut self.bridges {
            bridge.start(ctx);
        }
    }

    /// Reacts to one event.
    pub fn handle<E: EngineEvent + From<Event>>(&mut self, event: Event, ctx: &mut Context<E>) {
        match event {
            Event::Record => {
                ctx.after(DAY, event.into());
                let now = ctx.now();
                ctx.records.push(now, CHAINS, Label::default(), f64::from(self.chains));
            }
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
}

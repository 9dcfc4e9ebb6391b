//! Attacks on chains: double spending, selfish mining, captured committees, identities that cost
//! nothing, censorship, spam.
//!
//! Each part stands for itself and is driven by the event loop: [`race`] and [`selfish`] by two
//! Poisson processes of blocks, [`committee`] by slots. What the closed forms say is in [`law`]; a
//! run records both, and no draw comes from a law.
//!
//! Left out: what attackers do to each other, moving shares, the price of the token after an
//! attack. Money is in nano-dollars.
//!
//! Invariants, checked as the run goes: no block is settled twice or lost; no reorganisation
//! reaches a checkpoint; no two final blocks of one slot while the bad seats are less than a
//! third.

pub mod censorship;
pub mod committee;
pub mod file;
pub mod law;
pub mod metrics;
pub mod mining;
pub mod race;
pub mod selfish;
pub mod settings;
pub mod spam;

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, SimDuration, Streams};
use serde::{Deserialize, Serialize};

use super::Event as LayerEvent;
use crate::describe::EventKinds;
use committee::Committee;
use mining::{Contest, Side};
use race::Race;
use selfish::SelfishMining;
pub use settings::Settings;
use spam::Spam;

/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds {
    first: 55,
    names: &["block of a contest", "committee slot", "attack record", "block with spam"],
};

/// What happens in an attack.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A side finds a block.
    Mined {
        /// Which contest it belongs to.
        contest: Contest,
        /// Who found it.
        side: Side,
    },
    /// A slot of the committees begins.
    Slot,
    /// A block of the chain under spam.
    SpamBlock,
    /// The day's rows.
    Record,
}

impl EngineEvent for Event {
    fn kind(&self) -> u8 {
        KINDS.kind(match self {
            Event::Mined { .. } => 0,
            Event::Slot => 1,
            Event::Record => 2,
            Event::SpamBlock => 3,
        })
    }
    fn priority(&self) -> u8 {
        if matches!(self, Event::Record) { 250 } else { 128 }
    }
}

impl Event {
    /// As an event of whatever the layer is part of.
    fn lift<E: From<LayerEvent>>(self) -> E {
        LayerEvent::Attack(self).into()
    }
}

/// All attacks of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Attacks {
    /// Double spending.
    pub double_spend: Option<Race>,
    /// Selfish mining.
    pub selfish_mining: Option<SelfishMining>,
    /// Attacks on committees.
    pub committee: Option<Committee>,
    /// Spam.
    pub spam: Option<Spam>,
}

impl Attacks {
    /// The attacks of a scenario, before their first event.
    pub fn new(settings: &Settings, streams: &Streams) -> Self {
        Attacks {
            double_spend: settings.double_spend.map(|settings| Race::new(settings, streams)),
            selfish_mining: settings
                .selfish_mining
                .map(|settings| SelfishMining::new(settings, streams)),
            committee: settings.committee.map(Committee::new),
            spam: settings.spam.map(Spam::new),
        }
    }

    /// Registers checks and schedules the first events. Called once, at time zero.
    pub fn start<E: EngineEvent + From<LayerEvent>>(&mut self, ctx: &mut Context<E>) {
        if let Some(race) = &mut self.double_spend {
            race.start(ctx);
        }
        if let Some(selfish) = &mut self.selfish_mining {
            selfish.start(ctx);
        }
        if let Some(committee) = &mut self.committee {
            committee.start(ctx);
        }
        if let Some(spam) = &mut self.spam {
            spam.start(ctx);
        }
        ctx.after(SimDuration::from_days(1), Event::Record.lift());
    }

    /// Reacts to one of their events.
    pub fn handle<E: EngineEvent + From<LayerEvent>>(
        &mut self,
        event: Event,
        ctx: &mut Context<E>,
    ) {
        match event {
            Event::Mined { contest: Contest::DoubleSpend, side } => {
                if let Some(race) = &mut self.double_spend {
                    race.mined(side, ctx);
                }
            }
            Event::Mined { contest: Contest::SelfishMining, side } => {
                if let Some(selfish) = &mut self.selfish_mining {
                    selfish.mined(side, ctx);
                }
            }
            Event::Slot => {
                if let Some(committee) = &mut self.committee {
                    committee.slot(ctx);
                }
            }
            Event::SpamBlock => {
                if let Some(spam) = &mut self.spam {
                    spam.block(ctx);
                }
            }
            Event::Record => {
                ctx.after(SimDuration::from_days(1), Event::Record.lift());
                self.committee.iter().for_each(|committee| committee.balance_books(ctx));
                self.record(ctx);
            }
        }
    }
}

#![deny(missing_docs, clippy::missing_errors_doc, clippy::missing_panics_doc)]
//! The clockwork of Pinwheel: a deterministic discrete-event engine, named random streams, exact
//! integer money and the evidence of a run.
//!
//! It knows no network, no file format, no wall clock and no thread. A [`Model`] reacts to its own
//! [`Event`]s; a [`Simulation`] hands them over in the total order `(time, priority, sequence)`.
//!
//! A lamp that blinks every second until it breaks:
//!
//! ```
//! use pinwheel_core::{Context, Event, Model, SimDuration, SimTime, Simulation, Streams};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Copy, Clone, Debug, Serialize, Deserialize)]
//! enum Happening {
//!     Blink,
//!     Break,
//! }
//!
//! impl Event for Happening {
//!     fn kind(&self) -> u8 {
//!         *self as u8
//!     }
//! }
//!
//! #[derive(Default)]
//! struct Lamp {
//!     blinks: u32,
//!     broken: bool,
//! }
//!
//! impl Model for Lamp {
//!     type Event = Happening;
//!
//!     fn start(&mut self, ctx: &mut Context<Happening>) {
//!         let lifetime_seconds = 60 + ctx.streams().stream(0, "lifetime").below(60);
//!         ctx.after(SimDuration::from_seconds(lifetime_seconds), Happening::Break);
//!         ctx.after(SimDuration::from_seconds(1), Happening::Blink);
//!     }
//!
//!     fn handle(&mut self, event: Happening, ctx: &mut Context<Happening>) {
//!         match event {
//!             Happening::Break => self.broken = true,
//!             Happening::Blink if self.broken => {}
//!             Happening::Blink => {
//!                 self.blinks += 1;
//!                 ctx.after(SimDuration::from_seconds(1), Happening::Blink);
//!             }
//!         }
//!     }
//! }
//!
//! let mut lamp = Simulation::new(Lamp::default(), Streams::new(42, 0));
//! lamp.run_until(SimTime::ZERO + SimDuration::from_minutes(10));
//! assert!(lamp.model.broken && (59..120).contains(&lamp.model.blinks));
//! assert_eq!(lamp.ctx.pending(), 0);
//! ```

pub mod amount;
pub mod check;
pub mod cut;
pub mod distribution;
pub mod engine;
pub mod fingerprint;
pub mod ledger;
pub mod ledgers;
pub mod math;
pub mod order;
pub mod queue;
pub mod random;
pub mod record;
pub mod regions;
pub mod snapshot;
pub mod time;

pub use amount::Amount;
pub use cut::{Cut, Whole};
pub use engine::{Context, Event, Instance, Model, Simulation};
pub use ledger::{Account, Holding, Ledger, LedgerError, Token};
pub use ledgers::{DeclareError, Ledgers, Posting, TokenSpec};
pub use order::{Moment, Undecided};
pub use random::{Purpose, Scope, Stream, Streams};
pub use record::{Label, Metric, Records, Row, Subject};
pub use regions::{Executor, OneByOne, Regions};
pub use time::{SimDuration, SimTime};

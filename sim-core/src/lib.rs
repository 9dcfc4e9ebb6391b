//! The clockwork of Pinwheel: a deterministic discrete-event engine, named random streams, exact
//! integer money and the evidence of a run.
//!
//! It knows no network, no file format, no wall clock and no thread. A [`Model`] reacts to its own
//! [`Event`]s; a [`Simulation`] turns the wheel in the total order `(time, priority, sequence)`.

pub mod amount;
pub mod check;
pub mod distribution;
pub mod engine;
pub mod fingerprint;
pub mod ledger;
pub mod math;
pub mod queue;
pub mod random;
pub mod record;
pub mod snapshot;
pub mod time;

pub use amount::Amount;
pub use engine::{Context, Event, Model, Simulation};
pub use ledger::{Account, Holding, Ledger, LedgerError};
pub use random::{Purpose, Stream, Streams};
pub use record::{Label, Metric, MetricSpec, Records, Row};
pub use time::{SimDuration, SimTime};

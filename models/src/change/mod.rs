//! Dated changes: at a stated instant a lever of a part is set to another value.
//!
//! A change acts before every other event of its instant, changes of one instant in the order of
//! the file. What it does is the part's own matter ([`crate::part::Part::set`]); here is when, and
//! what is written down of it. Left out: changes that depend on what happens in the run.
//!
//! Invariants: a world without changes has no event of this kind; a value was held against the
//! lever's range when the scenario was read, and is again when it is set.

pub mod card;
pub mod file;
pub mod metrics;
pub mod settings;
pub mod spec;

use pinwheel_core::{Context, Event as EngineEvent, Metric};
use serde::{Deserialize, Serialize};

use crate::describe::EventKinds;
pub use settings::Change;
use spec::SPEC;

const LEVER_VALUE: Metric = SPEC.metric("lever_value");

/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds { first: 119, names: &["lever moved"] };

/// A change is due.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its place in the scenario.
    pub place: u16,
}

impl EngineEvent for Event {
    /// Before whatever else happens at the instant.
    fn priority(&self) -> u8 {
        0
    }
    fn kind(&self) -> u8 {
        KINDS.kind(0)
    }
}

/// Puts every change on the calendar. Called once, at time zero.
pub fn start<E: EngineEvent + From<Event>>(changes: &[Change], ctx: &mut Context<E>) {
    for (place, change) in (0..).zip(changes) {
        ctx.at(change.at, Event { place }.into());
    }
}

/// Writes down that a lever was set.
pub fn record<E: EngineEvent>(lever: &str, value: f64, ctx: &mut Context<E>) {
    let label = ctx.records.label(lever);
    ctx.records.push(ctx.now(), LEVER_VALUE, label, value);
    ctx.fingerprint.state.mix(value.to_bits());
}

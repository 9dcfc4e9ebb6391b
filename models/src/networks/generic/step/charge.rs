//! Charge: customers pay a fee in dollars on top of what they demand, as a share of it.
//!
//! Rounding: down to the base unit of the dollar.

use pinwheel_core::Streams;
use serde::{Deserialize, Serialize};

use super::super::accounts::{Money, OPERATORS};
use super::super::state::State;
use super::plan::{Primitive, StepReader};
use super::receivers::Receivers;
use super::{MODEL, StepSpec};
use crate::describe::Term;

/// What the step says of itself.
pub const SPEC: StepSpec = StepSpec {
    verb: "charge",
    keys: &["to", "share"],
    term: Term {
        name: "charge",
        unit: "1",
        about: "Step of a generic network: customers pay a fee on top of [demand], a share of it, in \
                dollars. { charge = \"demand\", to = \"operators\", share = \"2 %\" }.",
        source: MODEL,
        code: "models/src/networks/generic/step/charge.rs",
    },
    example: r#"{ charge = "demand", to = "operators", share = "2 %" }"#,
};

/// Adds a fee to what customers pay.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Who is paid.
    pub to: Receivers,
    /// The share of the demand, in millionths.
    pub millionths: u32,
}

impl Charge {
    /// Reads the step; a fault if it uses what is not there.
    pub fn read(reader: &mut StepReader<'_, '_>) -> Option<Self> {
        reader.word(SPEC.verb, "demand")?;
        reader.need(Primitive::Demand)?;
        let (to, millionths) = (reader.receivers("to", OPERATORS)?, reader.share()?);
        to.places().iter().try_for_each(|to| reader.reward(*to, Money::Dollar))?;
        Some(Charge { to, millionths })
    }

    /// Does it.
    #[inline]
    pub fn run(&self, state: &mut State, _streams: &Streams) {
        state.spend(&self.to, self.millionths);
    }
}

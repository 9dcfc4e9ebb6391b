//! Spend: customers pay in dollars, a share of what they demand in the period.
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
    verb: "spend",
    keys: &["to", "share"],
    term: Term {
        name: "spend",
        unit: "1",
        about: "Step of a generic network: customers pay dollars of [demand] to accounts, without \
                buying the token. { spend = \"demand\", to = \"operators\", share = \"70 %\" }.",
        source: MODEL,
        code: "models/src/networks/generic/step/spend.rs",
    },
    example: r#"{ spend = "demand", to = "operators" }"#,
};

/// Pays a share of what customers demand, in dollars.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spend {
    /// Who is paid.
    pub to: Receivers,
    /// The share of the demand, in millionths.
    pub millionths: u32,
}

impl Spend {
    /// Reads the step; a fault if it uses what is not there.
    pub fn read(reader: &mut StepReader<'_, '_>) -> Option<Self> {
        reader.word(SPEC.verb, "demand")?;
        reader.need(Primitive::Demand)?;
        let (to, millionths) = (reader.receivers("to", OPERATORS)?, reader.share()?);
        reader.demanded(millionths)?;
        to.places().iter().try_for_each(|to| reader.reward(*to, Money::Dollar))?;
        Some(Spend { to, millionths })
    }

    /// Does it.
    #[inline]
    pub fn run(&self, state: &mut State, _streams: &Streams) {
        state.spend(&self.to, self.millionths);
    }
}

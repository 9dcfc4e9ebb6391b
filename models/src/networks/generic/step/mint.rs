//! Mint: an account gets a share of the tokens that an emission has for the period. Operators get
//! none while none of them is online. Where the token has a cap, the last tokens are those that it
//! leaves, and then there are none.
//!
//! Rounding: down to the base unit.

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
    verb: "mint",
    keys: &["to", "share"],
    term: Term {
        name: "mint",
        unit: "1",
        about: "Step of a generic network: an account gets the new tokens of the period, or \
                several by their shares. { mint = \"emission\", to = { operators = 0.9, \
                treasury = 0.1 } }.",
        source: MODEL,
        code: "models/src/networks/generic/step/mint.rs",
    },
    example: r#"{ mint = "emission", to = "operators" }"#,
};

/// Gives an account a share of the scheduled tokens.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mint {
    /// Who gets the tokens.
    pub to: Receivers,
    /// Of which emission, by its place in the settings.
    pub emission: u8,
    /// The share of what is due of it, in millionths.
    pub millionths: u32,
}

impl Mint {
    /// Reads the step; a fault if it uses what is not there.
    pub fn read(reader: &mut StepReader<'_, '_>) -> Option<Self> {
        reader.need(Primitive::Emission)?;
        let emission = reader.emission(SPEC.verb)?;
        let (to, millionths) = (reader.receivers("to", OPERATORS)?, reader.share()?);
        reader.minted(emission, millionths)?;
        to.places().iter().try_for_each(|to| reader.reward(*to, Money::Token))?;
        Some(Mint { to, emission, millionths })
    }

    /// Does it.
    #[inline]
    pub fn run(&self, state: &mut State, _streams: &Streams) {
        state.mint(&self.to, self.emission, self.millionths);
    }
}

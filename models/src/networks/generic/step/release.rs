//! Release: the bonds of nodes that have left in the period go to an account.
//!
//! Rounding: none, a bond is a whole number of base units.

use pinwheel_core::Streams;
use serde::{Deserialize, Serialize};

use super::super::accounts::{HOLDERS, Money, Place};
use super::super::state::State;
use super::plan::{Primitive, StepReader};
use super::{MODEL, StepSpec};
use crate::describe::Term;

/// What the step says of itself.
pub const SPEC: StepSpec = StepSpec {
    verb: "release",
    keys: &["to"],
    term: Term {
        name: "release",
        unit: "1",
        about: "Step of a generic network: the bonds of nodes that have left in the period go \
                back. { release = \"bond\", to = \"holders\" }.",
        source: MODEL,
        code: "models/src/networks/generic/step/release.rs",
    },
    example: r#"{ release = "bond", to = "holders" }"#,
};

/// Gives the bonds of nodes that left to an account.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Who gets the tokens.
    pub to: Place,
}

impl Release {
    /// Reads the step; a fault if it uses what is not there.
    pub fn read(reader: &mut StepReader<'_, '_>) -> Option<Self> {
        reader.word(SPEC.verb, "bond")?;
        reader.need(Primitive::Bond)?;
        reader.after(super::exit::SPEC.verb, "there are no bonds to give back")?;
        reader.only_once("bonds are given back")?;
        let to = reader.account("to", HOLDERS)?;
        reader.fund((to, Money::Token));
        Some(Release { to })
    }

    /// Does it.
    #[inline]
    pub fn run(&self, state: &mut State, _streams: &Streams) {
        state.release(self.to);
    }
}

//! Enter: idle nodes come in if the mean node would earn more than it costs, each with the
//! probability `entry` a day, and as far as an account can pay their bonds.
//!
//! Rounding: none, a bond is a whole number of base units.

use pinwheel_core::Streams;
use serde::{Deserialize, Serialize};

use super::super::accounts::{HOLDERS, Place};
use super::super::state::State;
use super::plan::{Primitive, StepReader};
use super::{MODEL, StepSpec};
use crate::describe::Term;

/// What the step says of itself.
pub const SPEC: StepSpec = StepSpec {
    verb: "enter",
    keys: &["bond_from"],
    term: Term {
        name: "enter",
        unit: "1",
        about: "Step of a generic network: idle nodes come in where the mean node earns, with \
                bonds out of an account. { enter = \"operators\", bond_from = \"holders\" }.",
        source: MODEL,
        code: "models/src/networks/generic/step/enter.rs",
    },
    example: r#"{ enter = "operators", bond_from = "holders" }"#,
};

/// Lets idle nodes come in.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enter {
    /// Who pays the bonds.
    pub bond_from: Place,
}

impl Enter {
    /// Reads the step; a fault if it uses what is not there.
    pub fn read(reader: &mut StepReader<'_, '_>) -> Option<Self> {
        reader.word(SPEC.verb, "operators")?;
        reader.only_once("nodes enter once in a period")?;
        reader.need(Primitive::Operators)?;
        reader.need(Primitive::Exchange)?;
        let bonded = reader.describes(Primitive::Bond);
        reader.effect_of("bond_from", bonded, "a network with a bond");
        if bonded {
            reader.need(Primitive::Bond)?;
        }
        Some(Enter { bond_from: reader.account("bond_from", HOLDERS)? })
    }

    /// Does it.
    #[inline]
    pub fn run(&self, state: &mut State, streams: &Streams) {
        state.enter(self.bond_from, streams);
    }
}

//! Burn: an account destroys a share of what it has got in the period.
//!
//! Rounding: down to the base unit.

use pinwheel_core::Streams;
use serde::{Deserialize, Serialize};

use super::super::accounts::{Money, Of, Place};
use super::super::state::State;
use super::plan::StepReader;
use super::{MODEL, StepSpec};
use crate::describe::Term;

/// What the step says of itself.
pub const SPEC: StepSpec = StepSpec {
    verb: "burn",
    keys: &["share", "of"],
    term: Term {
        name: "burn",
        unit: "1",
        about: "Step of a generic network: an account destroys a share of what it has got in \
                the period. { burn = \"customers\", share = 1 }.",
        source: MODEL,
        code: "models/src/networks/generic/step/burn.rs",
    },
    example: r#"{ burn = "customers", share = 1 }"#,
};

/// Destroys a share of what an account has got.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burn {
    /// Whose tokens.
    pub from: Place,
    /// Of what the share is.
    pub of: Of,
    /// The share, in millionths.
    pub millionths: u32,
    /// They were bought by customers, for dollars that are known.
    pub bought: bool,
}

impl Burn {
    /// Reads the step; a fault if it uses what is not there.
    pub fn read(reader: &mut StepReader<'_, '_>) -> Option<Self> {
        let (from, of) = reader.payer(SPEC.verb, Money::Token)?;
        let bought = of == Of::Income && reader.has_bought(from);
        Some(Burn { from, of, millionths: reader.share()?, bought })
    }

    /// Does it.
    #[inline]
    pub fn run(&self, state: &mut State, _streams: &Streams) {
        state.burn(self.from, self.of, self.millionths, self.bought);
    }
}

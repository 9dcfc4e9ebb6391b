//! Buy: customers spend what they demand in the period on the network's token, at the exchange's
//! price.
//!
//! Rounding: dollars down to their base unit, tokens down to theirs, in favour of the pool.

use pinwheel_core::Streams;
use serde::{Deserialize, Serialize};

use super::super::accounts::{CUSTOMERS, Place};
use super::super::state::State;
use super::plan::{Primitive, StepReader};
use super::{MODEL, StepSpec};
use crate::describe::Term;

/// What the step says of itself.
pub const SPEC: StepSpec = StepSpec {
    verb: "buy",
    keys: &["with", "to"],
    term: Term {
        name: "buy",
        unit: "1",
        about: "Step of a generic network: customers spend the dollars of [demand] on the \
                token at the exchange. { buy = \"TOK\", with = \"demand\", to = \"customers\" \
                }.",
        source: MODEL,
        code: "models/src/networks/generic/step/buy.rs",
    },
    example: r#"{ buy = "TOK", with = "demand", to = "customers" }"#,
};

/// Buys the token for what customers spend.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buy {
    /// Who gets the tokens.
    pub to: Place,
}

impl Buy {
    /// Reads the step; a fault if it uses what is not there.
    pub fn read(reader: &mut StepReader<'_, '_>) -> Option<Self> {
        reader.own_token(SPEC.verb)?;
        reader.word("with", "demand")?;
        reader.only_once("what customers demand is spent")?;
        reader.need(Primitive::Exchange)?;
        reader.need(Primitive::Demand)?;
        let to = reader.account("to", CUSTOMERS)?;
        reader.bought(to);
        Some(Buy { to })
    }

    /// Does it.
    #[inline]
    pub fn run(&self, state: &mut State, _streams: &Streams) {
        state.buy(self.to);
    }
}

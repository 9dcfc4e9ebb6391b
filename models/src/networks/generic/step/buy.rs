//! Buy: customers spend what they demand in the period, or a share of it, on the network's token,
//! at the exchange's price; or an account spends the dollars that it has got in the period (a
//! buy-back).
//!
//! Rounding: dollars down to their base unit, tokens down to theirs, in favour of the pool.

use pinwheel_core::Streams;
use serde::{Deserialize, Serialize};

use super::super::accounts::{CUSTOMERS, Money, Place};
use super::super::state::State;
use super::plan::{Primitive, StepReader};
use super::{MODEL, StepSpec};
use crate::describe::Term;

/// What the step says of itself.
pub const SPEC: StepSpec = StepSpec {
    verb: "buy",
    keys: &["with", "to", "share"],
    term: Term {
        name: "buy",
        unit: "1",
        about: "Step of a generic network: customers spend the dollars of [demand] on the \
                token at the exchange, or an account those that it has got: { buy = \"TOK\", \
                with = \"demand\", to = \"customers\" }.",
        source: MODEL,
        code: "models/src/networks/generic/step/buy.rs",
    },
    example: r#"{ buy = "TOK", with = "demand", to = "customers" }"#,
};

/// Buys the token for what customers spend, or an account.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buy {
    /// Whose dollars; `None` for those that customers demand to spend.
    pub with: Option<Place>,
    /// Who gets the tokens.
    pub to: Place,
    /// The share of these dollars, in millionths.
    pub millionths: u32,
}

impl Buy {
    /// Reads the step; a fault if it uses what is not there.
    pub fn read(reader: &mut StepReader<'_, '_>) -> Option<Self> {
        reader.own_token(SPEC.verb)?;
        reader.need(Primitive::Exchange)?;
        let with = match reader.is("with", "demand") {
            true => None,
            false => Some(reader.funded("with", Money::Dollar)?),
        };
        let millionths = reader.share()?;
        let to = reader.account("to", CUSTOMERS)?;
        if with.is_some() {
            reader.reward(to, Money::Token)?;
        } else {
            reader.need(Primitive::Demand)?;
            reader.demanded(millionths)?;
            reader.bought(to);
        }
        Some(Buy { with, to, millionths })
    }

    /// Does it.
    #[inline]
    pub fn run(&self, state: &mut State, _streams: &Streams) {
        match self.with {
            None => state.buy(self.to, self.millionths),
            Some(with) => state.buy_with(with, self.to, self.millionths),
        }
    }
}

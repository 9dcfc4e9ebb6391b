//! Sell: an account sells a share of what it has got in the period, at the exchange's price.
//!
//! Rounding: tokens down to their base unit, dollars down to theirs, in favour of the pool.

use pinwheel_core::Streams;
use serde::{Deserialize, Serialize};

use super::super::accounts::{Money, Of, Place};
use super::super::state::State;
use super::plan::{Primitive, StepReader};
use super::{MODEL, StepSpec};
use crate::describe::Term;

/// What the step says of itself.
pub const SPEC: StepSpec = StepSpec {
    verb: "sell",
    keys: &["share", "of"],
    term: Term {
        name: "sell",
        unit: "1",
        about: "Step of a generic network: an account sells a share of what it has got in the \
                period at the exchange. { sell = \"operators\", share = 0.5 }.",
        source: MODEL,
        code: "models/src/networks/generic/step/sell.rs",
    },
    example: r#"{ sell = "operators", share = 0.5 }"#,
};

/// Sells a share of what an account has got.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sell {
    /// Who sells.
    pub from: Place,
    /// Of what the share is.
    pub of: Of,
    /// The share, in millionths.
    pub millionths: u32,
}

impl Sell {
    /// Reads the step; a fault if it uses what is not there.
    pub fn read(reader: &mut StepReader<'_, '_>) -> Option<Self> {
        reader.need(Primitive::Exchange)?;
        let (from, of) = reader.payer(SPEC.verb, Money::Token)?;
        Some(Sell { from, of, millionths: reader.share()? })
    }

    /// Does it.
    #[inline]
    pub fn run(&self, state: &mut State, _streams: &Streams) {
        state.sell(self.from, self.of, self.millionths);
    }
}

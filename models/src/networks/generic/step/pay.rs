//! Pay: an account passes on a share of what it has got in the period. Operators get nothing while
//! none of them is online; the payer keeps it then.
//!
//! Rounding: down to the base unit.

use pinwheel_core::Streams;
use serde::{Deserialize, Serialize};

use super::super::accounts::{Money, OPERATORS, Of, Place};
use super::super::state::State;
use super::plan::StepReader;
use super::receivers::Receivers;
use super::{MODEL, StepSpec};
use crate::describe::Term;

/// What the step says of itself.
pub const SPEC: StepSpec = StepSpec {
    verb: "pay",
    keys: &["to", "share", "of", "in"],
    term: Term {
        name: "pay",
        unit: "1",
        about: "Step of a generic network: an account passes on a share of what it has got in \
                the period, or with of = \"balance\" of all it holds, to one account or several \
                by their shares; with in = \"USD\" of its dollars. { pay = \"customers\", to = \"operators\", share = 1 }.",
        source: MODEL,
        code: "models/src/networks/generic/step/pay.rs",
    },
    example: r#"{ pay = "customers", to = "operators" }"#,
};

/// Passes on a share of what an account has got.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pay {
    /// Who pays.
    pub from: Place,
    /// In which money.
    pub money: Money,
    /// Who is paid.
    pub to: Receivers,
    /// Of what the share is.
    pub of: Of,
    /// The share, in millionths.
    pub millionths: u32,
}

impl Pay {
    /// Reads the step; a fault if it uses what is not there.
    pub fn read(reader: &mut StepReader<'_, '_>) -> Option<Self> {
        let money = reader.money("in")?;
        let (from, of) = reader.payer(SPEC.verb, money)?;
        let millionths = reader.share()?;
        let to = reader.receivers("to", OPERATORS)?;
        if to.has(from) {
            reader.fault("an account pays itself".to_owned(), "name another account in `to`");
            return None;
        }
        to.places().iter().try_for_each(|to| reader.reward(*to, money))?;
        Some(Pay { from, money, to, of, millionths })
    }

    /// Does it.
    #[inline]
    pub fn run(&self, state: &mut State, _streams: &Streams) {
        state.pay((self.from, self.money), &self.to, self.of, self.millionths);
    }
}

//! Lock: an account binds a share of what it has got in the period; it becomes free again after a
//! wait, part by part. What is free of earlier shares is income of the account for the steps after
//! this one, and so is not locked again.
//!
//! Rounding: down to the base unit; what becomes free as [`vesting`](crate::economy::vesting) says.

use pinwheel_core::Streams;
use serde::{Deserialize, Serialize};

use super::super::accounts::{Money, OPERATORS, Place};
use super::super::state::State;
use super::plan::StepReader;
use super::{MODEL, StepSpec};
use crate::describe::Term;
use crate::economy::vesting::VestingRule;

/// What the step says of itself.
pub const SPEC: StepSpec = StepSpec {
    verb: "lock",
    keys: &["share", "wait", "over"],
    term: Term {
        name: "lock",
        unit: "1",
        about: "Step of a generic network: an account binds a share of what it has got in the \
                period, which is free again in equal parts `over` a time after a `wait`. { lock = \
                \"operators\", share = 0.75, over = \"180 d\" }.",
        source: MODEL,
        code: "models/src/networks/generic/step/lock.rs",
    },
    example: r#"{ lock = "operators", share = 0.75, over = "180 d" }"#,
};

/// Binds a share of what an account has got.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Whose tokens.
    pub from: Place,
    /// The share, in millionths.
    pub millionths: u32,
    /// When they are free again.
    pub rule: VestingRule,
    /// Its place among the steps of this kind.
    pub number: u8,
}

impl Lock {
    /// Reads the step; a fault if it uses what is not there.
    pub fn read(reader: &mut StepReader<'_, '_>) -> Option<Self> {
        let (from, millionths) = (reader.funded(SPEC.verb, Money::Token)?, reader.share()?);
        if from == OPERATORS {
            reader.before_decisions()?;
        }
        let rule = reader.vesting()?;
        Some(Lock { from, millionths, rule, number: reader.lock_number() })
    }

    /// Does it.
    #[inline]
    pub fn run(&self, state: &mut State, _streams: &Streams) {
        state.lock(self.from, self.millionths, self.number);
    }
}

//! Exit: operators whose nodes have lost money for `patience` take them out of the network.
//! What they have got in the period is weighed against their costs at the price at which it was
//! given.

use pinwheel_core::Streams;
use serde::{Deserialize, Serialize};

use super::super::state::State;
use super::plan::{Primitive, StepReader};
use super::{MODEL, StepSpec};
use crate::describe::Term;

/// What the step says of itself.
pub const SPEC: StepSpec = StepSpec {
    verb: "exit",
    keys: &[],
    term: Term {
        name: "exit",
        unit: "1",
        about: "Step of a generic network: nodes that have lost money for the patience of \
                their operators leave. { exit = \"operators\" }.",
        source: MODEL,
        code: "models/src/networks/generic/step/exit.rs",
    },
    example: r#"{ exit = "operators" }"#,
};

/// Lets operators at a loss take their nodes out.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit;

impl Exit {
    /// Reads the step; a fault if it uses what is not there.
    pub fn read(reader: &mut StepReader<'_, '_>) -> Option<Self> {
        reader.word(SPEC.verb, "operators")?;
        reader.only_once("nodes leave once in a period")?;
        reader.need(Primitive::Operators)?;
        reader.need(Primitive::Exchange)?;
        Some(Exit)
    }

    /// Does it.
    #[inline]
    pub fn run(&self, state: &mut State, _streams: &Streams) {
        state.exit();
    }
}

//! What the data layer says of itself.

use super::card::CARD;
use super::figures;
use super::file::{PER_SECOND, REQUESTS_PER_SECOND};
use super::metrics::METRICS;
use crate::describe::part::PartKind;
use crate::describe::{LeverSpec, LeverTable, PartSpec};

/// The data layer, for [`crate::registry`].
pub const SPEC: PartSpec = PartSpec {
    name: "data",
    kind: PartKind::Layer,
    about: "Stored objects.",
    schema: |generator| generator.subschema_for::<super::file::Section>(),
    module: module_path!(),
    code: 5,
    metrics: &[METRICS],
    tokens: &[],
    parameters: &[],
    levers: &[LEVERS],
    events: &[super::KINDS],
    card: &CARD,
    review: None,
    suites: &[],
    chapters: &[],
    flows: &[],
    key_metrics: &[],
    headlines: figures::HEADLINES,
    glossary: &[],
};

/// What of the layer may be moved during a run.
pub const LEVERS: LeverTable = LeverTable {
    owner: "the data layer",
    place: "data",
    levers: &[
        LeverSpec::new(
            "store.reads",
            "1/s",
            (*PER_SECOND.start(), *PER_SECOND.end()),
            "Reads of objects, all together; the way to the next one is stretched in proportion.",
        ),
        LeverSpec::new(
            "flash_crowd.requests",
            "1/s",
            (*REQUESTS_PER_SECOND.start(), *REQUESTS_PER_SECOND.end()),
            "Usual rate of requests for popular objects, on which the crowd's load is a factor.",
        ),
    ],
};

//! What dated changes say of themselves.

use super::card::CARD;
use super::metrics::METRICS;
use crate::describe::PartSpec;
use crate::describe::part::PartKind;

/// Dated changes, for [`crate::registry`].
pub const SPEC: PartSpec = PartSpec {
    name: "change",
    kind: PartKind::Change,
    about: "Levers that are set to another value at a stated instant.",
    schema: |generator| generator.subschema_for::<Vec<super::file::Section>>(),
    module: module_path!(),
    code: 15,
    metrics: &[METRICS],
    tokens: &[],
    parameters: &[],
    levers: &[],
    events: &[super::KINDS],
    card: &CARD,
    review: None,
    suites: &[],
    chapters: &[],
    flows: &[],
    key_metrics: &[],
    headlines: &[],
    glossary: &[],
};

//! What the data layer says of itself.

use super::card::CARD;
use super::figures;
use super::metrics::METRICS;
use crate::describe::PartSpec;
use crate::describe::part::PartKind;

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

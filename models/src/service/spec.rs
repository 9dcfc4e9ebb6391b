//! What the service layer says of itself.

use super::card::CARD;
use super::figures;
use super::metrics::METRICS;
use crate::describe::PartSpec;
use crate::describe::part::PartKind;

/// The service layer, for [`crate::registry`].
pub const SPEC: PartSpec = PartSpec {
    name: "service",
    kind: PartKind::Layer,
    about: "Stations where work queues for servers.",
    schema: |generator| generator.subschema_for::<super::file::Section>(),
    module: module_path!(),
    code: 2,
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

//! What the connection layer says of itself.

use super::card::CARD;
use super::figures;
use super::metrics::METRICS;
use crate::describe::PartSpec;
use crate::describe::part::PartKind;

/// The connection layer, for [`crate::registry`].
pub const SPEC: PartSpec = PartSpec {
    name: "connection",
    kind: PartKind::Layer,
    about: "Links and protocols between the devices and the platform.",
    schema: |generator| generator.subschema_for::<super::file::Section>(),
    module: module_path!(),
    code: 3,
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

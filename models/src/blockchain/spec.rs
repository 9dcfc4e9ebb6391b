//! What the blockchain layer says of itself.

use super::card::CARD;
use super::metrics::METRICS;
use super::{attack, bridge, figures, file, review};
use crate::describe::PartSpec;
use crate::describe::part::PartKind;

/// The blockchain layer, for [`crate::registry`].
pub const SPEC: PartSpec = PartSpec {
    name: "blockchain",
    kind: PartKind::Layer,
    about: "Chains.",
    schema: |generator| generator.subschema_for::<super::file::Section>(),
    module: module_path!(),
    code: 4,
    metrics: &[METRICS],
    tokens: &[],
    parameters: file::PARAMETERS,
    events: &[super::KINDS, attack::KINDS, bridge::KINDS],
    card: &CARD,
    review: Some(review::SOURCE),
    suites: &[],
    chapters: &[],
    flows: &[],
    key_metrics: &[],
    headlines: figures::HEADLINES,
    glossary: &[],
};

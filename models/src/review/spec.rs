//! What the review says of itself.

use super::card::CARD;
use super::figures;
use crate::describe::PartSpec;
use crate::describe::part::PartKind;
use crate::describe::review::list::METRICS;

/// The review, for [`crate::registry`].
pub const SPEC: PartSpec = PartSpec {
    name: "review",
    kind: PartKind::Review,
    about: "The metrics of a token-economy review.",
    schema: |generator| generator.subschema_for::<super::file::Section>(),
    module: module_path!(),
    code: 7,
    metrics: &[&METRICS],
    tokens: &[],
    parameters: &[],
    events: &[super::KINDS],
    card: &CARD,
    review: None,
    suites: &[],
    chapters: figures::CHAPTERS,
    flows: &[],
    key_metrics: &[],
    headlines: &[],
    glossary: &[],
};

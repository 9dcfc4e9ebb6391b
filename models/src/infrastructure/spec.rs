//! What the physical layer says of itself.

use super::card::CARD;
use super::metrics::METRICS;
use super::{figures, fleet, operation};
use crate::describe::PartSpec;
use crate::describe::part::PartKind;

/// The physical layer, for [`crate::registry`].
pub const SPEC: PartSpec = PartSpec {
    name: "infrastructure",
    kind: PartKind::Layer,
    about: "Devices that fail and are repaired.",
    schema: |generator| generator.subschema_for::<super::file::Section>(),
    module: module_path!(),
    code: 1,
    metrics: &[METRICS, operation::metrics::METRICS],
    tokens: &[],
    parameters: &[],
    events: &[fleet::KINDS, operation::KINDS],
    card: &CARD,
    review: Some(operation::review::SOURCE),
    suites: &[],
    chapters: &[],
    flows: &[],
    key_metrics: &[],
    headlines: figures::HEADLINES,
    glossary: &[],
};

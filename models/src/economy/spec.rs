//! What the token economy says of itself.

use super::card::CARD;
use super::metrics::METRICS;
use super::{figures, review};
use crate::describe::PartSpec;

/// The token economy, for [`crate::registry`].
pub const SPEC: PartSpec = PartSpec {
    name: "economy",
    module: module_path!(),
    code: 6,
    metrics: &[METRICS],
    parameters: &[],
    events: &[super::KINDS],
    card: &CARD,
    review: Some(review::SOURCE),
    suites: &[],
    chapters: figures::CHAPTERS,
    flows: figures::FLOWS,
    key_metrics: figures::KEY_METRICS,
    headlines: figures::HEADLINES,
    glossary: &[],
};

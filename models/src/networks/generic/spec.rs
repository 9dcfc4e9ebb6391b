//! What a network written in TOML says of itself.

use super::card::CARD;
use super::levers::LEVERS;
use super::metrics::METRICS;
use super::step::Step;
use super::{figures, review};
use crate::describe::part::PartKind;
use crate::describe::{PartSpec, TokenDescription};
use crate::input::amount::TOKEN_DECIMALS;

/// A network written in TOML, for [`crate::registry`].
pub const SPEC: PartSpec = PartSpec {
    name: "generic",
    kind: PartKind::Network,
    about: "A network whose economy is written in the scenario, step by step.",
    schema: |generator| generator.subschema_for::<super::file::Section>(),
    module: module_path!(),
    code: 6,
    metrics: &[METRICS],
    tokens: &[TokenDescription {
        symbol: "TOK",
        decimals: TOKEN_DECIMALS as u8,
        source: "as Ether and FIL",
    }],
    parameters: &[],
    levers: &[LEVERS],
    events: &[super::KINDS],
    card: &CARD,
    review: Some(review::SOURCE),
    suites: &[],
    chapters: figures::CHAPTERS,
    flows: figures::FLOWS,
    key_metrics: figures::KEY_METRICS,
    headlines: figures::HEADLINES,
    glossary: Step::TERMS,
};

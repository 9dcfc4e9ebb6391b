//! What the Filecoin network says of itself.

use super::card::CARD;
use super::metrics::METRICS;
use super::{conform, figures, glossary, parameters, review};
use crate::describe::part::PartKind;
use crate::describe::{ParameterTable, PartSpec, TokenDescription};
use crate::infrastructure::sites;

/// The Filecoin network, for [`crate::registry`].
pub const SPEC: PartSpec = PartSpec {
    name: "filecoin",
    kind: PartKind::Network,
    about: "A Filecoin network.",
    schema: |generator| generator.subschema_for::<super::file::Section>(),
    module: module_path!(),
    code: 0,
    metrics: &[METRICS],
    tokens: &[TokenDescription {
        symbol: "FIL",
        decimals: 18,
        source: "fvm_shared, TokenAmount::DECIMALS",
    }],
    parameters: &[
        ParameterTable {
            owner: "filecoin",
            place: "network.parameters",
            specs: parameters::Parameters::SPECS,
        },
        ParameterTable {
            owner: "the machines",
            place: "network.parameters",
            specs: sites::Parameters::SPECS,
        },
    ],
    events: &[super::KINDS, sites::KINDS],
    card: &CARD,
    review: Some(review::SOURCE),
    suites: conform::SUITES,
    chapters: figures::CHAPTERS,
    flows: figures::FLOWS,
    key_metrics: figures::KEY_METRICS,
    headlines: figures::HEADLINES,
    glossary: glossary::GLOSSARY,
};

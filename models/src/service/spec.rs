//! What the service layer says of itself.

use super::card::CARD;
use super::figures;
use super::file::MEAN_SECONDS;
use super::metrics::METRICS;
use crate::describe::part::PartKind;
use crate::describe::{LeverSpec, LeverTable, PartSpec};

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
    levers: &[LEVERS],
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

/// What of a station may be moved during a run.
pub const LEVERS: LeverTable = LeverTable {
    owner: "a station",
    place: "service.station[0]",
    levers: &[
        LeverSpec::new(
            "arrivals.mean",
            "s",
            MEAN,
            "Mean time between two requests; the way to the next one is stretched in proportion.",
        ),
        LeverSpec::new(
            "service.mean",
            "s",
            MEAN,
            "Mean time a server needs for a job that arrives from then on.",
        ),
    ],
};
const MEAN: (f64, f64) = (*MEAN_SECONDS.start(), *MEAN_SECONDS.end());

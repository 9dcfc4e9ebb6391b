//! What the connection layer says of itself.

use super::card::CARD;
use super::figures;
use super::file::INTERVAL_SECONDS;
use super::metrics::METRICS;
use crate::describe::part::PartKind;
use crate::describe::{LeverSpec, LeverTable, PartSpec};

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

/// What of the layer may be moved during a run.
pub const LEVERS: LeverTable = LeverTable {
    owner: "the connection",
    place: "connection",
    levers: &[
        LeverSpec::new(
            "interval",
            "s",
            (*INTERVAL_SECONDS.start(), *INTERVAL_SECONDS.end()),
            "Time between two readings of a device, from each device's next reading on.",
        ),
        LeverSpec::new(
            "link.loss",
            "1",
            (0.0, 1.0),
            "Share of the packets that the link to the platform loses, each on its own.",
        ),
    ],
};

/// Why a loss in bursts is no lever.
pub const IN_BURSTS: &str = "with `burst`, losses hang together from packet to packet";

//! What the physical layer says of itself.

use super::card::CARD;
use super::file::DEVICES_MAX;
use super::file::INCOME_MAX;
use super::metrics::METRICS;
use super::{figures, fleet, operation};
use crate::describe::part::PartKind;
use crate::describe::{LeverSpec, LeverTable, PartSpec};

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
    levers: &[LEVERS],
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

/// What of a class of devices may be moved during a run.
pub const LEVERS: LeverTable = LeverTable {
    owner: "a class of devices",
    place: "infrastructure.class[0]",
    levers: &[
        LeverSpec::new(
            "crews",
            "1",
            (1.0, DEVICES_MAX as f64),
            "Repair crews; more begin with what waits at once, fewer finish their work first.",
        )
        .of_whole_numbers(),
        LeverSpec::new(
            "turnover.income",
            "USD/mo",
            (0.0, INCOME_MAX),
            "Paid for each device a month; owners answer when they join or at their next review.",
        ),
    ],
};

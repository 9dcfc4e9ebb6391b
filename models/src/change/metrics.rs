//! What is recorded of changes.

use crate::describe::{MetricSpec, Section, metric};

/// Every metric of dated changes.
#[rustfmt::skip]
pub const METRICS: &[MetricSpec] = &[
    metric(Section::Other, "lever_value", "1",
        "The value of a lever from the instant at which it was set, in the unit of the lever.",
        "scenario").by(&["lever"]),
];

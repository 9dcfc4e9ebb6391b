//! What this layer records.

use pinwheel_core::MetricSpec;

#[rustfmt::skip]
pub const METRICS: &[MetricSpec] = &[
    MetricSpec { name: "data_nodes", unit: "1", about: "Nodes that hold pieces, where no fleet is given.", source: "model" },
];

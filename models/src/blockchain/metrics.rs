//! What this layer records.

use pinwheel_core::MetricSpec;

#[rustfmt::skip]
pub const METRICS: &[MetricSpec] = &[
    MetricSpec { name: "chains", unit: "1", about: "Chains in the section.", source: "model" },
];

//! What this layer records.

use pinwheel_core::MetricSpec;

#[rustfmt::skip]
pub const METRICS: &[MetricSpec] = &[
    MetricSpec { name: "service_stations", unit: "1", about: "Stations in the section.", source: "model" },
];

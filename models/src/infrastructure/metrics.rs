//! What this layer records.

use pinwheel_core::MetricSpec;

#[rustfmt::skip]
pub const METRICS: &[MetricSpec] = &[
    MetricSpec { name: "devices_up", unit: "1", about: "Devices that work now.", source: "model" },
];

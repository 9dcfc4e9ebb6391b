//! What this layer records.

use pinwheel_core::MetricSpec;

#[rustfmt::skip]
pub const METRICS: &[MetricSpec] = &[
    MetricSpec { name: "connected_devices", unit: "1", about: "Devices that send, where no fleet is given.", source: "model" },
];

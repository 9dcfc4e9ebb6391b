//! No planned replacement: a device runs until it fails.

use pinwheel_core::SimDuration;

use super::Replace;
use crate::policy::choice::PolicySpec;
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::device::DeviceReport;

/// What it says of itself.
pub const SPEC: PolicySpec = PolicySpec {
    name: "run_to_failure",
    number: None,
    keys: &[],
    about: "A device is never replaced before it fails.",
    sees: "nothing",
    source: "Barlow and Hunter 1960: best where the hazard does not grow with age",
};

/// The policy; it has no parameter.
#[derive(Copy, Clone, Debug, Default)]
pub struct RunToFailure;

impl RunToFailure {
    /// The policy.
    pub fn new() -> Self {
        RunToFailure
    }
}

impl Replace for RunToFailure {
    fn planned(&self, _seen: &Telemetry<'_, DeviceReport>) -> Option<SimDuration> {
        None
    }
}

//! Age replacement: at a set age, or at the failure before it.

use pinwheel_core::SimDuration;

use super::Replace;
use crate::policy::choice::{Given, PolicySpec};
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::device::DeviceReport;

/// What it says of itself.
pub const SPEC: PolicySpec = PolicySpec {
    name: "age",
    number: None,
    keys: &["period"],
    about: "A device is replaced at the age `period`; one that is older is replaced at once.",
    sees: "the age of the device",
    source: "Barlow and Hunter 1960, policy I",
};

/// The age is `period` beside the name.
pub fn parameter(given: &mut Given<'_, '_>, _number: u32) -> Option<SimDuration> {
    super::period(given)
}

/// Replacement at this age.
#[derive(Copy, Clone, Debug)]
pub struct Age {
    period: SimDuration,
}

impl Age {
    /// Replacement at the age `period`.
    pub fn new(period: SimDuration) -> Self {
        Age { period }
    }
}

impl Replace for Age {
    fn planned(&self, seen: &Telemetry<'_, DeviceReport>) -> Option<SimDuration> {
        Some(self.period - seen.reports.age)
    }
}

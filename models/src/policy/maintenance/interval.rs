//! Block replacement: on fixed dates, however old the device is.

use pinwheel_core::{SimDuration, SimTime};

use super::Replace;
use crate::policy::choice::{Given, PolicySpec};
use crate::policy::telemetry::Telemetry;
use crate::policy::telemetry::device::DeviceReport;

/// What it says of itself.
pub const SPEC: PolicySpec = PolicySpec {
    name: "interval",
    number: None,
    keys: &["period"],
    about: "Every device is replaced whenever `period` has passed since the start, however old it \
            is.",
    sees: "the date",
    source: "Barlow and Hunter 1960, block replacement",
};

/// The interval is `period` beside the name.
pub fn parameter(given: &mut Given<'_, '_>, _number: u32) -> Option<SimDuration> {
    super::period(given)
}

/// Replacement at multiples of this time.
#[derive(Copy, Clone, Debug)]
pub struct Interval {
    period: SimDuration,
}

impl Interval {
    /// Replacement at multiples of `period`, which is not zero.
    pub fn new(period: SimDuration) -> Self {
        Interval { period }
    }
}

impl Replace for Interval {
    fn planned(&self, seen: &Telemetry<'_, DeviceReport>) -> Option<SimDuration> {
        let (now, period) = (seen.now.since(SimTime::ZERO).as_nanos(), self.period.as_nanos());
        Some(SimDuration::from_nanos(period - now % period))
    }
}

//! What the keeper of a device knows of it when a life of it begins.

use pinwheel_core::SimDuration;

/// A device as its keeper's records have it: never how long it will still live.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct DeviceReport {
    /// Time since it was new, or was last as good as new.
    pub age: SimDuration,
    /// Times it has been made as good as new, by repair or by planned replacement.
    pub renewals: u32,
}

impl DeviceReport {
    /// Of a device that has just been put into service.
    pub const NEW: DeviceReport = DeviceReport { age: SimDuration::ZERO, renewals: 0 };
}

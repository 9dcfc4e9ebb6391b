//! What one part lets all others know.

use pinwheel_core::SimTime;
use serde::{Deserialize, Serialize};

/// Something that has happened at this instant.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Signal {
    /// A device of the fleet has gone down, come up, or joined (a device that joins comes up).
    /// A device is up only if everything it needs is up too.
    Device {
        /// Its number in the fleet.
        device: u32,
        /// Its class, by its place in the settings of the fleet.
        class: u8,
        /// Whether it is up now.
        up: bool,
    },
    /// A reading has reached the platform.
    Delivery(Delivery),
    /// A lever was set.
    Lever {
        /// Its number; its key is [`Shared::lever`](super::Shared::lever).
        lever: u16,
        /// Its value from now on.
        value: f64,
    },
}

/// A reading that has reached the platform.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The device that took it: its number in the fleet, or in the connection layer if that has
    /// devices of its own.
    pub device: u32,
    /// Its number among the device's readings, from 1.
    pub number: u64,
    /// When it was taken, as the platform believes.
    pub taken: SimTime,
}

//! The devices of a fleet as others see them: what a part that stands on devices is built from.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A class of devices, as the scenario names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceClass {
    /// Its id: "gpu_h100".
    pub id: String,
    /// Devices on the first day.
    pub count: u32,
}

/// All devices of the first day.
#[derive(Clone, Debug, Default)]
pub struct Devices {
    /// The classes in the order of the scenario.
    pub classes: Vec<DeviceClass>,
    /// Ids of the regions; a region is a place in this list.
    pub regions: Vec<String>,
    /// The class of each device.
    pub class: Vec<u8>,
    /// The region of each device.
    pub region: Vec<u16>,
    /// The owner of each device.
    pub owner: Vec<u32>,
}

impl Devices {
    /// The devices of a set, in rising order.
    pub fn of<'a>(&'a self, set: &'a DeviceSet) -> impl Iterator<Item = u32> + 'a {
        (0u32..).zip(&self.class).filter(|(_, class)| set.has(**class)).map(|(device, _)| device)
    }
    /// How many there are.
    pub fn count(&self) -> u32 {
        self.class.len() as u32
    }
    /// All of them.
    pub fn all(&self) -> Range<u32> {
        0..self.count()
    }
}

/// The devices that a part stands on: those of some classes, `on = "gpu"` or `on = ["gpu", "cpu"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceSet {
    /// Places of the classes in the fleet's settings, rising.
    pub classes: Vec<u8>,
}

impl DeviceSet {
    /// Whether devices of this class belong to it.
    pub fn has(&self, class: u8) -> bool {
        self.classes.contains(&class)
    }
}

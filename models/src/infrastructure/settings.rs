//! What a scenario says of the physical layer, checked.

use pinwheel_core::SimDuration;
use serde::{Deserialize, Serialize};

use super::draw::Duration;
use super::failure::FailureLaw;

/// The physical layer of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// At least one.
    pub regions: Vec<Region>,
    /// Devices are numbered class by class, and within a class region by region.
    pub classes: Vec<Class>,
}

impl Settings {
    /// Devices of one class in one region.
    pub fn of(class: Class) -> Self {
        Settings { regions: vec![Region::new("world", 1.0)], classes: vec![class] }
    }
}

/// A part of the world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    pub id: String,
    /// Its share of each class's devices, in proportion to the shares of the others.
    pub share: f64,
}

impl Region {
    pub fn new(id: &str, share: f64) -> Self {
        Region { id: id.to_owned(), share }
    }
}

/// Devices that are alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Class {
    pub id: String,
    pub count: u32,
    /// Owners at the start; each has an unbroken row of the class's devices, as even as can be.
    pub owners: u32,
    /// The life of a device from new, and from each repair on (which makes it as good as new).
    pub failure: FailureLaw,
    /// How long hands need for a repair.
    pub repair: Duration,
    pub heartbeat: Option<Heartbeat>,
}

impl Class {
    /// Devices that never fail, each with its own owner.
    pub fn new(id: &str, count: u32) -> Self {
        Class {
            id: id.to_owned(),
            count,
            owners: count,
            failure: FailureLaw::NEVER,
            repair: Duration::Fixed(SimDuration::ZERO),
            heartbeat: None,
        }
    }
}

/// The sign of life that a device sends, and how it is missed.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heartbeat {
    pub period: SimDuration,
    /// Share of the messages that never arrive.
    pub loss: f64,
    /// So many missed in a row and the device is taken for dead.
    pub misses: u8,
}

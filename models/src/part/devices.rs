//! The devices of a fleet as others see them: what a part that stands on devices is built from.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Known;
use crate::input::check::Checker;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::tree::{Value, ValueId};

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
    /// The site of each device: a number over all classes and regions.
    pub site: Vec<u32>,
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

/// In the schema: the id of a class of devices, or several.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
pub enum ClassNames {
    /// One class.
    One(String),
    /// Several classes.
    Several(Vec<String>),
}

impl Known {
    /// How many devices of a set there are on the first day.
    pub fn count(&self, set: &DeviceSet) -> u32 {
        set.classes.iter().map(|class| self.classes[usize::from(*class)].count).sum()
    }

    /// The devices of the classes named at `key`.
    pub fn device_set(
        &self,
        checker: &mut Checker<'_>,
        given: ValueId,
        key: &str,
    ) -> Option<DeviceSet> {
        let names = match checker.tree.value(given) {
            Value::Array(items) => items.clone(),
            _ => vec![given],
        };
        if self.classes.is_empty() {
            let message = "there are no devices to stand on".to_owned();
            checker.fault(given, key, message, "add [[infrastructure.class]]");
            return None;
        }
        if names.is_empty() {
            checker.fault(given, key, "names no class".to_owned(), "name at least one");
            return None;
        }
        let mut classes = Vec::new();
        for (number, &name) in names.iter().enumerate() {
            let key = if names.len() > 1 { format!("{key}[{number}]") } else { key.to_owned() };
            let text = checker.text(Some(name), &key)?;
            let Some(place) = self.classes.iter().position(|class| class.id == text) else {
                let known = self.classes.iter().map(|class| class.id.as_str());
                let help = did_you_mean(&text, known);
                let message = format!("unknown class of devices \"{}\"", shown(&text));
                checker.fault(name, &key, message, help);
                return None;
            };
            classes.push(place as u8);
        }
        classes.sort_unstable();
        classes.dedup();
        Some(DeviceSet { classes })
    }
}

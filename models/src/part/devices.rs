//! The devices of a fleet as others see them: what a part that stands on devices is built from.

use std::ops::Range;

use pinwheel_core::{Purpose, Scope, Stream, Streams};
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

/// What the devices of a class have in common on the first day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedBy {
    /// The regions they stand in, by their places, rising.
    pub regions: Vec<u16>,
    /// Owners that have at least one of them.
    pub owners: u32,
    /// Sites they stand at.
    pub sites: u32,
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

/// Who the members of a part are: devices of the fleet, or devices of the part's own, which are
/// always up. A member has a place in the part, counted from 0.
///
/// A member that is a device of the fleet draws from the streams of its class, numbered within it:
/// a class put before others moves no draw of theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    /// `None` for a part with devices of its own.
    of_fleet: Option<OfFleet>,
}

/// Devices of the fleet, by their places in a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct OfFleet {
    set: DeviceSet,
    /// Numbers in the fleet, rising.
    devices: Vec<u32>,
    up: Vec<bool>,
    numbering: Numbering,
}

impl OfFleet {
    /// The place of a device. Devices of one class have consecutive numbers, so that it is mostly
    /// where it is looked for first.
    #[inline]
    fn place(&self, device: u32, is_likely: impl Fn(&DeviceSet) -> bool) -> Option<usize> {
        let guess = device.checked_sub(*self.devices.first()?)? as usize;
        match self.devices.get(guess) {
            Some(found) if *found == device => Some(guess),
            _ if is_likely(&self.set) => self.devices.binary_search(&device).ok(),
            _ => None,
        }
    }
}

/// By which streams members draw: each by the streams of its class and its number within it, so
/// that a class put before others moves no draw of theirs. Without classes, each by its place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbering {
    /// The first place of each class, and the name of its streams.
    classes: Vec<(u32, Scope)>,
}

impl Numbering {
    /// The streams that the member at a place draws from, and its number in them.
    pub fn named(&self, place: u32, streams: &Streams) -> (Streams, u32) {
        let before = self.classes.iter().rfind(|(first, _)| *first <= place);
        before.map_or((*streams, place), |(first, scope)| (streams.within(*scope), place - first))
    }
}

impl Members {
    /// The devices of this set on the first day, all up; without one, devices of the part's own.
    pub fn new(set: Option<&DeviceSet>, fleet: &Devices) -> Self {
        let of = |set: &DeviceSet| {
            let devices: Vec<u32> = fleet.of(set).collect();
            let class = |device: &u32| fleet.class[*device as usize];
            let mut classes: Vec<(u32, Scope)> = Vec::new();
            for (place, device) in (0..).zip(&devices) {
                let scope = Scope::of(&fleet.classes[usize::from(class(device))].id);
                if classes.last().is_none_or(|(_, last)| *last != scope) {
                    classes.push((place, scope));
                }
            }
            let numbering = Numbering { classes };
            OfFleet { set: set.clone(), up: vec![true; devices.len()], devices, numbering }
        };
        Members { of_fleet: set.map(of) }
    }

    /// Whether they are devices of the fleet.
    pub fn are_of_fleet(&self) -> bool {
        self.of_fleet.is_some()
    }

    /// A device of the fleet goes down or comes up: its place, if it is a member.
    pub fn change(&mut self, device: u32, class: u8, up: bool) -> Option<u32> {
        let of = self.of_fleet.as_mut()?;
        let place = of.place(device, |set| set.has(class))?;
        of.up[place] = up;
        Some(place as u32)
    }

    /// A device that joins the fleet becomes the last member, if its class is one of theirs.
    pub fn join(&mut self, device: u32, class: u8) -> Option<u32> {
        let of = self.of_fleet.as_mut().filter(|of| of.set.has(class))?;
        if of.devices.last().is_some_and(|last| *last >= device) {
            return None;
        }
        of.devices.push(device);
        of.up.push(true);
        Some(of.devices.len() as u32 - 1)
    }

    /// Whether a member is up; one that is no device of the fleet always is.
    pub fn is_up(&self, place: u32) -> bool {
        self.of_fleet.as_ref().is_none_or(|of| of.up[place as usize])
    }

    /// The number of a member in the fleet; where it is no device of the fleet, its place.
    pub fn device(&self, place: u32) -> u32 {
        self.of_fleet.as_ref().map_or(place, |of| of.devices[place as usize])
    }

    /// The place of a device: the other way round.
    pub fn place(&self, device: u32) -> Option<u32> {
        match &self.of_fleet {
            None => Some(device),
            Some(of) => of.place(device, |_| true).map(|place| place as u32),
        }
    }

    /// Numbers in the fleet by place, if they are devices of it.
    pub fn devices(&self) -> Option<&[u32]> {
        self.of_fleet.as_ref().map(|of| &*of.devices)
    }

    /// The streams that a member draws from, and its number in them.
    pub fn named(&self, place: u32, streams: &Streams) -> (Streams, u32) {
        let of = self.of_fleet.as_ref();
        of.map_or((*streams, place), |of| of.numbering.named(place, streams))
    }

    /// By which streams they draw where devices of one class draw by their places: those of several
    /// classes, each by its class.
    pub fn numbering_of_several(&self) -> Numbering {
        let several = self.of_fleet.iter().filter(|of| of.numbering.classes.len() > 1);
        several.map(|of| of.numbering.clone()).next().unwrap_or_default()
    }

    /// The stream of a member for a purpose and an index.
    pub fn stream(
        &self,
        place: u32,
        purpose: impl Into<Purpose>,
        index: u64,
        streams: &Streams,
    ) -> Stream {
        let (streams, number) = self.named(place, streams);
        streams.indexed(number, purpose, index)
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
    /// What the devices of a set have in common: no two classes share an owner or a site.
    pub fn shared_by(&self, set: &DeviceSet) -> SharedBy {
        let mut sum = SharedBy::default();
        let classes = set.classes.iter();
        for of in classes.filter_map(|class| self.shared_by.get(usize::from(*class))) {
            sum.regions.extend(&of.regions);
            sum.owners += of.owners;
            sum.sites += of.sites;
        }
        sum.regions.sort_unstable();
        sum.regions.dedup();
        sum
    }

    /// How many devices of a set there are on the first day.
    pub fn count(&self, set: &DeviceSet) -> u32 {
        set.classes.iter().map(|class| self.classes[usize::from(*class)].count).sum()
    }

    /// The devices of the classes named at `key`, which take the place of the keys `replaced` of
    /// the same table; `None` if none are named.
    pub fn devices_in_place_of(
        &self,
        checker: &mut Checker<'_>,
        given: Option<ValueId>,
        table: &str,
        replaced: &[(&str, Option<ValueId>)],
    ) -> Option<DeviceSet> {
        let set = self.device_set(checker, given?, &format!("{table}.on"))?;
        for (name, given) in replaced {
            if let Some(given) = given {
                let message = "beside `on`: it is that of the fleet's devices".to_owned();
                checker.fault(*given, &format!("{table}.{name}"), message, "leave it out");
            }
        }
        Some(set)
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
        // A fleet that is there and not known has a fault of its own.
        if self.classes.is_empty() && checker.tree.root("infrastructure").is_some() {
            return None;
        }
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
            if classes.contains(&(place as u8)) {
                let message = "names a class that is named before".to_owned();
                checker.fault(name, &key, message, "name each class once");
                return None;
            }
            classes.push(place as u8);
        }
        classes.sort_unstable();
        let set = DeviceSet { classes };
        self.are_there(checker, &set, given, key).then_some(set)
    }

    /// Whether a set has a device on the first day, without which nothing can stand on it.
    fn are_there(
        &self,
        checker: &mut Checker<'_>,
        set: &DeviceSet,
        given: ValueId,
        key: &str,
    ) -> bool {
        if self.count(set) > 0 {
            return true;
        }
        let named = |class: &u8| format!("\"{}\"", self.classes[usize::from(*class)].id);
        let names: Vec<_> = set.classes.iter().map(named).collect();
        let (classes, have) = if names.len() > 1 { ("classes", "have") } else { ("class", "has") };
        let message = format!("the {classes} {} {have} no device", names.join(" and "));
        let help = "give a class at least one device on the first day: count = 1";
        checker.fault(given, key, message, help);
        false
    }
}

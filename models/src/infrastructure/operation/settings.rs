//! What a scenario says of a fleet at work, checked. Classes and regions are places in the lists
//! of the fleet's settings.

use h3o::Resolution;
use pinwheel_core::Streams;
use serde::{Deserialize, Serialize};

use crate::infrastructure::energy::{Draw, Tariff};
use crate::infrastructure::geography::{Place, Region};
use crate::infrastructure::operation::map;
use crate::infrastructure::topology;
use crate::infrastructure::{Fleet, demand};

/// A fleet at work.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Ids of the fleet's classes.
    pub class_ids: Vec<String>,
    /// Who needs whom.
    pub needs: Vec<Need>,
    /// Energy, where it is counted.
    pub energy: Option<Energy>,
    /// Where devices are, where that is simulated.
    pub geography: Option<Geography>,
    /// Links between devices, where there are any.
    pub topology: Option<topology::Settings>,
    /// What is asked of the fleet.
    pub demands: Vec<demand::Settings>,
    /// The map of a report, where one is asked for.
    pub map: Option<map::Asked>,
    /// By class: what owning one device costs in an hour, in billionths of a dollar.
    pub owning_nanousd_per_hour: Vec<u64>,
}

/// Each device of `class` is up only while `needed` of its group of `units` of the class `of` are.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// The class that needs, by its place.
    pub class: u8,
    /// The class that is needed, by its place.
    pub of: u8,
    /// Devices in each group of it.
    pub units: u32,
    /// How many of a group must be up.
    pub needed: u32,
}

/// The grid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Energy {
    /// What a kWh costs and emits.
    pub tariff: Tariff,
    /// By class.
    pub draws: Vec<Draw>,
}

/// Where the regions are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Geography {
    /// By region of the fleet.
    pub regions: Vec<Region>,
    /// Of the cells in which devices are counted, 0 to 15.
    pub resolution: u8,
}

impl Geography {
    /// The resolution of H3's cells.
    ///
    /// # Panics
    ///
    /// If the resolution is above 15.
    pub fn resolution(&self) -> Resolution {
        Resolution::try_from(self.resolution).expect("a checked resolution")
    }
}

impl Settings {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.needs.is_empty()
            && self.energy.is_none()
            && self.geography.is_none()
            && self.topology.is_none()
            && self.demands.is_empty()
            && self.map.is_none()
    }

    /// Where a device of a fleet is; drawn by the device's own stream.
    pub fn place(&self, fleet: &Fleet, device: u32, streams: &Streams) -> Option<Place> {
        let region = &self.geography.as_ref()?.regions[usize::from(fleet.region(device))];
        Some(region.draw(&mut fleet.place_stream(device, streams)))
    }
}

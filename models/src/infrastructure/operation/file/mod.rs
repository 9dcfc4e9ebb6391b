//! The parts of `[infrastructure]` about a fleet at work, as typed, and their checks. The classes
//! and regions they name are those of the fleet, checked before.

pub mod demand;
pub mod map;
mod series;
pub mod topology;

use pinwheel_core::math;
use schemars::JsonSchema;
use serde::Deserialize;

pub use series::SeriesSection;

use super::settings::{Energy, Geography, Need, Settings};
use crate::infrastructure::energy::{Draw, HOURLY_MAX, Hourly, POWER_MILLIWATT_MAX, Tariff};
use crate::infrastructure::geography::{Place, Region};
use crate::infrastructure::settings::Settings as FleetSettings;
use crate::input::NumberOrText;
use crate::input::RunDays;
use crate::input::check::Checker;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::tree::ValueId;
use series::{Scale, series};

/// Most needs of one class.
const NEEDS_MAX: usize = 16;
/// Most demands of one fleet, and parts of one demand.
const DEMANDS_MAX: usize = 64;
/// Half the length of the equator.
const SPREAD_KM_MAX: f64 = 20_037.0;
const HOURS_PER_MONTH: f64 = 365.25 * 2.0;
/// Where devices are counted, if nothing is said: cells of about 250 km2.
const RESOLUTION: u8 = 5;

/// What a class needs, draws and costs at work.
#[derive(Debug, Default)]
pub struct ClassPart {
    /// Devices that each of its devices needs to be up.
    pub needs: Vec<NeedSection>,
    /// What a device draws without load, such as "60 W".
    pub idle_power: Option<ValueId>,
    /// What a device draws while it is down, such as "1 W".
    pub standby_power: Option<ValueId>,
    /// What owning a device costs, such as "20 USD/mo".
    pub owning: Option<ValueId>,
}

/// Where a region is.
#[derive(Debug, Default)]
pub struct RegionPart {
    /// Of its centre, degrees north of the equator.
    pub latitude: Option<ValueId>,
    /// Of its centre, degrees east of Greenwich.
    pub longitude: Option<ValueId>,
    /// How far devices lie around the centre, such as "300 km".
    pub spread: Option<ValueId>,
}

/// All parts of the section that are about a fleet at work.
#[derive(Debug, Default)]
pub struct Parts {
    /// By class and by region of the fleet.
    pub classes: Vec<ClassPart>,
    /// Where regions are, in the order of the scenario.
    pub regions: Vec<RegionPart>,
    /// The grid.
    pub energy: Option<EnergySection>,
    /// How places are drawn and counted.
    pub geography: Option<GeographySection>,
    /// Links between devices.
    pub topology: Option<topology::TopologySection>,
    /// What is asked of the fleet.
    pub demand: Vec<demand::DemandSection>,
    /// The map of a report.
    pub map: Option<map::MapSection>,
}

/// What a device of a class needs to be up.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["class"]))]
pub struct NeedSection {
    /// The class that is needed.
    #[schemars(with = "String")]
    pub class: Option<ValueId>,
    /// Its devices form groups of so many; each device that needs them hangs on one group.
    /// Default 1.
    #[schemars(with = "u32")]
    pub units: Option<ValueId>,
    /// How many of the group must be up. Default 1.
    #[schemars(with = "u32")]
    pub needed: Option<ValueId>,
}

/// What a kWh costs and emits: a constant, or a column of a file by the hour.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EnergySection {
    /// Such as "0.25 USD/kWh". Default 0.
    #[schemars(with = "SeriesSection")]
    pub price: Option<ValueId>,
    /// Such as "0.3 kg/kWh" of CO2. Default 0.
    #[schemars(with = "SeriesSection")]
    pub carbon: Option<ValueId>,
}

/// Where devices are counted, and how long a signal takes to them.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GeographySection {
    /// Resolution of the H3 cells in which devices are counted, 0 to 15. Default 5.
    #[schemars(with = "u8", range(min = 0, max = 15))]
    pub cells: Option<ValueId>,
    /// Round trip from a user to a source next door, such as "10 ms". Default 0.
    #[schemars(with = "String")]
    pub access_round_trip: Option<ValueId>,
    /// Round trip for each kilometre to the source, such as "0.015 ms/km". Default 0.
    #[schemars(with = "NumberOrText")]
    pub round_trip_per_km: Option<ValueId>,
}

/// Checks all parts against the fleet they belong to.
pub fn settings(
    checker: &mut Checker<'_>,
    parts: &Parts,
    fleet: &FleetSettings,
    run: Option<RunDays>,
) -> Settings {
    let needs = needs(checker, &parts.classes, fleet);
    let owning = |(number, class): (usize, &ClassPart)| {
        let key = format!("infrastructure.class[{number}].owning");
        let usd = checker.quantity(class.owning, &key, "USD/mo", false, 0.0..=1e9);
        math::round(usd.unwrap_or(0.0) * 1e9 / HOURS_PER_MONTH) as u64
    };
    let owning_nanousd_per_hour = parts.classes.iter().enumerate().map(owning).collect();
    refuse_idle_keys(checker, parts);
    let energy = energy(checker, parts, fleet);
    let geography = geography(checker, parts);
    let topology = parts
        .topology
        .as_ref()
        .and_then(|typed| topology::settings(checker, typed, fleet, geography.is_some()));
    let trips = demand::trips(checker, parts.geography.as_ref(), geography.as_ref());
    let demands = demand::settings(checker, &parts.demand, fleet, &trips);
    let class_ids = fleet.classes.iter().map(|class| class.id.clone()).collect();
    let map = parts.map.as_ref().and_then(|typed| map::settings(checker, typed, run));
    Settings {
        class_ids,
        needs,
        energy,
        geography,
        topology,
        demands,
        map,
        owning_nanousd_per_hour,
    }
}

/// Keys of classes and regions that have no effect without a section of their own.
fn refuse_idle_keys(checker: &mut Checker<'_>, parts: &Parts) {
    let mut refuse = |given: Option<ValueId>, key: String, section: &str| {
        let Some(given) = given else { return };
        let message = "has no effect by itself".to_owned();
        checker.fault(given, &key, message, format!("add [infrastructure.{section}]"));
    };
    if parts.energy.is_none() {
        for (number, class) in parts.classes.iter().enumerate() {
            let key = |name: &str| format!("infrastructure.class[{number}].{name}");
            refuse(class.idle_power, key("idle_power"), "energy");
            refuse(class.standby_power, key("standby_power"), "energy");
        }
    }
    if parts.geography.is_none() {
        for (number, region) in parts.regions.iter().enumerate() {
            let key = |name: &str| format!("infrastructure.region[{number}].{name}");
            refuse(region.latitude, key("latitude"), "geography");
            refuse(region.longitude, key("longitude"), "geography");
            refuse(region.spread, key("spread"), "geography");
        }
    }
}

/// The place of a class in the fleet's list by its id.
fn class(
    checker: &mut Checker<'_>,
    given: Option<ValueId>,
    key: &str,
    fleet: &FleetSettings,
) -> Option<u8> {
    let text = checker.text(given, key)?;
    if let Some(place) = fleet.classes.iter().position(|class| class.id == text) {
        return u8::try_from(place).ok();
    }
    let help = did_you_mean(&text, fleet.classes.iter().map(|class| class.id.as_str()));
    checker.fault(given?, key, format!("no class has the id \"{}\"", shown(&text)), help);
    None
}

/// Classes by their ids, each once.
fn classes(
    checker: &mut Checker<'_>,
    given: &[ValueId],
    key: &str,
    fleet: &FleetSettings,
) -> Vec<u8> {
    let mut found = Vec::new();
    for (number, &item) in given.iter().enumerate() {
        let key = format!("{key}[{number}]");
        let Some(class) = class(checker, Some(item), &key, fleet) else { continue };
        if found.contains(&class) {
            let message = format!("\"{}\" is named twice", fleet.classes[usize::from(class)].id);
            checker.fault(item, &key, message, "name each class once");
        } else {
            found.push(class);
        }
    }
    found
}

/// The needs of all classes. A need of a class that comes later in the list would allow a circle,
/// so the order of the classes is the order of the causes: power, then network, then server.
fn needs(checker: &mut Checker<'_>, typed: &[ClassPart], fleet: &FleetSettings) -> Vec<Need> {
    let mut needs = Vec::new();
    for (number, part) in typed.iter().enumerate() {
        let at = format!("infrastructure.class[{number}].needs");
        if let Some(given) = part.needs.get(NEEDS_MAX).and_then(|need| need.class) {
            let help = format!("at most {NEEDS_MAX}");
            checker.fault(given, &at, format!("{} needs", part.needs.len()), help);
            continue;
        }
        for (place, need) in part.needs.iter().enumerate() {
            let key = |name: &str| format!("{at}[{place}].{name}");
            let given = checker.required(need.class, &key("class"), "\"power\"");
            let of = class(checker, given, &key("class"), fleet);
            let all = of.map_or(u32::MAX, |of| fleet.classes[usize::from(of)].count);
            let most = i64::from(all.max(1));
            let units = checker.integer(need.units, &key("units"), 1..=most).unwrap_or(1);
            let needed = checker.integer(need.needed, &key("needed"), 1..=units as i64);
            let (Some(of), Some(given)) = (of, given) else { continue };
            if all == 0 {
                let of = &fleet.classes[usize::from(of)].id;
                let message = format!("the class \"{of}\" has no device");
                let help = "give it at least one device on the first day: count = 1";
                checker.fault(given, &key("class"), message, help);
                continue;
            }
            if u64::from(all) % units != 0 {
                let message = format!("{all} devices do not make whole groups of {units}");
                let next = u64::from(all).next_multiple_of(units);
                checker.fault(given, &key("units"), message, format!("give the class {next}"));
            }
            if usize::from(of) >= number {
                let of = &fleet.classes[usize::from(of)].id;
                let message = format!("\"{of}\" does not come before this class");
                let help = "list what is needed first: power, then network, then server";
                checker.fault(given, &key("class"), message, help);
                continue;
            }
            needs.push(Need {
                class: number as u8,
                of,
                units: units as u32,
                needed: needed.unwrap_or(1) as u32,
            });
        }
    }
    needs
}

fn energy(checker: &mut Checker<'_>, parts: &Parts, fleet: &FleetSettings) -> Option<Energy> {
    let typed = parts.energy.as_ref()?;
    let mut tariff = |given: Option<ValueId>, name: &str, unit: &'static str| {
        let given = given?;
        let scale = Scale { unit, steps: 1e6, steps_max: HOURLY_MAX };
        series(checker, given, &format!("infrastructure.energy.{name}"), scale)
    };
    let free = || Hourly::constant(0);
    let tariff = Tariff {
        price_microusd_per_kwh: tariff(typed.price, "price", "USD/kWh").unwrap_or_else(free),
        carbon_milligram_per_kwh: tariff(typed.carbon, "carbon", "kg/kWh").unwrap_or_else(free),
    };
    let mut draws = Vec::new();
    for (number, (part, class)) in parts.classes.iter().zip(&fleet.classes).enumerate() {
        let key = |name: &str| format!("infrastructure.class[{number}].{name}");
        let milliwatt = |watts: f64| math::round(watts * 1e3) as u64;
        let full = class.power_watts;
        let idle = checker.quantity(part.idle_power, &key("idle_power"), "W", false, 0.0..=full);
        let down =
            checker.quantity(part.standby_power, &key("standby_power"), "W", false, 0.0..=full);
        draws.push(Draw {
            full_milliwatt: milliwatt(full),
            idle_milliwatt: milliwatt(idle.unwrap_or(full)),
            down_milliwatt: milliwatt(down.unwrap_or(0.0)),
        });
    }
    let drawn = draws.iter().zip(&fleet.classes);
    let whole: u128 =
        drawn.map(|(draw, class)| u128::from(draw.full_milliwatt) * u128::from(class.count)).sum();
    if whole > u128::from(POWER_MILLIWATT_MAX) {
        let key = "infrastructure.energy";
        let message = format!("the devices draw {} GW together", whole / 1_000_000_000_000);
        checker.fault(checker.tree.nearest(key), key, message, "at most 1000 GW in one fleet");
        return None;
    }
    Some(Energy { tariff, draws })
}

/// Where the regions are, if the scenario says so of each.
fn geography(checker: &mut Checker<'_>, parts: &Parts) -> Option<Geography> {
    let typed = parts.geography.as_ref()?;
    let resolution = checker.integer(typed.cells, "infrastructure.geography.cells", 0..=15);
    let mut regions = Vec::new();
    for (number, part) in parts.regions.iter().enumerate() {
        let key = |name: &str| format!("infrastructure.region[{number}].{name}");
        let mut degrees = |given: Option<ValueId>, name: &str, most: f64| {
            let given = checker.required(given, &key(name), "48.1");
            checker.quantity(given, &key(name), "1", true, -most..=most)
        };
        let latitude = degrees(part.latitude, "latitude", 90.0);
        let longitude = degrees(part.longitude, "longitude", 180.0);
        let spread =
            checker.quantity(part.spread, &key("spread"), "km", false, 0.0..=SPREAD_KM_MAX);
        let (Some(latitude), Some(longitude)) = (latitude, longitude) else { continue };
        let centre = Place::from_degrees(latitude, longitude);
        regions.push(Region { centre, spread_km: spread.unwrap_or(0.0) });
    }
    let complete = regions.len() == parts.regions.len() && !regions.is_empty();
    let resolution = resolution.map_or(RESOLUTION, |resolution| resolution as u8);
    complete.then_some(Geography { regions, resolution })
}

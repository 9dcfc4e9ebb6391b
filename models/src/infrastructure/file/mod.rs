//! `[infrastructure]` as typed, and its checks.

mod class;
mod law;
mod shock;

use pinwheel_core::SimDuration;
use schemars::JsonSchema;
use serde::Deserialize;

use super::operation;
use super::operation::file::demand::DemandSection;
use super::operation::file::map::MapSection;
use super::operation::file::topology::TopologySection;
use super::operation::file::{EnergySection, GeographySection, Parts, RegionPart};
use super::settings::{Class, Region, Settings, Shock};
use crate::input::check::Checker;
use crate::input::dates::YEAR_SECONDS;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::tree::ValueId;
use crate::part::Known;
use class::ClassSection;
use shock::ShockSection;

pub(super) const DEVICES_MAX: i64 = 10_000_000;
/// Most that is paid for a device, USD a month.
pub(super) const INCOME_MAX: f64 = 1e9;
/// Most classes, regions and shocks; each class and region is a series in every record.
const CLASSES_MAX: usize = 64;
const REGIONS_MAX: usize = 256;
const SHOCKS_MAX: usize = 256;
/// Longest time of this layer, in seconds: a century.
const SECONDS_MAX: f64 = 100.0 * YEAR_SECONDS;

/// Devices that fail and are repaired.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "InfrastructureSection")]
pub struct Section {
    /// Devices that never fail, in place of classes.
    #[schemars(with = "u32")]
    pub devices: Option<ValueId>,
    /// Share of the capacity of the first day that must be up for the service to be. Default 50 %.
    #[schemars(with = "String")]
    pub serving_share: Option<ValueId>,
    /// Time between two records of the fleet, such as "1 h" or "7 d": a part of a day, or whole
    /// days. Where it is shorter than a day, the fleet at work records as often. Default "1 d".
    #[schemars(with = "String")]
    pub record_every: Option<ValueId>,
    /// Providers of connectivity in each region. Default 1.
    #[schemars(with = "u32")]
    pub carriers_per_region: Option<ValueId>,
    /// Parts of the world. Default one.
    pub region: Vec<RegionSection>,
    /// Kinds of devices.
    pub class: Vec<ClassSection>,
    /// Common causes.
    pub shock: Vec<ShockSection>,
    /// What a kWh costs and emits. Default: energy is not counted.
    pub energy: Option<EnergySection>,
    /// Where devices are, around the places of their regions.
    pub geography: Option<GeographySection>,
    /// How devices are linked.
    pub topology: Option<TopologySection>,
    /// What is asked of the devices.
    pub demand: Vec<DemandSection>,
    /// What `pinwheel map` shows. Default: no map is recorded.
    pub map: Option<MapSection>,
}

/// A part of the world.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "RegionSection", extend("required" = ["id"]))]
pub struct RegionSection {
    /// Its name: letters, digits, "-" and "_".
    #[schemars(with = "String")]
    pub id: Option<ValueId>,
    /// Its part of the devices, in proportion to those of the others. Default 1.
    #[schemars(with = "f64")]
    pub share: Option<ValueId>,
    /// How far its clocks are ahead, such as "2 h" or "-5 h". Default 0.
    #[schemars(with = "String")]
    pub utc_offset: Option<ValueId>,
    /// Where it is, in degrees north and east. For `geography`.
    #[schemars(with = "f64")]
    pub latitude: Option<ValueId>,
    /// Of its centre, degrees east of Greenwich.
    #[schemars(with = "f64")]
    pub longitude: Option<ValueId>,
    /// Standard deviation of the distance of its devices to north and to east, such as "300 km".
    /// Default 0.
    #[schemars(with = "String")]
    pub spread: Option<ValueId>,
}

/// In the schema: the id of a region, or several.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
pub enum RegionNames {
    /// One region.
    One(String),
    /// Several regions.
    Several(Vec<String>),
}

/// The validated layer; whatever is wrong is a fault.
pub fn settings(checker: &mut Checker<'_>, given: ValueId, known: &Known) -> Option<Settings> {
    let typed: Section = checker.read(given, "infrastructure");
    for (count, most, what) in [
        (typed.region.len(), REGIONS_MAX, "region"),
        (typed.class.len(), CLASSES_MAX, "class"),
        (typed.shock.len(), SHOCKS_MAX, "shock"),
    ] {
        if count > most {
            let (key, help) = (format!("infrastructure.{what}"), format!("at most {most}"));
            checker.fault(given, &key, format!("{count} entries"), help);
            return None;
        }
    }
    let regions = regions(checker, &typed.region);
    let classes = classes(checker, &typed, regions.as_deref())?;
    let fleet = (&classes[..], regions.as_deref());
    let shocks = typed.shock.iter().enumerate();
    let shocks: Vec<_> =
        shocks.map(|(number, typed)| shock::shock(checker, typed, number, fleet)).collect();
    let id = |(typed, shock): (&ShockSection, &Option<Shock>)| {
        Some((typed.id, shock.as_ref()?.id.clone()))
    };
    let ids: Vec<_> = typed.shock.iter().zip(&shocks).filter_map(id).collect();
    checker.unique(&ids, "infrastructure.shock");
    let carriers = "infrastructure.carriers_per_region";
    let carriers = checker.integer(typed.carriers_per_region, carriers, 1..=1_000);
    let serving = checker.share(typed.serving_share, "infrastructure.serving_share", 1.0);
    let every = "infrastructure.record_every";
    let every = checker.record_every(typed.record_every, every)?;
    let mut settings = Settings {
        regions: regions?,
        classes,
        shocks: shocks.into_iter().collect::<Option<_>>()?,
        carriers_per_region: carriers.unwrap_or(1) as u32,
        serving_share: serving.unwrap_or(0.5),
        record_every: every,
        operation: operation::Settings::default(),
    };
    let payments: Vec<_> = typed.class.iter().map(paid_by_demand).collect();
    settings.operation = operation::file::settings(checker, &at_work(typed), &settings, known.days);
    unpaid(checker, &payments, &settings);
    Some(settings)
}

/// Where a class says that its owners live from payments.
fn paid_by_demand(class: &ClassSection) -> Option<ValueId> {
    class.turnover.as_ref()?.income_from
}

/// A fault for each class whose owners live from payments that nobody makes.
fn unpaid(checker: &mut Checker<'_>, given: &[Option<ValueId>], settings: &Settings) {
    for (number, (class, given)) in settings.classes.iter().zip(given).enumerate() {
        let income = class.turnover.and_then(|turnover| turnover.income);
        let pays = |demand: &super::demand::Settings| {
            let serves = demand.sources.iter().any(|of| usize::from(of.class) == number);
            serves && demand.price_microusd > 0
        };
        if let (Some(given), Some(true)) = (given, income.map(|income| income.from_payments))
            && !settings.operation.demands.iter().any(pays)
        {
            let key = format!("infrastructure.class[{number}].turnover.income_from");
            let message = format!("nothing pays the devices of \"{}\"", class.id);
            let help = "add an infrastructure.demand with a price that they serve";
            checker.fault(*given, &key, message, help);
        }
    }
}

/// What is checked with the fleet known.
fn at_work(typed: Section) -> Parts {
    let place = |region: RegionSection| {
        let RegionSection { latitude, longitude, spread, .. } = region;
        RegionPart { latitude, longitude, spread }
    };
    Parts {
        classes: typed.class.into_iter().map(ClassSection::at_work).collect(),
        regions: typed.region.into_iter().map(place).collect(),
        energy: typed.energy,
        geography: typed.geography,
        topology: typed.topology,
        demand: typed.demand,
        map: typed.map,
    }
}

fn regions(checker: &mut Checker<'_>, typed: &[RegionSection]) -> Option<Vec<Region>> {
    if typed.is_empty() {
        return Some(vec![Region::new("world", 1.0)]);
    }
    let mut ids = Vec::new();
    let mut regions = Vec::new();
    for (number, section) in typed.iter().enumerate() {
        let at = |name: &str| format!("infrastructure.region[{number}].{name}");
        let id = checker.required(section.id, &at("id"), "\"europe\"");
        let id = checker.identifier(id, &at("id"));
        ids.extend(id.clone().map(|id| (section.id, id)));
        let share = checker.quantity(section.share, &at("share"), "1", true, 0.0..=1e9);
        let offset =
            checker.quantity(section.utc_offset, &at("utc_offset"), "h", false, -14.0..=14.0);
        regions.push(id.map(|id| Region {
            id,
            share: share.unwrap_or(1.0),
            utc_offset_hours: offset.unwrap_or(0.0),
        }));
    }
    checker.unique(&ids, "infrastructure.region");
    let regions: Vec<Region> = regions.into_iter().collect::<Option<_>>()?;
    if regions.iter().all(|region| region.share == 0.0) {
        let message = "no region has a share".to_owned();
        checker.fault(typed[0].id?, "infrastructure.region", message, "write share = 1");
    }
    Some(regions)
}

fn classes(
    checker: &mut Checker<'_>,
    typed: &Section,
    regions: Option<&[Region]>,
) -> Option<Vec<Class>> {
    if typed.class.is_empty() {
        let key = "infrastructure.devices";
        let devices = checker.required(typed.devices, key, "100");
        let devices = checker.integer(devices, key, 1..=DEVICES_MAX)?;
        return Some(vec![Class::new("device", u32::try_from(devices).ok()?)]);
    }
    if let Some(given) = typed.devices {
        let message = "beside classes, which have their own counts".to_owned();
        checker.fault(given, "infrastructure.devices", message, "leave it out");
    }
    let classes = typed.class.iter().enumerate();
    let classes: Vec<_> =
        classes.map(|(number, typed)| class::class(checker, typed, number, regions)).collect();
    let ids = typed.class.iter().zip(&classes);
    let ids: Vec<_> =
        ids.filter_map(|(typed, class)| Some((typed.id, class.as_ref()?.id.clone()))).collect();
    checker.unique(&ids, "infrastructure.class");
    let classes: Vec<Class> = classes.into_iter().collect::<Option<_>>()?;
    let devices: i64 = classes.iter().map(|class| i64::from(class.count)).sum();
    if devices > DEVICES_MAX {
        let message = format!("{devices} devices in all");
        let help = format!("at most {DEVICES_MAX}");
        checker.fault(typed.class[0].count?, "infrastructure.class", message, help);
    }
    Some(classes)
}

/// The place of a region by its id, or a fault. Where the regions are at fault, that is enough.
fn region_named(
    checker: &mut Checker<'_>,
    given: ValueId,
    key: &str,
    regions: Option<&[Region]>,
) -> Option<u16> {
    let (name, regions) = (checker.text(Some(given), key)?, regions?);
    let place = regions.iter().position(|region| region.id == name);
    if place.is_none() {
        let help = did_you_mean(&name, regions.iter().map(|region| region.id.as_str()));
        checker.fault(given, key, format!("unknown region \"{}\"", shown(&name)), help);
    }
    place.map(|place| place as u16)
}

/// A time of at least so many seconds.
fn time(
    checker: &mut Checker<'_>,
    given: Option<ValueId>,
    key: &str,
    minimum_seconds: f64,
) -> Option<SimDuration> {
    let seconds = checker.quantity(given, key, "s", false, minimum_seconds..=SECONDS_MAX)?;
    Some(SimDuration::from_seconds_f64(seconds))
}

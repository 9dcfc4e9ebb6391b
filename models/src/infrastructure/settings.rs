//! What a scenario says of the physical layer, checked.

use pinwheel_core::{Amount, SimDuration, SimTime, math};
use serde::{Deserialize, Serialize};

use super::operation;
use crate::laws::draw::Duration;
use crate::laws::failure::FailureLaw;
use crate::part::SharedBy;
use crate::policy::maintenance::Replacement;

/// Capacity is counted in thousandths of its unit, so that sums of it are exact.
pub const CAPACITY_UNIT: u64 = 1_000;

/// The physical layer of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// At least one.
    pub regions: Vec<Region>,
    /// Devices are numbered class by class, and within a class region by region.
    pub classes: Vec<Class>,
    /// Common causes, in the order of the scenario.
    pub shocks: Vec<Shock>,
    /// Providers of connectivity in each region; devices have them in turn.
    pub carriers_per_region: u32,
    /// Share of the capacity of the first day that must be up for the service to be.
    pub serving_share: f64,
    /// Time between two records of the fleet.
    pub record_every: SimDuration,
    /// What the devices need, draw and serve.
    pub operation: operation::Settings,
}

impl Settings {
    /// Devices of one class in one region.
    pub fn of(class: Class) -> Self {
        Settings {
            regions: vec![Region::new("world", 1.0)],
            classes: vec![class],
            shocks: Vec::new(),
            carriers_per_region: 1,
            serving_share: 0.5,
            record_every: SimDuration::from_days(1),
            operation: operation::Settings::default(),
        }
    }
    /// The weight of each region in the spread of a class's devices: its share where the class
    /// stands, and zero elsewhere. Regions that a class names and that have no share at all weigh
    /// alike.
    pub fn region_weights(&self, class: &Class) -> Vec<f64> {
        let stands =
            |place: usize| class.regions.is_empty() || class.regions.contains(&(place as u16));
        let weigh = |weight: fn(&Region) -> f64| -> Vec<f64> {
            let regions = self.regions.iter().enumerate();
            regions.map(|(place, of)| if stands(place) { weight(of) } else { 0.0 }).collect()
        };
        let shares = weigh(|region| region.share);
        let none = shares.iter().all(|share| *share == 0.0);
        if none { weigh(|_| 1.0) } else { shares }
    }
    /// Devices of a class in each region, which are dealt by the weights of the regions.
    pub fn devices_by_region(&self, class: &Class) -> Vec<u32> {
        let weights = self.region_weights(class);
        let whole = weights.iter().sum();
        deal(class.count, whole, weights.into_iter()).collect()
    }
    /// What the devices of a class have in common on the first day.
    pub fn shared_by(&self, class: &Class) -> SharedBy {
        let devices = self.devices_by_region(class);
        let there = (0u16..).zip(&devices).filter(|(_, devices)| **devices > 0);
        // With concentration 0 every owner has a device.
        let owners = match class.owner_concentration {
            0.0 => class.owners,
            _ => class.devices_by_owner().filter(|devices| *devices > 0).count() as u32,
        };
        SharedBy {
            regions: there.map(|(place, _)| place).collect(),
            owners,
            sites: devices.iter().map(|devices| devices.div_ceil(class.devices_per_site)).sum(),
        }
    }
    /// Pools of crews and spare parts that a class has.
    pub fn pools(&self, class: &Class) -> usize {
        match class.crews {
            Some(Crewing { by_region: true, .. }) => self.regions.len(),
            _ => 1,
        }
    }
}

/// A part of the world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Its id in the scenario.
    pub id: String,
    /// Its share of each class's devices, in proportion to the shares of the others.
    pub share: f64,
    /// What its clocks show beyond the simulation's.
    pub utc_offset_hours: f64,
}

impl Region {
    /// A region with a share of the devices, in Greenwich's time zone.
    pub fn new(id: &str, share: f64) -> Self {
        Region { id: id.to_owned(), share, utc_offset_hours: 0.0 }
    }
}

/// Devices that are alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// Its id in the scenario: name of its random streams, label of its rows.
    pub id: String,
    /// Devices on the first day.
    pub count: u32,
    /// Regions its devices stand in, by place; all of them if empty.
    pub regions: Vec<u16>,
    /// Owners at the start; each has an unbroken row of the class's devices.
    pub owners: u32,
    /// Owner `n` has devices in proportion to `n^-concentration` (Zipf); 0 is even.
    pub owner_concentration: f64,
    /// In thousandths of whatever the service counts.
    pub capacity_milli: u64,
    /// What a device draws while it is up, watts.
    pub power_watts: f64,
    /// Price of a device, in base units of the dollar.
    pub price: Amount,
    /// Age of all devices on the first day.
    pub age_seconds: f64,
    /// The life of a device from new, and from each repair on (which makes it as good as new).
    pub failure: FailureLaw,
    /// How long hands need for a repair.
    pub repair: Duration,
    /// Who repairs; `None` if hands are always free.
    pub crews: Option<Crewing>,
    /// Spare parts; `None` if there are always some.
    pub spares: Option<Sparing>,
    /// How failures are found.
    pub detection: Detection,
    /// Replacements before a failure, and their prices.
    pub maintenance: Maintenance,
    /// Its signs of life, if it sends them.
    pub heartbeat: Option<Heartbeat>,
    /// How work in progress is saved, if it is.
    pub checkpoint: Option<Checkpoint>,
    /// Hours a day that it is on; `None` for all of them.
    pub day: Option<Day>,
    /// Owners who come and go, if they do.
    pub turnover: Option<Turnover>,
    /// Devices of one class and region that share a room, and a power feed.
    pub devices_per_site: u32,
    /// Devices on one power feed.
    pub devices_per_feed: u32,
    /// Vendor batches; devices come from them in turn.
    pub batches: u32,
    /// Keeps the length of each first life, to hold it against this law.
    pub watched_against: Option<FailureLaw>,
}

impl Class {
    /// Devices of each of its owners on the first day, the largest owner first.
    pub fn devices_by_owner(&self) -> impl Iterator<Item = u32> + use<> {
        let (count, owners, exponent) = (self.count, self.owners, -self.owner_concentration);
        let weight = move |owner: u32| math::pow(f64::from(owner + 1), exponent);
        let whole: f64 = (0..owners).map(weight).sum();
        deal(count, whole, (0..owners).map(weight))
    }
    /// Devices that never fail, each with its own owner.
    pub fn new(id: &str, count: u32) -> Self {
        Class {
            id: id.to_owned(),
            count,
            regions: Vec::new(),
            owners: count,
            owner_concentration: 0.0,
            capacity_milli: CAPACITY_UNIT,
            power_watts: 0.0,
            price: Amount::ZERO,
            age_seconds: 0.0,
            failure: FailureLaw::NEVER,
            repair: Duration::Fixed(SimDuration::ZERO),
            crews: None,
            spares: None,
            detection: Detection::AtOnce,
            maintenance: Maintenance::default(),
            heartbeat: None,
            checkpoint: None,
            day: None,
            turnover: None,
            devices_per_site: 1,
            devices_per_feed: 1,
            batches: 1,
            watched_against: None,
        }
    }
}

/// Hands for the failures of a class. Without, every failure finds hands at once.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crewing {
    /// At least one.
    pub crews: u32,
    /// So many in each region, who work there only, or for the whole class.
    pub by_region: bool,
}

/// Spare parts, kept where the crews are. Each failure orders one (base stock).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sparing {
    /// Parts on the shelf on the first day.
    pub stock: u32,
    /// Time from the order of a part to its arrival.
    pub lead: Duration,
}

/// How the platform learns of a failure.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Detection {
    /// Known when it happens.
    #[default]
    AtOnce,
    /// By missed heartbeats.
    Heartbeat,
    /// By a round that comes to each device once in this time.
    Inspection(SimDuration),
}

/// The policy and its prices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Maintenance {
    /// When a device is replaced before it fails.
    pub policy: Replacement,
    /// A planned replacement needs no crew and no spare part: both are booked ahead.
    pub planned_duration: Duration,
    /// Cost of a planned replacement, in base units of the dollar.
    pub planned_cost: Amount,
    /// Cost of a failure, in base units of the dollar.
    pub failure_cost: Amount,
}

impl Default for Maintenance {
    fn default() -> Self {
        Maintenance {
            policy: Replacement::RunToFailure,
            planned_duration: Duration::Fixed(SimDuration::ZERO),
            planned_cost: Amount::ZERO,
            failure_cost: Amount::ZERO,
        }
    }
}

/// The sign of life that a device sends, and how it is missed.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Time between two signs of life.
    pub period: SimDuration,
    /// Share of the messages that never arrive.
    pub loss: f64,
    /// So many missed in a row and the device is taken for dead.
    pub misses: u8,
}

/// Work in progress is saved once in a while, which takes time from the work.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Time from the end of one to the beginning of the next.
    pub period: SimDuration,
    /// Time that saving takes.
    pub cost: SimDuration,
}

/// Hardware at home: some of it is on for a part of the day only.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Day {
    /// Share of the devices that are never switched off.
    pub always_share: f64,
    /// The others are switched on at this hour of their region's clock, give or take a normal
    /// spread that is drawn each day, and off so many hours later.
    pub from_hour: f64,
    /// Hours a day that a device is on, in the mean.
    pub hours: f64,
    /// How much that differs from device to device, hours.
    pub spread_hours: f64,
}

/// Owners who come and go.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turnover {
    /// New owners who consider joining, of the class as a whole.
    pub prospects_per_year: f64,
    /// Devices each brings.
    pub devices_each: u32,
    /// Rate at which an owner leaves whatever it earns.
    pub leave_per_year: f64,
    /// What makes owners stay; `None` if income does not matter.
    pub income: Option<Income>,
}

/// What makes an owner join or leave: an owner needs so much a month for each device, a number of
/// its own drawn once from a log-normal law. Who would get less does not join, or leaves at the
/// next monthly review.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Income {
    /// Paid for each device.
    pub usd_per_month: f64,
    /// Whether that holds for the first month only: at each review it becomes what the devices of
    /// the class were paid since the one before, by the demands they serve.
    pub from_payments: bool,
    /// Half of the owners need more than this, USD a month for each device.
    pub needed_median_usd_per_month: f64,
    /// Standard deviation of the logarithm of what owners need.
    pub needed_sigma: f64,
}

/// A common cause: one event that reaches many devices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shock {
    /// Its id in the scenario: name of its random streams.
    pub id: String,
    /// What those it reaches have in common.
    pub scope: Scope,
    /// When it strikes.
    pub timing: Timing,
    /// Different places struck at one time.
    pub places: u32,
    /// The only region it strikes, by place, where that is named.
    pub region: Option<u16>,
    /// Whom it reaches at its place.
    pub reach: Reach,
    /// Mean delay of each device from the strike to its going down (exponential).
    pub spread: SimDuration,
    /// What it does to a device.
    pub effect: Effect,
    /// Classes it can reach, by place; all if empty.
    pub classes: Vec<u8>,
}

/// Deals devices in proportion to weights with the sum `whole`, by their running sums rounded to
/// the nearest; the last has the rest.
fn deal<W>(count: u32, whole: f64, weights: W) -> impl Iterator<Item = u32> + use<W>
where
    W: ExactSizeIterator<Item = f64>,
{
    let (mut share, mut dealt, mut left) = (0.0, 0, weights.len());
    weights.map(move |weight| {
        share += weight;
        left -= 1;
        let until = match left {
            0 => count,
            _ => (share / whole * f64::from(count)).round() as u32,
        };
        let devices = until - dealt;
        dealt = until;
        devices
    })
}

/// What devices have in common.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// That they exist.
    World,
    /// A region.
    Region,
    /// A site.
    Site,
    /// A power feed.
    Feed,
    /// The provider of connectivity of a part of a region.
    Carrier,
    /// A batch of one vendor.
    Batch,
    /// An owner.
    Owner,
}

/// When a shock strikes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Timing {
    /// By this law at each place of the scope.
    Law(FailureLaw),
    /// Somewhere, once in each such time.
    Every(SimDuration),
    /// Once.
    At(SimTime),
}

/// Whom a shock reaches at its place.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reach {
    /// Each device with this probability.
    Share(f64),
    /// A burst: a geometric number of devices with this mean.
    Burst(f64),
    /// So many devices.
    Devices(u32),
}

/// What a shock does to a device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    /// Down for a while; the same while for all it reaches, or each its own.
    Outage {
        /// How long it is down.
        duration: Duration,
        /// The same for all it reaches.
        together: bool,
    },
    /// It fails and must be repaired like any other failure.
    Failure,
}

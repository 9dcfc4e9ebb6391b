//! `[[infrastructure.class]]` as typed, and its checks.

use pinwheel_core::Amount;
use schemars::JsonSchema;
use serde::Deserialize;

use super::law::{self, DurationGiven, LawSection};
use super::{DEVICES_MAX, INCOME_MAX, RegionNames, SECONDS_MAX, region_named, time};
use crate::infrastructure::operation::file::{ClassPart, NeedSection};
use crate::infrastructure::settings::{
    CAPACITY_UNIT, Checkpoint, Class, Crewing, Day, Detection, Heartbeat, Income, Maintenance,
    Region, Sparing, Turnover,
};
use crate::input::amount::USD_DECIMALS;
use crate::input::check::Checker;
use crate::input::tree::{Value, ValueId};
use crate::policy::choice::Given;
use crate::policy::maintenance::Replacement;

/// Devices that are alike.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "ClassSection", extend("required" = ["id", "count"]))]
pub struct ClassSection {
    /// Its name: letters, digits, "-" and "_".
    #[schemars(with = "String")]
    pub id: Option<ValueId>,
    /// Devices on the first day.
    #[schemars(with = "u32")]
    pub count: Option<ValueId>,
    /// The region its devices stand in, or a list of regions, spread over them by their shares.
    /// Default: all regions.
    #[schemars(with = "RegionNames")]
    pub regions: Option<ValueId>,
    /// Owners on the first day. Default: each device has its own.
    #[schemars(with = "u32")]
    pub owners: Option<ValueId>,
    /// Owner n has devices in proportion to n to the power of minus this. Default 0, even.
    #[schemars(with = "f64")]
    pub owner_concentration: Option<ValueId>,
    /// What one device gives to the service, in the service's own unit. Default 1.
    #[schemars(with = "f64")]
    pub capacity: Option<ValueId>,
    /// Draw of one device, such as "12 W". Default 0.
    #[schemars(with = "String")]
    pub power: Option<ValueId>,
    /// Price of one device, such as "500 USD". Default 0.
    #[schemars(with = "String")]
    pub price: Option<ValueId>,
    /// Age of all devices on the first day. Default new.
    #[schemars(with = "String")]
    pub age: Option<ValueId>,
    /// The law of life. Default never.
    pub failure: Option<LawSection>,
    /// How long a repair takes, a time or a law. Default 0.
    #[schemars(with = "DurationGiven")]
    pub repair: Option<ValueId>,
    /// Repairs that can go on at one time. Default no limit.
    #[schemars(with = "u32")]
    pub crews: Option<ValueId>,
    /// Whether there are so many crews (and parts) in each region. Default false.
    #[schemars(with = "bool")]
    pub crews_by_region: Option<ValueId>,
    /// Spare parts. Default: there are always some.
    pub spares: Option<SparesSection>,
    /// How the platform learns of a failure: "at_once" (the default), "heartbeat", "inspection".
    #[schemars(with = "String", extend("enum" = ["at_once", "heartbeat", "inspection"]))]
    pub detection: Option<ValueId>,
    /// Time between inspections.
    #[schemars(with = "String")]
    pub inspection: Option<ValueId>,
    /// Replacements before a failure. Default: none.
    pub maintenance: Option<MaintenanceSection>,
    /// Signs of life. Default: none.
    pub heartbeat: Option<HeartbeatSection>,
    /// How work in progress is saved. Default: not at all.
    pub checkpoint: Option<CheckpointSection>,
    /// Hours a day that devices are on. Default: all.
    pub day: Option<DaySection>,
    /// Owners who come and go. Default: they stay.
    pub turnover: Option<TurnoverSection>,
    /// Devices that share a room, and a power feed. Default 1.
    #[schemars(with = "u32")]
    pub devices_per_site: Option<ValueId>,
    /// Devices on one power feed.
    #[schemars(with = "u32")]
    pub devices_per_feed: Option<ValueId>,
    /// Vendor batches the devices come from in turn. Default 1.
    #[schemars(with = "u32")]
    pub batches: Option<ValueId>,
    /// Keeps the length of each first life and holds it against the law. Default false.
    #[schemars(with = "bool")]
    pub watched: Option<ValueId>,
    /// A law to hold them against in place of the true one.
    pub watched_against: Option<LawSection>,
    /// What a device needs to be up. A class comes after those it needs.
    pub needs: Vec<NeedSection>,
    /// Draw of a device without a load, such as "5 W". Default: its power.
    #[schemars(with = "String")]
    pub idle_power: Option<ValueId>,
    /// Draw of a device that is down. Default 0.
    #[schemars(with = "String")]
    pub standby_power: Option<ValueId>,
    /// What owning a device costs, such as "4 USD/mo": its price over its life, rent, hands.
    #[schemars(with = "String")]
    pub owning: Option<ValueId>,
}

impl ClassSection {
    /// What is checked with the rest of a fleet at work.
    pub(super) fn at_work(self) -> ClassPart {
        let ClassSection { needs, idle_power, standby_power, owning, .. } = self;
        ClassPart { needs, idle_power, standby_power, owning }
    }
}

/// Spare parts, kept where the crews are. Each failure orders one.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["stock", "lead"]))]
pub struct SparesSection {
    /// Parts on the shelf on the first day.
    #[schemars(with = "u32")]
    pub stock: Option<ValueId>,
    /// Time from an order to the part, a time or a law.
    #[schemars(with = "DurationGiven")]
    pub lead: Option<ValueId>,
}

/// When devices are replaced before they fail, and what it costs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["policy"]))]
pub struct MaintenanceSection {
    /// Which policy decides, by the names that `pinwheel explain` lists.
    #[schemars(with = "Replacement")]
    pub policy: Option<ValueId>,
    /// Of "interval" and "age".
    #[schemars(with = "String")]
    pub period: Option<ValueId>,
    /// Of a planned replacement, a time or a law. Default 0.
    #[schemars(with = "DurationGiven")]
    pub planned_duration: Option<ValueId>,
    /// Cost of a planned replacement, such as "50 USD". Default 0.
    #[schemars(with = "String")]
    pub planned_cost: Option<ValueId>,
    /// Cost of a failure, such as "200 USD". Default 0.
    #[schemars(with = "String")]
    pub failure_cost: Option<ValueId>,
}

/// A sign of life.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["period"]))]
pub struct HeartbeatSection {
    /// Time between two signs of life, such as "1 min".
    #[schemars(with = "String")]
    pub period: Option<ValueId>,
    /// Share of the messages that never arrive. Default 0.
    #[schemars(with = "String")]
    pub loss: Option<ValueId>,
    /// So many missed in a row and a device is taken for dead. Default 3.
    #[schemars(with = "u32")]
    pub misses: Option<ValueId>,
}

/// Work in progress is saved once in a while.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["period"]))]
pub struct CheckpointSection {
    /// Work between two savings.
    #[schemars(with = "String")]
    pub period: Option<ValueId>,
    /// Time that saving takes. Default 0.
    #[schemars(with = "String")]
    pub cost: Option<ValueId>,
}

/// Hardware at home that is on for a part of the day.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["from", "hours"]))]
pub struct DaySection {
    /// Share of the devices that are always on. Default 0.
    #[schemars(with = "String")]
    pub always: Option<ValueId>,
    /// Hour of the region's clock at which the others are switched on, such as "17 h".
    #[schemars(with = "String")]
    pub from: Option<ValueId>,
    /// How long they stay on.
    #[schemars(with = "String")]
    pub hours: Option<ValueId>,
    /// Standard deviation of the hour. Default 0.
    #[schemars(with = "String")]
    pub spread: Option<ValueId>,
}

/// Owners who come and go.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TurnoverSection {
    /// New owners who consider joining, such as "20 /mo". Default none.
    #[schemars(with = "String")]
    pub prospects: Option<ValueId>,
    /// Devices each brings. Default 1.
    #[schemars(with = "u32")]
    pub devices_each: Option<ValueId>,
    /// Rate at which an owner leaves whatever it earns, such as "10 %/y". Default none.
    #[schemars(with = "String")]
    pub leave: Option<ValueId>,
    /// What a device is paid, such as "12 USD/mo". Default: money plays no part.
    #[schemars(with = "String")]
    pub income: Option<ValueId>,
    /// "given" (the default): the income stays so. "payments": it is that of the first month, and
    /// at each monthly review it becomes what the devices of the class were paid by the demand
    /// they serve (`infrastructure.demand` with a price).
    #[schemars(with = "String", extend("enum" = ["given", "payments"]))]
    pub income_from: Option<ValueId>,
    /// Median of what an owner needs for a device, and the spread of its logarithm. Default 0.
    #[schemars(with = "String")]
    pub needed: Option<ValueId>,
    /// Standard deviation of the logarithm of what owners need.
    #[schemars(with = "f64")]
    pub needed_sigma: Option<ValueId>,
}

/// A checker of the keys of one class.
struct Keys<'a, 'b> {
    checker: &'a mut Checker<'b>,
    key: String,
}

pub(super) fn class(
    checker: &mut Checker<'_>,
    typed: &ClassSection,
    number: usize,
    regions: Option<&[Region]>,
) -> Option<Class> {
    let key = format!("infrastructure.class[{number}]");
    let mut keys = Keys { checker, key };
    let id = keys.checker.required(typed.id, &keys.at("id"), "\"server\"");
    let id = keys.checker.identifier(id, &keys.at("id"));
    let count = keys.checker.required(typed.count, &keys.at("count"), "100");
    let count = keys.count(count, "count", 0)?;
    let mut class = Class::new(&id?, count);
    class.regions = keys.regions(typed, regions)?;
    class.owners = keys.count(typed.owners, "owners", 1).unwrap_or(count).min(count);
    let number = |keys: &mut Keys<'_, '_>, given, name: &str, unit, maximum| {
        keys.checker.quantity(given, &keys.at(name), unit, unit == "1", 0.0..=maximum)
    };
    class.owner_concentration =
        number(&mut keys, typed.owner_concentration, "owner_concentration", "1", 5.0)
            .unwrap_or(0.0);
    let capacity = number(&mut keys, typed.capacity, "capacity", "1", 1e8).unwrap_or(1.0);
    class.capacity_milli = (capacity * CAPACITY_UNIT as f64).round() as u64;
    class.power_watts = number(&mut keys, typed.power, "power", "W", 1e9).unwrap_or(0.0);
    class.price = keys.money(typed.price, "price");
    class.age_seconds = number(&mut keys, typed.age, "age", "s", SECONDS_MAX).unwrap_or(0.0);
    if let Some(section) = &typed.failure {
        class.failure = law::law(keys.checker, section, &keys.at("failure"))?;
    }
    if typed.repair.is_some() {
        class.repair = law::duration(keys.checker, typed.repair, &keys.at("repair"))?;
    }
    let by_region = keys.checker.boolean(typed.crews_by_region, &keys.at("crews_by_region"));
    class.crews = keys
        .count(typed.crews, "crews", 1)
        .map(|crews| Crewing { crews, by_region: by_region.unwrap_or(false) });
    let crewed = typed.crews.is_some();
    let whom = "a class with crews";
    keys.checker
        .refuse_idle(&keys.key, &[("crews_by_region", typed.crews_by_region, crewed, whom)]);
    class.devices_per_site = keys.count(typed.devices_per_site, "devices_per_site", 1).unwrap_or(1);
    class.devices_per_feed = keys.count(typed.devices_per_feed, "devices_per_feed", 1).unwrap_or(1);
    class.batches = keys.count(typed.batches, "batches", 1).unwrap_or(1);
    class.spares = keys.spares(typed)?;
    class.heartbeat = keys.heartbeat(typed)?;
    class.detection = keys.detection(typed)?;
    class.maintenance = keys.maintenance(typed)?;
    class.checkpoint = keys.checkpoint(typed)?;
    class.day = keys.day(typed)?;
    class.turnover = keys.turnover(typed)?;
    let watched = keys.checker.boolean(typed.watched, &keys.at("watched")).unwrap_or(false);
    class.watched_against = match &typed.watched_against {
        Some(section) => Some(law::law(keys.checker, section, &keys.at("watched_against"))?),
        None => watched.then(|| class.failure.clone()),
    };
    Some(class)
}

/// Each of these is None where something is at fault, and Some(None) where nothing is said.
impl Keys<'_, '_> {
    fn at(&self, name: &str) -> String {
        format!("{}.{name}", self.key)
    }
    fn count(&mut self, given: Option<ValueId>, name: &str, least: i64) -> Option<u32> {
        let count = self.checker.integer(given, &self.at(name), least..=DEVICES_MAX)?;
        u32::try_from(count).ok()
    }
    fn money(&mut self, given: Option<ValueId>, name: &str) -> Amount {
        let usd = ("USD", USD_DECIMALS);
        self.checker.amount(given, &self.at(name), usd, 0.0..=1e12).unwrap_or_default()
    }

    /// Where its devices stand: places of regions, none for all of them.
    fn regions(&mut self, typed: &ClassSection, regions: Option<&[Region]>) -> Option<Vec<u16>> {
        let Some(given) = typed.regions else { return Some(Vec::new()) };
        let key = self.at("regions");
        let names = match self.checker.tree.value(given) {
            Value::Array(names) => names.clone(),
            _ => vec![given],
        };
        if names.is_empty() {
            self.checker.refuse_empty_list(&key, "[\"europe\"], or leave it out for all");
            return None;
        }
        let mut places = Vec::new();
        for (number, &name) in names.iter().enumerate() {
            let key = if names.len() > 1 { format!("{key}[{number}]") } else { key.clone() };
            let place = region_named(self.checker, name, &key, regions)?;
            if places.contains(&place) {
                let message = "names a region that is named before".to_owned();
                self.checker.fault(name, &key, message, "name each region once");
                return None;
            }
            places.push(place);
        }
        Some(places)
    }

    fn spares(&mut self, typed: &ClassSection) -> Option<Option<Sparing>> {
        let Some(section) = &typed.spares else { return Some(None) };
        let stock = self.checker.required(section.stock, &self.at("spares.stock"), "5");
        let stock = self.count(stock, "spares.stock", 1)?;
        let lead = self.checker.required(section.lead, &self.at("spares.lead"), "\"14 d\"");
        let lead = law::duration(self.checker, lead, &self.at("spares.lead"))?;
        Some(Some(Sparing { stock, lead }))
    }

    fn heartbeat(&mut self, typed: &ClassSection) -> Option<Option<Heartbeat>> {
        let Some(section) = &typed.heartbeat else { return Some(None) };
        let key = self.at("heartbeat.period");
        let period = self.checker.required(section.period, &key, "\"30 s\"");
        let period = time(self.checker, period, &key, 0.001)?;
        let loss = self.checker.share(section.loss, &self.at("heartbeat.loss"), 1.0);
        let misses = self.checker.integer(section.misses, &self.at("heartbeat.misses"), 1..=255);
        let misses = u8::try_from(misses.unwrap_or(3)).ok()?;
        Some(Some(Heartbeat { period, loss: loss.unwrap_or(0.0), misses }))
    }

    fn detection(&mut self, typed: &ClassSection) -> Option<Detection> {
        #[derive(Copy, Clone)]
        enum Kind {
            AtOnce,
            Heartbeat,
            Inspection,
        }
        let kinds = [
            ("at_once", Kind::AtOnce),
            ("heartbeat", Kind::Heartbeat),
            ("inspection", Kind::Inspection),
        ];
        let kind = match typed.detection {
            Some(given) => self.checker.choice(Some(given), &self.at("detection"), &kinds)?,
            None => Kind::AtOnce,
        };
        let inspected = matches!(kind, Kind::Inspection);
        let whom = "detection = \"inspection\"";
        self.checker.refuse_idle(&self.key, &[("inspection", typed.inspection, inspected, whom)]);
        match kind {
            Kind::AtOnce => Some(Detection::AtOnce),
            Kind::Heartbeat => {
                let key = self.at("heartbeat");
                if let (None, Some(given)) = (&typed.heartbeat, typed.detection) {
                    let message = "no heartbeat to miss".to_owned();
                    let help = "add heartbeat = { period = \"30 s\" }";
                    self.checker.fault(given, &key, message, help);
                }
                Some(Detection::Heartbeat)
            }
            Kind::Inspection => {
                let key = self.at("inspection");
                let period = self.checker.required(typed.inspection, &key, "\"1 d\"");
                time(self.checker, period, &key, 1.0).map(Detection::Inspection)
            }
        }
    }

    fn maintenance(&mut self, typed: &ClassSection) -> Option<Maintenance> {
        let Some(section) = &typed.maintenance else { return Some(Maintenance::default()) };
        let key = self.at("maintenance.policy");
        let name = Some(self.checker.required(section.policy, &key, "\"age\"")?);
        let (table, beside) = (self.at("maintenance"), [("period", section.period.as_slice())]);
        let policy = Replacement::read(&mut Given {
            checker: self.checker,
            table: &table,
            key: "policy",
            name,
            beside: &beside,
        })?;
        let named = name.and_then(|name| self.checker.text_of(name));
        let planned = named.as_deref() != Some("run_to_failure");
        let whom = "policies that replace as planned";
        self.checker.refuse_idle(
            &table,
            &[
                ("planned_duration", section.planned_duration, planned, whom),
                ("planned_cost", section.planned_cost, planned, whom),
            ],
        );
        let mut maintenance = Maintenance { policy, ..Maintenance::default() };
        maintenance.planned_cost = self.money(section.planned_cost, "maintenance.planned_cost");
        maintenance.failure_cost = self.money(section.failure_cost, "maintenance.failure_cost");
        if section.planned_duration.is_some() {
            let key = self.at("maintenance.planned_duration");
            maintenance.planned_duration =
                law::duration(self.checker, section.planned_duration, &key)?;
        }
        Some(maintenance)
    }

    fn checkpoint(&mut self, typed: &ClassSection) -> Option<Option<Checkpoint>> {
        let Some(section) = &typed.checkpoint else { return Some(None) };
        let key = self.at("checkpoint.period");
        let period = self.checker.required(section.period, &key, "\"1 h\"");
        let period = time(self.checker, period, &key, 1.0)?;
        let cost = time(self.checker, section.cost, &self.at("checkpoint.cost"), 0.0);
        Some(Some(Checkpoint { period, cost: cost.unwrap_or_default() }))
    }

    fn day(&mut self, typed: &ClassSection) -> Option<Option<Day>> {
        let Some(section) = &typed.day else { return Some(None) };
        let always = self.checker.share(section.always, &self.at("day.always"), 1.0);
        let mut hour = |given: Option<ValueId>, name: &str, needed: bool, maximum: f64| {
            let key = self.at(&format!("day.{name}"));
            let given = if needed { self.checker.required(given, &key, "\"8 h\"") } else { given };
            self.checker.quantity(given, &key, "h", false, 0.0..=maximum)
        };
        let from_hour = hour(section.from, "from", true, 24.0);
        let hours = hour(section.hours, "hours", true, 23.0);
        let spread = hour(section.spread, "spread", false, 6.0);
        Some(Some(Day {
            always_share: always.unwrap_or(0.0),
            from_hour: from_hour?,
            hours: hours?,
            spread_hours: spread.unwrap_or(0.0),
        }))
    }

    fn turnover(&mut self, typed: &ClassSection) -> Option<Option<Turnover>> {
        let Some(section) = &typed.turnover else { return Some(None) };
        let mut number = |given: Option<ValueId>, name: &str, unit: &str, maximum: f64| {
            let key = self.at(&format!("turnover.{name}"));
            self.checker.quantity(given, &key, unit, unit == "1", 0.0..=maximum)
        };
        let prospects = number(section.prospects, "prospects", "1/y", 1e9);
        let leave = number(section.leave, "leave", "1/y", 1e6);
        let income = number(section.income, "income", "USD/mo", INCOME_MAX);
        let needed = number(section.needed, "needed", "USD/mo", 1e9);
        let sigma = number(section.needed_sigma, "needed_sigma", "1", 10.0);
        let key = self.at("turnover.income_from");
        let sources = [("given", false), ("payments", true)];
        let from_payments = self.checker.choice(section.income_from, &key, &sources);
        let (paid, whom) = (section.income.is_some(), "owners with an income");
        self.checker.refuse_idle(
            &self.at("turnover"),
            &[
                ("needed", section.needed, paid, whom),
                ("needed_sigma", section.needed_sigma, paid, whom),
                ("income_from", section.income_from, paid, whom),
                (
                    "devices_each",
                    section.devices_each,
                    section.prospects.is_some(),
                    "owners who may join: prospects",
                ),
            ],
        );
        let devices_each = self.count(section.devices_each, "turnover.devices_each", 1);
        Some(Some(Turnover {
            prospects_per_year: prospects.unwrap_or(0.0),
            devices_each: devices_each.unwrap_or(1),
            leave_per_year: leave.unwrap_or(0.0),
            income: income.map(|usd_per_month| Income {
                usd_per_month,
                from_payments: from_payments.unwrap_or(false),
                needed_median_usd_per_month: needed.unwrap_or(0.0),
                needed_sigma: sigma.unwrap_or(0.0),
            }),
        }))
    }
}

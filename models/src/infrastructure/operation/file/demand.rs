//! `[[infrastructure.demand]]`: what is asked of the fleet.

use pinwheel_core::math;
use schemars::JsonSchema;
use serde::Deserialize;

use super::series::{Scale, SeriesSection, series};
use super::{DEMANDS_MAX, GeographySection, class, classes};
use crate::infrastructure::demand::quality::Settings as Quality;
use crate::infrastructure::demand::{
    Limit, MILLI, PROFILE_WHOLE, RATE_MILLI_MAX, Settings, Source,
};
use crate::infrastructure::energy::Hourly;
use crate::infrastructure::operation::settings::Geography;
use crate::infrastructure::settings::Settings as FleetSettings;
use crate::input::NumberOrText;
use crate::input::amount::USD_DECIMALS;
use crate::input::check::Checker;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::tree::ValueId;

/// Longest time that a demand waits: a year.
const PATIENCE_HOURS_MAX: f64 = 8_766.0;
const USD_MAX: f64 = 1e6;
const MICRO: f64 = 1e6;

/// Something that is asked of the fleet.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["id", "unit", "rate", "source"]))]
pub struct DemandSection {
    /// Its name: letters, digits, "-" and "_".
    #[schemars(with = "String")]
    pub id: Option<ValueId>,
    /// What rates and capacities are counted in, such as "kW" or "collection/h". An amount is a
    /// rate for so many hours, a price is for one unit during one hour.
    #[schemars(with = "String")]
    pub unit: Option<ValueId>,
    /// How much is asked for.
    #[schemars(with = "SeriesSection")]
    pub rate: Option<ValueId>,
    /// Classes that serve, in the order in which they are called.
    #[schemars(length(min = 1))]
    pub source: Vec<SourceSection>,
    /// Classes whose pooled capacity bounds what is served.
    pub limit: Vec<LimitSection>,
    /// Classes of which each device carries its own equal part of the demand.
    #[schemars(with = "Vec<String>")]
    pub through: Vec<ValueId>,
    /// How long a demand waits before it is missed, in whole hours. Default "0 h".
    #[schemars(with = "String")]
    pub patience: Option<ValueId>,
    /// Paid for a unit served during an hour, such as "0.3 USD". Default 0.
    #[schemars(with = "String")]
    pub price: Option<ValueId>,
    /// Cost of settling a unit served during an hour. Default 0.
    #[schemars(with = "String")]
    pub fee: Option<ValueId>,
    /// Classes whose whole cost (owning and energy) this demand bears. Default: all it names.
    #[schemars(with = "Vec<String>")]
    pub bears: Option<Vec<ValueId>>,
    /// Id of an earlier demand whose unit cost this one's is compared with.
    #[schemars(with = "String")]
    pub baseline: Option<ValueId>,
    /// Round trip to the nearest source up to which quality is full. Default: distance is free.
    #[schemars(with = "String")]
    pub full_quality_within: Option<ValueId>,
}

/// A class that serves.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["class"]))]
pub struct SourceSection {
    /// The id of the class.
    #[schemars(with = "String")]
    pub class: Option<ValueId>,
    /// Of one device, in the demand's unit. Default: the class's capacity.
    #[schemars(with = "NumberOrText")]
    pub capacity: Option<ValueId>,
    /// The share of its capacity that a device has in each hour. Default 1.
    #[schemars(with = "SeriesSection")]
    pub profile: Option<ValueId>,
    /// Cost of a unit during an hour, such as fuel. Default 0.
    #[schemars(with = "String")]
    pub cost: Option<ValueId>,
}

/// A class that bounds what is served.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["class"]))]
pub struct LimitSection {
    /// The id of the class.
    #[schemars(with = "String")]
    pub class: Option<ValueId>,
    /// Of one device, in the demand's unit. Default: the class's capacity.
    #[schemars(with = "NumberOrText")]
    pub capacity: Option<ValueId>,
}

/// By region of the user, then of the source: round trip in seconds. Empty without geography.
pub(super) fn trips(
    checker: &mut Checker<'_>,
    typed: Option<&GeographySection>,
    geography: Option<&Geography>,
) -> Vec<Vec<f64>> {
    let Some(typed) = typed else { return Vec::new() };
    let key = |name: &str| format!("infrastructure.geography.{name}");
    let (name, given) = ("access_round_trip", typed.access_round_trip);
    let access = checker.quantity(given, &key(name), "s", false, 0.0..=60.0).unwrap_or(0.0);
    let (name, given) = ("round_trip_per_km", typed.round_trip_per_km);
    let each = checker.quantity(given, &key(name), "ms/km", false, 0.0..=1_000.0).unwrap_or(0.0);
    let regions = geography.map_or(&[][..], |geography| &geography.regions);
    let trip = |km: f64| access + km * each / 1e3;
    regions
        .iter()
        .map(|from| regions.iter().map(|to| trip(from.centre.distance_km(to.centre))).collect())
        .collect()
}

/// Checks all demands.
pub(super) fn settings(
    checker: &mut Checker<'_>,
    typed: &[DemandSection],
    fleet: &FleetSettings,
    trips: &[Vec<f64>],
) -> Vec<Settings> {
    if let Some(id) = typed.get(DEMANDS_MAX).and_then(|demand| demand.id) {
        let message = format!("{} demands", typed.len());
        checker.fault(id, "infrastructure.demand", message, format!("at most {DEMANDS_MAX}"));
        return Vec::new();
    }
    let mut ids: Vec<(Option<ValueId>, String)> = Vec::new();
    let mut demands = Vec::new();
    for (number, section) in typed.iter().enumerate() {
        let at = format!("infrastructure.demand[{number}]");
        let given = checker.required(section.id, &format!("{at}.id"), "\"feeder\"");
        let id = checker.identifier(given, &format!("{at}.id"));
        let mut reader = Reader { checker: &mut *checker, fleet, at };
        let baseline = reader.baseline(section.baseline, &ids);
        ids.extend(id.clone().map(|id| (given, id)));
        demands.extend(reader.demand(section, id, baseline, trips));
    }
    checker.unique(&ids, "infrastructure.demand");
    // With a fault in one of them the places of the others would not hold.
    if demands.len() == typed.len() { demands } else { Vec::new() }
}

/// One demand under examination.
struct Reader<'a, 'b> {
    checker: &'a mut Checker<'b>,
    fleet: &'a FleetSettings,
    at: String,
}

impl Reader<'_, '_> {
    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.at)
    }

    fn demand(
        &mut self,
        typed: &DemandSection,
        id: Option<String>,
        baseline: Option<usize>,
        trips: &[Vec<f64>],
    ) -> Option<Settings> {
        let unit = self.checker.required(typed.unit, &self.key("unit"), "\"kW\"");
        let unit = self.checker.title(unit, &self.key("unit"));
        let example = unit.as_ref().map_or("\"5 kW\"".to_owned(), |unit| format!("\"5 {unit}\""));
        let rate = self.checker.required(typed.rate, &self.key("rate"), &example);
        let patience = self.patience(typed.patience);
        let price_microusd = self.usd(typed.price, "price");
        let fee_microusd = self.usd(typed.fee, "fee");
        let through = classes(self.checker, &typed.through, &self.key("through"), self.fleet);
        let key = self.key("full_quality_within");
        let given = typed.full_quality_within;
        let full_seconds = self.checker.quantity(given, &key, "s", false, 1e-6..=60.0);
        if let (Some(given), true) = (given, trips.is_empty()) {
            let message = "distances are not known".to_owned();
            let help = "add [infrastructure.geography], and latitude and longitude of each region";
            self.checker.fault(given, &key, message, help);
        }
        let unit = unit?;
        let scale = Scale { unit: &unit, steps: MILLI as f64, steps_max: RATE_MILLI_MAX };
        let rate = series(self.checker, rate?, &self.key("rate"), scale);
        let sources = self.sources(&typed.source, &unit);
        let limits = self.limits(&typed.limit, &unit);
        let named = sources.iter().map(|source| source.class);
        let named = named.chain(limits.iter().map(|limit| limit.class)).chain(through.clone());
        let bears = match &typed.bears {
            Some(bears) => classes(self.checker, bears, &self.key("bears"), self.fleet),
            None => {
                let mut named: Vec<u8> = named.collect();
                named.sort_unstable();
                named.dedup();
                named
            }
        };
        Some(Settings {
            id: id?,
            unit,
            rate_milli: rate?,
            sources,
            limits,
            through,
            patience_hours: patience,
            price_microusd,
            fee_microusd,
            bears,
            baseline,
            quality: self.quality(full_seconds, trips),
        })
    }

    fn baseline(
        &mut self,
        given: Option<ValueId>,
        before: &[(Option<ValueId>, String)],
    ) -> Option<usize> {
        let key = self.key("baseline");
        let text = self.checker.text(given, &key)?;
        let place = before.iter().position(|(_, id)| *id == text);
        if place.is_none() {
            let help = match before {
                [] => "list the demand that is the baseline first".to_owned(),
                before => did_you_mean(&text, before.iter().map(|(_, id)| id.as_str())),
            };
            let message = format!("no demand before this one has the id \"{}\"", shown(&text));
            self.checker.fault(given?, &key, message, help);
        }
        place
    }

    fn usd(&mut self, given: Option<ValueId>, name: &str) -> u64 {
        let usd = ("USD", USD_DECIMALS);
        let usd = self.checker.amount(given, &self.key(name), usd, 0.0..=USD_MAX);
        usd.map_or(0, |usd| u64::try_from(usd.0).expect("USD_MAX is far below 64 bits"))
    }

    fn patience(&mut self, given: Option<ValueId>) -> u64 {
        let key = self.key("patience");
        let range = 0.0..=PATIENCE_HOURS_MAX;
        let hours = self.checker.quantity(given, &key, "h", false, range).unwrap_or(0.0);
        if let (Some(given), true) = (given, math::round(hours) != hours) {
            let help = format!("write \"{} h\"", math::ceil(hours));
            self.checker.fault(given, &key, "not in whole hours".to_owned(), help);
        }
        hours as u64
    }

    /// The capacity of a device in thousandths of the demand's unit.
    fn capacity(
        &mut self,
        given: Option<ValueId>,
        key: &str,
        unit: &str,
        class: u8,
    ) -> Option<u64> {
        let Some(given) = given else {
            return Some(self.fleet.classes[usize::from(class)].capacity_milli);
        };
        // The capacity of so many devices together must fit too.
        let range = 0.0..=RATE_MILLI_MAX as f64 / MILLI as f64 / 1e6;
        let value = self.checker.quantity(Some(given), key, unit, false, range)?;
        Some(math::round(value * MILLI as f64) as u64)
    }

    fn sources(&mut self, typed: &[SourceSection], unit: &str) -> Vec<Source> {
        if typed.is_empty() {
            self.checker.required(None, &self.key("source"), "[{ class = \"generator\" }]");
        }
        let mut sources: Vec<Source> = Vec::new();
        for (number, section) in typed.iter().take(DEMANDS_MAX).enumerate() {
            let key = |name: &str| format!("source[{number}].{name}");
            let at = self.key(&key("class"));
            let given = self.checker.required(section.class, &at, "\"generator\"");
            let Some(class) = class(self.checker, given, &at, self.fleet) else { continue };
            if let (Some(given), true) = (given, sources.iter().any(|of| of.class == class)) {
                let message = "this class is a source already".to_owned();
                self.checker.fault(given, &at, message, "name each class once");
            }
            let at = self.key(&key("capacity"));
            let capacity_milli = self.capacity(section.capacity, &at, unit, class);
            let cost_microusd = self.usd(section.cost, &key("cost"));
            let scale = Scale { unit: "1", steps: MICRO, steps_max: PROFILE_WHOLE };
            let profile = match section.profile {
                Some(given) => series(self.checker, given, &self.key(&key("profile")), scale),
                None => Some(Hourly::constant(PROFILE_WHOLE)),
            };
            if let (Some(capacity_milli), Some(profile)) = (capacity_milli, profile) {
                sources.push(Source { class, capacity_milli, profile, cost_microusd });
            }
        }
        sources
    }

    fn limits(&mut self, typed: &[LimitSection], unit: &str) -> Vec<Limit> {
        let mut limits = Vec::new();
        for (number, section) in typed.iter().take(DEMANDS_MAX).enumerate() {
            let at = self.key(&format!("limit[{number}].class"));
            let given = self.checker.required(section.class, &at, "\"transformer\"");
            let Some(class) = class(self.checker, given, &at, self.fleet) else { continue };
            let at = self.key(&format!("limit[{number}].capacity"));
            if let Some(capacity_milli) = self.capacity(section.capacity, &at, unit, class) {
                limits.push(Limit { class, capacity_milli });
            }
        }
        limits
    }

    /// Users live in the fleet's regions, in proportion to their shares.
    fn quality(&self, full_seconds: Option<f64>, trips: &[Vec<f64>]) -> Quality {
        let whole: f64 = self.fleet.regions.iter().map(|region| region.share).sum();
        let users = |share: f64| math::round(share / whole * MICRO) as u64;
        Quality {
            users_millionths: self.fleet.regions.iter().map(|of| users(of.share)).collect(),
            round_trip_seconds: trips.to_vec(),
            full_seconds: full_seconds.filter(|_| !trips.is_empty()).unwrap_or(0.0),
        }
    }
}

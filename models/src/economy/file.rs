//! `[economy]` as typed, and its checks.

use pinwheel_core::Amount;
use schemars::JsonSchema;
use serde::Deserialize;

use super::bond::Bond;
use super::demand::{DemandLaw, USD_PER_DAY_MAX};
use super::emission::Halving;
use super::exchange::ConstantProduct;
use super::money::MILLION;
use super::settings::{ExchangeSettings, ProviderSettings, Settings, Shock};
use crate::input::HORIZON_DAYS_MAX;
use crate::input::NumberOrText;
use crate::input::amount::{TOKEN_DECIMALS, USD_DECIMALS};
use crate::input::check::Checker;
use crate::input::tree::ValueId;
use crate::part::Known;

/// Most tokens on the first day, and in all emissions of a day.
const TOK_MAX: f64 = 1e15;
const USD_MAX: f64 = 1e15;
/// The network's token and the dollar, each with its decimals.
const TOK: (&str, u32) = ("TOK", TOKEN_DECIMALS);
const USD: (&str, u32) = ("USD", USD_DECIMALS);
const NODES_MAX: i64 = 1_000_000;
const SHOCKS_MAX: usize = 1_000;
/// Wider laws leave the integers that capacities are counted in.
const SIGMA_MAX: f64 = 2.0;

/// A token, what it pays for, and the market it is traded on.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "EconomySection", extend("required" =
    ["supply", "emission", "exchange", "demand", "providers"]))]
pub struct Section {
    /// Tokens on the first day, such as "100_000_000 TOK".
    #[schemars(with = "String")]
    pub supply: Option<ValueId>,
    #[schemars(with = "EmissionSection")]
    pub emission: Option<EmissionSection>,
    #[schemars(with = "ExchangeSection")]
    pub exchange: Option<ExchangeSection>,
    #[schemars(with = "DemandSection")]
    pub demand: Option<DemandSection>,
    #[schemars(with = "BondSection")]
    pub bond: Option<BondSection>,
    #[schemars(with = "ProviderSection")]
    pub providers: Option<ProviderSection>,
    /// What happens once.
    pub shock: Vec<ShockSection>,
    /// Time between two records, in whole days; the last day is recorded too. Default "1 d".
    #[schemars(with = "String")]
    pub record_every: Option<ValueId>,
    /// Time between two records of `rewards_gini`. Default "7 d".
    #[schemars(with = "String")]
    pub concentration_every: Option<ValueId>,
}

/// Tokens that a day brings to those who work.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "EconomyEmissionSection", extend("required" = ["first", "half_life"]))]
pub struct EmissionSection {
    /// On the first day, such as "100_000 TOK/d".
    #[schemars(with = "String")]
    pub first: Option<ValueId>,
    /// Time in which it halves, such as "2 y".
    #[schemars(with = "String")]
    pub half_life: Option<ValueId>,
}

/// A pool of tokens and dollars whose product is constant.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "EconomyExchangeSection", extend("required" = ["usd", "tok"]))]
pub struct ExchangeSection {
    #[schemars(with = "String")]
    pub usd: Option<ValueId>,
    /// Out of the supply.
    #[schemars(with = "String")]
    pub tok: Option<ValueId>,
    /// Share of what is paid in that stays in the pool. Default "0.3 %".
    #[schemars(with = "NumberOrText")]
    pub fee: Option<ValueId>,
}

/// What customers spend: a geometric Brownian motion.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "EconomyDemandSection", extend("required" = ["first"]))]
pub struct DemandSection {
    /// Before the first day, such as "20_000 USD/d".
    #[schemars(with = "String")]
    pub first: Option<ValueId>,
    /// Growth of the mean, such as "0.05 %/d". Default 0.
    #[schemars(with = "String")]
    pub drift: Option<ValueId>,
    /// Such as "5 %/sqrt(d)". Default 0.
    #[schemars(with = "String")]
    pub volatility: Option<ValueId>,
    /// Share of the tokens bought that is burned; the rest is paid to the nodes online. Default 1.
    #[schemars(with = "NumberOrText")]
    pub burn_share: Option<ValueId>,
}

/// Tokens that a node locks while it takes part.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "EconomyBondSection", extend("required" = ["per_node"]))]
pub struct BondSection {
    /// Such as "500 TOK".
    #[schemars(with = "String")]
    pub per_node: Option<ValueId>,
    /// Share of the bonds given back that is sold on the exchange at once. Default 0.
    #[schemars(with = "NumberOrText")]
    pub sold_on_exit: Option<ValueId>,
}

/// Who runs nodes, and when they leave and come.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "EconomyProviderSection", extend("required" = ["count", "cost_median"]))]
pub struct ProviderSection {
    /// Nodes, all active on the first day; with `[infrastructure]` as many as it has devices.
    #[schemars(with = "u32", range(min = 1, max = 1_000_000))]
    pub count: Option<ValueId>,
    /// Standard deviation of the logarithm of a node's capacity, whose median is 1. Default 0.
    #[schemars(with = "f64")]
    pub capacity_sigma: Option<ValueId>,
    /// Median of what a node costs, such as "0.5 USD/d".
    #[schemars(with = "String")]
    pub cost_median: Option<ValueId>,
    /// Standard deviation of the logarithm of that cost. Default 0.
    #[schemars(with = "f64")]
    pub cost_sigma: Option<ValueId>,
    /// Share of the rewards that is sold on the day. Default 0.
    #[schemars(with = "NumberOrText")]
    pub sell_share: Option<ValueId>,
    /// Time at a loss after which a node leaves, in whole days. Default "30 d".
    #[schemars(with = "String")]
    pub patience: Option<ValueId>,
    /// Rate at which idle nodes enter while the mean node would earn. Default "0 %/d".
    #[schemars(with = "String")]
    pub entry: Option<ValueId>,
}

/// What happens once, before the business of its day.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "EconomyShockSection", extend("required" = ["at"]))]
pub struct ShockSection {
    /// Time since the start, such as "18 mo".
    #[schemars(with = "String")]
    pub at: Option<ValueId>,
    /// Multiplies demand for good. Default 1.
    #[schemars(with = "f64")]
    pub demand_scale: Option<ValueId>,
    /// Tokens that holders sell at once. Default none.
    #[schemars(with = "String")]
    pub sale: Option<ValueId>,
}

/// The validated layer; whatever is wrong is a fault.
pub fn settings(checker: &mut Checker<'_>, given: ValueId, known: &Known) -> Option<Settings> {
    let run = known.days;
    let typed: Section = checker.read(given, "economy");
    let supply = tokens(checker, typed.supply, "economy.supply", "\"100_000_000 TOK\"");
    let emission = emission(checker, &typed.emission.unwrap_or_default());
    let pool = typed.exchange.unwrap_or_default();
    let exchange = exchange(checker, &pool);
    let demand = demand(checker, &typed.demand.unwrap_or_default());
    let bond = match &typed.bond {
        Some(typed) => bond(checker, typed),
        None => Some(Bond { per_node: Amount::ZERO, sold_millionths: 0 }),
    };
    let providers = providers(checker, &typed.providers.unwrap_or_default());
    let shocks = shocks(checker, &typed.shock);
    let record_every = days(checker, typed.record_every, "economy.record_every", 1);
    let key = "economy.concentration_every";
    let concentration_every = days(checker, typed.concentration_every, key, 7);
    let settings = Settings {
        supply: supply?,
        emission: emission?,
        exchange: exchange?,
        demand: demand?,
        bond: bond?,
        providers: providers?,
        shocks: shocks?,
        record_every: record_every?,
        concentration_every: concentration_every?,
        last_day: run?.horizon_days,
    };
    supply_covers(checker, &settings, typed.supply?)?;
    fits(checker, given, settings.providers.count, known)?;
    Some(settings)
}

/// Nodes stand on the devices of the fleet, one on each.
fn fits(checker: &mut Checker<'_>, given: ValueId, nodes: u32, known: &Known) -> Option<()> {
    let devices: u64 = known.classes.iter().map(|class| u64::from(class.count)).sum();
    if devices == 0 || u64::from(nodes) == devices {
        return Some(());
    }
    let message = format!("{nodes} nodes on {devices} devices of [infrastructure]");
    let help = format!("set economy.providers.count = {devices}");
    checker.fault(given, "economy.providers.count", message, help);
    None
}

/// The pool and the bonds of the first day come out of the supply.
fn supply_covers(checker: &mut Checker<'_>, settings: &Settings, supply: ValueId) -> Option<()> {
    let bonds = settings.bond.of(settings.providers.count as usize);
    let needed = settings.exchange.tok + bonds;
    if needed <= settings.supply {
        return Some(());
    }
    let needed = needed.as_tokens(TOKEN_DECIMALS);
    let message = format!("the pool and the bonds of the first day take {needed} TOK");
    checker.fault(supply, "economy.supply", message, format!("at least \"{needed} TOK\""));
    None
}

fn tokens(
    checker: &mut Checker<'_>,
    given: Option<ValueId>,
    key: &str,
    example: &str,
) -> Option<Amount> {
    let given = checker.required(given, key, example);
    checker.amount(given, key, TOK, 0.0..=TOK_MAX)
}

/// A whole number of days, or the default where nothing is given.
fn days(checker: &mut Checker<'_>, given: Option<ValueId>, key: &str, default: u32) -> Option<u32> {
    match given {
        Some(_) => checker.days(given, key, HORIZON_DAYS_MAX),
        None => Some(default),
    }
}

/// A number of a unit within 0 and a limit, or the default where nothing is given.
fn number(
    checker: &mut Checker<'_>,
    given: Option<ValueId>,
    (key, unit): (&str, &str),
    most: f64,
    default: f64,
) -> Option<f64> {
    match given {
        Some(_) => checker.quantity(given, key, unit, unit == "1", 0.0..=most),
        None => Some(default),
    }
}

/// A share in millionths.
fn millionths(
    checker: &mut Checker<'_>,
    given: Option<ValueId>,
    key: &str,
    most: f64,
    default: f64,
) -> Option<u32> {
    let share = number(checker, given, (key, "1"), most, default)?;
    Some((share * f64::from(MILLION)).round() as u32)
}

fn emission(checker: &mut Checker<'_>, typed: &EmissionSection) -> Option<Halving> {
    let key = "economy.emission.first";
    let first = checker.required(typed.first, key, "\"100_000 TOK/d\"");
    let first = checker.amount(first, key, ("TOK/d", TOKEN_DECIMALS), 0.0..=TOK_MAX);
    let key = "economy.emission.half_life";
    let half_life = checker.required(typed.half_life, key, "\"2 y\"");
    let half_life = checker.quantity(half_life, key, "d", false, 1.0..=1e9);
    Some(Halving { first: first?, half_life_days: half_life? })
}

fn exchange(checker: &mut Checker<'_>, typed: &ExchangeSection) -> Option<ExchangeSettings> {
    let key = "economy.exchange.usd";
    let dollars = checker.required(typed.usd, key, "\"1_000_000 USD\"");
    // An empty side has no price.
    let dollars = checker.amount(dollars, key, USD, 1.0..=USD_MAX);
    let key = "economy.exchange.tok";
    let tokens = checker.required(typed.tok, key, "\"1_000_000 TOK\"");
    let tokens = checker.amount(tokens, key, TOK, 1.0..=TOK_MAX);
    let fee = millionths(checker, typed.fee, "economy.exchange.fee", 0.99, 0.003);
    let rule = ConstantProduct { fee_millionths: fee? };
    Some(ExchangeSettings { usd: dollars?, tok: tokens?, rule })
}

fn demand(checker: &mut Checker<'_>, typed: &DemandSection) -> Option<DemandLaw> {
    let key = "economy.demand.first";
    let first = checker.required(typed.first, key, "\"20_000 USD/d\"");
    let first = checker.quantity(first, key, "USD/d", false, 0.0..=USD_PER_DAY_MAX);
    let drift = match typed.drift {
        Some(_) => checker.quantity(typed.drift, "economy.demand.drift", "1/d", false, -1.0..=1.0),
        None => Some(0.0),
    };
    let at = ("economy.demand.volatility", "1/sqrt(d)");
    let volatility = number(checker, typed.volatility, at, 1.0, 0.0);
    let burn = millionths(checker, typed.burn_share, "economy.demand.burn_share", 1.0, 1.0);
    Some(DemandLaw {
        first_usd_per_day: first?,
        drift_per_day: drift?,
        volatility_per_sqrt_day: volatility?,
        burn_millionths: burn?,
    })
}

fn bond(checker: &mut Checker<'_>, typed: &BondSection) -> Option<Bond> {
    let per_node = tokens(checker, typed.per_node, "economy.bond.per_node", "\"500 TOK\"");
    let sold = millionths(checker, typed.sold_on_exit, "economy.bond.sold_on_exit", 1.0, 0.0);
    Some(Bond { per_node: per_node?, sold_millionths: sold? })
}

fn providers(checker: &mut Checker<'_>, typed: &ProviderSection) -> Option<ProviderSettings> {
    let key = |name: &str| format!("economy.providers.{name}");
    let count = checker.required(typed.count, &key("count"), "1_000");
    let count = checker.integer(count, &key("count"), 1..=NODES_MAX);
    let at = key("capacity_sigma");
    let capacity_sigma = number(checker, typed.capacity_sigma, (&at, "1"), SIGMA_MAX, 0.0);
    let cost = checker.required(typed.cost_median, &key("cost_median"), "\"0.5 USD/d\"");
    let cost = checker.quantity(cost, &key("cost_median"), "USD/d", false, 1e-6..=1e6);
    let at = key("cost_sigma");
    let cost_sigma = number(checker, typed.cost_sigma, (&at, "1"), SIGMA_MAX, 0.0);
    let sell = millionths(checker, typed.sell_share, &key("sell_share"), 1.0, 0.0);
    let patience = days(checker, typed.patience, &key("patience"), 30);
    let at = key("entry");
    let entry = number(checker, typed.entry, (&at, "1/d"), 1.0, 0.0);
    Some(ProviderSettings {
        count: u32::try_from(count?).ok()?,
        capacity_sigma: capacity_sigma?,
        cost_median_usd_per_day: cost?,
        cost_sigma: cost_sigma?,
        sell_millionths: sell?,
        patience_days: patience?,
        entry_per_day: entry?,
    })
}

fn shocks(checker: &mut Checker<'_>, typed: &[ShockSection]) -> Option<Vec<Shock>> {
    if let Some(at) = typed.get(SHOCKS_MAX).and_then(|shock| shock.at) {
        let message = format!("{} shocks", typed.len());
        checker.fault(at, "economy.shock", message, format!("at most {SHOCKS_MAX}"));
        return None;
    }
    let shocks = typed.iter().enumerate().map(|(number, typed)| shock(checker, typed, number));
    let mut shocks = shocks.collect::<Vec<_>>().into_iter().collect::<Option<Vec<Shock>>>()?;
    shocks.sort_by_key(|shock| shock.day);
    Some(shocks)
}

fn shock(checker: &mut Checker<'_>, typed: &ShockSection, number_of: usize) -> Option<Shock> {
    let key = |name: &str| format!("economy.shock[{number_of}].{name}");
    let at = checker.required(typed.at, &key("at"), "\"18 mo\"");
    let day = checker.days(at, &key("at"), HORIZON_DAYS_MAX);
    let at = key("demand_scale");
    let demand_scale = number(checker, typed.demand_scale, (&at, "1"), 1e3, 1.0);
    let at = key("sale");
    let sale = match typed.sale {
        Some(_) => checker.amount(typed.sale, &at, TOK, 0.0..=TOK_MAX),
        None => Some(Amount::ZERO),
    };
    Some(Shock { day: day?, demand_scale: demand_scale?, sale: sale? })
}

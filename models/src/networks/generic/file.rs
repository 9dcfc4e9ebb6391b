//! `[network]` with `kind = "generic"`, and `[economy]`, its short spelling: as typed. The checks
//! are in [`super::read`].

use schemars::JsonSchema;
use serde::Deserialize;

use super::read::Reader;
use super::settings::Settings;
use super::step::Step;
use crate::input::NumberOrText;
use crate::input::check::Checker;
use crate::input::tree::ValueId;
use crate::part::{ClassNames, Known};

/// A network whose economy is written here: what there is, and the steps that move money.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "GenericSection", extend("required" = ["supply"]))]
pub struct Section {
    /// The kind of network.
    #[schemars(with = "String", extend("const" = "generic"))]
    pub kind: Option<ValueId>,
    /// Its name among several: subject of its rows, and name of its random streams.
    #[schemars(with = "String")]
    pub id: Option<ValueId>,
    /// The token it issues, by the symbol of a [[token]], such as "IO". Default: TOK, a token of
    /// its own with 18 decimals.
    #[schemars(with = "String")]
    pub token: Option<ValueId>,
    /// Time between two settlements, in whole seconds. Default "1 d".
    #[schemars(with = "String")]
    pub every: Option<ValueId>,
    /// What is done in each period, in this order. Default: customers buy and burn, operators are
    /// paid and sell, leave and enter.
    #[schemars(with = "Vec<Step>", length(min = 1))]
    pub step: Option<ValueId>,
    /// Accounts beside "holders", "operators" and "customers", such as ["treasury"].
    #[schemars(with = "Vec<String>")]
    pub accounts: Vec<ValueId>,
    /// The class of devices, or a list of classes, whose devices the nodes stand on. Default: all.
    #[schemars(with = "ClassNames")]
    pub devices: Option<ValueId>,
    /// Tokens on the first day, such as "100_000_000 TOK".
    #[schemars(with = "String")]
    pub supply: Option<ValueId>,
    /// Parts of the supply that others than holders have in the beginning, or get as they become
    /// free. The rest is the holders'.
    pub genesis: Vec<GenesisSection>,
    /// New tokens, of which steps give shares to accounts: one emission, or a list of them.
    #[schemars(with = "Emissions")]
    pub emission: Option<ValueId>,
    /// A pool of tokens and dollars.
    #[schemars(with = "ExchangeSection")]
    pub exchange: Option<ExchangeSection>,
    /// In place of `exchange`: the price of a market that the network's trades do not move.
    #[schemars(with = "PriceSection")]
    pub price: Option<PriceSection>,
    /// What customers spend.
    #[schemars(with = "DemandSection")]
    pub demand: Option<DemandSection>,
    /// Tokens that a node locks while it takes part.
    #[schemars(with = "BondSection")]
    pub bond: Option<BondSection>,
    /// Who runs nodes, and when they leave and come.
    #[schemars(with = "OperatorSection")]
    pub operators: Option<OperatorSection>,
    /// The same as `operators`, by the name it has in older files.
    #[schemars(with = "OperatorSection")]
    pub providers: Option<OperatorSection>,
    /// What happens once.
    pub shock: Vec<ShockSection>,
    /// Time between two records, in whole periods; the last period is recorded too. Default "1 d",
    /// or every period where a day is no whole number of them.
    #[schemars(with = "String")]
    pub record_every: Option<ValueId>,
    /// Time between two records of `rewards_gini`. Default "7 d", or every period where these are
    /// no whole number of them.
    #[schemars(with = "String")]
    pub concentration_every: Option<ValueId>,
}

/// A part of the supply.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "EconomyGenesisSection", extend("required" = ["to", "amount"]))]
pub struct GenesisSection {
    /// Whose it is: an account, such as "team".
    #[schemars(with = "String")]
    pub to: Option<ValueId>,
    /// How much, such as "56_500_000 IO".
    #[schemars(with = "String")]
    pub amount: Option<ValueId>,
    /// Time from the start during which it is locked, such as "12 mo". Default none.
    #[schemars(with = "String")]
    pub cliff: Option<ValueId>,
    /// Share that is free at the cliff. Default 0.
    #[schemars(with = "NumberOrText")]
    pub at_cliff: Option<ValueId>,
    /// Time after the cliff over which the rest becomes free, such as "24 mo". Default none: all is
    /// free at the cliff.
    #[schemars(with = "String")]
    pub over: Option<ValueId>,
    /// Time between two equal parts of it. Default "1 mo".
    #[schemars(with = "String")]
    pub every: Option<ValueId>,
}

/// The laws of an emission.
const KINDS: [&str; 5] = ["smooth", "geometric", "table", "taper", "remint"];

/// In the schema: one emission, or a list of them.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "EconomyEmissions")]
pub enum Emissions {
    /// One, with the name "emission".
    One(Box<EmissionSection>),
    /// Several, each with an id.
    Several(Vec<EmissionSection>),
}

/// New tokens, by a schedule of periods.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "EconomyEmissionSection")]
pub struct EmissionSection {
    /// Its name in steps, where there are several.
    #[schemars(with = "String")]
    pub id: Option<ValueId>,
    /// The law of its amounts: "smooth" halves smoothly, "geometric" is multiplied again and again,
    /// "table" has rows of amounts, "taper" is constant and then falls, "remint" issues again what
    /// was burned. Default "smooth".
    #[schemars(with = "String", extend("enum" = KINDS))]
    pub kind: Option<ValueId>,
    /// Tokens of the first period, such as "1_105_000 DIMO"; of the first day of a smooth one, such
    /// as "100_000 TOK/d"; of a re-minting, the smoothed amount before the run, default 0.
    #[schemars(with = "String")]
    pub first: Option<ValueId>,
    /// In place of `first`: the amount that `annual_rate` is a share of, such as "500_000_000 IO".
    #[schemars(with = "String")]
    pub base: Option<ValueId>,
    /// Share of `base` that the first periods issue a year of 12 months, or of 365 days.
    #[schemars(with = "NumberOrText")]
    pub annual_rate: Option<ValueId>,
    /// Of a smooth one: time in which it halves, such as "2 y".
    #[schemars(with = "String")]
    pub half_life: Option<ValueId>,
    /// Length of its periods: whole seconds such as "1 h" or "7 d", or months and years of the
    /// calendar such as "1 mo". Default: that of the network's.
    #[schemars(with = "String")]
    pub every: Option<ValueId>,
    /// The day on which its first period begins, also before the run. Default: that of the run.
    #[schemars(with = "String", extend("format" = "date"))]
    pub from: Option<ValueId>,
    /// Number of its periods. Default without end.
    #[schemars(with = "u64", range(min = 1, max = 10_000_000))]
    pub periods: Option<ValueId>,
    /// Of a geometric one: periods after which the amount is multiplied, or a time of the calendar
    /// such as "2 y". Default 1.
    #[schemars(with = "NumberOrText")]
    pub each: Option<ValueId>,
    /// Of a geometric one: what the amount is multiplied by, such as 0.5. Without `factor` and
    /// `decay` it is solved from `total` and `periods`.
    #[schemars(with = "NumberOrText")]
    pub factor: Option<ValueId>,
    /// In place of `factor`: 1 less the factor, such as "1.02 %".
    #[schemars(with = "NumberOrText")]
    pub decay: Option<ValueId>,
    /// Of a table: rows of a first period, counted from 0, and its amount.
    #[schemars(with = "Vec<RowSection>", length(min = 1))]
    pub row: Vec<RowSection>,
    /// Of a taper: periods that issue `first`.
    #[schemars(with = "u64")]
    pub flat: Option<ValueId>,
    /// Of a taper: periods after these, over which the amount falls in equal steps to nothing.
    #[schemars(with = "u64")]
    pub falls: Option<ValueId>,
    /// Of a re-minting: periods of the network over which what was burned is smoothed. Default 1.
    #[schemars(with = "u32")]
    pub smoothing: Option<ValueId>,
    /// Of a re-minting: share of the smoothed amount that is issued. Default 1.
    #[schemars(with = "NumberOrText")]
    pub share: Option<ValueId>,
    /// Of a re-minting: most tokens of a period, such as "1_644 HNT". Default no limit.
    #[schemars(with = "String")]
    pub cap: Option<ValueId>,
    /// Most tokens that it issues, such as "300_000_000 IO"; exactly so many where the factor is
    /// solved from it.
    #[schemars(with = "String")]
    pub total: Option<ValueId>,
    /// When what a period issues is due: "evenly" over it or "at its end". Default "evenly".
    #[schemars(with = "String", extend("enum" = ["evenly", "at its end"]))]
    pub due: Option<ValueId>,
}

/// A row of a table of amounts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "EconomyRowSection", extend("required" = ["from", "amount"]))]
pub struct RowSection {
    /// Its first period, counted from 0.
    #[schemars(with = "u64")]
    pub from: Option<ValueId>,
    /// Tokens of that period and of each after it, up to the next row.
    #[schemars(with = "String")]
    pub amount: Option<ValueId>,
}

/// A pool of tokens and dollars whose product is constant.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "EconomyExchangeSection", extend("required" = ["usd", "tok"]))]
pub struct ExchangeSection {
    /// Dollars in it on the first day.
    #[schemars(with = "String")]
    pub usd: Option<ValueId>,
    /// Tokens in it on the first day, out of the supply.
    #[schemars(with = "String")]
    pub tok: Option<ValueId>,
    /// Share of what is paid in that stays in the pool. Default "0.3 %".
    #[schemars(with = "NumberOrText")]
    pub fee: Option<ValueId>,
}

/// A price that the network's trades do not move: a geometric Brownian motion.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "EconomyPriceSection", extend("required" = ["start"]))]
pub struct PriceSection {
    /// Dollars for a token before the first day, such as "0.35 USD".
    #[schemars(with = "String")]
    pub start: Option<ValueId>,
    /// Growth of the mean, such as "0.05 %/d". Default 0.
    #[schemars(with = "String")]
    pub drift: Option<ValueId>,
    /// Such as "5 %/sqrt(d)". Default 0.
    #[schemars(with = "String")]
    pub volatility: Option<ValueId>,
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
    /// Without `step`: share of the tokens bought that is burned; the rest is paid to the nodes
    /// online. Default 1.
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
    /// Without `step`: share of the bonds given back that is sold at once. Default 0.
    #[schemars(with = "NumberOrText")]
    pub sold_on_exit: Option<ValueId>,
}

/// Who runs nodes, and when they leave and come.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "EconomyOperatorSection", extend("required" = ["count", "cost_median"]))]
pub struct OperatorSection {
    /// Nodes, all active on the first day; with `[infrastructure]` as many as there are devices.
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
    /// Without `step`: share of the rewards that is sold on the day. Default 0.
    #[schemars(with = "NumberOrText")]
    pub sell_share: Option<ValueId>,
    /// Time at a loss after which a node leaves, in whole periods. Default "30 d", where these are
    /// a whole number of them.
    #[schemars(with = "String")]
    pub patience: Option<ValueId>,
    /// Rate at which idle nodes enter while the mean node would earn. Default "0 %/d".
    #[schemars(with = "String")]
    pub entry: Option<ValueId>,
}

/// What happens once, before the steps of its period.
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

/// The validated network; whatever is wrong is a fault.
pub fn settings(checker: &mut Checker<'_>, given: ValueId, known: &Known) -> Option<Settings> {
    Reader::new(checker, given, known)?.settings(known)
}

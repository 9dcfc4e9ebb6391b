//! What a scenario says about its token economy, validated.

use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

use super::bond::Bond;
use super::demand::DemandLaw;
use super::emission::Halving;
use super::exchange::ConstantProduct;

/// One token, what it pays for, and the market it is traded on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Tokens on the first day, those in bonds and in the pool included.
    pub supply: Amount,
    pub emission: Halving,
    pub exchange: ExchangeSettings,
    pub demand: DemandLaw,
    pub bond: Bond,
    pub providers: ProviderSettings,
    /// In the order of their days.
    pub shocks: Vec<Shock>,
    /// Days between two records, and between two of the concentration of rewards.
    pub record_every: u32,
    pub concentration_every: u32,
    /// Days of the run; the last one is recorded in any case.
    pub last_day: u32,
}

/// The pool on the first day, and its rule.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeSettings {
    pub usd: Amount,
    pub tok: Amount,
    pub rule: ConstantProduct,
}

/// Who the nodes are and how they decide.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProviderSettings {
    /// Node `i` stands on device `i` of the fleet, if there is one.
    pub count: u32,
    /// Log-normal: median 1, and the standard deviation of the logarithm.
    pub capacity_sigma: f64,
    /// Log-normal.
    pub cost_median_usd_per_day: f64,
    pub cost_sigma: f64,
    /// Share of a day's rewards that is sold at once, in millionths.
    pub sell_millionths: u32,
    /// Days of loss in a row after which a node leaves.
    pub patience_days: u32,
    /// Probability that an idle node enters on a day on which the mean node would earn.
    pub entry_per_day: f64,
}

/// What happens once, before the business of its day.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shock {
    /// Counted from zero.
    pub day: u32,
    /// Demand is multiplied by this, for good.
    pub demand_scale: f64,
    /// Holders sell so many tokens on the exchange, or all they have.
    pub sale: Amount,
}

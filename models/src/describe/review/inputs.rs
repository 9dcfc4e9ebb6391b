//! What a network or a layer tells the review of itself.
//!
//! Everything that flows is given as its sum since the start, so that each metric takes the
//! difference over its own period. What a network does not have stays `None`, and the metrics that
//! need it are not recorded.

use pinwheel_core::{Amount, Instance};
use serde::{Deserialize, Serialize};

/// All that one subject of a review knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inputs {
    /// The network that is told of; the default for a layer.
    pub instance: Instance,
    /// Which part of it: empty for the whole; else the label of its rows, or the beginning of it.
    pub label: String,
    /// The token's books.
    pub supply: Option<Supply>,
    /// Tokens that come free on each of the days ahead, by the schedules of today.
    pub unlocks: Option<Vec<f64>>,
    /// Money and work since the start.
    pub flows: Flows,
    /// What a useful unit is: "TiB month".
    pub useful_unit: String,
    /// Everybody who has or had capacity.
    pub operators: Option<Vec<Operator>>,
    /// Rewards since the start of each that ever got any, in one unit, by a number that stays.
    pub rewards: Option<Vec<(u32, f64)>>,
    /// Dollars on the token's side of the market.
    pub market_depth_usd: Option<f64>,
    /// Capacity in use and on offer.
    pub utilisation: Option<Utilisation>,
    /// What secures the network, and what it secures.
    pub collateral: Option<Collateral>,
    /// The attack under way, if one is simulated.
    pub attack: Option<Attack>,
    /// What an operator would gain a month by splitting into so many identities, USD.
    pub split: Option<Split>,
    /// Verdicts on claims of work.
    pub proof: Option<Proof>,
    /// Collateral that was taken.
    pub penalties: Option<Penalties>,
    /// Capacity by what it is counted by ("operator", "region"), then by part.
    pub concentration: Vec<(&'static str, Vec<u64>)>,
}

/// A token's books, in base units.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supply {
    /// One token is 10 to this power base units.
    pub decimals: u32,
    /// Minted or released from a reserve, ever.
    pub issued: Amount,
    /// Destroyed, ever.
    pub burned: Amount,
    /// Neither locked nor in a reserve.
    pub circulating: Amount,
    /// The most that can ever be issued.
    pub maximum: Option<Amount>,
    /// What the rules entitled receivers of emissions to, and what left the emission account;
    /// both since the start.
    pub emission: Option<(Amount, Amount)>,
    /// Sum of all balances less (issued less burned), without its sign.
    pub residual: Amount,
}

/// Sums since the start.
#[derive(Copy, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flows {
    /// Tokens minted at the prices of their days, USD.
    pub minted_usd: Option<f64>,
    /// Paid by users, USD.
    pub revenue_usd: Option<f64>,
    /// Costs of all operators, USD.
    pub cost_usd: Option<f64>,
    /// Tokens sold at the prices of their days, by whomever the model lets sell, USD.
    pub sold_usd: Option<f64>,
    /// Burns whose size is fixed in USD.
    pub burned_usd: Option<f64>,
    /// Rewards of operators, USD, and the useful units they are for.
    pub rewards_usd: Option<f64>,
    /// Units of useful work served, such as TiB months.
    pub useful_units: Option<f64>,
}

/// Who owns capacity and earns by it.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Operator {
    /// The same for the same operator at each review; rising in a list.
    pub id: u32,
    /// Its size class, or another group it is compared in.
    pub class: &'static str,
    /// Whether it takes part now.
    pub active: bool,
    /// What it offers, in the network's unit of capacity.
    pub capacity: f64,
    /// Price of its hardware, USD; 0 where it is not known.
    pub capex_usd: f64,
    /// Since the start; costs are all there are, with the write-off.
    pub income_usd: f64,
    /// Costs since the start, USD.
    pub cost_usd: f64,
}

/// Capacity in use and on offer.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Utilisation {
    /// At this moment.
    Now {
        /// What is in use.
        used: f64,
        /// What is on offer.
        offered: f64,
    },
    /// Metered: sums since the start.
    Metered {
        /// What is in use.
        used: f64,
        /// What is on offer.
        offered: f64,
    },
}

/// What secures the network, and what it secures; in one unit.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Collateral {
    /// What an attacker would lose.
    pub slashable: f64,
    /// What an attacker could take.
    pub at_risk: f64,
}

/// An attack under way, in one unit; since the start.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Attack {
    /// What the attacker spent.
    pub cost: f64,
    /// What the attacker got.
    pub gain: f64,
}

/// One operator as several identities.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Split {
    /// As how many operators one poses.
    pub identities: u32,
    /// Gain over being one, USD a month.
    pub profit_usd_per_month: f64,
}

/// Verdicts on claims since the start.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Claims of work that was not done.
    pub false_claims: u64,
    /// Of these, taken for true.
    pub false_passed: u64,
    /// Claims of work that was done.
    pub true_claims: u64,
    /// Of these, taken for false.
    pub true_failed: u64,
}

/// Collateral taken since the start and what there is of it, in one unit.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Penalties {
    /// Collateral taken from operators.
    pub taken: f64,
    /// Of it from operators who had not cheated; `None` where that is not told apart.
    pub honest: Option<f64>,
    /// Collateral of all operators now.
    pub collateral: f64,
}

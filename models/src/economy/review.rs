//! What an economy tells the review of itself.
//!
//! Left out: bonds cannot be taken, so they secure nothing; nobody cheats.

use super::{Amount, Economy};
use crate::describe::review::{Flows, Inputs, Operator, Supply};
use crate::describe::review::{Source, Wanted};
use crate::input::amount::{self, TOKEN_DECIMALS, USD_DECIMALS};

/// What an economy gives.
pub const SOURCE: Source = Source {
    gives: &[
        "emission_error",
        "conservation_residual",
        "circulating_share",
        "net_inflation",
        "months_to_cap",
        "sell_pressure",
        "sell_pressure_depth",
        "burn_to_mint",
        "subsidy_ratio",
        "revenue_cover",
        "equilibrium_price",
        "below_break_even_share",
        "income_volatility",
        "churn",
        "supply_elasticity",
        "reward_per_unit",
        "gini_rewards",
        "nakamoto",
    ],
    lacks: &[],
};

/// The fall of the price that a market's depth is measured by.
const DEPTH_SHARE: f64 = 0.02;

impl Economy {
    /// What the review asks for.
    pub fn review(&self, wanted: Wanted) -> Inputs {
        let providers = || self.providers.iter(self.day);
        let usd = |amount: Amount| amount.as_tokens(USD_DECIMALS);
        let burned_usd = usd(self.sums.spent) * f64::from(self.demand.burn_millionths()) / 1e6;
        let operator = |of: super::providers::Provider| Operator {
            id: of.device,
            class: "node",
            active: of.active,
            capacity: of.capacity,
            capex_usd: 0.0,
            income_usd: of.earned.usd,
            cost_usd: of.cost_usd,
        };
        Inputs {
            supply: Some(Supply {
                decimals: TOKEN_DECIMALS,
                issued: self.books.minted(),
                burned: self.books.burned(),
                circulating: self.books.circulating(),
                maximum: Some(amount::floor(self.supply_max_tok(), TOKEN_DECIMALS)),
                emission: Some((self.scheduled, self.books.minted() - self.settings.supply)),
                residual: self.books.residual(),
            }),
            flows: Flows {
                minted_usd: Some(self.sums.minted_usd),
                revenue_usd: Some(usd(self.sums.spent)),
                cost_usd: Some(usd(self.sums.cost)),
                sold_usd: Some(usd(self.sums.proceeds)),
                burned_usd: Some(burned_usd),
                rewards_usd: Some(self.sums.rewards_usd),
                useful_units: Some(self.sums.capacity_days),
            },
            useful_unit: "capacity day".to_owned(),
            operators: Some(providers().map(operator).collect()),
            rewards: wanted
                .has("gini_rewards")
                .then(|| providers().map(|of| (of.device, of.earned.tok)).collect()),
            market_depth_usd: Some(self.books.depth_usd(DEPTH_SHARE)),
            concentration: match wanted.has("nakamoto") {
                true => {
                    let online = providers().filter(|of| of.online);
                    vec![("node", online.map(|of| (of.capacity * 1e6) as u64).collect())]
                }
                false => vec![],
            },
            ..Inputs::default()
        }
    }
}

//! What a network written in TOML tells the review of itself.
//!
//! Left out: bonds cannot be taken, so they secure nothing; nobody cheats.

use pinwheel_core::Amount;

use super::Generic;
use crate::describe::review::{Flows, Inputs, Operator, Source, Supply, Wanted};
use crate::economy::operators;
use crate::input::amount::{self, USD_DECIMALS};

/// What it gives.
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

impl Generic {
    /// What the review asks for.
    pub fn review(&self, wanted: Wanted) -> Inputs {
        let (state, sums) = (&self.state, &self.state.sums);
        let (books, decimals) = (&state.books, state.decimals());
        let usd = |amount: Amount| amount.as_tokens(USD_DECIMALS);
        let spent = state.spent_usd();
        let bought_and_burned = state.bought_and_burned_usd();
        let operated = self.state.operators.is_some();
        // Without a market nobody knows what a token is worth.
        let priced = books.price().is_some();
        Inputs {
            supply: Some(Supply {
                decimals,
                issued: books.minted(),
                burned: books.burned(),
                circulating: books.circulating(),
                maximum: amount::floor_within(state.supply_max_tok(&self.settings), decimals),
                emission: Some((state.scheduled, books.emitted())),
                residual: books.residual(),
            }),
            flows: Flows {
                minted_usd: priced.then_some(sums.minted_usd),
                revenue_usd: state.demand.is_some().then_some(spent),
                cost_usd: operated.then(|| usd(sums.cost)),
                sold_usd: priced.then(|| usd(books.proceeds_of_all())),
                burned_usd: priced.then_some(bought_and_burned + sums.burned_otherwise_usd),
                rewards_usd: (operated && priced).then_some(sums.rewards_usd),
                useful_units: operated.then_some(sums.capacity_days),
            },
            useful_unit: "capacity day".to_owned(),
            operators: (operated && priced).then(|| self.nodes().map(operator).collect()),
            rewards: (operated && wanted.has("gini_rewards"))
                .then(|| self.nodes().map(|of| (of.number, of.earned.tok)).collect()),
            market_depth_usd: books.depth_usd(DEPTH_SHARE),
            concentration: match operated && wanted.has("nakamoto") {
                true => {
                    let online = self.nodes().filter(|of| of.online);
                    vec![("node", online.map(|of| (of.capacity * 1e6) as u64).collect())]
                }
                false => vec![],
            },
            ..Inputs::default()
        }
    }

    /// The nodes as they are now; none without operators.
    fn nodes(&self) -> impl Iterator<Item = operators::Operator> {
        let settled = self.state.settled;
        self.state.operators.iter().flat_map(move |operators| operators.iter(settled))
    }
}

/// A node as the review sees it.
fn operator(of: operators::Operator) -> Operator {
    Operator {
        id: of.number,
        class: "node",
        active: of.active,
        capacity: of.capacity,
        capex_usd: 0.0,
        income_usd: of.earned.usd,
        cost_usd: of.cost_usd,
    }
}

//! What an economy tells at the end of a period.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Label, Metric};

use super::money::{TOK_DECIMALS, USD_DECIMALS};
use super::{Economy, Flows};
use crate::metric::number;

const PRICE: Metric = number("token_price");
const DEMAND: Metric = number("token_demand");
const MINTED: Metric = number("tokens_minted");
const BURNED: Metric = number("tokens_burned");
const CIRCULATING: Metric = number("tokens_circulating");
const LOCKED: Metric = number("tokens_locked");
const POOL_TOK: Metric = number("pool_tok");
const POOL_USD: Metric = number("pool_usd");
const ACTIVE: Metric = number("nodes_active");
const ONLINE: Metric = number("nodes_online");
const LOSING: Metric = number("nodes_losing_share");
const ENTERED: Metric = number("nodes_entered");
const LEFT: Metric = number("nodes_left");
const GINI: Metric = number("rewards_gini");
const REWARDS: Metric = number("rewards_value");
const EMISSION: Metric = number("emission_value");
const SOLD: Metric = number("rewards_sold");
const COST: Metric = number("operator_cost");

impl Economy {
    pub(super) fn record<E: EngineEvent>(&self, gini: Option<f64>, ctx: &mut Context<E>) {
        let (now, label) = (ctx.now(), Label::default());
        if let Some(gini) = gini {
            ctx.records.push(now, GINI, label, gini);
        }
        if !self.is_due(self.settings.record_every) {
            return;
        }
        let Flows { minted, rewards, proceeds, price, online, .. } = self.flows;
        let (books, providers) = (&self.books, &self.providers);
        let active = providers.active();
        for (metric, value) in [
            (PRICE, books.price()),
            (DEMAND, self.demand.usd_per_day()),
            (ACTIVE, active as f64),
            (ONLINE, online as f64),
            (LOSING, providers.losing() as f64 / active.max(1) as f64),
            (ENTERED, self.sums.entered as f64),
            (LEFT, self.sums.left as f64),
            (REWARDS, rewards.as_tokens(TOK_DECIMALS) * price),
            (EMISSION, minted.as_tokens(TOK_DECIMALS) * price),
        ] {
            ctx.records.push(now, metric, label, value);
        }
        for (metric, amount, decimals) in [
            (MINTED, books.minted(), TOK_DECIMALS),
            (BURNED, books.burned(), TOK_DECIMALS),
            (CIRCULATING, books.circulating(), TOK_DECIMALS),
            (LOCKED, books.locked(), TOK_DECIMALS),
            (POOL_TOK, books.pool_tok(), TOK_DECIMALS),
            (POOL_USD, books.pool_usd(), USD_DECIMALS),
            (SOLD, proceeds, USD_DECIMALS),
            (COST, providers.cost_per_day(), USD_DECIMALS),
        ] {
            ctx.records.push_amount(now, metric, label, amount, decimals);
        }
    }
}

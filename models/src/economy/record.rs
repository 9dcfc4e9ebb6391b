//! What an economy tells at the end of a period.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Label, Metric};

use super::{Economy, Flows};
use crate::economy::spec::SPEC;
use crate::input::amount::{TOKEN_DECIMALS, USD_DECIMALS};

const PRICE: Metric = SPEC.metric("token_price");
const DEMAND: Metric = SPEC.metric("token_demand");
const MINTED: Metric = SPEC.metric("tokens_minted");
const BURNED: Metric = SPEC.metric("tokens_burned");
const CIRCULATING: Metric = SPEC.metric("tokens_circulating");
const LOCKED: Metric = SPEC.metric("tokens_locked");
const POOL_TOK: Metric = SPEC.metric("pool_tok");
const POOL_USD: Metric = SPEC.metric("pool_usd");
const ACTIVE: Metric = SPEC.metric("nodes_active");
const ONLINE: Metric = SPEC.metric("nodes_online");
const LOSING: Metric = SPEC.metric("nodes_losing_share");
const ENTERED: Metric = SPEC.metric("nodes_entered");
const LEFT: Metric = SPEC.metric("nodes_left");
const GINI: Metric = SPEC.metric("rewards_gini");
const REWARDS: Metric = SPEC.metric("rewards_value");
const EMISSION: Metric = SPEC.metric("emission_value");
const SOLD: Metric = SPEC.metric("rewards_sold");
const COST: Metric = SPEC.metric("operator_cost");

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
            (REWARDS, rewards.as_tokens(TOKEN_DECIMALS) * price),
            (EMISSION, minted.as_tokens(TOKEN_DECIMALS) * price),
        ] {
            ctx.records.push(now, metric, label, value);
        }
        for (metric, amount, decimals) in [
            (MINTED, books.minted(), TOKEN_DECIMALS),
            (BURNED, books.burned(), TOKEN_DECIMALS),
            (CIRCULATING, books.circulating(), TOKEN_DECIMALS),
            (LOCKED, books.locked(), TOKEN_DECIMALS),
            (POOL_TOK, books.pool_tok(), TOKEN_DECIMALS),
            (POOL_USD, books.pool_usd(), USD_DECIMALS),
            (SOLD, proceeds, USD_DECIMALS),
            (COST, providers.cost_per_day(), USD_DECIMALS),
        ] {
            ctx.records.push_amount(now, metric, label, amount, decimals);
        }
    }
}

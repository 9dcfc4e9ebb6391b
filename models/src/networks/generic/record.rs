//! What a network tells at the end of a period.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::{Context, Label, Metric};

use super::Generic;
use super::spec::SPEC;
use super::state::Flows;
use crate::input::amount::USD_DECIMALS;

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
const CUSTOMERS_PAID: Metric = SPEC.metric("customers_paid");
const PROCEEDS: Metric = SPEC.metric("sales_proceeds");
const OPERATORS_PAID: Metric = SPEC.metric("operators_paid");
const ACCOUNT_TOK: Metric = SPEC.metric("account_tok");
const ACCOUNT_USD: Metric = SPEC.metric("account_usd");

impl Generic {
    pub(super) fn record<E: EngineEvent>(&self, gini: Option<f64>, ctx: &mut Context<E>) {
        let (now, label) = (ctx.now(), Label::default());
        if let Some(gini) = gini {
            ctx.records.push(now, GINI, label, gini);
        }
        if !self.is_due(self.settings.record_every) {
            return;
        }
        let (state, period) = (&self.state, self.settings.period);
        let Flows { minted, rewards, proceeds, online, .. } = state.flows;
        let (books, decimals) = (&state.books, state.decimals());
        // What tokens are worth, and who loses by it, is known where there is a market.
        let priced = books.price().is_some();
        let mut push = |metric, value| ctx.records.push(now, metric, label, value);
        if let Some(price) = books.price() {
            push(PRICE, price);
        }
        if let Some(demand) = &state.demand {
            push(DEMAND, demand.usd_per_day());
        }
        if let Some(operators) = &state.operators {
            let active = operators.active();
            push(ACTIVE, active as f64);
            push(ONLINE, online as f64);
            if priced {
                push(LOSING, operators.losing() as f64 / active.max(1) as f64);
            }
            push(ENTERED, state.sums.entered as f64);
            push(LEFT, state.sums.left as f64);
            if priced {
                push(REWARDS, rewards.usd() / period.days());
            }
        }
        if !self.settings.emissions.is_empty() && priced {
            push(EMISSION, minted.usd() / period.days());
        }
        let mut push = |metric, amount, decimals| {
            ctx.records.push_amount(now, metric, label, amount, decimals);
        };
        push(MINTED, books.minted(), decimals);
        push(BURNED, books.burned(), decimals);
        push(CIRCULATING, books.circulating(), decimals);
        push(LOCKED, books.locked(), decimals);
        if let Some((tok, usd)) = books.pool_sides() {
            push(POOL_TOK, tok, decimals);
            push(POOL_USD, usd, USD_DECIMALS);
        }
        if let Some(operators) = &state.operators {
            push(SOLD, period.per_day(proceeds), USD_DECIMALS);
            push(COST, period.per_day(operators.cost_per_period()), USD_DECIMALS);
            push(OPERATORS_PAID, state.sums.cost, USD_DECIMALS);
        }
        if state.demand.is_some() {
            push(CUSTOMERS_PAID, state.sums.spent, USD_DECIMALS);
        }
        if self.settings.has_market() {
            self.record_proceeds(ctx);
        }
        self.record_accounts(ctx);
    }

    /// What the accounts hold that the scenario names, and those that have dollars.
    fn record_accounts<E: EngineEvent>(&self, ctx: &mut Context<E>) {
        let (now, books) = (ctx.now(), &self.state.books);
        for place in self.settings.accounts_named() {
            let label = ctx.records.label(&self.settings.accounts[usize::from(place.0)]);
            let (amount, decimals) = (books.balance(place), self.state.decimals());
            ctx.records.push_amount(now, ACCOUNT_TOK, label, amount, decimals);
        }
        for place in self.settings.with_dollars() {
            let Some(amount) = books.dollars(place) else { continue };
            let label = ctx.records.label(&self.settings.accounts[usize::from(place.0)]);
            ctx.records.push_amount(now, ACCOUNT_USD, label, amount, USD_DECIMALS);
        }
    }

    /// What the exchange has paid, to whom and in all.
    fn record_proceeds<E: EngineEvent>(&self, ctx: &mut Context<E>) {
        let (now, books) = (ctx.now(), &self.state.books);
        let (all, whole) = (books.proceeds_of_all(), Label::default());
        ctx.records.push_amount(now, PROCEEDS, whole, all, USD_DECIMALS);
        for place in self.settings.sellers() {
            let label = ctx.records.label(&self.settings.accounts[usize::from(place.0)]);
            let amount = books.proceeds(place);
            ctx.records.push_amount(now, PROCEEDS, label, amount, USD_DECIMALS);
        }
    }
}

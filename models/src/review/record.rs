//! A window's end becomes rows: each metric of the list from what a subject knows.

use pinwheel_core::{Amount, Context, Event as EngineEvent, Metric};

use super::Snapshot;
use super::formulas::{elasticity, net_inflation, payback_months, quantile, ratio, unlock_peak};
use crate::describe::review::list::LIST;
use crate::describe::review::{
    Inputs, MONTH_DAYS, Operator, Supply, Utilisation, Wanted, YEAR_DAYS,
};
use crate::laws::concentration::{gini, nakamoto};
use crate::review::spec::SPEC;

/// Rewards are sorted and summed in parts of a millionth of their unit.
const REWARD_PARTS: f64 = 1e6;

/// One subject's window: where it began, where it ends, and where its rows go.
struct Page<'a, E: EngineEvent> {
    now: &'a Inputs,
    before: &'a Snapshot,
    after: &'a Snapshot,
    wanted: Wanted,
    days: f64,
    ctx: &'a mut Context<E>,
}

/// Writes the metrics of a subject's window that are wanted and that it knows.
pub(super) fn record<E: EngineEvent>(
    now: &Inputs,
    before: &Snapshot,
    after: &Snapshot,
    wanted: Wanted,
    days: f64,
    ctx: &mut Context<E>,
) {
    let mut page = Page { now, before, after, wanted, days, ctx };
    if let (Some(then), Some(supply)) = (before.supply, now.supply) {
        page.supply(&then, &supply);
    }
    page.pressure();
    if let Some(operators) = now.operators.as_deref() {
        page.operators(operators);
    }
    page.use_of_capacity();
    page.security();
    page.concentration();
}

/// The number of a metric of the list; a name that does not exist does not compile.
macro_rules! of {
    ($name:literal) => {
        const { SPEC.metric($name) }
    };
}

impl<E: EngineEvent> Page<'_, E> {
    /// A value, if the metric is wanted and there is one.
    fn put(&mut self, metric: Metric, part: &str, value: Option<f64>) {
        let name = LIST[usize::from(metric.place())].spec.name;
        if let Some(value) = value.filter(|value| value.is_finite() && self.wanted.has(name)) {
            let label = self.label(part);
            let now = self.ctx.now();
            self.ctx.records.push(now, metric, label, value);
        }
    }

    fn exact(&mut self, metric: Metric, amount: Amount) {
        if self.wanted.has(LIST[usize::from(metric.place())].spec.name) {
            let label = self.label("");
            let now = self.ctx.now();
            self.ctx.records.push_amount(now, metric, label, amount, 0);
        }
    }

    /// "part", or "label:part" where what is told of has a label of its own.
    fn label(&mut self, part: &str) -> pinwheel_core::Label {
        let label = &self.now.label;
        match (label.is_empty(), part.is_empty()) {
            (true, _) => self.ctx.records.label(part),
            (false, true) => self.ctx.records.label(label),
            (false, false) => self.ctx.records.label(&format!("{label}:{part}")),
        }
    }

    /// What a sum since the start has grown by in the window.
    fn grown(&self, of: impl Fn(&super::Flows) -> Option<f64>) -> Option<f64> {
        Some(of(&self.now.flows)? - of(&self.before.flows)?)
    }

    fn supply(&mut self, then: &Supply, supply: &Supply) {
        let tokens = |amount: Amount| amount.as_tokens(supply.decimals);
        if let Some((entitled, paid)) = supply.emission {
            self.exact(of!("emission_error"), Amount(entitled.0.abs_diff(paid.0)));
        }
        self.exact(of!("conservation_residual"), supply.residual);
        let minted = tokens(supply.issued - then.issued);
        let burned = tokens(supply.burned - then.burned);
        let outstanding = tokens(then.issued.saturating_sub(then.burned));
        let circulating = tokens(supply.circulating);
        let inflation = net_inflation(minted, burned, outstanding, self.days);
        self.put(of!("net_inflation"), "", inflation);
        self.put(of!("burn_to_mint"), "", ratio(burned, minted));
        if let Some(maximum) = supply.maximum {
            self.put(of!("circulating_share"), "", ratio(circulating, tokens(maximum)));
            let left = tokens(maximum.saturating_sub(supply.issued));
            let months = ratio(left, minted / self.days * MONTH_DAYS);
            self.put(of!("months_to_cap"), "", months);
        }
        if let Some(unlocks) = &self.now.unlocks {
            let shock = ratio(unlock_peak(unlocks), circulating);
            self.put(of!("unlock_shock"), "", shock);
        }
        let burned_usd = self.grown(|flows| flows.burned_usd);
        let balance = burned_usd.and_then(|burned| ratio(burned, minted));
        self.put(of!("equilibrium_price"), "", balance);
    }

    fn pressure(&mut self) {
        let sold = self.grown(|flows| flows.sold_usd).map(|sold| sold / self.days);
        self.put(of!("sell_pressure"), "", sold);
        let depth = self.now.market_depth_usd;
        let over_depth = sold.zip(depth).and_then(|(sold, depth)| ratio(sold, depth));
        self.put(of!("sell_pressure_depth"), "", over_depth);
        let minted = self.grown(|flows| flows.minted_usd);
        let revenue = self.grown(|flows| flows.revenue_usd);
        let cost = self.grown(|flows| flows.cost_usd);
        let over = |part: Option<f64>, whole: Option<f64>| ratio(part?, whole?);
        self.put(of!("subsidy_ratio"), "", over(minted, revenue));
        self.put(of!("revenue_cover"), "", over(revenue, cost));
    }

    fn operators(&mut self, operators: &[Operator]) {
        let months = self.days / MONTH_DAYS;
        let active: Vec<&Operator> = operators.iter().filter(|of| of.active).collect();
        if self.wanted.has("payback_months") {
            self.payback(&active, months);
        }
        let margin = |of: &Operator| {
            self.before.income_since(of) - (of.cost_usd - self.before.past(of).cost_usd)
        };
        let losing = active.iter().filter(|of| margin(of) < 0.0).count();
        let losing = ratio(losing as f64, active.len() as f64);
        self.put(of!("below_break_even_share"), "", losing);
        if self.wanted.has("income_volatility") {
            let variation = |of: &&Operator| self.after.past(of).incomes.variation();
            let mut all: Vec<f64> = active.iter().filter_map(variation).collect();
            self.put(of!("income_volatility"), "", quantile(&mut all, 0.5));
        }
        let were = operators.iter().filter(|of| self.before.past(of).active);
        let (were, gone) = were.fold((0.0, 0.0), |(were, gone), of| {
            (were + 1.0, gone + f64::from(u8::from(!of.active)))
        });
        self.put(of!("churn"), "", ratio(gone, were).map(|gone| gone / months));
        let incomes = self.before.unit_income_usd.zip(self.after.unit_income_usd);
        let capacity = (self.before.capacity, self.after.capacity);
        let elastic = incomes.and_then(|incomes| elasticity(capacity, incomes));
        self.put(of!("supply_elasticity"), "", elastic);
    }

    /// Months to pay hardware back, by class and for all.
    fn payback(&mut self, active: &[&Operator], months: f64) {
        let mut classes: Vec<&str> = active.iter().map(|of| of.class).collect();
        classes.sort_unstable();
        classes.dedup();
        let all: &[&str] = if classes.len() > 1 { &[""] } else { &[] };
        for &class in classes.iter().chain(all) {
            let members = active.iter().filter(|of| class.is_empty() || of.class == class);
            let mut times: Vec<f64> = members
                .filter(|of| of.capex_usd > 0.0)
                .map(|of| {
                    let cost = of.cost_usd - self.before.past(of).cost_usd;
                    let margin = (self.before.income_since(of) - cost) / months;
                    payback_months(of.capex_usd, margin)
                })
                .collect();
            for (name, share) in [("p10", 0.1), ("p50", 0.5), ("p90", 0.9)] {
                let part = format!("{class} {name}");
                let value = quantile(&mut times, share);
                self.put(of!("payback_months"), part.trim_start(), value);
            }
        }
    }

    fn gini(&mut self, rewards: &[(u32, f64)]) {
        let before = |id: &u32| self.before.rewards.get(id).copied().unwrap_or_default();
        let got = rewards.iter().map(|(id, reward)| reward - before(id));
        let got = got.filter(|reward| *reward > 0.0);
        let mut got: Vec<u128> = got.map(|reward| (reward * REWARD_PARTS) as u128).collect();
        got.sort_unstable();
        let value = (!got.is_empty()).then(|| gini(&got));
        self.put(of!("gini_rewards"), "", value);
    }

    fn use_of_capacity(&mut self) {
        let share = match self.now.utilisation {
            Some(Utilisation::Now { used, offered }) => ratio(used, offered),
            Some(Utilisation::Metered { used, offered }) => {
                let (used_then, offered_then) = self.before.metered.unwrap_or_default();
                ratio(used - used_then, offered - offered_then)
            }
            None => None,
        };
        self.put(of!("utilisation"), "", share);
        let rewards = self.grown(|flows| flows.rewards_usd);
        let useful = self.grown(|flows| flows.useful_units);
        let unit = &self.now.useful_unit;
        let each = rewards.zip(useful).and_then(|(rewards, useful)| ratio(rewards, useful));
        self.put(of!("reward_per_unit"), unit, each);
    }

    fn security(&mut self) {
        let collateral = self.now.collateral;
        let coverage = collateral.and_then(|of| ratio(of.slashable, of.at_risk));
        self.put(of!("collateral_coverage"), "", coverage);
        let attack = self.now.attack.and_then(|attack| ratio(attack.cost, attack.gain));
        self.put(of!("corruption_cost_ratio"), "", attack);
        if let Some(split) = self.now.split {
            let part = format!("{} identities", split.identities);
            self.put(of!("sybil_profit"), &part, Some(split.profit_usd_per_month));
        }
        if let Some(proof) = self.now.proof {
            let rate = |wrong: u64, all: u64| ratio(wrong as f64, all as f64);
            let pass = rate(proof.false_passed, proof.false_claims);
            self.put(of!("proof_false_pass"), "", pass);
            let fail = rate(proof.true_failed, proof.true_claims);
            self.put(of!("proof_false_fail"), "", fail);
        }
        if let Some(penalties) = self.now.penalties {
            let taken = (penalties.taken - self.before.penalties) * YEAR_DAYS / self.days;
            self.put(of!("slashed_rate"), "", ratio(taken, penalties.collateral));
            let honest = penalties.honest.and_then(|honest| ratio(honest, penalties.taken));
            self.put(of!("honest_loss_share"), "", honest);
        }
    }

    fn concentration(&mut self) {
        if let Some(rewards) = &self.now.rewards
            && self.wanted.has("gini_rewards")
        {
            self.gini(rewards);
        }
        if !self.wanted.has("nakamoto") {
            return;
        }
        for (counted, parts) in &self.now.concentration {
            let count = nakamoto(parts.clone());
            let value = (count > 0).then(|| f64::from(count));
            self.put(of!("nakamoto"), counted, value);
        }
    }
}

//! What a fleet tells the review: whose its capacity is, how much of it is used, who earns by it,
//! and what users pay of its cost.
//!
//! Left out: tokens and their price; what users pay is in USD.

use pinwheel_core::SimTime;

use super::{Fleet, Operation};
use crate::describe::review::{Flows, Inputs, Utilisation};
use crate::describe::review::{Source, Wanted};

/// What a fleet and its demands give.
pub const SOURCE: Source =
    Source { gives: &["revenue_cover", "utilisation", "gini_rewards", "nakamoto"], lacks: &[] };

/// The label of what concerns the whole fleet.
const FLEET: &str = "fleet";

/// Whose the capacity of a fleet is.
pub fn of_fleet(fleet: &Fleet, now: SimTime, wanted: Wanted) -> Inputs {
    let mut inputs = Inputs { label: FLEET.to_owned(), ..Inputs::default() };
    if wanted.has("nakamoto") {
        let by_owner = fleet.capacity_by_owner();
        inputs.concentration = vec![("owner", by_owner), ("region", fleet.capacity_by_region(now))];
    }
    inputs
}

impl Operation {
    /// What the review asks for: each demand by its id.
    pub fn review(&mut self, now: SimTime, wanted: Wanted) -> Vec<Inputs> {
        self.advance(now);
        (0..self.demands.len()).map(|number| self.review_demand(number, now, wanted)).collect()
    }

    fn review_demand(&mut self, number: usize, now: SimTime, wanted: Wanted) -> Inputs {
        let cost_usd = self.cost_microusd(number, now) as f64 / 1e6;
        let demand = &self.demands[number];
        let account = demand.account();
        let earned = wanted.has("gini_rewards").then(|| {
            let owners = demand.income.of_owners().into_iter();
            owners.map(|(owner, amount)| (owner, amount as f64)).collect()
        });
        Inputs {
            label: demand.settings().id.clone(),
            flows: Flows {
                revenue_usd: Some(demand.revenue_microusd() as f64 / 1e6),
                cost_usd: Some(cost_usd),
                ..Flows::default()
            },
            rewards: earned,
            utilisation: Some(Utilisation::Metered {
                used: account.served as f64,
                offered: account.offered as f64,
            }),
            ..Inputs::default()
        }
    }
}

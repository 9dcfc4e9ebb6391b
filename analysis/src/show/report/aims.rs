//! To which goal of the scorecard a metric belongs.

use pinwheel_models::describe::Section;
use pinwheel_models::registry;

/// What a network has to achieve.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aim {
    Solvency,
    Security,
    Decentralisation,
    Profit,
    UserCost,
    Service,
    /// Told against reality or theory: no goal of the network.
    Accuracy,
}

impl Aim {
    pub fn word(self) -> &'static str {
        match self {
            Aim::Solvency => "Solvency",
            Aim::Security => "Security budget",
            Aim::Decentralisation => "Decentralisation",
            Aim::Profit => "Provider profit",
            Aim::UserCost => "User cost",
            Aim::Service => "Service quality",
            Aim::Accuracy => "Accuracy",
        }
    }
}

const PROFIT: [&str; 9] = [
    "margin",
    "income",
    "payback",
    "break_even",
    "losing",
    "reward",
    "churn",
    "volatility",
    "owners",
];
const USER_COST: [&str; 4] = ["fee", "cost", "price", "gas"];

/// The goal that a metric speaks of.
pub fn aim_of(metric: &str) -> Aim {
    let section = registry::ALL.find(metric).map_or(Section::Other, |(_, spec)| spec.section);
    aim_in(section, metric)
}

/// The goal that a number speaks of by its name, of a section of the report.
pub fn aim_in(section: Section, name: &str) -> Aim {
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match section {
        _ if has(&["gini", "nakamoto", "effective"]) => Aim::Decentralisation,
        _ if has(&PROFIT) => Aim::Profit,
        Section::Security => Aim::Security,
        Section::Supply => Aim::Solvency,
        Section::Actors => Aim::Decentralisation,
        Section::Flows if has(&USER_COST) => Aim::UserCost,
        Section::Flows => Aim::Solvency,
        Section::Service if has(&["cost"]) => Aim::UserCost,
        Section::Service | Section::Other => Aim::Service,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_find_their_goal() {
        for (metric, aim) in [
            ("supply_burned", Aim::Solvency),
            ("attacker_revenue_share", Aim::Security),
            ("service_wait_p99", Aim::Service),
            ("demand_cost_ratio", Aim::UserCost),
            ("tx_fee_p50", Aim::UserCost),
            ("income_gini", Aim::Decentralisation),
            ("payback_months", Aim::Profit),
            ("data_durability_nines", Aim::Service),
            ("raw_power", Aim::Service),
        ] {
            assert_eq!(aim_of(metric), aim, "{metric}");
        }
    }
}

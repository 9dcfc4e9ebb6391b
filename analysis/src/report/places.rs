//! To which section of the outline a metric belongs, and to which goal of the scorecard.

use super::figure::Place;

/// Beginnings and parts of names, the first that fits decides. A part starts with '*'.
const RULES: &[(&str, Place)] = &[
    ("attack", Place::Security),
    ("double_spend", Place::Security),
    ("censored", Place::Security),
    ("spam", Place::Security),
    ("committee", Place::Security),
    ("*slashed", Place::Security),
    ("lies_", Place::Security),
    ("liars", Place::Security),
    ("false_", Place::Security),
    ("attest_", Place::Security),
    ("tamper", Place::Security),
    ("replay_", Place::Security),
    ("*forged", Place::Security),
    ("data_exposed", Place::Security),
    ("data_leaks", Place::Security),
    ("data_key", Place::Security),
    ("data_audit", Place::Security),
    ("*stolen", Place::Security),
    ("*unbacked", Place::Security),
    ("orphan", Place::Security),
    ("reorganisation", Place::Security),
    ("settled_blocks_overtaken", Place::Security),
    ("leader_deviation", Place::Security),
    ("collateral", Place::Security),
    ("corruption", Place::Security),
    ("sybil", Place::Security),
    ("proof_false", Place::Security),
    ("honest_loss", Place::Security),
    ("undetected", Place::Security),
    ("faulty", Place::Security),
    ("windowpost", Place::Security),
    ("wins_lost", Place::Security),
    ("null_round", Place::Security),
    ("emission_error", Place::Supply),
    ("conservation", Place::Supply),
    ("supply_elasticity", Place::Actors),
    ("supply_", Place::Supply),
    ("minted", Place::Supply),
    ("scheduled", Place::Supply),
    ("this_epoch_reward", Place::Supply),
    ("pledge", Place::Supply),
    ("locked", Place::Supply),
    ("tokens_", Place::Supply),
    ("pool_tok", Place::Supply),
    ("pool_usd", Place::Supply),
    ("circulating", Place::Supply),
    ("net_inflation", Place::Supply),
    ("unlock", Place::Supply),
    ("months_to_cap", Place::Supply),
    ("owners", Place::Actors),
    ("users", Place::Actors),
    ("nodes", Place::Actors),
    ("devices", Place::Actors),
    ("providers", Place::Actors),
    ("validators", Place::Actors),
    ("*gini", Place::Actors),
    ("nakamoto", Place::Actors),
    ("income", Place::Actors),
    ("margin", Place::Actors),
    ("power_share", Place::Actors),
    ("churn", Place::Actors),
    ("below_break_even", Place::Actors),
    ("payback", Place::Actors),
    ("*cost_ratio", Place::Service),
    ("*cost", Place::Flows),
    ("*fee", Place::Flows),
    ("*burn", Place::Flows),
    ("*revenue", Place::Flows),
    ("*price", Place::Flows),
    ("sell_", Place::Flows),
    ("subsidy", Place::Flows),
    ("escrow", Place::Flows),
    ("middleman", Place::Flows),
    ("prepaid", Place::Flows),
    ("reward", Place::Flows),
    ("emission", Place::Flows),
    ("gas_", Place::Flows),
    ("bridge_escrow", Place::Flows),
    ("bridge_liquidity", Place::Flows),
    ("*availability", Place::Service),
    ("*latency", Place::Service),
    ("*wait", Place::Service),
    ("*delivered", Place::Service),
    ("*lost", Place::Service),
    ("*served", Place::Service),
    ("*missed", Place::Service),
    ("*on_time", Place::Service),
    ("*delay", Place::Service),
    ("*staleness", Place::Service),
    ("*response", Place::Service),
    ("*_p50", Place::Service),
    ("*_p99", Place::Service),
    ("service", Place::Service),
    ("demand", Place::Service),
    ("quality", Place::Service),
    ("tx_", Place::Service),
    ("finality", Place::Service),
    ("data_", Place::Service),
    ("messages", Place::Service),
    ("utilisation", Place::Service),
    ("reachable", Place::Service),
    ("capacity_up", Place::Service),
    ("bridge_", Place::Service),
];

/// The section that shows a metric.
pub fn place_of(metric: &str) -> Place {
    let fits = |rule: &str| match rule.strip_prefix('*') {
        Some(part) => metric.contains(part),
        None => metric.starts_with(rule),
    };
    RULES.iter().find(|(rule, _)| fits(rule)).map_or(Place::Other, |(_, place)| *place)
}

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
    let has = |words: &[&str]| words.iter().any(|word| metric.contains(word));
    match place_of(metric) {
        _ if has(&["gini", "nakamoto", "effective"]) => Aim::Decentralisation,
        _ if has(&PROFIT) => Aim::Profit,
        Place::Security => Aim::Security,
        Place::Supply => Aim::Solvency,
        Place::Actors => Aim::Decentralisation,
        Place::Flows if has(&USER_COST) => Aim::UserCost,
        Place::Flows => Aim::Solvency,
        Place::Service if has(&["cost"]) => Aim::UserCost,
        Place::Service | Place::Other => Aim::Service,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_find_their_section_and_goal() {
        for (metric, place, aim) in [
            ("supply_burnt", Place::Supply, Aim::Solvency),
            ("attacker_revenue_share", Place::Security, Aim::Security),
            ("service_wait_p99", Place::Service, Aim::Service),
            ("demand_cost_ratio", Place::Service, Aim::UserCost),
            ("tx_fee_p50", Place::Flows, Aim::UserCost),
            ("income_gini", Place::Actors, Aim::Decentralisation),
            ("payback_months", Place::Actors, Aim::Profit),
            ("data_durability_nines", Place::Service, Aim::Service),
            ("raw_power", Place::Other, Aim::Service),
        ] {
            assert_eq!((place_of(metric), aim_of(metric)), (place, aim), "{metric}");
        }
    }
}

//! The 28 metrics of a token-economy review, each defined once: number, unit, formula, source.
//!
//! Some numbers have two entries, for a pair of figures that belong together. What one run cannot
//! tell - how a design answers to a sweep of shocks, an attack, all its parameters - is given by an
//! experiment, and the entry says by which.

use crate::describe::{MetricSpec, Section, metric};

/// What gives a metric its value.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// Every run of a scenario with a `[review]` section, from what its network knows.
    Run,
    /// All runs of an experiment together; how, in words.
    Experiment(&'static str),
}

/// One entry of the review list.
#[derive(Copy, Clone, Debug)]
pub struct Entry {
    /// Its number in the list, 1 to 28.
    pub number: u8,
    /// The heading it stands under.
    pub group: &'static str,
    /// Name, unit, sentence and source.
    pub spec: MetricSpec,
    /// How it is computed.
    pub formula: &'static str,
    /// What it is computed from.
    pub given: Given,
}

const fn entry(number: u8, group: &'static str, spec: MetricSpec, formula: &'static str) -> Entry {
    // The label is a part of the whole, or the subject that is reviewed.
    Entry { number, group, spec: spec.by_unknown(), formula, given: Given::Run }
}

const SUPPLY: &str = "supply";
const PRESSURE: &str = "pressure";
const OPERATORS: &str = "operators";
const SECURITY: &str = "security";
const CONCENTRATION: &str = "concentration";
const STRESS: &str = "stress";

/// How many entries there are: 28 numbers, some with two.
pub const COUNT: usize = 31;

/// The list, in the order of the numbers. "Of a window" means since the metric's last review.
#[rustfmt::skip]
pub const LIST: [Entry; COUNT] = [
    entry(1, SUPPLY, metric(Section::Supply, "emission_error", "base unit",
        "Tokens emitted beyond or below what the schedule entitled to; must be 0.",
        "conservation of the emission account"),
        "| what left the emission account - what the rules entitled its receivers to |, since the start"),
    entry(2, SUPPLY, metric(Section::Supply, "conservation_residual", "base unit",
        "Tokens that appeared or vanished without being minted or burned; must be 0.",
        "double-entry bookkeeping"),
        "| sum of all balances - (genesis + minted - burned) |"),
    entry(3, SUPPLY, metric(Section::Supply, "circulating_share", "1",
        "Part of the most there can be that is in circulation.", "CoinMarketCap, supply definitions"),
        "circulating supply / maximum supply"),
    entry(4, SUPPLY, metric(Section::Supply, "net_inflation", "1/y",
        "Growth of the supply by minting less burning, a year.", "Fisher 1911, quantity of money"),
        "(minted - burned of a window) / supply at its start, times windows in a year"),
    entry(5, SUPPLY, metric(Section::Supply, "unlock_shock", "1",
        "Largest amount that comes free within any 30 days ahead, by the schedules of today.",
        "vesting schedules; 30 days by convention"),
        "largest sum over 30 days of unlocks scheduled now / circulating supply"),
    entry(6, SUPPLY, metric(Section::Supply, "months_to_cap", "mo",
        "Time until everything is issued, at the pace of the window.", "model"),
        "(maximum supply - issued) / tokens issued a month of the window"),
    entry(7, PRESSURE, metric(Section::Flows, "sell_pressure", "USD/d",
        "What receivers of rewards and unlocks sold, and every other seller of the model, at the prices of their days.",
        "model"),
        "tokens sold of a window x price / days"),
    entry(8, PRESSURE, metric(Section::Flows, "sell_pressure_depth", "1",
        "Daily selling over what the market takes within 2 % of its price.",
        "Kyle 1985, market depth"),
        "sell pressure of a day / market depth in USD"),
    entry(9, PRESSURE, metric(Section::Flows, "burn_to_mint", "1",
        "Tokens burned for each token minted; above 1 the supply shrinks.",
        "burn-and-mint equilibrium, Samani 2018"),
        "burned / minted of a window"),
    entry(10, PRESSURE, metric(Section::Flows, "subsidy_ratio", "1",
        "Value of emissions for each dollar that users paid.", "model"),
        "tokens minted x price / revenue from users in USD, of a window"),
    entry(11, PRESSURE, metric(Section::Flows, "revenue_cover", "1",
        "Part of the operators' costs that users pay for.", "model"),
        "revenue from users / costs of operators, in USD, of a window"),
    entry(12, PRESSURE, metric(Section::Flows, "equilibrium_price", "USD",
        "Price at which what users burn equals what is minted, where burns are fixed in USD.",
        "burn-and-mint equilibrium, Samani 2018"),
        "burns of a window in USD / tokens minted in it"),
    entry(13, OPERATORS, metric(Section::Actors, "payback_months", "mo",
        "Months until hardware has earned its price, by class of operators; 1,200 stands for never.",
        "payback period; Lefley 1996"),
        "price of hardware / (income - running cost - write-off, a month of a window); p10, p50, p90"),
    entry(14, OPERATORS, metric(Section::Actors, "below_break_even_share", "1",
        "Share of the active operators that earned less than they cost.", "model"),
        "active operators with income < cost in a window / active operators"),
    entry(15, OPERATORS, metric(Section::Actors, "income_volatility", "1",
        "How unsteady an operator's income is; after three windows.", "Pearson 1896, coefficient of variation"),
        "median over operators of standard deviation / mean of their USD incomes of all windows so far"),
    entry(16, OPERATORS, metric(Section::Actors, "churn", "1/mo",
        "Share of the operators that give up, a month.", "model"),
        "operators active at the last review and not now / those active then, a month"),
    entry(16, OPERATORS, metric(Section::Actors, "supply_elasticity", "1",
        "Growth of capacity for a growth of income; where income moved by 2 % or more.",
        "Marshall 1890, elasticity"),
        "d ln(capacity) / d ln(USD income of a unit of capacity), from window to window"),
    entry(17, OPERATORS, metric(Section::Service, "utilisation", "1",
        "Part of the capacity that users use.", "model"),
        "capacity in use / capacity offered; of a window where both are metered, else of its end"),
    entry(18, OPERATORS, metric(Section::Flows, "reward_per_unit", "USD",
        "Rewards for each useful unit, by unit: a TiB for a month, a unit of service for an hour.",
        "model"),
        "rewards of a window in USD / useful units of it"),
    entry(19, SECURITY, metric(Section::Security, "collateral_coverage", "1",
        "What can be taken from operators over what they could harm.", "Akash BME; Filecoin, 30 % locked target"),
        "slashable stake / value at risk"),
    entry(20, SECURITY, metric(Section::Security, "corruption_cost_ratio", "1",
        "Cost of breaking the network over what it brings; below 1 it pays.",
        "Budish 2018, The economic limits of Bitcoin"),
        "cost of the attack / (earned by it + taken from others), since the start"),
    entry(21, SECURITY, metric(Section::Security, "sybil_profit", "USD/mo",
        "What an operator gains by appearing as many; above 0 it pays to split.",
        "Douceur 2002, the Sybil attack"),
        "income of k identities that share one operator's capacity - income of that operator as one, both by the rules in force"),
    entry(22, SECURITY, metric(Section::Security, "proof_false_pass", "1",
        "Share of the false claims that the proof let pass.", "Neyman and Pearson 1933"),
        "false claims accepted / false claims judged, since the start"),
    entry(22, SECURITY, metric(Section::Security, "proof_false_fail", "1",
        "Share of the true claims that the proof refused.", "Neyman and Pearson 1933"),
        "true claims refused / true claims judged, since the start"),
    entry(23, SECURITY, metric(Section::Security, "slashed_rate", "1/y",
        "Collateral taken as penalties, a year.", "model"),
        "penalties of a window / collateral, times windows in a year"),
    entry(23, SECURITY, metric(Section::Security, "honest_loss_share", "1",
        "Part of the penalties that hit operators who had not cheated.", "model"),
        "penalties on honest operators / all penalties, since the start"),
    entry(24, CONCENTRATION, metric(Section::Actors, "gini_rewards", "1",
        "Inequality of rewards among the operators that got any: 0 for equal, near 1 for one.",
        "Sen 1973"),
        "2 sum(i x_i) / (n sum x) - (n + 1) / n of a window's rewards in rising order"),
    entry(25, CONCENTRATION, metric(Section::Actors, "nakamoto", "1",
        "Fewest that together have more than half of the capacity, by what is counted.",
        "Srinivasan and Lee, Quantifying decentralization, 2017"),
        "smallest k whose largest k shares sum to more than 1/2"),
    Entry {
        given: Given::Experiment(
            "points that differ in the price on day one; scenarios/reviews/death-spiral.toml"),
        ..entry(26, STRESS, metric(Section::Other, "death_spiral_margin", "1",
            "Largest price drop from which capacity comes back within a year.", "model"),
            "largest drop such that, at it and all smaller ones, capacity a year later >= 90 % of that of the same run without a drop")
    },
    Entry {
        given: Given::Experiment(
            "points that differ in the share of leavers; scenarios/reviews/bank-run.toml"),
        ..entry(27, STRESS, metric(Section::Other, "bank_run_days", "d",
            "Days until a vault is empty or coverage is below 1 when many leave at once.",
            "Diamond and Dybvig 1983"),
            "first day with coverage < 1, after x % of the stakers ask to leave through the cooldown")
    },
    Entry {
        given: Given::Experiment("[ensemble.sample] over parameters; scenarios/reviews/sensitivity.toml"),
        ..entry(28, STRESS, metric(Section::Other, "sensitivity_top5", "1",
            "The five parameters that decide most, by total-order index.", "Saltelli 2010; Jansen 1999"),
            "1/(2N) sum (f(A) - f(A_B^i))^2 / Var f, the five largest i")
    },
];

/// The list's metrics, for the program's numbering.
pub const METRICS: [MetricSpec; COUNT] = {
    let mut all = [LIST[0].spec; COUNT];
    let mut place = 0;
    while place < COUNT {
        all[place] = LIST[place].spec;
        place += 1;
    }
    all
};

/// A set of entries.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Wanted(u64);

impl Wanted {
    /// Those of these names.
    pub fn of(names: &[&str]) -> Self {
        let mut wanted = Wanted::default();
        let place = |name: &&str| LIST.iter().position(|entry| entry.spec.name == *name);
        names.iter().filter_map(place).for_each(|place| wanted.insert(place));
        wanted
    }
    /// Adds the entry at a place of [`LIST`].
    pub fn insert(&mut self, place: usize) {
        self.0 |= 1 << place;
    }
    /// Whether the entry of this name is wanted.
    pub fn has(self, name: &str) -> bool {
        LIST.iter()
            .position(|entry| entry.spec.name == name)
            .is_some_and(|at| self.0 >> at & 1 == 1)
    }
    /// Whether any of these is in it.
    pub fn any(self, names: &[&str]) -> bool {
        self.0 & Wanted::of(names).0 != 0
    }
    /// All that are in either.
    pub fn with(self, other: Wanted) -> Self {
        Wanted(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_28_numbers_are_there_in_their_order() {
        let mut numbers: Vec<u8> = LIST.iter().map(|entry| entry.number).collect();
        assert!(numbers.is_sorted());
        numbers.dedup();
        assert_eq!(numbers, (1..=28).collect::<Vec<_>>());
        assert!(LIST.iter().all(|entry| entry.formula.len() > 10));
    }

    #[test]
    fn a_set_has_what_was_put_in() {
        let wanted = Wanted::of(&["gini_rewards", "churn"]);
        assert!(wanted.has("churn") && wanted.any(&["nakamoto", "gini_rewards"]));
        assert!(!wanted.has("nakamoto") && !wanted.has("no such"));
    }
}

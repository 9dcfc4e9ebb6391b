//! What a network written in TOML records.

use crate::describe::{MetricSpec, Section, metric};

const LEDGER: &str = "ledger";
const EXCHANGE: &str = "Adams et al., Uniswap v2 Core, 2020";

#[rustfmt::skip]
/// The metrics, in the order of their numbers.
pub const METRICS: &[MetricSpec] = &[
    metric(Section::Flows, "token_price", "USD", "Dollars for a token on the exchange, at the period's end.",
        EXCHANGE),
    metric(Section::Other, "token_demand", "USD/d", "Dollars that customers spend a day: the revenue.", "model"),
    metric(Section::Supply, "tokens_minted", "TOK", "All tokens ever issued, those of the first day included.",
        LEDGER),
    metric(Section::Supply, "tokens_burned", "TOK", "All tokens ever burned.", LEDGER),
    metric(Section::Supply, "tokens_circulating", "TOK", "Tokens neither in bonds, nor under locks, nor in the pool.", LEDGER),
    metric(Section::Supply, "tokens_locked", "TOK", "Tokens in the bonds of active nodes and under locks.", LEDGER),
    metric(Section::Supply, "pool_tok", "TOK", "Tokens in the pool of the exchange.", LEDGER),
    metric(Section::Supply, "pool_usd", "USD", "Dollars in the pool of the exchange.", LEDGER),
    metric(Section::Actors, "nodes_active", "1", "Nodes that take part, up or down.", "model"),
    metric(Section::Actors, "nodes_online", "1", "Nodes that took part and were up when the period was settled.",
        "model"),
    metric(Section::Actors, "nodes_losing_share", "1",
        "Share of the active nodes that earned less than they cost in the period.", "model"),
    metric(Section::Actors, "nodes_entered", "1", "Entries of nodes since the start.", "model"),
    metric(Section::Actors, "nodes_left", "1", "Exits of nodes since the start.", "model"),
    metric(Section::Actors, "rewards_gini", "1", "Gini coefficient of the period's rewards of the nodes online.",
        "Gini, Variabilità e mutabilità, 1912"),
    metric(Section::Flows, "rewards_value", "USD/d",
        "Rewards, new tokens and payments, at the price when they are given.", "model"),
    metric(Section::Flows, "emission_value", "USD/d", "New tokens at the price when they are given.",
        "model"),
    metric(Section::Flows, "rewards_sold", "USD/d", "Dollars that operators got for the rewards sold.", LEDGER),
    metric(Section::Flows, "operator_cost", "USD/d", "What running the active nodes costs.", "model"),
    metric(Section::Flows, "customers_paid", "USD", "Dollars that customers have spent since the start.", LEDGER),
    metric(Section::Flows, "sales_proceeds", "USD",
        "Dollars that the exchange has paid for tokens since the start, by the account that sold them and in all.",
        LEDGER).also_by(&["seller"]),
    metric(Section::Flows, "operators_paid", "USD", "What running the active nodes has cost since the start.",
        "model"),
    metric(Section::Supply, "account_tok", "TOK", "Tokens of each account that the scenario names.", LEDGER)
        .by(&["account"]),
    metric(Section::Flows, "account_usd", "USD", "Dollars of each account that steps pay dollars.", LEDGER)
        .by(&["account with dollars"]),
];

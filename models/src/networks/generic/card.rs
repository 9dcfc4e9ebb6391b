//! A network written in TOML on a model card.

use crate::describe::Card;

/// What is modelled and what is left out.
pub const CARD: Card = Card {
    entities: "A token with its books and named accounts, an exchange with a pool, customers with \
               a demand, nodes with bonds and the operators behind them; each if the scenario \
               has it.",
    process: "Once in each period demand grows, and money moves by the steps of the scenario, one \
              after the other: customers buy, tokens are burned, minted, paid and sold, nodes \
              leave and enter.",
    left_out: &[
        "There is one exchange and nobody trades on it but the accounts of the network.",
        "Liquidity does not come and go.",
        "Nobody borrows, and bonds come back at once.",
        "Operators share one purse.",
    ],
};

//! A token economy on a model card.

use crate::describe::Card;

pub const CARD: Card = Card {
    entities: "A token with its books, an exchange with a pool, customers with a demand, nodes with \
               bonds and the providers behind them.",
    process: "Once a day demand grows, customers buy and burn the token, the emission and what was \
              paid go to the nodes online, providers sell a part, and nodes leave or enter.",
    left_out: &[
        "There is one exchange and nobody trades on it but customers and providers.",
        "Liquidity does not come and go.",
        "Nobody borrows, and bonds come back at once.",
        "Providers share one purse.",
    ],
};

//! The review of a token economy on a model card.

use crate::describe::Card;

/// What a review looks at, and what it leaves out.
pub const CARD: Card = Card {
    entities: "The network as one subject, its operators and its holders.",
    process: "At the end of each period the metrics of that period are computed from what has \
              flowed since the last.",
    left_out: &[
        "What a network does not know is not guessed: its metrics are absent.",
        "A stress that one run cannot tell takes an experiment of several.",
    ],
};

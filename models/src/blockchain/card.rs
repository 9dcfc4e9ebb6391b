//! Chains on a model card.

use crate::describe::Card;

/// What is modelled of blockchains, and what is left out.
pub const CARD: Card = Card {
    entities: "Chains with blocks, validators or miners, accounts and contracts, a pool of \
               waiting transactions, users and bridges.",
    process: "Transactions are sent, wait for a fee they can pay, and are executed in blocks \
              that the consensus makes final.",
    left_out: &[
        "There is no virtual machine: contracts are built in.",
        "The network between nodes is not there but for the travel of blocks of work, by a law of \
         durations or by gossip.",
        "A device that joins the fleet later does nothing on a chain; miners and participants of \
         expected consensus are no devices of the fleet.",
        "Storage rent and uncles are not there.",
        "The sender of a transaction is who it says; only readings are signed, where proofs \
         are real.",
    ],
};

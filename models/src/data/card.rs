//! Stored data on a model card.

use crate::describe::Card;

/// What is modelled of data on nodes, and what is left out.
pub const CARD: Card = Card {
    entities: "Objects as pieces on nodes in failure domains, readers, curious nodes, \
               auditors, guardians of keys and a growing ledger.",
    process: "Nodes fail, bits rot, pieces are scrubbed, read, rebuilt and audited; an object \
              is lost when too few intact pieces are left.",
    left_out: &[
        "A device that joins the fleet later holds no data.",
        "A flash crowd meets nodes that never go down, also where the nodes are devices.",
        "Pieces take room on nodes with a capacity; ledgers do not.",
        "Estimates of rare losses leave out devices of a fleet, and outages for one object alone.",
        "Repair does not slow readers down.",
        "Objects have no versions and nobody pays for them.",
        "Encryption and secret sharing are always modelled, not computed.",
    ],
};

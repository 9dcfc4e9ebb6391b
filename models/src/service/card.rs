//! Stations on a model card.

use crate::describe::Card;

/// What is modelled of stations that serve requests, and what is left out.
pub const CARD: Card = Card {
    entities: "Stations with servers and queues, a dispatcher, a cache, and the requests that \
               come to them.",
    process: "Requests arrive by a renewal process, wait in a queue or share a server, and \
              leave; a full queue loses them.",
    left_out: &[
        "Servers of a station do not differ; they fail only where they are devices of the fleet.",
        "There are no classes, priorities or batches of jobs.",
        "Nobody gives up waiting or tries again.",
        "A dispatcher does not remember what it sent while its news is on the way.",
    ],
};

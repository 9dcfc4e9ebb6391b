//! Filecoin on a model card.

use crate::describe::Card;

/// What is modelled of Filecoin, and what is left out.
pub const CARD: Card = Card {
    entities: "The chain, storage providers with machines, sectors and purses, holders of the \
               token, and the streams of FIP-0118.",
    process: "Every epoch elects winners and pays rewards; at each deadline sectors are \
              proven or faulty, or cheats that somebody may dispute; once a day providers \
              onboard, renew, terminate, enter and leave, and fees and vesting are settled.",
    left_out: &[
        "Single messages and their order are not there; gas is a quantity.",
        "The chain never reorganises: a late block is a lost win.",
        "Deals are not negotiated and data is not retrieved.",
        "Nobody speculates: the price is given, but for a pool that sales may press.",
        "Data cap is not allocated: so much verified data is offered a day.",
        "The FVM has no economy beyond its gas.",
        "A cheater deletes data at a constant rate, whatever it brings.",
    ],
};

//! Dated changes on a model card.

use crate::describe::Card;

/// What is modelled of changes, and what is left out.
pub const CARD: Card = Card {
    entities: "Levers of the parts, each with a range.",
    process: "At stated instants a lever is set to another value, before anything else happens at \
              that instant.",
    left_out: &[
        "A change comes at its instant whatever has happened until then; nobody decides on it.",
        "Nobody in the model knows of a change before it comes.",
    ],
};

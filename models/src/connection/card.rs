//! Links and protocols on a model card.

use crate::describe::Card;

/// What is modelled of the way from devices to the platform, and what is left out.
pub const CARD: Card = Card {
    entities: "Devices that take readings, links, gateways, neighbours of a mesh and a \
               platform that hears the readings.",
    process: "A reading goes out every interval over the chosen protocol; packets are lost \
              and late, are repeated and stored, and arrive once, twice or never.",
    left_out: &[
        "Devices and gateways fail only where they are devices of the fleet; one that joins the \
         fleet later sends nothing.",
        "Links have a rate but no queue: nothing is congested.",
        "Routing on the internet and name service are not there; a path is a link.",
        "Interference beyond collisions on a shared channel, weather and terrain are not \
         there.",
    ],
};

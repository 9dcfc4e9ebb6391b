//! The physical layer on a model card.

use crate::describe::Card;

/// What is modelled of the physical layer, and what is left out.
pub const CARD: Card = Card {
    entities: "Devices with classes, owners and regions; plants of disks; crews and spare \
               parts; sites, power feeds and regions that take many down at once.",
    process: "Lives and repairs are drawn from laws of failure; each failure, repair, shock, \
              departure and demand is an event of its own time.",
    left_out: &[
        "Load and temperature do not change how soon a machine fails.",
        "A repair never leaves a unit worse than new.",
        "Crews do not tire, strike or learn.",
        "Prices of hardware do not react to demand.",
    ],
};

//! The numbers that sum up stored data.

use crate::describe::figure::{Headline, higher, lower};

/// The numbers that sum a run up.
pub const HEADLINES: &[Headline] = &[
    higher("data_durability_nines", "Durability in nines"),
    lower("data_objects_lost", "Objects lost"),
    higher("data_read_availability", "Availability of reads"),
];

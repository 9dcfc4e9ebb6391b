//! The numbers that sum up a chain.

use crate::describe::figure::{Headline, higher, lower};

/// The numbers that sum a run up.
pub const HEADLINES: &[Headline] = &[
    lower("tx_inclusion_p50", "The median time into a settled block"),
    lower("tx_fee_p50", "The median fee of a transaction"),
    higher("users_active", "Active users"),
];

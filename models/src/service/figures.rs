//! The numbers that sum up stations that serve requests.

use crate::describe::figure::{Headline, headline, lower};

/// The numbers that sum a run up.
pub const HEADLINES: &[Headline] = &[
    lower("service_wait_p99", "The wait that 1 % of the jobs exceed"),
    headline("service_utilisation", "Utilisation of servers"),
];

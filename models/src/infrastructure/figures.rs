//! The numbers that sum up a fleet of devices.

use crate::describe::figure::{Headline, higher, lower};

/// The numbers that sum a run up.
pub const HEADLINES: &[Headline] = &[
    higher("service_availability", "Availability of the service"),
    higher("availability", "Availability of devices"),
    higher("demand_served_share", "The share of demand served"),
    lower("demand_cost_ratio", "The unit cost over that of the baseline"),
    lower("maintenance_cost_rate", "The cost of maintenance"),
    higher("owners", "Owners"),
];

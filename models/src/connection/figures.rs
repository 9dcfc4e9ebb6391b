//! The numbers that sum up the links of devices.

use crate::describe::figure::{Headline, higher};

/// The numbers that sum a run up.
pub const HEADLINES: &[Headline] = &[higher("delivered_share", "The share of readings delivered")];

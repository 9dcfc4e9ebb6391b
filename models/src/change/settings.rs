//! The changes of a scenario, validated.

use pinwheel_core::SimTime;
use serde::{Deserialize, Serialize};

/// A lever is set to another value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// From this instant on.
    pub at: SimTime,
    /// The lever, by the key that sets it in the scenario.
    pub lever: String,
    /// The unit of both values; "1" for plain numbers.
    pub unit: String,
    /// Its value until then.
    pub from: f64,
    /// Its value from then on.
    pub to: f64,
}

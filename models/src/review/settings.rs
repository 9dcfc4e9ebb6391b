//! What a scenario says about its review, validated.

use serde::{Deserialize, Serialize};

use crate::describe::review::Wanted;

/// Which metrics are taken how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// One for each period that is used, shortest first.
    pub windows: Vec<WindowSettings>,
    /// As how many identities an operator is weighed against itself.
    pub identities: u32,
}

/// The metrics of one period.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowSettings {
    /// Days from one review to the next.
    pub days: u32,
    /// The metrics that are taken then.
    pub wanted: Wanted,
}

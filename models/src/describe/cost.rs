//! What running a model costs, for estimates before a run.

/// What a simulated day of a network costs on one core, roughly.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct RunCost {
    /// Steps that a day takes.
    pub steps_per_day: f64,
    /// Seconds of one core that a step takes.
    pub seconds_per_step: f64,
}

//! All that a decision may see: what reports carried to the decider, and when it was true.
//!
//! Reports are plain data of this folder, filled in by the layer that hears them. They hold copies,
//! never a borrow of the world, and each says when what it tells was true.

pub mod device;
pub mod nodes;
pub mod queues;
pub mod replicas;

use pinwheel_core::SimTime;

/// What one decision sees: the reports that have arrived, and the decider's clock.
#[derive(Copy, Clone, Debug)]
pub struct Telemetry<'a, R> {
    /// The instant of the decision.
    pub now: SimTime,
    /// What has been reported up to `now`.
    pub reports: &'a R,
}

//! The few random draws of this layer.

use pinwheel_core::{SimDuration, Stream, math};
use serde::{Deserialize, Serialize};

use super::failure::FailureLaw;

/// An exponential of mean one.
pub(super) fn unit_exponential(stream: &mut Stream) -> f64 {
    -math::ln(stream.uniform_open())
}

/// The size of a burst: geometric on 1, 2, 3, ... with this mean, at most `most`.
pub(super) fn burst(stream: &mut Stream, mean: f64, most: u32) -> u32 {
    let uniform = stream.uniform_open();
    if mean <= 1.0 {
        return 1;
    }
    let more = math::ln(uniform) / math::ln(1.0 - 1.0 / mean);
    (more as u32).saturating_add(1).min(most)
}

/// How long something takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Duration {
    Fixed(SimDuration),
    /// As long as a life of this law.
    Drawn(FailureLaw),
}

impl Duration {
    /// One uniform, whatever the law.
    pub fn draw(&self, stream: &mut Stream) -> SimDuration {
        let exponential = unit_exponential(stream);
        match self {
            Duration::Fixed(duration) => *duration,
            Duration::Drawn(law) => SimDuration::from_seconds_f64(law.age_at(exponential)),
        }
    }
}

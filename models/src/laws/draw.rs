//! How long something takes, and the few draws that several layers share.

use pinwheel_core::distribution::Normal;
use pinwheel_core::{SimDuration, Stream, math};
use serde::{Deserialize, Serialize};

use super::failure::FailureLaw;

/// An exponential of mean one.
pub(crate) fn unit_exponential(stream: &mut Stream) -> f64 {
    -math::ln(stream.uniform_open())
}

/// The size of a burst: geometric on 1, 2, 3, ... with this mean, at most `most`.
pub(crate) fn burst(stream: &mut Stream, mean: f64, most: u32) -> u32 {
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
    /// Always the same.
    Fixed(SimDuration),
    /// As long as a life of this law.
    Drawn(FailureLaw),
}

impl Duration {
    /// One word of the stream, whatever the law.
    pub fn draw(&self, stream: &mut Stream) -> SimDuration {
        let seconds = match self {
            Duration::Fixed(duration) => {
                stream.next_u64();
                return *duration;
            }
            // The quantile in one step, without the way over the hazard.
            Duration::Drawn(FailureLaw::LogNormal { median_seconds, sigma }) => {
                median_seconds * math::exp(sigma * Normal::STANDARD.sample(stream))
            }
            Duration::Drawn(law) => law.age_at(unit_exponential(stream)),
        };
        SimDuration::from_seconds_f64(seconds)
    }
}

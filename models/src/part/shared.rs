//! What all parts of a world share while they run.

use serde::{Deserialize, Serialize};

use super::signal::Signal;

/// Handed to a part with each event.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Shared {
    /// Told since the present event began, in order.
    signals: Vec<Signal>,
}

impl Shared {
    /// Lets all parts know. They hear it after the present event, before the next one.
    pub fn tell(&mut self, signal: Signal) {
        self.signals.push(signal);
    }

    /// The signal at this place of those told since the event began.
    #[inline]
    pub(crate) fn signal(&self, place: usize) -> Option<Signal> {
        self.signals.get(place).copied()
    }

    /// Everybody has heard everything.
    pub(crate) fn clear(&mut self) {
        self.signals.clear();
    }
}

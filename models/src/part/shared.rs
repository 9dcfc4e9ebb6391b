//! What all parts of a world share while they run.

use serde::{Deserialize, Serialize};

use super::signal::Signal;

/// Handed to a part with each event.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Shared {
    /// Told since the present event began, in order.
    signals: Vec<Signal>,
    /// Keys of the levers that have been set, by their number in signals.
    levers: Vec<String>,
}

impl Shared {
    /// Lets all parts know. They hear it after the present event, before the next one.
    pub fn tell(&mut self, signal: Signal) {
        self.signals.push(signal);
    }

    /// Lets all parts know that the lever of this key was set.
    ///
    /// # Panics
    ///
    /// If 65,536 other levers have been set before.
    pub fn tell_lever(&mut self, key: &str, value: f64) {
        let known = self.levers.iter().position(|known| known == key);
        let lever = known.unwrap_or_else(|| {
            self.levers.push(key.to_owned());
            self.levers.len() - 1
        });
        let lever = u16::try_from(lever).expect("a world has fewer than 65,536 levers");
        self.tell(Signal::Lever { lever, value });
    }

    /// The key of a lever that a signal tells of: "service.station[0].arrivals.mean".
    pub fn lever(&self, lever: u16) -> &str {
        &self.levers[usize::from(lever)]
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

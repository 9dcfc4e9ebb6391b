//! Who gets what a step hands out: one account, or several by shares that add up to one.

use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

use super::super::accounts::Place;
use crate::economy::RECEIVERS_MAX;
use crate::economy::share::MILLION;
use crate::economy::split::split;

/// Accounts and their shares in millionths.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receivers {
    count: u8,
    places: [Place; RECEIVERS_MAX],
    millionths: [u32; RECEIVERS_MAX],
}

impl Receivers {
    /// One account, which gets all.
    pub fn one(place: Place) -> Self {
        Receivers::new(&[(place, MILLION)])
    }

    /// Accounts with their shares.
    ///
    /// # Panics
    /// If there are more than [`RECEIVERS_MAX`].
    pub fn new(shares: &[(Place, u32)]) -> Self {
        let mut receivers = Receivers {
            count: shares.len() as u8,
            places: [Place(0); RECEIVERS_MAX],
            millionths: [0; RECEIVERS_MAX],
        };
        for (at, (place, share)) in shares.iter().enumerate() {
            receivers.places[at] = *place;
            receivers.millionths[at] = *share;
        }
        receivers
    }

    /// The accounts.
    pub fn places(&self) -> &[Place] {
        &self.places[..usize::from(self.count)]
    }

    /// Whether an account is among them.
    pub fn has(&self, place: Place) -> bool {
        self.places().contains(&place)
    }

    /// What each of them gets of an amount.
    #[inline]
    pub fn parts(&self, amount: Amount) -> impl Iterator<Item = (Place, Amount)> + use<> {
        let count = usize::from(self.count);
        let mut parts = [Amount::ZERO; RECEIVERS_MAX];
        match count {
            1 => parts[0] = amount,
            _ => split(amount, &self.millionths[..count], &mut parts[..count]),
        }
        self.places.into_iter().zip(parts).take(count)
    }
}

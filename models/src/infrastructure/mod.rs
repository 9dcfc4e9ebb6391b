//! The physical layer: machines, how they fail and are repaired, and what takes many down at once.
//!
//! Two kinds of machines share the laws of life ([`failure`](crate::laws::failure)), the lengths of
//! repairs and outages ([`draw`](crate::laws::draw)) and crews ([`crew`]): single devices
//! ([`fleet`]), which fail one by one, and sites ([`sites`]), whose disks fail as populations,
//! because there are too many of them. Other layers and networks may stand on the devices of the
//! fleet ([`crate::part::Devices`]).
//!
//! A fleet at work ([`operation`]) adds what devices need to be up ([`dependency`]), where they are
//! ([`geography`]) and how they are linked ([`topology`]), what they draw ([`energy`]) and which
//! demand they serve ([`demand`]).
//!
//! Left out: load, temperature, repairs that leave a unit worse than new. Numbers of sites and
//! their sources are in [`sites::parameters`]; those of devices come from the scenario ([`file`]).

pub mod card;
pub mod crew;
pub mod demand;
pub mod dependency;
pub mod energy;
pub mod figures;
pub mod file;
pub mod fleet;
pub mod geography;
pub mod metrics;
pub mod operation;
mod part;
pub mod settings;
pub mod sites;
pub mod spec;
pub mod topology;

pub use fleet::{Change, Fleet};
pub use operation::Operation;
pub use part::{Event, Infrastructure};
pub use settings::Settings;

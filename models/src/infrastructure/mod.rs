//! The physical layer: machines, how they fail and are repaired, and what takes many down at once.
//!
//! Two kinds of machines share the laws of life ([`failure`]), the lengths of repairs and outages
//! ([`draw`]), crews and spare parts ([`crew`]): single devices ([`fleet`]), which fail one by one,
//! and plants ([`plants`]), whose disks fail as populations, which is what exabytes need.
//!
//! Left out: load, temperature, repairs that leave a unit worse than new. Numbers of plants and
//! their sources are in [`parameters`]; those of devices come from the scenario ([`file`]).

pub mod cause;
pub mod crew;
pub mod draw;
pub mod failure;
pub mod file;
pub mod fleet;
pub mod metrics;
pub mod parameters;
pub mod plant;
pub mod plants;
pub mod settings;

pub use cause::Cause;
pub use fleet::{Change, Fleet};
pub use parameters::Parameters;
pub use plant::Status;
pub use plants::{Event, Infrastructure, OwnerPlan, Statistics};
pub use settings::Settings;

//! Decisions: what a network's software chooses from what it has been told.
//!
//! A family is a kind of decision with a trait of its own: [`balancing`] (which queue an arriving
//! job joins), [`maintenance`] (when a device is replaced before it fails), [`placement`]
//! (which node takes a piece of an object) and [`replica_selection`] (which holder of an object a
//! request goes to). A policy is one file of a family's folder and one line of the family's
//! registry, which writes what a scenario may name, the schema, what `pinwheel explain` says, and
//! the static dispatch to the policy.
//!
//! **What may be seen.** A policy is given a [`telemetry::Telemetry`] (the reports that have
//! reached the decider, each with the instant at which it was true, and the decider's clock) and,
//! where it draws, a random stream of its own. It is never given a layer or the world: the true
//! length of a queue, the true state of a node, the size of a job and the date of the next failure
//! cannot be reached from here. The tests named `hidden_state` scramble all of them and require the
//! same choices, bit for bit.
//!
//! **Where it stands.** Above the ground (`input`), below the layers: layers fill in
//! reports and call policies, and no policy imports a layer.
//!
//! Invariants: a policy draws from its own stream only, so that two policies compared on one seed
//! meet the same arrivals, sizes and failures; a policy's state is part of a snapshot.

pub mod balancing;
pub mod choice;
pub mod maintenance;
pub mod placement;
pub mod replica_selection;
pub mod telemetry;

use choice::PolicyFamily;

/// Every family of decisions, in the order in which `pinwheel explain` lists them.
pub const FAMILIES: &[PolicyFamily] =
    &[balancing::FAMILY, maintenance::FAMILY, placement::FAMILY, replica_selection::FAMILY];

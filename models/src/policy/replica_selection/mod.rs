//! Replica selection: which of the nodes that hold an object a request goes to.
//!
//! Decided by the reader for each request, before it is known how long the answer takes. Seen:
//! which nodes hold the object, and the length of each one's queue as last reported ([`Replicas`]);
//! never whether the node has the object in its hot tier, nor the time that the answer will take.
//! The name is the field's: Suresh et al., "C3: cutting tail latency in cloud data stores via
//! adaptive replica selection", NSDI 2015.
//!
//! A new policy is a file with `SPEC`, a type and its [`Select`], and a line in
//! [`for_each_replica_selection_policy`].

pub mod random;
pub mod shortest_queue;

use pinwheel_core::Stream;

use super::choice::{PolicyFamily, choice};
use super::telemetry::Telemetry;
use super::telemetry::replicas::Replicas;

/// A policy of replica selection.
pub trait Select {
    /// The node that a request goes to, one of the replicas. A random choice draws from `stream`,
    /// which is the request's own.
    fn select(&self, seen: &Telemetry<'_, Replicas<'_>>, stream: &mut Stream) -> u32;
}

/// THE registry of the family: hands the list of policies to another macro, a line
/// `Type(parameter: its type) = file` for each.
macro_rules! for_each_replica_selection_policy {
    ($then:ident) => {
        $then! {
            ShortestQueue = shortest_queue,
            Random = random,
        }
    };
}

macro_rules! replica_selection {
    ($($variant:ident $(($parameter:ident: $type:ty))? = $module:ident,)*) => {
        choice! {
            /// Which replica a request goes to, as a scenario says.
            #[derive(Copy)]
            ReplicaSelection;
            $($variant $(($parameter: $type))? = $module,)*
        }

        impl Select for ReplicaSelection {
            fn select(&self, seen: &Telemetry<'_, Replicas<'_>>, stream: &mut Stream) -> u32 {
                match *self {
                    $(ReplicaSelection::$variant $(($parameter))? => {
                        $module::$variant::new($($parameter)?).select(seen, stream)
                    })*
                }
            }
        }
    };
}
for_each_replica_selection_policy!(replica_selection);

/// The family, for [`super::FAMILIES`].
pub const FAMILY: PolicyFamily = PolicyFamily {
    name: "replica_selection",
    key: "data.flash_crowd.replica_selection",
    about: "Which of the nodes that hold an object a request goes to.",
    policies: ReplicaSelection::SPECS,
};

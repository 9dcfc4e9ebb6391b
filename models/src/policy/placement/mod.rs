//! Placement: which node takes a piece of an object.
//!
//! Decided by the store when an object is placed and when a piece has been rebuilt. Seen: the
//! failure domains of all nodes, whether each was up, what it refused and what room it had as last
//! reported, and where the other pieces of the object lie ([`PlacementReport`]); never damage to
//! pieces, nor which node fails next. Sources are named in each file.
//!
//! A new policy is a file with `SPEC`, a type and its [`Place`], and a line in
//! [`for_each_placement_policy`].

pub mod spread;

use pinwheel_core::Stream;

use super::choice::{PolicyFamily, choice};
use super::telemetry::Telemetry;
use super::telemetry::nodes::{DomainKind, PlacementReport};

/// A policy of placement.
pub trait Place {
    /// The node that takes the piece, one of those that are fit for it; `None` if none is. A random
    /// choice draws from `stream`, which is the piece's own.
    fn place(&self, seen: &Telemetry<'_, PlacementReport<'_>>, stream: &mut Stream) -> Option<u32>;
}

/// THE registry of the family: hands the list of policies to another macro, a line
/// `Type(parameter: its type) = file` for each.
macro_rules! for_each_placement_policy {
    ($then:ident) => {
        $then! {
            Spread(kinds: Vec<DomainKind>) = spread,
        }
    };
}

macro_rules! placement {
    ($($variant:ident $(($parameter:ident: $type:ty))? = $module:ident,)*) => {
        choice! {
            /// Which node takes a piece, as a scenario says.
            Placement;
            $($variant $(($parameter: $type))? = $module,)*
        }

        impl Place for Placement {
            fn place(
                &self,
                seen: &Telemetry<'_, PlacementReport<'_>>,
                stream: &mut Stream,
            ) -> Option<u32> {
                match self {
                    $(Placement::$variant $(($parameter))? => {
                        $module::$variant::new($($parameter)?).place(seen, stream)
                    })*
                }
            }
        }
    };
}
for_each_placement_policy!(placement);

/// The family, for [`super::FAMILIES`].
pub const FAMILY: PolicyFamily = PolicyFamily {
    name: "placement",
    key: "data.store.placement",
    about: "Which node takes a piece of an object.",
    policies: Placement::SPECS,
};

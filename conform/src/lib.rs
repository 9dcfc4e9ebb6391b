//! Pinwheel held against what it does not know itself: closed forms of mathematics ([`theory`]) and
//! vectors that others have published ([`vectors`], [`networks`]). Nothing of this runs inside a
//! simulation.

pub mod networks;
pub mod theory;
pub mod vectors;

//! Who gives which metrics of the list: what `pinwheel explain` says, held against runs by tests.

use crate::infrastructure::operation;
use crate::networks::filecoin;
use crate::{blockchain, economy};

/// A network or a layer that knows some of the inputs.
#[derive(Copy, Clone, Debug)]
pub struct Source {
    pub name: &'static str,
    /// Metrics it gives where its scenario has what they need.
    pub gives: &'static [&'static str],
    /// Metrics a network never gives, and why.
    pub lacks: &'static [(&'static str, &'static str)],
}

/// Everybody who gives any.
pub const SOURCES: &[Source] = &[
    filecoin::review::SOURCE,
    operation::review::SOURCE,
    blockchain::review::SOURCE,
    economy::review::SOURCE,
];

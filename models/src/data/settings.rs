//! What a scenario says about this layer, validated.

/// The layer ready to be built.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Nodes that hold pieces, where no fleet is given.
    pub nodes: u32,
}

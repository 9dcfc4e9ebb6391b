//! What a scenario says about this layer, validated.

/// The layer ready to be built.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Chains in the section.
    pub chains: u32,
}

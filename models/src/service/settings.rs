//! What a scenario says about this layer, validated.

/// The layer ready to be built.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Stations in the section.
    pub stations: u32,
}

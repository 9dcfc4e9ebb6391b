//! What a scenario says about its devices, validated.

/// The layer ready to be built.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Devices of the fleet.
    pub devices: u32,
}

//! What a scenario says about this layer, validated.

/// The layer ready to be built.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Devices that send, where no fleet is given.
    pub devices: u32,
}

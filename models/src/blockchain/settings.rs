//! What a scenario says about this layer, validated.

use super::attack;
use super::bridge::BridgeSettings;

/// The layer ready to be built.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Chains in the section.
    pub chains: u32,
    pub attack: Option<attack::Settings>,
    pub bridges: Vec<BridgeSettings>,
}

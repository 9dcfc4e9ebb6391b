//! What the runs of a point record, from its validated settings.

use super::{Layers, NetworkEntry, Scenario};
use crate::describe::{MetricSpec, NetworkSettings, Recorded};
use crate::input::unit::Units;
use crate::registry;

/// The metrics, with the labels that the settings give. A part that is at fault has none, so that
/// its labels count as not known.
pub fn recorded(
    metrics: Vec<MetricSpec>,
    layers: &Layers,
    networks: &[NetworkEntry],
    units: &Units,
) -> Recorded {
    let of_networks = networks.iter().flat_map(|network| network.settings.labels());
    let labels = layers.labels().into_iter().chain(of_networks).collect();
    Recorded { metrics, labels, units: units.clone() }
}

impl Scenario {
    /// All metrics, with the labels that a run of this scenario records them with.
    pub fn recorded(&self) -> Recorded {
        let metrics = registry::ALL.metrics().copied().collect();
        recorded(metrics, &self.layers, &self.networks, &self.units)
    }
}

//! What the runs of a point record, from its validated settings.

use super::{Layers, Network, Scenario};
use crate::describe::{MetricSpec, Recorded};
use crate::networks::filecoin;
use crate::registry;
use crate::{blockchain, connection, data, infrastructure, service};

/// The metrics, with the labels that the settings give. A part that is at fault has none, so that
/// its labels count as not known.
pub fn recorded(metrics: Vec<MetricSpec>, layers: &Layers, network: Option<&Network>) -> Recorded {
    let mut labels = Vec::new();
    if let Some(settings) = &layers.infrastructure {
        labels.extend(infrastructure::metrics::labels(settings));
    }
    if let Some(settings) = &layers.service {
        labels.extend(service::metrics::labels(settings));
    }
    if layers.connection.is_some() {
        labels.extend(connection::metrics::labels());
    }
    if let Some(settings) = &layers.blockchain {
        labels.extend(blockchain::metrics::labels(settings));
    }
    if let Some(settings) = &layers.data {
        labels.extend(data::metrics::labels(settings));
    }
    match network {
        Some(Network::Filecoin(settings)) => labels.extend(filecoin::metrics::labels(settings)),
        None => {}
    }
    Recorded { metrics, labels: labels.into_iter().collect() }
}

impl Scenario {
    /// All metrics, with the labels that a run of this scenario records them with.
    pub fn recorded(&self) -> Recorded {
        let metrics = registry::ALL.metrics().copied().collect();
        recorded(metrics, &self.layers, self.network.as_ref())
    }
}

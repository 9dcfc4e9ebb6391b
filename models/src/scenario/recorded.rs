//! What the runs of a point record, from its validated settings.

use std::collections::{BTreeMap, BTreeSet};

use super::{Layers, NetworkEntry, Scenario};
use crate::change::Change;
use crate::describe::{MetricSpec, NetworkSettings, PartSpec, Recorded, Recorder};
use crate::registry;

/// The metrics, with who records them and the labels that the settings give, in units that are not
/// known yet. A part that is at fault has no labels, so that they count as not known.
pub fn recorded(
    metrics: Vec<MetricSpec>,
    layers: &Layers,
    networks: Option<&[NetworkEntry]>,
    changes: Option<&[Change]>,
    reviewed: bool,
) -> Recorded {
    let of_layers = layers.names();
    let recorder = |id: &str, parts: &[&str], labels: BTreeMap<_, _>| Recorder {
        id: id.to_owned(),
        metrics: parts.iter().flat_map(|name| metrics_of(name, reviewed)).collect(),
        own_token: None,
        labels,
    };
    let network = |network: &NetworkEntry| {
        let labels = network.settings.labels().into_iter().collect();
        let own_token = network.settings.own_token().map(str::to_owned);
        Recorder { own_token, ..recorder(&network.id, &[network.settings.kind()], labels) }
    };
    let networks = networks.map(|networks| networks.iter().map(network).collect());
    let levers = changes.unwrap_or_default().iter().map(|change| change.lever.clone()).collect();
    let labels = layers.labels().into_iter().chain([("lever", levers)]);
    let layers = recorder("", &of_layers, labels.collect());
    Recorded { metrics, layers, networks, ..Recorded::default() }
}

/// The names of a part's metrics, and of those that a review takes of it.
fn metrics_of(part: &str, reviewed: bool) -> BTreeSet<&'static str> {
    let Some(part) = registry::ALL.part(part) else { return BTreeSet::new() };
    let own = part.metrics.iter().copied().flatten().map(|metric| metric.name);
    let of_review = |part: &PartSpec| part.review.map_or(&[][..], |source| source.gives);
    let taken = if reviewed { of_review(part) } else { &[] };
    own.chain(taken.iter().copied()).collect()
}

impl Scenario {
    /// All metrics, with the subjects and labels that a run of this scenario records them with.
    pub fn recorded(&self) -> Recorded {
        let metrics = registry::ALL.metrics().copied().collect();
        let reviewed = self.review.is_some();
        let recorded =
            recorded(metrics, &self.layers, Some(&self.networks), Some(&self.changes), reviewed);
        Recorded { units: self.units.clone(), ..recorded }
    }
}

//! What a manifest says of the model, so that a report needs nothing but the result folder.

use pinwheel_models::describe::NetworkSettings;
use pinwheel_models::describe::ParameterValue;
use pinwheel_models::scenario::{Experiment, NetworkEntry, Scenario};
use serde::{Deserialize, Serialize};

/// The model of the first point; variants and sweeps change values in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelEntry {
    /// The kinds of its networks; none for layers alone.
    pub networks: Vec<String>,
    /// The layers that the scenario describes itself.
    pub layers: Vec<String>,
    /// The choices that decide how much of the field is simulated, in words.
    pub choices: Vec<(String, String)>,
    /// Every value of the scenario by its key, as typed.
    pub given: Vec<(String, String)>,
    /// Every parameter of the network with its value.
    pub parameters: Vec<ParameterEntry>,
}

/// A number of the model that is not a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterEntry {
    /// The name of the parameter.
    pub name: String,
    /// Its value, in its unit.
    pub value: f64,
    /// The unit; "1" for none.
    pub unit: String,
    /// Where the default comes from.
    pub source: String,
    /// The scenario gives it another value than the model's own.
    pub changed: bool,
}

impl ModelEntry {
    /// The model of an experiment.
    pub fn of(experiment: &Experiment) -> Self {
        let given = pinwheel_models::scenario::given::given(&experiment.resolved);
        let Some(Scenario { layers, networks, .. }) =
            experiment.points.first().map(|point| &point.scenario)
        else {
            return ModelEntry { given, ..ModelEntry::default() };
        };
        let layers = layers.names().into_iter().map(str::to_owned).collect();
        let mut kinds: Vec<String> =
            networks.iter().map(|network| network.settings.kind().to_owned()).collect();
        kinds.dedup();
        let parameters = |network: &NetworkEntry| {
            let of = |(id, value)| ParameterEntry::of(id, value);
            let ids = std::iter::repeat(network.id.clone());
            ids.zip(network.settings.parameters()).map(of).collect::<Vec<_>>()
        };
        let choices = |network: &NetworkEntry| {
            let named = |(what, how)| (of_network(&network.id, what), how);
            network.settings.choices().into_iter().map(named).collect::<Vec<_>>()
        };
        ModelEntry {
            networks: kinds,
            layers,
            choices: networks.iter().flat_map(choices).collect(),
            given,
            parameters: networks.iter().flat_map(parameters).collect(),
        }
    }
}

impl ParameterEntry {
    fn of(network: String, ParameterValue { spec, value }: ParameterValue) -> Self {
        ParameterEntry {
            name: of_network(&network, spec.name.to_owned()),
            value,
            unit: spec.unit.to_owned(),
            source: spec.source.to_owned(),
            changed: value != spec.default,
        }
    }
}

/// A name with the id of the network it is of, where there are several.
fn of_network(id: &str, name: String) -> String {
    if id.is_empty() { name } else { format!("{id}: {name}") }
}

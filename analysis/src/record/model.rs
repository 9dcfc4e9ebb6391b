//! What a manifest says of the model, so that a report needs nothing but the result folder.

use pinwheel_models::describe::ParameterValue;
use pinwheel_models::scenario::{Experiment, Network, Scenario};
use serde::{Deserialize, Serialize};

/// The model of the first point; variants and sweeps change values in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelEntry {
    /// The kind of the network; empty for layers alone.
    pub network: String,
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
        let Some(Scenario { layers, network, .. }) =
            experiment.points.first().map(|point| &point.scenario)
        else {
            return ModelEntry { given, ..ModelEntry::default() };
        };
        let layers = layers.names().into_iter().map(str::to_owned).collect();
        let parameters = network.as_ref().map(Network::parameters).unwrap_or_default();
        ModelEntry {
            network: network.as_ref().map_or("", Network::kind).to_owned(),
            layers,
            choices: network.as_ref().map(Network::choices).unwrap_or_default(),
            given,
            parameters: parameters.into_iter().map(ParameterEntry::of).collect(),
        }
    }
}

impl ParameterEntry {
    fn of(ParameterValue { spec, value }: ParameterValue) -> Self {
        ParameterEntry {
            name: spec.name.to_owned(),
            value,
            unit: spec.unit.to_owned(),
            source: spec.source.to_owned(),
            changed: value != spec.default,
        }
    }
}

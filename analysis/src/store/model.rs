//! What a manifest says of the model, so that a report needs nothing but the result folder.

use pinwheel_models::describe::parameter::ParameterSpec;
use pinwheel_models::networks::Settings as Network;
use pinwheel_models::networks::filecoin::settings::{Behaviour, Detail, ProofFidelity, Settings};
use pinwheel_models::scenario::{Experiment, Scenario};
use serde::{Deserialize, Serialize};

/// The model of the first point; variants and sweeps change values in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelEntry {
    /// The kind of the network; empty for layers alone.
    pub network: String,
    pub layers: Vec<String>,
    /// The choices that decide how much of the field is simulated, in words.
    pub choices: Vec<(String, String)>,
    /// Every value of the scenario by its key, as typed.
    pub given: Vec<(String, String)>,
    pub parameters: Vec<ParameterEntry>,
}

/// A number of the model that is not a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterEntry {
    pub name: String,
    pub value: f64,
    pub unit: String,
    pub source: String,
    /// The scenario gives it another value than the model's own.
    pub changed: bool,
}

impl ModelEntry {
    pub fn of(experiment: &Experiment) -> Self {
        let given = pinwheel_models::scenario::given::given(&experiment.resolved);
        let Some(Scenario { layers, networks, .. }) =
            experiment.points.first().map(|point| &point.scenario)
        else {
            return ModelEntry { given, ..ModelEntry::default() };
        };
        let layers = layers.names().into_iter().map(str::to_owned).collect();
        let network = networks.first().map(|entry| match &entry.settings {
            Network::Filecoin(settings) => settings,
        });
        ModelEntry {
            network: network.map_or(String::new(), |_| "filecoin".to_owned()),
            layers,
            choices: network.map_or(Vec::new(), |settings| choices(settings)),
            given,
            parameters: network.map_or(Vec::new(), |settings| parameters(settings)),
        }
    }
}

fn choices(settings: &Settings) -> Vec<(String, String)> {
    let detail = match settings.detail {
        Detail::Deadline => "every 30-second epoch and the 48 proving deadlines of each provider",
        Detail::Day => "one step a day over the same rules and books",
    };
    let proofs = match settings.proofs {
        ProofFidelity::Modelled => "modelled: an outcome with the cost of the real proof",
        ProofFidelity::Sampled => "sampled: some deadlines run the real prover and verifier",
        ProofFidelity::Real => "real: every deadline runs the real prover and verifier",
    };
    let behaviour = match settings.behaviour {
        Behaviour::Driven(_) => {
            "driven by data: onboarding and renewal are given, everything else follows"
        }
        Behaviour::Rational(_) => {
            "rational: providers join, onboard, renew and leave on expected return"
        }
    };
    [
        ("Resolution", detail.to_owned()),
        ("Proofs", proofs.to_owned()),
        ("Behaviour", behaviour.to_owned()),
        ("Providers at the start", settings.providers.to_string()),
    ]
    .into_iter()
    .map(|(name, words)| (name.to_owned(), words))
    .collect()
}

fn parameters(settings: &Settings) -> Vec<ParameterEntry> {
    let (mut network, mut machines) =
        (settings.parameters.clone(), settings.infrastructure.clone());
    let entry = |spec: &ParameterSpec, value: Option<&mut f64>| {
        let value = *value?;
        Some(ParameterEntry {
            name: spec.name.to_owned(),
            value,
            unit: spec.unit.to_owned(),
            source: spec.source.to_owned(),
            changed: value != spec.default,
        })
    };
    let (network_specs, machine_specs) = (
        pinwheel_models::networks::filecoin::parameters::Parameters::SPECS,
        pinwheel_models::infrastructure::sites::Parameters::SPECS,
    );
    let mut all: Vec<ParameterEntry> =
        (network_specs.iter()).filter_map(|spec| entry(spec, network.get_mut(spec.name))).collect();
    all.extend(machine_specs.iter().filter_map(|spec| entry(spec, machines.get_mut(spec.name))));
    all
}

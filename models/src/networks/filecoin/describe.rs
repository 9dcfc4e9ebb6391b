//! What the settings of a Filecoin network say in words and numbers, for model cards, manifests and
//! `pinwheel check`.

use jiff::civil::Date;

use super::parameters::Parameters;
use super::settings::{Behaviour, Detail, ProofFidelity, RuleChoice, Settings};
use crate::describe::{ParameterSpec, ParameterValue, RunCost};
use crate::infrastructure;

/// The first day that calibration on the network's history has not seen (VALIDATION.md).
const VERDICT_FROM: Date = jiff::civil::date(2024, 1, 1);
/// Proving deadlines of a provider and epochs of the chain, a day.
const DEADLINES_PER_DAY: f64 = 48.0;
const EPOCHS_PER_DAY: f64 = 2_880.0;
/// Measured on one core of a 2023 server with the history scenario; good to a factor of three.
const SECONDS_PER_DEADLINE: f64 = 250e-9;
const SECONDS_PER_PROVIDER_DAY: f64 = 1.3e-6;

/// The choices that decide how much of the field is simulated: what is chosen, and how.
pub fn choices(settings: &Settings) -> Vec<(String, String)> {
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

/// Every parameter with its value: those of the network, then those of the machines.
pub fn parameters(settings: &Settings) -> Vec<ParameterValue> {
    let (mut network, mut machines) =
        (settings.parameters.clone(), settings.infrastructure.clone());
    let entry = |spec: &'static ParameterSpec, value: Option<&mut f64>| {
        value.map(|value| ParameterValue { spec, value: *value })
    };
    let of_network = Parameters::SPECS.iter();
    let mut all: Vec<ParameterValue> =
        of_network.filter_map(|spec| entry(spec, network.get_mut(spec.name))).collect();
    let of_machines = infrastructure::Parameters::SPECS.iter();
    all.extend(of_machines.filter_map(|spec| entry(spec, machines.get_mut(spec.name))));
    all
}

/// The rules in force, as one writes them in a scenario.
pub fn rules(settings: &Settings) -> String {
    match settings.rules {
        RuleChoice::Mainnet => "mainnet".to_owned(),
        RuleChoice::MainnetAt(date) => format!("mainnet@{date}"),
        RuleChoice::Textbook => "textbook".to_owned(),
    }
}

/// The day from which accuracy is judged apart; `None` where nothing was calibrated on history.
pub fn verdict_from(settings: &Settings) -> Option<Date> {
    matches!(settings.behaviour, Behaviour::Driven(_)).then_some(VERDICT_FROM)
}

/// Who takes part at the start: "120 providers".
pub fn participants(settings: &Settings) -> String {
    format!("{} providers", settings.providers)
}

/// What a simulated day costs, roughly.
pub fn cost(settings: &Settings) -> RunCost {
    let providers = f64::from(settings.providers);
    let (steps_per_day, seconds_per_step) = match settings.detail {
        Detail::Deadline => (providers * DEADLINES_PER_DAY + EPOCHS_PER_DAY, SECONDS_PER_DEADLINE),
        Detail::Day => (providers, SECONDS_PER_PROVIDER_DAY),
    };
    RunCost { steps_per_day, seconds_per_step }
}

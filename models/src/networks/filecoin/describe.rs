//! What the settings of a Filecoin network say in words and numbers, for model cards, manifests and
//! `pinwheel check`.

use jiff::civil::Date;
use pinwheel_core::SimDuration;

use super::metrics;
use super::settings::{Behaviour, Detail, ProofFidelity, RuleChoice, Settings};
use crate::describe::{NetworkSettings, ParameterValue, RunCost, parameter};

/// The first day that calibration on the network's history has not seen (VALIDATION.md).
const VERDICT_FROM: Date = jiff::civil::date(2024, 1, 1);
/// Proving deadlines of a provider and epochs of the chain, a day.
const DEADLINES_PER_DAY: f64 = 48.0;
const EPOCHS_PER_DAY: f64 = 2_880.0;
/// Measured on one core of a 2023 server with the history scenario; good to a factor of three.
const SECONDS_PER_DEADLINE: f64 = 250e-9;
const SECONDS_PER_PROVIDER_DAY: f64 = 1.3e-6;

impl NetworkSettings for Settings {
    fn choices(&self) -> Vec<(String, String)> {
        let detail = match self.detail {
            Detail::Deadline => {
                "every 30-second epoch and the 48 proving deadlines of each provider"
            }
            Detail::Day => "one step a day over the same rules and books",
        };
        let proofs = match self.proofs {
            ProofFidelity::Modelled => "modelled: an outcome with the cost of the real proof",
            ProofFidelity::Sampled => "sampled: some deadlines run the real prover and verifier",
            ProofFidelity::Real => "real: every deadline runs the real prover and verifier",
        };
        let behaviour = match self.behaviour {
            Behaviour::Driven(_) => {
                "driven by data: onboarding and renewal are given, everything else follows"
            }
            Behaviour::Rational(_) => {
                "rational: providers join, onboard, renew and leave on expected return. Read \
                 differences between variants, not levels: judged from 2024 on, their raw power \
                 is forecast better than by what was last seen, their quality-adjusted power is \
                 not (scenarios/filecoin/rational.toml)"
            }
        };
        [
            ("Resolution", detail.to_owned()),
            ("Proofs", proofs.to_owned()),
            ("Behaviour", behaviour.to_owned()),
            ("Providers at the start", self.providers.to_string()),
        ]
        .into_iter()
        .map(|(name, words)| (name.to_owned(), words))
        .collect()
    }

    fn parameters(&self) -> Vec<ParameterValue> {
        let mut all = parameter::values(&self.parameters);
        all.extend(parameter::values(&self.infrastructure));
        all
    }

    fn rules(&self) -> String {
        match self.rules {
            RuleChoice::Mainnet => "mainnet".to_owned(),
            RuleChoice::MainnetAt(date) => format!("mainnet@{date}"),
            RuleChoice::Textbook => "textbook".to_owned(),
        }
    }

    fn verdict_from(&self) -> Option<Date> {
        matches!(self.behaviour, Behaviour::Driven(_)).then_some(VERDICT_FROM)
    }

    fn participants(&self) -> String {
        format!("{} providers", self.providers)
    }

    fn cost(&self) -> Option<RunCost> {
        let providers = f64::from(self.providers);
        let (steps_per_day, seconds_per_step) = match self.detail {
            Detail::Deadline => {
                (providers * DEADLINES_PER_DAY + EPOCHS_PER_DAY, SECONDS_PER_DEADLINE)
            }
            Detail::Day => (providers, SECONDS_PER_PROVIDER_DAY),
        };
        Some(RunCost { steps_per_day, seconds_per_step })
    }

    fn labels(&self) -> Vec<(&'static str, Vec<String>)> {
        metrics::labels(self)
    }

    fn last_change(&self, horizon_days: u32) -> SimDuration {
        let end = SimDuration::from_days(horizon_days.into());
        // A day in one step begins with what holds at its midnight.
        let step = if self.detail == Detail::Day {
            SimDuration::from_days(1)
        } else {
            SimDuration::from_nanos(1)
        };
        end - step
    }

    fn is_cut(&self) -> bool {
        self.forecast.is_some()
    }
}

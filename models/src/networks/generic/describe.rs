//! What the settings of a network written in TOML say in words and numbers, for model cards,
//! manifests and `pinwheel check`.

use pinwheel_core::{SimDuration, TokenSpec};

use super::accounts::Place;
use super::settings::Settings;
use super::step::Step;
use crate::describe::{NetworkSettings, ParameterValue, RunCost};
use crate::economy::period::SECONDS_PER_DAY;

/// Measured on one core of a 2023 server with depin-mini; good to a factor of three.
const SECONDS_PER_PERIOD: f64 = 1.5e-6;

impl NetworkSettings for Settings {
    fn choices(&self) -> Vec<(String, String)> {
        let period = format!("every {} s", self.period.seconds());
        let verbs: Vec<&str> = self.steps.iter().map(Step::verb).collect();
        let TokenSpec { symbol, decimals, .. } = &self.tokens.own;
        let token = format!("{symbol}, {decimals} decimals");
        [("Token", token), ("Period", period), ("Steps of a period", verbs.join(", "))]
            .into_iter()
            .map(|(name, words)| (name.to_owned(), words))
            .collect()
    }

    fn parameters(&self) -> Vec<ParameterValue> {
        Vec::new()
    }

    fn rules(&self) -> String {
        "as written".to_owned()
    }

    fn participants(&self) -> String {
        match self.operators {
            Some(operators) => format!("{} nodes", operators.count),
            None => "no nodes".to_owned(),
        }
    }

    fn labels(&self) -> Vec<(&'static str, Vec<String>)> {
        let name = |place: Place| self.accounts[usize::from(place.0)].clone();
        vec![
            ("seller", self.sellers().into_iter().map(name).collect()),
            ("account", self.accounts_named().map(name).collect()),
            ("account with dollars", self.with_dollars().into_iter().map(name).collect()),
        ]
    }

    fn own_token(&self) -> Option<&str> {
        Some(&self.tokens.own.symbol)
    }

    fn last_change(&self, _horizon_days: u32) -> SimDuration {
        self.period.duration().times(self.periods.into()) - SimDuration::from_nanos(1)
    }

    fn cost(&self) -> Option<RunCost> {
        let steps_per_day = f64::from(SECONDS_PER_DAY) / f64::from(self.period.seconds());
        Some(RunCost { steps_per_day, seconds_per_step: SECONDS_PER_PERIOD })
    }
}

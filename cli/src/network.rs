//! Where the command meets the networks: how a scenario becomes a model, and what it records.

use jiff::civil::Date;
use pinwheel_core::Streams;
use pinwheel_models::describe::Catalogue;
use pinwheel_models::networks::Settings as Network;
use pinwheel_models::networks::filecoin::settings::{Behaviour, RuleChoice};
use pinwheel_models::registry;
use pinwheel_models::scenario::{Experiment, Scenario};
use pinwheel_models::world::World;

/// The first day that calibration has not seen (VALIDATION.md).
const VERDICT_FROM: Date = jiff::civil::date(2024, 1, 1);

/// The day from which accuracy is judged apart; `None` where nothing was calibrated on history.
pub fn verdict_from(experiment: &Experiment) -> Option<Date> {
    let driven = experiment.points.iter().any(|point| {
        matches!(point.scenario.networks.first().map(|n| &n.settings), Some(Network::Filecoin(settings))
            if matches!(settings.behaviour, Behaviour::Driven(_)))
    });
    driven.then_some(VERDICT_FROM)
}

/// The metrics a run may record.
pub fn metrics() -> Catalogue {
    registry::ALL
}

/// The rules a scenario runs under, as one writes them in it.
pub fn rules(scenario: &Scenario) -> String {
    let Some(Network::Filecoin(settings)) = scenario.networks.first().map(|n| &n.settings) else {
        return scenario.layers.names().join(" + ");
    };
    match settings.rules {
        RuleChoice::Mainnet => "mainnet".to_owned(),
        RuleChoice::MainnetAt(date) => format!("mainnet@{date}"),
        RuleChoice::Textbook => "textbook".to_owned(),
    }
}

/// The model of one run.
pub fn build(scenario: &Scenario, streams: &Streams) -> World {
    scenario.world(&streams)
}

//! Where the command meets the networks: how a scenario becomes a model, and what it records.

use jiff::civil::Date;
use pinwheel_core::{Context, Event, MetricSpec, Model};
use pinwheel_models::networks::filecoin::settings::RuleChoice;
use pinwheel_models::scenario::{Network, Scenario};
use serde::{Deserialize, Serialize};

/// The first day that no calibration has seen; accuracy is told apart before and from it.
pub fn verdict_from() -> Option<Date> {
    Some(jiff::civil::date(2024, 1, 1))
}

/// The metrics a network may record.
pub fn metrics() -> &'static [MetricSpec] {
    &[]
}

/// The rules a scenario runs under, as one writes them in it.
pub fn rules(scenario: &Scenario) -> String {
    let Network::Filecoin(settings) = &scenario.network;
    match settings.rules {
        RuleChoice::Mainnet => "mainnet".to_owned(),
        RuleChoice::MainnetAt(date) => format!("mainnet@{date}"),
        RuleChoice::Textbook => "textbook".to_owned(),
    }
}

/// The model of one run.
pub fn build(_: &Scenario, _: u32) -> Still {
    Still
}

/// A network in which nothing happens.
pub struct Still;

#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
pub enum Nothing {}

impl Event for Nothing {
    fn kind(&self) -> u8 {
        match *self {}
    }
}

impl Model for Still {
    type Event = Nothing;
    fn start(&mut self, _: &mut Context<Nothing>) {}
    fn handle(&mut self, event: Nothing, _: &mut Context<Nothing>) {
        match event {}
    }
}

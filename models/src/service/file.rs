//! `[service]` as typed, and its checks.

use schemars::JsonSchema;
use serde::Deserialize;

use super::settings::Settings;
use crate::scenario::RunDays;
use crate::scenario::check::Checker;
use crate::scenario::tree::Given;

const STATIONS_MAX: i64 = 1_000_000;

/// Stations where work queues for servers.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "ServiceSection")]
pub struct Section {
    /// Stations in the section.
    #[schemars(with = "u32")]
    pub stations: Option<Given>,
}

/// The validated layer; whatever is wrong is a fault.
pub fn settings(
    checker: &mut Checker<'_>,
    given: Given,
    _run: Option<RunDays>,
) -> Option<Settings> {
    let typed: Section = checker.read(given, "service");
    let stations = checker.required(typed.stations, "service.stations", "100");
    let stations = checker.integer(stations, "service.stations", 1..=STATIONS_MAX)?;
    Some(Settings { stations: u32::try_from(stations).ok()? })
}

//! `[connection]` as typed, and its checks.

use schemars::JsonSchema;
use serde::Deserialize;

use super::settings::Settings;
use crate::scenario::RunDays;
use crate::scenario::check::Checker;
use crate::scenario::tree::Given;

const DEVICES_MAX: i64 = 1_000_000;

/// The links and protocols between devices and the platform.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "ConnectionSection")]
pub struct Section {
    /// Devices that send, where no fleet is given.
    #[schemars(with = "u32")]
    pub devices: Option<Given>,
}

/// The validated layer; whatever is wrong is a fault.
pub fn settings(
    checker: &mut Checker<'_>,
    given: Given,
    _run: Option<RunDays>,
) -> Option<Settings> {
    let typed: Section = checker.read(given, "connection");
    let devices = checker.required(typed.devices, "connection.devices", "100");
    let devices = checker.integer(devices, "connection.devices", 1..=DEVICES_MAX)?;
    Some(Settings { devices: u32::try_from(devices).ok()? })
}

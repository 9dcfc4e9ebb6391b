//! `[infrastructure.map]` as typed, and its checks.

use pinwheel_core::SimDuration;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::infrastructure::operation::map::Asked;
use crate::input::RunDays;
use crate::input::check::Checker;
use crate::input::tree::ValueId;

const DEVICES: u64 = 500;
const DEVICES_MAX: i64 = 2_000;
/// Most states of devices in one map: what a page of a few megabytes holds.
const STATES_MAX: u64 = 2_000_000;
const HOURS_MAX: f64 = 8_766.0;

/// Records where some devices are and how they fare, for `pinwheel map`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MapSection {
    /// One picture for each such time, an hour or more. Default "1 d".
    #[schemars(with = "String")]
    pub every: Option<ValueId>,
    /// Devices on the map at most, sampled evenly; 1 to 2000. Default 500.
    #[schemars(with = "u32", range(min = 1, max = 2000))]
    pub devices: Option<ValueId>,
}

/// Checks `[infrastructure.map]`.
pub fn settings(
    checker: &mut Checker<'_>,
    typed: &MapSection,
    run: Option<RunDays>,
) -> Option<Asked> {
    let key = "infrastructure.map.every";
    let hours = checker.quantity(typed.every, key, "h", false, 1.0..=HOURS_MAX).unwrap_or(24.0);
    let devices = checker.integer(typed.devices, "infrastructure.map.devices", 1..=DEVICES_MAX);
    let devices = devices.unwrap_or(DEVICES);
    let pictures = run.map_or(0.0, |run| f64::from(run.horizon_days) * 24.0 / hours).ceil() as u64;
    if pictures * devices > STATES_MAX {
        let message = format!("{pictures} pictures of {devices} devices");
        let enough = (pictures * devices).div_ceil(STATES_MAX) as f64 * hours;
        let at =
            typed.every.or(typed.devices).unwrap_or(checker.tree.nearest("infrastructure.map"));
        let help = format!("at most {STATES_MAX} states: try every = \"{} h\"", enough.ceil());
        checker.fault(at, key, message, help);
    }
    let every = SimDuration::from_seconds_f64(hours * 3_600.0);
    Some(Asked { every, devices: devices as u32 })
}

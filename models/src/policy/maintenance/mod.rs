//! Maintenance: when a device is replaced before it fails.
//!
//! Decided when a life of the device begins, by its keeper. Seen: its age, how often it has been
//! renewed, and the date ([`DeviceReport`]); never its remaining life. No policy of the family
//! draws. Source: Barlow and Hunter, "Optimum preventive maintenance policies", Operations Research
//! 8, 1960.
//!
//! A new policy is a file with `SPEC`, a type and its [`Replace`], and a line in
//! [`for_each_maintenance_policy`].

pub mod age;
pub mod interval;
pub mod run_to_failure;

use pinwheel_core::SimDuration;

use super::choice::{Given, PolicyFamily, choice};
use super::telemetry::Telemetry;
use super::telemetry::device::DeviceReport;
use crate::input::dates::YEAR_SECONDS;

/// A policy of maintenance.
pub trait Replace {
    /// Time from now to the planned replacement of the device, which does not take place if it
    /// fails before; `None` if none is planned.
    fn planned(&self, seen: &Telemetry<'_, DeviceReport>) -> Option<SimDuration>;
}

/// THE registry of the family: hands the list of policies to another macro, a line
/// `Type(parameter: its type) = file` for each.
macro_rules! for_each_maintenance_policy {
    ($then:ident) => {
        $then! {
            RunToFailure = run_to_failure,
            Interval(period: SimDuration) = interval,
            Age(period: SimDuration) = age,
        }
    };
}

macro_rules! replacement {
    ($($variant:ident $(($parameter:ident: $type:ty))? = $module:ident,)*) => {
        choice! {
            /// When a device is replaced before it fails, as a scenario says.
            #[derive(Copy)]
            Replacement;
            $($variant $(($parameter: $type))? = $module,)*
        }

        impl Replace for Replacement {
            fn planned(&self, seen: &Telemetry<'_, DeviceReport>) -> Option<SimDuration> {
                match *self {
                    $(Replacement::$variant $(($parameter))? => {
                        $module::$variant::new($($parameter)?).planned(seen)
                    })*
                }
            }
        }
    };
}
for_each_maintenance_policy!(replacement);

/// The family, for [`super::FAMILIES`].
pub const FAMILY: PolicyFamily = PolicyFamily {
    name: "maintenance",
    key: "infrastructure.class.maintenance.policy",
    about: "When a device is replaced before it fails.",
    policies: Replacement::SPECS,
};

/// `period` beside the name: from a second to a hundred years.
fn period(given: &mut Given<'_, '_>) -> Option<SimDuration> {
    const SECONDS_MAX: f64 = 100.0 * YEAR_SECONDS;
    given.time("period", "\"1 y\"", 1.0..=SECONDS_MAX)
}

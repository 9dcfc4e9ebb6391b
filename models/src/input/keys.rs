//! The keys below one path of a scenario, each with its default.

use std::ops::RangeInclusive;

use pinwheel_core::SimDuration;

use super::check::Checker;
use super::tree::ValueId;

/// The keys under one path.
#[derive(Debug)]
pub struct Keys<'a, 'b> {
    /// Notes whatever is wrong.
    pub checker: &'a mut Checker<'b>,
    /// The dotted path that the keys lie below.
    pub path: String,
}

impl Keys<'_, '_> {
    /// The whole dotted key of a name below the path.
    pub fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }
    /// A length of time within a range in seconds, or the default where nothing is given.
    pub fn duration(
        &mut self,
        given: Option<ValueId>,
        name: &str,
        default_seconds: f64,
        seconds: RangeInclusive<f64>,
    ) -> SimDuration {
        let key = self.key(name);
        let seconds = self.checker.quantity(given, &key, "s", false, seconds);
        SimDuration::from_seconds_f64(seconds.unwrap_or(default_seconds))
    }
    /// A share from 0 to `maximum`, or the default where nothing is given.
    pub fn share(&mut self, given: Option<ValueId>, name: &str, default: f64, maximum: f64) -> f64 {
        let key = self.key(name);
        self.checker.share(given, &key, maximum).unwrap_or(default)
    }
    /// A whole number within a range, or the default where nothing is given.
    pub fn count(
        &mut self,
        given: Option<ValueId>,
        name: &str,
        default: u32,
        range: RangeInclusive<i64>,
    ) -> u32 {
        let key = self.key(name);
        let number = self.checker.integer(given, &key, range);
        number.and_then(|number| u32::try_from(number).ok()).unwrap_or(default)
    }
}

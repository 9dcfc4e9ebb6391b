//! The keys below one path of a scenario, each with its default.

use std::ops::RangeInclusive;

use pinwheel_core::SimDuration;

use super::check::Checker;
use super::tree::ValueId;

/// The keys under one path.
#[derive(Debug)]
pub struct Keys<'a, 'b> {
    pub checker: &'a mut Checker<'b>,
    pub path: String,
}

impl Keys<'_, '_> {
    pub fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }
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
    pub fn share(&mut self, given: Option<ValueId>, name: &str, default: f64, maximum: f64) -> f64 {
        let key = self.key(name);
        self.checker.share(given, &key, maximum).unwrap_or(default)
    }
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

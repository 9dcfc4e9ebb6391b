//! `[review]` as typed, and its checks.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::settings::{Settings, WindowSettings};
use crate::describe::review::Wanted;
use crate::describe::review::list::{Given as From, LIST};
use crate::input::HORIZON_DAYS_MAX;
use crate::input::check::Checker;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::tree::ValueId;
use crate::part::Known;

/// Period of a metric that has none of its own.
pub const EVERY_DAYS: u32 = 30;
/// As how many identities an operator is weighed against itself.
const IDENTITIES: u64 = 10;
const IDENTITIES_MAX: i64 = 1_000_000;

/// The 28 metrics of a token-economy review, as far as the network has the inputs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "ReviewSection")]
pub struct Section {
    /// Time between two reviews, in whole days; flows are summed over it. Default "30 d",
    /// and never more than the run.
    #[schemars(with = "String")]
    pub every: Option<ValueId>,
    /// Other times for single metrics, such as { gini_rewards = "7 d" }.
    #[schemars(with = "BTreeMap<String, String>")]
    pub periods: BTreeMap<String, ValueId>,
    /// Identities an operator splits into, for `sybil_profit`. Default 10.
    #[schemars(with = "u32", range(min = 2, max = 1_000_000))]
    pub identities: Option<ValueId>,
}

/// The section's settings.
pub fn settings(checker: &mut Checker<'_>, given: ValueId, known: &Known) -> Option<Settings> {
    let days = known.days;
    let section: Section = checker.read(given, "review");
    let longest = days.map_or(HORIZON_DAYS_MAX, |days| days.horizon_days);
    let every = checker.days(section.every, "review.every", HORIZON_DAYS_MAX);
    // A run that is cut short is reviewed at its end.
    let every = every.unwrap_or(EVERY_DAYS).min(longest);
    let mut periods = [every; LIST.len()];
    for (name, &given) in &section.periods {
        let key = format!("review.periods.{}", shown(name));
        let place = place(checker, name, given, &key);
        let days = checker.days(Some(given), &key, HORIZON_DAYS_MAX);
        if let (Some(place), Some(days)) = (place, days) {
            periods[place] = days.min(longest);
        }
    }
    let identities = checker.integer(section.identities, "review.identities", 2..=IDENTITIES_MAX);
    Some(Settings {
        windows: windows(&periods),
        identities: identities.unwrap_or(IDENTITIES) as u32,
    })
}

/// The place in the list of a metric that runs give.
fn place(checker: &mut Checker<'_>, name: &str, given: ValueId, key: &str) -> Option<usize> {
    let found = LIST.iter().position(|entry| entry.spec.name == name);
    match found.map(|place| (place, LIST[place].given)) {
        Some((place, From::Run)) => return Some(place),
        Some((_, From::Experiment(how))) => {
            let message = "no single run gives this metric".to_owned();
            checker.fault(given, key, message, format!("it comes from {how}"));
        }
        None => {
            let names = LIST.iter().filter(|entry| entry.given == From::Run);
            let help = did_you_mean(name, names.map(|entry| entry.spec.name));
            checker.fault(given, key, format!("unknown metric \"{}\"", shown(name)), help);
        }
    }
    None
}

/// Metrics of one period together, the shortest first.
fn windows(periods: &[u32]) -> Vec<WindowSettings> {
    let mut by_days: BTreeMap<u32, Wanted> = BTreeMap::new();
    for (place, &days) in periods.iter().enumerate() {
        if LIST[place].given == From::Run {
            by_days.entry(days).or_default().insert(place);
        }
    }
    by_days.into_iter().map(|(days, wanted)| WindowSettings { days, wanted }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_of_one_period_are_taken_together_and_experiments_not_at_all() {
        let mut periods = [30; LIST.len()];
        let gini = LIST.iter().position(|entry| entry.spec.name == "gini_rewards").unwrap();
        periods[gini] = 7;
        let windows = windows(&periods);
        assert_eq!(windows.iter().map(|of| of.days).collect::<Vec<_>>(), [7, 30]);
        assert_eq!(windows[0].wanted, Wanted::of(&["gini_rewards"]));
        assert!(windows[1].wanted.has("churn") && !windows[1].wanted.has("gini_rewards"));
        assert!(!windows[1].wanted.has("bank_run_days"));
    }
}

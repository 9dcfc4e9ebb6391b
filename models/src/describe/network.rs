//! What the settings of a network say of themselves, for model cards, manifests and `pinwheel
//! check`.

use jiff::civil::Date;
use pinwheel_core::SimDuration;

use super::{ParameterValue, RunCost};

/// A network as its scenario describes it. Implemented by the `Settings` of each kind.
pub trait NetworkSettings {
    /// The choices that decide how much of the field is simulated: what is chosen, and how.
    fn choices(&self) -> Vec<(String, String)>;

    /// Every parameter of the model with the value that the scenario gives it.
    fn parameters(&self) -> Vec<ParameterValue>;

    /// The rules in force, as one writes them in a scenario.
    fn rules(&self) -> String;

    /// Who takes part at the start, with the number: "120 providers".
    fn participants(&self) -> String;

    /// The labels that it records with, by their kinds.
    fn labels(&self) -> Vec<(&'static str, Vec<String>)>;

    /// The first day that calibration has not seen; `None` where nothing was calibrated.
    fn verdict_from(&self) -> Option<Date> {
        None
    }

    /// What a simulated day costs; `None` where nobody measured it.
    fn cost(&self) -> Option<RunCost> {
        None
    }

    /// The symbol of the token that it issues, where the scenario chooses it; metrics in
    /// [`OWN_TOKEN`](super::metric::OWN_TOKEN) are in this token.
    fn own_token(&self) -> Option<&str> {
        None
    }

    /// In a run of so many days, the latest time since the start at which a change of a lever still
    /// acts: a network that goes by steps takes it over for the next one.
    fn last_change(&self, horizon_days: u32) -> SimDuration {
        SimDuration::from_days(horizon_days.into()) - SimDuration::from_nanos(1)
    }

    /// Whether it goes on without data from a day of its history on, which is what a backtest
    /// needs.
    fn is_cut(&self) -> bool {
        false
    }
}

//! How a limit of a backtest came out.

use serde::{Deserialize, Serialize};

/// Which forecasts count.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// Every origin.
    All,
    /// Those of dates that no choice of method or parameter has seen.
    Verdict,
}

/// Whether forecasts are what was asked.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitStanding {
    /// They are.
    Met,
    /// They are not.
    NotMet,
    /// There are too few origins to say.
    Undecided,
}

impl LimitStanding {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            LimitStanding::Met => "met",
            LimitStanding::NotMet => "not met",
            LimitStanding::Undecided => "undecided",
        }
    }
}

/// One thing that was asked of the forecasts of a point, and what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimitRow {
    /// The place of its entry among those of the file, from 0.
    pub entry: usize,
    /// The point as the scenario names it.
    pub point: String,
    /// What is forecast.
    pub metric: String,
    /// Days from the origin to the date.
    pub horizon_days: u32,
    /// Which origins count.
    pub window: Window,
    /// How many they are.
    pub origins: u64,
    /// What was asked, in words.
    pub asked: String,
    /// What was found, in words.
    pub found: String,
    /// How it came out.
    pub standing: LimitStanding,
    /// The statistic of Diebold and Mariano, where forecasts were compared: below zero where the
    /// judged one is better.
    pub statistic: Option<f64>,
    /// How often chance alone would give one as large.
    pub p_value: Option<f64>,
}

impl LimitRow {
    /// What was asked and of what, without the point: "raw_power 30 d: error at most 6 %".
    pub fn name(&self) -> String {
        let window = match self.window {
            Window::All => "",
            Window::Verdict => ", verdict",
        };
        format!("{} {} d{window}: {}", self.metric, self.horizon_days, self.asked)
    }
}

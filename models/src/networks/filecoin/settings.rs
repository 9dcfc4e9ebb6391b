//! What a scenario says about a Filecoin network, validated.

use std::sync::Arc;

use jiff::civil::Date;
use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

use super::parameters::Parameters;
use super::rules::{Solstice, epoch_of};
use super::sectors::Kind;
use crate::infrastructure;

/// A Filecoin network ready to be built.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which rules the chain follows.
    pub rules: RuleChoice,
    /// How finely time is cut.
    pub detail: Detail,
    /// How proofs are checked.
    pub proofs: ProofFidelity,
    /// Storage providers at the start.
    pub providers: u32,
    /// What makes power come and go.
    pub behaviour: Behaviour,
    /// The chain's state on the first day.
    pub initial: InitialState,
    /// Date on which FIP-0118 "Solstice" takes effect; `None` for never.
    pub solstice: Option<Date>,
    /// It splits the block reward into streams, as proposed.
    pub solstice_splits: bool,
    /// Every number that is no rule of the protocol.
    pub parameters: Parameters,
    /// The machines under the providers.
    pub infrastructure: infrastructure::sites::Parameters,
    /// Where the history is cut, and how its flows go on from there; `None` to follow it to the
    /// end.
    pub forecast: Option<Forecast>,
    /// When the sectors of the first day come to their end; `None` for evenly.
    pub stock: Option<Arc<StockCalendar>>,
    /// What was observed on the days after the cut: recorded beside the simulated series for those
    /// who judge it, and read by nothing that simulates.
    pub judged: Vec<HistoryDay>,
    /// Observed locked FIL by date, recorded beside the simulated series.
    pub observed_locked_fil: Vec<(Date, f64)>,
}

impl Settings {
    /// FIP-0118 as a rule, if it ever takes effect.
    pub fn solstice_rule(&self) -> Option<Solstice> {
        let rule = |date| Solstice { epoch: epoch_of(date), splits: self.solstice_splits };
        self.solstice.map(rule)
    }

    /// Whether providers decide for themselves, from the first day on or from the cut of the
    /// history on.
    pub fn reckons(&self) -> bool {
        matches!(self.behaviour, Behaviour::Rational(_))
            || matches!(&self.forecast, Some(Forecast { by: ForecastBy::Providers(_), .. }))
    }
}

/// Which rules the chain follows.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleChoice {
    /// Each network upgrade at its real epoch.
    Mainnet,
    /// The rules in force on one date, for the whole run.
    MainnetAt(Date),
    /// The textbook's reading where it differs from mainnet (rows FIL-17 and FIL-20).
    Textbook,
}

/// How finely time is cut.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Detail {
    /// Every 30 s epoch and each provider's 48 deadlines a day.
    Deadline,
    /// One step a day over the same rules and ledger, for ensembles.
    Day,
}

/// How proofs of storage are checked.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProofFidelity {
    /// An outcome with the measured cost of the real proof.
    Modelled,
    /// A sample of the deadlines runs the real prover and verifier.
    Sampled,
    /// Every deadline does; for small networks.
    Real,
}

/// What makes power come and go.
#[derive(Clone, Debug)]
pub enum Behaviour {
    /// Daily columns of a data file.
    Driven(Vec<HistoryDay>),
    /// Providers decide on expected return at this FIL price.
    Rational(PricePath),
}

/// A forecast from within a history.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Last day that is known.
    pub from: Date,
    /// Who decides what happens after it.
    pub by: ForecastBy,
}

/// Who decides what is onboarded and renewed after the cut of a history.
#[derive(Clone, Debug, PartialEq)]
pub enum ForecastBy {
    /// The flows go on from what the days before show ([`super::forecast`]).
    Trend(Trend),
    /// Providers decide on expected return at this FIL price.
    Providers(PricePath),
}

/// How flows go on from what the days before the cut show.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// Days before the cut from which trends, rates and residuals are taken.
    pub window_days: u32,
    /// Last days of the window, whose mean is the level of new sectors.
    pub level_days: u32,
    /// Time in which a trend fades.
    pub damping_days: f64,
    /// Length of the blocks of days that residuals are drawn in.
    pub block_days: u32,
    /// Factor on the size of the random walks.
    pub spread: f64,
    /// What decides how many sectors come due after the cut.
    pub ends: Ends,
}

/// What decides how many sectors come due after the cut.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ends {
    /// The rate of the window.
    Rate,
    /// The same, but of verified sectors at least those whose own date has come.
    Schedule,
}

/// One day of the network's history. Powers in PiB or EiB (binary), FIL in whole tokens.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryDay {
    /// The day.
    pub date: Date,
    /// At the end of the day.
    pub raw_power_eib: f64,
    /// Quality-adjusted power at the end of the day.
    pub qa_power_eib: f64,
    /// Raw power of new sectors.
    pub onboarded_raw_pib: f64,
    /// Quality-adjusted power of new sectors.
    pub onboarded_qa_pib: f64,
    /// Raw power of extended sectors.
    pub renewed_raw_pib: f64,
    /// Quality-adjusted power of extended sectors.
    pub renewed_qa_pib: f64,
    /// FIL burned since genesis.
    pub burned_fil_cumulative: f64,
    /// Share of the raw power due that day which was renewed.
    pub renewal_rate: f64,
}

/// FIL price in USD: as observed, from the last observed day on geometric Brownian motion, or flat
/// with zero volatility.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PricePath {
    /// On the first day, USD.
    pub start_usd: f64,
    /// Observed closes of the first day and those after it, USD; none where the path is drawn.
    pub closes_usd: Vec<f64>,
    /// Relative drift a year.
    pub drift_per_year: f64,
    /// Standard deviation of the log price over one year.
    pub volatility_per_sqrt_year: f64,
}

/// The chain's state on the first day. Power in EiB.
#[derive(Clone, Debug, PartialEq)]
pub struct InitialState {
    /// The day.
    pub date: Date,
    /// Raw power.
    pub raw_power_eib: f64,
    /// Quality-adjusted power.
    pub qa_power_eib: f64,
    /// Genesis allocations that have vested.
    pub vested: Amount,
    /// The circulating supply, as the protocol counts it.
    pub circulating: Amount,
    /// FIL locked as pledge or as vesting rewards.
    pub locked: Amount,
    /// FIL burned since genesis.
    pub burned: Amount,
    /// Share of the locked FIL that is block rewards still vesting; the rest is pledge.
    pub locked_vesting_share: f64,
    /// The base fee for a unit of gas.
    pub base_fee: Amount,
    /// Reward actor: byte-epochs and epochs, exact.
    pub cumsum_baseline: u128,
    /// Realised power, summed over the epochs up to the baseline: byte-epochs.
    pub cumsum_realized: u128,
    /// Epoch at which the baseline alone would have summed to the realised power.
    pub effective_network_time: u64,
    /// The baseline at that epoch, bytes.
    pub effective_baseline_power: u128,
    /// The baseline now, bytes.
    pub this_epoch_baseline_power: u128,
}

/// When the sectors of the first day come to their end: of each kind, what ends on each day.
#[derive(Clone, Debug, PartialEq)]
pub struct StockCalendar {
    /// Days from the first day of the run, rising, and the weights of what ends then: without and
    /// with verified data.
    pub days: Vec<(i32, [f64; 2])>,
}

impl StockCalendar {
    /// Share of a kind that has ended by a day; all of it by the `last`.
    pub fn until(&self, kind: Kind, day: i32, last: bool) -> f64 {
        if last {
            return 1.0;
        }
        let place = usize::from(kind == Kind::Verified);
        let sum = |days: &[(i32, [f64; 2])]| days.iter().map(|(_, of)| of[place]).sum::<f64>();
        sum(&self.days[..self.days.partition_point(|(of, _)| *of <= day)]) / sum(&self.days)
    }
}

//! FIP-0118 "Solstice": how each block reward is divided between the winning provider, the service
//! stream and the burn.
//!
//! The consensus weight w1 falls from 95 % to 50 % over nine quarters; the service weight w2 rises
//! with it to 10 % in the first quarter, then by 5 percentage points for every quarter whose
//! Filecoin Pay volume meets a target that grows 2.7-fold a step; what is left is burned.
//! Weights are evaluated by `fil_actor_reward_state::v19::compute_weight`.
//!
//! Units: epochs since genesis, attoFIL, USD a quarter, weights in 10^-18. Source: FIP-0118
//! (text of 2026-08-05, accepted on 2026-09-01), sections 2.4.1, 2.4.3, 2.4.10 and 3.1.1; a
//! quarter of 262,974 epochs is
//! lotus' `SolsticeEpochsPerQuarter`. Left out: governance writes other than the gate, and how the
//! service stream is shared among orchestrators.
//!
//! Invariant: the three parts of a reward add up to it, to the attoFIL.

use fil_actor_reward_state::v19::{DENOM, WeightRecord, compute_weight};
use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

use super::rules::{EPOCHS_PER_DAY, EPOCHS_PER_YEAR};
use crate::laws::fixed::mul_div;

/// Epochs of a quarter of a year.
pub const EPOCHS_PER_QUARTER: i64 = EPOCHS_PER_YEAR / 4;
/// Days after a quarter's end until its volume binds: 3 of posting and 7 of verification.
const VOLUME_BINDS_DAYS: i64 = 10;
/// Days a weight change waits in the reward actor.
const TIMELOCK_DAYS: i64 = 7;

const PERCENT: u64 = DENOM / 100;
const CONSENSUS_START: u64 = 95 * PERCENT;
const CONSENSUS_FLOOR: u64 = 50 * PERCENT;
const SERVICE_START: u64 = 5 * PERCENT;
const SERVICE_BASE: u64 = 10 * PERCENT;
const SERVICE_STEP: u64 = 5 * PERCENT;
/// 45 percentage points over nine quarters, an epoch.
const SLOPE: i64 = (CONSENSUS_START - CONSENSUS_FLOOR) as i64 / (9 * EPOCHS_PER_QUARTER);
/// First target of the gate, in USD a quarter; each step asks for 2.7 times the one before.
const TARGET_ENTRY_USD: f64 = 3_500.0;
const TARGET_RATIO: f64 = 2.7;
/// Steps from 10 % to 50 %.
const STEPS_MAX: u32 = 8;

/// A block reward divided.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// For the winning provider.
    pub miner: Amount,
    /// For the orchestrators of services.
    pub service: Amount,
    /// The part that is burned.
    pub burn: Amount,
}

/// The weights of the streams and the gate that moves them. Epochs inside count from the
/// activation, so that the state does not depend on when a scenario switches the rule on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Streams {
    consensus: WeightRecord,
    service: WeightRecord,
    /// A service weight that passed the gate; its `t_start` is when the timelock ends.
    pending: Option<WeightRecord>,
    steps: u32,
    service_level: u64,
    quarters_judged: u32,
}

impl Default for Streams {
    /// The records the migration installs.
    fn default() -> Streams {
        let record =
            |v_start, slope, floor, cap| WeightRecord { v_start, slope, t_start: 0, floor, cap };
        Streams {
            consensus: record(CONSENSUS_START, -SLOPE, CONSENSUS_FLOOR, CONSENSUS_START),
            service: record(SERVICE_START, SLOPE, SERVICE_START, SERVICE_BASE),
            pending: None,
            steps: 0,
            service_level: SERVICE_BASE,
            quarters_judged: 0,
        }
    }
}

/// Epochs from the activation to when the volume of a quarter, counted from 1, can be judged.
pub fn judged_after(quarter: u32) -> i64 {
    i64::from(quarter) * EPOCHS_PER_QUARTER + VOLUME_BINDS_DAYS * EPOCHS_PER_DAY
}

impl Streams {
    /// Volume the next step asks for, in USD a quarter.
    pub fn target_usd(&self) -> f64 {
        let steps = self.steps.min(STEPS_MAX - 1);
        (0..steps).fold(TARGET_ENTRY_USD, |target, _| target * TARGET_RATIO)
    }

    /// Judges every quarter that binds by `epoch`, for an activation at `start`. `volume_usd` gives
    /// the Filecoin Pay volume of a quarter counted from 1; the bootstrap quarter is not judged.
    /// Call it once a day.
    pub fn judge(&mut self, epoch: i64, start: i64, volume_usd: impl Fn(u32) -> f64) {
        let elapsed = epoch - start;
        while elapsed >= judged_after(self.quarters_judged + 1) {
            self.quarters_judged += 1;
            let quarter = self.quarters_judged;
            let passed = quarter >= 2 && volume_usd(quarter) >= self.target_usd();
            if passed && self.steps < STEPS_MAX {
                self.step_service(judged_after(quarter));
            }
        }
        self.apply_pending(elapsed);
    }

    /// Queues the next level of the service weight behind the timelock.
    fn step_service(&mut self, elapsed: i64) {
        self.apply_pending(elapsed);
        let ceiling = DENOM - compute_weight(&self.consensus, elapsed);
        let level = (self.service_level + SERVICE_STEP).min(ceiling);
        self.pending = Some(WeightRecord {
            v_start: level,
            slope: 0,
            t_start: elapsed + TIMELOCK_DAYS * EPOCHS_PER_DAY,
            floor: level,
            cap: level,
        });
        self.service_level = level;
        self.steps += 1;
    }

    fn apply_pending(&mut self, elapsed: i64) {
        if let Some(record) = self.pending.take_if(|record| elapsed >= record.t_start) {
            self.service = record;
        }
    }

    /// Weights of consensus and service at an epoch, in 10^-18, for an activation at `start`.
    pub fn weights(&self, epoch: i64, start: i64) -> (u64, u64) {
        let elapsed = epoch - start;
        let service = match &self.pending {
            Some(record) if elapsed >= record.t_start => record,
            _ => &self.service,
        };
        (compute_weight(&self.consensus, elapsed), compute_weight(service, elapsed))
    }

    /// Divides a block reward as the reward actor does: each stream rounded down, the exact rest
    /// burned. Before the activation at `start` all of it is the provider's.
    pub fn split(&self, reward: Amount, epoch: i64, start: i64) -> Split {
        if epoch < start {
            return Split { miner: reward, service: Amount::ZERO, burn: Amount::ZERO };
        }
        let (consensus, service) = self.weights(epoch, start);
        let part = |weight: u64| Amount(mul_div(reward.0, weight.into(), DENOM.into()));
        let (miner, service) = (part(consensus), part(service));
        Split { miner, service, burn: reward - miner - service }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 7_000_000;
    const REWARD: Amount = Amount(12_345_678_901_234_567_891);

    fn quarter_end(quarter: i64) -> i64 {
        START + quarter * EPOCHS_PER_QUARTER
    }

    #[test]
    fn the_quarter_is_lotus_s() {
        assert_eq!(EPOCHS_PER_QUARTER, 262_974);
    }

    #[test]
    fn the_bootstrap_quarter_schedules_no_burn() {
        let streams = Streams::default();
        for epoch in (START..quarter_end(1)).step_by(10_007) {
            let (consensus, service) = streams.weights(epoch, START);
            assert_eq!(consensus + service, DENOM);
            assert!(streams.split(REWARD, epoch, START).burn.0 <= 1);
        }
        let (_, service) = streams.weights(quarter_end(1) + 10, START);
        assert_eq!(service, SERVICE_BASE);
    }

    #[test]
    fn without_volume_the_difference_is_burned() {
        let mut streams = Streams::default();
        let end = quarter_end(12);
        streams.judge(end, START, |_| 0.0);
        assert_eq!(streams.weights(end, START), (CONSENSUS_FLOOR, SERVICE_BASE));
        let split = streams.split(REWARD, end, START);
        assert_eq!(split.burn, REWARD - split.miner - split.service);
        assert_eq!(split.burn, REWARD.mul_div_floor(40, 100) + Amount(1));
    }

    #[test]
    fn volume_raises_the_service_weight_to_half_and_no_further() {
        let mut streams = Streams::default();
        for quarter in 1..=14 {
            streams.judge(quarter_end(quarter), START, |_| 1e9);
            let (consensus, service) = streams.weights(quarter_end(quarter), START);
            assert!(consensus + service <= DENOM, "quarter {quarter}");
        }
        assert_eq!(streams.weights(quarter_end(14), START), (DENOM / 2, DENOM / 2));
    }

    #[test]
    fn a_step_waits_for_binding_and_the_timelock() {
        let mut streams = Streams::default();
        let judged = START + judged_after(2);
        streams.judge(judged - 1, START, |_| 3_500.0);
        assert_eq!(streams.target_usd(), 3_500.0);
        streams.judge(judged, START, |_| 3_500.0);
        assert_eq!(streams.target_usd(), 9_450.0);
        let effective = judged + 7 * EPOCHS_PER_DAY;
        assert_eq!(streams.weights(effective - 1, START).1, 10 * PERCENT);
        assert_eq!(streams.weights(effective, START).1, 15 * PERCENT);
    }

    #[test]
    fn parts_add_up_and_nothing_changes_before_the_switch() {
        let streams = Streams::default();
        let before = streams.split(REWARD, START - 1, START);
        assert_eq!((before.miner, before.burn), (REWARD, Amount::ZERO));
        for epoch in (START..quarter_end(10)).step_by(99_991) {
            let split = streams.split(REWARD, epoch, START);
            assert_eq!(split.miner + split.service + split.burn, REWARD);
        }
    }
}

//! The block reward of each epoch: the reward actor's arithmetic in fixed width.
//!
//! 30 % of the mining allocation decays with time (half-life six years); 70 % is released as
//! cumulated raw power, capped by a baseline that doubles each year, reaches the cumulated
//! baseline. `theta`, the effective network time, says how far along the baseline the network is.
//!
//! Units: attoFIL, raw bytes, byte-epochs, epochs of 30 s. Source: builtin-actors `actors/reward`
//! (`logic.rs`, `state.rs`, `expneg.rs`, v18 and v19 are equal here); `fil_actor_reward_state`
//! keeps the stepping private, so it is restated here and held to the actors' golden files, to a
//! mainnet state and to a big-integer stepping, to the last attoFIL.
//!
//! Left out: balances and payouts of the actor; see `streams.rs` for the split of FIP-0118.

use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

use super::rules::Minting;
use super::smoothing::Estimate;
use super::supply::MINING_ALLOCATION;
use crate::laws::fixed::{Q128, mul_high, mul_high_ceil, mul_wide, ratio};

/// FIL released with time alone.
pub const SIMPLE_TOTAL: Amount = Amount(330_000_000_000_000_000_000_000_000);
/// FIL released along the baseline as first announced; the golden files use it.
pub const BASELINE_TOTAL_NOMINAL: Amount = Amount(770_000_000_000_000_000_000_000_000);
/// FIL released along the baseline since the actors-v2 migration.
pub const BASELINE_TOTAL: Amount = Amount(768_335_872_210_768_889_362_796_814);

/// Baseline growth an epoch less one, Q.128: 2^(1 / epochs of 365 days) - 1.
const BASELINE_GROWTH: u128 = 224_377_702_615_002_589_582_494_545_262_197;
/// Baseline at genesis, in bytes.
const BASELINE_INITIAL_BYTES: u128 = 2_888_888_880_000_000_000;
/// One step before it: `BASELINE_INITIAL_BYTES` over the growth of an epoch.
const BASELINE_BEFORE_GENESIS_BYTES: u128 = 2_888_886_975_106_048_385;
/// ln 2 over six years of epochs, Q.128.
const LAMBDA: u128 = 37_396_271_439_864_487_274_534_522_888_786;
/// e^lambda - 1, Q.128.
const EXPM1_LAMBDA: u128 = 37_396_273_494_747_879_394_193_016_954_629;
/// Smoothed reward before the first epoch, attoFIL and attoFIL an epoch.
const GENESIS_ESTIMATE: Estimate = Estimate::new(36_266_260_308_195_979_333, -109_897_758_509);

/// Last epoch with a defined reward: the exponential's approximation ends 43 years from genesis.
pub const EPOCH_MAX: i64 = 45_000_000;
/// A million EiB, far above the baseline of any epoch a run can reach with real power.
const BYTES_MAX: u128 = 1 << 80;
/// Times the effective baseline that one epoch of a chain's power can cover.
const BASELINES_PER_EPOCH_MAX: u128 = 1_000;

/// The parts of a reward actor's state that decide its future.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct RewardParts {
    /// The epoch the state was last computed for.
    pub epoch: i64,
    /// The baseline, summed over the epochs: byte-epochs.
    pub cumsum_baseline_byte_epochs: u128,
    /// Realised power up to the baseline, summed over the epochs: byte-epochs.
    pub cumsum_realized_byte_epochs: u128,
    /// Epoch at which the baseline alone would have summed to the realised power.
    pub effective_network_time: u64,
    /// The baseline at that epoch, bytes.
    pub effective_baseline_bytes: u128,
    /// The baseline now, bytes.
    pub this_epoch_baseline_bytes: u128,
    /// Raw power that entered at `epoch`.
    pub raw_power_bytes: u128,
    /// Smoothed reward; `None` starts at the epoch's reward with no trend.
    pub smoothed: Option<Estimate>,
}

impl RewardParts {
    /// Bounds that keep the arithmetic exact and the search for the previous state short.
    fn check(&self) -> Result<(), String> {
        let baselines = [self.this_epoch_baseline_bytes, self.effective_baseline_bytes];
        if baselines.iter().any(|bytes| !(1..=BYTES_MAX).contains(bytes)) {
            return Err(format!("a baseline power is outside 1..={BYTES_MAX} bytes"));
        }
        if !(1..=EPOCH_MAX).contains(&self.epoch) || self.effective_network_time > EPOCH_MAX as u64
        {
            return Err(format!("an epoch is outside 1..={EPOCH_MAX}"));
        }
        if self.raw_power_bytes / self.effective_baseline_bytes > BASELINES_PER_EPOCH_MAX {
            return Err("the power is out of proportion to effective_baseline_power".into());
        }
        if self.cumsum_baseline_byte_epochs > BYTES_MAX * EPOCH_MAX as u128 {
            return Err("cumsum_baseline is out of range".into());
        }
        self.cumsum_baseline_byte_epochs
            .checked_sub(self.cumsum_realized_byte_epochs)
            .filter(|ahead| *ahead < self.effective_baseline_bytes)
            .map(|_| ())
            .ok_or("cumsum_realized is not within one baseline power of cumsum_baseline".into())
    }
}

/// The reward actor's state.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardState {
    epoch: i64,
    cumsum_baseline_byte_epochs: u128,
    cumsum_realized_byte_epochs: u128,
    effective_network_time: u64,
    effective_baseline_bytes: u128,
    this_epoch_baseline_bytes: u128,
    this_epoch_reward: Amount,
    smoothed: Estimate,
    baseline_total: Amount,
    /// Baseline supply at theta: the next epoch's reward is the difference to it.
    baseline_supply: Q128,
    /// Null rounds since the last observation of the filter.
    null_rounds: u64,
    /// Textbook minting: the power at which half the simple reward is minted; 0 on mainnet.
    textbook_reference_bytes: u128,
}

impl RewardState {
    /// The state after epoch 0 at this raw power, as the actor's constructor leaves it, with the
    /// nominal baseline total of a new chain.
    pub fn genesis(raw_power_bytes: u128, minting: Minting) -> RewardState {
        let mut state = RewardState {
            epoch: -1,
            cumsum_baseline_byte_epochs: 0,
            cumsum_realized_byte_epochs: 0,
            effective_network_time: 0,
            effective_baseline_bytes: BASELINE_INITIAL_BYTES,
            this_epoch_baseline_bytes: BASELINE_BEFORE_GENESIS_BYTES,
            this_epoch_reward: Amount::ZERO,
            smoothed: GENESIS_ESTIMATE,
            baseline_total: BASELINE_TOTAL_NOMINAL,
            baseline_supply: Q128::ZERO,
            null_rounds: 0,
            textbook_reference_bytes: textbook_reference(minting, raw_power_bytes),
        };
        state.mint(raw_power_bytes);
        state
    }

    /// The state of a running chain. Steps one epoch back and forth again, so that the epoch's
    /// reward is exact too.
    ///
    /// # Errors
    ///
    /// What is wrong with the parts, if no chain can reach them.
    pub fn from_parts(parts: RewardParts, minting: Minting) -> Result<RewardState, String> {
        parts.check()?;
        let realized_bytes = parts.raw_power_bytes.min(parts.this_epoch_baseline_bytes);
        let before = parts
            .cumsum_realized_byte_epochs
            .checked_sub(realized_bytes)
            .ok_or("cumsum_realized is below the power of one epoch")?;
        let mut state = RewardState {
            epoch: parts.epoch.checked_sub(1).ok_or("the epoch is out of range")?,
            cumsum_baseline_byte_epochs: parts.cumsum_baseline_byte_epochs,
            cumsum_realized_byte_epochs: before,
            effective_network_time: parts.effective_network_time,
            effective_baseline_bytes: parts.effective_baseline_bytes,
            this_epoch_baseline_bytes: baseline_before(parts.this_epoch_baseline_bytes)?,
            this_epoch_reward: Amount::ZERO,
            smoothed: Estimate::default(),
            baseline_total: BASELINE_TOTAL,
            baseline_supply: Q128::ZERO,
            null_rounds: 0,
            textbook_reference_bytes: textbook_reference(minting, parts.raw_power_bytes),
        };
        state.rewind_network_time()?;
        state.baseline_supply = state.baseline_supply_at_theta();
        state.mint(parts.raw_power_bytes);
        let reached = (state.cumsum_baseline_byte_epochs, state.effective_network_time);
        if reached != (parts.cumsum_baseline_byte_epochs, parts.effective_network_time) {
            return Err("cumsum_baseline does not follow cumsum_realized".into());
        }
        state.smoothed =
            parts.smoothed.unwrap_or(Estimate::new(state.this_epoch_reward.0 as i128, 0));
        Ok(state)
    }

    /// Goes back to the least network time whose cumulated baseline covers what is realized.
    fn rewind_network_time(&mut self) -> Result<(), String> {
        loop {
            let covered = self
                .cumsum_baseline_byte_epochs
                .checked_sub(self.effective_baseline_bytes)
                .filter(|covered| *covered >= self.cumsum_realized_byte_epochs);
            let Some(covered) = covered else { break };
            self.cumsum_baseline_byte_epochs = covered;
            self.effective_baseline_bytes = baseline_before(self.effective_baseline_bytes)?;
            self.effective_network_time = self
                .effective_network_time
                .checked_sub(1)
                .ok_or("effective_network_time is too small for cumsum_baseline")?;
        }
        if self.cumsum_realized_byte_epochs > self.cumsum_baseline_byte_epochs {
            return Err("cumsum_realized exceeds cumsum_baseline".into());
        }
        Ok(())
    }

    /// Moves one epoch on and returns its reward: what all winners share if five win.
    pub fn step(&mut self, raw_power_bytes: u128) -> Amount {
        let reward = self.mint(raw_power_bytes);
        self.smoothed = self.smoothed.observe(reward.0, self.null_rounds + 1);
        self.null_rounds = 0;
        reward
    }

    /// Moves over a null round: power is counted, nothing is minted, and what the baseline would
    /// have released then is not made up for later.
    pub fn skip(&mut self, raw_power_bytes: u128) {
        self.advance(raw_power_bytes);
        self.baseline_supply = self.baseline_supply_at_theta();
        self.null_rounds += 1;
    }

    /// Moves `epochs` on at constant power and returns the sum of their rewards.
    ///
    /// Equal to as many calls of [`step`](Self::step) except where floors and smoothing are
    /// concerned: the sum is at most one attoFIL an epoch too high (both supplies telescope; until
    /// 2035, where the exponential is precise to 3.4e-30), and the filter sees rewards
    /// interpolated between the exact first and last ones, which moves the smoothed reward by
    /// less than 1e-5 of it even after a jump of power. All else in the state is identical.
    ///
    /// # Panics
    ///
    /// If the supply that is paid out shrinks over the epochs: a fault of the model.
    pub fn step_day(&mut self, raw_power_bytes: u128, epochs: u64) -> Amount {
        if self.textbook_reference_bytes > 0 || epochs < 4 {
            return (0..epochs).map(|_| self.step(raw_power_bytes)).sum();
        }
        let before_first = self.baseline_supply;
        let first = self.step(raw_power_bytes);
        let simple_before = exp_neg_at(self.epoch - 1);
        for _ in 0..epochs - 2 {
            self.advance(raw_power_bytes);
        }
        self.baseline_supply = self.baseline_supply_at_theta();
        let last = self.mint(raw_power_bytes);
        let steps = epochs - 1;
        let rise = Q128::from_whole(last.0 as i128 - first.0 as i128).div_whole(steps);
        self.smoothed = self.smoothed.observe_line(last.0 as i128, rise, steps);
        let simple = scale(simple_before - exp_neg_at(self.epoch), SIMPLE_TOTAL);
        let total = simple + (self.baseline_supply - before_first);
        Amount(u128::try_from(total.whole).expect("supply does not shrink"))
    }

    /// Computes the epoch's reward without touching the filter.
    fn mint(&mut self, raw_power_bytes: u128) -> Amount {
        self.advance(raw_power_bytes);
        self.this_epoch_reward = if self.textbook_reference_bytes > 0 {
            textbook_reward(self.epoch, self.textbook_reference_bytes, raw_power_bytes)
        } else {
            let supply = self.baseline_supply_at_theta();
            let minted = supply - self.baseline_supply;
            self.baseline_supply = supply;
            reward(self.epoch, minted)
        };
        self.this_epoch_reward
    }

    /// Counts the epoch's power and moves network time on (`update_to_next_epoch`).
    #[inline]
    fn advance(&mut self, raw_power_bytes: u128) {
        self.epoch += 1;
        self.this_epoch_baseline_bytes = baseline_after(self.this_epoch_baseline_bytes);
        self.cumsum_realized_byte_epochs += raw_power_bytes.min(self.this_epoch_baseline_bytes);
        while self.cumsum_realized_byte_epochs > self.cumsum_baseline_byte_epochs {
            self.effective_network_time += 1;
            self.effective_baseline_bytes = baseline_after(self.effective_baseline_bytes);
            self.cumsum_baseline_byte_epochs += self.effective_baseline_bytes;
        }
    }

    fn baseline_supply_at_theta(&self) -> Q128 {
        baseline_supply(self.theta(), self.baseline_total)
    }

    /// The effective network time in epochs, with its fraction (`compute_r_theta`).
    pub fn theta(&self) -> Q128 {
        if self.effective_network_time == 0 {
            return Q128::ZERO;
        }
        let ahead = self.cumsum_baseline_byte_epochs - self.cumsum_realized_byte_epochs;
        let ahead = ratio(ahead, self.effective_baseline_bytes);
        Q128::from_whole(i128::from(self.effective_network_time)) - Q128::from_fraction(ahead)
    }

    /// The epoch whose reward is known.
    pub fn epoch(&self) -> i64 {
        self.epoch
    }
    /// The block reward of this epoch, for all its winners together.
    pub fn this_epoch_reward(&self) -> Amount {
        self.this_epoch_reward
    }
    /// The baseline of this epoch, bytes.
    pub fn this_epoch_baseline_bytes(&self) -> u128 {
        self.this_epoch_baseline_bytes
    }
    /// Epoch at which the baseline alone would have summed to the realised power.
    pub fn effective_network_time(&self) -> u64 {
        self.effective_network_time
    }
    /// Realised power up to the baseline, summed over the epochs: byte-epochs.
    pub fn cumsum_realized_byte_epochs(&self) -> u128 {
        self.cumsum_realized_byte_epochs
    }
    /// The baseline, summed over the epochs: byte-epochs.
    pub fn cumsum_baseline_byte_epochs(&self) -> u128 {
        self.cumsum_baseline_byte_epochs
    }
    /// The smoothed reward, the input of pledge and fees.
    pub fn smoothed(&self) -> Estimate {
        self.smoothed
    }
}

/// The reward of `epoch` when theta moves from `previous` to `current` (`compute_reward`).
pub fn compute_reward(epoch: i64, previous: Q128, current: Q128, baseline_total: Amount) -> Amount {
    let minted =
        baseline_supply(current, baseline_total) - baseline_supply(previous, baseline_total);
    reward(epoch, minted)
}

/// The fixed-point constants of the reward, Q.128, for a vector file to compare with.
#[derive(Copy, Clone, Debug)]
pub struct Q128Constants {
    /// Growth of the baseline in an epoch.
    pub baseline_exponent: Q128,
    /// Decay of simple minting in an epoch.
    pub lambda: Q128,
    /// `exp(lambda) - 1`.
    pub expm1_lambda: Q128,
}

/// The constants that this program uses.
pub const fn q128_constants() -> Q128Constants {
    Q128Constants {
        baseline_exponent: Q128 { whole: 1, fraction: BASELINE_GROWTH },
        lambda: Q128::from_fraction(LAMBDA),
        expm1_lambda: Q128::from_fraction(EXPM1_LAMBDA),
    }
}

fn reward(epoch: i64, baseline_minted: Q128) -> Amount {
    let total = simple_reward(epoch, SIMPLE_TOTAL) + baseline_minted;
    Amount(u128::try_from(total.whole).expect("a reward is not negative"))
}

/// Part of `total` released with time alone at `epoch`.
fn simple_reward(epoch: i64, total: Amount) -> Q128 {
    // total (e^lambda - 1) < 2^128 in whole attoFIL: exact before the decay rounds it down.
    let (whole, fraction) = mul_wide(total.0, EXPM1_LAMBDA);
    let at_start = Q128 { whole: whole as i128, fraction };
    at_start.mul_floor(exp_neg_at(epoch))
}

/// Textbook minting (FIL-20): the whole allocation decays with time, and each epoch mints the
/// share `reference / (reference + power)` of its part, so that more power means less inflation.
fn textbook_reward(epoch: i64, reference_bytes: u128, raw_power_bytes: u128) -> Amount {
    let share = ratio(reference_bytes, reference_bytes + raw_power_bytes.max(1));
    let reward = simple_reward(epoch, MINING_ALLOCATION).mul_fraction(share);
    Amount(u128::try_from(reward.whole).expect("a reward is not negative"))
}

fn textbook_reference(minting: Minting, raw_power_bytes: u128) -> u128 {
    match minting {
        Minting::Baseline => 0,
        Minting::Textbook => raw_power_bytes.max(1),
    }
}

/// FIL released along the baseline up to theta (`compute_baseline_supply`).
fn baseline_supply(theta: Q128, baseline_total: Amount) -> Q128 {
    scale(Q128::ONE - exp_neg(theta.mul_fraction(LAMBDA)), baseline_total)
}

/// `share * total`, exact, for a share in [0, 1].
fn scale(share: Q128, total: Amount) -> Q128 {
    let (whole, fraction) = mul_wide(share.fraction, total.0);
    Q128 { whole: whole as i128 + share.whole * total.0 as i128, fraction }
}

/// e^(-lambda epoch).
fn exp_neg_at(epoch: i64) -> Q128 {
    let epoch = u64::try_from(epoch).expect("rewards start at epoch 0");
    exp_neg(Q128::from_fraction(LAMBDA).mul_whole(epoch))
}

/// The approximation is meant for x below 5: epoch 45 million, see [`EPOCH_MAX`].
const EXP_NEG_DOMAIN: i128 = 5;

/// e^-x for x in [0, 5), by the actors' rational approximation (`expneg.rs`).
fn exp_neg(x: Q128) -> Q128 {
    assert!(x.whole < EXP_NEG_DOMAIN, "rewards are defined for 43 years from genesis");
    if x == Q128::ZERO {
        return Q128::ONE;
    }
    if x.whole == 0 {
        return exp_neg_below_one(x.fraction);
    }
    horner(&EXP_NUMERATOR, x).div_fraction(horner(&EXP_DENOMINATOR, x))
}

/// The same for x in (0, 1), until 2029, where every step of both schemes stays inside 128 bits:
/// the numerator's signs alternate, so a negative step is held by its magnitude and rounded up.
#[inline]
fn exp_neg_below_one(x: u128) -> Q128 {
    let [n0, n1, n2, n3, n4, n5, n6] = EXP_NUMERATOR_MAGNITUDES;
    let odd = |positive: u128, negative: u128| positive - mul_high_ceil(negative, x);
    let even = |negative: u128, positive: u128| negative - mul_high(positive, x);
    let minus = even(n6, odd(n5, even(n4, odd(n3, even(n2, odd(n1, n0))))));
    let numerator = Q128::ONE - Q128::from_fraction(mul_high_ceil(minus, x));

    let mut value = EXP_DENOMINATOR[0].fraction;
    for coefficient in &EXP_DENOMINATOR[1..13] {
        value = mul_high(value, x) + coefficient.fraction;
    }
    numerator.div_fraction(Q128 { whole: 1, fraction: mul_high(value, x) })
}

#[inline]
fn horner<const N: usize>(coefficients: &[Q128; N], x: Q128) -> Q128 {
    let mut value = coefficients[0];
    for coefficient in &coefficients[1..] {
        value = value.mul_floor(x) + *coefficient;
    }
    value
}

const fn plus(fraction: u128) -> Q128 {
    Q128::from_fraction(fraction)
}
const fn minus(fraction: u128) -> Q128 {
    Q128::from_negative_fraction(fraction)
}

/// Coefficients of `expneg.rs`, highest order first; the last is one.
const EXP_NUMERATOR: [Q128; 8] = [
    minus(648_770_010_757_830_093_818_553_637_600),
    plus(67_469_480_939_593_786_226_847_644_286_976),
    minus(3_197_587_544_499_098_424_029_388_939_001_856),
    plus(89_244_641_121_992_890_118_377_641_805_348_864),
    minus(1_579_656_163_641_440_567_800_982_336_819_953_664),
    plus(17_685_496_037_279_256_458_459_817_590_917_169_152),
    minus(115_682_590_513_835_356_866_803_355_398_940_131_328),
    Q128::ONE,
];
/// The numerator's coefficients without sign and without the last.
const EXP_NUMERATOR_MAGNITUDES: [u128; 7] = {
    let mut magnitudes = [0; 7];
    let mut index = 0;
    while index < 7 {
        let Q128 { whole, fraction } = EXP_NUMERATOR[index];
        magnitudes[index] = if whole < 0 { fraction.wrapping_neg() } else { fraction };
        index += 1;
    }
    magnitudes
};
const EXP_DENOMINATOR: [Q128; 14] = [
    plus(1_225_524_182_432_722_209_606_361),
    plus(114_095_592_300_906_098_243_859_450),
    plus(5_665_570_424_063_336_070_530_214_243),
    plus(194_450_132_448_609_991_765_137_938_448),
    plus(5_068_267_641_632_683_791_026_134_915_072),
    plus(104_716_890_604_972_796_896_895_427_629_056),
    plus(1_748_338_658_439_454_459_487_681_798_864_896),
    plus(23_704_654_329_841_312_470_660_182_937_960_448),
    plus(259_380_097_567_996_910_282_699_886_670_381_056),
    plus(2_250_336_698_853_390_384_720_606_936_038_375_424),
    plus(14_978_272_436_876_548_034_486_263_159_246_028_800),
    plus(72_144_088_983_913_131_323_343_765_784_380_833_792),
    plus(224_599_776_407_103_106_596_571_252_037_123_047_424),
    Q128::ONE,
];

/// The baseline one epoch later (`baseline_power_from_prev`).
#[inline]
fn baseline_after(bytes: u128) -> u128 {
    bytes + mul_high(bytes, BASELINE_GROWTH)
}

/// The baseline one epoch earlier: growth skips some values, so not every one has a predecessor.
fn baseline_before(bytes: u128) -> Result<u128, String> {
    // Solve before + before g = bytes: the error shrinks by g < 1e-6 a round.
    let guess = (0..4).fold(bytes, |before, _| bytes - mul_high(before, BASELINE_GROWTH));
    (guess.saturating_sub(1)..=guess + 1)
        .find(|before| baseline_after(*before) == bytes)
        .ok_or_else(|| format!("baseline power {bytes} is not on the baseline"))
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;

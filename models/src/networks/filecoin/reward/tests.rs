use fil_actor_reward_state::v19 as actor;
use num_bigint::BigInt;
use proptest::prelude::*;

use super::oracle::Oracle;
use super::*;

fn mainnet_parts() -> RewardParts {
    RewardParts {
        epoch: 3_559_748,
        cumsum_baseline_byte_epochs: 31_092_453_073_490_206_369_347_216,
        cumsum_realized_byte_epochs: 31_092_438_721_569_827_253_251_730,
        effective_network_time: 3_171_845,
        effective_baseline_bytes: 23_390_828_651_669_749_663,
        this_epoch_baseline_bytes: 30_208_440_846_480_505_269,
        raw_power_bytes: 9_703_944_758_056_976_384,
        smoothed: None,
    }
}

fn mainnet() -> RewardState {
    RewardState::from_parts(mainnet_parts(), Minting::Baseline).unwrap()
}

#[test]
fn constants_are_the_actors() {
    let constants = q128_constants();
    assert_eq!(BigInt::from(constants.baseline_exponent), *actor::BASELINE_EXPONENT);
    assert_eq!(BigInt::from(BASELINE_INITIAL_BYTES), *actor::BASELINE_INITIAL_VALUE);
    assert_eq!(BigInt::from(BASELINE_BEFORE_GENESIS_BYTES), *actor::INIT_BASELINE_POWER);
    assert_eq!(BigInt::from(SIMPLE_TOTAL.0), *actor::SIMPLE_TOTAL.atto());
    assert_eq!(BigInt::from(BASELINE_TOTAL.0), *actor::BASELINE_TOTAL.atto());
    assert_eq!(BigInt::from(MINING_ALLOCATION.0), *actor::STORAGE_MINING_ALLOCATION.atto());
}

#[test]
fn genesis_is_the_actors_constructor() {
    let power = 5u128 << 60;
    let theirs = fil_actor_reward_state::v18::State::new(BigInt::from(power));
    let ours = RewardState::genesis(power, Minting::Baseline);
    assert_eq!(BigInt::from(ours.this_epoch_reward.0), *theirs.this_epoch_reward.atto());
    assert_eq!(BigInt::from(ours.cumsum_baseline_byte_epochs), theirs.cumsum_baseline);
    assert_eq!(BigInt::from(ours.smoothed.position), theirs.this_epoch_reward_smoothed.position);
}

/// builtin-actors `logic.rs`, test `test_canonical_baseline_reward_samples` (v19).
#[test]
fn canonical_samples_of_the_mainnet_total() {
    let samples = [
        ("0", "340282366920938463463374607398434878123", 84_438_390_138_547_108_892),
        (
            "1701411834604692317316873037158763279502223",
            "1701752116971613255780336411766161714380346",
            84_392_004_932_198_966_090,
        ),
        (
            "52743766872745461836823064151921661664568913",
            "52744107155112382775286527526529060099447036",
            83_012_234_798_258_392_301,
        ),
        (
            "216079302994795924299242875719162936496782321",
            "216079643277162845237706339093770334931660444",
            78_746_755_523_695_153_340,
        ),
        (
            "433860017824196540915802624475484636273066865",
            "433860358106563461854266087850092034707944988",
            73_398_427_218_270_508_467,
        ),
        (
            "869421447482997774148922121988128035825635953",
            "869421787765364695087385585362735434260514076",
            63_766_844_030_503_804_993,
        ),
    ];
    let read = |text: &str| Q128::try_from(&text.parse::<BigInt>().unwrap()).unwrap();
    let simple = compute_reward(0, Q128::ZERO, Q128::ZERO, BASELINE_TOTAL);
    for (previous, current, expected) in samples {
        let total = compute_reward(0, read(previous), read(current), BASELINE_TOTAL);
        assert_eq!(total - simple, Amount(expected));
    }
}

#[test]
fn mainnet_state_gives_its_reward_to_the_last_atto() {
    let state = mainnet();
    assert_eq!(state.this_epoch_reward(), Amount(49_245_153_650_273_969_387));
    assert_eq!(state.epoch(), 3_559_748);
    let parts = mainnet_parts();
    assert_eq!(state.cumsum_realized_byte_epochs(), parts.cumsum_realized_byte_epochs);
    assert_eq!(state.effective_baseline_bytes, parts.effective_baseline_bytes);
    assert_eq!(state.this_epoch_baseline_bytes(), parts.this_epoch_baseline_bytes);
}

#[test]
fn impossible_states_are_refused() {
    let spoil = |change: fn(&mut RewardParts)| {
        let mut parts = mainnet_parts();
        change(&mut parts);
        RewardState::from_parts(parts, Minting::Baseline).is_err()
    };
    assert!(spoil(|parts| parts.effective_baseline_bytes = 0));
    assert!(spoil(|parts| parts.this_epoch_baseline_bytes = u128::MAX));
    assert!(spoil(|parts| parts.cumsum_realized_byte_epochs = 0));
    assert!(spoil(|parts| parts.cumsum_realized_byte_epochs += 1 << 70));
    assert!(spoil(|parts| parts.effective_network_time = 0));
    assert!(spoil(|parts| parts.epoch = i64::MIN));
    assert!(spoil(|parts| parts.raw_power_bytes = u128::MAX));
}

fn same(ours: &RewardState, oracle: &Oracle) -> bool {
    ours.epoch == oracle.epoch
        && BigInt::from(ours.this_epoch_reward.0) == oracle.reward
        && BigInt::from(ours.cumsum_baseline_byte_epochs) == oracle.cumsum_baseline
        && BigInt::from(ours.cumsum_realized_byte_epochs) == oracle.cumsum_realized
        && BigInt::from(ours.effective_network_time) == oracle.effective_network_time.into()
        && BigInt::from(ours.effective_baseline_bytes) == oracle.effective_baseline
        && BigInt::from(ours.this_epoch_baseline_bytes) == oracle.this_epoch_baseline
        && BigInt::from(ours.smoothed.position) == oracle.smoothed.position
        && BigInt::from(ours.smoothed.velocity) == oracle.smoothed.velocity
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    /// 32 chains of 300 epochs whose power jumps between nothing and 128 EiB.
    #[test]
    fn equals_the_big_integer_stepping(powers in prop::collection::vec(0u128..1 << 67, 300)) {
        let mut ours = RewardState::genesis(powers[0], Minting::Baseline);
        let mut oracle = Oracle::genesis(powers[0]);
        for power in powers {
            ours.step(power);
            oracle.step(power);
            prop_assert!(same(&ours, &oracle));
        }
    }

    /// A day at once against its epochs one by one, from mainnet's state and up to 8 years on.
    #[test]
    fn a_day_at_once_is_the_sum_of_its_epochs(
        power_pib in 0u128..60_000,
        warm_up_days in 0u64..2_920,
        epochs in 4u64..2_881,
    ) {
        let power = power_pib << 50;
        let mut at_once = mainnet();
        for _ in 0..warm_up_days {
            at_once.step_day(9_000 << 50, 2_880);
        }
        let mut by_epoch = at_once;
        let exact: Amount = (0..epochs).map(|_| by_epoch.step(power)).sum();
        let fast = at_once.step_day(power, epochs);
        prop_assert!(fast >= exact && fast.0 - exact.0 <= u128::from(epochs));
        let drift = at_once.smoothed.estimate().abs_diff(by_epoch.smoothed.estimate());
        prop_assert!(drift * 100_000 <= by_epoch.smoothed.estimate(), "filter drifts {drift}");
        at_once.smoothed = by_epoch.smoothed;
        prop_assert_eq!(at_once, by_epoch);
    }
}

#[test]
fn a_null_round_mints_nothing_and_is_not_made_up_for() {
    let power = 9_000 << 50;
    let (mut full, mut gap) = (mainnet(), mainnet());
    full.step(power);
    gap.skip(power);
    assert_eq!(gap.cumsum_realized_byte_epochs(), full.cumsum_realized_byte_epochs());
    assert_eq!(gap.step(power), full.step(power));
    assert_ne!(gap.smoothed(), full.smoothed());
}

#[test]
fn more_power_mints_faster_on_mainnet_and_slower_in_the_textbook() {
    let reward = |minting, power_pib: u128| {
        let mut state = RewardState::from_parts(mainnet_parts(), minting).unwrap();
        state.step(power_pib << 50)
    };
    assert!(reward(Minting::Baseline, 12_000) > reward(Minting::Baseline, 9_000));
    assert!(reward(Minting::Textbook, 12_000) < reward(Minting::Textbook, 9_000));
}

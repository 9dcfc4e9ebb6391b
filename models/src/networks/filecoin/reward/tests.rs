use fil_actor_reward_state::v19 as actor;
use num_bigint::BigInt;

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

#[test]
fn constants_are_the_actors() {
    let exponent = (BigInt::from(1) << 128) + BigInt::from(BASELINE_GROWTH);
    assert_eq!(exponent, *actor::BASELINE_EXPONENT);
    assert_eq!(BigInt::from(BASELINE_INITIAL_BYTES), *actor::BASELINE_INITIAL_VALUE);
    assert_eq!(BigInt::from(BASELINE_BEFORE_GENESIS_BYTES), *actor::INIT_BASELINE_POWER);
    assert_eq!(BigInt::from(SIMPLE_TOTAL.0), *actor::SIMPLE_TOTAL.atto());
    assert_eq!(BigInt::from(BASELINE_TOTAL.0), *actor::BASELINE_TOTAL.atto());
}

#[test]
fn mainnet_state_gives_its_reward_to_the_last_atto() {
    let state = RewardState::from_parts(mainnet_parts(), Minting::Baseline).unwrap();
    assert_eq!(state.this_epoch_reward(), Amount(49_245_153_650_273_969_387));
    assert_eq!(state.epoch(), 3_559_748);
}

#[test]
fn genesis_and_90_days_of_growth_give_the_stepping_figures() {
    let zero = RewardState::genesis(0, Minting::Baseline);
    assert_eq!(zero.this_epoch_reward(), Amount(36_266_264_293_777_134_739));

    let three_eib = 3u128 << 60;
    let mut state = RewardState::genesis(three_eib, Minting::Baseline);
    assert_eq!(state.this_epoch_reward(), Amount(120_887_482_548_122_772_499));
    for epoch in 1..=86_400u128 {
        state.step(three_eib + (epoch << 40));
    }
    assert_eq!(state.this_epoch_reward(), Amount(119_745_071_592_789_586_745));
    assert_eq!(state.smoothed().estimate(), 119_745_066_503_462_470_117);
}

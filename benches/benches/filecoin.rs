//! Filecoin's protocol arithmetic: an epoch's reward in fixed width and on big integers, a day of
//! rewards at once, and the prices of one network tick.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use pinwheel_core::Amount;
use pinwheel_models::networks::filecoin::pledge::{NetworkState, Pricing, SectorTerms};
use pinwheel_models::networks::filecoin::reward::RewardState;
use pinwheel_models::networks::filecoin::rules::{Minting, Rules};
use pinwheel_models::networks::filecoin::settings::RuleChoice;
use pinwheel_models::networks::filecoin::smoothing::Estimate;

use oracle::Oracle;

#[path = "../../models/src/networks/filecoin/reward/oracle.rs"]
mod oracle;

/// Mainnet's size in 2023, growing a TiB an epoch.
const POWER_BYTES: u128 = 12 << 60;

fn reward(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reward");
    group.bench_function("step/fixed-width", |bencher| {
        let mut state = RewardState::genesis(POWER_BYTES, Minting::Baseline);
        bencher.iter(|| {
            if state.epoch() >= 5_000_000 {
                state = RewardState::genesis(POWER_BYTES, Minting::Baseline);
            }
            black_box(state.step(black_box(POWER_BYTES)))
        });
    });
    group.bench_function("step/big-integer", |bencher| {
        let mut state = Oracle::genesis(POWER_BYTES);
        bencher.iter(|| state.step(black_box(POWER_BYTES)));
    });
    group.bench_function("day of 2,880 epochs/at once", |bencher| {
        let start = RewardState::genesis(POWER_BYTES, Minting::Baseline);
        bencher.iter(|| {
            let mut state = start;
            black_box(state.step_day(black_box(POWER_BYTES), 2_880))
        });
    });
    group.bench_function("filter/fixed-width", |bencher| {
        let estimate = Estimate::new(100_000_000_000_000_000_000, -10_000_000_000_000);
        bencher.iter(|| black_box(estimate).observe(black_box(100_100_000_000_000_000_000), 1));
    });
    group.finish();
}

fn pledge(criterion: &mut Criterion) {
    let state = NetworkState {
        epoch: 5_000_000,
        reward: Estimate::new(49_320_000_000_000_000_000, -78_000_000_000_000),
        qa_power: Estimate::new(28_679_400_000_000_000_000, -22_000_000_000_000),
        baseline_bytes: 30_208_440_846_480_505_269,
        circulating: Amount(520_000_000_000_000_000_000_000_000),
    };
    let rules = Rules::at(RuleChoice::Mainnet, state.epoch, None);
    let mut group = criterion.benchmark_group("pledge");
    group.bench_function("quote", |bencher| {
        bencher.iter(|| Pricing::new(rules, black_box(&state)).quote(black_box(10_000)));
    });
    let pricing = Pricing::new(rules, &state);
    let quote = pricing.quote(1_000);
    let terms = SectorTerms {
        initial_pledge: quote.initial_pledge,
        day_reward_at_activation: quote.day_reward,
        twenty_day_reward_at_activation: quote.twenty_day_reward,
        age_epochs: 500_000,
    };
    group.bench_function("termination fee", |bencher| {
        bencher.iter(|| pricing.termination_fee(quote.qa_bytes, black_box(&terms)));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(std::time::Duration::from_millis(500))
        .measurement_time(std::time::Duration::from_secs(2))
        .sample_size(20);
    targets = reward, pledge
}
criterion_main!(benches);

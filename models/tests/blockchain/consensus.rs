//! Consensus: leaders, races and lotteries, and what happens to transactions on branches.

use pinwheel_conform::theory::chain::run;
use pinwheel_core::{SimDuration, Streams};
use pinwheel_models::blockchain::activity::load::LoadParameters;
use pinwheel_models::blockchain::consensus::Consensus;
use pinwheel_models::blockchain::consensus::expected::RoundParameters;
use pinwheel_models::blockchain::consensus::stake::StakeParameters;
use pinwheel_models::blockchain::consensus::work::WorkParameters;
use pinwheel_models::blockchain::settings::{ChainSettings, ConsensusSettings, TravelLaw};
use pinwheel_models::connection::gossip::{Law, Push};

fn load() -> Option<LoadParameters> {
    Some(LoadParameters { users: 50.0, rate: 0.1, ..LoadParameters::default() })
}

fn work(travel: f64, confirmations: f64, law: TravelLaw) -> ChainSettings {
    let parameters = WorkParameters { travel, confirmations, retarget: 0.0, ..Default::default() };
    ChainSettings {
        block_time: SimDuration::from_seconds(30),
        consensus: ConsensusSettings::Work(parameters, law),
        load: load(),
        ..ChainSettings::default()
    }
}

#[test]
fn transactions_of_orphans_come_into_another_block_once_and_in_order() {
    for law in [TravelLaw::Fixed, TravelLaw::Exponential] {
        let simulation = run(work(10.0, 20.0, law), &Streams::new(1, 0), SimDuration::from_days(1));
        let Consensus::Work(work) = simulation.model.0.consensus(0) else { unreachable!() };
        let statistics = &work.statistics;
        assert!(statistics.orphaned > 200, "{statistics:?}");
        assert!(statistics.reorganisations.iter().sum::<u64>() > 20, "{statistics:?}");
        assert_eq!(statistics.overtaken, 0);
        assert_eq!(statistics.settled, statistics.by_miner.iter().sum::<u64>());
        // The order of nonces and the hash chain are checked at every block.
        assert_eq!(simulation.ctx.checks.breach(), None);
        let settled = &simulation.ctx.checks.tallies()[1];
        assert!(settled.check == "blockchain.main.nonces_in_order" && settled.made > 1_000);
        assert!(simulation.model.0.chain(0).mempool.len() < 300);
    }
}

#[test]
fn a_flood_is_a_fixed_travel_and_gossip_without_relay_takes_longer() {
    let statistics = |travel, law| {
        let settings = work(travel, 20.0, law);
        let simulation = run(settings, &Streams::new(1, 0), SimDuration::from_days(1));
        assert_eq!(simulation.ctx.checks.breach(), None);
        let Consensus::Work(work) = simulation.model.0.consensus(0) else { unreachable!() };
        work.statistics.clone()
    };
    // All twenty other nodes at the first push.
    let flood = Law {
        push: Push::Synchronous,
        period: SimDuration::from_seconds(7),
        fan_out: 20,
        hop: SimDuration::from_seconds(3),
    };
    let flooded = statistics(0.0, TravelLaw::Gossip(flood));
    assert_eq!(flooded, statistics(10.0, TravelLaw::Fixed));
    let period = SimDuration::from_seconds(1);
    let orphans = |push| {
        let law = Law { push, period, fan_out: 1, hop: SimDuration::ZERO };
        statistics(0.0, TravelLaw::Gossip(law)).orphaned
    };
    assert!(orphans(Push::OriginOnly) > 2 * orphans(Push::Asynchronous));
}

#[test]
fn settling_too_early_breaks_the_promise_and_is_noticed() {
    let settings = work(60.0, 0.0, TravelLaw::Fixed);
    let simulation = run(settings, &Streams::new(1, 0), SimDuration::from_days(1));
    let breach = simulation.ctx.checks.breach().expect("a longer branch comes along");
    assert_eq!(breach.check, "blockchain.main.settled_blocks_kept");
}

#[test]
fn slashed_validators_lose_stake_and_lead_no_more() {
    let parameters = StakeParameters {
        validators: 20.0,
        equivocation: 0.001,
        slashed: 0.5,
        reporter: 0.2,
        ..StakeParameters::default()
    };
    let settings = ChainSettings {
        consensus: ConsensusSettings::Stake(parameters),
        ..ChainSettings::default()
    };
    let simulation = run(settings, &Streams::new(3, 0), SimDuration::from_days(1));
    assert_eq!(simulation.ctx.checks.breach(), None);
    let chain = simulation.model.0.chain(0);
    let (staking, accounts) = (&chain.state().contracts.staking, &chain.state().accounts);
    let (taken, paid) = staking.taken();
    assert!(staking.slashed() > 2, "{} slashed", staking.slashed());
    assert_eq!(taken.0, staking.slashed() as u128 * 16 * 10u128.pow(18));
    assert_eq!(paid.0, taken.0 / 5);
    assert_eq!(staking.staked(accounts) + taken, staking.entered());
    assert_eq!(accounts.ledger().burned().0, taken.0 - paid.0);
    let weightless = staking.stakes(accounts).iter().filter(|stake| **stake == 0).count();
    assert_eq!(weightless, staking.slashed());
}

#[test]
fn finality_stops_when_a_third_is_offline_and_goes_on_when_it_is_not() {
    let lag = |offline| {
        let parameters = StakeParameters { offline, ..StakeParameters::default() };
        let consensus = ConsensusSettings::Stake(parameters);
        let settings = ChainSettings { consensus, ..ChainSettings::default() };
        let simulation = run(settings, &Streams::new(3, 0), SimDuration::from_hours(12));
        let Consensus::Stake(stake) = simulation.model.0.consensus(0) else { unreachable!() };
        stake.finality_lag_slots()
    };
    assert_eq!(lag(0.0), 32 + 3_600 % 32);
    assert_eq!(lag(0.5), 3_600, "nothing is ever final");
}

#[test]
fn a_round_of_several_blocks_moves_the_base_fee_once() {
    let parameters = RoundParameters::default();
    let settings = ChainSettings {
        block_time: SimDuration::from_seconds(30),
        base_fee: 1 << 60,
        consensus: ConsensusSettings::Expected(parameters),
        ..ChainSettings::default()
    };
    let simulation = run(settings, &Streams::new(1, 0), SimDuration::from_minutes(10));
    let chain = simulation.model.0.chain(0);
    let Consensus::Expected(rounds) = simulation.model.0.consensus(0) else { unreachable!() };
    let with_blocks = rounds.rounds() - rounds.null_rounds;
    assert!(chain.head.height > 2 * with_blocks, "several blocks a round");
    let expected = (0..with_blocks).fold(1u128 << 60, |fee, _| fee - fee / 8);
    let distance = chain.head.base_fee.abs_diff(expected);
    assert!(distance <= u128::from(with_blocks), "{} {expected}", chain.head.base_fee);
}

//! Closed forms of chains: fees, races, lotteries and the queue for block space.

use pinwheel_core::{Amount, Context, Holding, Model, SimDuration, SimTime, Simulation, Streams};

use serde::{Deserialize, Serialize};

use super::Case;
use pinwheel_models::blockchain::activity::attestation::AttestParameters;
use pinwheel_models::blockchain::activity::escrow::TradeParameters;
use pinwheel_models::blockchain::activity::load::LoadParameters;
use pinwheel_models::blockchain::chain::{Chain, Head, Proposal};
use pinwheel_models::blockchain::consensus::Consensus;
use pinwheel_models::blockchain::consensus::expected::RoundParameters;
use pinwheel_models::blockchain::consensus::stake::StakeParameters;
use pinwheel_models::blockchain::consensus::work::WorkParameters;
use pinwheel_models::blockchain::fee::{FeeRule, Utilisation};
use pinwheel_models::blockchain::mempool::Mempool;
use pinwheel_models::blockchain::settings::{
    ChainSettings, ConsensusSettings, Settings, TravelLaw,
};
use pinwheel_models::blockchain::{Blockchain, Call, Event, Rules, State, Transaction};
use pinwheel_models::connection::gossip;
use pinwheel_models::part::Around;

const PART: &str = "3 chain";

/// Orphans among n equal miners, blocks found at rate r, every travel D.
///
/// One block a height stays, so their share is `1 - 1 / (r E[T])`, T being the time from the first
/// block of a height to the first of the next. The miner of the first block stands on it at once,
/// all others after D. Until then a block is a rival of the same height if its miner has none of
/// that height yet, and the next height if he has: k blocks within D are all rivals with the chance
/// `(1 - 1/n) ... (1 - k/n)` (a birthday problem), so that with `x = r D`
///
/// `r E[T] = int_0^x q(u) du + q(x)`, `q(u) = sum_k exp(-u) u^k / k! prod_(i=1..k) (1 - i/n)`.
///
/// For n without end `q = 1` and the share is `x / (1 + x)` (Sompolinsky and Zohar 2015), for 200
/// miners 0.50 % (x = 0.1) and 0.51 % (x = 0.5) less. Left out is that after an early next height
/// the others do not all stand on the one before, in proportion `O((x/n)^2)`.
const SMALL_MINERS: &str = "1 - 1 / (r E[T]); T ends at D + Exp(r) or at a miner's second block";
/// Orphans among two miners, by the stationary law of a Markov chain: how far the branches are from
/// each other in height, and for each block that has not reached the other miner (or not all that
/// it stands on) whether it has arrived, and under gossip whether the observer has it. A block is
/// an orphan, or makes one, if its miner stands lower than the other. Solved with up to nine
/// (gossip: seven) such blocks; the last two results differ by less than 1e-5 of the share.
const TWO_MINERS: &str = "stationary law of a Markov chain of two branches, solved numerically";

const fn case(
    id: &'static str,
    what: &'static str,
    formula: &'static str,
    theory: f64,
    tolerance: f64,
    observe: fn(&Streams) -> f64,
) -> Case {
    Case { id, part: PART, what, formula, theory, tolerance, replications: 30, observe }
}

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    case("eip1559_full", "base fee after a full block, relative", "1 + 1/8 (EIP-1559)",
        1.125, 1e-9, |_| base_fee_after(&[true])),
    case("eip1559_empty", "base fee after an empty block, relative", "1 - 1/8 (EIP-1559)",
        0.875, 1e-9, |_| base_fee_after(&[false])),
    case("eip1559_pair", "base fee after a full and an empty block, relative", "9/8 * 7/8",
        0.984375, 1e-9, |_| base_fee_after(&[true, false])),
    case("eip1559_25_full", "base fee after 25 full blocks, relative", "(9/8)^25",
        19.002_601_5, 1e-8, |_| base_fee_after(&[true; 25])),
    case("eip1559_doubling", "full blocks in which the base fee doubles", "ln 2 / ln 1.125",
        5.884_949_19, 1e-8, |_| doubling_blocks()),
    case("pow_interval", "mean time between blocks of work, s", "difficulty / hash rate",
        600.0, 0.02, |streams| race(streams, 600.0, &many(0.0, 0.0), TravelLaw::Fixed, 20).0),
    case("pow_orphans_10", "orphans, 200 miners, a block travelling a tenth of the interval",
        SMALL_MINERS, 0.090_453_9, 0.02,
        |streams| race(streams, 60.0, &many(6.0, 0.0), TravelLaw::Fixed, 6).1),
    case("pow_orphans_50", "orphans, 200 miners, a block travelling half the interval",
        SMALL_MINERS, 0.331_620_6, 0.01,
        |streams| race(streams, 60.0, &many(30.0, 0.0), TravelLaw::Fixed, 6).1),
    case("pow_orphans_two", "orphans, two miners, travel exponential with half the interval",
        TWO_MINERS, 0.160_787, 0.02,
        |streams| race(streams, 60.0, &two(30.0), TravelLaw::Exponential, 6).1),
    case("pow_orphans_gossip", "orphans, two miners and an observer, gossip every 0.2 intervals",
        TWO_MINERS, 0.112_240, 0.02,
        |streams| race(streams, 60.0, &two(0.0), gossip(12), 6).1),
    case("pow_retarget", "mean time between blocks with a retarget every 20, s",
        "T n / (n - 1): the difficulty is n T over a gamma of n, whose inverse is too large", 
        60.0 * 20.0 / 19.0, 0.02,
        |streams| race(streams, 60.0, &many(0.0, 20.0), TravelLaw::Fixed, 4).0),
    case("pos_leader_share", "slots of the largest of ten validators with stakes from 10 to 1",
        "its share of the stake", 0.244_681_085, 0.02, leader_share),
    case("pos_unjustified", "epochs without two thirds of votes, ten equal validators, 20 % offline",
        "P(Bin(10, 0.8) < 20/3)", 0.120_873_882, 0.1, unjustified),
    case("ec_winners", "wins of a round of expected consensus", "5 (Filecoin specification)",
        5.0, 0.01, |streams| rounds(streams, 5.0).0),
    case("ec_null_rounds", "rounds without a block with a mean of one win", "exp(-1)",
        0.367_879_441, 0.02, |streams| rounds(streams, 1.0).1),
    case("block_queue_single_50", "wait for a block of one transaction, half full, in blocks",
        "1 / (2 (1 - load)): M/D/1 with a half block of residual time", 1.0, 0.02,
        |streams| block_queue(streams, 1, 0.5)),
    case("block_queue_single_80", "the same at 80 %", "1 / (2 (1 - load))", 2.5, 0.05,
        |streams| block_queue(streams, 1, 0.8)),
    case("block_queue_bulk_5_80", "wait for a block of five transactions at 80 %, in blocks",
        "stationary law of X' = max(X - 5, 0) + Poisson(4), Little (Bailey 1954)",
        0.789_060_007, 0.02, |streams| block_queue(streams, 5, 0.8)),
    case("attest_wrong", "wrong verdicts of panels of five that err in a fifth of their votes",
        "P(Bin(5, 0.2) >= 3)", 0.057_92, 0.1, wrong_verdicts),
    case("middleman_loss", "payments lost with middlemen of a life of 5 days, held for one",
        "held / (held + life), both exponential", 1.0 / 6.0, 0.2, middleman_loss),
];

/// A world of chains only.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chains(pub Blockchain);

impl Model for Chains {
    type Event = Event;
    fn start(&mut self, ctx: &mut Context<Event>) {
        self.0.start(ctx);
    }
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        self.0.handle(event, ctx);
    }
}

/// One chain that has run for a time.
pub fn run(settings: ChainSettings, streams: &Streams, time: SimDuration) -> Simulation<Chains> {
    let settings = Settings { chains: vec![settings], ..Settings::default() };
    let chains = Blockchain::new(&settings, &Around::alone(streams));
    let mut simulation = Simulation::new(Chains(chains), *streams);
    simulation.run_until(SimTime::ZERO + time);
    simulation
}

/// The base fee over that at the start after full and empty blocks.
fn base_fee_after(full: &[bool]) -> f64 {
    const START: u128 = 1 << 50;
    const GAS_LIMIT: u64 = 300_000;
    let fee = FeeRule::Utilisation(Utilisation::ETHEREUM);
    let rules = Rules { chain: 0, fee, gas_limit: GAS_LIMIT, block_reward: Amount::ZERO };
    let mut state = State::new(rules);
    let proposer = state.open(Holding::Free, Amount::ZERO);
    let user = state.open(Holding::Free, Amount(1 << 100));
    let mempool = Mempool::new(10, SimDuration::from_days(1));
    let mut chain = Chain::new(Head::new(state, START), mempool, 1);
    for (second, full) in (1..).zip(full) {
        let time = SimTime::ZERO + SimDuration::from_seconds(second);
        if *full {
            let transaction = Transaction {
                sender: user,
                nonce: chain.next_nonce(user),
                gas_limit: GAS_LIMIT,
                fee_max: START * 100,
                tip_max: 0,
                call: Call::Work { gas: GAS_LIMIT - 21_000 },
            };
            chain.submit(transaction, time).expect("a pool with room");
        }
        chain.append(Proposal { time, proposer, evidence: vec![], closes_round: true });
    }
    chain.head.base_fee as f64 / START as f64
}

fn doubling_blocks() -> f64 {
    use pinwheel_core::math::ln;
    25.0 * ln(2.0) / ln(base_fee_after(&[true; 25]))
}

/// Two hundred equal miners.
fn many(travel: f64, retarget: f64) -> WorkParameters {
    WorkParameters { miners: 200.0, travel, retarget, confirmations: 12.0, ..Default::default() }
}
/// Two equal miners.
fn two(travel: f64) -> WorkParameters {
    WorkParameters { miners: 2.0, ..many(travel, 0.0) }
}
/// Asynchronous gossip to one node at a time.
fn gossip(period_seconds: u64) -> TravelLaw {
    TravelLaw::Gossip(gossip::Law {
        push: gossip::Push::Asynchronous,
        period: SimDuration::from_seconds(period_seconds),
        fan_out: 1,
        hop: SimDuration::ZERO,
    })
}

/// Mean time between found blocks, and share of orphans among those that are decided.
fn race(
    streams: &Streams,
    block_seconds: f64,
    miners: &WorkParameters,
    law: TravelLaw,
    days: u64,
) -> (f64, f64) {
    let settings = ChainSettings {
        block_time: SimDuration::from_seconds_f64(block_seconds),
        consensus: ConsensusSettings::Work(miners.clone(), law),
        ..ChainSettings::default()
    };
    let time = SimDuration::from_days(days);
    let simulation = run(settings, streams, time);
    let node = simulation.model.0.consensus(0);
    let Consensus::Work(work) = node else { unreachable!("the chain goes on by work") };
    let statistics = &work.statistics;
    let decided = (statistics.settled + statistics.orphaned) as f64;
    (time.as_seconds() / statistics.found as f64, statistics.orphaned as f64 / decided)
}

fn leader_share(streams: &Streams) -> f64 {
    let parameters =
        StakeParameters { validators: 10.0, stake_ratio: 10.0, ..StakeParameters::default() };
    let consensus = ConsensusSettings::Stake(parameters);
    let settings = ChainSettings { consensus, ..ChainSettings::default() };
    let simulation = run(settings, streams, SimDuration::from_days(1));
    let Consensus::Stake(stake) = simulation.model.0.consensus(0) else {
        unreachable!("the chain goes on by stake")
    };
    stake.led()[0] as f64 / stake.slots() as f64
}

fn unjustified(streams: &Streams) -> f64 {
    let parameters =
        StakeParameters { validators: 10.0, offline: 0.2, ..StakeParameters::default() };
    let consensus = ConsensusSettings::Stake(parameters);
    let settings = ChainSettings { consensus, ..ChainSettings::default() };
    let simulation = run(settings, streams, SimDuration::from_days(1));
    let Consensus::Stake(stake) = simulation.model.0.consensus(0) else {
        unreachable!("the chain goes on by stake")
    };
    stake.epochs_unjustified as f64 / (stake.slots() / 32) as f64
}

/// Mean wins of a round, and share of rounds without a block.
fn rounds(streams: &Streams, wins: f64) -> (f64, f64) {
    let parameters = RoundParameters { wins, power_ratio: 100.0, ..RoundParameters::default() };
    let settings = ChainSettings {
        block_time: SimDuration::from_seconds(30),
        consensus: ConsensusSettings::Expected(parameters),
        ..ChainSettings::default()
    };
    let simulation = run(settings, streams, SimDuration::from_days(1));
    let Consensus::Expected(rounds) = simulation.model.0.consensus(0) else {
        unreachable!("the chain goes on by expected consensus")
    };
    let all = rounds.rounds() as f64;
    (rounds.wins as f64 / all, rounds.null_rounds as f64 / all)
}

/// Mean time from sending to inclusion in block times, with blocks of `size` equal transactions.
fn block_queue(streams: &Streams, size: u64, load: f64) -> f64 {
    const BLOCK_SECONDS: f64 = 20.0;
    let gas = 50_000.0;
    let parameters = LoadParameters {
        rate: load * size as f64 / BLOCK_SECONDS,
        gas,
        users: 100.0,
        ..LoadParameters::default()
    };
    let settings = ChainSettings {
        block_time: SimDuration::from_seconds_f64(BLOCK_SECONDS),
        gas_limit: gas as u64 * size,
        fee: FeeRule::Fixed { price: 1 },
        load: Some(parameters),
        patience: SimDuration::from_days(30),
        ..ChainSettings::default()
    };
    // It ends before the day's record forgets them; the queue settles within minutes.
    let simulation = run(settings, streams, SimDuration::from_seconds(86_399));
    let delays = simulation.model.0.delays(0);
    delays.iter().sum::<f64>() / delays.len() as f64 / BLOCK_SECONDS
}

fn wrong_verdicts(streams: &Streams) -> f64 {
    let error = 0.2;
    let attestation = AttestParameters {
        devices: 20.0,
        verifiers: 30.0,
        panel: 5.0,
        quorum: 3.0,
        period: 3_600.0,
        dishonest: 0.0,
        absent: 0.0,
        owner_error: error,
        user_error: error,
        stakeholder_error: error,
        ..AttestParameters::default()
    };
    let settings = ChainSettings { attestation: Some(attestation), ..ChainSettings::default() };
    let simulation = run(settings, streams, SimDuration::from_days(1));
    let attesting = simulation.model.0.activities(0).attestation.as_ref().expect("it is there");
    let (honest, lies) = (attesting.honest, attesting.lies);
    let decided = honest.accepted + honest.rejected + lies.accepted + lies.rejected;
    (honest.rejected + lies.accepted) as f64 / decided as f64
}

fn middleman_loss(streams: &Streams) -> f64 {
    let escrow = TradeParameters {
        deals: 30.0,
        amount_spread: 0.0,
        seller_default: 0.0,
        delivery: 86_400.0,
        deadline: 365.0 * 86_400.0,
        middleman_life: 5.0 * 86_400.0,
        ..TradeParameters::default()
    };
    let settings = ChainSettings {
        block_time: SimDuration::from_hours(1),
        escrow: Some(escrow),
        ..ChainSettings::default()
    };
    let simulation = run(settings, streams, SimDuration::from_days(120));
    let trading = simulation.model.0.activities(0).escrow.as_ref().expect("it is there");
    trading.middleman_loss()
}

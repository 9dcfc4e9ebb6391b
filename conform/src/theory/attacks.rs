//! Attacks on chains: double spending, selfish mining, committees, censorship, bridges. The part
//! of section 3 of the closed forms about chains.
//!
//! Rare committees are observed by importance sampling: the real component draws with the bad
//! share of the stake raised to about a third, and each committee counts with its likelihood
//! ratio.

use pinwheel_core::{Amount, Context, Model, SimDuration, SimTime, Simulation, Streams, math};

use super::Case;
use pinwheel_models::blockchain::Event;
use pinwheel_models::blockchain::attack::settings::{
    CommitteeSettings, Conduct, RaceSettings, SelfishSettings, Settings, SpamSettings, Weighting,
};
use pinwheel_models::blockchain::attack::{Attacks, committee::Slots, law, race::Attempts};
use pinwheel_models::blockchain::bridge::settings::{Kind, Relay, SideSettings, Traffic};
use pinwheel_models::blockchain::bridge::{Bridge, BridgeSettings};

const PART: &str = "3 attacks";
const BLOCK: SimDuration = SimDuration::from_minutes(10);

/// The attacks of a scenario with nothing around them.
struct Stand(Attacks);

impl Model for Stand {
    type Event = Event;

    fn start(&mut self, ctx: &mut Context<Event>) {
        self.0.start(ctx);
    }
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        if let Event::Attack(event) = event {
            self.0.handle(event, ctx);
        }
    }
}

/// Runs attacks until enough has been seen.
fn attack(settings: Settings, streams: &Streams, enough: impl Fn(&Attacks) -> bool) -> Attacks {
    let attacks = Attacks::new(&settings, streams);
    let mut simulation = Simulation::new(Stand(attacks), *streams);
    while !enough(&simulation.model.0) && simulation.step(SimTime::MAX).is_some() {}
    simulation.model.0
}

fn race(streams: &Streams, share: f64, confirmations: u32, attempts: u64) -> Attempts {
    // From 20 blocks behind, 0.3 against 0.7 catches up once in 2 * 10^7.
    let race = RaceSettings {
        share,
        confirmations,
        interval: BLOCK,
        give_up: if share < 0.5 { 20 } else { u32::MAX },
        checkpoint: None,
        payment: Amount(1),
        work: Amount(1),
        reward: Amount(1),
    };
    let settings = Settings { double_spend: Some(race), ..Settings::default() };
    let made = |attacks: &Attacks| attacks.double_spend.as_ref().map(|race| race.attempts);
    let enough = |attacks: &Attacks| made(attacks).is_some_and(|made| made.made >= attempts);
    made(&attack(settings, streams, enough)).unwrap_or_default()
}

fn selfish(streams: &Streams, share: f64, gamma: f64) -> f64 {
    const BLOCKS: u64 = 20_000;
    let selfish = SelfishSettings { share, gamma, interval: BLOCK };
    let settings = Settings { selfish_mining: Some(selfish), ..Settings::default() };
    let settled = |attacks: &Attacks| attacks.selfish_mining.as_ref().map(|pool| pool.settled);
    let enough = |attacks: &Attacks| settled(attacks).is_some_and(|s| s.blocks() >= BLOCKS);
    settled(&attack(settings, streams, enough)).map_or(f64::NAN, |s| s.attacker_share())
}

const COMMITTEE: CommitteeSettings = CommitteeSettings {
    slot: SimDuration::from_seconds(12),
    seats: 128,
    quorum: 2.0 / 3.0,
    weighting: Weighting::Stake,
    honest: 200,
    identities: 100,
    share: 0.25,
    conduct: Conduct::Honest,
    stake: Amount(1_000_000_000_000_000_000),
    slash: 0.0,
    identity_price: Amount(1),
    slots: 0,
};

fn slots(streams: &Streams, settings: CommitteeSettings, slots: u64) -> Slots {
    let settings = Settings { committee: Some(settings), ..Settings::default() };
    let held = |attacks: &Attacks| attacks.committee.as_ref().map(|c| c.slots.held);
    let enough = |attacks: &Attacks| held(attacks).is_some_and(|held| held >= slots);
    attack(settings, streams, enough).committee.map_or_else(Slots::default, |c| c.slots)
}

/// Share of committees with a bad third, counted as they are.
fn bad_third(streams: &Streams, seats: u32, share: f64, committees: u64) -> f64 {
    let drawn = slots(streams, CommitteeSettings { seats, share, ..COMMITTEE }, committees);
    drawn.with_bad_seats(law::third(seats)) as f64 / drawn.held as f64
}

/// The same with the bad share raised to `tilted` and each committee weighed by what it is worth
/// under the true share.
fn rare_third(streams: &Streams, seats: u32, share: f64, tilted: f64, committees: u64) -> f64 {
    let settings = CommitteeSettings { seats, share: tilted, ..COMMITTEE };
    let drawn = slots(streams, settings, committees);
    let weight = |bad: usize| {
        let (bad, good) = (bad as f64, f64::from(seats) - bad as f64);
        let bad_ratio = math::ln(share / tilted);
        let good_ratio = math::ln((1.0 - share) / (1.0 - tilted));
        math::exp(bad * bad_ratio + good * good_ratio)
    };
    let counted = drawn.by_bad_seats.iter().enumerate().skip(law::third(seats) as usize);
    counted.map(|(bad, &count)| count as f64 * weight(bad)).sum::<f64>() / drawn.held as f64
}

fn conflicts(streams: &Streams) -> f64 {
    let conduct = Conduct::Equivocate;
    let drawn = slots(streams, CommitteeSettings { share: 0.3, conduct, ..COMMITTEE }, 1_000);
    drawn.conflicts as f64 / drawn.held as f64
}

fn censored_wait(streams: &Streams, seats: u32, share: f64) -> f64 {
    let conduct = Conduct::Censor;
    let committee = CommitteeSettings { seats, share, conduct, ..COMMITTEE };
    let settings = Settings { committee: Some(committee), ..Settings::default() };
    let waits = |attacks: &Attacks| attacks.committee.as_ref().map(|c| c.censorship.clone());
    let enough = |attacks: &Attacks| {
        attacks.committee.as_ref().is_some_and(|c| c.censorship.included >= 1_000)
    };
    waits(&attack(settings, streams, enough)).map_or(f64::NAN, |waits| waits.mean_slots())
}

fn sybil_seats(streams: &Streams, weighting: Weighting) -> f64 {
    let settings = CommitteeSettings { honest: 100, identities: 900, share: 0.1, ..COMMITTEE };
    slots(streams, CommitteeSettings { weighting, ..settings }, 200).seat_share()
}

/// Full blocks that the base fee of a thousand buys.
fn spam_blocks(streams: &Streams) -> f64 {
    const GAS_LIMIT: u64 = 30_000_000;
    const BASE_FEE: u128 = 10_000_000_000;
    let spam = SpamSettings {
        interval: SimDuration::from_seconds(12),
        gas_limit: GAS_LIMIT,
        base_fee: BASE_FEE,
        users_per_block: 1e-3,
        willing_median: 1.0,
        willing_sigma: 1.0,
        patience: SimDuration::from_minutes(10),
        begins: SimTime::ZERO,
        budget: Amount(1_000 * BASE_FEE * u128::from(GAS_LIMIT)),
    };
    let settings = Settings { spam: Some(spam), ..Settings::default() };
    let seen =
        |attacks: &Attacks| attacks.spam.as_ref().map(|spam| (spam.tally.blocks, spam.over()));
    let enough = |attacks: &Attacks| seen(attacks).is_some_and(|(_, over)| over);
    seen(&attack(settings, streams, enough)).map_or(f64::NAN, |(blocks, _)| blocks as f64)
}

/// A bridge of a scenario with nothing around it.
struct Crossing(Bridge);

impl Model for Crossing {
    type Event = Event;

    fn start(&mut self, ctx: &mut Context<Event>) {
        self.0.start(ctx);
    }
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        if let Event::Bridge(event) = event {
            self.0.handle(event, ctx);
        }
    }
}

/// Mean seconds of a transfer from home, nobody being down.
fn crossing(
    streams: &Streams,
    kind: Kind,
    relayers: u32,
    delay_seconds: u64,
    sides: [SideSettings; 2],
) -> f64 {
    let settings = BridgeSettings {
        name: "theory".to_owned(),
        kind,
        sides,
        traffic: Traffic {
            transfers_per_day: 500.0,
            median_usd: 100.0,
            sigma: 1.0,
            return_share: 0.0,
        },
        timeout: SimDuration::from_days(1),
        fee_basis_points: 0,
        relay: Relay {
            relayers,
            delay: SimDuration::from_seconds(delay_seconds),
            availability: 1.0,
            outage: SimDuration::from_hours(1),
            withholding: 0,
        },
        forgery: None,
    };
    let mut simulation = Simulation::new(Crossing(Bridge::new(settings, 0, streams)), *streams);
    simulation.run_until(SimTime::ZERO + SimDuration::from_days(1));
    simulation.model.0.tally.latency_mean_seconds().unwrap_or(f64::NAN)
}

const fn chain(seconds: u64, random: bool, finality: u32) -> SideSettings {
    let interval = SimDuration::from_seconds(seconds);
    SideSettings { interval, random, finality, signatures: 4, gas_price: 1, halt: None }
}

const RACE: &str = "I_{4pq}(z, 1/2), exact (not Nakamoto's)";
const POOL: &str = "Eyal and Sirer 2014, equation 8";
const TAIL: &str = "P(Bin(n, b) >= n/3)";

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
    case("double_spend_10_1", "success with q = 0.1, z = 1", RACE, 0.2, 0.03,
        |s| race(s, 0.1, 1, 2_000).success()),
    case("double_spend_10_2", "success with q = 0.1, z = 2", RACE, 0.056, 0.05,
        |s| race(s, 0.1, 2, 3_000).success()),
    case("double_spend_10_5", "success with q = 0.1, z = 5", RACE, 0.001_781_84, 0.15,
        |s| race(s, 0.1, 5, 6_000).success()),
    case("double_spend_30_1", "success with q = 0.3, z = 1", RACE, 0.6, 0.03,
        |s| race(s, 0.3, 1, 2_000).success()),
    case("double_spend_30_2", "success with q = 0.3, z = 2", RACE, 0.432, 0.04,
        |s| race(s, 0.3, 2, 2_000).success()),
    case("double_spend_30_5", "success with q = 0.3, z = 5", RACE, 0.197_617_32, 0.06,
        |s| race(s, 0.3, 5, 1_500).success()),
    case("double_spend_30_6", "success with q = 0.3, z = 6", RACE, 0.156_449_58, 0.06,
        |s| race(s, 0.3, 6, 1_500).success()),
    case("double_spend_30_10", "success with q = 0.3, z = 10", RACE, 0.065_106_71, 0.08,
        |s| race(s, 0.3, 10, 1_500).success()),
    case("majority_certain", "success with q = 0.6, z = 6", "1", 1.0, 1e-12,
        |s| race(s, 0.6, 6, 200).success()),
    case("majority_catch_up", "blocks from delivery to level, q = 0.6, z = 6",
        "E[(z - NegBin(z, p))+] / (2q - 1)", 2.924_190_11, 0.06, |s| {
            let attempts = race(s, 0.6, 6, 1_000);
            attempts.catch_up_blocks as f64 / attempts.won as f64
        }),
    case("selfish_20_100", "revenue with alpha = 0.2, gamma = 1", POOL, 0.235_164_835, 0.02,
        |s| selfish(s, 0.2, 1.0)),
    case("selfish_25_50", "revenue at the threshold of gamma = 0.5", POOL, 0.25, 0.02,
        |s| selfish(s, 0.25, 0.5)),
    case("selfish_30_50", "revenue with alpha = 0.3, gamma = 0.5", POOL, 0.326_873_857, 0.02,
        |s| selfish(s, 0.3, 0.5)),
    case("selfish_33_0", "revenue at the threshold of gamma = 0", POOL, 0.333_333_333, 0.02,
        |s| selfish(s, 1.0 / 3.0, 0.0)),
    case("selfish_40_0", "revenue with alpha = 0.4, gamma = 0", POOL, 0.483_720_930, 0.02,
        |s| selfish(s, 0.4, 0.0)),
    case("selfish_40_50", "revenue with alpha = 0.4, gamma = 0.5", POOL, 0.525_581_395, 0.02,
        |s| selfish(s, 0.4, 0.5)),
    case("committee_128_20", "bad third, n = 128, b = 0.2, importance sampling", TAIL,
        2.175_599_694e-4, 0.05, |s| rare_third(s, 128, 0.2, 0.34, 4_000)),
    case("committee_128_25", "bad third, n = 128, b = 0.25", TAIL, 1.821_851_593e-2, 0.12,
        |s| bad_third(s, 128, 0.25, 2_000)),
    case("committee_512_20", "bad third, n = 512, b = 0.2, importance sampling", TAIL,
        8.524_256_178e-13, 0.1, |s| rare_third(s, 512, 0.2, 0.34, 2_000)),
    case("committee_512_25", "bad third, n = 512, b = 0.25, importance sampling", TAIL,
        1.281_074_703e-5, 0.06, |s| rare_third(s, 512, 0.25, 0.34, 2_000)),
    case("committee_512_30", "bad third, n = 512, b = 0.3", TAIL, 5.262_066_832e-2, 0.12,
        |s| bad_third(s, 512, 0.3, 1_000)),
    case("committee_conflicts", "slots with two final blocks, n = 128, b = 0.3",
        "P(Bin(n, b) >= 2 quorum - n)", 0.162_478_905, 0.08, conflicts),
    case("censored_leader", "slots until a refused transaction is in, captured 0.5",
        "1 / (1 - c)", 2.0, 0.03, |s| censored_wait(s, 0, 0.5)),
    case("censored_committee", "the same with 128 seats, captured 0.3",
        "1 / ((1 - c) P(Bin(n, c) <= n - quorum))", 1.815_556_863, 0.03,
        |s| censored_wait(s, 128, 0.3)),
    case("sybil_by_identity", "share of seats with 900 of 1,000 identities, a tenth of the stake",
        "k / (k + h)", 0.9, 0.01, |s| sybil_seats(s, Weighting::Identity)),
    case("sybil_by_stake", "the same where stake gives seats", "s", 0.1, 0.02,
        |s| sybil_seats(s, Weighting::Stake)),
    case("spam_blocks", "full blocks that the base fee of 1,000 buys under EIP-1559",
        "floor(ln(1 + 1000 / 8) / ln(9/8))", 41.0, 1e-12, spam_blocks),
    case("bridge_light_client", "seconds of a transfer, blocks every minute, 2 to finality",
        "I (1/2 + F + 1 / (1 - exp(-I / D)))", 331.994_686_9, 0.02,
        |s| crossing(s, Kind::LightClient, 1, 150, [chain(60, false, 2), chain(60, false, 2)])),
    case("bridge_5_of_8", "seconds of a transfer between chains of work, 5 of 8 relayers",
        "I (1 + F) + D (H_8 - H_3) + J", 475.357_142_9, 0.02, |s| {
            let sides = [chain(60, true, 1), chain(90, true, 1)];
            crossing(s, Kind::Relayers { needed: 5 }, 8, 300, sides)
        }),
];

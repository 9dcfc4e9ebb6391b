//! Committees with an attacker inside: finality, slashing, identities, censorship.

use pinwheel_core::{Amount, SimDuration, SimTime, math};
use pinwheel_models::blockchain::attack::committee::Committee;
use pinwheel_models::blockchain::attack::law;
use pinwheel_models::blockchain::attack::settings::{
    CommitteeSettings, Conduct, Settings, Weighting,
};

use super::stand::{Stand, attacks, usd};

const COMMITTEE: CommitteeSettings = CommitteeSettings {
    slot: SimDuration::from_seconds(12),
    seats: 128,
    quorum: 2.0 / 3.0,
    weighting: Weighting::Stake,
    honest: 300,
    identities: 100,
    share: 0.3,
    conduct: Conduct::Equivocate,
    stake: Amount(1_000_000_000_000_000_000),
    slash: 0.0,
    identity_price: Amount(10),
    slots: 2_000,
};

fn run(settings: CommitteeSettings) -> pinwheel_core::Simulation<Stand> {
    let committee = Some(settings);
    let mut simulation = attacks(Settings { committee, ..Settings::default() }, 1);
    simulation.run_until(SimTime::ZERO + SimDuration::from_seconds(12 * settings.slots));
    simulation
}

fn committee(simulation: &pinwheel_core::Simulation<Stand>) -> &Committee {
    simulation.model.attacks().committee.as_ref().expect("a committee")
}

fn passed(simulation: &pinwheel_core::Simulation<Stand>) -> bool {
    simulation.ctx.checks.tallies().iter().all(|tally| tally.passed())
}

#[test]
fn conflicting_blocks_are_final_above_the_bound_and_never_below() {
    let above = run(COMMITTEE);
    let slots = &committee(&above).slots;
    assert!(slots.conflicts > 0 && passed(&above), "{:?}", above.ctx.checks);
    let breaking = COMMITTEE.breaking_seats();
    assert_eq!(breaking, 44, "two quorums of 86 among 128 share 44 seats");
    assert_eq!(slots.conflicts, slots.with_bad_seats(breaking));
    // A third of 128 is 43 seats: they can stop a block and not yet fork it.
    assert!(slots.with_bad_seats(law::third(128)) > slots.conflicts);
    let below = run(CommitteeSettings { share: 0.05, ..COMMITTEE });
    assert_eq!(committee(&below).slots.conflicts, 0);
    assert!(passed(&below));
}

/// The check can fail: with a simple majority as the quorum two blocks are final with few bad
/// seats.
#[test]
fn a_quorum_of_one_half_breaks_finality() {
    let broken = run(CommitteeSettings { quorum: 0.5, share: 0.2, ..COMMITTEE });
    let breach = broken.ctx.checks.breach().expect("a breach");
    assert_eq!(breach.check, "blockchain.attack.no_conflicting_finality_below_a_third");
}

#[test]
fn slashing_ends_the_attack_and_withholding_stalls() {
    let slashed = run(CommitteeSettings { slash: 1.0, ..COMMITTEE });
    let after = committee(&slashed);
    let held = after.slots.conflicts;
    assert!(held > 0 && held < committee(&run(COMMITTEE)).slots.conflicts / 10);
    // All of the attacker's stake at most, and more than what two conflicts needed.
    let stake = COMMITTEE.stake.mul_div_floor(3, 10);
    assert!(after.slashed() > Amount(0) && after.slashed() <= stake, "{}", after.slashed());
    assert!(passed(&slashed), "{:?}", slashed.ctx.checks);
    let withheld = run(CommitteeSettings { conduct: Conduct::Withhold, ..COMMITTEE });
    let slots = &committee(&withheld).slots;
    assert_eq!(slots.stalled, slots.with_bad_seats(43));
    assert_eq!((slots.conflicts, slots.stalled + slots.finalised), (0, slots.held));
}

#[test]
fn identities_buy_votes_and_not_stake() {
    let settings = CommitteeSettings { honest: 100, conduct: Conduct::Honest, ..COMMITTEE };
    let share = |weighting, identities| {
        let settings = CommitteeSettings { weighting, identities, share: 0.1, ..settings };
        let simulation = run(settings);
        let committee = committee(&simulation);
        assert_eq!(committee.identities_cost(), Amount(10 * u128::from(identities)));
        committee.slots.seat_share()
    };
    let close = |found: f64, expected: f64| assert!((found - expected).abs() < 0.01, "{found}");
    for identities in [1, 100, 900] {
        let voters = f64::from(identities);
        close(share(Weighting::Identity, identities), voters / (voters + 100.0));
        close(share(Weighting::Stake, identities), 0.1);
    }
}

#[test]
fn a_refused_account_waits_by_the_geometric_law() {
    let settings = CommitteeSettings { conduct: Conduct::Censor, slots: 20_000, ..COMMITTEE };
    for (seats, share) in [(0, 0.25), (0, 0.6), (128, 0.3)] {
        let settings = CommitteeSettings { seats, share, ..settings };
        let simulation = run(settings);
        let waits = &committee(&simulation).censorship;
        let expected = law::inclusion_slots(settings.inclusion());
        let found = waits.mean_slots();
        assert!((found / expected - 1.0).abs() < 0.04, "{seats} seats: {found} is not {expected}");
        // 99 % of a geometric law with success p wait at most ln 0.01 / ln (1 - p) slots.
        let most = math::ceil(math::ln(0.01) / math::ln(1.0 - 1.0 / expected));
        assert!((waits.quantile_slots(0.99) as f64 - most).abs() <= 1.0, "{waits:?}");
    }
    // With a third of the seats captured for sure nothing gets in any more.
    let captured = CommitteeSettings { share: 0.9, ..settings };
    assert_eq!(committee(&run(captured)).censorship.included, 0);
}

#[test]
fn bonds_are_what_was_staked() {
    let simulation = run(CommitteeSettings { stake: usd(1_000_003), ..COMMITTEE });
    assert!(passed(&simulation));
}

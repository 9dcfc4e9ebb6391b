//! Bridges: value over both sides, refunds, forgeries, liquidity, cost.

use pinwheel_core::{Amount, SimDuration, SimTime, Simulation};
use pinwheel_models::blockchain::bridge::BridgeSettings;
use pinwheel_models::blockchain::bridge::settings::{Forgery, Kind, Relay, SideSettings, Traffic};

use proptest::prelude::*;

use super::stand::{Stand, bridge, days, light_client, relayed, side, usd};

fn run(settings: BridgeSettings, length: u64) -> Simulation<Stand> {
    let mut simulation = bridge(settings, 1);
    simulation.run_until(days(length));
    let checks = &simulation.ctx.checks;
    assert!(checks.tallies().iter().all(|tally| tally.passed()), "{checks:?}");
    simulation
}

#[test]
fn a_light_client_delivers_and_conserves() {
    let simulation = run(light_client(), 3);
    let bridge = simulation.model.bridge();
    let tally = &bridge.tally;
    assert!(tally.delivered() > 1_000, "{tally:?}");
    assert_eq!((tally.refunded, tally.failed, bridge.stolen()), (0, 0, Amount(0)));
    assert_eq!(bridge.escrows()[1], Amount(0));
    // Two blocks to finality after the first, and the relayer.
    let mean = tally.latency_mean_seconds().expect("delivered");
    assert!((50.0..90.0).contains(&mean), "{mean}");
}

#[test]
fn a_forged_claim_fails_before_a_light_client_and_below_k() {
    let forgery = |cheats| Some(Forgery { cheats, per_day: 20.0, amount: usd(1_000_000) });
    let traffic = Traffic { return_share: 0.1, ..light_client().traffic };
    let safe = BridgeSettings { forgery: forgery(1), traffic, ..light_client() };
    assert_eq!(run(safe, 3).model.bridge().tally.forgeries_honoured, 0);
    let few = BridgeSettings { forgery: forgery(5), traffic, ..relayed(6) };
    let simulation = run(few, 3);
    assert_eq!(simulation.model.bridge().stolen(), Amount(0));
    let enough = BridgeSettings { forgery: forgery(6), traffic, ..relayed(6) };
    let simulation = run(enough, 3);
    let bridge = simulation.model.bridge();
    assert!(bridge.stolen() > Amount(0) && bridge.tally.forgeries_honoured > 0);
    assert!(bridge.unbacked_share() > 0.5, "{}", bridge.unbacked_share());
}

#[test]
fn a_halted_chain_means_refunds_and_no_loss() {
    let halt = Some((days(1), days(2)));
    let halted = SideSettings { halt, ..side() };
    let traffic = Traffic { return_share: 0.0, ..light_client().traffic };
    let settings = BridgeSettings { sides: [side(), halted], traffic, ..light_client() };
    let simulation = run(settings, 4);
    let bridge = simulation.model.bridge();
    // Nearly a day's transfers have passed their two hours, and all come back.
    assert!((300..420).contains(&bridge.tally.refunded), "{:?}", bridge.tally);
    assert!(bridge.in_flight() < usd(20_000), "{}", bridge.in_flight());
}

#[test]
fn without_k_honest_relayers_transfers_are_stuck() {
    let settings = relayed(6);
    let relay = Relay { withholding: 4, ..settings.relay };
    let simulation = run(BridgeSettings { relay, ..settings }, 2);
    let bridge = simulation.model.bridge();
    assert_eq!((bridge.tally.delivered(), bridge.tally.refunded), (0, 0));
    assert_eq!(bridge.in_flight(), bridge.tally.sent);
    let settings = relayed(6);
    let relay = Relay { withholding: 3, ..settings.relay };
    let simulation = run(BridgeSettings { relay, ..settings }, 2);
    let tally = &simulation.model.bridge().tally;
    assert!(tally.delivered() > 500, "{tally:?}");
}

#[test]
fn a_pool_gives_no_more_than_it_has() {
    let kind = Kind::Pool { liquidity: usd(50_000) };
    let pool = BridgeSettings { kind, fee_basis_points: 10, ..light_client() };
    let traffic = Traffic { return_share: 0.2, ..pool.traffic };
    let simulation = run(BridgeSettings { traffic, ..pool.clone() }, 4);
    let bridge = simulation.model.bridge();
    assert!(bridge.tally.refunded > 200, "{:?}", bridge.tally);
    assert!(bridge.escrows()[1] < usd(50_000));
    let balanced = run(pool, 4);
    let share = |bridge: &pinwheel_models::blockchain::bridge::Bridge| {
        bridge.tally.refunded as f64 / bridge.tally.delivered() as f64
    };
    assert!(share(balanced.model.bridge()) < share(bridge) / 2.0);
}

/// Gas is a constant for each transfer and a fee in proportion is not: each kind has its sizes.
#[test]
fn the_cost_of_a_transfer_is_that_of_its_kind() {
    let costs = |settings: BridgeSettings| {
        let simulation = run(settings, 3);
        simulation.model.bridge().tally.classes.map(|class| class.cost_usd())
    };
    let light = costs(light_client());
    let pool = costs(BridgeSettings {
        kind: Kind::Pool { liquidity: usd(10_000_000) },
        fee_basis_points: 30,
        ..light_client()
    });
    // 86 signatures of a header, and their bytes: 0.5 million gas at a micro-dollar and more.
    assert!((light[0] / light[2] - 1.0).abs() < 0.1, "{light:?}");
    assert!((0.4..0.7).contains(&light[0]), "{light:?}");
    assert!(pool[0] < light[0] && pool[2] > 10.0 * light[2], "{pool:?} {light:?}");
}

#[test]
fn a_restored_run_goes_on_as_if_nothing_had_happened() {
    let settings = BridgeSettings {
        forgery: Some(Forgery { cheats: 6, per_day: 3.0, amount: usd(100) }),
        ..relayed(6)
    };
    let mut whole = bridge(settings, 5);
    whole.run_until(days(1) + SimDuration::from_seconds(12_345));
    let bytes = postcard::to_allocvec(&(&whole.model, &whole.ctx)).expect("it serialises");
    let (model, ctx) = postcard::from_bytes(&bytes).expect("it comes back");
    let mut restored: Simulation<Stand> = Simulation { model, ctx };
    for simulation in [&mut whole, &mut restored] {
        simulation.run_until(days(3));
    }
    assert_eq!(whole.ctx.fingerprint, restored.ctx.fingerprint);
    assert_eq!(whole.model.bridge().tally, restored.model.bridge().tally);
    let mut other = bridge(BridgeSettings { ..relayed(6) }, 6);
    other.run_until(SimTime::ZERO + SimDuration::from_days(3));
    assert_ne!(other.ctx.fingerprint, whole.ctx.fingerprint);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever the chains, the relayers and the cheats: the checks at every block hold.
    #[test]
    fn value_is_conserved_under_any_settings(
        kind in 0..3u8,
        finality in 0..8u32,
        random in any::<bool>(),
        halt in any::<bool>(),
        relayers in 1..8u32,
        parts in (0.0..1.0f64, 0.0..1.0f64, 0.0..1.0f64),
        hours in 1..8u64,
        seed in 0..1_000u64,
    ) {
        let of = |part: f64| (f64::from(relayers + 1) * part) as u32;
        let halt = halt.then(|| (days(1), days(1) + SimDuration::from_hours(9)));
        let home = SideSettings { finality, random, ..side() };
        let other = SideSettings { halt, interval: SimDuration::from_seconds(40), ..side() };
        let forgery = Forgery { cheats: of(parts.0), per_day: 9.0, amount: usd(5_000) };
        let settings = BridgeSettings {
            kind: match kind {
                0 => Kind::LightClient,
                1 => Kind::Relayers { needed: of(parts.1).clamp(1, relayers) },
                _ => Kind::Pool { liquidity: usd(3_000) },
            },
            sides: [home, other],
            timeout: SimDuration::from_hours(hours),
            fee_basis_points: 25,
            relay: Relay {
                relayers,
                withholding: of(parts.2).min(relayers),
                availability: 0.8,
                ..light_client().relay
            },
            forgery: Some(forgery),
            ..light_client()
        };
        let mut simulation = bridge(settings, seed);
        simulation.run_until(days(2));
        prop_assert_eq!(simulation.ctx.checks.breach(), None);
    }
}

//! Bit rot and tampering against scrubs and hashes, with real bytes.

use pinwheel_core::{SimDuration, SimTime, Simulation};
use pinwheel_models::data::coding::Code;
use pinwheel_models::data::settings::{
    DamageSettings, Fidelity, NodeSettings, StoreSettings, Verify,
};
use pinwheel_models::data::splitting::Alone;
use pinwheel_models::laws::failure::FailureLaw;

use super::store::{begin, drawn};

const DAY: f64 = 86_400.0;

/// 60 objects of 512 B whose pieces are damaged once in 60 days each, read 200 times a day.
fn run(code: Code, verify: Verify, fidelity: Fidelity) -> Simulation<Alone> {
    run_with(code, verify, fidelity, Some(SimDuration::from_days(5)), 200.0)
}

fn run_with(
    code: Code,
    verify: Verify,
    fidelity: Fidelity,
    scrub: Option<SimDuration>,
    reads_per_day: f64,
) -> Simulation<Alone> {
    let mut settings = StoreSettings::new(60, code, drawn(5.0));
    settings.object_bytes = 512;
    settings.fidelity = fidelity;
    settings.reads_per_second = reads_per_day / DAY;
    settings.damage = Some(DamageSettings {
        rot_per_second: 1.0 / (120.0 * DAY),
        tamper_per_second: 1.0 / (120.0 * DAY),
        scrub,
        verify,
    });
    let life = FailureLaw::Exponential { rate_per_second: 1.0 / (200.0 * DAY) };
    let mut simulation = begin(&settings, &NodeSettings { life, ..NodeSettings::new(20) });
    simulation.run_until(SimTime::ZERO + SimDuration::from_days(60));
    assert_eq!(simulation.ctx.checks.breach(), None);
    assert!(simulation.model.store.objects().books_are_right());
    simulation
}

#[test]
fn the_owner_s_hashes_let_nothing_through() {
    for code in [Code::new(1, 3), Code::new(4, 8)] {
        let simulation = run(code, Verify::Manifest, Fidelity::Real);
        let tallies = simulation.model.store.tallies();
        assert!(tallies.damaged > 100 && tallies.found > 100, "{tallies:?}");
        assert!(tallies.reads > 10_000 && tallies.reads_corrupt == 0, "{tallies:?}");
    }
}

#[test]
fn without_hashes_readers_get_damaged_bytes_and_rebuilds_spread_them() {
    let simulation = run(Code::new(4, 8), Verify::Nothing, Fidelity::Real);
    let tallies = simulation.model.store.tallies();
    assert!(tallies.found == 0 && tallies.reads_corrupt > 1_000, "{tallies:?}");
}

#[test]
fn the_hash_beside_a_piece_finds_accidents_and_not_tamperers() {
    let corrupt =
        |verify| run(Code::new(4, 8), verify, Fidelity::Real).model.store.tallies().reads_corrupt;
    let (nothing, local) = (corrupt(Verify::Nothing), corrupt(Verify::Local));
    assert!(local > 0 && local < nothing, "{local} and {nothing}");
}

#[test]
fn scrubs_find_what_readers_would_meet_too_late() {
    let lost = |scrub| {
        let code = Code::new(6, 8);
        run_with(code, Verify::Manifest, Fidelity::Modelled, scrub, 1.0)
            .model
            .store
            .tallies()
            .losses
    };
    let (with, without) = (lost(Some(SimDuration::from_days(2))), lost(None));
    assert!(with < without / 4, "{with} and {without}");
}

#[test]
fn modelled_and_real_bytes_have_one_history() {
    let history = |fidelity| {
        let simulation = run(Code::new(4, 8), Verify::Manifest, fidelity);
        (*simulation.model.store.tallies(), simulation.ctx.fingerprint.time)
    };
    assert_eq!(history(Fidelity::Modelled), history(Fidelity::Real));
}

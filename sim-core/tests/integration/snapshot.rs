//! A run that is saved, restored or forked anywhere goes on as if nothing had happened.

use pinwheel_core::snapshot::{SnapshotError, restore, save};
use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};

use crate::watchdogs::Watchdogs;

const HORIZON: SimDuration = SimDuration::from_hours(6);

fn end() -> SimTime {
    SimTime::ZERO + HORIZON
}

fn start(seed: u64) -> Simulation<Watchdogs> {
    Watchdogs::simulation(Streams::new(seed, 0))
}

fn ended(mut simulation: Simulation<Watchdogs>) -> Simulation<Watchdogs> {
    simulation.run_until(end());
    simulation
}

fn restored(bytes: &[u8]) -> Simulation<Watchdogs> {
    restore(bytes).expect("the snapshot is whole")
}

#[test]
fn a_restored_run_and_a_straight_run_have_one_fingerprint_at_200_cuts() {
    let straight = ended(start(11));
    let mut draw = Streams::new(12, 0).stream(0, "cut");
    let (mut ties, mut timers) = (0, 0);
    for cut in 0..200 {
        let mut first = start(11);
        if cut % 4 == 0 {
            // Between events, at an arbitrary instant.
            first.run_until(SimTime::from_nanos(draw.below(HORIZON.as_nanos())));
        } else {
            // Behind an arbitrary event, mostly in the midst of a tie.
            for _ in 0..draw.below(straight.ctx.events()) {
                first.step(end());
            }
        }
        let bytes = save(&first);
        let second = restored(&bytes);
        assert_eq!(second.ctx.now(), first.ctx.now());
        assert_eq!(second.ctx.pending(), first.ctx.pending());
        assert_eq!(save(&second), bytes, "cut {cut}: a restored run is saved alike");
        // Into what was the cut made?
        let (now, mut probe) = (first.ctx.now(), first.fork());
        ties += usize::from(probe.step(now).is_some());
        timers += usize::from(first.ctx.pending() > 41);
        for second in [ended(first), ended(second)] {
            assert_eq!(second.ctx.fingerprint.hex(), straight.ctx.fingerprint.hex(), "cut {cut}");
            assert_eq!(save(&second), save(&straight), "cut {cut}");
        }
    }
    assert!(ties > 50, "{ties} cuts go through a tie");
    assert!(timers > 50, "{timers} cuts are made with timers pending");
}

#[test]
fn a_snapshot_that_is_not_whole_is_refused() {
    let mut simulation = start(5);
    simulation.run_until(SimTime::ZERO + SimDuration::from_hours(1));
    let bytes = save(&simulation);
    let refusal = |bytes: &[u8]| restore::<Simulation<Watchdogs>>(bytes).err();
    for len in (0..bytes.len()).step_by(7) {
        let expected = if len < 44 { SnapshotError::NotASnapshot } else { SnapshotError::Damaged };
        assert_eq!(refusal(&bytes[..len]), Some(expected), "cut to {len} bytes");
    }
    for place in (0..bytes.len()).step_by(11) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x10;
        let expected = match place {
            0..8 => SnapshotError::NotASnapshot,
            8..12 => SnapshotError::Version { found: 2 ^ 0x10 << (8 * (place - 8)), expected: 2 },
            _ => SnapshotError::Damaged,
        };
        assert_eq!(refusal(&damaged), Some(expected), "byte {place} is damaged");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(refusal(&longer), Some(SnapshotError::Damaged));
    assert!(refusal(&bytes).is_none());
}

#[test]
fn a_fork_leaves_its_origin_alone() {
    let mut origin = start(3);
    origin.run_until(SimTime::ZERO + SimDuration::from_hours(1));
    let before = save(&origin);
    let fork = ended(origin.fork());
    assert_eq!(save(&origin), before);
    assert_eq!(save(&fork), save(&ended(origin)));
}

#[test]
fn a_fork_as_another_run_draws_other_numbers_and_keeps_its_streams() {
    let mut origin = start(3);
    origin.run_until(SimTime::ZERO + SimDuration::from_hours(1));
    let same = ended(origin.fork_as_run(0));
    let other = ended(origin.fork_as_run(1));
    assert_eq!(save(&same), save(&ended(origin)));
    assert_ne!(other.ctx.fingerprint.hex(), same.ctx.fingerprint.hex());
    assert_eq!(other.ctx.streams(), &Streams::new(3, 1));
}

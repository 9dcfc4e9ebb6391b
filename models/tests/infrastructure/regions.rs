//! A fleet cut into regions is the fleet in one piece, and devices that do nothing cost nothing.

use pinwheel_core::{OneByOne, Regions, SimDuration, SimTime, Streams};
use pinwheel_models::infrastructure::fleet::{Change, Fleet};
use pinwheel_models::infrastructure::settings::{Class, Detection, Heartbeat, Settings};
use pinwheel_models::laws::draw::Duration;
use pinwheel_models::laws::failure::FailureLaw;

use crate::{Devices, simulation};

const DEVICES: u32 = 1_000;
const END: SimTime = SimTime::from_nanos(20 * 86_400_000_000_000);

fn class(count: u32) -> Class {
    Class {
        failure: FailureLaw::exponential(10.0 * 86_400.0),
        repair: Duration::Drawn(FailureLaw::exponential(4.0 * 3_600.0)),
        detection: Detection::Heartbeat,
        heartbeat: Some(Heartbeat { period: SimDuration::from_hours(1), loss: 0.1, misses: 3 }),
        ..Class::new("device", count)
    }
}

/// Every change of every device, and what was counted, of the fleet cut into regions.
fn cut(regions: u32) -> (Vec<(SimTime, Change)>, [u64; 5]) {
    let bound = |region: u32| DEVICES * region / regions;
    let part = |region: u32| {
        let streams = Streams::new(3, 0).numbered_from(bound(region));
        let settings = Settings::of(class(bound(region + 1) - bound(region)));
        let fleet = Fleet::new(&settings, &streams);
        (Devices { fleet, log: Vec::new(), changes: Vec::new() }, streams)
    };
    let parts = (0..regions).map(part).collect();
    let mut regions = Regions::new(parts, SimDuration::from_hours(5));
    regions.run_until(END, &OneByOne);
    let (mut log, mut counts) = (Vec::new(), [0; 5]);
    for (region, part) in regions.iter().enumerate() {
        let number =
            |change: Change| Change { device: change.device + bound(region as u32), ..change };
        log.extend(part.model.log.iter().map(|(time, change)| (*time, number(*change))));
        let (tallies, whole) = (part.model.fleet.tallies(), part.model.fleet.tallies().whole(END));
        let found = [
            whole.failures,
            whole.repairs,
            tallies.counts.heartbeats_sent,
            tallies.counts.heartbeats_lost,
            tallies.counts.false_alarms,
        ];
        counts.iter_mut().zip(found).for_each(|(count, found)| *count += found);
    }
    log.sort_by_key(|(time, change)| (*time, change.device));
    (log, counts)
}

#[test]
fn regions_have_the_lives_and_losses_of_the_whole() {
    let (log, counts) = cut(1);
    assert!(counts.iter().all(|count| *count > 100), "{counts:?}");
    for regions in [2, 7, 40] {
        assert_eq!(cut(regions), (log.clone(), counts), "{regions} regions");
    }
}

#[test]
fn idle_devices_have_no_events() {
    let mut settings = Settings::of(class(10));
    settings.classes.push(Class::new("idle", 100_000));
    let mut beside = simulation(&settings, 1);
    let mut alone = simulation(&Settings::of(class(10)), 1);
    assert_eq!(beside.ctx.pending(), alone.ctx.pending());
    beside.run_until(END);
    alone.run_until(END);
    assert_eq!(beside.ctx.events(), alone.ctx.events());
}

#[test]
fn a_device_with_heartbeats_takes_less_than_200_bytes() {
    let devices = simulation(&Settings::of(class(DEVICES)), 1);
    let bytes = devices.model.fleet.bytes() + devices.ctx.pending_bytes();
    assert!(bytes < 200 * DEVICES as usize, "{bytes} bytes for {DEVICES} devices");
    // A lower bound, so that nothing is forgotten: two pending events, and the life and the owner.
    assert!(bytes > 80 * DEVICES as usize, "{bytes} bytes for {DEVICES} devices");
}

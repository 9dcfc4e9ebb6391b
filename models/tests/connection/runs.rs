//! Runs of the layer: it is its seed, it can be cut anywhere, its books balance under everything
//! at once, and a change of protocol moves no reading.

use pinwheel_core::snapshot::{restore, save};
use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::connection::channel::{Loss, Outage};
use pinwheel_models::connection::mqtt::Qos;
use pinwheel_models::connection::settings::{Air, Gateways, MeshPlan, Protocol};
use pinwheel_models::connection::{Isolated, Settings};

const ALL: [Protocol; 5] =
    [Protocol::Datagram, Protocol::Coap, Protocol::Http, Protocol::WebSocket, Protocol::Mqtt];

/// Losses in bursts, jitter, a partial outage and a silent and a resetting one of the hub.
fn rough(protocol: Protocol) -> Settings {
    let outage = |start_seconds, share, resets| Outage {
        start_seconds,
        length_seconds: 2_000.0,
        share,
        resets,
        equal_before: 0,
    };
    let mut settings = Settings {
        devices: 40,
        protocol,
        window: 4,
        buffer: 20,
        qos: Qos::ExactlyOnce,
        retain: true,
        observe: true,
        outages: vec![
            outage(5_000.0, 0.4, true),
            outage(20_000.0, 1.0, false),
            outage(40_000.0, 1.0, true),
        ],
        ..Settings::default()
    };
    settings.channel.loss = Loss::bursts(0.1, 3.0);
    settings.channel.jitter_seconds = 0.02;
    settings
}

fn gateways(air: Option<Air>) -> Gateways {
    let mut channel = Settings::default().channel;
    channel.loss = Loss::Independent(0.2);
    Gateways {
        count: 5,
        on: None,
        by_region: false,
        heard_by: 3,
        repeats: 2,
        channel,
        clock_skew_seconds: 1.0,
        air,
    }
}

/// Every way a reading can go, each rough.
fn all() -> Vec<Settings> {
    let mut all: Vec<Settings> = ALL.map(rough).into();
    all.extend(ALL.map(|protocol| Settings { gateways: Some(gateways(None)), ..rough(protocol) }));
    let air = Air { channels: 2, spreading_factor: 10, slotted: true };
    all.push(Settings { gateways: Some(gateways(Some(air))), ..rough(Protocol::Mqtt) });
    all.push(Settings { breaks: true, ..rough(Protocol::Mqtt) });
    all.push(Settings { breaks: true, ..rough(Protocol::Http) });
    all.push(Settings { confirmable: false, poisson: true, ..rough(Protocol::Coap) });
    let mut mesh = rough(Protocol::Datagram);
    mesh.outages.retain(|outage| outage.share == 1.0);
    mesh.mesh = Some(MeshPlan {
        neighbours: 10.0,
        exits: 2,
        hop_retries: 3,
        hop_seconds: 0.01,
        reroute_seconds: 60.0,
    });
    all.push(mesh);
    all
}

fn start(settings: &Settings) -> Simulation<Isolated> {
    let streams = Streams::new(3, 0);
    Simulation::new(Isolated::new(settings, &streams), streams)
}

const END: SimTime = SimTime::from_nanos(2 * 86_400 * 1_000_000_000);

#[test]
fn the_books_balance_whatever_happens() {
    for (place, settings) in all().iter().enumerate() {
        let mut run = start(settings);
        // Devices fail and come back all the time.
        let mut draws = Streams::new(4, 0).stream(0, "failures");
        let mut up = [true; 40];
        for step in 1..=1_000 {
            run.run_until(SimTime::ZERO + SimDuration::from_seconds(170 * step));
            let device = draws.below(40) as usize;
            up[device] = !up[device];
            run.model.connection.device_changed(device as u32, up[device], &mut run.ctx);
        }
        run.run_until(END);
        assert_eq!(run.ctx.checks.breach(), None, "setting {place}");
        let account = run.model.connection.account();
        let most = account.taken / 2;
        assert!(account.delivered > most, "setting {place}: {account:?}");
        assert_eq!(account.delivered, run.model.deliveries.len() as u64, "setting {place}");
        for tally in run.ctx.checks.tallies() {
            assert!(tally.made > 0 && tally.passed(), "setting {place}: {}", tally.check);
        }
    }
}

#[test]
fn a_run_goes_on_from_any_cut() {
    for (place, settings) in all().iter().enumerate() {
        let end = SimTime::ZERO + SimDuration::from_seconds(30_000);
        let mut straight = start(settings);
        straight.run_until(end);
        let whole = save(&straight);
        let mut draw = Streams::new(2, 0).stream(0, "cut");
        for _ in 0..3 {
            let cut = draw.below(straight.ctx.events());
            let mut first = start(settings);
            (0..cut).for_each(|_| assert!(first.step(end).is_some()));
            let mut second: Simulation<Isolated> = restore(&save(&first)).expect("a snapshot");
            second.run_until(end);
            assert!(save(&second) == whole, "setting {place}, cut {cut}");
        }
    }
}

#[test]
fn a_run_is_its_seed_and_a_protocol_moves_no_reading() {
    let taken = |protocol, seed| {
        let settings = Settings { poisson: true, ..rough(protocol) };
        let streams = Streams::new(seed, 0);
        let mut run = Simulation::new(Isolated::new(&settings, &streams), streams);
        run.run_until(SimTime::ZERO + SimDuration::from_seconds(86_400));
        let account = run.model.connection.account();
        (run.ctx.fingerprint.hex(), account.taken)
    };
    let prints: Vec<_> = ALL.map(|protocol| taken(protocol, 5)).into();
    for (place, protocol) in ALL.into_iter().enumerate() {
        assert_eq!(taken(protocol, 5), prints[place], "{protocol:?}");
        assert_eq!(prints[place].1, prints[0].1, "{protocol:?}: other readings");
        assert_ne!(taken(protocol, 6).0, prints[place].0, "{protocol:?}");
    }
}

#[test]
fn a_plain_device_is_small() {
    let mut run = start(&Settings { devices: 1, ..Settings::default() });
    run.run_until(SimTime::ZERO + SimDuration::from_seconds(3_600));
    assert!(size_of::<pinwheel_models::connection::platform::Device>() <= 40);
    assert!(size_of::<pinwheel_models::connection::Event>() <= 16);
    assert_eq!(run.model.connection.account().delivered, 60);
}

//! The layer as a whole: snapshots, several chains, what comes from outside.

use pinwheel_conform::theory::chain::{Chains, run};
use pinwheel_core::snapshot::{restore, save};
use pinwheel_core::{Amount, SimDuration, Simulation, Streams};
use pinwheel_models::blockchain::Blockchain;
use pinwheel_models::blockchain::activity::devices::DeviceParameters;
use pinwheel_models::blockchain::activity::escrow::TradeParameters;
use pinwheel_models::blockchain::activity::load::LoadParameters;
use pinwheel_models::blockchain::activity::telemetry::{TelemetryParameters, Way};
use pinwheel_models::blockchain::consensus::work::WorkParameters;
use pinwheel_models::blockchain::settings::{
    Bindings, ChainSettings, ConsensusSettings, Settings, TelemetrySettings, TravelLaw,
};
use pinwheel_models::part::{Around, DeviceClass, DeviceSet, Devices};
use pinwheel_models::registry;

use crate::seconds;

fn two_chains() -> Settings {
    let load = Some(LoadParameters { users: 30.0, rate: 0.05, ..LoadParameters::default() });
    let telemetry = TelemetrySettings {
        parameters: TelemetryParameters { devices: 5.0, forged: 0.1, ..Default::default() },
        way: Way::Anchored,
        real: true,
        on: None,
        from_connection: false,
    };
    let one = ChainSettings {
        id: "one".to_owned(),
        load: load.clone(),
        telemetry: Some(telemetry),
        ..ChainSettings::default()
    };
    let work = WorkParameters { travel: 5.0, ..WorkParameters::default() };
    let two = ChainSettings {
        id: "two".to_owned(),
        block_time: SimDuration::from_seconds(60),
        consensus: ConsensusSettings::Work(work, TravelLaw::Exponential),
        load,
        ..ChainSettings::default()
    };
    Settings { chains: vec![one, two], ..Settings::default() }
}

#[test]
fn a_run_cut_in_two_ends_as_if_it_were_never_cut() {
    let streams = Streams::new(11, 0);
    let new = || {
        Simulation::new(Chains(Blockchain::new(&two_chains(), &Around::alone(&streams))), streams)
    };
    let mut whole = new();
    whole.run_until(seconds(100_000));
    let mut first = new();
    first.run_until(seconds(50_000));
    let mut second: Simulation<Chains> = restore(&save(&first)).expect("our own snapshot");
    second.run_until(seconds(100_000));
    assert_eq!(whole.ctx.fingerprint.hex(), second.ctx.fingerprint.hex());
    assert_eq!(save(&whole), save(&second));
    assert_eq!(whole.ctx.checks.breach(), None);
}

#[test]
fn gas_without_spread_is_the_gas_typed() {
    for gas in [21_000u64, 35_000, 50_000, 7_000_000, 9_999_999] {
        let load = LoadParameters {
            users: 30.0,
            rate: 0.05,
            gas: gas as f64,
            ..LoadParameters::default()
        };
        let chain = ChainSettings { load: Some(load), ..ChainSettings::default() };
        let settings = Settings { chains: vec![chain], ..Settings::default() };
        let streams = Streams::new(3, 0);
        let mut simulation =
            Simulation::new(Chains(Blockchain::new(&settings, &Around::alone(&streams))), streams);
        simulation.run_until(seconds(5_000));
        let blocks = simulation.model.0.chain(0).blocks();
        let used: Vec<u64> = blocks
            .iter()
            .flat_map(|block| block.receipts.iter().map(|receipt| receipt.gas_used))
            .collect();
        assert!(!used.is_empty());
        assert!(used.iter().all(|used| *used == gas), "{gas}: {used:?}");
    }
}

#[test]
fn a_second_chain_does_not_move_the_first() {
    let streams = Streams::new(11, 0);
    let alone = Settings { chains: two_chains().chains[..1].to_vec(), ..Settings::default() };
    let tip = |settings: &Settings| {
        let mut simulation =
            Simulation::new(Chains(Blockchain::new(settings, &Around::alone(&streams))), streams);
        simulation.run_until(seconds(20_000));
        simulation.model.0.chain(0).head.hash
    };
    assert_eq!(tip(&alone), tip(&two_chains()));
}

#[test]
fn devices_follow_what_the_infrastructure_says() {
    let class = |id: &str, count| DeviceClass { id: id.to_owned(), count };
    let fleet = Devices {
        classes: vec![class("other", 2), class("meter", 3)],
        class: vec![0, 0, 1, 1, 1],
        region: vec![0; 5],
        owner: vec![0; 5],
        site: vec![0; 5],
        ..Devices::default()
    };
    let devices = DeviceParameters { devices: 3.0, ..DeviceParameters::default() };
    let on = Bindings { devices: Some(DeviceSet { classes: vec![1] }), ..Bindings::default() };
    let chain = |id: &str| ChainSettings {
        id: id.to_owned(),
        devices: Some(devices.clone()),
        on: on.clone(),
        ..ChainSettings::default()
    };
    let settings = Settings { chains: vec![chain("one"), chain("two")], ..Settings::default() };
    let streams = Streams::new(2, 0);
    let chains = Blockchain::new(&settings, &Around { streams: &streams, devices: &fleet });
    let mut simulation = Simulation::new(Chains(chains), streams);
    // Devices 0 and 1 of the fleet are of the other class.
    for (time, device, class, up) in [
        (10, 3, 1, false),
        (11, 3, 1, false),
        (15, 1, 0, false),
        (20, 4, 1, false),
        (3_000, 3, 1, true),
    ] {
        simulation.run_until(seconds(time));
        let Simulation { model, ctx } = &mut simulation;
        model.0.device_changed(device, class, up, ctx);
    }
    simulation.run_until(seconds(3_100));
    for chain in [0, 1] {
        let registry = &simulation.model.0.chain(chain).state().contracts.registry;
        let known = |device| registry.device(device).map(|device| (device.changes, device.up));
        assert_eq!(
            (known(0), known(1), known(2)),
            (Some((0, true)), Some((2, true)), Some((1, false))),
            "chain {chain}"
        );
        assert_eq!(known(3), None);
    }
}

#[test]
fn forged_readings_do_not_pass_their_signatures() {
    let mut settings = two_chains().chains.remove(0);
    settings.load = None;
    let simulation = run(settings, &Streams::new(4, 0), SimDuration::from_hours(30));
    assert_eq!(simulation.ctx.checks.breach(), None);
    let chain = simulation.model.0.chain(0);
    // 5 devices, every 10 minutes, a tenth forged: 29 or 30 hours are on the chain.
    let readings = chain.state().contracts.anchor.readings;
    assert!((780..=810).contains(&readings), "{readings}");
    let proven = simulation.ctx.checks.tallies();
    let proven = proven.iter().find(|tally| tally.check == "blockchain.main.readings_proven");
    assert!(proven.or(simulation.ctx.checks.tallies().last()).is_some_and(|t| t.made > 20));
}

/// Three buyers with 500 tokens each want deals of 82 tokens on average: all are broke within a
/// week.
#[test]
fn buyers_who_cannot_pay_strike_no_deal_and_leave_nothing_in_escrow() {
    let escrow = TradeParameters {
        traders: 3.0,
        deals: 20.0,
        balance: Amount(500 * 10u128.pow(18)),
        ..TradeParameters::default()
    };
    let settings = ChainSettings {
        block_time: SimDuration::from_minutes(5),
        escrow: Some(escrow),
        ..ChainSettings::default()
    };
    let mut simulation = run(settings, &Streams::new(7, 0), SimDuration::from_days(60));
    let rows = simulation.ctx.records.drain();
    let of = |name: &str| {
        let metric = registry::ALL.find(name).expect("a metric").0;
        let rows = rows.iter().filter(move |row| row.metric == metric);
        rows.map(|row| row.value).collect::<Vec<f64>>()
    };
    let (losses, turnover) = (of("escrow_loss_share"), of("escrow_turnover"));
    assert!(losses.len() == 60 && losses.iter().all(|loss| *loss == 0.0), "{losses:?}");
    let last = *turnover.last().expect("a day");
    // Refunds are spent again: 3 % of all is not delivered.
    assert!((1_300.0..1_600.0).contains(&last), "{last}");
    assert_eq!(simulation.ctx.checks.breach(), None);
}

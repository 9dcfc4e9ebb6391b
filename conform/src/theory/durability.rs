//! How long data lasts, how often it can be read and how surely an audit finds what is withheld.
//!
//! Times to loss follow from the recurrence of Angus (IEEE Transactions on Reliability 37, 1988),
//! with `RS(n, k)`: `n` pieces, `k` needed. The slow ones are estimated by splitting and compared
//! as rates: the mean of a reciprocal is not the reciprocal of the mean.

use pinwheel_core::{Context, Model, SimDuration, SimTime, Simulation, Streams};

use super::Case;
use pinwheel_models::data::coding::Code;
use pinwheel_models::data::settings::{
    AuditSettings, Fidelity, NodeSettings, OutageSettings, Settings, StoreSettings,
};
use pinwheel_models::data::splitting::{Alone, Splitting};
use pinwheel_models::data::store::Store;
use pinwheel_models::data::{Data, Event};
use pinwheel_models::laws::draw::Duration;
use pinwheel_models::laws::failure::FailureLaw;
use pinwheel_models::part::Around;

const PART: &str = "2 reliability";
const HOUR_SECONDS: f64 = 3_600.0;
const YEAR_SECONDS: f64 = 365.25 * 86_400.0;
const RECURRENCE: &str = "sum h_i, h_i = (1 + r_i h_(i-1)) / f_i";
/// Losses that one seed waits for.
const LOSSES: u64 = 150;
/// Branches of one level and seed.
const TRIALS: u32 = 500;

fn exponential(mean_hours: f64) -> FailureLaw {
    FailureLaw::Exponential { rate_per_second: 1.0 / (mean_hours * HOUR_SECONDS) }
}

/// One object of `needed` of `pieces` on as many nodes.
fn group(
    (pieces, needed): (u16, u16),
    life: FailureLaw,
    rebuild_hours: f64,
    serial: bool,
) -> (StoreSettings, NodeSettings) {
    let rebuild = Duration::Drawn(exponential(rebuild_hours));
    let mut store = StoreSettings::new(1, Code::new(needed, pieces), rebuild);
    store.renew = true;
    if serial {
        store.repair.at_once_object = 1;
    }
    (store, NodeSettings { life, ..NodeSettings::new(u32::from(pieces)) })
}

/// Mean hours between losses with lives of 100 h and rebuilds of 10 h.
fn waited(streams: &Streams, code: (u16, u16), serial: bool) -> f64 {
    let (store, nodes) = group(code, exponential(100.0), 10.0, serial);
    let store = Store::new(&store, &nodes, streams);
    let mut simulation = Simulation::new(Alone { store }, *streams);
    while simulation.model.store.tallies().losses < LOSSES {
        simulation.step(SimTime::MAX).expect("nodes fail for ever");
    }
    simulation.ctx.now().as_seconds() / HOUR_SECONDS / LOSSES as f64
}

/// Losses in an hour with lives of 1000 h and rebuilds of 10 h, by splitting.
fn split(streams: &Streams, code: (u16, u16), serial: bool) -> f64 {
    let (store, nodes) = group(code, exponential(1_000.0), 10.0, serial);
    Splitting::new(&store, &nodes, TRIALS).losses_per_second(streams) * HOUR_SECONDS
}

/// Losses in a year by splitting, where `annual` of the nodes fail in a year.
fn real(streams: &Streams, code: (u16, u16), annual: f64, rebuild_hours: f64) -> f64 {
    let rate_per_second = -pinwheel_core::math::ln_1p(-annual) / YEAR_SECONDS;
    let life = FailureLaw::Exponential { rate_per_second };
    let (store, nodes) = group(code, life, rebuild_hours, false);
    Splitting::new(&store, &nodes, TRIALS).losses_per_second(streams) * YEAR_SECONDS
}

/// Share of the time in which an object cannot be read: 200 nodes that are up for 9.5 h and down
/// for half an hour on average, 400 objects placed on them.
fn unreadable(streams: &Streams, (pieces, needed): (u16, u16)) -> f64 {
    let rebuild = Duration::Drawn(exponential(1.0));
    let store = StoreSettings::new(400, Code::new(needed, pieces), rebuild);
    let outage = OutageSettings {
        between: Duration::Drawn(exponential(9.5)),
        lasts: Duration::Drawn(exponential(0.5)),
    };
    let nodes = NodeSettings { outage: Some(outage), ..NodeSettings::new(200) };
    let mut simulation =
        Simulation::new(Alone { store: Store::new(&store, &nodes, streams) }, *streams);
    // All start up: after ten mean outages that is forgotten.
    let (warm, end) = (SimDuration::from_hours(5), SimDuration::from_hours(185));
    simulation.run_until(SimTime::ZERO + warm);
    let before = simulation.model.store.objects_at(simulation.ctx.now()).readable_seconds();
    simulation.run_until(SimTime::ZERO + end);
    let after = simulation.model.store.objects_at(simulation.ctx.now()).readable_seconds();
    1.0 - (after - before) / (400.0 * (end - warm).as_seconds())
}

/// The data layer alone.
struct Layer {
    data: Data,
}

impl Model for Layer {
    type Event = Event;

    fn start(&mut self, ctx: &mut Context<Event>) {
        self.data.start(ctx);
    }
    fn handle(&mut self, event: Event, ctx: &mut Context<Event>) {
        self.data.handle(event, ctx);
    }
}

/// Share of 2000 audits that found something.
fn audited(streams: &Streams, chunks: u32, missing: u32, sample: u32) -> f64 {
    let audit = AuditSettings {
        chunks,
        missing,
        chunk_bytes: 64,
        samples: vec![sample],
        audits_per_day: 2_000,
        fidelity: Fidelity::Real,
    };
    let settings = Settings { audit: Some(audit), ..Settings::new(NodeSettings::new(1)) };
    let mut simulation =
        Simulation::new(Layer { data: Data::new(&settings, &Around::alone(streams)) }, *streams);
    simulation.run_until(SimTime::ZERO + SimDuration::from_days(1));
    let detected = const { pinwheel_models::data::spec::SPEC.metric("data_audit_detected") };
    let rows = simulation.ctx.records.drain();
    rows.iter().find(|row| row.metric == detected).expect("a day has its record").value
}

const fn case(id: &'static str, what: &'static str, formula: &'static str, theory: f64) -> Case {
    let observe = |_: &Streams| f64::NAN;
    Case { id, part: PART, what, formula, theory, tolerance: 0.08, replications: 40, observe }
}

const HOURS: &str = "hours to loss, life 100 h, rebuild 10 h";
const RATE: &str = "losses per hour by splitting, life 1000 h, rebuild 10 h";
const DISKS: &str = "losses per year by splitting, 1.37 % fail a year, rebuild 24 h";
const WORSE: &str = "losses per year by splitting, 5 % fail a year, rebuild 24 h";
const HOMES: &str = "losses per year by splitting, 50 % fail a year, rebuild 168 h";
const READ: &str = "share of time unreadable, nodes up 95 %";
const FOUND: &str = "audits that find a withheld chunk";
const TAIL: &str = "1 - P(Bin(n, A) >= k)";
const SAMPLE: &str = "1 - C(N-M, s) / C(N, s)";

pub const CASES: &[Case] = &[
    Case { observe: |s| waited(s, (2, 1), false), ..case("mttdl_2x", HOURS, RECURRENCE, 650.0) },
    Case {
        observe: |s| waited(s, (3, 1), false),
        ..case("mttdl_3x", HOURS, RECURRENCE, 4_683.333)
    },
    Case {
        observe: |s| waited(s, (3, 1), true),
        ..case("mttdl_3x_serial", HOURS, RECURRENCE, 2_516.667)
    },
    Case {
        observe: |s| waited(s, (4, 2), false),
        ..case("mttdl_rs_4_2", HOURS, RECURRENCE, 1_358.333)
    },
    Case {
        observe: |s| waited(s, (4, 2), true),
        ..case("mttdl_rs_4_2_serial", HOURS, RECURRENCE, 775.0)
    },
    Case {
        observe: |s| waited(s, (6, 4), false),
        ..case("mttdl_rs_6_4", HOURS, RECURRENCE, 361.667)
    },
    Case {
        observe: |s| waited(s, (6, 4), true),
        ..case("mttdl_rs_6_4_serial", HOURS, RECURRENCE, 228.333)
    },
    Case {
        observe: |s| waited(s, (9, 6), false),
        ..case("mttdl_rs_9_6", HOURS, RECURRENCE, 592.262)
    },
    Case {
        observe: |s| waited(s, (9, 6), true),
        ..case("mttdl_rs_9_6_serial", HOURS, RECURRENCE, 192.791)
    },
    Case {
        observe: |s| split(s, (2, 1), false),
        ..case("loss_rate_2x", RATE, RECURRENCE, 1.0 / 51_500.0)
    },
    Case {
        observe: |s| split(s, (3, 1), false),
        ..case("loss_rate_3x", RATE, RECURRENCE, 1.0 / 3_451_833.3)
    },
    Case {
        observe: |s| split(s, (3, 1), true),
        ..case("loss_rate_3x_serial", RATE, RECURRENCE, 1.0 / 1_735_166.7)
    },
    Case {
        observe: |s| split(s, (9, 6), false),
        ..case("loss_rate_rs_9_6", RATE, RECURRENCE, 1.0 / 2_215_029.8)
    },
    Case {
        observe: |s| split(s, (9, 6), true),
        ..case("loss_rate_rs_9_6_serial", RATE, RECURRENCE, 1.0 / 386_392.2)
    },
    Case {
        observe: |s| real(s, (3, 1), 0.0137, 24.0),
        ..case("disks_3x", DISKS, RECURRENCE, 1.0 / 1.694e10)
    },
    Case {
        observe: |s| real(s, (9, 6), 0.0137, 24.0),
        ..case("disks_rs_9_6", DISKS, RECURRENCE, 1.0 / 2.671e12)
    },
    Case {
        observe: |s| real(s, (14, 10), 0.0137, 24.0),
        ..case("disks_rs_14_10", DISKS, RECURRENCE, 1.0 / 3.562e15)
    },
    Case {
        observe: |s| real(s, (20, 17), 0.0137, 24.0),
        ..case("disks_rs_20_17", DISKS, RECURRENCE, 1.0 / 6.950e10)
    },
    Case {
        observe: |s| real(s, (3, 1), 0.05, 24.0),
        ..case("worse_disks_3x", WORSE, RECURRENCE, 1.0 / 3.297e8)
    },
    Case {
        observe: |s| real(s, (9, 6), 0.05, 24.0),
        ..case("worse_disks_rs_9_6", WORSE, RECURRENCE, 1.0 / 1.399e10)
    },
    Case {
        observe: |s| real(s, (3, 1), 0.5, 168.0),
        ..case("homes_3x", HOMES, RECURRENCE, 1.0 / 2_854.0)
    },
    Case {
        observe: |s| real(s, (5, 1), 0.5, 168.0),
        ..case("homes_5x", HOMES, RECURRENCE, 1.0 / 9.93e6)
    },
    Case {
        observe: |s| real(s, (9, 6), 0.5, 168.0),
        ..case("homes_rs_9_6", HOMES, RECURRENCE, 1.0 / 1_413.0)
    },
    Case {
        observe: |s| real(s, (14, 10), 0.5, 168.0),
        ..case("homes_rs_14_10", HOMES, RECURRENCE, 1.0 / 5_762.0)
    },
    Case {
        observe: |s| real(s, (20, 17), 0.5, 168.0),
        ..case("homes_rs_20_17", HOMES, RECURRENCE, 1.0 / 44.9)
    },
    Case { observe: |s| unreadable(s, (3, 1)), ..case("unreadable_1_of_3", READ, TAIL, 1.250e-4) },
    Case { observe: |s| unreadable(s, (9, 6)), ..case("unreadable_6_of_9", READ, TAIL, 6.426e-4) },
    Case {
        observe: |s| unreadable(s, (14, 10)),
        ..case("unreadable_10_of_14", READ, TAIL, 4.274e-4)
    },
    Case {
        observe: |s| unreadable(s, (20, 17)),
        ..case("unreadable_17_of_20", READ, TAIL, 1.590e-2)
    },
    // 10 of 100 missing, 5 sampled; 1 % of 1024; a block whose unreadable half and one are missing.
    Case {
        observe: |s| audited(s, 100, 10, 5),
        ..case("audit_10_of_100", FOUND, SAMPLE, 0.416_248)
    },
    Case {
        observe: |s| audited(s, 1_024, 10, 100),
        ..case("audit_10_of_1024", FOUND, SAMPLE, 0.643_843)
    },
    Case {
        observe: |s| audited(s, 512, 257, 4),
        ..case("audit_257_of_512", FOUND, SAMPLE, 0.939_198)
    },
];

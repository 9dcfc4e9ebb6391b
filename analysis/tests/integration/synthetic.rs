//! An invented network: smooth curves with noise under the names of Filecoin's metrics. It tests
//! and shows everything from the ensemble to the report without a model of anything.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use jiff::civil::date;
use pinwheel_analysis::Error;
use pinwheel_analysis::judge::verdict::{self, Verdict};
use pinwheel_analysis::record::manifest::{METRICS, Manifest, REPORT, RunEntry, SCENARIO, VERDICT};
use pinwheel_analysis::record::outcome::Outcome;
use pinwheel_analysis::record::outcomes::OutcomeTable;
use pinwheel_analysis::record::staging::Staging;
use pinwheel_analysis::record::table::Table;
use pinwheel_analysis::record::work::jobs;
use pinwheel_analysis::run::ensemble::{self, Drive, Unwatched};
use pinwheel_analysis::show::report::{self, Facts};
use pinwheel_core::check::CheckId;
use pinwheel_core::{
    Amount, Context, Event, Label, Model, SimDuration, Simulation, Stream, Streams,
};
use pinwheel_models::describe::Catalogue;
use pinwheel_models::input::When;
use pinwheel_models::networks::Settings as Network;
use pinwheel_models::networks::filecoin::spec::SPEC;
use pinwheel_models::registry;
use pinwheel_models::scenario::{self, Experiment, Measure, Scenario, Target};
use serde::{Deserialize, Serialize};

/// A curve: value at the start and at the end, noise, whether an observation is recorded.
struct Curve {
    name: &'static str,
    unit: &'static str,
    start: f64,
    end: f64,
    noise: f64,
    observed_every_days: u64,
}

const fn curve(name: &'static str, unit: &'static str, start: f64, end: f64, noise: f64) -> Curve {
    Curve { name, unit, start, end, noise, observed_every_days: 0 }
}

const fn observed(curve: Curve, observed_every_days: u64) -> Curve {
    Curve { observed_every_days, ..curve }
}

const CURVES: &[Curve] = &[
    observed(curve("raw_power", "EiB", 16.6, 4.3, 0.003), 1),
    observed(curve("qa_power", "EiB", 18.7, 20.9, 0.003), 1),
    curve("baseline_power", "EiB", 15.4, 75.0, 0.0),
    curve("providers_active", "1", 2000.0, 1420.0, 0.002),
    curve("onboarded_raw", "PiB/d", 11.0, 2.2, 0.25),
    curve("renewed_raw", "PiB/d", 29.0, 8.0, 0.3),
    curve("expired_raw", "PiB/d", 14.0, 17.0, 0.3),
    curve("terminated_raw", "PiB/d", 1.0, 0.8, 0.8),
    curve("faulty_raw", "PiB", 130.0, 40.0, 0.25),
    curve("this_epoch_reward", "FIL", 95.0, 33.0, 0.0),
    curve("minted", "FIL/d", 268_000.0, 93_000.0, 0.01),
    curve("scheduled", "FIL/d", 273_000.0, 95_000.0, 0.0),
    curve("minted_ratio", "1", 0.979, 0.977, 0.01),
    curve("pledge_per_32gib", "FIL", 0.19, 0.16, 0.01),
    observed(curve("supply_burned", "FIL", 33.1e6, 39.6e6, 0.0), 1),
    observed(curve("supply_locked", "FIL", 146e6, 121e6, 0.001), 30),
    curve("locked_pledge", "FIL", 112e6, 105e6, 0.001),
    curve("locked_vesting", "FIL", 34e6, 16e6, 0.001),
    curve("supply_circulating", "FIL", 340e6, 625e6, 0.0),
    curve("supply_reserve", "FIL", 1480.9e6, 1214.4e6, 0.0),
    curve("burn_base_fee", "FIL/d", 4_100.0, 3_600.0, 0.4),
    curve("burn_fault_fee", "FIL/d", 2_300.0, 900.0, 0.3),
    curve("burn_termination_fee", "FIL/d", 1_500.0, 800.0, 0.9),
    curve("base_fee", "attoFIL", 3.2e6, 1.1e6, 0.5),
    curve("gas_used_share", "1", 0.49, 0.47, 0.04),
    curve("wins_lost", "1/d", 320.0, 330.0, 0.1),
    curve("null_rounds", "1/d", 22.0, 23.0, 0.3),
    curve("windowpost_missed", "1/d", 300.0, 90.0, 0.6),
    curve("disks_failed", "1/d", 92.0, 31.0, 0.15),
    curve("outages", "1/d", 6.0, 4.0, 0.5),
];
const CLASSES: [(&str, f64); 5] = [
    ("under 1 PiB", 0.05),
    ("1 to 10 PiB", 0.17),
    ("10 to 50 PiB", 0.31),
    ("50 to 100 PiB", 0.25),
    ("over 100 PiB", 0.22),
];
const BY_CLASS: [(&str, f64); 4] =
    [("income", 180_000.0), ("cost", 300_000.0), ("margin", 240_000.0), ("power_share", 1.0)];

/// What the network records.
pub fn parts() -> Catalogue {
    registry::ALL
}

#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
pub struct Day(u64);

impl Event for Day {
    fn kind(&self) -> u8 {
        0
    }
}

/// The network. `breach_on` breaks the books on that day.
pub struct Invented {
    days: f64,
    lift: f64,
    breach_on: Option<u64>,
    draws: Option<Stream>,
    checks: Option<(CheckId, CheckId)>,
}

impl Invented {
    pub fn new(scenario: &Scenario) -> Self {
        let Network::Filecoin(settings) = &scenario.networks[0].settings else {
            panic!("an invented run stands in for Filecoin")
        };
        Invented {
            days: f64::from(scenario.horizon_days),
            lift: if settings.solstice.is_some() { 0.08 } else { 0.0 },
            breach_on: None,
            draws: None,
            checks: None,
        }
    }

    pub fn breached_on(self, day: u64) -> Self {
        Invented { breach_on: Some(day), ..self }
    }

    /// Uniform between -1 and 1.
    fn noise(&mut self) -> f64 {
        self.draws.as_mut().map_or(0.0, |draws| 2.0 * draws.uniform() - 1.0)
    }
}

impl Model for Invented {
    type Event = Day;

    fn start(&mut self, ctx: &mut Context<Day>) {
        self.draws = Some(ctx.streams().stream(0, "noise"));
        self.checks = Some((
            ctx.checks.always("supply-conserved"),
            ctx.checks.sometimes("a-sector-was-terminated"),
        ));
        ctx.after(SimDuration::from_days(1), Day(1));
    }

    fn handle(&mut self, Day(day): Day, ctx: &mut Context<Day>) {
        let share = day as f64 / self.days;
        let now = ctx.now();
        let seen = ctx.records.label("observed");
        for curve in CURVES {
            let metric = SPEC.metric(curve.name);
            let smooth = curve.start + (curve.end - curve.start) * share * (2.0 - share) / 1.0;
            let noise = 1.0 + curve.noise * self.noise();
            let value = smooth * noise * (1.0 + self.lift * share);
            if curve.unit == "FIL" && curve.start > 1e6 {
                let amount = Amount((value * 1e6) as u128 * 10u128.pow(12));
                ctx.records.push_amount(now, metric, Label(0), amount, 18);
            } else {
                ctx.records.push(now, metric, Label(0), value);
            }
            if curve.observed_every_days > 0 && day % curve.observed_every_days == 0 {
                let drift = 1.0 + 0.03 * (share - 0.4) + 0.006 * self.noise();
                ctx.records.push(now, metric, seen, smooth * drift);
            }
        }
        for (name, scale) in BY_CLASS {
            for (class, weight) in CLASSES {
                let label = ctx.records.label(class);
                let value = scale * weight * (1.0 - 0.4 * share) * (1.0 + 0.08 * self.noise());
                let metric = SPEC.metric(name);
                ctx.records.push(now, metric, label, value);
            }
        }
        let (always, sometimes) = self.checks.expect("start ran");
        let broken = self.breach_on == Some(day);
        ctx.checks.note(always, !broken, now, || "1 attoFIL is missing".to_owned());
        ctx.checks.note(sometimes, day % 3 == 0, now, String::new);
        ctx.fingerprint.state.mix(day);
        ctx.after(SimDuration::from_days(1), Day(day + 1));
    }
}

/// A scenario file and its initial state in `folder`, loaded, with stated targets.
pub fn experiment(folder: &Path, horizon_days: u32, runs: u32, variants: bool) -> Experiment {
    let state = "date = 2022-10-10\nraw_power = \"16 EiB\"\nqa_power = \"18 EiB\"\n\
         vested = \"400_000_000 FIL\"\ncirculating = \"340_000_000 FIL\"\n\
         locked = \"146_000_000 FIL\"\nburnt = \"33_000_000 FIL\"\nlocked_vesting_share = 0.25\n\
         base_fee = \"100 attoFIL\"\ncumsum_baseline = \"1\"\ncumsum_realized = \"1\"\n\
         effective_network_time = 1\neffective_baseline_power = \"1\"\n\
         this_epoch_baseline_power = \"1\"\n";
    fs::write(folder.join("state.toml"), state).expect("a writable folder");
    let mut text = format!(
        "schema = 1\n[meta]\nname = \"invented\"\n\
         question = \"Does an invented network with <smooth> curves make a readable report?\"\n\
         [ensemble]\nruns = {runs}\n[run]\nseed = 7\nstart = 2022-10-10\nhorizon = \"{horizon_days} d\"\n\
         [network]\nkind = \"filecoin\"\nbehaviour = \"rational\"\ninitial = \"state.toml\"\n\
         price = {{ start = \"5 USD\" }}\n"
    );
    if variants {
        text += "[[variant]]\nid = \"today\"\nset = {}\n[[variant]]\nid = \"FIP-0118\"\n\
                 set = { \"network.solstice\" = 2022-12-01 }\n";
    }
    let path = folder.join("invented.toml");
    fs::write(&path, text).expect("a writable folder");
    let mut experiment = scenario::load(&path, &[]).expect("the scenario above is valid");
    experiment.targets = targets(horizon_days);
    experiment.verdict_from = Some(date(2024, 1, 1));
    experiment
}

fn targets(horizon_days: u32) -> Vec<Target> {
    let target = |id: &str, metric: &str, measure| Target {
        nulls: vec![],
        beats: vec![],
        lag: SimDuration::ZERO,
        id: id.to_owned(),
        metric: metric.to_owned(),
        label: String::new(),
        variant: None,
        measure,
        from: None,
        to: None,
    };
    let middle = date(2022, 10, 10).saturating_add(jiff::Span::new().days(horizon_days / 2));
    vec![
        target("raw-power", "raw_power", Measure::MeanAbsoluteError { limit: 0.03 }),
        target("qa-power", "qa_power", Measure::MeanAbsoluteError { limit: 0.04 }),
        target(
            "epoch-reward",
            "this_epoch_reward",
            Measure::ValueAt { at: When::Day(middle), expected: 49.245, limit: 0.05 },
        ),
        target(
            "minted-over-scheduled",
            "minted_ratio",
            Measure::Within { low: 0.965, high: 0.995, window: Some(SimDuration::from_days(30)) },
        ),
        target("locked", "supply_locked", Measure::MeanAbsoluteError { limit: 0.06 }),
        target("burn-growth", "supply_burned", Measure::GrowthError { limit: 0.15 }),
    ]
}

/// Runs an experiment into a staging folder.
pub fn simulate(
    experiment: &Experiment,
    staging: &Staging,
    threads: usize,
    stop: &AtomicBool,
    build: impl Fn(&Scenario, &Streams) -> Invented + Sync,
) -> Result<Vec<Outcome>, Error> {
    let runs = staging.work(&plan(experiment))?.runs();
    let parts = parts();
    let drive = Drive { threads, stop, watcher: &Unwatched, runs: Some(&runs), parts };
    let start = |scenario: &Scenario, streams: &Streams| {
        Ok(Simulation::new(build(scenario, streams), *streams))
    };
    let outcomes = ensemble::run(experiment, start, jobs(experiment), &drive)?;
    ensemble::merge(experiment, parts, &runs, &staging.path().join(METRICS))?;
    Ok(outcomes)
}

/// What is going to be run.
pub fn plan(experiment: &Experiment) -> Manifest {
    let manifest = Manifest::of(experiment);
    Manifest { version: "0.1.0".to_owned(), scenario: "invented.toml".to_owned(), ..manifest }
}

/// Runs, judges, reports and publishes an experiment.
pub fn publish(experiment: &Experiment, folder: &Path, threads: usize) -> Result<Verdict, Error> {
    let staging = Staging::begin(folder)?;
    let stop = AtomicBool::new(false);
    let outcomes =
        simulate(experiment, &staging, threads, &stop, |scenario, _| Invented::new(scenario))?;
    let table = Table::read(&staging.path().join(METRICS))?;
    let verdict_from = experiment.verdict_from;
    let verdict = verdict::judge(experiment, &outcomes);
    let runs: Vec<RunEntry> =
        outcomes.iter().map(|o| RunEntry::new(&o.point, o.run, o.events, &o.fingerprint)).collect();
    let fingerprint = Manifest::combine(&runs);
    let numbers = OutcomeTable::of(experiment, &outcomes);
    staging.write(SCENARIO, experiment.resolved.as_bytes())?;
    staging.write(VERDICT, &serde_json::to_vec_pretty(&verdict).expect("plain data"))?;
    let files = staging.files()?;
    let manifest = Manifest { fingerprint, runs, verdict_from, files, ..plan(experiment) };
    let facts = Facts {
        parts: parts(),
        verdict: &verdict,
        manifest: &manifest,
        outcomes: &numbers,
        folder: "out/invented".to_owned(),
    };
    staging.write(REPORT, report::render(&facts, &table)?.html.as_bytes())?;
    staging.publish(manifest)?;
    Ok(verdict)
}

//! The 28 review metrics: each is given by a shipped scenario or has a reason not to be, what a
//! network says it gives is what its runs record, and a review moves nothing.

use std::collections::BTreeSet;
use std::path::Path;

use pinwheel_core::snapshot::{restore, save};
use pinwheel_core::{Row, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::describe::review::Source;
use pinwheel_models::describe::review::list::{Given, LIST};
use pinwheel_models::networks::filecoin;
use pinwheel_models::registry;
use pinwheel_models::scenario::{self, Point};
use pinwheel_models::world::World;

const FIP: &str = "reviews/fip0118.toml";
/// A small and short Filecoin.
const SMALL: &[(&str, &str)] = &[
    ("network.providers", "60"),
    ("run.horizon", "\"280 d\""),
    ("review.every", "\"30 d\""),
    ("review.periods.net_inflation", "\"30 d\""),
    ("review.periods.payback_months", "\"60 d\""),
    ("review.periods.supply_elasticity", "\"60 d\""),
];

fn point(file: &str, keys: &[(&str, &str)]) -> Point {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(file);
    let keys: Vec<_> = keys.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let experiment = scenario::load(&path, &keys).unwrap_or_else(|faults| panic!("{faults:?}"));
    experiment.points.into_iter().next().expect("at least one point")
}

struct Run {
    rows: Vec<Row>,
    labels: Vec<String>,
    ledger: String,
}

fn run(point: &Point) -> Run {
    let streams = Streams::new(118, 0);
    let mut run = Simulation::new(point.scenario.world(&streams), streams);
    run.run_until(SimTime::ZERO + SimDuration::from_days(point.scenario.horizon_days.into()));
    assert_eq!(run.ctx.checks.breach(), None);
    let fingerprint = &run.ctx.fingerprint;
    Run {
        rows: run.ctx.records.drain(),
        labels: run.ctx.records.labels().to_vec(),
        ledger: format!("{:?} {:?}", fingerprint.ledger, fingerprint.state),
    }
}

fn name(row: &Row) -> &'static str {
    registry::ALL.spec(row.metric).name
}

fn reviewed(row: &&Row) -> bool {
    LIST.iter().any(|entry| entry.spec.name == name(row))
}

impl Run {
    /// Names of the review metrics that were recorded.
    fn recorded(&self) -> BTreeSet<&'static str> {
        self.rows.iter().filter(reviewed).map(name).collect()
    }

    fn values(&self, metric: &str, label: &str) -> Vec<f64> {
        let of = |row: &&Row| name(row) == metric && self.labels[usize::from(row.label.0)] == label;
        self.rows.iter().filter(of).map(|row| row.value).collect()
    }

    fn last(&self, metric: &str, label: &str) -> f64 {
        *self.values(metric, label).last().unwrap_or_else(|| panic!("{metric} {label}"))
    }
}

fn of_runs() -> BTreeSet<&'static str> {
    LIST.iter().filter(|entry| entry.given == Given::Run).map(|entry| entry.spec.name).collect()
}

/// What the shipped scenarios with a `[review]` record, one run of each.
#[test]
fn each_of_the_28_is_recorded_by_a_shipped_scenario_or_says_why_not() {
    let mut recorded = BTreeSet::new();
    for (file, keys) in [
        (FIP, SMALL),
        ("intro/lying_devices.toml", &[]),
        ("attacks/double_spend.toml", &[]),
        ("chain/pos.toml", &[("run.horizon", "\"2 d\"")]),
        ("intro/central_vs_depin.toml", &[("run.horizon", "\"60 d\"")]),
        ("reviews/small-economy.toml", &[("run.horizon", "\"120 d\"")]),
    ] as [(&str, &[(&str, &str)]); 6]
    {
        recorded.append(&mut run(&point(file, keys)).recorded());
    }
    let missing: Vec<_> = of_runs().difference(&recorded).copied().collect();
    assert!(missing.is_empty(), "{missing:?}");
    for entry in &LIST {
        if let Given::Experiment(how) = entry.given {
            assert!(how.len() > 20, "{} says how it is found", entry.spec.name);
        }
    }
}

#[test]
fn filecoin_records_what_it_says_and_names_a_reason_for_the_rest() {
    let Source { gives, lacks, .. } = filecoin::review::SOURCE;
    let said: BTreeSet<_> =
        gives.iter().chain(lacks.iter().map(|(name, _)| name)).copied().collect();
    assert_eq!(said, of_runs());
    assert_eq!(gives.len() + lacks.len(), said.len(), "none is in both lists");
    let mut recorded = run(&point(FIP, SMALL)).recorded();
    // A few days in which every proof is made and verified by the real code.
    let real = [
        ("network.providers", "2"),
        ("network.detail", "deadline"),
        ("network.proofs", "real"),
        ("run.horizon", "\"2 d\""),
        ("review.every", "\"1 d\""),
        ("review.periods", "{}"),
    ];
    recorded.append(&mut run(&point(FIP, &real)).recorded());
    // What honest providers paid is told where some cheat.
    let cheats = [SMALL, &[("network.parameters.cheater_share", "0.5")]].concat();
    recorded.append(&mut run(&point(FIP, &cheats)).recorded());
    // Nobody loses data in two days, so no false claim is judged.
    let mut owed: BTreeSet<_> = gives.iter().copied().collect();
    owed.remove("proof_false_pass");
    assert_eq!(recorded, owed);
}

/// Those of an economy, and each by hand from its daily record.
#[test]
fn an_economy_records_what_it_says() {
    let keys = [("run.horizon", "\"240 d\""), ("network.record_every", "\"1 d\"")];
    let run = run(&point("reviews/small-economy.toml", &keys));
    let source = pinwheel_models::networks::generic::review::SOURCE;
    let of_fleet = ["nakamoto"];
    let owed: BTreeSet<_> = source.gives.iter().chain(&of_fleet).copied().collect();
    assert_eq!(run.recorded(), owed);
    let day = |metric: &str, day: usize| run.values(metric, "")[day - 1];
    // Of the window from day 210 to day 240.
    let grown = |metric: &str| day(metric, 240) - day(metric, 210);
    let close = |metric: &str, expected: f64, bound: f64| {
        let value = run.last(metric, "");
        assert!((value / expected - 1.0).abs() < bound, "{metric}: {value}, not {expected}");
    };
    let (minted, burned) = (grown("tokens_minted"), grown("tokens_burned"));
    close("burn_to_mint", burned / minted, 1e-9);
    let outstanding = day("tokens_minted", 210) - day("tokens_burned", 210);
    close("net_inflation", (minted - burned) / outstanding * 365.25 / 30.0, 1e-9);
    // All that customers spend is burned, so the price of the balance is their dollars by token.
    let spent: f64 = (211..=240).map(|of| day("token_demand", of)).sum();
    close("equilibrium_price", spent / minted, 1e-6);
    let cost: f64 = (211..=240).map(|of| day("operator_cost", of)).sum();
    // The daily record is of the nodes that are left at the day's end, the sum of all that ran.
    close("revenue_cover", spent / cost, 1e-2);
}

#[test]
fn every_name_that_a_source_gives_is_in_the_list_and_reached() {
    let names = of_runs();
    for part in registry::ALL.0 {
        let Some(source) = part.review else { continue };
        for name in source.gives.iter().chain(source.lacks.iter().map(|(name, _)| name)) {
            assert!(names.contains(name), "{}: {name}", part.name);
        }
    }
}

#[test]
fn a_review_moves_nothing_and_goes_on_from_a_snapshot() {
    let with = point(FIP, SMALL);
    let mut without = with.clone();
    without.scenario.review = None;
    let (reviewed_run, plain) = (run(&with), run(&without));
    assert_eq!(reviewed_run.ledger, plain.ledger);
    let others: Vec<_> = reviewed_run.rows.iter().filter(|row| !reviewed(row)).collect();
    let of_plain: Vec<_> = plain.rows.iter().collect();
    let same = |one: &&Row, other: &&Row| {
        (one.time, one.metric, one.value.to_bits())
            == (other.time, other.metric, other.value.to_bits())
    };
    assert_eq!(others.len(), of_plain.len());
    assert!(others.iter().zip(&of_plain).all(|(one, other)| same(one, other)));

    let streams = Streams::new(118, 0);
    let end = |days| SimTime::ZERO + SimDuration::from_days(days);
    let mut first = Simulation::new(with.scenario.world(&streams), streams);
    first.run_until(end(100));
    let mut second: Simulation<World> = restore(&save(&first)).expect("a whole snapshot");
    first.run_until(end(280));
    second.run_until(end(280));
    assert!(save(&first) == save(&second), "a review is part of the state");
}

/// Every metric by hand from the daily records of the same run.
#[test]
fn values_follow_from_the_daily_records() {
    let run = run(&point(FIP, SMALL));
    let close = |value: f64, expected: f64, bound: f64, what: &str| {
        assert!((value / expected - 1.0).abs() < bound, "{what}: {value}, not {expected}");
    };
    let daily = |metric: &str| run.values(metric, "");
    // The reviews fall on days 30, 60, ..., 270; the records of a day come before them.
    let day = |metric: &str, day: usize| daily(metric)[day - 1];
    let sum = |metric: &str| daily(metric)[240..270].iter().sum::<f64>();
    let burns = [
        "burn_base_fee",
        "burn_fault_fee",
        "burn_termination_fee",
        "burn_daily_fee",
        "burn_stream",
    ];
    let burned: f64 = burns.iter().map(|name| sum(name)).sum();
    let vested = day("supply_vested", 270) - day("supply_vested", 240);
    let minted = sum("minted") + vested;
    close(run.last("burn_to_mint", ""), burned / minted, 0.02, "burn to mint");
    let issued = |at| day("supply_vested", at) + day("supply_mined", at) + 17_066_619.0;
    let outstanding = issued(240) - day("supply_burned", 240);
    let inflation = (minted - burned) / outstanding * 365.25 / 30.0;
    close(run.last("net_inflation", ""), inflation, 0.01, "inflation");
    let months = (2e9 - issued(270)) / minted * 30.0 / (365.25 / 12.0);
    close(run.last("months_to_cap", ""), months, 0.01, "months to cap");
    let circulating = day("supply_circulating", 270);
    close(run.last("circulating_share", ""), circulating / 2e9, 0.002, "circulating share");
    // Against the 30 % of the supply that the protocol wants locked.
    let coverage = day("supply_locked", 270) / (0.3 * circulating);
    close(run.last("collateral_coverage", ""), coverage, 0.01, "coverage");
    let penalties = sum("burn_fault_fee") + sum("burn_termination_fee");
    let slashed = penalties / day("supply_locked", 270) * 365.25 / 30.0;
    close(run.last("slashed_rate", ""), slashed, 0.1, "slashed");
    assert!(daily("emission_error").iter().all(|error| *error == 0.0));
    assert!(daily("conservation_residual").iter().all(|error| *error == 0.0));
    assert_eq!(daily("emission_error").len(), 9);
}

/// Splitting costs a deposit and messages; an identity below the consensus minimum of 10 TiB wins
/// nothing at all, so that splitting into crumbs costs all the income.
#[test]
fn splitting_costs_more_the_more_identities_there_are() {
    let profit = |identities: &str| {
        let keys =
            [SMALL, &[("review.identities", identities), ("run.horizon", "\"60 d\"")]].concat();
        run(&point(FIP, &keys)).last("sybil_profit", &format!("{identities} identities"))
    };
    let (two, ten, crumbs) = (profit("2"), profit("10"), profit("1000000"));
    assert!(crumbs < ten && ten < two && two < 0.0, "{two}, {ten}, {crumbs}");
    assert!(crumbs < 100.0 * two, "{crumbs} beside {two}");
}

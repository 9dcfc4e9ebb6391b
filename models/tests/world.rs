//! A whole world - machines, network, ledger - as a run: it can be cut anywhere, it is its seed,
//! and a change of the chain's economics does not move the failures of the machines.

use std::path::{Path, PathBuf};

use pinwheel_core::snapshot::{restore, save};
use pinwheel_core::{Row, SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::networks::Network;
use pinwheel_models::registry;
use pinwheel_models::scenario::{self, Point};
use pinwheel_models::world::World;

/// The last point of a shipped scenario, with a few providers and other keys overridden.
fn shipped(file: &str, keys: &[(&str, &str)]) -> Point {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(file);
    let keys = [&[("network.providers", "60")], keys].concat();
    let keys: Vec<_> = keys.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let experiment = scenario::load(&path, &keys).unwrap_or_else(|faults| panic!("{faults:?}"));
    experiment.points.into_iter().next_back().expect("at least one point")
}

/// Forty days of Filecoin's history, a step a day.
fn history(keys: &[(&str, &str)]) -> Point {
    let short = [("run.horizon", "\"40 d\""), ("network.detail", "day")];
    shipped("filecoin/history.toml", &[&short, keys].concat())
}

fn start(point: &Point, seed: u64) -> Simulation<World> {
    let streams = Streams::new(seed, 0);
    Simulation::new(point.scenario.world(&streams), streams)
}

fn end(point: &Point) -> SimTime {
    SimTime::ZERO + SimDuration::from_days(u64::from(point.scenario.horizon_days))
}

fn ended(mut run: Simulation<World>, point: &Point) -> Simulation<World> {
    run.run_until(end(point));
    assert_eq!(run.ctx.checks.breach(), None);
    run
}

/// Cuts a run behind 20 random events; each time both halves must end as the straight run does,
/// to the last byte of their state.
#[track_caller]
fn assert_goes_on_from_any_cut(point: &Point) {
    let straight = ended(start(point, 1), point);
    let whole = save(&straight);
    let mut draw = Streams::new(2, 0).stream(0, "cut");
    for _ in 0..20 {
        let cut = draw.below(straight.ctx.events());
        let mut first = start(point, 1);
        (0..cut).for_each(|_| assert!(first.step(end(point)).is_some()));
        let second: Simulation<World> = restore(&save(&first)).expect("a whole snapshot");
        assert_eq!((second.ctx.now(), second.ctx.events()), (first.ctx.now(), cut));
        for run in [ended(first, point), ended(second, point)] {
            assert_eq!(run.ctx.fingerprint.hex(), straight.ctx.fingerprint.hex(), "cut {cut}");
            assert!(save(&run) == whole, "cut {cut}: one fingerprint, but another state");
        }
    }
}

/// Every scenario file below a folder; data in TOML has no `schema`.
fn scenario_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the repository") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            scenario_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).expect("text");
            found.extend(text.lines().any(|line| line.starts_with("schema")).then_some(path));
        }
    }
}

#[test]
fn every_shipped_scenario_goes_on_from_where_it_was_kept() {
    let mut files = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    scenario_files(&folder, &mut files);
    assert!(files.len() > 50, "{} files", files.len());
    let day = |days| SimTime::ZERO + SimDuration::from_days(days);
    for path in files {
        let experiment = scenario::load(&path, &[]).unwrap_or_else(|faults| panic!("{faults:?}"));
        let point = experiment.points.last().expect("at least one point");
        let mut straight = start(point, 1);
        straight.run_until(day(1));
        // In the midst of a day, and mostly in the midst of a tie.
        let mut first = start(point, 1);
        let cut = straight.ctx.events() / 2;
        (0..cut).for_each(|_| assert!(first.step(day(1)).is_some()));
        let mut second: Simulation<World> = restore(&save(&first)).expect("a whole snapshot");
        drop(first);
        second.run_until(day(1));
        let name = path.display();
        assert_eq!(second.ctx.events(), straight.ctx.events(), "{name}");
        assert_eq!(second.ctx.fingerprint, straight.ctx.fingerprint, "{name}");
        assert_eq!(second.ctx.records.drain(), straight.ctx.records.drain(), "{name}");
        assert_eq!(second.ctx.checks.tallies(), straight.ctx.checks.tallies(), "{name}");
    }
}

#[test]
fn a_run_by_deadlines_goes_on_from_any_cut() {
    let keys = [("run.horizon", "\"3 d\""), ("network.detail", "deadline")];
    assert_goes_on_from_any_cut(&history(&keys));
}

#[test]
fn a_run_by_days_goes_on_from_any_cut() {
    assert_goes_on_from_any_cut(&history(&[]));
}

#[test]
fn a_run_of_providers_who_decide_goes_on_from_any_cut() {
    let keys = [("run.horizon", "\"120 d\"")];
    assert_goes_on_from_any_cut(&shipped("reviews/fip0118.toml", &keys));
}

#[test]
fn a_world_is_its_seed() {
    for detail in ["deadline", "day"] {
        let point = history(&[("run.horizon", "\"5 d\""), ("network.detail", detail)]);
        let print = |seed| ended(start(&point, seed), &point).ctx.fingerprint;
        let (first, other) = (print(7), print(8));
        assert_eq!(first, print(7));
        assert_ne!(first.time, other.time, "{detail}: other failures");
        assert_ne!(first.ledger, other.ledger, "{detail}: other rewards");
        assert_ne!(first.state, other.state, "{detail}: other power");
    }
}

/// The fingerprint of a run, and what failed on each of its days.
fn failures(point: &Point) -> (String, Vec<Row>) {
    let mut run = ended(start(point, 3), point);
    let of_machines = |row: &Row| {
        ["disks_failed", "outages"].contains(&pinwheel_models::registry::ALL.spec(row.metric).name)
    };
    let mut rows = run.ctx.records.drain();
    rows.retain(of_machines);
    (run.ctx.fingerprint.hex(), rows)
}

#[test]
fn what_does_not_touch_machines_does_not_move_their_failures() {
    for detail in ["deadline", "day"] {
        let detail = ("network.detail", detail);
        let (print, failed) = failures(&history(&[detail]));
        assert_eq!(failed.len(), 2 * 40, "two metrics, forty days");
        assert!(failed.iter().filter(|row| row.value > 0.0).count() > 40, "much fails");
        for (key, value) in [
            ("network.parameters.orphan_share", "0.1"),
            ("network.parameters.other_gas_share", "0.9"),
            ("network.parameters.window_post_gas", "90000000"),
        ] {
            let (other, same) = failures(&history(&[detail, (key, value)]));
            assert_ne!(other, print, "{key} changes the run");
            assert!(same == failed, "{key} moved a failure");
        }
        let (_, more) = failures(&history(&[detail, ("network.parameters.disk_afr", "\"5 %/y\"")]));
        assert!(more != failed, "the comparison can fail");
    }
}

/// A month of two Filecoins with unlike rules and sizes, each after its id; `ids` says which are
/// there.
fn of_networks(ids: &[&str]) -> Point {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/data");
    let folder = tempfile::tempdir().unwrap();
    let copied = folder.path().join("data");
    std::fs::create_dir(&copied).unwrap();
    for name in ["state_2022-10-10.toml", "network_daily_2022-10-10_2025-01-31.csv"] {
        std::fs::copy(data.join("filecoin").join(name), copied.join(name)).unwrap();
    }
    let mut text = String::from(
        "schema = 1\n[meta]\nname = \"two\"\n[run]\nstart = 2022-10-10\nhorizon = \"30 d\"\n",
    );
    for id in ids {
        let (detail, providers, orphans) = match *id {
            "fil" => ("deadline", 40, 0.022),
            _ => ("day", 80, 0.1),
        };
        text += &format!(
            "[[network]]\nid = \"{id}\"\nkind = \"filecoin\"\ndetail = \"{detail}\"\n\
             providers = {providers}\nparameters = {{ orphan_share = {orphans} }}\n\
             initial = \"data/state_2022-10-10.toml\"\n\
             history = \"data/network_daily_2022-10-10_2025-01-31.csv\"\n"
        );
    }
    let path = folder.path().join("two.toml");
    std::fs::write(&path, text).unwrap();
    let experiment = scenario::load(&path, &[]).unwrap_or_else(|faults| panic!("{faults:?}"));
    experiment.points.into_iter().next().expect("one point")
}

/// The books of a network, byte by byte.
fn books(run: &Simulation<World>, id: &str) -> Vec<u8> {
    #[allow(unreachable_patterns, reason = "a network that is added later has books elsewhere")]
    match run.model.network(id).expect("a network of this id") {
        Network::Filecoin(network) => postcard::to_stdvec(network.accounts()),
        Network::Generic(network) => postcard::to_stdvec(network.books()),
        other => panic!("the books of {other:?} are not compared here"),
    }
    .expect("plain data")
}

#[test]
fn two_networks_in_one_world_have_the_books_and_rows_of_each_alone() {
    let both = of_networks(&["fil", "fil2"]);
    let mut together = ended(start(&both, 5), &both);
    let rows = together.ctx.records.drain();
    for id in ["fil", "fil2"] {
        let point = of_networks(&[id]);
        let mut alone = ended(start(&point, 5), &point);
        assert!(books(&alone, id).len() > 1_000);
        assert!(books(&alone, id) == books(&together, id), "{id}: other books than alone");
        let subject = together.ctx.records.subject(id);
        let own = |row: &&Row| row.subject == subject;
        let seen = |row: &Row, labels: &[String]| {
            let label = labels[usize::from(row.label.0)].clone();
            (row.time, row.metric, label, row.value.to_bits(), row.exact)
        };
        let labels = together.ctx.records.labels().to_vec();
        let beside: Vec<_> = rows.iter().filter(own).map(|row| seen(row, &labels)).collect();
        let by_itself = alone.ctx.records.drain();
        let labels = alone.ctx.records.labels().to_vec();
        let by_itself: Vec<_> = by_itself.iter().map(|row| seen(row, &labels)).collect();
        assert!(beside == by_itself && !beside.is_empty(), "{id}: other rows than alone");
    }
    let names: Vec<_> = together.ctx.checks.tallies().iter().map(|t| t.check.clone()).collect();
    assert!(names.contains(&"fil.filecoin.supply_conserved".to_owned()), "{names:?}");
}

#[test]
fn networks_of_one_kind_draw_apart_and_in_any_order() {
    let (one, other) = (of_networks(&["fil", "fil2"]), of_networks(&["fil2", "fil"]));
    let (one, other) = (ended(start(&one, 5), &one), ended(start(&other, 5), &other));
    assert!(books(&one, "fil") == books(&other, "fil"));
    assert!(books(&one, "fil") != books(&one, "fil2"));
}

/// Networks written in TOML on the classes of one fleet, and a Filecoin; `ids` says which are
/// there.
fn of_generics(ids: &[&str]) -> Point {
    let folder = tempfile::tempdir().unwrap();
    let copied = folder.path().join("data");
    std::fs::create_dir(&copied).unwrap();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/data/filecoin");
    for name in ["state_2022-10-10.toml", "network_daily_2022-10-10_2025-01-31.csv"] {
        std::fs::copy(data.join(name), copied.join(name)).unwrap();
    }
    let mut text = format!(
        "schema = 1\n[meta]\nname = \"side\"\n[run]\nstart = 2022-10-10\n\
         horizon = \"60 d\"\n{CLASS_A}{CLASS_B}"
    );
    for id in ids {
        text += &match *id {
            "fil" => "[[network]]\nid = \"fil\"\nkind = \"filecoin\"\ndetail = \"day\"\n\
                providers = 40\ninitial = \"data/state_2022-10-10.toml\"\n\
                history = \"data/network_daily_2022-10-10_2025-01-31.csv\"\n"
                .to_owned(),
            "io" => generic("io", "1 d", "a", 70),
            _ => generic("geo", "6 h", "b", 50),
        };
    }
    let path = folder.path().join("side.toml");
    std::fs::write(&path, text).unwrap();
    let experiment = scenario::load(&path, &[]).unwrap_or_else(|faults| panic!("{faults:?}"));
    experiment.points.into_iter().next().expect("one point")
}

/// A network of a thousand dollars a day on one class of devices.
fn generic(id: &str, every: &str, class: &str, nodes: u32) -> String {
    format!(
        "[[network]]\nid = \"{id}\"\nkind = \"generic\"\nevery = \"{every}\"\n\
         devices = \"{class}\"\nsupply = \"1_000_000 TOK\"\n\
         emission = {{ first = \"500 TOK/d\", half_life = \"1 y\" }}\n\
         exchange = {{ usd = \"50_000 USD\", tok = \"50_000 TOK\" }}\n\
         demand = {{ first = \"1_000 USD/d\", volatility = \"5 %/sqrt(d)\" }}\n\
         bond = {{ per_node = \"100 TOK\" }}\n\
         operators = {{ count = {nodes}, cost_median = \"9 USD/d\", cost_sigma = 0.4, \
         patience = \"3 d\", entry = \"20 %/d\" }}\n"
    )
}

#[test]
fn networks_of_toml_and_a_filecoin_have_the_books_and_rows_of_each_alone() {
    let ids = ["io", "geo", "fil"];
    let together = of_generics(&ids);
    let mut together = ended(start(&together, 5), &together);
    let rows = together.ctx.records.drain();
    for id in ids {
        let point = of_generics(&[id]);
        let mut alone = ended(start(&point, 5), &point);
        assert!(books(&alone, id) == books(&together, id), "{id}: other books than alone");
        let digest = |run: &Simulation<World>| run.model.network(id).map(Network::ledger_digest);
        assert_eq!(digest(&alone), digest(&together));
        let of = |run: &mut Simulation<World>, rows: &[Row]| -> Vec<_> {
            let subject = run.ctx.records.subject(id);
            let own = rows.iter().filter(|row| row.subject == subject);
            own.map(|row| (row.time, row.metric, row.value.to_bits(), row.exact)).collect()
        };
        let by_itself = alone.ctx.records.drain();
        let (alone, beside) = (of(&mut alone, &by_itself), of(&mut together, &rows));
        assert!(alone == beside && alone.len() > 100, "{id}: {} other rows", alone.len());
    }
    let names: Vec<_> = together.ctx.checks.tallies().iter().map(|t| t.check.clone()).collect();
    assert!(names.contains(&"geo.economy.supply_conserved".to_owned()), "{names:?}");
}

/// All rows of a label over a month, by metric and time.
fn rows_of(text: &str, label: &str) -> Vec<(SimTime, &'static str, u64)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("front.toml");
    let head =
        "schema = 1\n[meta]\nname = \"front\"\n[run]\nstart = 2025-01-01\nhorizon = \"30 d\"\n";
    std::fs::write(&path, format!("{head}{text}")).unwrap();
    let experiment = scenario::load(&path, &[]).unwrap_or_else(|faults| panic!("{faults:?}"));
    let point = &experiment.points[0];
    let mut run = ended(start(point, 11), point);
    let rows = run.ctx.records.drain();
    let wanted = run.ctx.records.label(label);
    let name = |row: &Row| registry::ALL.spec(row.metric).name;
    let of: Vec<_> = rows
        .iter()
        .filter(|row| row.label == wanted)
        .map(|row| (row.time, name(row), row.value.to_bits()))
        .collect();
    assert!(of.len() > 30, "{label} is recorded each day");
    of
}

const CLASS_A: &str = "[[infrastructure.class]]\nid = \"a\"\ncount = 70\n\
    failure = { law = \"weibull\", shape = 1.5, scale = \"9 d\" }\n\
    repair = { law = \"exponential\", mean = \"3 h\" }\n";
const CLASS_B: &str = "[[infrastructure.class]]\nid = \"b\"\ncount = 50\nowners = 5\n\
    failure = { law = \"exponential\", mean = \"6 d\" }\n\
    repair = { law = \"log_normal\", median = \"5 h\", sigma = 1.0 }\n\
    heartbeat = { period = \"1 h\", loss = 0.1, misses = 3 }\ndetection = \"heartbeat\"\n";

#[test]
fn a_class_put_before_another_moves_none_of_its_draws() {
    let alone = rows_of(CLASS_B, "b");
    assert_eq!(alone, rows_of(&format!("{CLASS_A}{CLASS_B}"), "b"));
    assert_eq!(alone, rows_of(&format!("{CLASS_B}{CLASS_A}"), "b"));
    // Another name is another class.
    let renamed = CLASS_B.replace("id = \"b\"", "id = \"c\"");
    assert_ne!(alone, rows_of(&renamed, "c"));
}

#[test]
fn a_shock_put_before_another_moves_none_of_its_draws() {
    let shock = |id: &str, class: &str| {
        format!(
            "[[infrastructure.shock]]\nid = \"{id}\"\nscope = \"world\"\nevery = \"2 d\"\n\
             classes = [\"{class}\"]\nshare = 0.4\n\
             duration = {{ law = \"exponential\", mean = \"4 h\" }}\n"
        )
    };
    let classes = format!("{CLASS_A}{CLASS_B}");
    let (of_a, of_b) = (shock("first", "a"), shock("second", "b"));
    let alone = rows_of(&format!("{classes}{of_b}"), "b");
    assert_eq!(alone, rows_of(&format!("{classes}{of_a}{of_b}"), "b"));
    assert_ne!(alone, rows_of(&classes, "b"), "the shock does something");
}

#[test]
fn two_shocks_at_one_instant_have_draws_of_their_own() {
    let shock = |id: &str| {
        format!(
            "[[infrastructure.shock]]\nid = \"{id}\"\nscope = \"world\"\nevery = \"2 d\"\n\
             share = 0.5\nduration = \"10 h\"\n"
        )
    };
    let up = |shocks: &str| {
        let rows = rows_of(&format!("{CLASS_B}{shocks}"), "b");
        let last = rows.iter().rfind(|(_, metric, _)| *metric == "availability");
        f64::from_bits(last.expect("it is recorded").2)
    };
    let (none, one, both) = (up(""), up(&shock("one")), up(&[shock("one"), shock("two")].concat()));
    // With shared draws the second would strike the devices that are down already.
    let (first, second) = (none - one, one - both);
    assert!(second > 0.3 * first && first > 0.05, "{first} and {second} of the time");
}

#[test]
fn a_station_put_before_another_moves_none_of_its_draws() {
    let station = |id: &str, dispatch: &str| {
        format!(
            "[[service.station]]\nid = \"{id}\"\nservers = 5\ndispatch = \"{dispatch}\"\n\
             arrivals = {{ law = \"exponential\", mean = \"60 s\" }}\n\
             service = {{ law = \"erlang\", mean = \"240 s\", phases = 2 }}\n\
             cache = {{ objects = 1000, capacity = 100 }}\n"
        )
    };
    let (first, second) = (station("first", "random"), station("second", "sq2"));
    let alone = rows_of(&second, "second");
    assert_eq!(alone, rows_of(&format!("{first}{second}"), "second"));
    assert_eq!(alone, rows_of(&format!("{second}{first}"), "second"));
    assert_ne!(alone, rows_of(&station("third", "sq2"), "third"));
}

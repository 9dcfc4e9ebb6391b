//! Two networks in one scenario: judged apart, shown apart, and each as it is alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use pinwheel_analysis::experiment::{Control, Study};
use pinwheel_analysis::judge::verdict::TargetStanding;
use pinwheel_analysis::question::compare::{ComparisonStanding, compare};
use pinwheel_analysis::record::store::Store;
use pinwheel_analysis::run::ensemble::Unwatched;

/// Ten days of the networks of these ids; `fil2` is larger and loses more wins than `fil`.
fn scenario(folder: &Path, ids: &[&str], more: &str) -> PathBuf {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/data/filecoin");
    for name in ["state_2022-10-10.toml", "network_daily_2022-10-10_2025-01-31.csv"] {
        fs::copy(data.join(name), folder.join(name)).unwrap();
    }
    let mut text = String::from(
        "schema = 1\n[meta]\nname = \"two\"\n[run]\nstart = 2022-10-10\nhorizon = \"10 d\"\n\
         [ensemble]\nruns = 2\n",
    );
    for id in ids {
        let (providers, orphans) = if *id == "fil" { (40, 0.022) } else { (80, 0.1) };
        text += &format!(
            "[[network]]\nid = \"{id}\"\nkind = \"filecoin\"\ndetail = \"day\"\n\
             providers = {providers}\nparameters = {{ orphan_share = {orphans} }}\n\
             initial = \"state_2022-10-10.toml\"\n\
             history = \"network_daily_2022-10-10_2025-01-31.csv\"\n"
        );
    }
    let file = folder.join(format!("{}.toml", ids.join("-")));
    fs::write(&file, text + more).unwrap();
    file
}

fn run(file: &Path, target: &Path) -> Store {
    let study = Study::load(file, &[]).unwrap_or_else(|error| panic!("{error:?}"));
    let stop = AtomicBool::new(false);
    let control = Control { threads: 2, stop: &stop, watcher: &Unwatched };
    study.run(target, &control).unwrap();
    Store::open(target).unwrap()
}

const STATED: &str = "\
[[target]]\nid = \"first\"\nmetric = \"fil.minted\"\nmeasure = \"final\"\nlow = 1\nhigh = 1e9\n\
[[target]]\nid = \"second\"\nmetric = \"fil2.minted\"\nmeasure = \"final\"\nlow = -2\nhigh = -1\n\
[[invariant]]\nid = \"apart\"\nfinal = \"fil.minted > fil2.minted\"\n\
[[invariant]]\nid = \"unlike\"\nfinal = \"fil2.minted > fil.minted\"\nseverity = \"warn\"\n\
[[outcome]]\nid = \"lead\"\nvalue = \"fil.minted / fil2.minted\"\n";

#[test]
fn two_networks_are_judged_and_shown_apart_and_each_is_as_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = scenario(folder.path(), &["fil", "fil2"], STATED);
    let both = run(&file, &folder.path().join("both"));
    let verdict = pinwheel_analysis::judge::verdict::Verdict::read(&both.folder).unwrap();
    let standings: Vec<_> =
        verdict.targets.iter().map(|row| (row.standing, &*row.metric)).collect();
    // Two runs are too few to say that a target is met, and enough to see one missed by both.
    let owed = [(TargetStanding::Undecided, "fil.minted"), (TargetStanding::NotMet, "fil2.minted")];
    assert_eq!(standings, owed);
    let held: Vec<u64> = verdict.invariants.iter().map(|row| row.held).collect();
    assert_eq!(held, [2, 0], "more orphans, less minted, in both runs");
    let last =
        |store: &Store, name: &str| store.series("main", 0, name, "").unwrap().last().unwrap().1;
    assert_eq!(verdict.targets[1].measured.unwrap(), {
        let ends = [0, 1]
            .map(|run| both.series("main", run, "fil2.minted", "").unwrap().last().unwrap().1);
        (ends[0] + ends[1]) / 2.0
    });
    assert!(last(&both, "fil.minted") > last(&both, "fil2.minted"));

    let report = fs::read_to_string(both.folder.join("report.html")).unwrap();
    for text in [": fil</h3>", ": fil2</h3>", "fil.minted", "Raw power of fil2", "-fil2\""] {
        assert!(report.contains(text), "{text} is missing");
    }

    for id in ["fil", "fil2"] {
        let file = scenario(folder.path(), &[id], "");
        let alone = run(&file, &folder.path().join(id));
        let prefix = format!("{id}.");
        let mine: Vec<&str> =
            both.table().metrics().filter(|name| name.starts_with(&prefix)).collect();
        assert!(mine.len() > 30, "{mine:?}");
        let by_itself: Vec<&str> = alone.table().metrics().collect();
        assert_eq!(mine, by_itself, "an only network with an id has it as its subject");
        for name in mine {
            let (beside, single) = (both.table(), alone.table());
            assert_eq!(
                beside.group("main", name).unwrap(),
                single.group("main", name).unwrap(),
                "{name}"
            );
        }
        // One network alone is found without its subject too.
        let bare = alone.series("main", 1, "minted", "").unwrap();
        assert_eq!(bare, both.series("main", 1, &format!("{prefix}minted"), "").unwrap());
    }
}

#[test]
fn a_network_without_an_id_has_no_subject() {
    let folder = tempfile::tempdir().unwrap();
    let file = scenario(folder.path(), &["fil"], "");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("[[network]]\nid = \"fil\"", "[network]")).unwrap();
    let store = run(&file, &folder.path().join("out"));
    assert!(store.table().metrics().any(|name| name == "minted"));
    assert!(store.table().metrics().all(|name| !name.contains('.')));
}

/// Amounts of two tokens have no difference, equal as their numbers may be.
#[test]
fn amounts_of_another_token_are_not_compared() {
    let folder = tempfile::tempdir().unwrap();
    let result = |token: &str| {
        let text = format!(
            "schema = 1\n[meta]\nname = \"tokens\"\n[run]\nstart = 2026-01-01\nhorizon = \"9 d\"\n\
             [[token]]\nsymbol = \"{token}\"\ndecimals = 8\n[[network]]\nid = \"io\"\n\
             kind = \"generic\"\ntoken = \"{token}\"\nsupply = \"1_000 {token}\"\n\
             step = [{{ mint = \"emission\", to = \"holders\" }}]\n\
             emission = {{ first = \"10 {token}/d\", half_life = \"1 y\" }}\n"
        );
        let file = folder.path().join(format!("{token}.toml"));
        fs::write(&file, text).unwrap();
        run(&file, &folder.path().join(token))
    };
    let (io, xo) = (result("IO"), result("XO"));
    let comparison = compare(&io, &xo).unwrap();
    assert_eq!(comparison.standing(), ComparisonStanding::Changed);
    assert_eq!(comparison.sentence(), "Tokens differ");
    assert_eq!((comparison.changes.len(), comparison.equal, comparison.unlike), (0, 0, 4));
    assert_eq!(comparison.notes, ["io has IO and XO: its amounts are not compared"]);
    assert_eq!(compare(&io, &io).unwrap().standing(), ComparisonStanding::Equal);
}

/// Whoever sells is a payee of the exchange in the flow of dollars.
#[test]
fn every_seller_is_in_the_flow_of_dollars() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sellers.toml");
    fs::write(
        &file,
        "schema = 1\n[meta]\nname = \"sellers\"\n[run]\nstart = 2026-01-01\nhorizon = \"20 d\"\n\
         [network]\nkind = \"generic\"\nsupply = \"1_000_000 TOK\"\naccounts = [\"treasury\"]\n\
         step = [{ buy = \"TOK\" }, { burn = \"customers\" },\n\
         { mint = \"emission\", to = \"treasury\", share = 0.9 },\n\
         { mint = \"emission\", to = \"operators\", share = 0.1 },\n\
         { sell = \"treasury\" }, { sell = \"operators\" }]\n\
         emission = { first = \"5000 TOK/d\", half_life = \"365 d\" }\n\
         exchange = { usd = \"50_000 USD\", tok = \"70_000 TOK\" }\n\
         demand = { first = \"1500 USD/d\" }\n\
         operators = { count = 7, cost_median = \"0.2 USD/d\" }\n\
         shock = [{ at = \"3 d\", sale = \"100 TOK\" }]\n",
    )
    .unwrap();
    let store = run(&file, &folder.path().join("out"));
    let report = fs::read_to_string(store.folder.join("report.html")).unwrap();
    for (payee, seller) in
        [("Treasury", "treasury"), ("Operators", "operators"), ("Holders", "holders")]
    {
        let row = format!("<td>Exchange</td><td>{payee}</td>");
        assert!(report.contains(&row), "{row} is missing");
        let rows = format!("sales_proceeds[&quot;{seller}&quot;]");
        assert!(report.contains(&rows), "{rows} is missing");
    }
}

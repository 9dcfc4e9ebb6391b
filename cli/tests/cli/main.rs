//! The command as a user meets it: words, exit codes, files.

#![forbid(unsafe_code)]

mod ensembles;
mod folders;
mod reports;
mod review;
mod verdicts;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn pinwheel(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pinwheel"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the binary starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

const SMOKE: &str = "scenarios/filecoin/smoke.toml";

#[test]
fn help_names_every_verb_and_exit_code() {
    let output = pinwheel(&root(), &["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    for verb in ["run", "check", "replay", "new", "explain", "schema", "130", "pinwheel run"] {
        assert!(text.contains(verb), "{verb} is not in the help");
    }
    let examples = [
        "run",
        "check",
        "replay",
        "report",
        "card",
        "baseline",
        "new",
        "explain",
        "schema",
        "conform",
        "backtest",
        "calibrate",
        "plan",
        "shard",
        "merge",
        "compare",
        "review",
    ];
    for verb in examples {
        let output = pinwheel(&root(), &[verb, "--help"]);
        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).contains("Example"), "{verb} --help teaches by example");
    }
}

#[test]
fn a_wrong_word_is_bad_input() {
    for arguments in [&["rnu"][..], &["run"], &["run", "x.toml", "--set", "novalue"], &[]] {
        assert_eq!(pinwheel(&root(), arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn explain_tells_unit_and_source_and_corrects_spelling() {
    let text = stdout(&pinwheel(&root(), &["explain", "raw_power"]));
    assert!(text.contains("EiB") && text.contains("source"), "{text}");
    let text = stdout(&pinwheel(&root(), &["explain"]));
    assert!(text.contains("size_tail_index") && text.contains("qa_power"), "{text}");
    let output = pinwheel(&root(), &["explain", "raw_pwer"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("did you mean \"raw_power\""), "{}", stderr(&output));
}

#[test]
fn explain_knows_machines_and_primitives() {
    let text = stdout(&pinwheel(&root(), &["explain", "disk_afr"]));
    assert!(text.contains("Backblaze") && text.contains("1/year"), "{text}");
    let text = stdout(&pinwheel(&root(), &["explain", "base fee"]));
    assert!(text.contains("attoFIL") && text.contains("gas.rs"), "{text}");
    let text = stdout(&pinwheel(&root(), &["explain"]));
    for group in ["Parameters of filecoin", "Parameters of the machines", "Metrics", "Primitives"] {
        assert!(text.contains(group), "{group} is not listed");
    }
}

#[test]
fn a_month_of_history_is_judged_where_it_can_be_and_passes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out").display().to_string();
    let month = ["--set", "run.horizon=\"30 d\"", "--set", "network.detail=day"];
    let mut run = vec!["run", "scenarios/filecoin/history.toml", "-o", &out];
    run.extend(month);
    let output = pinwheel(&root(), &run);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("not judged") && text.contains("ns each"), "{text}");
    assert!(text.lines().last().unwrap().starts_with("fingerprint: "), "{text}");
    let fingerprint = text.lines().last().unwrap().to_owned();

    run.truncate(2);
    run.extend(month);
    run.push("--profile");
    let output = pinwheel(&root(), &run);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(text.contains("ns/event") && text.contains("strike"), "{text}");
    assert_eq!(text.lines().last(), Some(fingerprint.as_str()), "measuring changes nothing");
}

#[test]
fn a_missed_target_fails_the_run_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out").display().to_string();
    let scenario = fs::read_to_string(root().join(SMOKE)).unwrap();
    let target = "\n[[target]]\nid = \"no power\"\nmetric = \"raw_power\"\nmeasure = \"within\"\n\
                  low = 0\nhigh = 1\n";
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    for file in ["state_2022-10-10.toml", "network_daily_2022-10-10_2025-01-31.csv"] {
        fs::copy(root().join("scenarios/data/filecoin").join(file), data.join(file)).unwrap();
    }
    let text = scenario.replace("../data/filecoin", "data") + target;
    fs::write(folder.path().join("missed.toml"), text).unwrap();
    let output = pinwheel(folder.path(), &["run", "missed.toml", "-o", &out]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    assert!(stdout(&output).contains("not met: no power"), "{}", stdout(&output));
}

#[test]
fn schema_is_json() {
    let text = stdout(&pinwheel(&root(), &["schema"]));
    let schema: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert!(schema["properties"]["network"].is_object(), "{text}");
}

#[test]
fn check_tells_the_cost_or_every_fault() {
    let output = pinwheel(&root(), &["check", SMOKE]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("about 3,000 steps, under 1 s"), "{}", stdout(&output));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad.toml"), "schema = 1\n[rnu]\nseed = -1\n").unwrap();
    let output = pinwheel(folder.path(), &["check", "bad.toml", "absent.toml"]);
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    assert!(text.contains("bad.toml:2") && text.contains("absent.toml"), "{text}");
}

#[test]
fn a_bad_scenario_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad.toml"), "schema = 2\n").unwrap();
    let output = pinwheel(folder.path(), &["run", "bad.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_run_can_be_replayed_and_a_changed_fingerprint_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out").display().to_string();
    let run = ["run", SMOKE, "-o", &out, "--quiet", "--set", "run.horizon=\"5 d\"", "--seed", "9"];
    let output = pinwheel(&root(), &run);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", stderr(&output));
    let fingerprint = stdout(&output).lines().last().unwrap_or_default().to_owned();
    assert!(fingerprint.starts_with("fingerprint: "), "{fingerprint}");
    assert_eq!(fingerprint.len(), "fingerprint: ".len() + 64);

    let output = pinwheel(&root(), &["replay", &out, "--quiet", "--threads", "2"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output).lines().last(), Some(fingerprint.as_str()));

    let manifest = folder.path().join("out/manifest.json");
    let mut json: serde_json::Value =
        serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    json["runs"][0]["ledger"] = "0000000000000000".into();
    fs::write(&manifest, json.to_string()).unwrap();
    let output = pinwheel(&root(), &["replay", &out, "--quiet"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(stdout(&output).contains("ledger changed"), "{}", stdout(&output));
}

#[test]
fn the_number_of_threads_changes_no_result() {
    let folder = tempfile::tempdir().unwrap();
    let run = |threads: &str| {
        let out = folder.path().join(threads);
        let (path, size) = (out.display().to_string(), "infrastructure.class[0].count=3000");
        let sweep = "scenarios/infra/scale_sweep.toml";
        let arguments = ["run", sweep, "-o", &path, "--quiet", "--threads", threads, "--set", size];
        let output = pinwheel(&root(), &arguments);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{}", stderr(&output));
        let fingerprint = stdout(&output).lines().last().unwrap_or_default().to_owned();
        assert!(fingerprint.starts_with("fingerprint: "), "{fingerprint}");
        (fingerprint, fs::read(out.join("metrics.parquet")).unwrap())
    };
    let one = run("1");
    for threads in ["2", "8"] {
        assert!(run(threads) == one, "{threads} threads");
    }
}

#[test]
fn a_folder_of_others_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
    let out = folder.path().display().to_string();
    let output = pinwheel(&root(), &["run", SMOKE, "-o", &out, "--quiet"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// The files below a folder, by path, with what they hold.
fn files_below(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(files_below(&path)),
            false => drop(files.insert(path.clone(), fs::read_to_string(path).unwrap())),
        }
    }
    files
}

#[test]
fn new_writes_a_network_once_and_only_in_a_checkout() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |name: &str, why: &str| {
        let before = files_below(folder.path());
        let output = pinwheel(folder.path(), &["new", name]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(stderr(&output).contains(why), "{name}: {}", stderr(&output));
        assert_eq!(files_below(folder.path()), before, "{name}: something was written");
    };
    refused("helium", "start in the root of a checkout");
    for part in ["models/src/networks", "models/tests", "scenarios", "docs/validation"] {
        fs::create_dir_all(folder.path().join(part)).unwrap();
    }
    let list = folder.path().join("models/src/networks/mod.rs");
    fs::write(&list, "// none").unwrap();
    refused("helium", "has no list of networks");
    fs::copy(root().join("models/src/networks/mod.rs"), &list).unwrap();
    fs::create_dir(folder.path().join("scenarios/helium")).unwrap();
    fs::write(folder.path().join("scenarios/helium/first.toml"), "mine").unwrap();
    refused("helium", "scenarios/helium/first.toml exists");
    fs::remove_dir_all(folder.path().join("scenarios/helium")).unwrap();
    for (name, why) in [
        ("filecoin", "there is a network called"),
        ("service", "there is a layer called"),
        ("raw_power", "there is a metric called"),
        ("settings", "is a word of models/src/networks/mod.rs"),
        ("label", "is a word of the code to be written"),
        ("fil", "FIL cannot be its token"),
        ("self", "is a word with a meaning of its own"),
        ("../up", "cannot name a network"),
        ("Helium", "cannot name a network"),
    ] {
        refused(name, why);
    }
    let output = pinwheel(folder.path(), &["new", "helium"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = fs::read_to_string(&list).unwrap();
    assert!(
        text.contains("pub mod helium;") && text.contains(" Helium(helium: Helium),"),
        "{text}"
    );
    let module = folder.path().join("models/src/networks/helium/mod.rs");
    assert!(fs::read_to_string(module).unwrap().contains("pub struct Helium"));
    refused("helium", "there is a network called");
    // This program does not know that one yet, and could give its numbers away again.
    refused("io_net", "build it anew");
}

#[test]
fn conform_counts_what_is_met_and_refuses_unknown_suites() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rows.csv"), "epoch,reward\n0,1\n").unwrap();
    let output = pinwheel(folder.path(), &["conform", "filecoin-reward-simple", "rows.csv"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(stdout(&output).lines().last(), Some("0 passed, 1 failed"));
    let output = pinwheel(folder.path(), &["conform", "filecoin-luck", "rows.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("filecoin-pledge"), "{}", stderr(&output));
}

/// Ctrl-C in the middle of a run: exit 130 and nothing left.
#[cfg(unix)]
#[test]
fn a_stopped_run_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("deep/out").display().to_string();
    let mut child = Command::new(env!("CARGO_BIN_EXE_pinwheel"))
        .current_dir(root())
        .args(["run", "scenarios/filecoin/history.toml", "-o", &out, "--quiet"])
        .spawn()
        .expect("the binary starts");
    while fs::read_dir(folder.path().join("deep")).map_or(0, Iterator::count) == 0 {
        assert!(child.try_wait().unwrap().is_none(), "ended before it was stopped");
        std::thread::yield_now();
    }
    std::thread::sleep(std::time::Duration::from_millis(300));
    let id = child.id().to_string();
    Command::new("sh").args(["-c", &format!("kill -INT {id}")]).status().expect("sh");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
}

/// A small backtest: three origins, two horizons.
const BACKTEST: &str = "schema = 1
meta = { name = \"small\", question = \"Does a small backtest run?\" }
run = { start = 2022-10-10, horizon = \"120 d\" }
ensemble = { runs = 3 }
[network]
kind = \"filecoin\"
detail = \"day\"
providers = 20
initial = \"state.toml\"
history = \"history.csv\"
forecast = { from = 2022-12-01, window = \"30 d\" }
[backtest]
metrics = [\"raw_power\", \"qa_power\"]
first = 2022-12-01
horizons = [\"10 d\", \"30 d\"]
every = \"15 d\"
trend = \"30 d\"
verdict_from = 2023-01-10
";

fn backtest_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = root().join("scenarios/data/filecoin");
    let copy = |from: &str, to: &str| {
        fs::copy(data.join(from), folder.path().join(to)).expect("copied");
    };
    copy("state_2022-10-10.toml", "state.toml");
    copy("network_daily_2022-10-10_2025-01-31.csv", "history.csv");
    fs::write(folder.path().join("small.toml"), BACKTEST).expect("written");
    folder
}

#[test]
fn a_backtest_is_the_same_for_any_number_of_threads() {
    let folder = backtest_folder();
    let of = |threads: &str, output: &str| {
        let arguments = ["backtest", "small.toml", "--threads", threads, "-o", output];
        let output_of = pinwheel(folder.path(), &arguments);
        assert_eq!(output_of.status.code(), Some(0), "{}", stderr(&output_of));
        let file = |name: &str| fs::read_to_string(folder.path().join(output).join(name));
        (stdout(&output_of), file("backtest.csv").expect("there"), file("backtest.json"))
    };
    let (table, forecasts, scores) = of("1", "one");
    let (_, forecasts_of_three, scores_of_three) = of("3", "three");
    assert_eq!(forecasts, forecasts_of_three);
    assert_eq!(scores.expect("there"), scores_of_three.expect("there"));
    // Origins 1, 16 and 31 December and 15 January reach 30 days; 30 January reaches none.
    assert_eq!(forecasts.lines().count(), 1 + 2 * (4 + 3), "{forecasts}");
    assert!(table.contains("4 origins, 2022-12-01 to 2023-01-15"), "{table}");
    let page = fs::read_to_string(folder.path().join("one/report.html")).expect("there");
    assert!(page.contains("<svg") && !page.contains("http"), "a page with charts and no links");
}

/// What is asked of forecasts is told, kept and decides the exit code; `check --run` asks it too.
#[test]
fn limits_of_a_backtest_are_met_not_met_or_undecided() {
    let folder = backtest_folder();
    let limit = |asked: &str| {
        format!("[[backtest.limit]]\nmetric = \"qa_power\"\nhorizon = \"10 d\"\n{asked}\n")
    };
    let write = |file: &str, name: &str, limits: &[&str]| {
        let text = BACKTEST.replace("\"small\"", &format!("\"{name}\""));
        let limits: String = limits.iter().map(|asked| limit(asked)).collect();
        let text = format!("{text}combine = [\"qa_power\"]\n{limits}");
        fs::write(folder.path().join(file), text).expect("written");
    };
    let asked = ["error = \"90 %\"", "beats = [\"trend\"]\norigins = \"verdict\""];
    write("kept.toml", "kept", &asked);
    write("missed.toml", "missed", &[asked[0], asked[1], "error = 0"]);
    let of = |file: &str, output: &str| {
        let output_of = pinwheel(folder.path(), &["backtest", file, "-o", output]);
        (output_of.status.code(), stdout(&output_of))
    };
    let (code, text) = of("kept.toml", "kept");
    assert!(text.contains("1 met, 0 not met, 1 undecided"), "{text}");
    assert!(text.contains("qa_power 10 d, verdict: beats trend"), "{text}");
    assert!(text.contains("model and persistence") && text.contains("model alone"), "{text}");
    assert_eq!(code, Some(1), "what is undecided is no pass: {text}");
    let (code, text) = of("missed.toml", "missed");
    assert_eq!(code, Some(1), "{text}");
    let file = |name: &str| fs::read_to_string(folder.path().join("missed").join(name));
    let scores = file("backtest.json").expect("there");
    assert!(scores.contains("\"standing\": \"not-met\"") && scores.contains("monte_carlo"));
    assert!(file("report.html").expect("there").contains("qa_power 10 d: error at most 0 %"));
    // Forecasts of the combined metric are there twice: combined, and of the model alone.
    assert_eq!(file("backtest.csv").expect("there").lines().count(), 1 + 3 * (4 + 3));

    let arguments = ["check", "missed.toml", "--run", "-o", "checked", "--junit", "junit.xml"];
    let checked = pinwheel(folder.path(), &arguments);
    assert_eq!(checked.status.code(), Some(1), "{}", stderr(&checked));
    assert!(stdout(&checked).contains("undecided: missed.toml:"), "{}", stdout(&checked));
    assert!(folder.path().join("checked/missed.backtest/backtest.json").is_file());
    let junit = fs::read_to_string(folder.path().join("junit.xml")).expect("written");
    assert!(junit.contains("name=\"limit qa_power 10 d: error at most 0 %\""), "{junit}");
    assert!(junit.contains("type=\"limit\""), "{junit}");
}

/// Networks of a list are cut each at its own key, and are forecast as the only one is.
#[test]
fn a_backtest_of_a_list_of_networks_is_that_of_the_only_one() {
    let folder = backtest_folder();
    let (start, end) = (BACKTEST.find("[network]"), BACKTEST.find("[backtest]"));
    let network = &BACKTEST[start.expect("there")..end.expect("there")];
    let write = |file: &str, ids: &[&str]| {
        let member =
            |id: &&str| network.replace("[network]", &format!("[[network]]\nid = \"{id}\""));
        let list: String = ids.iter().map(member).collect();
        let text = BACKTEST.replace(network, &list);
        let text = text.replace("\"raw_power\", \"qa_power\"", "\"b.raw_power\"");
        fs::write(folder.path().join(file), text).expect("written");
    };
    write("list.toml", &["a", "b"]);
    write("alone.toml", &["b"]);
    let forecasts = |file: &str, output: &str| {
        let output_of = pinwheel(folder.path(), &["backtest", file, "-o", output]);
        assert_eq!(output_of.status.code(), Some(0), "{}", stderr(&output_of));
        fs::read_to_string(folder.path().join(output).join("backtest.csv")).expect("there")
    };
    let list = forecasts("list.toml", "list");
    assert_eq!(list, forecasts("alone.toml", "alone"));
    assert!(list.lines().count() > 5, "{list}");
}

#[test]
fn a_backtest_or_a_fit_that_was_not_asked_for_is_refused() {
    for (verb, section) in [("backtest", "[backtest]"), ("calibrate", "[calibration]")] {
        let output = pinwheel(&root(), &[verb, SMOKE]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(&format!("no {section} section")), "{}", stderr(&output));
    }
}

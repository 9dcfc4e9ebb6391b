//! Ensembles that are killed, cut into shards, or larger than one would wait for.

#![expect(clippy::disallowed_types, reason = "when a file was written tells who wrote it")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use super::{pinwheel, root, stderr, stdout};

/// Kills that an ensemble must survive.
const KILLS: u32 = 50;

/// Small enough for seconds, with points of both kinds and several runs each.
const SCENARIO: &str = r#"
schema = 1
[meta]
name = "many"
question = "Do disks fail?"
[run]
start = 2026-01-01
horizon = "200 d"
[ensemble]
runs = 8
[[ensemble.vary.product]]
path = "infrastructure.class[0].count"
values = [400, 800]
[ensemble.sample]
kind = "latin-hypercube"
n = 3
over = { "infrastructure.class[0].repair.median" = ["1 h", "90 h"] }
[output]
every = "10 d"
[[infrastructure.class]]
id = "disk"
count = 20
failure = { law = "exponential", mean = "20 d" }
repair = { law = "log_normal", median = "12 h", sigma = 1.0 }
[[target]]
id = "disks fail"
metric = "failures"
label = "disk"
measure = "final"
low = 1
high = 1e9
"#;

/// The files of a result that must be the same byte by byte.
fn content(folder: &Path) -> Vec<Vec<u8>> {
    let files = ["metrics.parquet", "verdict.json", "scenario.toml"];
    files.map(|name| fs::read(folder.join(name)).expect(name)).to_vec()
}

/// The finished runs in a work folder and when each was written.
fn written(runs: &Path) -> BTreeMap<OsString, SystemTime> {
    let entries = fs::read_dir(runs).into_iter().flatten().flatten();
    let finished = entries.filter(|e| e.path().extension().is_some_and(|end| end == "run"));
    finished.filter_map(|e| Some((e.file_name(), e.metadata().ok()?.modified().ok()?))).collect()
}

fn scenario(folder: &Path) -> String {
    let path = folder.join("many.toml");
    fs::write(&path, SCENARIO).expect("a writable folder");
    path.display().to_string()
}

#[test]
fn fifty_kills_and_the_result_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = scenario(folder.path());
    let straight = folder.path().join("straight").display().to_string();
    assert_eq!(pinwheel(&root(), &["run", &file, "-o", &straight]).status.code(), Some(0));
    let expected = content(Path::new(&straight));

    let target = folder.path().join("killed");
    let arguments = ["run", &file, "-q", "--yes", "-o", &target.display().to_string()];
    let runs = [".killed.partial", "work", "runs"]
        .iter()
        .fold(folder.path().to_owned(), |path, part| path.join(part));
    let (mut kills, mut ends, mut taken_over, mut draw) = (0, 0, 0, 1u64);
    let mut before = BTreeMap::new();
    while kills < KILLS {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pinwheel"))
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis((draw >> 33) % 400));
        if child.try_wait().expect("a child").is_some_and(|status| status.success()) {
            assert_eq!(content(&target), expected, "after {kills} kills");
            fs::remove_dir_all(&target).unwrap();
            before.clear();
            ends += 1;
            assert!(ends < 40 * KILLS, "the machine is too fast to be killed in time");
            continue;
        }
        child.kill().expect("SIGKILL");
        let status = child.wait().expect("a child");
        kills += u32::from(!status.success());
        let published = target.exists();
        assert!(!published || content(&target) == expected, "half a result");
        let now = written(&runs);
        for (name, when) in &before {
            if let Some(again) = now.get(name) {
                assert_eq!(again, when, "{name:?} was run again");
                taken_over += 1;
            }
        }
        before = now;
        // Killed while it cleared up: the runs are in the result, and nobody needs them again.
        if published {
            fs::remove_dir_all(&target).unwrap();
            before.clear();
        }
    }
    assert!(taken_over > 0, "no run was taken over");
    let last = pinwheel(&root(), &arguments);
    assert_eq!(last.status.code(), Some(0), "{}", stderr(&last));
    assert_eq!(content(&target), expected);
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "nothing else is left: {names:?}");
}

#[test]
fn shards_in_any_order_and_twice_give_the_result_of_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = scenario(folder.path());
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (straight, plan, merged) = (at("straight"), at("plan"), at("merged"));
    let run = pinwheel(&root(), &["run", &file, "-q", "--threads", "1", "-o", &straight]);
    let planned = pinwheel(&root(), &["plan", &file, "--shards", "5", "-o", &plan]);
    assert_eq!(planned.status.code(), Some(0), "{}", stderr(&planned));
    fs::remove_file(&file).unwrap();
    let shard = |index: &str| pinwheel(&root(), &["shard", &plan, "--index", index, "-q"]);
    for index in ["4", "0", "2", "0", "1"] {
        assert_eq!(shard(index).status.code(), Some(0));
    }
    let early = pinwheel(&root(), &["merge", &plan, "-o", &merged]);
    assert_eq!(early.status.code(), Some(2));
    assert!(stderr(&early).contains("shard 3: 10 runs are missing"), "{}", stderr(&early));
    assert!(!Path::new(&merged).exists());
    assert_eq!(shard("3").status.code(), Some(0));
    assert_eq!(shard("5").status.code(), Some(2), "there is no such shard");
    let whole = pinwheel(&root(), &["merge", &plan, "-q", "-o", &merged]);
    assert_eq!(whole.status.code(), Some(0), "{}", stderr(&whole));
    assert_eq!(stdout(&whole), stdout(&run), "one fingerprint");
    assert_eq!(content(Path::new(&merged)), content(Path::new(&straight)));
    let again =
        pinwheel(&root(), &["plan", &at("plan/scenarios/many.toml"), "--shards", "5", "-o", &plan]);
    assert_eq!(again.status.code(), Some(2), "a plan is not overwritten");
}

#[test]
fn a_plan_holds_the_files_its_scenario_refers_to() {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan").display().to_string();
    let file = "scenarios/filecoin/history.toml";
    let set = ["--set", "run.horizon=3 d", "--set", "network.detail=day"];
    let arguments = [&["plan", file, "--shards", "1", "-o", &plan][..], &set].concat();
    let planned = pinwheel(&root(), &arguments);
    assert_eq!(planned.status.code(), Some(0), "{}", stderr(&planned));
    // Away from the repository nothing but the plan is at hand.
    let shard = pinwheel(folder.path(), &["shard", &plan, "--index", "0", "-q"]);
    assert_eq!(shard.status.code(), Some(0), "{}", stderr(&shard));
}

#[test]
fn much_computing_is_told_and_not_begun_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let file = scenario(folder.path());
    let out = folder.path().join("deep/out").display().to_string();
    let set = ["--set", "ensemble.runs=60000", "--set", "infrastructure.class[0].failure.mean=1 h"];
    let output = pinwheel(&root(), &[&["run", &file, "-o", &out][..], &set].concat());
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("360,000 runs (6 points x 60000)"), "{}", stderr(&output));
    assert!(stderr(&output).contains("--yes"), "{}", stderr(&output));
    assert!(!folder.path().join("deep").exists());
}

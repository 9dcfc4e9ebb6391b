//! Every test is run: what is written as a test belongs to a target that cargo knows, every crate
//! to the workspace, and every script of `tests/` to `.ci/run`.

use std::collections::BTreeSet;
use std::env;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::source::{Fault, Tree, none};

/// Crates outside the workspace.
const APART: &[(&str, &str)] =
    &[("benches/peers/nexosim", "the same workloads in another simulator; built by hand")];

/// The command that runs all tests of the workspace.
const ALL_TESTS: &str = "cargo test --release --workspace";

/// A target as `cargo metadata` lists it.
#[derive(Clone, Debug)]
pub struct Target {
    /// "lib", "bin", "test", "bench", "example".
    pub kind: String,
    pub name: String,
    /// The root of its crate, relative to the repository.
    pub path: String,
    /// Whether `cargo test` runs it.
    pub test: bool,
}

/// What cargo says of the workspace.
fn targets() -> Vec<Target> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(&root)
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let all: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let root = all["workspace_root"].as_str().expect("the root of the workspace");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let packages = list(&all["packages"]);
    packages
        .iter()
        .flat_map(|package| list(&package["targets"]))
        .map(|it| read(&it, root))
        .collect()
}

fn read(target: &Value, root: &str) -> Target {
    let path = target["src_path"].as_str().expect("a target has a path").replace('\\', "/");
    let root = root.replace('\\', "/");
    Target {
        kind: target["kind"][0].as_str().expect("a target has a kind").to_owned(),
        name: target["name"].as_str().expect("a target has a name").to_owned(),
        path: path.trim_start_matches(&root).trim_start_matches('/').to_owned(),
        test: target["test"] == true && target["required-features"].is_null(),
    }
}

/// Rust files below `tests/`, `benches/` and `examples/` that no target leads to, and test targets
/// that `cargo test` passes over.
pub fn unlisted(tree: &Tree, targets: &[Target]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut reached = BTreeSet::new();
    for target in targets {
        reached.extend(tree.reached(&target.path).into_keys());
        if ["lib", "bin", "test"].contains(&target.kind.as_str()) && !target.test {
            let what = "`cargo test` does not run this target".to_owned();
            faults.push(Fault { path: target.path.clone(), line: 0, what });
        }
    }
    let members = tree.members();
    let folders = ["tests", "benches", "examples"];
    let owned = members.iter().flat_map(|member| folders.map(|name| format!("{member}/{name}")));
    let folders: Vec<String> = owned.chain(folders.map(str::to_owned)).collect();
    for folder in &folders {
        for file in tree.below(folder, ".rs") {
            let apart = APART.iter().any(|(apart, _)| file.path.starts_with(&format!("{apart}/")));
            let known =
                members.iter().any(|member| file.path.starts_with(&format!("{member}/src/")));
            if !reached.contains(&file.path) && !apart && !known {
                let what = "no target leads to this file: it is never run".to_owned();
                faults.push(Fault { path: file.path.clone(), line: 0, what });
            }
        }
    }
    faults
}

/// Folders with a manifest that the workspace does not list.
pub fn outside(tree: &Tree) -> Vec<Fault> {
    let members = tree.members();
    let manifests = tree.files.iter().filter_map(|file| file.path.strip_suffix("/Cargo.toml"));
    manifests
        .filter(|folder| !members.iter().any(|member| member == folder))
        .filter(|folder| !APART.iter().any(|(apart, _)| apart == folder))
        .map(|folder| Fault {
            path: format!("{folder}/Cargo.toml"),
            line: 0,
            what: "this crate is no member of the workspace".to_owned(),
        })
        .collect()
}

/// Scripts of `tests/` and the command for all tests that `.ci/run` does not call.
pub fn not_called(tree: &Tree) -> Vec<Fault> {
    let ci = tree.get(".ci/run").map_or("", |file| &file.text);
    let called = |words: &str| {
        ci.lines().any(|line| !line.trim_start().starts_with('#') && line.contains(words))
    };
    let scripts = tree.below("tests", ".sh").map(|file| file.path.as_str());
    let missing = scripts.chain([ALL_TESTS]).filter(|words| !called(words));
    let fault = |words: &str| Fault {
        path: ".ci/run".to_owned(),
        line: 0,
        what: format!("does not call `{words}`"),
    };
    missing.map(fault).collect()
}

/// Targets that a document has people run and that are not there: `--test NAME` and the like.
pub fn dead_commands(tree: &Tree, targets: &[Target]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with(".md")) {
        for (number, line) in file.text.lines().enumerate() {
            let words: Vec<&str> = line.split([' ', '`', '\'', '"', ';', ')', ',']).collect();
            for pair in words.windows(2) {
                let kind = ["test", "example", "bench", "bin"].into_iter();
                let kind = kind.filter(|kind| pair[0].strip_prefix("--") == Some(*kind));
                let name = |target: &Target| target.name == pair[1];
                for kind in kind.filter(|_| !pair[1].is_empty()) {
                    if !targets.iter().any(|it| it.kind == kind && name(it)) {
                        let what = format!("no target: `--{kind} {}`", pair[1]);
                        faults.push(Fault { path: file.path.clone(), line: number + 1, what });
                    }
                }
            }
        }
    }
    faults
}

#[test]
fn commands_in_documents_name_targets() {
    let faults = dead_commands(Tree::repository(), &targets());
    none(&faults, "name a target that there is: `cargo metadata --no-deps`");
}

#[test]
fn every_test_belongs_to_a_target_that_is_run() {
    let to_do = "name the file in a `mod` line of its test target, or make it a target";
    none(&unlisted(Tree::repository(), &targets()), to_do);
}

#[test]
fn every_crate_is_a_member_of_the_workspace() {
    none(&outside(Tree::repository()), "add it to `members` in Cargo.toml, or to APART here");
}

#[test]
fn ci_calls_every_script_and_all_tests() {
    none(&not_called(Tree::repository()), "add a step to .ci/run");
}

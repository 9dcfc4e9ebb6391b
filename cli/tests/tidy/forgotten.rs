//! What one can forget without a word from the compiler: the line that lists a network, a policy or
//! a step whose files are there, a network's test, scenario and page of docs, the code that records
//! a metric.

use std::collections::BTreeSet;

use crate::arrows::networks;
use crate::names::metrics;
use crate::source::{Fault, File, Tree, none, places_of};

const NETWORKS: &str = "models/src/networks/mod.rs";
const POLICIES: &str = "models/src/policy";
const STEPS: &str = "models/src/networks/generic/step";

/// What a network that has a folder lacks.
pub fn incomplete_networks(tree: &Tree) -> Vec<Fault> {
    let list = tree.get(NETWORKS).map_or("", |file| &file.code);
    let mut faults = Vec::new();
    for name in networks(tree) {
        let has = |path: &str| tree.get(path).is_some();
        let test =
            has(&format!("models/tests/{name}.rs")) || has(&format!("models/tests/{name}/main.rs"));
        let scenario = tree.below(&format!("scenarios/{name}"), ".toml").next().is_some();
        let page = format!("docs/validation/{name}.md");
        for (there, what) in [
            (list.contains(&format!("({name}: ")), "has no line in `for_each_network!`"),
            (test, "has no test: models/tests/NAME.rs or models/tests/NAME/main.rs"),
            (scenario, "has no scenario: scenarios/NAME/"),
            (has(&page), "has no page: docs/validation/NAME.md"),
        ] {
            if !there {
                let path = format!("models/src/networks/{name}");
                faults.push(Fault { path, line: 0, what: what.replace("NAME", &name) });
            }
        }
    }
    faults
}

/// Files of a family of policies that its list does not name.
pub fn unlisted_policies(tree: &Tree) -> Vec<Fault> {
    let files = tree.below(POLICIES, ".rs").filter_map(|file| {
        let (family, name) = file.path[POLICIES.len() + 1..].split_once('/')?;
        let list = &tree.get(&format!("{POLICIES}/{family}/mod.rs"))?.code;
        let name = name.trim_end_matches(".rs");
        let listed = list.contains(&format!("= {name},"));
        let family_has_a_list = list.contains("macro_rules! for_each_");
        (family_has_a_list && name != "mod" && !listed).then(|| Fault {
            path: file.path.clone(),
            line: 0,
            what: format!("has no line in the list of {POLICIES}/{family}/mod.rs"),
        })
    });
    files.collect()
}

/// Files of steps that the list of steps does not name.
pub fn unlisted_steps(tree: &Tree) -> Vec<Fault> {
    let list = tree.get(&format!("{STEPS}/mod.rs")).map_or("", |file| &file.code);
    let files =
        tree.below(STEPS, ".rs").filter(|file| file.code.contains("pub const SPEC: StepSpec"));
    let unlisted = files.filter(|file| {
        let name = file.path[STEPS.len() + 1..].trim_end_matches(".rs");
        !list.contains(&format!("= {name},"))
    });
    let fault = |file: &File| Fault {
        path: file.path.clone(),
        line: 0,
        what: format!("has no line in `for_each_step!` of {STEPS}/mod.rs"),
    };
    unlisted.map(fault).collect()
}

/// Metrics in a `metrics.rs` that no code names with `.metric("...")`: they have no rows.
pub fn unrecorded(tree: &Tree) -> Vec<Fault> {
    let files = tree.product("models");
    let mut recorded = BTreeSet::new();
    for file in &files {
        let calls = places_of(&file.product, ".metric(");
        recorded.extend(calls.into_iter().filter_map(|at| Some(file.literal(at)?.1)));
    }
    let lists = files.iter().filter(|file| file.path.ends_with("/metrics.rs"));
    let all = lists.flat_map(|file| metrics(file));
    let idle = all.filter(|metric| !recorded.contains(metric.name));
    idle.map(|metric| Fault {
        what: format!("no code records `{}`: SPEC.metric(\"{}\")", metric.name, metric.name),
        ..metric.fault
    })
    .collect()
}

#[test]
fn every_network_is_listed_tested_run_and_described() {
    none(&incomplete_networks(Tree::repository()), "`pinwheel new NAME` writes all of it");
}

#[test]
fn every_policy_is_listed() {
    none(&unlisted_policies(Tree::repository()), "add `Type = name,` to the family's list");
}

#[test]
fn every_step_is_listed() {
    none(&unlisted_steps(Tree::repository()), "add `Type = name,` to the list");
}

#[test]
fn every_metric_is_recorded() {
    none(&unrecorded(Tree::repository()), "record it, or delete its line");
}

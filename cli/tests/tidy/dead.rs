//! No dead file: whatever lies below a `src` is built into a crate.

use std::collections::BTreeSet;

use crate::source::{Fault, Tree, none, places_of, plain};

/// Files below `src` that no `mod` line and no `include_str!` leads to.
pub fn unreached(tree: &Tree) -> Vec<Fault> {
    let mut reached = BTreeSet::new();
    for member in tree.members() {
        for root in tree.crate_roots(&member) {
            reached.extend(tree.reached(&root).into_keys());
        }
    }
    let mut used = reached.clone();
    for path in &reached {
        let Some(file) = tree.get(path) else { continue };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let calls = ["include_str!(", "include_bytes!("];
        for at in calls.iter().flat_map(|call| places_of(&file.code, call)) {
            used.extend(file.literal(at).map(|(_, name)| plain(&format!("{folder}/{name}"))));
        }
    }
    let sources: Vec<String> = tree.members().iter().map(|one| format!("{one}/src")).collect();
    let files = sources.iter().flat_map(|folder| tree.below(folder, ""));
    files
        .filter(|file| !used.contains(&file.path) && !file.path.ends_with(".md"))
        .map(|file| Fault {
            path: file.path.clone(),
            line: 0,
            what: "no `mod` line and no `include_str!` leads here".to_owned(),
        })
        .collect()
}

#[test]
fn every_file_below_src_is_built() {
    none(&unreached(Tree::repository()), "name it in a `mod` line, or delete it");
}

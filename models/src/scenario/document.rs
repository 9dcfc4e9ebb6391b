//! From the text of a scenario to the one tree that is checked: laid over the files it extends,
//! with the keys of its size and those of `--set` laid over it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::describe::lever::without_numbers;
use crate::input::check::Checker;
use crate::input::diagnostic::{Faults, TextPosition, shown};
use crate::input::files::{Files, SCENARIO_BYTES_MAX, lexical};
use crate::input::tree::{Tree, Value, ValueId};

/// Longest chain of `extends`.
const EXTENDS_MAX: usize = 8;
/// Tables of keys that hold at one size of the run.
pub const SIZES: [&str; 2] = ["ci", "full"];
/// Keys that name files, relative to the file they are typed in; so does every key of these names.
const PATH_KEYS: [&str; 4] =
    ["network.initial", "network.history", "network.observed_locked", "network.stock"];
const PATH_NAMES: [&str; 2] = ["file", "matrix"];

/// The tree of a scenario, whose real path and text are given, and the keys that were laid over its
/// files. `None` if a file cannot be read, which has left a fault.
pub fn read(
    (real, text): (&Path, &str),
    overrides: &[(String, String)],
    files: &mut Files,
    faults: &mut Faults,
) -> Option<(Tree, Vec<String>)> {
    let documents = &mut Documents { files: &mut *files, faults: &mut *faults, chain: Vec::new() };
    let mut tree = documents.document(0, real, text)?;
    let laid = lay_over(&mut tree, overrides, files, faults);
    Some((tree, laid))
}

/// A file and those it extends.
struct Documents<'a> {
    files: &'a mut Files,
    faults: &'a mut Faults,
    chain: Vec<PathBuf>,
}

impl Documents<'_> {
    fn document(&mut self, file: usize, real: &Path, text: &str) -> Option<Tree> {
        let mut tree = Tree::parse(text, file, self.faults)?;
        self.chain.push(real.to_owned());
        self.rebase(&mut tree, real);
        let Some(given) = tree.root("extends") else { return Some(tree) };
        let place = tree.place(given);
        let Value::Text(reference) = tree.value(given).clone() else {
            let message =
                format!("expected a string in quotes, found {}", tree.value(given).kind());
            self.faults.push(place, "extends", message, "write extends = \"base.toml\"");
            return None;
        };
        let (base_file, base_real, base_text) = self
            .files
            .refer(&reference, SCENARIO_BYTES_MAX)
            .map_err(|(message, help)| self.faults.push(place, "extends", message, help))
            .ok()?;
        let again = self.chain.contains(&base_real);
        if again || self.chain.len() >= EXTENDS_MAX {
            let chain = self.chain.iter().chain([&base_real]);
            let names: Vec<_> = chain.map(|path| self.files.relative(path)).collect();
            let what = if again { "the chain is a circle" } else { "the chain is too long" };
            let message = format!("{what}: {}", names.join(" -> "));
            let help = format!("let one of them extend nothing; at most {EXTENDS_MAX} files");
            self.faults.push(place, "extends", message, help);
            return None;
        }
        let mut base = self.document(base_file, &base_real, &base_text)?;
        let run = tree.root("run").and_then(|run| tree.table(run));
        for key in run.into_iter().flat_map(|run| run.keys()) {
            one_length(&mut base, &format!("run.{key}"));
        }
        base.overlay(&tree);
        base.remove(Tree::ROOT, "extends");
        Some(base)
    }

    /// Makes the paths in a file relative to the scenario instead of to that file.
    fn rebase(&mut self, tree: &mut Tree, real: &Path) {
        let folder = real.parent().unwrap_or(real);
        if self.files.relative(folder).is_empty() {
            return;
        }
        for given in path_values(tree) {
            let Value::Text(reference) = tree.value(given) else { continue };
            if !reference.is_empty() && !Path::new(reference).is_absolute() {
                let text = self.files.relative(&lexical(&folder.join(reference)));
                tree.set_text(given, text);
            }
        }
    }
}

/// The values that name files: `extends`, the path keys, and such keys in variants, sizes and
/// sweeps.
fn path_values(tree: &Tree) -> Vec<ValueId> {
    let mut found: Vec<ValueId> = tree.root("extends").into_iter().collect();
    named(tree, Tree::ROOT, "", &mut found);
    found
}

/// Every value below `at`, which lies at `key`, that names a file.
fn named(tree: &Tree, at: ValueId, key: &str, found: &mut Vec<ValueId>) {
    match tree.value(at) {
        Value::Table(table) => {
            for (name, &value) in table {
                // A dotted key of a variant stands for itself.
                let key = if name.contains('.') { name.clone() } else { format!("{key}.{name}") };
                found.extend(names_file(&key).then_some(value));
                named(tree, value, &key, found);
            }
            let axis = table.get("path").zip(table.get("values"));
            let path = axis.and_then(|(&path, _)| match tree.value(path) {
                Value::Text(path) => Some(path.clone()),
                _ => None,
            });
            if let (Some(path), Some((_, &values))) = (path, axis)
                && let (true, Value::Array(values)) = (names_file(&path), tree.value(values))
            {
                found.extend(values);
            }
        }
        Value::Array(items) => items.iter().for_each(|&item| named(tree, item, key, found)),
        _ => {}
    }
}

/// Whether the value at a dotted key names a file.
fn names_file(key: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key);
    let key = without_numbers(key.trim_start_matches('.'));
    PATH_NAMES.contains(&last) || PATH_KEYS.contains(&key.as_str())
}

/// The length of a run, and the date on which it ends.
const HORIZON: &str = "run.horizon";
const END: &str = "run.end";

/// A run has one length: that which was laid last at a key of both replaces the other.
pub(super) fn one_length(tree: &mut Tree, key: &str) {
    let other = match key {
        HORIZON => "end",
        END => "horizon",
        _ => return,
    };
    if let Some(run) = tree.root("run") {
        tree.remove(run, other);
    }
}

/// A fault where a table sets the length of a run and the date on which it ends: one of both would
/// be taken, and nobody could tell which.
pub(super) fn two_lengths(checker: &mut Checker<'_>, set: &BTreeMap<String, ValueId>, table: &str) {
    if let (true, Some(&end)) = (set.contains_key(HORIZON), set.get(END)) {
        let (message, help) = TWO_LENGTHS;
        checker.fault(end, &format!("{table}.{END}"), message.to_owned(), help);
    }
}

/// Whether two keys are one, or each gives a run its length.
pub(super) fn are_one_length(one: &str, other: &str) -> bool {
    let lengths = [HORIZON, END];
    one == other || (lengths.contains(&one) && lengths.contains(&other))
}

/// What is wrong with a run of two lengths, and what to do.
pub(super) const TWO_LENGTHS: (&str, &str) =
    ("beside run.horizon: a run has one length", "give one of both");

/// Lays the keys of the size, and then those of the command line, over the file. Returns the keys.
fn lay_over(
    tree: &mut Tree,
    overrides: &[(String, String)],
    files: &mut Files,
    faults: &mut Faults,
) -> Vec<String> {
    let size = overrides.iter().filter(|(key, _)| key == "run.size").cloned();
    set_overrides(tree, &size.collect::<Vec<_>>(), files, faults);
    let mut laid: Vec<String> =
        SIZES.into_iter().flat_map(|size| lay_size(tree, size, faults)).collect();
    set_overrides(tree, overrides, files, faults);
    laid.extend(overrides.iter().map(|(key, _)| key.clone()));
    if laid.iter().any(|key| key == HORIZON || key == END) {
        tree.lay_length();
    }
    laid
}

/// At the size that `[name]` is for, lays its keys over the others. The table is gone afterwards:
/// the resolved scenario says what was run. Returns the keys that were laid.
fn lay_size(tree: &mut Tree, name: &str, faults: &mut Faults) -> Vec<String> {
    let Some(table) = tree.root(name) else { return Vec::new() };
    let size = tree.root("run").and_then(|run| tree.table(run)?.get("size").copied());
    let size = size.map(|given| tree.value(given));
    let at_this_size = matches!(size, Some(Value::Text(size)) if size == name);
    let Some(keys) = tree.table(table).cloned() else {
        let message = format!("expected a table, found {}", tree.value(table).kind());
        let help = format!("write [{name}] and dotted keys below it");
        faults.push(tree.place(table), name, message, help);
        return Vec::new();
    };
    tree.remove(Tree::ROOT, name);
    if let (true, Some(&end)) = (keys.contains_key(HORIZON), keys.get(END)) {
        let (message, help) = TWO_LENGTHS;
        faults.push(tree.place(end), format!("{name}.{END}"), message, help);
    }
    let mut laid = Vec::new();
    for (key, value) in keys.into_iter().filter(|_| at_this_size) {
        let set = match key.as_str() {
            "schema" | "extends" | "run.size" => Err("it is the same at every size".to_owned()),
            _ => tree.set(&key, value),
        };
        if let Err(message) = set {
            let help = "give dotted keys in quotes, such as \"ensemble.runs\" = 30";
            let key = format!("{name}.{}", shown(&key));
            faults.push(tree.place(value), key, format!("cannot be set: {message}"), help);
        } else {
            one_length(tree, &key);
        }
        laid.push(key);
    }
    laid
}

fn set_overrides(
    tree: &mut Tree,
    overrides: &[(String, String)],
    files: &mut Files,
    faults: &mut Faults,
) {
    for (key, text) in overrides {
        let file = files.add_argument(format!("--set {}={}", shown(key), shown(text)));
        let place = TextPosition { file, offset: 0 };
        let set = match key.as_str() {
            "schema" | "extends" => Err("it belongs to the file".to_owned()),
            _ => match tree.add_argument(key, text, file, faults) {
                Some(value) => tree.set(key, value),
                None => continue,
            },
        };
        if let Err(message) = set {
            let message = format!("cannot be set: {message}");
            faults.push(
                place,
                shown(key),
                message,
                "give a dotted key of the file, such as run.horizon or network[0].id",
            );
        } else {
            one_length(tree, key);
        }
    }
}

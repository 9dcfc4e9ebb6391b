//! Who may use whom: crates, and the folders and files at the top of each crate. Read from `use`
//! lines and paths of the code that is built into the product; test code may look anywhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{Fault, File, Tree, is_word, none, places_of};

/// The crates, and those of the workspace that each may depend on.
const CRATES: &[(&str, &[&str])] = &[
    ("sim-core", &[]),
    ("models", &["sim-core"]),
    ("conform", &["sim-core", "models"]),
    ("analysis", &["sim-core", "models"]),
    ("cli", &["sim-core", "models", "conform", "analysis"]),
    ("python", &["sim-core", "models", "analysis"]),
    ("twin", &["sim-core", "models", "analysis"]),
    ("benches", &["sim-core", "models", "conform", "analysis"]),
];

/// What a crate may use in its tests beyond that: models are tested on the stand of conform.
const IN_TESTS: &[(&str, &[&str])] = &[("models", &["conform"])];

/// The folders of models from the ground up: each may use those of its own line and of the lines
/// above it.
pub const TIERS: &[&[&str]] = &[
    &["input", "describe", "laws"],
    &["part", "policy"],
    &["infrastructure", "connection", "blockchain", "data", "service"],
    &["economy"],
    &["governance", "application", "networks"],
    &["review", "change"],
    &["registry"],
    &["world"],
    &["scenario"],
];

/// Where models may name a network: networks themselves, the list of all parts, and the roof.
const NAMED: [&str; 3] = ["models/src/networks/", "models/src/registry.rs", "models/src/scenario/"];
/// Where no network may be named but there.
const NAMELESS: [&str; 3] = ["models", "analysis", "cli"];
/// A network that is none: it is made of TOML.
const GENERIC: &str = "generic";

/// Arrows that close a circle today: crate, from, to, and why it is still there.
#[rustfmt::skip]
const CIRCLES: &[(&str, &str, &str, &str)] = &[
    ("sim-core", "engine", "regions", "a context holds the outbox of its region"),
    ("cli", "check_run", "check", "the run of many scenarios reads the arguments of the verb check"),
    ("cli", "summary", "baseline", "the table of a baseline lies in its verb"),
];
/// Arrows of models that go up today: from, to, and why it is still there.
const UPWARD: &[(&str, &str, &str)] = &[];
/// Files that name a network today: path, and why it still does.
const NAMING: &[(&str, &str)] =
    &[("models/src/blockchain/fee.rs", "one of its roundings is called after the network")];

/// One use of a folder by another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    pub from: String,
    pub to: String,
    pub path: String,
    pub line: usize,
}

/// The names at the top of a crate, and where those that its root hands on come from.
struct Top {
    modules: BTreeSet<String>,
    handed_on: BTreeMap<String, String>,
}

impl Top {
    fn of(tree: &Tree, member: &str) -> Top {
        let mut top = Top { modules: BTreeSet::new(), handed_on: BTreeMap::new() };
        for root in ["lib", "main"].map(|name| format!("{member}/src/{name}.rs")) {
            let Some(root) = tree.get(&root) else { continue };
            for at in places_of(&root.product, "mod ") {
                top.modules.insert(word(&root.product[at + 4..]).to_owned());
            }
            for at in places_of(&root.product, "use ") {
                for path in paths(&root.product, at + 4) {
                    let name = path.last().filter(|_| path.len() > 1);
                    top.handed_on.extend(name.map(|name| (name.clone(), path[0].clone())));
                }
            }
        }
        // Macros stand at the root of their crate, wherever they are written.
        for file in tree.product(member) {
            for at in places_of(&file.product, "macro_rules! ") {
                let name = word(&file.product[at + 13..]).to_owned();
                top.handed_on.extend(node(member, file).map(|node| (name, node)));
            }
        }
        top
    }

    /// The folder or file in which a name of the crate's root is written.
    fn home(&self, name: &str) -> Option<&str> {
        let module = self.modules.get(name).or_else(|| self.handed_on.get(name))?;
        self.modules.get(module).map(String::as_str)
    }
}

/// The folder or file at the top of the crate to which a file belongs; `None` for roots.
fn node(member: &str, file: &File) -> Option<String> {
    let path = file.path.strip_prefix(&format!("{member}/src/"))?;
    let top = path.split('/').next()?.trim_end_matches(".rs");
    (!["lib", "main", "bin"].contains(&top)).then(|| top.to_owned())
}

/// The path of the module that a file is, from the root of its crate.
fn module_path(member: &str, file: &File) -> Vec<String> {
    let path = file.path.strip_prefix(&format!("{member}/src/")).unwrap_or_default();
    let path = path.trim_end_matches(".rs");
    path.split('/').filter(|part| *part != "mod").map(str::to_owned).collect()
}

fn word(text: &str) -> &str {
    let end = text.bytes().position(|byte| !is_word(byte)).unwrap_or(text.len());
    &text[..end]
}

/// The paths that a `use` tree, or one path, names: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn paths(code: &str, from: usize) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    tree_of(code, from, &mut Vec::new(), &mut found);
    found
}

/// Reads one branch; returns the byte after it.
fn tree_of(code: &str, from: usize, stem: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    let (depth, mut at) = (stem.len(), from);
    loop {
        at += code[at..].len() - code[at..].trim_start().len();
        if code[at..].starts_with('{') {
            at += 1;
            while !code[at..].trim_start().starts_with('}') && at < code.len() {
                at = tree_of(code, at, stem, found);
                // The rest of a branch: `as name`, `!`, a comma.
                at += code[at..].find([',', '}']).unwrap_or(code.len() - at);
                at += usize::from(code[at..].starts_with(','));
            }
            at += code[at..].find('}').map_or(0, |end| end + 1);
            break;
        }
        let name = word(&code[at..]);
        stem.extend((!name.is_empty()).then(|| name.to_owned()));
        at += name.len();
        if name.is_empty() || !code[at..].starts_with("::") {
            found.push(stem.clone());
            break;
        }
        at += 2;
    }
    stem.truncate(depth);
    at
}

/// The arrows between the tops of a crate, and paths whose home is not found.
pub fn arrows(tree: &Tree, member: &str) -> (Vec<Arrow>, Vec<Fault>) {
    let top = Top::of(tree, member);
    let (mut arrows, mut faults) = (Vec::new(), Vec::new());
    for file in tree.product(member) {
        let Some(from) = node(member, file) else { continue };
        let own = module_path(member, file);
        let starts = ["crate::", "super::"].into_iter();
        let starts = starts.flat_map(|start| places_of(&file.product, start));
        // A second `super::` belongs to the path that the first one begins.
        for at in starts.filter(|at| !file.product[..*at].ends_with("::")) {
            for path in paths(&file.product, at) {
                let Some(name) = at_root(&own, &path) else { continue };
                let line = file.line(at);
                match top.home(name) {
                    Some(to) if to == from => {}
                    Some(to) => arrows.push(Arrow {
                        from: from.clone(),
                        to: to.to_owned(),
                        path: file.path.clone(),
                        line,
                    }),
                    None => {
                        let what = format!("`{name}` is not found at the root of {member}");
                        faults.push(Fault { path: file.path.clone(), line, what });
                    }
                }
            }
        }
    }
    (arrows, faults)
}

/// The name at the root of the crate that a path leads to from a module; `None` if it stays below.
fn at_root<'a>(own: &'a [String], path: &'a [String]) -> Option<&'a str> {
    let ups = path.iter().take_while(|part| *part == "super").count();
    let left = own.len().saturating_sub(ups);
    match path.first()?.as_str() {
        "crate" => path.get(1).map(String::as_str),
        _ if left > 0 => own.first().map(String::as_str),
        _ => path.get(ups).map(String::as_str),
    }
}

/// How often one folder uses another.
pub fn graph(arrows: &[Arrow]) -> BTreeMap<&str, BTreeMap<&str, usize>> {
    let mut graph: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for Arrow { from, to, .. } in arrows {
        *graph.entry(from).or_default().entry(to).or_default() += 1;
    }
    graph
}

/// The arrows that lie on a circle: their head leads back to their tail.
pub fn circles(arrows: &[Arrow]) -> Vec<Fault> {
    let graph = graph(arrows);
    let leads = |from: &str, wanted: &str| {
        let (mut open, mut seen) = (vec![from], BTreeSet::new());
        while let Some(place) = open.pop() {
            if place == wanted {
                return true;
            }
            if seen.insert(place) {
                open.extend(graph.get(place).into_iter().flat_map(|next| next.keys().copied()));
            }
        }
        false
    };
    let closing = arrows.iter().filter(|arrow| leads(&arrow.to, &arrow.from));
    closing.map(|arrow| fault(arrow, "lies on a circle")).collect()
}

fn fault(arrow: &Arrow, why: &str) -> Fault {
    let Arrow { from, to, path, line } = arrow;
    Fault { path: path.clone(), line: *line, what: format!("{from} -> {to} {why}") }
}

fn tier(folder: &str) -> Option<usize> {
    TIERS.iter().position(|tier| tier.contains(&folder))
}

/// The arrows of models that go up, and folders that stand in no tier.
pub fn upward(arrows: &[Arrow]) -> Vec<Fault> {
    let up = arrows.iter().filter_map(|arrow| match (tier(&arrow.from), tier(&arrow.to)) {
        (Some(from), Some(to)) if to <= from => None,
        (Some(_), Some(_)) => Some(fault(arrow, "goes up")),
        _ => Some(fault(arrow, "has an end that stands in no tier")),
    });
    up.collect()
}

/// Crates that depend on others than CRATES says.
pub fn forbidden_crates(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    let package = |member: &str| {
        let text = &tree.get(&format!("{member}/Cargo.toml"))?.text;
        Some(text.split_once("name = \"")?.1.split('"').next()?.to_owned())
    };
    let members = tree.members();
    let names: BTreeMap<String, &str> =
        members.iter().filter_map(|member| Some((package(member)?, member.as_str()))).collect();
    for member in &members {
        let allowed = CRATES.iter().find(|(name, _)| name == member).map(|(_, list)| *list);
        let in_tests = IN_TESTS.iter().find(|(name, _)| name == member).map_or(&[][..], |it| it.1);
        let path = format!("{member}/Cargo.toml");
        let Some(allowed) = allowed else {
            let what = "this crate has no line in CRATES".to_owned();
            faults.push(Fault { path, line: 0, what });
            continue;
        };
        let mut section = "";
        let text = tree.get(&path).map_or("", |file| &file.text);
        for (number, line) in text.lines().enumerate() {
            if line.starts_with('[') {
                section = line;
            }
            let dependency = line.split(['.', ' ', '=']).next().and_then(|name| names.get(name));
            let Some(to) = dependency.filter(|_| section.contains("dependencies")) else {
                continue;
            };
            let tested = section == "[dev-dependencies]" && in_tests.contains(to);
            if !allowed.contains(to) && !tested {
                let what = format!("{member} may not depend on {to}");
                faults.push(Fault { path: path.clone(), line: number + 1, what });
            }
        }
    }
    faults
}

/// The networks that have a folder.
pub fn networks(tree: &Tree) -> BTreeSet<String> {
    let paths = tree.below("models/src/networks", ".rs").map(|file| file.path.split('/').nth(3));
    let names = paths.flatten().map(|name| name.trim_end_matches(".rs").to_owned());
    names.filter(|name| name != "mod" && name != GENERIC).collect()
}

/// The words of a line of code, small: `Filecoin::new_settings` is filecoin, new, settings.
fn parts(line: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for letter in line.chars() {
        let begins = !letter.is_alphanumeric() || letter.is_uppercase();
        if begins && parts.last().is_some_and(|last| !last.is_empty()) {
            parts.push(String::new());
        }
        if let Some(last) = parts.last_mut().filter(|_| letter.is_alphanumeric()) {
            last.extend(letter.to_lowercase());
        }
    }
    parts
}

/// Whether a name, however it is written, stands among these words.
fn says(parts: &[String], name: &str) -> bool {
    let name = name.replace('_', "");
    (0..parts.len()).any(|first| {
        let mut rest = name.as_str();
        let next = parts[first..].iter().map_while(|part| {
            rest = rest.strip_prefix(part.as_str())?;
            Some(rest.is_empty())
        });
        next.into_iter().any(|all| all)
    })
}

/// Code that names a network where none may be named, one for each line.
pub fn naming(tree: &Tree) -> Vec<Fault> {
    let mut networks = networks(tree);
    networks.insert("bittensor".to_owned());
    let mut faults = Vec::new();
    let files = NAMELESS.iter().flat_map(|member| tree.product(member));
    for file in files.filter(|file| !NAMED.iter().any(|place| file.path.starts_with(place))) {
        for (number, line) in file.product.lines().enumerate() {
            let parts = parts(line);
            if let Some(name) = networks.iter().find(|name| says(&parts, name)) {
                let what = format!("the code names {name}");
                faults.push(Fault { path: file.path.clone(), line: number + 1, what });
            }
        }
    }
    faults
}

#[test]
fn crates_depend_in_one_direction() {
    none(&forbidden_crates(Tree::repository()), "turn the dependency round, or see CRATES");
}

#[test]
fn no_circle_between_folders() {
    let tree = Tree::repository();
    let mut faults = Vec::new();
    for member in tree.members() {
        let (mut arrows, unknown) = arrows(tree, &member);
        print(&member, &arrows);
        arrows.retain(|arrow| !excepted(&member, arrow));
        faults.extend(unknown);
        faults.extend(circles(&arrows));
    }
    none(&faults, "move what both need into a folder below them");
}

/// Whether an arrow is left out of the search for circles.
fn excepted(member: &str, Arrow { from, to, .. }: &Arrow) -> bool {
    let up = UPWARD.iter().map(|(from, to, _)| ("models", *from, *to));
    let all = CIRCLES.iter().map(|(member, from, to, _)| (*member, *from, *to)).chain(up);
    all.into_iter().any(|it| it == (member, from, to))
}

fn print(member: &str, arrows: &[Arrow]) {
    println!("{member}");
    for (from, to) in graph(arrows) {
        let list: Vec<String> = to.iter().map(|(to, count)| format!("{to} {count}")).collect();
        println!("  {from} -> {}", list.join(", "));
    }
}

#[test]
fn folders_of_models_use_what_is_below_them() {
    let (mut arrows, _) = arrows(Tree::repository(), "models");
    arrows.retain(|it| !UPWARD.iter().any(|(from, to, _)| (*from, *to) == (&it.from, &it.to)));
    none(&upward(&arrows), "see TIERS; what a lower folder needs is handed to it or lies below it");
}

#[test]
fn no_layer_names_a_network() {
    let mut faults = naming(Tree::repository());
    faults.retain(|fault| !NAMING.iter().any(|(path, _)| *path == fault.path));
    let to_do = "ask the part's spec (registry.rs) instead of naming the network; if the word means \
                 something else here, the network needs another name";
    none(&faults, to_do);
}

#[test]
fn every_exception_is_still_needed() {
    let tree = Tree::repository();
    let here = "cli/tests/tidy/arrows.rs";
    let mut faults = Vec::new();
    let mut idle = |what: String| {
        faults.push(Fault { path: here.to_owned(), line: 0, what });
    };
    for (member, from, to, _) in CIRCLES {
        let mut arrows = arrows(tree, member).0;
        let asked = |it: &Arrow| (it.from.as_str(), it.to.as_str()) == (*from, *to);
        arrows.retain(|it| asked(it) || !excepted(member, it));
        if circles(&arrows).is_empty() {
            idle(format!("CIRCLES: {member}: {from} -> {to}"));
        }
    }
    let up = upward(&arrows(tree, "models").0);
    for (from, to, _) in UPWARD {
        if !up.iter().any(|fault| fault.what.starts_with(&format!("{from} -> {to} "))) {
            idle(format!("UPWARD: {from} -> {to}"));
        }
    }
    let named = naming(tree);
    for (path, _) in NAMING {
        if !named.iter().any(|fault| fault.path == *path) {
            idle(format!("NAMING: {path}"));
        }
    }
    none(&faults, "these exceptions are needed no more: delete them");
}

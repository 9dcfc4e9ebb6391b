//! The scheme of names: a metric is `lower_snake_case`; a check and the purpose of a random stream
//! begin with their part, `part.what_it_is` or `part.place.what_it_is`.

use std::collections::BTreeSet;

use crate::source::{Fault, File, Tree, none, places_of};

/// A name in the source.
pub struct Named<'a> {
    pub name: &'a str,
    pub fault: Fault,
}

/// The names of metrics: the first text of each `metric(`.
pub fn metrics(file: &File) -> Vec<Named<'_>> {
    texts(file, &["metric("], |_, _| true)
}

/// The names of checks: what `always` and `sometimes` of the checks are given.
pub fn checks(file: &File) -> Vec<Named<'_>> {
    texts(file, &[".always(", ".sometimes("], |_, _| true)
}

/// The purposes of streams: what `Purpose::new` is given, texts in the second place of `stream`
/// and `indexed`, and texts that are given to a function or closure of the file which takes a
/// `purpose`.
pub fn purposes(file: &File) -> Vec<Named<'_>> {
    let mut found = texts(file, &["Purpose::new("], |_, _| true);
    found.extend(texts(file, &[".stream(", ".indexed("], |file, at| {
        file.code[..at - 1].trim_end().ends_with(',')
    }));
    for name in takes_purpose(&file.product) {
        found.extend(texts(file, &[&format!("{name}(")], |_, _| true));
    }
    found
}

/// The functions and closures that take a `purpose`.
fn takes_purpose(code: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for at in ["fn ", "let "].into_iter().flat_map(|word| places_of(code, word)) {
        let rest = code[at..].split_once(' ').map_or("", |(_, rest)| rest);
        let name = rest.split(|letter: char| letter != '_' && !letter.is_alphanumeric()).next();
        let after = &rest[name.map_or(0, str::len)..];
        // `= |a, purpose|`, or `(a: A, purpose: &str)`.
        let given = match after.trim_start().strip_prefix('=') {
            Some(it) => it.trim_start().strip_prefix('|').and_then(|it| it.split('|').next()),
            None => after.strip_prefix('(').and_then(|it| it.split(')').next()),
        };
        let takes = given.is_some_and(|given| {
            let mut all = given.split(',').map(|one| one.split_once(':').unwrap_or((one, "str")));
            all.any(|(name, kind)| name.trim() == "purpose" && kind.ends_with("str"))
        });
        let plain = |name: &&str| name.starts_with(|first: char| first.is_lowercase());
        names.extend(name.filter(|_| takes).filter(plain));
    }
    names
}

/// The text that follows each of these calls within its brackets, where it is wanted.
fn texts<'a>(
    file: &'a File,
    calls: &[&str],
    wanted: impl Fn(&File, usize) -> bool,
) -> Vec<Named<'a>> {
    let mut found = Vec::new();
    for call in calls {
        for at in places_of(&file.product, call) {
            let open = at + call.len();
            let Some((place, name)) = file.literal(open) else { continue };
            if place < open + brackets(&file.code[open..]) && wanted(file, place) {
                found.push(Named { name, fault: Fault::at(file, place, name.to_owned()) });
            }
        }
    }
    found
}

/// The bytes to the bracket that closes one opened before.
fn brackets(code: &str) -> usize {
    let mut depth = 1;
    let ends = code.bytes().position(|byte| {
        depth += i32::from(byte == b'(') - i32::from(byte == b')');
        depth == 0
    });
    ends.unwrap_or(code.len())
}

/// `lower_snake_case`: words of small letters and digits, a letter first.
pub fn is_snake(name: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
    };
    name.starts_with(|first: char| first.is_ascii_lowercase()) && name.split('_').all(word)
}

/// `part.what_it_is`; a place to fill, `{id}`, stands for a word.
pub fn is_scoped(name: &str) -> bool {
    let mut plain = String::new();
    let mut inside = false;
    for letter in name.chars() {
        match letter {
            '{' => plain.push('x'),
            '}' => {}
            _ if inside => {}
            letter => plain.push(letter),
        }
        inside = letter == '{' || inside && letter != '}';
    }
    plain.contains('.') && plain.split('.').all(is_snake)
}

/// Names that do not follow the scheme.
pub fn faults<'a>(names: Vec<Named<'a>>, follows: fn(&str) -> bool) -> Vec<Named<'a>> {
    names.into_iter().filter(|it| !follows(it.name)).collect()
}

/// All names of one sort in the products of the workspace, of which there must be some.
fn all<'a>(tree: &'a Tree, of: fn(&'a File) -> Vec<Named<'a>>, fewest: usize) -> Vec<Named<'a>> {
    let members = tree.members();
    let names: Vec<_> = members.iter().flat_map(|one| tree.product(one)).flat_map(of).collect();
    assert!(names.len() >= fewest, "only {} names found: how are they written now?", names.len());
    names
}

/// Holds checks and purposes against the scheme, and the exceptions against what is there.
fn judge(names: Vec<Named<'_>>, exceptions: &[&str]) {
    let wrong = faults(names, is_scoped);
    let needed: BTreeSet<&str> = wrong.iter().map(|it| it.name).collect();
    let idle: Vec<&&str> = exceptions.iter().filter(|name| !needed.contains(**name)).collect();
    let fresh = wrong.into_iter().filter(|it| !exceptions.contains(&it.name));
    none(&fresh.map(|it| it.fault).collect::<Vec<_>>(), "name it `part.what_it_is`");
    assert!(idle.is_empty(), "these exceptions are needed no more, delete them: {idle:#?}");
}

#[test]
fn metrics_are_in_snake_case() {
    let tree = Tree::repository();
    let wrong = faults(all(tree, metrics, 100), is_snake);
    none(&wrong.into_iter().map(|it| it.fault).collect::<Vec<_>>(), "name it in snake_case");
}

#[test]
fn checks_are_named_after_their_part() {
    judge(all(Tree::repository(), checks, 20), &[]);
}

#[test]
fn purposes_are_named_after_their_part() {
    judge(all(Tree::repository(), purposes, 60), PURPOSES_OUT_OF_SCHEME);
}

/// Purposes that are named otherwise today. A new name moves the fingerprints of its runs.
const PURPOSES_OUT_OF_SCHEME: &[&str] = &[
    "blockchain ballot",
    "blockchain block travel",
    "blockchain claim start",
    "blockchain deal",
    "blockchain device clock",
    "blockchain device key",
    "blockchain election",
    "blockchain leader",
    "blockchain lie",
    "blockchain load",
    "blockchain load phase",
    "blockchain middleman",
    "blockchain plan",
    "blockchain proof pick",
    "blockchain race",
    "blockchain reading",
    "blockchain reading start",
    "blockchain tamper",
    "blockchain user leaving",
    "blockchain user reservation",
    "blockchain vote",
    "bootstrap",
    "filecoin election",
    "filecoin entrants",
    "filecoin exit",
    "filecoin forecast block",
    "filecoin forecast walk",
    "filecoin gas",
    "filecoin growth",
    "filecoin hurdle",
    "filecoin opex",
    "filecoin patience",
    "filecoin price",
    "filecoin proof sample",
    "filecoin proving period",
    "filecoin reads",
    "filecoin region",
    "filecoin sector kinds",
    "filecoin size",
    "filecoin verified luck",
    "filecoin wins",
    "latin-hypercube",
    "morris",
    "phase",
];

//! The source tree as text: files with their comments, texts and test code blanked out, so that
//! what is left is code, at the places where it stands in the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// Folders that hold no source: builds, results and what belongs to tools.
const FOREIGN: [&str; 3] = ["target", "out", "node_modules"];

/// Something wrong at a line of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub path: String,
    /// From 1; 0 if it is the file as a whole.
    pub line: usize,
    pub what: String,
}

impl Fault {
    /// A fault at a byte of a file.
    pub fn at(file: &File, byte: usize, what: String) -> Fault {
        Fault { path: file.path.clone(), line: file.line(byte), what }
    }
}

/// Fails with the list of faults and what to do about them.
///
/// # Panics
///
/// If there are faults.
#[track_caller]
pub fn none(faults: &[Fault], to_do: &str) {
    let list: String = faults
        .iter()
        .map(|Fault { path, line, what }| format!("\n  {path}:{line}: {what}"))
        .collect();
    assert!(faults.is_empty(), "{} faults:{list}\nto do: {to_do}", faults.len());
}

/// One file.
#[derive(Clone, Debug)]
pub struct File {
    /// Relative to the root of the repository, with slashes.
    pub path: String,
    pub text: String,
    /// Of Rust: `text` with spaces for comments and for what stands between quotes.
    pub code: String,
    /// `code` without the items under `#[cfg(test)]`.
    pub product: String,
}

impl File {
    pub fn new(path: &str, text: &str) -> File {
        let rust = path.ends_with(".rs");
        let code = if rust { without_words(text) } else { String::new() };
        let product = without_tests(&code);
        File { path: path.to_owned(), text: text.to_owned(), code, product }
    }

    /// The line, from 1, of a byte.
    pub fn line(&self, byte: usize) -> usize {
        self.text.as_bytes()[..byte].iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// The text between the first pair of quotes at or after a byte of the code, and where it
    /// stands.
    pub fn literal(&self, from: usize) -> Option<(usize, &str)> {
        let first = from + self.code[from..].find('"')? + 1;
        let length = self.code[first..].find('"')?;
        Some((first, &self.text[first..first + length]))
    }
}

/// All files of a repository.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// By path.
    pub files: Vec<File>,
}

impl Tree {
    /// The repository that this test belongs to, read once.
    pub fn repository() -> &'static Tree {
        static REPOSITORY: LazyLock<Tree> = LazyLock::new(|| {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
            let mut files = Vec::new();
            walk(&root, "", &mut files);
            assert!(files.len() > 200, "only {} files in {}", files.len(), root.display());
            Tree::sorted(files)
        });
        &REPOSITORY
    }

    /// A tree of these paths and texts.
    pub fn of(files: &[(&str, &str)]) -> Tree {
        Tree::sorted(files.iter().map(|(path, text)| File::new(path, text)).collect())
    }

    fn sorted(mut files: Vec<File>) -> Tree {
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Tree { files }
    }

    pub fn get(&self, path: &str) -> Option<&File> {
        let place = self.files.binary_search_by(|file| file.path.as_str().cmp(path));
        place.ok().map(|place| &self.files[place])
    }

    /// The files below a folder whose name ends so.
    pub fn below<'a>(&'a self, folder: &'a str, end: &'a str) -> impl Iterator<Item = &'a File> {
        let inside =
            move |path: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.files.iter().filter(move |file| inside(&file.path) && file.path.ends_with(end))
    }

    /// The members of the workspace, as the manifest of the root lists them.
    pub fn members(&self) -> Vec<String> {
        let manifest = self.get("Cargo.toml").map_or("", |file| &file.text);
        let list = manifest.split_once("\nmembers = [").map_or("", |(_, rest)| rest);
        let list = list.split_once(']').map_or("", |(list, _)| list);
        list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
    }

    /// What cargo takes as the roots of the crates of a member's `src`.
    pub fn crate_roots(&self, member: &str) -> Vec<String> {
        let mut roots: Vec<String> =
            ["lib", "main"].map(|name| format!("{member}/src/{name}.rs")).into();
        roots.retain(|path| self.get(path).is_some());
        let bins = format!("{member}/src/bin");
        roots.extend(self.below(&bins, ".rs").map(|file| file.path.clone()));
        roots
    }

    /// The files that `mod` lines lead to from a root, itself included; whether only in tests.
    pub fn reached(&self, root: &str) -> BTreeMap<String, bool> {
        let mut found = BTreeMap::new();
        let mut open = vec![(root.to_owned(), false)];
        while let Some((path, test)) = open.pop() {
            let Some(file) = self.get(&path) else { continue };
            if found.get(&path).is_some_and(|before| !before || test) {
                continue;
            }
            found.insert(path.clone(), test);
            for module in modules(file) {
                let test = test || module.test;
                open.extend(module.places(&path, path == root).map(|place| (place, test)));
            }
        }
        found
    }

    /// The Rust files of a member's `src` that are built into its product, not into tests alone.
    pub fn product(&self, member: &str) -> Vec<&File> {
        let mut paths = BTreeSet::new();
        for root in self.crate_roots(member) {
            paths.extend(self.reached(&root).into_iter().filter(|(_, test)| !test));
        }
        paths.iter().filter_map(|(path, _)| self.get(path)).collect()
    }
}

fn walk(root: &Path, folder: &str, files: &mut Vec<File>) {
    let list = fs::read_dir(root.join(folder)).expect("a folder of the repository can be listed");
    let mut names: Vec<String> = list
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name == ".ci" || !name.starts_with('.'))
        .filter(|name| !FOREIGN.contains(&name.as_str()))
        .collect();
    names.sort();
    for name in names {
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let place = root.join(&path);
        if place.is_dir() {
            walk(root, &path, files);
        } else if !path.starts_with("scenarios/data/") {
            // What is no text is there all the same, so that a name can be looked up.
            let text = fs::read_to_string(&place).unwrap_or_default();
            files.push(File::new(&path, &text));
        }
    }
}

/// A line `mod name;`.
struct Module {
    name: String,
    /// What `#[path = "..."]` says.
    path: Option<String>,
    /// Under `#[cfg(test)]`.
    test: bool,
}

impl Module {
    /// The files that it may be.
    fn places(&self, parent: &str, is_root: bool) -> impl Iterator<Item = String> {
        let (folder, name) = parent.rsplit_once('/').unwrap_or(("", parent));
        let stem = name.trim_end_matches(".rs");
        let own = is_root || stem == "mod";
        let base = if own { folder.to_owned() } else { format!("{folder}/{stem}") };
        let name = &self.name;
        match &self.path {
            Some(path) => vec![plain(&format!("{folder}/{path}"))],
            None => vec![format!("{base}/{name}.rs"), format!("{base}/{name}/mod.rs")],
        }
        .into_iter()
    }
}

/// A path without `..`.
pub fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// The `mod` lines of a file that stand outside of inline modules.
fn modules(file: &File) -> Vec<Module> {
    let mut found = Vec::new();
    let (mut path, mut test) = (None, false);
    let mut byte = 0;
    for line in file.code.lines() {
        let words = line.trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        let words = words.trim_start_matches("pub(super) ");
        if line.starts_with("#[path") {
            path = file.literal(byte).map(|(_, path)| path.to_owned());
        } else if line.starts_with("#[cfg(test)]") {
            test = true;
        } else if let Some(rest) = words.strip_prefix("mod ")
            && let Some(name) = rest.strip_suffix(';')
        {
            found.push(Module { name: name.to_owned(), path: path.take(), test });
            test = false;
        } else if !line.trim().is_empty() && !line.starts_with("#[") {
            (path, test) = (None, false);
        }
        byte += line.len() + 1;
    }
    found
}

/// Spaces, byte for byte, for comments and for what stands between quotes; the quotes stay.
pub fn without_words(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut place = 0;
    while place < bytes.len() {
        let rest = &bytes[place..];
        let before = place.checked_sub(1).map_or(b' ', |before| bytes[before]);
        // From `from` to `to` it is blanked; then it goes on at `next`.
        let (from, to, next) = if rest.starts_with(b"//") {
            let end = place + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            (place, end, end)
        } else if rest.starts_with(b"/*") {
            let end = place + comment_length(rest);
            (place, end, end)
        } else if let Some(hashes) = raw_hashes(rest).filter(|_| !is_word(before)) {
            let from = place + rest.iter().position(|byte| *byte == b'"').unwrap_or(0) + 1;
            let close = format!("\"{}", "#".repeat(hashes));
            let to = find(bytes, from, close.as_bytes());
            (from, to, to + close.len())
        } else if rest[0] == b'"' {
            let to = quoted_end(bytes, place + 1, b'"');
            (place + 1, to, to + 1)
        } else if rest[0] == b'\'' && is_character(rest) {
            let to = quoted_end(bytes, place + 1, b'\'');
            (place + 1, to, to + 1)
        } else {
            (place, place, place + 1)
        };
        blank(&mut out, from, to);
        place = next;
    }
    String::from_utf8(out).expect("whole characters were blanked")
}

fn blank(bytes: &mut [u8], from: usize, to: usize) {
    let end = to.min(bytes.len());
    bytes[from.min(end)..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|b| *b = b' ');
}

/// The bytes of a block comment, which may hold others.
fn comment_length(rest: &[u8]) -> usize {
    let (mut depth, mut place) = (0, 0);
    while place < rest.len() {
        if rest[place..].starts_with(b"/*") {
            (depth, place) = (depth + 1, place + 2);
        } else if rest[place..].starts_with(b"*/") {
            (depth, place) = (depth - 1, place + 2);
            if depth == 0 {
                break;
            }
        } else {
            place += 1;
        }
    }
    place
}

/// How many `#` a raw string that begins here has; `None` if none begins.
fn raw_hashes(rest: &[u8]) -> Option<usize> {
    let rest = rest.strip_prefix(b"b").unwrap_or(rest).strip_prefix(b"r")?;
    let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
    (rest.get(hashes) == Some(&b'"')).then_some(hashes)
}

/// Whether the quote here begins a character and not a lifetime.
fn is_character(rest: &[u8]) -> bool {
    let first = rest.get(1).copied().unwrap_or(b' ');
    first == b'\\' || first >= 128 || rest.get(2) == Some(&b'\'')
}

/// Where the closing quote stands.
fn quoted_end(bytes: &[u8], from: usize, quote: u8) -> usize {
    let mut place = from;
    while place < bytes.len() && bytes[place] != quote {
        place += if bytes[place] == b'\\' { 2 } else { 1 };
    }
    place.min(bytes.len())
}

fn find(bytes: &[u8], from: usize, wanted: &[u8]) -> usize {
    let windows = bytes.get(from..).unwrap_or_default().windows(wanted.len());
    windows.into_iter().position(|window| window == wanted).map_or(bytes.len(), |at| from + at)
}

pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Spaces for each item under `#[cfg(test)]`: to the closing brace at its indentation, or to the
/// end of a line that ends the item with `;` or `}`.
pub fn without_tests(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut skipped: Option<usize> = None;
    for line in code.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        let words = line.trim_end();
        if skipped.is_none() && words.trim_start().starts_with("#[cfg(test)]") {
            skipped = Some(indent);
        }
        let Some(at) = skipped else {
            out.push_str(line);
            continue;
        };
        out.extend(line.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
        let attribute = words.trim_start().starts_with("#[");
        if !attribute && indent == at && (words.ends_with('}') || words.ends_with(';')) {
            skipped = None;
        }
    }
    out
}

/// The bytes at which these words stand in code, with no letter or digit beside them.
pub fn places_of<'a>(code: &'a str, wanted: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = code.as_bytes();
    let apart = move |at: usize| {
        let before = at.checked_sub(1).map_or(b' ', |before| bytes[before]);
        !is_word(before) || !is_word(wanted.as_bytes()[0])
    };
    code.match_indices(wanted).map(|(at, _)| at).filter(move |at| apart(*at))
}

//! Scenario files by path: a file as it is, a folder with all scenarios below it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pinwheel_models::input::diagnostic::Faults;
use pinwheel_models::input::files::SCENARIO_BYTES_MAX;
use pinwheel_models::input::tree::Tree;

use crate::exit::Failure;

/// Deepest folder that is searched.
const DEPTH_MAX: usize = 32;
/// Most files that are looked at.
const FILES_MAX: usize = 10_000;

/// The scenarios at some paths, and what else lies there.
#[derive(Debug, Default)]
pub struct Found {
    /// Scenarios, each folder's in order.
    pub files: Vec<PathBuf>,
    /// TOML files that are no scenarios, and what was found before, each with the reason.
    pub left_out: Vec<(PathBuf, String)>,
    /// Places that could not be looked into, each with the reason.
    pub unread: Vec<(PathBuf, String)>,
}

/// The scenarios at these paths.
pub fn find(paths: &[PathBuf]) -> Result<Found, Failure> {
    let mut search = Search::default();
    for path in paths {
        if !path.is_dir() {
            search.found.files.push(path.clone());
            continue;
        }
        let before = (search.found.files.len(), search.found.unread.len());
        search.below(path, DEPTH_MAX)?;
        let now = (search.found.files.len(), search.found.unread.len());
        if before == now {
            let message = format!("{}: no scenario in this folder", path.display());
            return Err(Failure::bad_input(message));
        }
    }
    Ok(search.found)
}

/// What has been found, and where: a link may lead to the same place again.
#[derive(Default)]
struct Search {
    found: Found,
    /// Real paths of the folders and files seen.
    seen: BTreeSet<PathBuf>,
    /// TOML files seen.
    count: usize,
}

impl Search {
    fn below(&mut self, folder: &Path, depth: usize) -> Result<(), Failure> {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let mut entries: Vec<PathBuf> = match entries {
            Ok(entries) => entries.iter().map(fs::DirEntry::path).collect(),
            Err(error) => {
                self.found.unread.push((folder.to_owned(), error.to_string()));
                return Ok(());
            }
        };
        self.seen.extend(fs::canonicalize(folder));
        entries.sort();
        for path in entries {
            // Of what a link leads to.
            let kind = fs::metadata(&path);
            match kind {
                Ok(kind) if kind.is_dir() && depth == 0 => {
                    let reason = format!("more than {DEPTH_MAX} folders deep");
                    self.found.unread.push((path, reason));
                }
                Ok(kind) if kind.is_dir() && self.is_new(&path) => self.below(&path, depth - 1)?,
                Ok(kind) if kind.is_file() && is_toml(&path) && self.is_new(&path) => {
                    self.file(path)?;
                }
                Err(error) if is_toml(&path) => {
                    self.found.unread.push((path, error.to_string()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a path leads to something that was not seen before.
    fn is_new(&mut self, path: &Path) -> bool {
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if self.seen.insert(real.clone()) {
            return true;
        }
        let reason = format!("a link to {}, which is looked at too", real.display());
        self.found.left_out.push((path.to_owned(), reason));
        false
    }

    fn file(&mut self, path: PathBuf) -> Result<(), Failure> {
        self.count += 1;
        if self.count > FILES_MAX {
            let message = format!("{}: more than {FILES_MAX} TOML files", path.display());
            return Err(Failure::bad_input(message));
        }
        match is_scenario(&path) {
            true => self.found.files.push(path),
            false => {
                let reason = "neither schema nor extends in it".to_owned();
                self.found.left_out.push((path, reason));
            }
        }
        Ok(())
    }
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// Whether a TOML file is meant as a scenario: it has the key `schema`, or extends another. States
/// and data have neither. What cannot be read counts as one, so that reading it tells why.
fn is_scenario(path: &Path) -> bool {
    let small = fs::metadata(path).is_ok_and(|file| file.len() <= SCENARIO_BYTES_MAX);
    let Some(text) = fs::read_to_string(path).ok().filter(|_| small) else { return true };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let tree = Tree::parse(text, 0, &mut Faults::default());
    tree.is_none_or(|tree| tree.root("schema").or(tree.root("extends")).is_some())
}

//! Scenario files by path: a file as it is, a folder with all scenarios below it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::exit::Failure;

/// Deepest folder that is searched.
const DEPTH_MAX: usize = 8;
/// Most files that are looked at.
const FILES_MAX: usize = 10_000;

/// The scenarios at these paths, each folder's in order.
pub fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        below(path, DEPTH_MAX, &mut inside)?;
        if inside.is_empty() {
            let message = format!("{}: no scenario in this folder", path.display());
            return Err(Failure::bad_input(message));
        }
        inside.sort();
        found.extend(inside);
    }
    Ok(found)
}

/// A TOML file with a `schema` key is a scenario; states and data beside it have none.
fn below(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let bad = |error| Failure::bad_input(format!("{}: {error}", folder.display()));
    for entry in fs::read_dir(folder).map_err(bad)? {
        let entry = entry.map_err(bad)?;
        let (kind, path) = (entry.file_type().map_err(bad)?, entry.path());
        if kind.is_dir() && depth > 0 {
            below(&path, depth - 1, found)?;
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
            let text = fs::read_to_string(&path).unwrap_or_default();
            found.extend(text.lines().any(|line| line.starts_with("schema")).then_some(path));
        }
        if found.len() > FILES_MAX {
            let message = format!("{}: more than {FILES_MAX} scenarios", folder.display());
            return Err(Failure::bad_input(message));
        }
    }
    Ok(())
}

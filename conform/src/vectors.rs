//! Vector files of others, each held against the part that states its suite.

use std::fs;
use std::path::Path;

use pinwheel_models::describe::{Suite, SuiteResult};
use pinwheel_models::registry;

/// Largest vector file that is read, in bytes.
const BYTES_MAX: u64 = 64 << 20;

/// The suite of this name.
pub fn suite(name: &str) -> Option<&'static Suite> {
    registry::ALL.suites().find(|suite| suite.name == name)
}

/// Holds a part against one file.
///
/// # Errors
///
/// The file and what is wrong with it: it cannot be read, it has more than 64 MiB, or it is not of
/// the suite's format.
pub fn run(suite: &Suite, file: &Path) -> Result<SuiteResult, String> {
    let bad = |message: String| format!("{}: {message}", file.display());
    let size = fs::metadata(file).map_err(|error| bad(error.to_string()))?.len();
    if size > BYTES_MAX {
        return Err(bad(format!("{size} bytes, more than the {BYTES_MAX} that are read")));
    }
    let text = fs::read_to_string(file).map_err(|error| bad(error.to_string()))?;
    (suite.run)(&text).map_err(bad)
}

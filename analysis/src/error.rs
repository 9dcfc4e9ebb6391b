//! What can go wrong between a finished event and a published folder.

use std::fmt;
use std::path::{Path, PathBuf};

use pinwheel_models::input::diagnostic::Diagnostic;

/// Why a result was not written or not read.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The file system said no.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
    /// The table could not be encoded or decoded.
    Table(String),
    /// The machine gave no threads.
    Threads(String),
    /// The target folder holds something that is not a result of Pinwheel.
    Foreign(PathBuf),
    /// The folder is not a result, or its files are not those of its manifest.
    Damaged {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// Another process is at work in the folder.
    Busy(PathBuf),
    /// The scenario cannot be run; every fault of it.
    Scenario(Vec<Diagnostic>),
    /// What is asked for is not in the scenario or the result; the text says what and why.
    Unfit(String),
    /// The run has recorded no map.
    NoMap(PathBuf),
    /// A check broke in a run whose numbers are needed whole.
    Breached(String),
    /// The user stopped the run.
    Stopped,
}

impl Error {
    /// Wraps an I/O error with the path it happened at.
    pub fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.to_owned();
        move |source| Error::Io { path, source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io { path, source } => write!(f, "{}: {source}", path.display()),
            Error::Table(detail) => write!(f, "metrics.parquet: {detail}"),
            Error::Threads(detail) => write!(f, "no threads to run on: {detail}"),
            Error::Foreign(path) => write!(
                f,
                "{} is not empty and not a result of pinwheel: nothing was written; \
                 choose another folder with -o",
                path.display()
            ),
            Error::Damaged { path, detail } => {
                write!(f, "{} is not a whole result: {detail}", path.display())
            }
            Error::Busy(path) => write!(
                f,
                "{}: another pinwheel is at work here; wait for it, or choose another folder with -o",
                path.display()
            ),
            Error::Scenario(faults) => {
                let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
                f.write_str(&lines.join("\n"))
            }
            Error::Unfit(detail) | Error::Breached(detail) => f.write_str(detail),
            Error::NoMap(path) => write!(
                f,
                "{} has no map: add [infrastructure.map] to the scenario and run it again",
                path.display()
            ),
            Error::Stopped => f.write_str("stopped"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

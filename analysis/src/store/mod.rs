//! A result: a folder that is whole or absent, with a manifest that says what it is.

mod manifest;
mod model;
mod staging;

use std::path::{Path, PathBuf};

pub use manifest::{FileEntry, Manifest, OutcomeEntry, PointEntry, RunEntry, Source};
pub use model::{ModelEntry, ParameterEntry};
pub use staging::Staging;

use crate::Error;
use crate::table::{Dated, Table};
use crate::verdict::Verdict;

pub const MANIFEST: &str = "manifest.json";
pub const METRICS: &str = "metrics.parquet";
pub const OUTCOMES: &str = "outcomes.parquet";
pub const SCENARIO: &str = "scenario.toml";
pub const VERDICT: &str = "verdict.json";
pub const REPORT: &str = "report.html";
/// Made of a result when it is asked for, and no part of it.
pub const MAP: &str = "map.html";

/// A published result, verified against its manifest.
#[derive(Debug)]
pub struct Store {
    pub folder: PathBuf,
    pub manifest: Manifest,
    table: Table,
}

impl Store {
    /// Opens a result after comparing every file with the hash in the manifest.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        Store::open_but(folder, "")
    }

    /// The same for one whose report may be missing or changed: it is made of the others.
    pub fn open_to_report(folder: &Path) -> Result<Self, Error> {
        Store::open_but(folder, REPORT)
    }

    fn open_but(folder: &Path, unread: &str) -> Result<Self, Error> {
        let manifest = Manifest::read(folder)?;
        for file in manifest.files.iter().filter(|file| file.name != unread) {
            let path = folder.join(&file.name);
            let (_, blake3) = Manifest::hash_file(&path)?;
            if blake3 != file.blake3 {
                let detail = format!("{} is not the file the manifest names", file.name);
                return Err(Error::Damaged { path: folder.to_owned(), detail });
            }
        }
        let table = Table::read(&folder.join(METRICS))?;
        Ok(Store { folder: folder.to_owned(), manifest, table })
    }

    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The judgement of the result.
    pub fn verdict(&self) -> Result<Verdict, Error> {
        let path = self.folder.join(VERDICT);
        let text = std::fs::read_to_string(&path).map_err(Error::at(&path))?;
        let damaged = |error| Error::Damaged {
            path: self.folder.clone(),
            detail: format!("{VERDICT}: {error}"),
        };
        serde_json::from_str(&text).map_err(damaged)
    }

    /// The series of one run by date; empty if there is none.
    pub fn series(&self, point: &str, run: u32, metric: &str, label: &str) -> Result<Dated, Error> {
        self.table.series(point, run, metric, label)
    }
}

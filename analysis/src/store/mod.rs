//! A result: a folder that is whole or absent, with a manifest that says what it is.

mod manifest;
mod staging;

use std::path::{Path, PathBuf};

pub use manifest::{FileEntry, Manifest, PointEntry, RunEntry, Source};
pub use staging::Staging;

use crate::Error;
use crate::table::{Dated, Table};

pub const MANIFEST: &str = "manifest.json";
pub const METRICS: &str = "metrics.parquet";
pub const OUTCOMES: &str = "outcomes.parquet";
pub const SCENARIO: &str = "scenario.toml";
pub const VERDICT: &str = "verdict.json";
pub const REPORT: &str = "report.html";

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
        let manifest = Manifest::read(folder)?;
        for file in &manifest.files {
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

    /// The series of one run by date; empty if there is none.
    pub fn series(&self, point: &str, run: u32, metric: &str, label: &str) -> Result<Dated, Error> {
        self.table.series(point, run, metric, label)
    }
}

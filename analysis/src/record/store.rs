//! A result: a folder that is whole or absent, with a manifest that says what it is.

use super::manifest::{METRICS, Manifest, REPORT};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::record::table::Table;
use crate::series::TimeSeries;

/// A published result, verified against its manifest.
#[derive(Debug)]
pub struct Store {
    /// Where it is.
    pub folder: PathBuf,
    /// What it is made of.
    pub manifest: Manifest,
    table: Table,
}

impl Store {
    /// Opens a result after comparing every file with the hash in the manifest.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] if a file is not the one of the manifest, [`Error::Io`] or
    /// [`Error::Table`] if one cannot be read.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        Store::open_but(folder, "")
    }

    /// The same for one whose report may be missing or changed: it is made of the others.
    ///
    /// # Errors
    ///
    /// As [`Store::open`].
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

    /// Every row of it.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The series of one run; empty if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Table`] if the table cannot be read.
    pub fn series(
        &self,
        point: &str,
        run: u32,
        metric: &str,
        label: &str,
    ) -> Result<TimeSeries, Error> {
        self.table.series(point, run, metric, label)
    }
}

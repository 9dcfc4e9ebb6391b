//! A result that is there: read from its folder, with the report made again from it.

use std::path::{Path, PathBuf};

use super::PARTS;
use crate::Error;
use crate::judge::verdict::Verdict;
use crate::record::manifest::{OUTCOMES, REPORT};
use crate::record::outcomes::OutcomeTable;
use crate::record::staging::Staging;
use crate::record::store::Store;
use crate::show::report::{self, Facts, Report};

/// A result with everything that its report needs.
#[derive(Debug)]
pub struct OpenResult {
    /// Manifest and table.
    pub store: Store,
    /// The judgement of all runs.
    pub verdict: Verdict,
    /// The outcomes of all runs.
    pub outcomes: OutcomeTable,
}

impl OpenResult {
    /// Reads a result; every file but the report must be the one that the manifest names.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] if the folder is no whole result, [`Error::Io`] or [`Error::Table`] if a
    /// file cannot be read.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let store = Store::open_to_report(folder)?;
        let verdict = Verdict::read(folder)?;
        let outcomes = OutcomeTable::read(&folder.join(OUTCOMES))?;
        Ok(OpenResult { store, verdict, outcomes })
    }

    /// What a report says beside the table.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            parts: PARTS,
            verdict: &self.verdict,
            manifest: &self.store.manifest,
            outcomes: &self.outcomes,
            folder: self.store.folder.display().to_string(),
        }
    }

    /// The report of this result.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] if the table cannot be read.
    pub fn report(&self) -> Result<Report, Error> {
        report::render(&self.facts(), self.store.table())
    }

    /// The model card of this result as Markdown.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] if the table cannot be read.
    pub fn model_card(&self) -> Result<String, Error> {
        report::model_card(&self.facts(), self.store.table())
    }

    /// Replaces the folder by one with this report: its other files are the same ones. Returns the
    /// path of the page.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] if another process is at work there, [`Error::Io`] if the disk fails.
    pub fn put_report(&self, report: &Report) -> Result<PathBuf, Error> {
        let Store { folder, manifest, .. } = &self.store;
        let staging = Staging::begin(folder)?;
        for file in manifest.files.iter().filter(|file| file.name != REPORT) {
            staging.adopt(&file.name)?;
        }
        staging.write(REPORT, report.html.as_bytes())?;
        staging.publish(manifest.clone())?;
        Ok(folder.join(REPORT))
    }
}

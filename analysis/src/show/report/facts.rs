//! What a report is made of and what comes out.

use pinwheel_models::describe::Catalogue;

use crate::judge::verdict::Verdict;
use crate::record::manifest::Manifest;
use crate::record::outcomes::OutcomeTable;
use crate::show::plot::Drawing;

/// Everything a report says that is not in the table.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The parts that the metrics belong to.
    pub parts: Catalogue,
    /// The judgement of the result.
    pub verdict: &'a Verdict,
    /// What the result is made of.
    pub manifest: &'a Manifest,
    /// The outcomes of all runs.
    pub outcomes: &'a OutcomeTable,
    /// The result folder, as one types it.
    pub folder: String,
}

impl Facts<'_> {
    /// The command that makes this result again and compares.
    pub fn replay(&self) -> String {
        let plain = |c: char| c.is_alphanumeric() || "-_./".contains(c);
        match self.folder.chars().all(plain) {
            true => format!("pinwheel replay {}", self.folder),
            false => format!("pinwheel replay '{}'", self.folder.replace('\'', "'\\''")),
        }
    }
}

/// A page and the charts on it.
#[derive(Debug)]
pub struct Report {
    /// The page as text.
    pub html: String,
    /// Every chart by its id.
    pub figures: Vec<(String, Drawing)>,
}

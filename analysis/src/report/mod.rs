//! `report.html`: what a result says, on one page that needs nothing else.

pub mod html;

use jiff::civil::Date;
use pinwheel_core::MetricSpec;
use pinwheel_models::scenario::Experiment;

use crate::Error;
use crate::store::Manifest;
use crate::table::Table;
use crate::verdict::Verdict;

/// Everything a report says that is not in the table.
pub struct Facts<'a> {
    pub experiment: &'a Experiment,
    pub metrics: &'a [MetricSpec],
    pub verdict: &'a Verdict,
    pub manifest: &'a Manifest,
    /// The first day that calibration has not seen.
    pub split: Option<Date>,
    /// The command that makes this result again.
    pub replay: String,
}

/// The page.
pub fn render(facts: &Facts<'_>, _table: &Table) -> Result<String, Error> {
    Ok(html::escape(&facts.verdict.sentence))
}

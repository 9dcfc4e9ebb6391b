//! What went in and what came out, with hashes, and how to cite it.

use super::facts::Facts;
use super::model_card::repository;
use crate::html::{Cell, escape, section, table};
use crate::record::manifest::REPORT;
use crate::wording::grouped;

/// Runs listed with their fingerprints; the manifest has all.
const RUNS_MAX: usize = 40;

pub fn reproduce(facts: &Facts<'_>) -> String {
    let manifest = facts.manifest;
    let code = |text: &str| Cell::Code(text.to_owned());
    let sources: Vec<Vec<Cell>> = manifest
        .sources
        .iter()
        .map(|source| vec![code(&source.path), code(&source.blake3)])
        .collect();
    // The page cannot hold its own hash; the manifest does.
    let made = manifest.files.iter().filter(|file| file.name != REPORT);
    let made: Vec<Vec<Cell>> = made
        .map(|file| {
            let bytes = Cell::number(grouped(file.bytes as f64, 0));
            vec![code(&file.name), bytes, code(&file.blake3)]
        })
        .collect();
    let runs: Vec<Vec<Cell>> = manifest
        .runs
        .iter()
        .take(RUNS_MAX)
        .map(|run| {
            vec![
                Cell::text(run.point.clone()),
                Cell::number(run.run.to_string()),
                Cell::number(grouped(run.events as f64, 0)),
                code(&run.fingerprint),
            ]
        })
        .collect();
    let more = match manifest.runs.len().saturating_sub(RUNS_MAX) {
        0 => String::new(),
        more => format!(
            "<p>And {} more runs in <code>manifest.json</code>.</p>\n",
            grouped(more as f64, 0)
        ),
    };
    let body = format!(
        "<pre>{}</pre>\n{}{}{}{more}<p>Cite as: The Pinwheel authors, <i>Pinwheel: a deterministic \
         discrete-event simulator of DePIN networks</i>, version {}, {} (CITATION.cff).</p>\n",
        escape(&facts.replay()),
        table(&["File read", "BLAKE3"], &sources),
        if made.is_empty() {
            String::new()
        } else {
            table(&["File made", "#Bytes", "BLAKE3"], &made)
        },
        table(&["Point", "#Run", "#Events", "Fingerprint"], &runs),
        escape(&manifest.version),
        repository()
    );
    section(
        "reproduce",
        "Reproduce",
        "The same files, seed and version give the same fingerprint on every machine and for any \
         number of threads.",
        &body,
    )
}

//! `manifest.json`: what a result is made of and how to make it again. Written last.

use std::fs;
use std::path::Path;

use pinwheel_core::fingerprint::Fingerprint;
use serde::{Deserialize, Serialize};

use super::MANIFEST;
use crate::Error;

/// The layout of the result folder; a reader refuses what it does not know.
pub const FORMAT: u32 = 1;
const PROGRAM: &str = "pinwheel";

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub program: String,
    pub format: u32,
    pub version: String,
    pub name: String,
    pub question: String,
    /// The scenario file as given on the command line, and its overrides.
    pub scenario: String,
    pub overrides: Vec<(String, String)>,
    /// BLAKE3 of the resolved scenario.
    pub scenario_blake3: String,
    /// The rules of the network, by point.
    pub rules: Vec<(String, String)>,
    /// Every file that was read, relative to the scenario.
    pub sources: Vec<Source>,
    pub seed: u64,
    pub runs: Vec<RunEntry>,
    /// Over the fingerprints of all runs, in order.
    pub fingerprint: String,
    pub wall_seconds: f64,
    pub threads: usize,
    pub cores: usize,
    pub files: Vec<FileEntry>,
}

/// A file that went into the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub path: String,
    pub blake3: String,
}

/// One run of one point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEntry {
    pub point: String,
    pub run: u32,
    pub events: u64,
    pub fingerprint: String,
    /// The fingerprint's ingredients, so that a change says what changed.
    pub time: String,
    pub ledger: String,
    pub state: String,
}

/// A file of the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    pub name: String,
    pub bytes: u64,
    pub blake3: String,
}

impl RunEntry {
    pub fn new(point: &str, run: u32, events: u64, fingerprint: &Fingerprint) -> Self {
        let hex = |digest: pinwheel_core::fingerprint::Digest| format!("{:016x}", digest.value());
        RunEntry {
            point: point.to_owned(),
            run,
            events,
            fingerprint: fingerprint.hex(),
            time: hex(fingerprint.time),
            ledger: hex(fingerprint.ledger),
            state: hex(fingerprint.state),
        }
    }
}

impl Manifest {
    /// BLAKE3 as the manifest writes it.
    pub fn hash(bytes: &[u8]) -> String {
        blake3::hash(bytes).to_hex().to_string()
    }

    /// A manifest of this program and format that says nothing yet.
    pub fn blank() -> Self {
        Manifest { program: PROGRAM.to_owned(), format: FORMAT, ..Manifest::default() }
    }

    /// One fingerprint for all runs, in order.
    pub fn combine(runs: &[RunEntry]) -> String {
        let mut hasher = blake3::Hasher::new();
        for run in runs {
            hasher.update(run.fingerprint.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    /// The manifest of a folder, if it has one that this program wrote.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let damaged = |detail: String| Error::Damaged { path: folder.to_owned(), detail };
        let bytes = fs::read(folder.join(MANIFEST))
            .map_err(|error| damaged(format!("{MANIFEST}: {error}")))?;
        let manifest: Manifest = serde_json::from_slice(&bytes)
            .map_err(|error| damaged(format!("{MANIFEST}: {error}")))?;
        if manifest.program != PROGRAM || manifest.format != FORMAT {
            return Err(damaged(format!(
                "{MANIFEST} is of {} format {}, not of {PROGRAM} format {FORMAT}",
                manifest.program, manifest.format
            )));
        }
        Ok(manifest)
    }
}

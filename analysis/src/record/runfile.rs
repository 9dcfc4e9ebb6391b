//! One finished run as a file: its rows, then what is left of it when it is over.
//!
//! Runs go side by side and end in any order; each writes a file of its own, which appears under its
//! name only when it is whole. So memory grows neither with the horizon nor with the number of runs,
//! a stopped ensemble goes on where it was, and the machines of a cluster share nothing but a folder.
//!
//! Layout: rows of fixed width, the outcome as JSON, its length in 8 bytes, BLAKE3 of all before.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use pinwheel_core::{Label, Metric, Row, SimTime, Subject};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;

/// time u64, metric u16, label u16, value f64, exact present u8, exact u128, subject u16; little
/// endian.
const RECORD_BYTES: usize = 8 + 2 + 2 + 8 + 1 + 16 + 2;
const LENGTH_BYTES: usize = 8;
const HASH_BYTES: usize = 32;
const CHUNK_BYTES: usize = 1 << 16;

/// Writes the rows of one run. Dropped before [`RunWriter::finish`], it leaves nothing under the
/// run's name.
#[derive(Debug)]
pub struct RunWriter {
    file: BufWriter<File>,
    hasher: blake3::Hasher,
    part: PathBuf,
    path: PathBuf,
}

impl RunWriter {
    /// Starts the file of a run beside the path that it will have.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the file cannot be made.
    pub fn create(path: &Path) -> Result<Self, Error> {
        // The name says which process writes: two that run the same job do not meet.
        let part = path.with_extension(format!("part-{}", std::process::id()));
        let file = BufWriter::new(File::create(&part).map_err(Error::at(&part))?);
        Ok(RunWriter { file, hasher: blake3::Hasher::new(), part, path: path.to_owned() })
    }

    /// Appends rows.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the disk fails.
    pub fn write(&mut self, rows: &[Row]) -> Result<(), Error> {
        rows.iter().try_for_each(|row| self.put(&encode(row)))
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.hasher.update(bytes);
        self.file.write_all(bytes).map_err(Error::at(&self.part))
    }

    /// Adds the outcome and lets the file appear under its name.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the disk fails.
    pub fn finish(mut self, outcome: &impl Serialize) -> Result<(), Error> {
        let text = serde_json::to_vec(outcome).expect("an outcome is plain data");
        self.put(&text)?;
        self.put(&(text.len() as u64).to_le_bytes())?;
        let hash = self.hasher.finalize();
        self.file.write_all(hash.as_bytes()).map_err(Error::at(&self.part))?;
        self.file.flush().map_err(Error::at(&self.part))?;
        fs::rename(&self.part, &self.path).map_err(Error::at(&self.path))
    }
}

impl Drop for RunWriter {
    fn drop(&mut self) {
        // After a finish there is nothing of this name; before it nobody wants the piece.
        let _ = fs::remove_file(&self.part);
    }
}

/// Reads a finished run back.
#[derive(Debug)]
pub struct RunReader<T> {
    rows: std::io::Take<BufReader<File>>,
    path: PathBuf,
    /// What is left of the run.
    pub outcome: T,
}

impl<T: DeserializeOwned> RunReader<T> {
    /// Opens a run; the hash is compared with all of the file, as a power cut may have emptied it.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if it cannot be read, [`Error::Damaged`] if it is not as it was written.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let damaged = |detail: &str| Error::Damaged {
            path: path.to_owned(),
            detail: format!("{detail}; delete the file and run again"),
        };
        let at = || Error::at(path);
        let mut file = BufReader::new(File::open(path).map_err(at())?);
        let bytes = file.get_ref().metadata().map_err(at())?.len();
        let tail_bytes = (LENGTH_BYTES + HASH_BYTES) as u64;
        let hashed = bytes.checked_sub(HASH_BYTES as u64).filter(|_| bytes >= tail_bytes);
        let hashed = hashed.ok_or_else(|| damaged("it is too short"))?;
        let mut hasher = blake3::Hasher::new();
        let mut left = hashed;
        let mut chunk = vec![0; CHUNK_BYTES];
        while left > 0 {
            let take = left.min(CHUNK_BYTES as u64) as usize;
            file.read_exact(&mut chunk[..take]).map_err(at())?;
            hasher.update(&chunk[..take]);
            left -= take as u64;
        }
        let mut hash = [0; HASH_BYTES];
        file.read_exact(&mut hash).map_err(at())?;
        if *hasher.finalize().as_bytes() != hash {
            return Err(damaged("its content has changed"));
        }
        let mut length = [0; LENGTH_BYTES];
        file.seek(SeekFrom::Start(bytes - tail_bytes)).map_err(at())?;
        file.read_exact(&mut length).map_err(at())?;
        let length = u64::from_le_bytes(length);
        let rows_bytes = (bytes - tail_bytes).checked_sub(length);
        let whole = |rows: &u64| rows.is_multiple_of(RECORD_BYTES as u64);
        let rows_bytes = rows_bytes.filter(whole).ok_or_else(|| damaged("it has no outcome"))?;
        file.seek(SeekFrom::Start(rows_bytes)).map_err(at())?;
        let mut text = Vec::new();
        (&mut file).take(length).read_to_end(&mut text).map_err(at())?;
        let outcome = serde_json::from_slice(&text).map_err(|error| damaged(&error.to_string()))?;
        file.seek(SeekFrom::Start(0)).map_err(at())?;
        Ok(RunReader { rows: file.take(rows_bytes), path: path.to_owned(), outcome })
    }

    /// The next rows, at most `limit`; none at the end.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if it cannot be read.
    pub fn read(&mut self, limit: usize) -> Result<Vec<Row>, Error> {
        let mut bytes = Vec::new();
        let wanted = (limit * RECORD_BYTES) as u64;
        (&mut self.rows).take(wanted).read_to_end(&mut bytes).map_err(Error::at(&self.path))?;
        Ok(bytes.chunks_exact(RECORD_BYTES).map(decode).collect())
    }
}

fn encode(row: &Row) -> [u8; RECORD_BYTES] {
    let mut record = [0; RECORD_BYTES];
    record[0..8].copy_from_slice(&row.time.as_nanos().to_le_bytes());
    record[8..10].copy_from_slice(&row.metric.0.to_le_bytes());
    record[10..12].copy_from_slice(&row.label.0.to_le_bytes());
    record[12..20].copy_from_slice(&row.value.to_le_bytes());
    if let Some(exact) = row.exact {
        record[20] = 1;
        record[21..37].copy_from_slice(&exact.to_le_bytes());
    }
    record[37..39].copy_from_slice(&row.subject.0.to_le_bytes());
    record
}

fn decode(record: &[u8]) -> Row {
    let part = |from: usize, bytes: usize| {
        let mut wide = [0; 16];
        wide[..bytes].copy_from_slice(&record[from..from + bytes]);
        u128::from_le_bytes(wide)
    };
    Row {
        time: SimTime::from_nanos(part(0, 8) as u64),
        metric: Metric(part(8, 2) as u16),
        subject: Subject(part(37, 2) as u16),
        label: Label(part(10, 2) as u16),
        value: f64::from_bits(part(12, 8) as u64),
        exact: (record[20] == 1).then(|| part(21, 16)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        (0..10u16)
            .map(|i| Row {
                time: SimTime::from_nanos(u64::MAX - u64::from(i)),
                metric: Metric(i),
                subject: Subject(i),
                label: Label(u16::MAX - i),
                value: f64::from(i) / 3.0,
                exact: (i % 2 == 0).then_some(u128::MAX - u128::from(i)),
            })
            .collect()
    }

    #[test]
    fn rows_and_outcome_come_back_as_they_went_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("0-0.run");
        let rows = rows();
        let mut writer = RunWriter::create(&path).unwrap();
        writer.write(&rows[..4]).unwrap();
        writer.write(&rows[4..]).unwrap();
        assert!(!path.exists(), "a run appears when it is whole");
        writer.finish(&"over").unwrap();

        let mut reader = RunReader::<String>::open(&path).unwrap();
        assert_eq!(reader.outcome, "over");
        let mut back = Vec::new();
        loop {
            let chunk = reader.read(3).unwrap();
            if chunk.is_empty() {
                break;
            }
            back.extend(chunk);
        }
        assert_eq!(back, rows);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_run_that_was_not_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = RunWriter::create(&folder.path().join("0-0.run")).unwrap();
        writer.write(&rows()).unwrap();
        drop(writer);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("0-0.run");
        let mut writer = RunWriter::create(&path).unwrap();
        writer.write(&rows()[..2]).unwrap();
        writer.finish(&vec![1, 2, 3]).unwrap();
        let whole = fs::read(&path).unwrap();
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            fs::write(&path, &changed).unwrap();
            assert!(RunReader::<Vec<u32>>::open(&path).is_err(), "byte {place}");
            fs::write(&path, &whole[..place]).unwrap();
            assert!(RunReader::<Vec<u32>>::open(&path).is_err(), "cut at {place}");
        }
    }
}

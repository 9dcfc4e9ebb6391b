//! The rows of one run on their way to the table: a flat file of fixed-width records.
//!
//! Runs go side by side and finish in any order; each spools to a file of its own, and the table
//! takes the files in the order of the runs. So memory does not grow with the horizon, and the
//! table is the same for any number of threads.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use pinwheel_core::{Label, Metric, Row, SimTime};

use crate::Error;

/// time u64, metric u16, label u16, value f64, exact present u8, exact u128; little endian.
const RECORD_BYTES: usize = 8 + 2 + 2 + 8 + 1 + 16;

/// Writes the rows of one run.
#[derive(Debug)]
pub struct SpoolWriter(BufWriter<File>);

impl SpoolWriter {
    pub fn create(path: &Path) -> Result<Self, Error> {
        Ok(SpoolWriter(BufWriter::new(File::create(path).map_err(Error::at(path))?)))
    }

    pub fn write(&mut self, rows: &[Row]) -> std::io::Result<()> {
        rows.iter().try_for_each(|row| self.0.write_all(&encode(row)))
    }

    pub fn finish(mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// Reads the rows of one run back, in order.
#[derive(Debug)]
pub struct SpoolReader(BufReader<File>);

impl SpoolReader {
    pub fn open(path: &Path) -> Result<Self, Error> {
        Ok(SpoolReader(BufReader::new(File::open(path).map_err(Error::at(path))?)))
    }

    /// The next rows, at most `limit`; none at the end.
    pub fn read(&mut self, limit: usize) -> std::io::Result<Vec<Row>> {
        let mut bytes = Vec::with_capacity(limit * RECORD_BYTES);
        (&mut self.0).take((limit * RECORD_BYTES) as u64).read_to_end(&mut bytes)?;
        assert!(bytes.len() % RECORD_BYTES == 0, "a spool holds whole records");
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
        label: Label(part(10, 2) as u16),
        value: f64::from_bits(part(12, 8) as u64),
        exact: (record[20] == 1).then(|| part(21, 16)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_went_in_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        let rows: Vec<Row> = (0..10u16)
            .map(|i| Row {
                time: SimTime::from_nanos(u64::MAX - u64::from(i)),
                metric: Metric(i),
                label: Label(u16::MAX - i),
                value: f64::from(i) / 3.0,
                exact: (i % 2 == 0).then_some(u128::MAX - u128::from(i)),
            })
            .collect();
        let mut writer = SpoolWriter::create(&path).unwrap();
        writer.write(&rows[..4]).unwrap();
        writer.write(&rows[4..]).unwrap();
        writer.finish().unwrap();

        let mut reader = SpoolReader::open(&path).unwrap();
        let mut back = Vec::new();
        loop {
            let chunk = reader.read(3).unwrap();
            if chunk.is_empty() {
                break;
            }
            back.extend(chunk);
        }
        assert_eq!(back, rows);
    }
}

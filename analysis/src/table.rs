//! `metrics.parquet`: one tidy row per run, point, time, metric and label.
//!
//! `time` counts milliseconds since 1970-01-01 UTC; `value` is in the unit of the metric; `exact`
//! holds base units as text where the metric is an amount, and is null elsewhere.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use pinwheel_core::{MetricSpec, Row};
use polars::prelude::*;
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::{BatchedWriter, ParquetWriter};

use crate::Error;
use crate::spool::SpoolReader;

/// Rows of one row group at most: what is held in memory while writing.
const ROW_GROUP_ROWS: usize = 65_536;
const MILLIS_PER_DAY: i64 = 86_400_000;
const NANOS_PER_MILLI: u64 = 1_000_000;
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Values by date.
pub type Dated = Vec<(Date, f64)>;

/// Days since 1970-01-01.
pub fn day_number(date: Date) -> i32 {
    EPOCH.until(date).expect("dates of a scenario lie within the calendar").get_days()
}

/// The date of a day since 1970-01-01.
pub fn date_of(day: i32) -> Date {
    EPOCH.checked_add(jiff::Span::new().days(day)).expect("a day of the calendar")
}

/// Writes the table row group by row group.
pub struct TableWriter {
    path: PathBuf,
    file: File,
    writer: BatchedWriter<BufWriter<File>>,
}

/// Which run rows belong to, and how to read their metrics, labels and times.
#[derive(Debug)]
pub struct RunKey<'a> {
    pub run: u32,
    pub point: &'a str,
    pub start: Date,
    pub metrics: &'a [MetricSpec],
    pub labels: &'a [String],
}

impl std::fmt::Debug for TableWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableWriter").field("path", &self.path).finish_non_exhaustive()
    }
}

impl TableWriter {
    pub fn create(path: &Path) -> Result<Self, Error> {
        let file = File::create(path).map_err(Error::at(path))?;
        let output = BufWriter::new(file.try_clone().map_err(Error::at(path))?);
        let writer = ParquetWriter::new(output).batched(&schema()).map_err(table_error)?;
        Ok(TableWriter { path: path.to_owned(), file, writer })
    }

    /// Appends all rows of one run's spool.
    pub fn append(&mut self, key: &RunKey<'_>, spool: &Path) -> Result<(), Error> {
        let mut reader = SpoolReader::open(spool)?;
        loop {
            let rows = reader.read(ROW_GROUP_ROWS).map_err(Error::at(spool))?;
            if rows.is_empty() {
                return Ok(());
            }
            let frame = frame(key, &rows).map_err(table_error)?;
            self.writer.write_batch(&frame).map_err(table_error)?;
        }
    }

    /// Writes the footer and makes the file durable.
    pub fn finish(self) -> Result<(), Error> {
        self.writer.finish().map_err(table_error)?;
        drop(self.writer);
        self.file.sync_all().map_err(Error::at(&self.path))
    }
}

fn schema() -> Schema {
    Schema::from_iter([
        Field::new("run".into(), DataType::UInt32),
        Field::new("point".into(), DataType::String),
        Field::new("time".into(), DataType::Int64),
        Field::new("metric".into(), DataType::String),
        Field::new("label".into(), DataType::String),
        Field::new("value".into(), DataType::Float64),
        Field::new("exact".into(), DataType::String),
    ])
}

fn frame(key: &RunKey<'_>, rows: &[Row]) -> PolarsResult<DataFrame> {
    let start_millis = i64::from(day_number(key.start)) * MILLIS_PER_DAY;
    let millis = |row: &Row| start_millis + (row.time.as_nanos() / NANOS_PER_MILLI) as i64;
    let metric = |row: &Row| key.metrics[usize::from(row.metric.0)].name;
    let label = |row: &Row| key.labels[usize::from(row.label.0)].as_str();
    let exact = |row: &Row| row.exact.map(|units| units.to_string());
    DataFrame::new(
        rows.len(),
        vec![
            Column::new("run".into(), vec![key.run; rows.len()]),
            Column::new("point".into(), vec![key.point; rows.len()]),
            Column::new("time".into(), rows.iter().map(millis).collect::<Vec<_>>()),
            Column::new("metric".into(), rows.iter().map(metric).collect::<Vec<_>>()),
            Column::new("label".into(), rows.iter().map(label).collect::<Vec<_>>()),
            Column::new("value".into(), rows.iter().map(|row| row.value).collect::<Vec<_>>()),
            Column::new("exact".into(), rows.iter().map(exact).collect::<Vec<_>>()),
        ],
    )
}

/// The table of a result, ready for questions.
#[derive(Debug)]
pub struct Table {
    by_metric: BTreeMap<String, DataFrame>,
}

impl Table {
    pub fn read(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::at(path))?;
        let columns = ["run", "point", "time", "metric", "label", "value"];
        let frame = ParquetReader::new(file)
            .with_columns(Some(columns.map(str::to_owned).to_vec()))
            .finish()
            .map_err(table_error)?;
        let mut by_metric = BTreeMap::new();
        if frame.height() > 0 {
            for part in frame.partition_by_stable(["metric"], true).map_err(table_error)? {
                let names = part.column("metric").and_then(Column::str).map_err(table_error)?;
                let name = names.get(0).unwrap_or_default().to_owned();
                by_metric.insert(name, part);
            }
        }
        Ok(Table { by_metric })
    }

    /// The metrics that have rows, in order.
    pub fn metrics(&self) -> impl Iterator<Item = &str> {
        self.by_metric.keys().map(String::as_str)
    }

    /// The labels of a metric at a point, in order.
    pub fn labels(&self, point: &str, metric: &str) -> Result<Vec<String>, Error> {
        let Some(frame) = self.by_metric.get(metric) else { return Ok(Vec::new()) };
        let labels = (frame.clone().lazy())
            .filter(col("point").eq(lit(point)))
            .select([col("label").unique_stable()])
            .collect()
            .map_err(table_error)?;
        let labels = labels.column("label").and_then(Column::str).map_err(table_error)?;
        Ok(labels.iter().flatten().map(str::to_owned).collect())
    }

    /// The series of one run by date; empty if there is none.
    pub fn series(&self, point: &str, run: u32, metric: &str, label: &str) -> Result<Dated, Error> {
        let Some(frame) = self.by_metric.get(metric) else { return Ok(Vec::new()) };
        let rows = (frame.clone().lazy())
            .filter(
                (col("point").eq(lit(point)))
                    .and(col("run").eq(lit(run)))
                    .and(col("label").eq(lit(label))),
            )
            .select([col("time"), col("value")])
            .collect()
            .map_err(table_error)?;
        let times = rows.column("time").and_then(Column::i64).map_err(table_error)?;
        let values = rows.column("value").and_then(Column::f64).map_err(table_error)?;
        let dated = times.iter().zip(values.iter()).filter_map(|(time, value)| {
            let day = i32::try_from(time?.div_euclid(MILLIS_PER_DAY)).ok()?;
            Some((date_of(day), value?))
        });
        Ok(dated.collect())
    }
}

fn table_error(error: PolarsError) -> Error {
    Error::Table(error.to_string())
}

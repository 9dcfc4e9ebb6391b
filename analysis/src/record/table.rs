//! `metrics.parquet`: one tidy row per run, point, time, subject, metric and label.
//!
//! `time` is a timestamp in milliseconds, date and time of day as the scenario counts them;
//! `subject` is the id of the network that the row is about, empty for layers and for an only
//! network without an id; `value` is in the unit of the metric; `exact` holds base units as text
//! where the metric is an amount, and is null elsewhere.
//!
//! Rows come in blocks, in the order of the runs; in a block they are in the order of metric,
//! subject, point, label, run and time. So one metric can be read without the others, and neither
//! writing nor reading holds more than a block and an answer, however long a run is.
//!
//! A metric of a network goes by its full name in questions: "io.minted".

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::{BufWriter, Cursor};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use jiff::civil::Date;
use pinwheel_core::{Metric, Row};
use polars::prelude::*;
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::{BatchedWriter, ParquetWriter};

use crate::Error;
use crate::record::outcome::{Names, Outcome};
use crate::record::parquet::{self, Heard, Listened, table_error};
use crate::record::runfile::RunReader;
use crate::series::{Instant, TimeSeries};
use pinwheel_models::describe::Catalogue;
use pinwheel_models::describe::metric::{full_name, split_name};

/// Rows of one row group at most.
const ROW_GROUP_ROWS: usize = 65_536;
/// A block is written when it holds this many rows.
const BLOCK_ROWS: usize = 1 << 20;
/// Rows of the index read at once.
const INDEX_ROWS: usize = 1 << 20;
/// Values kept from the last answers.
const CACHE_VALUES: usize = 1 << 22;
/// The columns, in order.
const COLUMNS: [&str; 8] = ["run", "point", "time", "subject", "metric", "label", "value", "exact"];

/// Writes the table block by block.
pub struct TableWriter {
    path: PathBuf,
    file: File,
    /// What the file system says of the file while it is written.
    heard: Heard,
    writer: BatchedWriter<BufWriter<Listened<File>>>,
    parts: Catalogue,
    points: Texts,
    subjects: Texts,
    labels: Texts,
    block: Vec<Placed>,
}

/// Texts by number, in the order of their first use.
#[derive(Default)]
struct Texts {
    names: Vec<String>,
    numbers: BTreeMap<String, u32>,
}

impl Texts {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).expect("fewer names than rows");
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }
}

/// A row with its place in the table.
struct Placed {
    metric: u16,
    subject: u32,
    point: u32,
    label: u32,
    run: u32,
    instant: Instant,
    value: f64,
    exact: Option<u128>,
}

/// Which run rows belong to, and how to read their names and times.
#[derive(Debug)]
pub struct RunKey<'a> {
    /// The number of the run.
    pub run: u32,
    /// The id of the point.
    pub point: &'a str,
    /// The first day of the run.
    pub start: Date,
    /// The texts behind the numbers in its rows.
    pub names: &'a Names,
}

impl std::fmt::Debug for TableWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableWriter").field("path", &self.path).finish_non_exhaustive()
    }
}

impl TableWriter {
    /// Starts a table; `parts` names the metrics of the rows.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Table`] if the file cannot be made.
    pub fn create(path: &Path, parts: Catalogue) -> Result<Self, Error> {
        let file = File::create(path).map_err(Error::at(path))?;
        let heard = Heard::default();
        let output = heard.listen(file.try_clone().map_err(Error::at(path))?);
        let writer = ParquetWriter::new(BufWriter::new(output)).batched(&schema(TIME));
        let writer = writer.map_err(heard.at(path))?;
        Ok(TableWriter {
            path: path.to_owned(),
            file,
            heard,
            writer,
            parts,
            points: Texts::default(),
            subjects: Texts::default(),
            labels: Texts::default(),
            block: Vec::new(),
        })
    }

    /// Appends all rows of one run.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] or [`Error::Io`] of the run file, [`Error::Table`] if rows cannot be
    /// written.
    pub fn append(
        &mut self,
        key: &RunKey<'_>,
        reader: &mut RunReader<Outcome>,
    ) -> Result<(), Error> {
        let point = self.points.number(key.point);
        let RunKey { start, names, .. } = key;
        let labels: Vec<u32> = names.labels.iter().map(|text| self.labels.number(text)).collect();
        let subjects = names.subjects.iter().map(|text| self.subjects.number(text));
        let subjects: Vec<u32> = subjects.collect();
        loop {
            let rows = reader.read(ROW_GROUP_ROWS)?;
            if rows.is_empty() {
                return Ok(());
            }
            self.block.extend(rows.iter().map(|row: &Row| Placed {
                metric: row.metric.0,
                subject: subjects[usize::from(row.subject.0)],
                point,
                label: labels[usize::from(row.label.0)],
                run: key.run,
                instant: Instant::of_run(*start, row.time),
                value: row.value,
                exact: row.exact,
            }));
            if self.block.len() >= BLOCK_ROWS {
                self.flush()?;
            }
        }
    }

    fn flush(&mut self) -> Result<(), Error> {
        let mut block = std::mem::take(&mut self.block);
        // Stable: rows of one series stay in the order of time.
        block.sort_by_key(|row| (row.metric, row.subject, row.point, row.label, row.run));
        for rows in block.chunks(ROW_GROUP_ROWS) {
            let frame = self.frame(rows).map_err(table_error)?;
            self.writer.write_batch(&frame).map_err(self.heard.at(&self.path))?;
        }
        block.clear();
        self.block = block;
        Ok(())
    }

    /// Writes the footer and makes the file durable.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Table`] if it cannot be written.
    pub fn finish(mut self) -> Result<(), Error> {
        self.flush()?;
        self.writer.finish().map_err(self.heard.at(&self.path))?;
        drop(self.writer);
        self.heard.check(&self.path)?;
        self.file.sync_all().map_err(Error::at(&self.path))
    }

    fn frame(&self, rows: &[Placed]) -> PolarsResult<DataFrame> {
        let point = |row: &Placed| self.points.names[row.point as usize].as_str();
        let subject = |row: &Placed| self.subjects.names[row.subject as usize].as_str();
        let metric = |row: &Placed| self.parts.spec(Metric(row.metric)).name;
        let label = |row: &Placed| self.labels.names[row.label as usize].as_str();
        let exact = |row: &Placed| row.exact.map(|units| units.to_string());
        let columns: [Series; COLUMNS.len()] = [
            rows.iter().map(|row| row.run).collect(),
            rows.iter().map(point).collect(),
            rows.iter().map(|row| row.instant.millis()).collect(),
            rows.iter().map(subject).collect(),
            rows.iter().map(metric).collect(),
            rows.iter().map(label).collect(),
            rows.iter().map(|row| row.value).collect(),
            rows.iter().map(exact).collect::<StringChunked>().into_series(),
        ];
        let named = COLUMNS.into_iter().zip(columns);
        let named = named.map(|(name, series)| Column::from(series.with_name(name.into())));
        DataFrame::new(rows.len(), named.collect())
    }
}

/// The column of instants as the file states it, for programs that read timestamps.
const TIME: DataType = DataType::Datetime(TimeUnit::Milliseconds, None);

fn schema(time: DataType) -> Schema {
    let kinds = [
        DataType::UInt32,
        DataType::String,
        time,
        DataType::String,
        DataType::String,
        DataType::String,
        DataType::Float64,
        DataType::String,
    ];
    COLUMNS.into_iter().zip(kinds).map(|(name, kind)| Field::new(name.into(), kind)).collect()
}

/// The series of one metric at one point: by label, in the order of their first use, and by run.
pub type Group = Vec<(String, BTreeMap<u32, TimeSeries>)>;

/// First row and number of rows, for each stretch of the table that is of one metric and point; by
/// the full name of the metric.
type Index = BTreeMap<String, BTreeMap<String, Vec<(usize, usize)>>>;

/// The table of a result, ready for questions. It holds an index and the last answers.
#[derive(Debug)]
pub struct Table {
    path: PathBuf,
    index: Index,
    cache: RefCell<Cache>,
}

/// The last answers, the oldest first.
#[derive(Debug, Default)]
struct Cache {
    answers: VecDeque<((String, String), Rc<Group>, usize)>,
    values: usize,
}

impl Table {
    /// Reads the index of a table; rows are read when they are asked for.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Table`] if the table cannot be read.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let mut index = Index::new();
        let mut first = 0;
        loop {
            let frame = slice(path, &["subject", "metric", "point"], (first, INDEX_ROWS))?;
            let text = |name| frame.column(name).and_then(Column::str).map_err(table_error);
            let (metrics, points) = (text("metric")?.iter(), text("point")?.iter());
            let (mut of, mut name) = (("", ""), String::new());
            for ((subject, metric), point) in text("subject")?.iter().zip(metrics).zip(points) {
                let series = (subject.unwrap_or_default(), metric.unwrap_or_default());
                if series != of || name.is_empty() {
                    (of, name) = (series, full_name(series.0, series.1));
                }
                note(&mut index, &name, point.unwrap_or_default(), first);
                first += 1;
            }
            if frame.height() < INDEX_ROWS {
                break;
            }
        }
        Ok(Table { path: path.to_owned(), index, cache: RefCell::default() })
    }

    /// The full names of the metrics that have rows, in order.
    pub fn metrics(&self) -> impl Iterator<Item = &str> {
        self.index.keys().map(String::as_str)
    }

    /// The full names of a metric that have rows: one, or one for each network that records it.
    pub fn names(&self, metric: &str) -> Vec<&str> {
        self.metrics().filter(|name| split_name(name).1 == metric).collect()
    }

    /// The full name behind the name of a metric: a metric of one network alone needs no subject.
    fn full<'n>(&'n self, name: &'n str) -> &'n str {
        match (self.index.contains_key(name), self.names(name).as_slice()) {
            (false, [one]) => one,
            _ => name,
        }
    }

    /// The labels of a metric at a point, in order.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Table`] if the table cannot be read.
    pub fn labels(&self, point: &str, metric: &str) -> Result<Vec<String>, Error> {
        Ok(self.group(point, metric)?.iter().map(|(label, _)| label.clone()).collect())
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
        let group = self.group(point, metric)?;
        let found = group.iter().find(|(of, _)| of == label);
        Ok(found.and_then(|(_, runs)| runs.get(&run)).cloned().unwrap_or_default())
    }

    /// Every value of a metric in one pass, for questions about all points at once: `visit` gets
    /// point, label, run, instant and value, the values of a run of one label in their order.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Table`] if the table cannot be read.
    pub fn scan(
        &self,
        metric: &str,
        mut visit: impl FnMut(&str, &str, u32, Instant, f64),
    ) -> Result<(), Error> {
        for (first, count) in self.stretches(metric) {
            for start in (first..first + count).step_by(INDEX_ROWS) {
                let rows = INDEX_ROWS.min(first + count - start);
                let columns = ["run", "point", "time", "label", "value"];
                let frame = slice(&self.path, &columns, (start, rows))?;
                let column = |name| frame.column(name).map_err(table_error);
                let runs = column("run")?.u32().map_err(table_error)?;
                let points = column("point")?.str().map_err(table_error)?;
                let times = column("time")?.i64().map_err(table_error)?;
                let labels = column("label")?.str().map_err(table_error)?;
                let values = column("value")?.f64().map_err(table_error)?;
                for ((((run, point), time), label), value) in runs
                    .iter()
                    .zip(points.iter())
                    .zip(times.iter())
                    .zip(labels.iter())
                    .zip(values.iter())
                {
                    let (Some(run), Some(time), Some(value)) = (run, time, value) else { continue };
                    let (point, label) = (point.unwrap_or_default(), label.unwrap_or_default());
                    visit(point, label, run, Instant::from_millis(time), value);
                }
            }
        }
        Ok(())
    }

    /// The rows of a metric as first row and number, as few stretches as there are.
    fn stretches(&self, metric: &str) -> Vec<(usize, usize)> {
        let points = self.index.get(self.full(metric)).into_iter().flat_map(BTreeMap::values);
        let mut ranges: Vec<(usize, usize)> = points.flatten().copied().collect();
        ranges.sort_unstable();
        let mut stretches: Vec<(usize, usize)> = Vec::new();
        for (first, count) in ranges {
            match stretches.last_mut() {
                Some((start, rows)) if *start + *rows == first => *rows += count,
                _ => stretches.push((first, count)),
            }
        }
        stretches
    }

    /// Every series of a metric at a point.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Table`] if the table cannot be read.
    pub fn group(&self, point: &str, metric: &str) -> Result<Rc<Group>, Error> {
        let metric = self.full(metric);
        let key = (metric.to_owned(), point.to_owned());
        let cache = self.cache.borrow();
        if let Some((_, group, _)) = cache.answers.iter().find(|(of, ..)| *of == key) {
            return Ok(Rc::clone(group));
        }
        drop(cache);
        let ranges = self.index.get(metric).and_then(|points| points.get(point));
        let mut group = Group::new();
        let mut values = 0;
        for &range in ranges.into_iter().flatten() {
            values += range.1;
            add(&mut group, &slice(&self.path, &["run", "time", "label", "value"], range)?)?;
        }
        let group = Rc::new(group);
        let mut cache = self.cache.borrow_mut();
        cache.values += values;
        cache.answers.push_back((key, Rc::clone(&group), values));
        while cache.values > CACHE_VALUES && cache.answers.len() > 1 {
            let (.., oldest) = cache.answers.pop_front().expect("more than one");
            cache.values -= oldest;
        }
        Ok(group)
    }
}

fn note(index: &mut Index, metric: &str, point: &str, row: usize) {
    if !index.contains_key(metric) {
        index.insert(metric.to_owned(), BTreeMap::new());
    }
    let points = index.get_mut(metric).expect("just made");
    if !points.contains_key(point) {
        points.insert(point.to_owned(), Vec::new());
    }
    let ranges = points.get_mut(point).expect("just made");
    match ranges.last_mut() {
        Some((first, count)) if *first + *count == row => *count += 1,
        _ => ranges.push((row, 1)),
    }
}

fn slice(path: &Path, columns: &[&str], range: (usize, usize)) -> Result<DataFrame, Error> {
    let file = File::open(path).map_err(Error::at(path))?;
    let columns = columns.iter().map(|name| (*name).to_owned()).collect();
    let mut reader = ParquetReader::new(file).with_columns(Some(columns)).with_slice(Some(range));
    let found = reader.get_metadata().map_err(parquet::at(path))?;
    let has = |name: &str| found.schema().fields().iter().any(|field| field.name() == name);
    if let Some(missing) = COLUMNS.into_iter().find(|name| !has(name)) {
        let path = path.display();
        return Err(Error::Table(format!(
            "{path} has no column \"{missing}\": an older version wrote it; run the scenario again"
        )));
    }
    // Read as what a timestamp is made of, milliseconds: this build of polars has no timestamps.
    let mut metadata = (**found).clone();
    let mut plain = plain_file()?;
    let plain = plain.get_metadata().map_err(table_error)?;
    metadata.key_value_metadata = plain.key_value_metadata.clone();
    reader.set_metadata(Arc::new(metadata));
    reader.finish().map_err(parquet::at(path))
}

/// An empty table whose instants are plain numbers, for what it says of its columns.
fn plain_file() -> Result<ParquetReader<Cursor<Vec<u8>>>, Error> {
    let mut file = Vec::new();
    let writer = ParquetWriter::new(&mut file).batched(&schema(DataType::Int64));
    writer.and_then(|writer| writer.finish()).map_err(table_error)?;
    Ok(ParquetReader::new(Cursor::new(file)))
}

/// Adds rows to a group.
fn add(group: &mut Group, frame: &DataFrame) -> Result<(), Error> {
    let column = |name| frame.column(name).map_err(table_error);
    let runs = column("run")?.u32().map_err(table_error)?;
    let times = column("time")?.i64().map_err(table_error)?;
    let labels = column("label")?.str().map_err(table_error)?;
    let values = column("value")?.f64().map_err(table_error)?;
    let mut place = 0;
    for (((run, time), label), value) in
        runs.iter().zip(times.iter()).zip(labels.iter()).zip(values.iter())
    {
        let (Some(run), Some(time), Some(value)) = (run, time, value) else { continue };
        let label = label.unwrap_or_default();
        if group.get(place).is_none_or(|(of, _)| of != label) {
            place = group.iter().position(|(of, _)| of == label).unwrap_or_else(|| {
                group.push((label.to_owned(), BTreeMap::new()));
                group.len() - 1
            });
        }
        group[place].1.entry(run).or_default().push((Instant::from_millis(time), value));
    }
    Ok(())
}

//! `outcomes.parquet`: what the scenario is about, one number for each point, run and outcome.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use pinwheel_models::scenario::Experiment;
use polars::prelude::*;
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::ParquetWriter;

use crate::Error;
use crate::record::outcome::Outcome;
use crate::record::parquet::{self, Heard, table_error};

/// The outcomes of all runs, by point and outcome, then in the order of the runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutcomeTable {
    values: BTreeMap<(String, String), Vec<Option<f64>>>,
}

impl OutcomeTable {
    /// The outcomes of runs that have just been made, in the order of the points and runs.
    pub fn of(experiment: &Experiment, outcomes: &[Outcome]) -> Self {
        let mut table = OutcomeTable::default();
        for outcome in outcomes {
            for (spec, value) in experiment.outcomes.iter().zip(&outcome.judged.outcomes) {
                let key = (outcome.point.clone(), spec.id.clone());
                table.values.entry(key).or_default().push(*value);
            }
        }
        table
    }

    /// One value a run, in order; `None` where a run has none. Empty for what is not there.
    pub fn values(&self, point: &str, outcome: &str) -> &[Option<f64>] {
        let key = (point.to_owned(), outcome.to_owned());
        self.values.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Point, outcome and values, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &[Option<f64>])> {
        self.values
            .iter()
            .map(|((point, outcome), values)| (point.as_str(), outcome.as_str(), values.as_slice()))
    }

    /// Writes `outcomes.parquet` and makes it durable.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Table`] if it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let mut columns = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (point, outcome, values) in self.iter() {
            for (run, value) in values.iter().enumerate() {
                columns.0.push(point);
                columns.1.push(run as u32);
                columns.2.push(outcome);
                columns.3.push(*value);
            }
        }
        let height = columns.0.len();
        let columns = vec![
            Column::new("point".into(), columns.0),
            Column::new("run".into(), columns.1),
            Column::new("outcome".into(), columns.2),
            Column::new("value".into(), columns.3),
        ];
        let mut frame = DataFrame::new(height, columns).map_err(table_error)?;
        let file = File::create(path).map_err(Error::at(path))?;
        let heard = Heard::default();
        let output = BufWriter::new(heard.listen(&file));
        ParquetWriter::new(output).finish(&mut frame).map_err(heard.at(path))?;
        heard.check(path)?;
        file.sync_all().map_err(Error::at(path))
    }

    /// The outcomes of a result; none if its scenario states none and there is no such file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Table`] if the table cannot be read.
    pub fn read(path: &Path) -> Result<Self, Error> {
        if !path.exists() {
            return Ok(OutcomeTable::default());
        }
        let file = File::open(path).map_err(Error::at(path))?;
        let frame = ParquetReader::new(file).finish().map_err(parquet::at(path))?;
        let text = |name: &str| frame.column(name).and_then(Column::str).map_err(table_error);
        let (points, outcomes) = (text("point")?, text("outcome")?);
        let values = frame.column("value").and_then(Column::f64).map_err(table_error)?;
        let mut table = OutcomeTable::default();
        for ((point, outcome), value) in points.iter().zip(outcomes.iter()).zip(values.iter()) {
            let key =
                (point.unwrap_or_default().to_owned(), outcome.unwrap_or_default().to_owned());
            table.values.entry(key).or_default().push(value);
        }
        Ok(table)
    }
}

//! Data files: CSV with a `date` column, one row a date in rising order, and columns of numbers.

use std::rc::Rc;

use jiff::civil::Date;

use super::check::Checker;
use super::diagnostic::{TextPosition, did_you_mean, shown};
use super::files::DATA_BYTES_MAX;
use super::tree::ValueId;

/// Most rows of a data file: two centuries of days.
const ROWS_MAX: usize = 73_050;

/// Longest line of a data file.
const LINE_BYTES_MAX: usize = 1 << 16;

/// The wanted columns of a data file.
#[derive(Debug)]
pub struct Table {
    pub dates: Vec<Date>,
    /// One row a date, its numbers in the order of the wanted columns.
    pub rows: Vec<Vec<f64>>,
}

/// A wanted column and the range its numbers must lie in.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    pub minimum: f64,
    pub maximum: f64,
}

impl Checker<'_> {
    /// The wanted columns of the data file at `key`; with `daily`, no date may be missing. A file
    /// is parsed once for all variants.
    pub fn table(
        &mut self,
        given: Option<ValueId>,
        key: &str,
        columns: &[Column],
        daily: bool,
    ) -> Option<Rc<Table>> {
        let (file, text) = self.file(given, key, DATA_BYTES_MAX)?;
        if let Some(table) = self.files.tables.get(&file) {
            return table.clone();
        }
        let table = self.parse_table(file, &text, columns, daily).map(Rc::new);
        self.files.tables.insert(file, table.clone());
        table
    }

    fn parse_table(
        &mut self,
        file: usize,
        text: &str,
        columns: &[Column],
        daily: bool,
    ) -> Option<Table> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let start = TextPosition { file, offset: 0 };
        if text.lines().any(|line| line.len() > LINE_BYTES_MAX) {
            let help = format!("at most {LINE_BYTES_MAX} bytes a line, one row for each day");
            self.faults.push(start, "", "a line is too long", help);
            return None;
        }
        let headers = reader.headers().cloned().unwrap_or_default();
        let mut places = Vec::new();
        for name in std::iter::once("date").chain(columns.iter().map(|column| column.name)) {
            let place = headers.iter().position(|header| header.trim() == name);
            if place.is_none() {
                let help =
                    format!("the header must have it; {}", did_you_mean(name, headers.iter()));
                self.faults.push(start, name, "the column is missing", help);
            }
            places.extend(place);
        }
        if places.len() != columns.len() + 1 {
            return None;
        }
        let mut table = Table { dates: Vec::new(), rows: Vec::new() };
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    self.faults.push(start, "", error.to_string(), "give plain CSV");
                    return None;
                }
            };
            let line = record.position().map_or(0, csv::Position::line);
            let fault = match table.dates.len() < ROWS_MAX {
                true => add_row(&mut table, &record, &places, columns, daily).err(),
                false => {
                    Some((String::new(), "too many rows".into(), format!("at most {ROWS_MAX}")))
                }
            };
            if let Some((key, message, help)) = fault {
                let place = TextPosition { file, offset: self.files.line_offset(file, line) };
                self.faults.push(place, key, message, help);
                return None;
            }
        }
        if table.dates.is_empty() {
            self.faults.push(start, "", "no rows below the header", "one row for each day");
            return None;
        }
        Some(table)
    }
}

/// Adds one row, or says in which column (first) what is wrong (second) and what helps (third).
fn add_row(
    table: &mut Table,
    record: &csv::StringRecord,
    places: &[usize],
    columns: &[Column],
    daily: bool,
) -> Result<(), (String, String, String)> {
    let field = |column: usize| record.get(places[column]).unwrap_or("").trim();
    let date: Date = field(0).parse().map_err(|_| {
        let message = format!("\"{}\" is not a date", shown(field(0)));
        ("date".to_owned(), message, "write dates as 2024-01-12".to_owned())
    })?;
    if let Some(&last) = table.dates.last() {
        let next = last.tomorrow().unwrap_or(last);
        if date <= last || (daily && date != next) {
            let message = format!("{date} follows {last}");
            let wanted = if daily { format!("{next} comes next") } else { "dates rise".to_owned() };
            return Err((
                "date".to_owned(),
                message,
                format!("each date once, in order; {wanted}"),
            ));
        }
    }
    let mut row = Vec::with_capacity(columns.len());
    for (number, column) in columns.iter().enumerate() {
        let text = field(number + 1);
        let value = text.parse().ok().filter(|value: &f64| {
            value.is_finite() && (column.minimum..=column.maximum).contains(value)
        });
        row.push(value.ok_or_else(|| {
            let message = format!("\"{}\" is not a number in range", shown(text));
            let help = format!("allowed: {} to {}", column.minimum, column.maximum);
            (column.name.to_owned(), message, help)
        })?);
    }
    table.dates.push(date);
    table.rows.push(row);
    Ok(())
}

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
    /// The date of each row, rising.
    pub dates: Vec<Date>,
    /// One row a date, its numbers in the order of the wanted columns.
    pub rows: Vec<Vec<f64>>,
}

/// A wanted column and the range its numbers must lie in.
#[derive(Debug)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// The least number allowed.
    pub minimum: f64,
    /// The greatest number allowed.
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
        let of = (file, columns.iter().map(|column| column.name).collect::<Vec<_>>());
        if let Some(table) = self.files.tables.get(&of) {
            return table.clone();
        }
        let table = self.parse_table(file, &text, columns, daily).map(Rc::new);
        self.files.tables.insert(of, table.clone());
        table
    }

    fn parse_table(
        &mut self,
        file: usize,
        text: &str,
        columns: &[Column],
        daily: bool,
    ) -> Option<Table> {
        let names: Vec<&str> =
            std::iter::once("date").chain(columns.iter().map(|column| column.name)).collect();
        let mut table = Table { dates: Vec::new(), rows: Vec::new() };
        self.csv_rows(file, text, &names, |fields| {
            if table.dates.len() == ROWS_MAX {
                let help = format!("at most {ROWS_MAX}");
                return Err((String::new(), "too many rows".to_owned(), help));
            }
            add_row(&mut table, fields, columns, daily)
        })?;
        Some(table)
    }

    /// Hands the wanted fields of each row of a CSV text to `each`, in the order they are wanted.
    /// A fault has the line of its row; a cell beyond the header and a column that is there twice
    /// are faults, because a part of what was typed would be dropped.
    pub fn csv_rows(
        &mut self,
        file: usize,
        text: &str,
        wanted: &[&str],
        mut each: impl FnMut(&[&str]) -> Result<(), RowFault>,
    ) -> Option<()> {
        let start = TextPosition { file, offset: 0 };
        if text.lines().any(|line| line.len() > LINE_BYTES_MAX) {
            let help = format!("at most {LINE_BYTES_MAX} bytes a line");
            self.faults.push(start, "", "a line is too long", help);
            return None;
        }
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let headers = reader.headers().cloned().unwrap_or_default();
        let places = self.csv_places(start, &headers, wanted)?;
        let mut rows = 0;
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    self.faults.push(start, "", error.to_string(), "give plain CSV");
                    return None;
                }
            };
            let fields: Vec<&str> =
                places.iter().map(|&place| record.get(place).unwrap_or("").trim()).collect();
            let extra = record.iter().skip(headers.len()).find(|cell| !cell.trim().is_empty());
            let fault = match extra {
                Some(cell) => Some(beyond_the_header(cell)),
                None => each(&fields).err(),
            };
            if let Some((key, message, help)) = fault {
                let line = record.position().map_or(0, csv::Position::line);
                let place = TextPosition { file, offset: self.files.line_offset(file, line) };
                self.faults.push(place, shown(&key), message, help);
                return None;
            }
            rows += 1;
        }
        if rows == 0 {
            self.faults.push(start, "", "no rows below the header", "write one row at least");
            return None;
        }
        Some(())
    }

    /// The places of the wanted columns in a header.
    fn csv_places(
        &mut self,
        start: TextPosition,
        headers: &csv::StringRecord,
        wanted: &[&str],
    ) -> Option<Vec<usize>> {
        let mut places = Vec::new();
        for &name in wanted {
            let mut found = headers.iter().enumerate().filter(|(_, title)| title.trim() == name);
            match (found.next(), found.next()) {
                (Some((place, _)), None) => places.push(place),
                (Some(_), Some(_)) => {
                    let help = "give each column a name of its own";
                    self.faults.push(start, shown(name), "the column is there twice", help);
                }
                (None, _) => {
                    let like = did_you_mean(name, headers.iter());
                    let help = format!("the header must have it; {like}");
                    self.faults.push(start, shown(name), "the column is missing", help);
                }
            }
        }
        (places.len() == wanted.len()).then_some(places)
    }
}

/// Why a row is refused: its column, what is wrong, and what helps.
pub type RowFault = (String, String, String);

fn beyond_the_header(cell: &str) -> RowFault {
    let message = format!("\"{}\" lies beyond the header", shown(cell));
    let help = "write decimals with a point, and a text with a comma in quotes".to_owned();
    (String::new(), message, help)
}

/// The number in a cell of a column, within these bounds.
///
/// # Errors
///
/// If it is no number, or outside of them.
pub fn number_in(text: &str, column: &str, minimum: f64, maximum: f64) -> Result<f64, RowFault> {
    let value = text.parse().ok().filter(|value: &f64| (minimum..=maximum).contains(value));
    value.ok_or_else(|| {
        let message = format!("\"{}\" is not a number in range", shown(text));
        (column.to_owned(), message, format!("allowed: {minimum} to {maximum}"))
    })
}

/// Adds one row.
fn add_row(
    table: &mut Table,
    fields: &[&str],
    columns: &[Column],
    daily: bool,
) -> Result<(), RowFault> {
    let date: Date = fields[0].parse().map_err(|_| {
        let message = format!("\"{}\" is not a date", shown(fields[0]));
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
    for (column, text) in columns.iter().zip(&fields[1..]) {
        row.push(number_in(text, column.name, column.minimum, column.maximum)?);
    }
    table.dates.push(date);
    table.rows.push(row);
    Ok(())
}

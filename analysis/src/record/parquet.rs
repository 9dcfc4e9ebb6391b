//! Faults of reading and writing Parquet: what the file system said is told from what is wrong with
//! a table.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use polars::prelude::PolarsError;

use crate::Error;

/// The fault of a table in memory.
pub fn table_error(error: PolarsError) -> Error {
    Error::Table(error.to_string())
}

/// The fault of a table in a file.
pub fn at(path: &Path) -> impl Fn(PolarsError) -> Error {
    move |error| match &error {
        PolarsError::IO { error, .. } => Error::at(path)(same(error)),
        _ => table_error(error),
    }
}

/// What the file system said, once more: an [`io::Error`] cannot be copied.
fn same(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

/// The first fault of the file system while a table was written. The writer of Parquet keeps only
/// the text of it.
#[derive(Clone, Debug, Default)]
pub struct Heard(Arc<Mutex<Option<io::Error>>>);

impl Heard {
    /// The same output, heard.
    pub fn listen<W: Write>(&self, inner: W) -> Listened<W> {
        Listened { inner, heard: self.clone() }
    }

    /// The fault of a table at a path: what was heard, else what the writer says.
    pub fn at(&self, path: &Path) -> impl Fn(PolarsError) -> Error {
        move |error| match self.check(path) {
            Err(heard) => heard,
            Ok(()) => at(path)(error),
        }
    }

    /// # Errors
    /// [`Error::Io`] if something was heard since the last time.
    pub fn check(&self, path: &Path) -> Result<(), Error> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        heard.map_or(Ok(()), |error| Err(Error::at(path)(error)))
    }
}

/// An output whose faults are [`Heard`].
#[derive(Debug)]
pub struct Listened<W> {
    inner: W,
    heard: Heard,
}

impl<W> Listened<W> {
    fn hear<T>(&self, done: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &done
            && error.kind() != io::ErrorKind::Interrupted
        {
            let mut heard = self.heard.0.lock().unwrap_or_else(PoisonError::into_inner);
            heard.get_or_insert_with(|| same(error));
        }
        done
    }
}

impl<W: Write> Write for Listened<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.inner.write(bytes);
        self.hear(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.inner.flush();
        self.hear(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::outcomes::OutcomeTable;
    use crate::record::table::TableWriter;
    use pinwheel_models::registry;

    #[test]
    fn a_full_disk_is_the_machines_fault_and_names_the_file() {
        let full = Path::new("/dev/full");
        if !full.exists() {
            return;
        }
        let table = TableWriter::create(full, registry::ALL).and_then(TableWriter::finish);
        for written in [table, OutcomeTable::default().write(full)] {
            let Err(Error::Io { path, source }) = written else { panic!("{written:?}") };
            assert_eq!((path.as_path(), source.kind()), (full, io::ErrorKind::StorageFull));
        }
        // What is no fault of the file system stays one of the table.
        let error = PolarsError::ComputeError("odd".into());
        assert!(matches!(Heard::default().at(full)(error), Error::Table(_)));
        let error = PolarsError::from(io::Error::from(io::ErrorKind::PermissionDenied));
        assert!(matches!(at(full)(error), Error::Io { .. }));
    }
}

//! What goes to the screen: like `print!`, but a reader who closes the pipe is no fault.

use std::fmt;
use std::io::{ErrorKind, Write};

/// What a shell reports of a program that wrote to a pipe nobody reads any more.
const BROKEN_PIPE: i32 = 128 + 13;

/// Prints a line to the standard output.
macro_rules! outln {
    ($($text:tt)*) => { $crate::screen::write(format_args!("{}\n", format_args!($($text)*))) };
}

/// Prints text to the standard output.
macro_rules! out {
    ($($text:tt)*) => { $crate::screen::write(format_args!($($text)*)) };
}

/// Writes to the standard output. `pinwheel schema | head` ends in silence when `head` has enough.
///
/// # Panics
///
/// If the output cannot be written for another reason.
pub fn write(text: fmt::Arguments<'_>) {
    match std::io::stdout().lock().write_fmt(text) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(BROKEN_PIPE),
        Err(error) => panic!("the standard output cannot be written: {error}"),
    }
}

//! From text to typed values: the ground that every reader of a section stands on.
//!
//! [`files`] reads within bounds, [`tree`] keeps where each value was typed,
//! [`read`](check::Checker::read) fills the structs of a section as typed, [`check`], [`keys`],
//! [`unit`], [`quantity`] and [`amount`] judge single values, [`table`] reads CSV columns,
//! [`diagnostic`] tells what is wrong and where. Nothing here knows what a scenario is made of.

pub mod amount;
pub mod check;
pub mod dates;
pub mod diagnostic;
pub mod files;
pub mod keys;
pub mod number;
pub mod quantity;
mod read;
pub mod shared;
pub mod table;
pub mod tree;
pub mod unit;

pub use dates::{HORIZON_DAYS_MAX, RunDays, When};
pub use number::NumberOrText;

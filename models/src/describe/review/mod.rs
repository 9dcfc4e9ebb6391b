//! What a part tells a review of itself: which of the 28 metrics ([`list`]) it gives, and the
//! numbers behind them ([`inputs`]). The review itself is [`crate::review`].

pub mod inputs;
pub mod list;
mod source;

pub use inputs::*;
pub use list::Wanted;
pub use source::Source;

/// Days of a month: a twelfth of a year.
pub const MONTH_DAYS: f64 = YEAR_DAYS / 12.0;
/// Days of a Julian year.
pub const YEAR_DAYS: f64 = 365.25;

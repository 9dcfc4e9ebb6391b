//! What people look at: charts, the report, the map, and the pages of comparisons and backtests.

pub mod backtest;
pub mod compare;
pub mod map;
pub mod page;
pub mod plot;
pub mod report;

#![forbid(unsafe_code)]
//! Reads the records of runs and writes what people look at: tables, verdicts, plots, reports.
//!
//! Nothing here changes a result. [`ensemble`] turns the wheel of every run and leaves a file of
//! each ([`runfile`]) in a [`work`] folder, while [`judge`] looks at its rows; [`table`] merges them
//! into Parquet, [`verdict`] judges all runs together, [`report`] shows them, and [`store`] publishes
//! the folder whole or not at all.

pub mod backtest;
pub mod baseline;
pub mod calibrate;
pub mod ci;
pub mod compare;
pub mod ensemble;
pub mod error;
pub mod judge;
pub mod map;
pub mod outcomes;
pub mod plot;
pub mod report;
pub mod review;
pub mod runfile;
pub mod sensitivity;
pub mod statistics;
pub mod store;
pub mod table;
pub mod threads;
pub mod trace;
pub mod verdict;
pub mod work;

pub use error::Error;

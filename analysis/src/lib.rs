#![forbid(unsafe_code)]
#![deny(missing_docs, clippy::missing_errors_doc)]
//! Runs experiments, reads their records and writes what people look at: tables, verdicts, plots,
//! reports.
//!
//! Nothing here changes what happens in a run. [`experiment`] leads through everything: it plans,
//! simulates, merges, judges, reports and publishes a folder whole or not at all. The rooms below
//! it, each of which uses only those before it:
//!
//! - the ground: [`error`], [`series`] by instant, [`statistics`], [`wording`] (numbers as people
//!   read them), [`html`];
//! - [`record`]: files of single runs, tables, the result folder with its manifest;
//! - [`judge`]: one run while it goes on, all runs together, baselines, what CI systems read;
//! - [`run`]: ensembles side by side, single series;
//! - [`question`]: what decides, what changed, what fits;
//! - [`show`]: charts, report, map, pages;
//! - [`experiment`]: all of it in order.

pub mod error;
pub mod experiment;
pub mod html;
pub mod judge;
pub mod question;
pub mod record;
pub mod run;
pub mod series;
pub mod show;
pub mod statistics;
pub mod wording;

pub use error::Error;

//! What runs leave behind: files of single runs, the tables merged from them, and the result
//! folder.

pub mod manifest;
pub mod model;
pub mod outcome;
pub mod outcomes;
mod parquet;
pub mod runfile;
pub mod staging;
pub mod store;
pub mod table;
pub mod work;

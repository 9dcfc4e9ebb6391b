//! The networks: each a folder with the same file names.

pub mod filecoin;

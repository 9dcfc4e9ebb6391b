//! Filecoin: storage providers prove sectors, win blocks and pay for their faults.

pub mod file;
pub mod metrics;
pub mod parameters;
pub mod settings;

//! Filecoin: storage providers prove sectors, win blocks and pay for their faults.

pub mod fixed;
pub mod parameters;
pub mod pledge;
pub mod reward;
pub mod rules;
pub mod settings;
pub mod smoothing;

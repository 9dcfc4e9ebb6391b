//! From runs to a published folder, on an invented network.

#![forbid(unsafe_code)]

mod calibration;
mod ensembles;
mod invariants;
mod regions;
mod reports;
mod stores;
mod synthetic;

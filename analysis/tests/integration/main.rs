//! From runs to a published folder, on an invented network.

#![forbid(unsafe_code)]

mod calibration;
mod ensembles;
mod instants;
mod invariants;
mod mutants;
mod networks;
mod regions;
mod reports;
mod stores;
mod synthetic;

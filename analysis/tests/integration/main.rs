//! From runs to a published folder, on an invented network.

#![forbid(unsafe_code)]

mod calibration;
mod ensembles;
mod instants;
mod invariants;
mod networks;
mod reports;
mod stores;
mod synthetic;

//! Attacks on chains and bridges between them, through the event loop.

mod bridges;
mod committees;
mod contract;
mod file;
mod races;
mod scenarios;
mod stand;

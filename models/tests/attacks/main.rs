//! Attacks on chains and bridges between them, through the event loop.

mod bridges;
mod committees;
mod races;
mod scenarios;
mod stand;

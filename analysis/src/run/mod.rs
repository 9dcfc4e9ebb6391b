//! Runs side by side: whole ensembles, single series, and the threads of one run.

pub mod ensemble;
pub mod running;
pub mod stopwatch;
pub mod threads;
pub mod trace;
pub mod world;

//! Runs side by side: whole ensembles, single series, and one run of a world in one piece or in
//! regions with threads of its own.

pub mod ensemble;
pub mod running;
pub mod stopwatch;
pub mod threads;
pub mod trace;
pub mod world;

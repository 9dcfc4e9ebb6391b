//! Laws that several layers draw from and statistics that several layers take: the ground between
//! the random streams of the engine and what a layer means by them.
//!
//! [`failure`] has the laws of life and the clock of a population, [`draw`] how long something
//! takes, [`renewal`] the gaps and sizes of queueing theory, [`arrivals`] the next arrival at a
//! rate that may change, [`price`] random paths of prices. [`sketch`] has quantiles of many
//! durations, [`concentration`] how unevenly something is held, [`fixed`] fixed-point numbers.

pub mod arrivals;
pub mod concentration;
pub mod draw;
pub mod failure;
pub mod fixed;
pub mod price;
pub mod renewal;
pub mod sketch;

//! Stations against theory and on their promises.

mod machines;
mod stations;

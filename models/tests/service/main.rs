//! Stations against theory and on their promises.

mod hidden_state;
mod machines;
mod stations;

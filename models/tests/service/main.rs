//! Stations against theory and on their promises.

mod stations;

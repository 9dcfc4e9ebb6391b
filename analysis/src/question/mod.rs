//! What is asked of many runs or of several results: what decides, what changed, what fits.

pub mod backtest;
pub mod calibrate;
pub mod compare;
pub mod review;
pub mod sensitivity;

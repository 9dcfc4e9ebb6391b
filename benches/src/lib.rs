//! Measurements of the clockwork. Each compares programs in one process, in turns, because the
//! speed of a shared machine changes from minute to minute.
#![forbid(unsafe_code)]

pub mod clock;
pub mod fleet;
pub mod measure;
pub mod phold;
pub mod workload;

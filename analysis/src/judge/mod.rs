//! Judgement: of a run while it goes on, of all runs together, against accepted numbers, and as CI
//! systems read it.

pub mod baseline;
pub mod ci;
pub mod limit;
pub mod mutants;
pub mod rows;
pub mod verdict;

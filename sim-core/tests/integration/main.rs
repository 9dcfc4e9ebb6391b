//! The clockwork from outside: one binary, a module per behaviour.

mod engine;
mod queue;
mod reference;
mod snapshot;
mod watchdogs;

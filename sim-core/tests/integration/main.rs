//! The clockwork from outside: one binary, a module per behaviour.

mod amount;
mod distribution;
mod ledger;
mod engine;
mod queue;
mod random;
mod reference;
mod snapshot;
mod watchdogs;

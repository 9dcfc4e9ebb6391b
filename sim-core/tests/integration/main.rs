//! The clockwork from outside: one binary, a module per behaviour.

mod amount;
mod cut;
mod distribution;
mod engine;
mod ledger;
mod ledgers;
mod queue;
mod random;
mod reference;
mod regions;
mod snapshot;
mod watchdogs;

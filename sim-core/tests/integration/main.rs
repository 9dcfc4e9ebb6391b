//! The clockwork from outside: one binary, a module per behaviour.

mod queue;
mod reference;

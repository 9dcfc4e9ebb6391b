//! The house rules that a compiler does not hold, read from the text of the sources: every test is
//! run, no file is dead, nothing is half added, imports go one way, functions fit a screen, names
//! follow a scheme.
//!
//! `cargo test --release --workspace --test tidy -- --nocapture` also shows who uses whom.
//! What breaks a rule today stands in a list of exceptions with its reason; a test says when one
//! is needed no more. `canary.rs` shows each check a bad example, which it must find.

mod arrows;
mod canary;
mod dead;
mod forgotten;
mod names;
mod size;
mod source;
mod targets;

//! Primitives of a token economy: each one file, pure or over the accounts of a
//! [`Ledgers`](pinwheel_core::Ledgers), with its source, its rounding rule and its invariants.
//!
//! | primitive | is |
//! |---|---|
//! | [`period`] | the time between two settlements; brings what is said per day to it |
//! | [`calendar`] | when something is due again and again: every hour, every month |
//! | [`schedule`] | how many tokens are new, and when |
//! | [`remint`] | burned tokens that are issued again, smoothed and up to a cap |
//! | [`demand`] | how many dollars customers spend in each period |
//! | [`exchange`] | a pool of two tokens that trades at its own price |
//! | [`quote`] | a price that the network's trades do not move |
//! | [`bond`] | tokens that each node locks while it takes part |
//! | [`operators`] | who runs nodes: capacity, cost, exit after losses, entry where it pays |
//! | [`lock`] | tokens that are bound until a cliff and then free part by part |
//! | [`vesting`] | tokens that are locked again and again, each amount free after a wait |
//! | [`share`] | a part of an amount |
//! | [`split`] | an amount handed to several receivers by their shares |
//!
//! A primitive knows no network, no scenario and no other primitive than [`period`], [`calendar`]
//! and [`share`]. Which of them a network has, and in what order money moves through them, is said
//! by the network (`networks/generic` reads both from a scenario).
//!
//! Invariants: money is integers, and every result is rounded down to a base unit at one named
//! place; nothing here creates or destroys money but through a posting of the ledgers.

pub mod bond;
pub mod calendar;
pub mod demand;
pub mod exchange;
pub mod lock;
pub mod operators;
pub mod period;
pub mod quote;
pub mod remint;
pub mod schedule;
mod serving;
pub mod share;
pub mod split;
pub mod vesting;

/// Most receivers of one split.
pub const RECEIVERS_MAX: usize = 8;

#![deny(missing_docs, clippy::missing_errors_doc, clippy::missing_panics_doc)]
//! What a DePIN is made of: the layers of the field, each a folder, and the networks built on them.
//!
//! From the ground up, each using only those before it:
//!
//! - [`input`], [`describe`] and [`laws`]: reading typed values, what a part says of itself, and
//!   mathematics that several parts use;
//! - [`part`]: what all parts have in common, with signals and devices; [`policy`]: the decisions
//!   that layers leave to it, made from telemetry alone;
//! - the layers: [`infrastructure`], [`service`], [`connection`], [`blockchain`], [`data`];
//! - [`economy`]: primitives of a token economy, over exact ledgers;
//! - [`networks`]: one folder for each kind of network;
//! - [`review`]: the metrics of a token-economy review; [`change`]: levers that are set to another
//!   value at an instant;
//! - [`registry`]: the list of all parts; [`world`]: the parts of a scenario as one model;
//!   [`scenario`]: from a file to a validated experiment.

pub mod blockchain;
pub mod change;
pub mod connection;
pub mod data;
pub mod describe;
pub mod economy;
pub mod infrastructure;
pub mod input;
pub mod laws;
pub mod networks;
pub mod part;
pub mod policy;
pub mod registry;
pub mod review;
pub mod scenario;
pub mod service;
pub mod world;

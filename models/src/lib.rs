#![deny(missing_docs)]
//! What a DePIN is made of: the layers of the field, each a folder, and the networks built on them.
//!
//! From the ground up: [`input`], [`describe`], [`laws`] and [`part`] know no part; [`policy`]
//! has the decisions that layers leave to it, made from telemetry alone; the layers
//! ([`infrastructure`], [`service`], [`connection`], [`blockchain`], [`data`]) stand on them,
//! [`networks`] on the layers, [`review`] on what parts say of themselves; [`change`] moves their
//! levers; [`registry`]
//! lists all parts, [`world`] runs them together, and [`scenario`] is the roof.

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

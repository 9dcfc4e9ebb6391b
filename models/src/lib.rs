//! What a DePIN is made of: the layers of the field, each a folder, and the networks built on them.

pub mod blockchain;
pub mod card;
pub mod connection;
pub mod data;
pub mod economy;
pub mod infrastructure;
pub mod metric;
pub mod networks;
pub mod parameter;
pub mod review;
pub mod scenario;
pub mod service;
pub mod sketch;
pub mod theory;
pub mod world;

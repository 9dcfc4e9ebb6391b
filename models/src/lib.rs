//! What a DePIN is made of: the layers of the field, each a folder, and the networks built on them.

pub mod blockchain;
pub mod infrastructure;
pub mod networks;
pub mod parameter;
pub mod scenario;
pub mod theory;
pub mod world;

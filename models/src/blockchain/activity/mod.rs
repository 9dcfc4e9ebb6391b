//! Who uses a chain, and for what: each activity sends transactions and watches what becomes of them.

pub mod load;

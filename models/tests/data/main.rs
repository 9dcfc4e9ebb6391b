//! The data layer: objects on nodes, their losses, and what is known of them in theory.

mod capacity;
mod devices;
mod integrity;
mod layer;
mod scenarios;
mod splitting;
mod store;

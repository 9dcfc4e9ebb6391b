//! What a reader knows of the nodes that hold an object.

use super::queues::QueueLengths;

/// The replicas of one object.
#[derive(Copy, Clone, Debug)]
pub struct Replicas<'a> {
    /// Nodes that hold the object, at least one, in the order of its placement.
    pub nodes: &'a [u32],
    /// The lengths of the queues of all nodes as last reported, by the number of the node.
    pub queues: &'a QueueLengths,
}

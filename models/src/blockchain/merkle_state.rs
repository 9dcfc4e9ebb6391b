//! A vector that knows its Merkle root: only the cells changed since the last root are hashed.

use serde::{Deserialize, Serialize};

use super::hash::{CELL, Hash, Merkle, digest};

/// Numbered values of one kind, all part of the state root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerkleState<T> {
    values: Vec<T>,
    changed: Vec<u32>,
    tree: Merkle,
}

impl<T> Default for MerkleState<T> {
    fn default() -> Self {
        MerkleState { values: Vec::new(), changed: Vec::new(), tree: Merkle::default() }
    }
}

impl<T: Serialize> MerkleState<T> {
    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }
    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
    /// A cell, to read.
    pub fn get(&self, cell: usize) -> Option<&T> {
        self.values.get(cell)
    }
    /// A cell that is about to change.
    pub fn get_mut(&mut self, cell: usize) -> Option<&mut T> {
        let value = self.values.get_mut(cell)?;
        self.changed.push(cell as u32);
        Some(value)
    }
    /// Adds a cell and returns its number.
    pub fn push(&mut self, value: T) -> usize {
        self.changed.push(self.values.len() as u32);
        self.values.push(value);
        self.values.len() - 1
    }
    /// All cells, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.values.iter()
    }
    /// The root over the cells as they are now.
    pub fn root(&mut self) -> Hash {
        self.root_by(|_, value| digest(CELL, value))
    }
    /// The root with leaves that hold more than the cell itself.
    pub fn root_by(&mut self, leaf: impl Fn(usize, &T) -> Hash) -> Hash {
        self.changed.sort_unstable();
        self.changed.dedup();
        for cell in self.changed.drain(..) {
            let cell = cell as usize;
            self.tree.set(cell, leaf(cell, &self.values[cell]));
        }
        self.tree.root()
    }
}

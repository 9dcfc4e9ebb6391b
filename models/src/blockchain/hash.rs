//! Hashes of the chain: BLAKE3 over a domain byte and the value's postcard encoding, and a binary
//! Merkle tree that is kept up to date as its leaves change.
//!
//! The tree: a node is the keyed hash of its two children, one compression; a node without a
//! sibling moves up unchanged. Leaves are hashed without the key, so that no leaf can pass for a
//! node.

use serde::{Deserialize, Serialize};

/// A BLAKE3 hash.
pub type Hash = [u8; 32];

/// What is hashed, so that values of two kinds never share a hash.
pub const CELL: u8 = 1;
/// Tag of a transaction.
pub const TRANSACTION: u8 = 2;
/// Tag of a receipt.
pub const RECEIPT: u8 = 3;
/// Tag of the header of a block.
pub const HEADER: u8 = 4;
/// Tag of a root of the state.
pub const STATE: u8 = 5;
/// Tag of a proof of a broken rule.
pub const EVIDENCE: u8 = 6;

/// Key of the hash of a node.
const NODE_KEY: Hash = *b"pinwheel blockchain merkle node ";
/// Longest encoding of a hashed value; all of them are fixed in size and far below it.
const ENCODED_BYTES_MAX: usize = 512;

/// The hash of a small value under its domain.
///
/// # Panics
///
/// If the encoding of the value is longer than 511 bytes.
pub fn digest<T: Serialize>(domain: u8, value: &T) -> Hash {
    let mut bytes = [0; ENCODED_BYTES_MAX];
    bytes[0] = domain;
    let used = postcard::to_slice(value, &mut bytes[1..]).expect("hashed values are small").len();
    *blake3::hash(&bytes[..=used]).as_bytes()
}

/// The hash of two child nodes.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [0; 64];
    bytes[..32].copy_from_slice(left);
    bytes[32..].copy_from_slice(right);
    *blake3::keyed_hash(&NODE_KEY, &bytes).as_bytes()
}

/// The Merkle root of a list of leaves; all zeros for none.
pub fn root(leaves: impl IntoIterator<Item = Hash>) -> Hash {
    let mut level: Vec<Hash> = leaves.into_iter().collect();
    while level.len() > 1 {
        level = level.chunks(2).map(parent).collect();
    }
    level.first().copied().unwrap_or_default()
}

fn parent(children: &[Hash]) -> Hash {
    match children {
        [left, right] => node(left, right),
        alone => alone[0],
    }
}

/// A Merkle tree over numbered cells, of which only what changed is hashed again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merkle {
    /// Leaves first, the root last.
    levels: Vec<Vec<Hash>>,
    dirty: Vec<u32>,
}

impl Merkle {
    /// Sets a cell; cells in between that were never set are zero.
    pub fn set(&mut self, cell: usize, leaf: Hash) {
        if self.levels.is_empty() {
            self.levels.push(Vec::new());
        }
        let leaves = &mut self.levels[0];
        while leaves.len() <= cell {
            self.dirty.push(leaves.len() as u32);
            leaves.push(Hash::default());
        }
        leaves[cell] = leaf;
        self.dirty.push(cell as u32);
    }

    /// The root after all changes; all zeros without cells.
    pub fn root(&mut self) -> Hash {
        let mut dirty = std::mem::take(&mut self.dirty);
        let mut level = 0;
        while self.levels.get(level).is_some_and(|nodes| nodes.len() > 1) {
            if level + 1 == self.levels.len() {
                self.levels.push(Vec::new());
            }
            let (below, above) = self.levels.split_at_mut(level + 1);
            let (nodes, parents) = (&below[level], &mut above[0]);
            parents.resize(nodes.len().div_ceil(2), Hash::default());
            dirty.sort_unstable();
            dirty.dedup();
            for place in &mut dirty {
                *place /= 2;
                let first = *place as usize * 2;
                parents[*place as usize] = parent(&nodes[first..nodes.len().min(first + 2)]);
            }
            level += 1;
        }
        dirty.clear();
        self.dirty = dirty;
        self.levels.last().and_then(|top| top.first()).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_kept_up_to_date_has_the_root_of_its_leaves() {
        let mut tree = Merkle::default();
        let mut leaves: Vec<Hash> = Vec::new();
        assert_eq!(tree.root(), Hash::default());
        for step in 0u64..300 {
            let cell = (step * step % 61) as usize;
            let leaf = digest(CELL, &step);
            if leaves.len() <= cell {
                leaves.resize(cell + 1, Hash::default());
            }
            leaves[cell] = leaf;
            tree.set(cell, leaf);
            if step % 3 == 0 {
                assert_eq!(tree.root(), root(leaves.iter().copied()), "after step {step}");
            }
        }
    }

    #[test]
    fn a_leaf_does_not_pass_for_a_node() {
        let (a, b) = (digest(CELL, &1u8), digest(CELL, &2u8));
        assert_ne!(digest(CELL, &(a, b)), node(&a, &b));
        assert_ne!(root([a, b]), root([b, a]));
        assert_ne!(root([a, b]), root([a, b, b]));
    }
}

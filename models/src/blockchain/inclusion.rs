//! Proof that a leaf is in a Merkle tree of `hash.rs`, as a light client checks it.

use serde::{Deserialize, Serialize};

use super::hash::{Hash, node, root};

/// A sibling on the way from a leaf to the root.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// It stands on the left.
    Left(Hash),
    /// It stands on the right.
    Right(Hash),
}

/// The siblings of a leaf, from the bottom up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// The way from the leaf at `place` to the root over all `leaves`.
    pub fn of(leaves: &[Hash], place: usize) -> Self {
        let (mut level, mut place, mut steps) = (leaves.to_vec(), place, vec![]);
        while level.len() > 1 {
            let sibling = level.get(place ^ 1).copied();
            steps.extend(sibling.map(if place % 2 == 1 { Step::Left } else { Step::Right }));
            level = level.chunks(2).map(|pair| root(pair.iter().copied())).collect();
            place /= 2;
        }
        Path(steps)
    }

    /// The root that this leaf has if the path is right.
    pub fn root(&self, leaf: Hash) -> Hash {
        self.0.iter().fold(leaf, |hash, step| match step {
            Step::Left(left) => node(left, &hash),
            Step::Right(right) => node(&hash, right),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::hash::{CELL, digest};
    use super::*;

    #[test]
    fn every_leaf_has_a_path_and_no_other_leaf_fits_it() {
        for count in 1..=33usize {
            let leaves: Vec<Hash> = (0..count as u64).map(|leaf| digest(CELL, &leaf)).collect();
            let whole = root(leaves.iter().copied());
            for (place, leaf) in leaves.iter().enumerate() {
                let path = Path::of(&leaves, place);
                assert_eq!(path.root(*leaf), whole, "leaf {place} of {count}");
                let other = digest(CELL, &(count as u64 + 7));
                assert_ne!(path.root(other), whole, "a foreign leaf at {place} of {count}");
            }
        }
    }

    #[test]
    fn a_changed_sibling_or_side_is_seen() {
        let leaves: Vec<Hash> = (0..8u64).map(|leaf| digest(CELL, &leaf)).collect();
        let (whole, path) = (root(leaves.iter().copied()), Path::of(&leaves, 5));
        for place in 0..path.0.len() {
            let mut changed = path.clone();
            changed.0[place] = match path.0[place] {
                Step::Left(hash) => Step::Right(hash),
                Step::Right(hash) => Step::Left(hash),
            };
            assert_ne!(changed.root(leaves[5]), whole);
            changed.0[place] = Step::Left(leaves[0]);
            assert_ne!(changed.root(leaves[5]), whole);
        }
    }
}

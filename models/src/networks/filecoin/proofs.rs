//! Real proofs of storage on small sectors: what `proofs = "sampled"` and `"real"` run.
//!
//! - [`Prover`]: vanilla WindowPoSt of 2 KiB sectors with Filecoin's own prover and verifier
//!   (`FallbackPoSt` of storage-proofs-post 19.1, ten challenges a sector as on mainnet's
//!   `WINDOW_POST_CHALLENGE_COUNT`): Merkle paths in the Poseidon oct tree of each replica, bound
//!   by `comm_r = H(comm_c, comm_r_last)` to what was committed on chain.
//! - [`Archive`]: inclusion in a binary SHA-256 tree, the shape of Filecoin's proof of data
//!   possession (PDP).
//!
//! The prover's loop over challenges is ours, because the crate's reads trees cached on disk; the
//! challenges, the paths and the whole verifier are the crates', and a test shows that both provers
//! give the same proof.
//!
//! Left out: sealing (a replica is random data, `comm_c` a random element in the place of the
//! commitment to its labels) and the SNARK over the vanilla proof. Everything is in memory and
//! depends on the seed alone; nothing is read or written.
//!
//! A provider who lost data can only prove what is left: [`Prover::corrupt`] changes the replica
//! and its tree but not the commitment, so an honest attempt is refused by the real verifier.

use std::collections::BTreeSet;
use std::sync::Arc;

use filecoin_hashers::poseidon::{PoseidonDomain, PoseidonHasher};
use filecoin_hashers::sha256::{Sha256Domain, Sha256Hasher};
use filecoin_hashers::{Domain, HashFunction, Hasher, PoseidonBinaryArity, PoseidonOctArity};
use merkletree::store::VecStore;
use pinwheel_core::{Stream, Streams};
use serde::{Deserialize, Serialize};
use storage_proofs_core::api_version::ApiVersion;
use storage_proofs_core::merkle::{
    MerkleProof, MerkleProofTrait, MerkleTreeTrait, MerkleTreeWrapper,
};
use storage_proofs_core::proof::ProofScheme;
use storage_proofs_post::fallback::{
    self, FallbackPoSt, PublicInputs, PublicParams, PublicSector, SectorProof,
};

/// Size of a real sector: the smallest that the proofs crates have parameters for.
pub const SECTOR_BYTES: usize = 2_048;
const NODE_BYTES: usize = 32;
/// Challenges of one sector in one WindowPoSt (rust-fil-proofs, `WINDOW_POST_CHALLENGE_COUNT`).
const CHALLENGES_PER_SECTOR: usize = 10;
/// Sectors of one prover: those of one partition of 32 GiB sectors on mainnet.
pub const SECTORS_MAX: usize = 2_349;

type ReplicaTree = MerkleTreeWrapper<PoseidonHasher, VecStore<PoseidonDomain>, PoseidonOctArity>;
type ReplicaPath = <ReplicaTree as MerkleTreeTrait>::Proof;
type WindowPost<'a> = FallbackPoSt<'a, ReplicaTree>;
type ArchiveTree = MerkleTreeWrapper<Sha256Hasher, VecStore<Sha256Domain>, PoseidonBinaryArity>;

/// The vanilla proof of one partition.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proof {
    partition: fallback::Proof<ReplicaPath>,
}

/// One provider's replicas, and what the chain knows of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "Recipe", from = "Recipe")]
pub struct Prover {
    recipe: Recipe,
    replicas: Vec<Replica>,
    /// `comm_r` of each sector as committed when it was sealed.
    committed: Vec<PoseidonDomain>,
}

/// Everything a [`Prover`] follows from: its form in a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Recipe {
    seed: u64,
    sectors: u32,
    corrupted: BTreeSet<u32>,
}

#[derive(Clone, Debug)]
struct Replica {
    nodes: Vec<PoseidonDomain>,
    tree: Arc<ReplicaTree>,
    comm_c: PoseidonDomain,
}

impl Replica {
    fn new(mut stream: Stream) -> Self {
        let comm_c = element(&mut stream);
        let nodes: Vec<PoseidonDomain> =
            (0..SECTOR_BYTES / NODE_BYTES).map(|_| element(&mut stream)).collect();
        Replica { tree: replica_tree(&nodes), nodes, comm_c }
    }
    fn comm_r(&self) -> PoseidonDomain {
        <PoseidonHasher as Hasher>::Function::hash2(&self.comm_c, &self.tree.root())
    }
}

impl Prover {
    /// A provider with this many sectors, sealed and committed.
    ///
    /// # Panics
    ///
    /// If there is no sector, or there are more than [`SECTORS_MAX`].
    pub fn new(seed: u64, sectors: usize) -> Self {
        assert!((1..=SECTORS_MAX).contains(&sectors), "{sectors} sectors, not 1 to {SECTORS_MAX}");
        let recipe = Recipe { seed, sectors: sectors as u32, corrupted: BTreeSet::new() };
        let streams = Streams::new(seed, 0);
        let replicas: Vec<Replica> = (0..recipe.sectors)
            .map(|sector| Replica::new(streams.stream(sector, "filecoin.proofs.replica")))
            .collect();
        let committed = replicas.iter().map(Replica::comm_r).collect();
        Prover { recipe, replicas, committed }
    }

    /// Sectors that it has sealed.
    pub fn sectors(&self) -> usize {
        self.replicas.len()
    }

    /// Flips a byte of a replica; a second time leaves it as it is.
    pub fn corrupt(&mut self, sector: usize) {
        if !self.recipe.corrupted.insert(sector as u32) {
            return;
        }
        let replica = &mut self.replicas[sector];
        let mut bytes = replica.nodes[0].into_bytes();
        bytes[0] ^= 0xff;
        replica.nodes[0] = decode(&bytes);
        replica.tree = replica_tree(&replica.nodes);
    }

    /// Proves the replicas as they are now, at the challenges of this epoch.
    ///
    /// # Panics
    ///
    /// If a challenged leaf is not in the tree of its replica: a fault of the model.
    pub fn prove(&self, challenge_epoch: u64) -> Proof {
        let params = self.public_params();
        let randomness = self.randomness(challenge_epoch);
        let sectors = self.replicas.iter().enumerate().map(|(id, replica)| {
            let challenges = fallback::generate_leaf_challenges(
                &params,
                randomness,
                id as u64,
                CHALLENGES_PER_SECTOR,
            );
            let path = |leaf| replica.tree.gen_proof(leaf).expect("the leaf is in the tree");
            SectorProof {
                inclusion_proofs: challenges.into_iter().map(|leaf| path(leaf as usize)).collect(),
                comm_c: replica.comm_c,
                comm_r_last: replica.tree.root(),
            }
        });
        Proof { partition: fallback::Proof { sectors: sectors.collect() } }
    }

    /// What the chain does: the real verifier, against what was committed.
    pub fn verify(&self, challenge_epoch: u64, proof: &Proof) -> bool {
        let inputs = self.public_inputs(challenge_epoch);
        // An error is a proof of the wrong shape, which the chain refuses as well.
        WindowPost::verify(&self.public_params(), &inputs, &proof.partition).unwrap_or(false)
    }

    fn public_params(&self) -> PublicParams {
        PublicParams {
            sector_size: SECTOR_BYTES as u64,
            challenge_count: CHALLENGES_PER_SECTOR,
            sector_count: self.replicas.len(),
            api_version: ApiVersion::V1_2_0,
        }
    }

    fn public_inputs(&self, challenge_epoch: u64) -> PublicInputs<PoseidonDomain> {
        let comm_rs = self.committed.iter().enumerate();
        PublicInputs {
            randomness: self.randomness(challenge_epoch),
            prover_id: element(&mut self.streams().stream(0, "filecoin.proofs.prover")),
            sectors: comm_rs
                .map(|(id, comm_r)| PublicSector { id: (id as u64).into(), comm_r: *comm_r })
                .collect(),
            k: Some(0),
        }
    }

    /// Of an epoch; the chain takes it from drand.
    fn randomness(&self, challenge_epoch: u64) -> PoseidonDomain {
        element(&mut self.streams().indexed(0, "filecoin.proofs.beacon", challenge_epoch))
    }

    fn streams(&self) -> Streams {
        Streams::new(self.recipe.seed, 0)
    }
}

impl From<Prover> for Recipe {
    fn from(prover: Prover) -> Recipe {
        prover.recipe
    }
}
impl From<Recipe> for Prover {
    fn from(recipe: Recipe) -> Prover {
        let mut prover = Prover::new(recipe.seed, recipe.sectors as usize);
        for sector in recipe.corrupted {
            prover.corrupt(sector as usize);
        }
        prover
    }
}

/// Data kept whole and proven leaf by leaf.
#[derive(Debug)]
pub struct Archive {
    tree: ArchiveTree,
}

/// That one leaf is in the tree of a root.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inclusion {
    path: MerkleProof<Sha256Hasher, PoseidonBinaryArity>,
}

/// The root of an [`Archive`], as the contract knows it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root(Sha256Domain);

impl Archive {
    /// Data cut into leaves of 32 bytes; their number must be a power of two of at least 2.
    ///
    /// # Panics
    ///
    /// If the number of leaves is not a power of two of at least 2.
    pub fn new(leaves: &[[u8; NODE_BYTES]]) -> Self {
        assert!(leaves.len() >= 2 && leaves.len().is_power_of_two(), "2, 4, 8, ... leaves");
        let nodes = leaves.iter().map(|leaf| Ok(Sha256Domain(*leaf)));
        let tree = ArchiveTree::try_from_iter(nodes).expect("a tree in memory of valid size");
        Archive { tree }
    }
    /// What the archive commits to.
    pub fn root(&self) -> Root {
        Root(self.tree.root())
    }
    /// The proof that a leaf is in it.
    ///
    /// # Panics
    ///
    /// If there is no leaf of this number.
    pub fn prove(&self, leaf: usize) -> Inclusion {
        Inclusion { path: self.tree.gen_proof(leaf).expect("the leaf is in the tree") }
    }
}

impl Root {
    /// Whether the proof shows the challenged leaf under this root.
    pub fn verify(self, leaf: usize, proof: &Inclusion) -> bool {
        proof.path.root() == self.0 && proof.path.validate(leaf)
    }
}

/// A random element of the scalar field: 254 bits are always below its order.
fn element(stream: &mut Stream) -> PoseidonDomain {
    let mut bytes = [0; NODE_BYTES];
    for word in bytes.chunks_exact_mut(8) {
        word.copy_from_slice(&stream.next_u64().to_le_bytes());
    }
    bytes[NODE_BYTES - 1] &= 0x3f;
    decode(&bytes)
}

fn decode(bytes: &[u8]) -> PoseidonDomain {
    PoseidonDomain::try_from_bytes(bytes).expect("254 bits are an element of the field")
}

fn replica_tree(nodes: &[PoseidonDomain]) -> Arc<ReplicaTree> {
    let tree = ReplicaTree::try_from_iter(nodes.iter().copied().map(Ok));
    Arc::new(tree.expect("64 leaves make an oct tree"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use storage_proofs_core::merkle::DiskStore;
    use storage_proofs_post::fallback::{PrivateInputs, PrivateSector};

    /// The same trees in unlinked temporary files, as the crate's own prover wants them.
    type DiskTree = MerkleTreeWrapper<PoseidonHasher, DiskStore<PoseidonDomain>, PoseidonOctArity>;

    #[test]
    fn the_proof_is_that_of_the_crate_s_own_prover() {
        let prover = Prover::new(11, 3);
        let on_disk = |replica: &Replica| {
            DiskTree::try_from_iter(replica.nodes.iter().copied().map(Ok)).unwrap()
        };
        let trees: Vec<DiskTree> = prover.replicas.iter().map(on_disk).collect();
        let sectors: Vec<PrivateSector<'_, DiskTree>> = trees
            .iter()
            .zip(&prover.replicas)
            .map(|(tree, replica)| PrivateSector {
                tree,
                comm_c: replica.comm_c,
                comm_r_last: tree.root(),
            })
            .collect();
        for epoch in [0, 1, 60] {
            let reference = FallbackPoSt::<DiskTree>::prove(
                &prover.public_params(),
                &prover.public_inputs(epoch),
                &PrivateInputs { sectors: &sectors },
            )
            .unwrap();
            let (ours, theirs) =
                (serde_json::to_vec(&prover.prove(epoch)).unwrap(), serde_json::to_vec(&reference));
            let ours = String::from_utf8(ours).unwrap();
            let theirs = String::from_utf8(theirs.unwrap()).unwrap();
            assert_eq!(ours, format!("{{\"partition\":{theirs}}}"));
        }
    }
}

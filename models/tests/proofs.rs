//! The real prover and verifier of Filecoin on 2 KiB sectors.

use filecoin_hashers::sha256::Sha256Hasher;
use filecoin_hashers::{Domain, HashFunction, Hasher};
use pinwheel_models::networks::filecoin::proofs::{Archive, Prover};

const EPOCH: u64 = 2_880;

fn digest(value: &impl serde::Serialize) -> String {
    let bytes = serde_json::to_vec(value).unwrap();
    let hash = <Sha256Hasher as Hasher>::Function::hash(&bytes).into_bytes();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn an_honest_proof_is_accepted_for_its_own_challenge_only() {
    let prover = Prover::new(7, 2);
    let proof = prover.prove(EPOCH);
    assert!(prover.verify(EPOCH, &proof));
    assert!(!prover.verify(EPOCH + 1, &proof));
    assert!(!Prover::new(8, 2).verify(EPOCH, &proof), "another provider's sectors");
    assert!(!Prover::new(7, 1).verify(EPOCH, &proof), "another number of sectors");
}

#[test]
fn a_corrupted_replica_is_refused_by_the_real_verifier() {
    let mut prover = Prover::new(7, 2);
    let before = prover.prove(EPOCH);
    prover.corrupt(1);
    for epoch in EPOCH..EPOCH + 20 {
        assert!(!prover.verify(epoch, &prover.prove(epoch)));
    }
    assert!(prover.verify(EPOCH, &before), "the commitment has not changed");
}

#[test]
fn proofs_are_the_same_in_every_process() {
    let proof = Prover::new(7, 2).prove(EPOCH);
    assert_eq!(digest(&proof), "1bdebbcd9025b6c27d58a5f51ed6e868141131a34808e13c6475dabe44c62c2e");
}

#[test]
fn a_prover_comes_back_from_a_snapshot() {
    let mut prover = Prover::new(3, 3);
    prover.corrupt(0);
    let text = serde_json::to_string(&prover).unwrap();
    let restored: Prover = serde_json::from_str(&text).unwrap();
    assert_eq!(digest(&restored.prove(EPOCH)), digest(&prover.prove(EPOCH)));
    assert!(!restored.verify(EPOCH, &restored.prove(EPOCH)));
}

#[test]
fn inclusion_holds_for_the_challenged_leaf_and_the_committed_root_only() {
    let mut leaves: Vec<[u8; 32]> = (0..64u8).map(|n| [n; 32]).collect();
    let archive = Archive::new(&leaves);
    let root = archive.root();
    for leaf in 0..64 {
        let proof = archive.prove(leaf);
        assert!(root.verify(leaf, &proof));
        assert!(!root.verify(leaf ^ 1, &proof));
    }
    leaves[5][0] ^= 1;
    let damaged = Archive::new(&leaves);
    assert_ne!(damaged.root(), root);
    assert!(!root.verify(5, &damaged.prove(5)));
    assert!(!root.verify(40, &damaged.prove(40)), "its path no longer leads to the root");
}

#[test]
fn inclusion_is_plain_sha256() {
    let archive = Archive::new(&[[1; 32], [2; 32]]);
    let mut pair = [1; 64];
    pair[32..].fill(2);
    // Nodes fit the scalar field: the two highest bits are cleared (multihash 0x1012,
    // sha2-256-trunc254-padded).
    let mut expected = <Sha256Hasher as Hasher>::Function::hash(&pair).into_bytes();
    expected[31] &= 0x3f;
    let text = serde_json::to_value(archive.root()).unwrap();
    assert_eq!(text, serde_json::json!(expected));
}

//! Real proofs inside a run: which deadlines are proven and verified by the protocol's own code,
//! and what the verdict of the real verifier does to the provider.
//!
//! A provider's replicas are two real sectors of 2 KiB ([`super::proofs`]). When the provider loses
//! data, one of them is corrupted; from then on the real verifier refuses its proofs until the lost
//! sectors have left the chain. The refusal, not the model's knowledge of the loss, makes the
//! sectors faulty.

use std::collections::BTreeMap;

use pinwheel_core::{Purpose, Streams};
use serde::{Deserialize, Serialize};

use super::proofs::Prover;
use super::settings::ProofFidelity;

/// Names of random streams drawn from in the hot path.
const PROOF_SAMPLE: Purpose = Purpose::new("filecoin proof sample");

/// Sectors of one provider that are really proven.
const SECTORS: usize = 2;

/// The real provers of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Audit {
    fidelity: ProofFidelity,
    /// Share of deadlines that `sampled` proves for real.
    sample_share: f64,
    provers: BTreeMap<u32, Held>,
    /// Real proofs that the verifier accepted.
    pub verified: u64,
    /// Real proofs that the verifier refused.
    pub refused: u64,
    /// Proofs of providers that had lost data, and those of them the verifier accepted.
    pub false_claims: u64,
    /// Of the proofs over damaged replicas, those that it accepted.
    pub false_passed: u64,
}

/// A provider's replicas, and whether they have been corrupted.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Held {
    prover: Prover,
    corrupted: bool,
}

impl Audit {
    /// No prover yet; how proofs are checked, and which share of the deadlines is sampled.
    pub fn new(fidelity: ProofFidelity, sample_share: f64) -> Self {
        Audit {
            fidelity,
            sample_share,
            provers: BTreeMap::new(),
            verified: 0,
            refused: 0,
            false_claims: 0,
            false_passed: 0,
        }
    }

    /// Changes the share of deadlines that `sampled` proves for real.
    pub fn follow(&mut self, sample_share: f64) {
        self.sample_share = sample_share;
    }

    /// Whether any proof of the run may be real.
    pub fn real(&self) -> bool {
        self.fidelity != ProofFidelity::Modelled
    }

    /// Whether this deadline is proven for real.
    pub fn samples(&self, provider: u32, epoch: i64, streams: &Streams) -> bool {
        match self.fidelity {
            ProofFidelity::Modelled => false,
            ProofFidelity::Real => true,
            ProofFidelity::Sampled => {
                let mut draws = streams.indexed(provider, PROOF_SAMPLE, epoch as u64);
                draws.uniform() < self.sample_share
            }
        }
    }

    /// Proves the provider's replicas against the epoch's challenge; true if the verifier accepts.
    pub fn proves(&mut self, provider: u32, epoch: i64, lost_data: bool, seed: u64) -> bool {
        let fresh =
            || Held { prover: Prover::new(seed ^ u64::from(provider), SECTORS), corrupted: false };
        let held = self.provers.entry(provider).or_insert_with(fresh);
        if held.corrupted && !lost_data {
            *held = fresh();
        }
        if lost_data && !held.corrupted {
            held.prover.corrupt(0);
            held.corrupted = true;
        }
        let proof = held.prover.prove(epoch as u64);
        let accepted = held.prover.verify(epoch as u64, &proof);
        self.verified += u64::from(accepted);
        self.refused += u64::from(!accepted);
        self.false_claims += u64::from(lost_data);
        self.false_passed += u64::from(lost_data && accepted);
        accepted
    }
}

//! What chains tell the review: their token's books, the verdicts of attestation, stake taken, and
//! what an attacker who mines spends and gets.
//!
//! Left out: prices, so all that is counted in USD but the attack, whose money is in USD already.

use pinwheel_core::Holding;

use super::consensus::Consensus;
use super::{Blockchain, ChainInstance};
use crate::describe::review::Source;
use crate::describe::review::{Attack, Inputs, Penalties, Proof, Supply};
use crate::input::amount::TOKEN_DECIMALS;

/// What chains give; everything else needs prices, operators or a maximum.
pub const SOURCE: Source = Source {
    gives: &[
        "conservation_residual",
        "net_inflation",
        "burn_to_mint",
        "corruption_cost_ratio",
        "proof_false_pass",
        "proof_false_fail",
        "slashed_rate",
        "honest_loss_share",
    ],
    lacks: &[],
};

impl Blockchain {
    /// What the review asks for: each chain by its id, and the attack.
    pub fn review(&self) -> Vec<Inputs> {
        let race = self.attacks.as_ref().and_then(|attacks| attacks.double_spend.as_ref());
        let attack = race.map(|race| Inputs {
            label: "attack".to_owned(),
            attack: Some(Attack {
                cost: race.cost().0 as f64,
                gain: (race.earned() + race.loss()).0 as f64,
            }),
            ..Inputs::default()
        });
        self.chains.iter().map(ChainInstance::review).chain(attack).collect()
    }
}

impl ChainInstance {
    fn review(&self) -> Inputs {
        let state = self.chain.state();
        let ledger = state.accounts.ledger();
        let verdicts = self.applications.attestation.as_ref().map(|of| (of.lies, of.honest));
        let proof = verdicts.map(|(lies, honest)| Proof {
            false_claims: lies.accepted + lies.rejected,
            false_passed: lies.accepted,
            true_claims: honest.accepted + honest.rejected,
            true_failed: honest.rejected,
        });
        Inputs {
            label: self.id.clone(),
            supply: Some(Supply {
                decimals: TOKEN_DECIMALS,
                issued: ledger.issued(),
                burned: ledger.burned(),
                circulating: ledger.held(Holding::Free),
                maximum: None,
                emission: None,
                residual: ledger.residual(),
            }),
            proof,
            penalties: match &self.consensus {
                Consensus::Stake(_) => {
                    let staking = &state.contracts.staking;
                    Some(Penalties {
                        taken: staking.taken().0.0 as f64,
                        honest: None,
                        collateral: staking.staked(&state.accounts).0 as f64,
                    })
                }
                // Where nothing is at stake, a refused claim is the penalty.
                _ => verdicts.map(|(lies, honest)| Penalties {
                    taken: (lies.rejected + honest.rejected) as f64,
                    honest: Some(honest.rejected as f64),
                    collateral: 0.0,
                }),
            },
            ..Inputs::default()
        }
    }
}

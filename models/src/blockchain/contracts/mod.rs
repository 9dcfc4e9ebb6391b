//! Contracts: built-in, deterministic state machines, called by transactions and run once a block,
//! with every step paid for in gas.
//!
//! A contract first computes what a step costs and whether it may happen, then changes its state: a
//! step that runs out of gas or is refused has changed nothing, so that nothing is ever rolled
//! back.
//!
//! Gas follows Ethereum's schedule where there is one: EIP-2028 (call data), EIP-2929 (storage),
//! yellow paper appendix G (transaction, log, hash).

pub mod anchor;
pub mod attestation;
pub mod bridge;
pub mod dispatch;
pub mod escrow;
pub mod registry;
pub mod staking;

use pinwheel_core::{Amount, SimTime};
use serde::{Deserialize, Serialize};

use super::accounts::Accounts;
use super::hash::Hash;
use super::transaction::Address;
use anchor::Anchor;
use attestation::{Attestation, Verdict};
use bridge::Bridge;
use dispatch::{Dispatch, Progress};
use escrow::Escrow;
use registry::Registry;
use staking::Staking;

/// Every transaction pays this (yellow paper, `G_transaction`).
pub const TRANSACTION_GAS: u64 = 21_000;
/// A storage cell written for the first time, changed, and read (EIP-2929).
pub const CREATE_GAS: u64 = 22_100;
/// Gas for a change of a word of storage that was not zero.
pub const UPDATE_GAS: u64 = 5_000;
/// Gas for reading a word of storage for the first time.
pub const READ_GAS: u64 = 2_100;
/// A byte of call data that is not zero (EIP-2028).
pub const BYTE_GAS: u64 = 16;

/// What a transaction orders.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// Moves money.
    Transfer {
        /// Who gets it.
        to: Address,
        /// How much, in base units.
        amount: Amount,
    },
    /// Nothing but its gas: what other people's contracts cost the chain.
    Work {
        /// How much gas it uses.
        gas: u64,
    },
    /// To the register of devices.
    Registry(registry::Order),
    /// To the contract that judges claims of work.
    Attestation(attestation::Order),
    /// To the contract that carries actions out.
    Dispatch(dispatch::Order),
    /// To the contract that holds prices of deals.
    Escrow(escrow::Order),
    /// To the contract that keeps digests.
    Anchor(anchor::Order),
    /// To the contract of a bridge.
    Bridge(bridge::Order),
}

impl Call {
    /// Money that leaves the sender beside the fee.
    pub fn value(&self) -> Amount {
        match self {
            Call::Transfer { amount, .. }
            | Call::Escrow(escrow::Order::Open { amount, .. })
            | Call::Dispatch(dispatch::Order::Plan { prepaid: amount, .. }) => *amount,
            _ => Amount::ZERO,
        }
    }
    /// The least gas with which it can be included.
    pub fn intrinsic_gas(&self) -> u64 {
        TRANSACTION_GAS
    }
}

/// Why a call changed nothing.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// It needs more gas than was offered.
    OutOfGas,
    /// A rule of the contract forbids it.
    Refused,
}

/// Gas of one transaction or one run of a contract.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Meter {
    limit: u64,
    used: u64,
}

impl Meter {
    /// No gas used of so much.
    pub fn new(limit: u64) -> Self {
        Meter { limit, used: 0 }
    }
    /// Gas used so far.
    pub fn used(&self) -> u64 {
        self.used
    }
    /// Takes this much, or nothing at all.
    ///
    /// # Errors
    ///
    /// [`Failure::OutOfGas`] if less gas is left.
    pub fn charge(&mut self, gas: u64) -> Result<(), Failure> {
        let used = self.used.saturating_add(gas);
        if used > self.limit {
            return Err(Failure::OutOfGas);
        }
        self.used = used;
        Ok(())
    }
    /// What a transaction that ran out of gas pays for.
    pub fn exhaust(&mut self) {
        self.used = self.limit;
    }
}

/// What a contract sees of the block it runs in.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Env {
    /// The chain, by its place in the scenario.
    pub chain: u16,
    /// The number of the block.
    pub number: u64,
    /// When the block was made.
    pub time: SimTime,
    /// Its base fee, in base units a unit of gas.
    pub base_fee: u128,
    /// Who made it.
    pub proposer: Address,
}

/// What a contract tells the world at the end of a block.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// Work was claimed.
    Claimed {
        /// Which claim, by number.
        claim: u32,
        /// Which device, by number.
        device: u32,
        /// Which round.
        round: u32,
    },
    /// A claim was decided.
    Decided {
        /// Which claim, by number.
        claim: u32,
        /// What was decided.
        verdict: Verdict,
        /// Whether the reward was paid.
        paid: bool,
        /// When the block was made.
        time: SimTime,
    },
    /// An action was planned.
    Planned {
        /// Which action, by number.
        action: u32,
        /// Which device, by number.
        device: u32,
    },
    /// An action came to its end.
    Acted {
        /// Which action, by number.
        action: u32,
        /// Which device, by number.
        device: u32,
        /// When it was to be carried out.
        due: SimTime,
        /// How it ended.
        progress: Progress,
        /// When the block was made.
        time: SimTime,
    },
    /// A deal was opened.
    Opened {
        /// Which deal, by number.
        deal: u32,
        /// The number by which the buyer knows it.
        tag: u32,
    },
}

/// All contracts of a chain; those that need terms are there if the scenario gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contracts {
    /// The register of devices.
    pub registry: Registry,
    /// Stakes of validators.
    pub staking: Staking,
    /// Where the chain is one end of a bridge.
    pub bridge: Option<Bridge>,
    /// Digests of readings.
    pub anchor: Anchor,
    /// Claims of work.
    pub attestation: Option<Attestation>,
    /// Actions carried out when due.
    pub dispatch: Option<Dispatch>,
    /// Prices of deals.
    pub escrow: Option<Escrow>,
    /// Of the block being made; none between blocks.
    notices: Vec<Notice>,
}

impl Contracts {
    /// Runs a call; on failure nothing but the gas is gone.
    ///
    /// # Errors
    ///
    /// [`Failure::OutOfGas`] if the gas does not suffice; [`Failure::Refused`] if a rule forbids
    /// the call or the chain does not have the contract.
    pub fn call(
        &mut self,
        call: &Call,
        sender: Address,
        env: &Env,
        accounts: &mut Accounts,
        meter: &mut Meter,
    ) -> Result<(), Failure> {
        let notices = &mut self.notices;
        match call {
            Call::Transfer { to, amount } => {
                accounts.transfer(sender, *to, *amount).map_err(|_| Failure::Refused)
            }
            Call::Work { gas } => meter.charge(*gas),
            Call::Registry(order) => self.registry.call(order, sender, env, meter),
            Call::Bridge(order) => {
                let bridge = self.bridge.as_mut().ok_or(Failure::Refused)?;
                // The sender's nonce has been counted already.
                let nonce = accounts.nonce(sender) - 1;
                bridge.call(order, sender, nonce, env, meter)
            }
            Call::Anchor(order) => self.anchor.call(order, sender, meter),
            Call::Attestation(order) => {
                let contract = self.attestation.as_mut().ok_or(Failure::Refused)?;
                contract.call(order, sender, env, accounts, meter, notices)
            }
            Call::Dispatch(order) => {
                let contract = self.dispatch.as_mut().ok_or(Failure::Refused)?;
                contract.call(order, sender, accounts, meter, notices)
            }
            Call::Escrow(order) => {
                let contract = self.escrow.as_mut().ok_or(Failure::Refused)?;
                contract.call(order, sender, env, accounts, meter, notices)
            }
        }
    }

    /// What contracts do of themselves at the beginning of a block; returns the gas used.
    pub fn tick(&mut self, env: &Env, accounts: &mut Accounts) -> u64 {
        self.notices.clear();
        if let Some(attestation) = &mut self.attestation {
            attestation.tick(env, &mut self.notices);
        }
        match &mut self.dispatch {
            Some(dispatch) => dispatch.tick(env, accounts, &mut self.notices),
            None => 0,
        }
    }

    /// Takes what the contracts had to tell of a block.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    /// One root for each contract, in a fixed order; zeros for those that are not there.
    pub fn roots(&mut self) -> [Hash; 7] {
        [
            self.registry.root(),
            self.staking.root(),
            self.anchor.root(),
            self.attestation.as_mut().map(Attestation::root).unwrap_or_default(),
            self.dispatch.as_mut().map(Dispatch::root).unwrap_or_default(),
            self.escrow.as_mut().map(Escrow::root).unwrap_or_default(),
            self.bridge.as_ref().map(Bridge::root).unwrap_or_default(),
        ]
    }
}

//! The state of a chain and the only ways it changes: a block is opened, transactions are executed.
//! The proposer and whoever checks the chain run this same code.

use pinwheel_core::{Amount, Holding};
use serde::{Deserialize, Serialize};

use super::accounts::Accounts;
use super::block::Evidence;
use super::contracts::{Contracts, Env, Failure, Meter};
use super::fee::FeeRule;
use super::hash::{Hash, STATE, digest};
use super::transaction::{Address, Outcome, Receipt, Rejection, Transaction};

/// Rules of a chain that do not change while it runs.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// The chain, by its place in the scenario.
    pub chain: u16,
    /// How inclusion is priced.
    pub fee: FeeRule,
    /// Gas a block may hold.
    pub gas_limit: u64,
    /// Newly issued to the proposer of each block.
    pub block_reward: Amount,
}

/// Accounts and contracts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What does not change.
    pub rules: Rules,
    /// Who holds what.
    pub accounts: Accounts,
    /// The contracts and their memory.
    pub contracts: Contracts,
}

impl State {
    /// Nobody and nothing.
    pub fn new(rules: Rules) -> Self {
        State { rules, accounts: Accounts::default(), contracts: Contracts::default() }
    }

    /// A new account with money of its own, at the start of a chain.
    pub fn open(&mut self, holding: Holding, balance: Amount) -> Address {
        let address = self.accounts.open(holding);
        self.accounts.mint(address, balance);
        address
    }

    /// What a block does before its transactions: the reward, the evidence, what contracts do of
    /// themselves. Returns the gas this takes of the block.
    pub fn open_block(&mut self, env: &Env, evidence: &[Evidence]) -> u64 {
        if self.rules.block_reward > Amount::ZERO {
            self.accounts.mint(env.proposer, self.rules.block_reward);
        }
        for breach in evidence {
            self.contracts.staking.slash(breach, &mut self.accounts);
        }
        self.contracts.tick(env, &mut self.accounts)
    }

    /// Executes a transaction as number `index` of a block.
    ///
    /// # Errors
    ///
    /// [`Rejection`] if a block must not hold the transaction now; nothing was changed then.
    ///
    /// # Panics
    ///
    /// If the proposer has no account, or the sender cannot pay the fee it was admitted with: the
    /// latter is a fault of the model.
    pub fn execute(
        &mut self,
        transaction: &Transaction,
        env: &Env,
        index: u32,
    ) -> Result<Receipt, Rejection> {
        let price = self.admit(transaction, env)?;
        let Transaction { sender, nonce, gas_limit, call, .. } = *transaction;
        self.accounts.count(sender);
        let mut meter = Meter::new(gas_limit);
        let result = meter
            .charge(call.intrinsic_gas())
            .and_then(|()| self.contracts.call(&call, sender, env, &mut self.accounts, &mut meter));
        let outcome = match result {
            Ok(()) => Outcome::Done,
            Err(Failure::Refused) => Outcome::Refused,
            Err(Failure::OutOfGas) => {
                meter.exhaust();
                Outcome::OutOfGas
            }
        };
        let gas_used = meter.used();
        let units = u128::from(gas_used);
        let burn = self.accounts.burn(sender, Amount(price.burned * units));
        let tip = self.accounts.transfer(sender, env.proposer, Amount(price.tip * units));
        assert!(burn.is_ok() && tip.is_ok(), "the highest fee was covered");
        Ok(Receipt {
            chain: self.rules.chain,
            block: env.number,
            index,
            transaction: transaction.hash(),
            sender,
            nonce,
            outcome,
            gas_used,
            gas_price: price.total(),
            burned_price: price.burned,
            time: env.time,
        })
    }

    /// Whether a block may hold this transaction now, and at which price.
    fn admit(&self, transaction: &Transaction, env: &Env) -> Result<super::fee::Price, Rejection> {
        let Transaction { sender, nonce, gas_limit, fee_max, call, .. } = *transaction;
        if !self.accounts.exists(sender) {
            return Err(Rejection::Sender);
        }
        let expected = self.accounts.nonce(sender);
        if nonce != expected {
            return Err(Rejection::Nonce { expected });
        }
        if !(call.intrinsic_gas()..=self.rules.gas_limit).contains(&gas_limit) {
            return Err(Rejection::GasLimit);
        }
        let price = self.rules.fee.price(transaction, env.base_fee).ok_or(Rejection::Fee)?;
        let most = fee_max.checked_mul(u128::from(gas_limit));
        let most = most.and_then(|fee| fee.checked_add(call.value().0));
        if most.is_none_or(|most| self.accounts.balance(sender).0 < most) {
            return Err(Rejection::Funds);
        }
        Ok(price)
    }

    /// The root of all accounts and contracts.
    pub fn root(&mut self) -> Hash {
        let accounts = self.accounts.root();
        self.contracts.roots().into_iter().fold(accounts, |root, next| digest(STATE, &(root, next)))
    }
}

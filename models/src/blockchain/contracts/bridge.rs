//! A bridge's contract on one of its two chains: it takes value in, and gives it out against a
//! claim of what happened on the other chain.
//!
//! A claim names a transaction of the other chain. With a light client it carries the Merkle path
//! of the transaction's receipt to a header the client knows (ICS-23, ICS-07 of the Interchain
//! Standards); with relayers, the signatures of `k` of them. A transfer that was not received
//! before its deadline is declared expired on the receiving chain, which is final, and only that
//! is refunded on the sending one: it is received or refunded, never both (ICS-20).
//!
//! Value is locked in an escrow and released from it, or burned and minted as a voucher. A pool is
//! an escrow with liquidity of its own on both sides.
//!
//! Claims are longer than a call may be: the call carries their hash, and they lie beside it, paid
//! for by the byte. Signatures are counted, not computed. Left out: the cost of storing old
//! headers.
//!
//! Invariants: a claim is honoured once; the token's books balance.

use std::collections::{BTreeMap, BTreeSet};

use pinwheel_core::{Account, Amount, Holding, Ledger, SimTime};
use serde::{Deserialize, Serialize};

use super::{BYTE_GAS, CREATE_GAS, Call, Env, Failure, Meter, READ_GAS, UPDATE_GAS};
use crate::blockchain::hash::{CELL, Hash, RECEIPT, digest};
use crate::blockchain::inclusion::Path;
use crate::blockchain::transaction::{Address, Outcome, Receipt, Transaction};

/// Gas of checking one signature (yellow paper, appendix E, ECREC).
pub const SIGNATURE_GAS: u64 = 3_000;
/// Gas of hashing two nodes of 32 bytes (yellow paper, `G_keccak256` and two words).
pub const NODE_GAS: u64 = 42;
/// Bytes of a signature in call data.
const SIGNATURE_BYTES: u64 = 65;
/// Bytes of a header, and of a transaction with its receipt, in call data.
const HEADER_BYTES: u64 = 320;
const MESSAGE_BYTES: u64 = 256;
const NODE_BYTES: u64 = 32;
const BASIS_POINTS: u128 = 10_000;

/// What can be asked of a bridge.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// The sender gives value in, for the other chain to give out before the deadline.
    Send {
        /// How much, base units.
        amount: Amount,
        /// When it comes back if it has not arrived.
        deadline: SimTime,
    },
    /// The light client learns a header of the other chain.
    Learn {
        /// The hash of the header.
        header: Hash,
    },
    /// Gives out what the transfer `packet` sent, by a claim that it was sent.
    Receive {
        /// The hash of the transfer.
        packet: Hash,
        /// The hash of what vouches for it.
        claim: Hash,
    },
    /// Declares the transfer `packet` expired, by a claim that it was sent.
    Expire {
        /// The hash of the transfer.
        packet: Hash,
        /// The hash of what vouches for it.
        claim: Hash,
    },
    /// Gives the transfer `packet` back, by a claim that it has expired.
    Refund {
        /// The hash of the transfer.
        packet: Hash,
        /// The hash of what vouches for it.
        claim: Hash,
    },
}

/// Who vouches for the other chain.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Authority {
    /// Its own headers, signed by so many of its validators.
    LightClient {
        /// Signatures that a header carries.
        signatures: u32,
    },
    /// `needed` of the relayers numbered from 0 to `relayers` - 1.
    Relayers {
        /// How many relayers there are.
        relayers: u32,
        /// How many must sign.
        needed: u32,
    },
}

/// How value is held on this side.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Backing {
    /// Locked when it leaves, released when it comes.
    Escrow,
    /// Burned when it leaves, minted when it comes.
    Voucher,
}

/// A header as the light client keeps it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The number of the block.
    pub number: u64,
    /// Commits to the receipts of the block.
    pub receipts_root: Hash,
    /// Validators that signed it.
    pub signatures: u32,
}

/// That a transaction happened on the other chain, and what vouches for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The transaction.
    pub transaction: Transaction,
    /// Its receipt.
    pub receipt: Receipt,
    /// For a light client.
    pub path: Path,
    /// For relayers: who signed.
    pub signers: Vec<u32>,
}

/// The contract's rules on one chain.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What it believes of the other chain.
    pub authority: Authority,
    /// What stands behind its tokens.
    pub backing: Backing,
    /// Kept from what is given out, hundredths of a per cent.
    pub fee_basis_points: u32,
    /// The other chain.
    pub other: u16,
}

/// The name of a transfer: what the sender's `nonce`-th transaction on a chain has sent.
pub fn packet(chain: u16, sender: Address, nonce: u64) -> Hash {
    digest(CELL, &(chain, sender, nonce))
}

/// A bridge on one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bridge {
    /// Its rules.
    pub terms: Terms,
    /// The bridged token's books on this chain.
    ledger: Ledger,
    escrow: Account,
    fees: Account,
    holders: BTreeMap<Address, Account>,
    known: BTreeMap<u64, Hash>,
    /// Transfers of the other chain that were received or have expired here; of this one,
    /// refunded.
    settled: BTreeSet<Hash>,
    /// Transfers of this chain and what they gave in.
    sent: BTreeMap<Hash, (Address, Amount)>,
    /// Beside the calls.
    headers: BTreeMap<Hash, Known>,
    claims: BTreeMap<Hash, Claim>,
}

impl Bridge {
    /// The contract with nothing in it.
    pub fn new(terms: Terms) -> Self {
        let mut ledger = Ledger::default();
        let escrow = ledger.open(Holding::Locked);
        let fees = ledger.open(Holding::Free);
        Bridge {
            terms,
            ledger,
            escrow,
            fees,
            holders: BTreeMap::new(),
            known: BTreeMap::new(),
            settled: BTreeSet::new(),
            sent: BTreeMap::new(),
            headers: BTreeMap::new(),
            claims: BTreeMap::new(),
        }
    }

    /// Issues tokens to a holder, at the start of a chain.
    ///
    /// # Panics
    ///
    /// If the tokens ever issued on this chain would exceed 128 bits.
    pub fn issue(&mut self, to: Address, amount: Amount) {
        let account = self.holder(to);
        self.ledger.mint(account, amount).expect("issue is bounded by the scenario");
    }
    /// Issues liquidity into the escrow, at the start of a chain.
    ///
    /// # Panics
    ///
    /// If the tokens ever issued on this chain would exceed 128 bits.
    pub fn endow(&mut self, amount: Amount) {
        self.ledger.mint(self.escrow, amount).expect("issue is bounded by the scenario");
    }
    /// The books of the bridged token on this chain.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }
    /// What is locked while it is on the other chain, in base units.
    pub fn escrow(&self) -> Amount {
        self.ledger.balance(self.escrow)
    }
    /// Tokens that exist on this chain.
    pub fn supply(&self) -> Amount {
        self.ledger.issued() - self.ledger.burned()
    }
    /// What somebody holds of the bridged token, in base units.
    pub fn balance(&self, holder: Address) -> Amount {
        let account = self.holders.get(&holder);
        account.map_or(Amount::ZERO, |&account| self.ledger.balance(account))
    }

    /// Lays a header beside the call that will name it.
    pub fn attach_header(&mut self, header: Known) -> Hash {
        let hash = digest(CELL, &header);
        self.headers.insert(hash, header);
        hash
    }
    /// Lays a claim beside the call that will name it.
    pub fn attach_claim(&mut self, claim: Claim) -> Hash {
        let hash = claim.hash();
        self.claims.insert(hash, claim);
        hash
    }

    /// Carries an order out.
    ///
    /// # Errors
    ///
    /// [`Failure::OutOfGas`] or [`Failure::Refused`]: nothing was changed then.
    pub fn call(
        &mut self,
        order: &Order,
        sender: Address,
        nonce: u64,
        env: &Env,
        meter: &mut Meter,
    ) -> Result<(), Failure> {
        match *order {
            Order::Send { amount, .. } => {
                self.send(sender, packet(env.chain, sender, nonce), amount, meter)
            }
            Order::Learn { header } => self.learn(header, meter),
            Order::Receive { packet, claim } => {
                let (transaction, amount, deadline) = self.sent_there(packet, claim, meter)?;
                if env.time >= deadline {
                    return Err(Failure::Refused);
                }
                self.give(transaction.sender, amount)?;
                self.settled.insert(packet);
                self.claims.remove(&claim);
                Ok(())
            }
            Order::Expire { packet, claim } => {
                let (_, _, deadline) = self.sent_there(packet, claim, meter)?;
                if env.time < deadline {
                    return Err(Failure::Refused);
                }
                self.settled.insert(packet);
                self.claims.remove(&claim);
                Ok(())
            }
            Order::Refund { packet, claim } => self.refund(packet, claim, meter),
        }
    }

    /// Takes value in.
    fn send(
        &mut self,
        sender: Address,
        packet: Hash,
        amount: Amount,
        meter: &mut Meter,
    ) -> Result<(), Failure> {
        meter.charge(CREATE_GAS + 2 * UPDATE_GAS)?;
        let holder = self.holder(sender);
        let taken = match self.terms.backing {
            Backing::Escrow => self.ledger.transfer(holder, self.escrow, amount),
            Backing::Voucher => self.ledger.burn(holder, amount),
        };
        taken.map_err(|_| Failure::Refused)?;
        self.sent.insert(packet, (sender, amount));
        Ok(())
    }

    /// Gives value out, less the fee.
    fn give(&mut self, to: Address, amount: Amount) -> Result<(), Failure> {
        let fee = amount.mul_div_floor(u128::from(self.terms.fee_basis_points), BASIS_POINTS);
        let holder = self.holder(to);
        match self.terms.backing {
            Backing::Escrow => {
                if self.escrow() < amount {
                    return Err(Failure::Refused);
                }
                self.ledger.transfer(self.escrow, holder, amount - fee).expect("just compared");
                self.ledger.transfer(self.escrow, self.fees, fee).expect("just compared");
            }
            Backing::Voucher => {
                self.ledger.mint(holder, amount - fee).map_err(|_| Failure::Refused)?;
                self.ledger.mint(self.fees, fee).map_err(|_| Failure::Refused)?;
            }
        }
        Ok(())
    }

    /// A transfer comes back whole.
    fn refund(&mut self, packet: Hash, claim: Hash, meter: &mut Meter) -> Result<(), Failure> {
        let transaction = self.claimed(claim, meter)?;
        meter.charge(3 * UPDATE_GAS)?;
        let Call::Bridge(Order::Expire { packet: expired, .. }) = transaction.call else {
            return Err(Failure::Refused);
        };
        let &(sender, amount) = self.sent.get(&packet).ok_or(Failure::Refused)?;
        if expired != packet {
            return Err(Failure::Refused);
        }
        let holder = self.holder(sender);
        let given = match self.terms.backing {
            Backing::Escrow => self.ledger.transfer(self.escrow, holder, amount),
            Backing::Voucher => self.ledger.mint(holder, amount),
        };
        given.map_err(|_| Failure::Refused)?;
        // It is no longer known as sent, so that it is not refunded again.
        self.sent.remove(&packet);
        self.claims.remove(&claim);
        Ok(())
    }

    fn learn(&mut self, header: Hash, meter: &mut Meter) -> Result<(), Failure> {
        let Authority::LightClient { signatures } = self.terms.authority else {
            return Err(Failure::Refused);
        };
        let &known = self.headers.get(&header).ok_or(Failure::Refused)?;
        meter.charge(CREATE_GAS + known.gas())?;
        self.headers.remove(&header);
        if known.signatures < signatures {
            return Err(Failure::Refused);
        }
        self.known.insert(known.number, known.receipts_root);
        Ok(())
    }

    /// The transfer that a claim says was sent on the other chain and is not settled here.
    fn sent_there(
        &mut self,
        packet: Hash,
        claim: Hash,
        meter: &mut Meter,
    ) -> Result<(Transaction, Amount, SimTime), Failure> {
        let transaction = self.claimed(claim, meter)?;
        meter.charge(READ_GAS + CREATE_GAS + 2 * UPDATE_GAS)?;
        match transaction.call {
            Call::Bridge(Order::Send { amount, deadline }) => {
                let named = self::packet(self.terms.other, transaction.sender, transaction.nonce);
                let fresh = named == packet && !self.settled.contains(&packet);
                if fresh { Ok((transaction, amount, deadline)) } else { Err(Failure::Refused) }
            }
            _ => Err(Failure::Refused),
        }
    }

    /// The transaction of a claim that the authority vouches for. Checking costs gas in any case.
    fn claimed(&mut self, claim: Hash, meter: &mut Meter) -> Result<Transaction, Failure> {
        let claim = self.claims.get(&claim).ok_or(Failure::Refused)?;
        meter.charge(claim.gas())?;
        let Claim { transaction, receipt, path, signers } = claim;
        let fits = receipt.chain == self.terms.other
            && receipt.transaction == transaction.hash()
            && receipt.outcome == Outcome::Done;
        let vouched = match self.terms.authority {
            Authority::LightClient { .. } => {
                self.known.get(&receipt.block) == Some(&path.root(digest(RECEIPT, receipt)))
            }
            Authority::Relayers { relayers, needed } => {
                let known = signers.iter().filter(|&&signer| signer < relayers);
                known.collect::<BTreeSet<_>>().len() >= needed as usize
            }
        };
        if fits && vouched { Ok(*transaction) } else { Err(Failure::Refused) }
    }

    fn holder(&mut self, address: Address) -> Account {
        *self.holders.entry(address).or_insert_with(|| self.ledger.open(Holding::Free))
    }

    /// Commits to the books and to what was settled.
    pub fn root(&self) -> Hash {
        let counts = (self.settled.len() as u64, self.sent.len() as u64, self.known.len() as u64);
        digest(CELL, &(self.ledger.digest.value(), self.supply(), counts))
    }
}

impl Known {
    /// Gas of the header's bytes and of checking its signatures.
    pub fn gas(&self) -> u64 {
        let signatures = u64::from(self.signatures);
        HEADER_BYTES * BYTE_GAS + signatures * (SIGNATURE_GAS + SIGNATURE_BYTES * BYTE_GAS)
    }
}

impl Claim {
    fn hash(&self) -> Hash {
        let seal = digest(CELL, &(self.transaction, self.receipt));
        let signers = self.signers.iter().fold(seal, |hash, signer| digest(CELL, &(hash, signer)));
        self.path.root(signers)
    }
    /// Gas of the claim's bytes and of checking it.
    pub fn gas(&self) -> u64 {
        let (steps, signers) = (self.path.0.len() as u64, self.signers.len() as u64);
        let bytes = MESSAGE_BYTES + steps * NODE_BYTES + signers * SIGNATURE_BYTES;
        bytes * BYTE_GAS + steps * NODE_GAS + signers * SIGNATURE_GAS
    }
}

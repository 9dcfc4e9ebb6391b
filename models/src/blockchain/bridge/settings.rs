//! What a scenario says of a bridge, validated. Money is in nano-dollars on both chains.

use pinwheel_core::{Amount, SimDuration, SimTime};
use serde::{Deserialize, Serialize};

use crate::blockchain::contracts::bridge::{Authority, Backing, Terms};

/// The dollar of bridges and attacks, with its decimals.
pub const USD: (&str, u32) = ("USD", 9);
/// Base units of a dollar.
pub const UNITS_PER_USD: u128 = 10u128.pow(USD.1);

/// Whole dollars in base units.
pub fn whole_usd(dollars: u64) -> Amount {
    Amount(u128::from(dollars) * UNITS_PER_USD)
}

/// Two chains with a bridge between them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BridgeSettings {
    /// Its id in the scenario: the label of its rows.
    pub name: String,
    /// What vouches for messages from the other chain.
    pub kind: Kind,
    /// The token's home chain, and the other one.
    pub sides: [SideSettings; 2],
    /// What users send.
    pub traffic: Traffic,
    /// A transfer that was not received by then is refunded.
    pub timeout: SimDuration,
    /// Kept from what is given out, hundredths of a per cent.
    pub fee_basis_points: u32,
    /// Those who carry messages.
    pub relay: Relay,
    /// Relayers who forge, if some do.
    pub forgery: Option<Forgery>,
}

/// Who vouches for what happened on the other chain, and how value is held.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// The chains' own headers; escrow at home, vouchers on the other chain.
    LightClient,
    /// `needed` of the relayers; escrow at home, vouchers on the other chain.
    Relayers {
        /// How many must sign.
        needed: u32,
    },
    /// One operator with so much liquidity on each chain.
    Pool {
        /// What lies in the pool of each side, base units.
        liquidity: Amount,
    },
}

/// A chain at one end of a bridge.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideSettings {
    /// Mean time from block to block.
    pub interval: SimDuration,
    /// Blocks come at random (proof of work), not at the ticks of a clock.
    pub random: bool,
    /// Blocks on top that make a block final.
    pub finality: u32,
    /// Validators that sign a header; what a light client of this chain must check.
    pub signatures: u32,
    /// Price of a unit of gas.
    pub gas_price: u128,
    /// The chain makes no blocks between these times.
    pub halt: Option<(SimTime, SimTime)>,
}

/// What users send.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Traffic {
    /// Transfers a day.
    pub transfers_per_day: f64,
    /// Log-normal sizes.
    pub median_usd: f64,
    /// Standard deviation of the logarithm of a transfer's value.
    pub sigma: f64,
    /// Share of the transfers that go home.
    pub return_share: f64,
}

/// Those who carry messages between the chains.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Relay {
    /// How many there are.
    pub relayers: u32,
    /// Mean time from a block's finality to a relayer's signature or call.
    pub delay: SimDuration,
    /// Share of the time in which a relayer is up, and the mean length of its outages.
    pub availability: f64,
    /// How long they are down at a time.
    pub outage: SimDuration,
    /// Relayers that do not sign.
    pub withholding: u32,
}

/// Relayers who sign what never happened, to empty the escrow.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forgery {
    /// How many of the relayers forge.
    pub cheats: u32,
    /// Forgeries a day.
    pub per_day: f64,
    /// What they try to take at a time.
    pub amount: Amount,
}

impl BridgeSettings {
    /// Signatures that a transfer waits for.
    pub fn needed(&self) -> u32 {
        match self.kind {
            Kind::Relayers { needed } => needed,
            Kind::LightClient | Kind::Pool { .. } => 1,
        }
    }

    /// The contract's terms on a side.
    pub fn terms(&self, side: usize) -> Terms {
        let other = 1 - side;
        let authority = match self.kind {
            Kind::LightClient => {
                Authority::LightClient { signatures: self.sides[other].signatures }
            }
            Kind::Relayers { .. } | Kind::Pool { .. } => {
                Authority::Relayers { relayers: self.relay.relayers, needed: self.needed() }
            }
        };
        let backing = match (self.kind, side) {
            (Kind::Pool { .. }, _) | (_, 0) => Backing::Escrow,
            _ => Backing::Voucher,
        };
        let fee_basis_points = self.fee_basis_points;
        Terms { authority, backing, fee_basis_points, other: other as u16 }
    }

    /// Whether the cheats are as many as the contract asks for.
    pub fn cheats_suffice(&self) -> bool {
        let cheats = self.forgery.map_or(0, |forgery| forgery.cheats);
        match self.kind {
            Kind::Relayers { needed } => cheats >= needed,
            Kind::LightClient => false,
            Kind::Pool { .. } => cheats >= 1,
        }
    }
}

//! What a scenario says about a network whose economy is written in it, validated.

use std::collections::BTreeSet;

use pinwheel_core::{Amount, TokenSpec};
use serde::{Deserialize, Serialize};

use super::accounts::{ACCOUNTS, HOLDERS, Money, Place};
use super::levers::Movable;
use super::step::Step;
use super::step::lock::Lock;
use super::step::mint::Mint;
use super::step::{charge, spend};
use crate::economy::demand::DemandLaw;
use crate::economy::exchange::ConstantProduct;
use crate::economy::lock;
use crate::economy::operators::OperatorSettings;
use crate::economy::period::Period;
use crate::economy::quote::QuoteLaw;
use crate::economy::remint::Remint;
use crate::economy::schedule::Schedule;
use crate::input::amount::{TOKEN_DECIMALS, USD_DECIMALS};
use crate::part::DeviceSet;

/// The tokens, the accounts and the primitives of a network, and the steps of each period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// What is counted in the books.
    pub tokens: Tokens,
    /// The time between two settlements.
    pub period: Period,
    /// Names of the accounts of the token that steps may use, in the order in which they are
    /// opened; the first are [`ACCOUNTS`](super::accounts::ACCOUNTS).
    pub accounts: Vec<String>,
    /// Base units of the token in the beginning, those in bonds and in the pool included.
    pub supply: Amount,
    /// What of the supply others than holders have in the beginning.
    pub genesis: Vec<Grant>,
    /// How many tokens are new, and when.
    pub emissions: Vec<NamedEmission>,
    /// The market of the token.
    pub exchange: Option<ExchangeSettings>,
    /// The price of a market that its trades do not move; there is this, or a pool, or none.
    pub price: Option<QuoteLaw>,
    /// What customers spend.
    pub demand: Option<DemandLaw>,
    /// Base units that each node locks.
    pub bond_per_node: Option<Amount>,
    /// Who runs nodes.
    pub operators: Option<OperatorSettings>,
    /// The devices that nodes stand on, node `i` on the device at place `i`; `None` without a
    /// fleet.
    pub devices: Option<DeviceSet>,
    /// In the order of their periods.
    pub shocks: Vec<Shock>,
    /// What is done in each period, in this order.
    pub steps: Vec<Step>,
    /// What may be moved during a run.
    pub levers: Vec<Movable>,
    /// Periods between two records, and between two of the concentration of rewards.
    pub record_every: u32,
    /// See `record_every`.
    pub concentration_every: u32,
    /// Periods of the run; the last one is recorded in any case.
    pub periods: u32,
}

impl Settings {
    /// Whether the token can be bought and sold.
    pub fn has_market(&self) -> bool {
        self.exchange.is_some() || self.price.is_some()
    }

    /// The steps that mint, in their order.
    pub fn mints(&self) -> impl Iterator<Item = &Mint> {
        self.steps.iter().filter_map(|step| match step {
            Step::Mint(mint) => Some(mint),
            _ => None,
        })
    }

    /// The steps that lock, in their order.
    pub fn locks(&self) -> impl Iterator<Item = &Lock> {
        self.steps.iter().filter_map(|step| match step {
            Step::Lock(lock) => Some(lock),
            _ => None,
        })
    }

    /// Most that holders can have at any time; `None` where steps give them more than they had, or
    /// the supply does not cover the pool and the bonds.
    pub fn held_by_holders_max(&self) -> Option<Amount> {
        let (mut released, mut lent) = (false, false);
        for step in &self.steps {
            match step {
                Step::Buy(step) if step.to == HOLDERS => return None,
                Step::Sell(_) if self.price.is_some() => return None,
                Step::Mint(step) if step.to.has(HOLDERS) => return None,
                Step::Pay(step) if step.to.has(HOLDERS) => return None,
                Step::Release(step) => released |= step.to == HOLDERS,
                Step::Enter(step) => lent |= step.bond_from != HOLDERS,
                _ => {}
            }
        }
        let pool = self.exchange.map_or(Amount::ZERO, |exchange| exchange.tok);
        let nodes = self.operators.map_or(0, |operators| operators.count);
        let bonds = self.bond_per_node.unwrap_or_default().0.checked_mul(nodes.into())?;
        let bonds = if released { 0 } else { bonds };
        let others = self.genesis.iter().filter(|grant| grant.to != HOLDERS);
        let granted: Amount = others.map(|grant| grant.amount).sum();
        let left = self.supply.0.checked_sub(pool.0)?.checked_sub(bonds)?.checked_sub(granted.0)?;
        // Bonds of others that are released to holders are more than these had.
        (!(released && lent)).then_some(Amount(left))
    }

    /// The accounts that the scenario names beside those that every network has.
    pub fn accounts_named(&self) -> impl Iterator<Item = Place> + use<> {
        (ACCOUNTS.len() as u8..self.accounts.len() as u8).map(Place)
    }

    /// The accounts that steps pay dollars, or take dollars from; each once, in the order of the
    /// accounts.
    pub fn with_dollars(&self) -> BTreeSet<Place> {
        let mut places = BTreeSet::new();
        for step in &self.steps {
            match step {
                Step::Spend(spend::Spend { to, .. }) | Step::Charge(charge::Charge { to, .. }) => {
                    places.extend(to.places());
                }
                Step::Pay(pay) if pay.money == Money::Dollar => {
                    places.insert(pay.from);
                    places.extend(pay.to.places());
                }
                Step::Buy(buy) => places.extend(buy.with),
                _ => {}
            }
        }
        places
    }

    /// The accounts that may sell on the exchange: those of steps, and the holders where a shock
    /// lets them; each once, in the order of the accounts.
    pub fn sellers(&self) -> BTreeSet<Place> {
        let steps = self.steps.iter().filter_map(|step| match step {
            Step::Sell(sell) => Some(sell.from),
            _ => None,
        });
        let shocked = self.shocks.iter().any(|shock| shock.sale > Amount::ZERO);
        steps.chain(shocked.then_some(HOLDERS)).collect()
    }
}

/// A part of the supply that an account has from the beginning, or gets as it becomes free.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Whose it is.
    pub to: Place,
    /// Base units.
    pub amount: Amount,
    /// How it becomes free; `None` if it is.
    pub lock: Option<lock::Lock>,
}

/// An emission of new tokens, by the name that steps mint it by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedEmission {
    /// "emission", or the id of one among several.
    pub name: String,
    /// How many tokens are new, and when.
    pub source: Source,
}

/// Where new tokens come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Source {
    /// A schedule.
    Schedule(Schedule),
    /// What was burned in the period before.
    Remint(Remint),
}

/// All that a network knows of the tokens in its books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// The network's own.
    pub own: TokenSpec,
    /// What customers pay with, and what costs are counted in.
    pub dollar: TokenSpec,
}

impl Tokens {
    /// Decimals of the network's own token.
    pub fn decimals(&self) -> u32 {
        self.own.decimals.into()
    }

    /// The tokens of a network that issues this one.
    pub fn of(own: &TokenSpec) -> Self {
        Tokens { own: own.clone(), ..Tokens::default() }
    }
}

impl Default for Tokens {
    /// TOK with the decimals of Ether, and the dollar.
    fn default() -> Self {
        let spec = |symbol: &str, decimals: u32| TokenSpec {
            symbol: symbol.to_owned(),
            decimals: decimals as u8,
            cap: None,
        };
        Tokens { own: spec("TOK", TOKEN_DECIMALS), dollar: spec("USD", USD_DECIMALS) }
    }
}

/// The pool in the beginning, and its rule.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeSettings {
    /// Base units of the dollar.
    pub usd: Amount,
    /// Base units of the token, out of the supply.
    pub tok: Amount,
    /// How it trades.
    pub rule: ConstantProduct,
}

/// What happens once, before the steps of its period.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shock {
    /// Its period, counted from zero.
    pub period: u32,
    /// Demand is multiplied by this, for good.
    pub demand_scale: f64,
    /// Holders sell so many base units on the exchange, or all they have.
    pub sale: Amount,
}

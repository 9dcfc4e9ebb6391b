//! Who holds FIL: the chain's own accounts, every provider's, and everybody else, in one ledger.
//!
//! All two billion FIL are issued at the start; a block reward moves FIL out of the reward actor.
//! So "minted", "vested" and "locked" are holdings of one ledger whose sum never changes but by
//! burning. Providers buy what they lack from the other holders and sell what they do not need,
//! which moves FIL but never makes any.

use pinwheel_core::{Account, Amount, Holding, Ledger};
use serde::{Deserialize, Serialize};

use super::settings::InitialState;
use super::supply::{self, Supply};

/// Attofil in one FIL, as a power of ten.
pub const FIL_DECIMALS: u32 = 18;

/// One provider's accounts.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
pub struct ProviderAccounts {
    /// FIL that the provider can spend.
    pub available: Account,
    /// FIL locked as the pledge of its sectors.
    pub pledge: Account,
    /// Block rewards that still vest, and the deposit of a new provider.
    pub vesting: Account,
    /// FIL the provider has lost since the start: gas, fees and penalties burned, rewards paid to
    /// those who disputed its proofs.
    pub burned: Amount,
}

/// The ledger and who is who in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Accounts {
    /// The books.
    pub ledger: Ledger,
    /// The mining allocation that is not paid out yet.
    pub reward_actor: Account,
    /// The mining reserve.
    pub mining_reserve: Account,
    /// Genesis allocations that still vest.
    pub unvested: Account,
    /// Everybody who is not a provider: clients, investors, exchanges.
    pub holders: Account,
    /// Recipients of FIP-0118's service stream.
    pub service: Account,
    /// Deposits of sectors that are pre-committed and not yet proven.
    pub deposits: Account,
    /// Collateral of deals, while the protocol counts it as locked.
    pub deal_collateral: Account,
    /// The accounts of each provider, by its number.
    pub purses: Vec<ProviderAccounts>,
    /// FIL from the reward actor so far, what left it before the start included.
    pub mined_attofil: Amount,
    /// Allocations vested so far, likewise.
    pub vested_attofil: Amount,
    /// FIL that providers have sold since the start.
    pub sold: Amount,
    /// FIL that providers have bought since the start.
    pub bought: Amount,
    /// Sold and bought when it was last asked for.
    asked: Traded,
}

/// FIL that providers sold and bought.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traded {
    /// Sold to the holders.
    pub sold: Amount,
    /// Bought from them.
    pub bought: Amount,
}

impl Accounts {
    /// The books on the first day, before providers are given their part of the locked FIL: what is
    /// known to be locked stands with the holders until [`Accounts::fund_pledge`] and
    /// [`Accounts::fund_vesting`] bind it.
    ///
    /// # Panics
    ///
    /// If fewer FIL exist than have vested and left the reserve, or more have vested or were mined
    /// than was allocated.
    pub fn new(initial: &InitialState, providers: usize) -> Self {
        let mut ledger = Ledger::default();
        let reward_actor = ledger.open(Holding::Reserve);
        let mining_reserve = ledger.open(Holding::Reserve);
        let unvested = ledger.open(Holding::Reserve);
        let holders = ledger.open(Holding::Free);
        let service = ledger.open(Holding::Free);
        let deposits = ledger.open(Holding::Locked);
        let deal_collateral = ledger.open(Holding::Locked);
        let purses = (0..providers).map(|_| open_purse(&mut ledger)).collect();

        let (vested, burned) = (initial.vested, initial.burned);
        let outside = initial.circulating + initial.locked + burned;
        // circulating = vested + mined + reserve disbursed - burned - locked (lotus,
        // stmgr/supply.go)
        let mined = outside - vested - supply::RESERVE_DISBURSED;
        for (account, amount) in [
            (reward_actor, supply::MINING_ALLOCATION - mined),
            (mining_reserve, supply::MINING_RESERVE - supply::RESERVE_DISBURSED),
            (unvested, supply::VESTING_ALLOCATION - vested),
            (holders, outside),
        ] {
            ledger.mint(account, amount).expect("two billion FIL fit the ledger");
        }
        ledger.burn(holders, burned).expect("the burned FIL stood with the holders");
        Accounts {
            ledger,
            reward_actor,
            mining_reserve,
            unvested,
            holders,
            service,
            deposits,
            deal_collateral,
            purses,
            mined_attofil: mined,
            vested_attofil: vested,
            sold: Amount::ZERO,
            bought: Amount::ZERO,
            asked: Traded::default(),
        }
    }

    /// Locks `amount` as a provider's pledge, buying from the holders what it lacks. False, and
    /// nothing moves, if there is not enough FIL to be had.
    #[must_use]
    pub fn lock_pledge(&mut self, provider: usize, amount: Amount) -> bool {
        let accounts_of_provider = self.purses[provider];
        self.raise(accounts_of_provider.available, amount)
            && self.move_fil(accounts_of_provider.available, accounts_of_provider.pledge, amount)
    }

    /// Locks a new provider's deposit among what vests. False if there is not enough FIL.
    #[must_use]
    pub fn lock_deposit(&mut self, provider: usize, amount: Amount) -> bool {
        let accounts_of_provider = self.purses[provider];
        self.raise(accounts_of_provider.available, amount)
            && self.move_fil(accounts_of_provider.available, accounts_of_provider.vesting, amount)
    }

    /// Returns pledge to its provider.
    ///
    /// # Panics
    ///
    /// If less is locked as the provider's pledge.
    pub fn release_pledge(&mut self, provider: usize, amount: Amount) {
        let accounts_of_provider = self.purses[provider];
        let moved =
            self.move_fil(accounts_of_provider.pledge, accounts_of_provider.available, amount);
        assert!(moved, "a provider's pledge account holds the pledge of its sectors");
    }

    /// Locks the deposit of sectors that a provider pre-commits. False if there is not enough FIL.
    #[must_use]
    pub fn lock_pre_commit(&mut self, provider: usize, amount: Amount) -> bool {
        let available = self.purses[provider].available;
        self.raise(available, amount) && self.move_fil(available, self.deposits, amount)
    }

    /// Returns such a deposit.
    ///
    /// # Panics
    ///
    /// If fewer deposits are locked.
    pub fn release_pre_commit(&mut self, provider: usize, amount: Amount) {
        let moved = self.move_fil(self.deposits, self.purses[provider].available, amount);
        assert!(moved, "what was deposited is still there");
    }

    /// Makes the collateral of deals what it is to be, as far as the holders have it.
    pub fn hold_for_deals(&mut self, wanted: Amount) {
        let (collateral, holders) = (self.deal_collateral, self.holders);
        let held = self.ledger.balance(collateral);
        if wanted > held {
            self.move_fil(holders, collateral, wanted - held);
        } else {
            self.move_fil(collateral, holders, held - wanted);
        }
    }

    /// Binds FIL that the holders had as rewards that still vest. For the first day only.
    ///
    /// # Panics
    ///
    /// If the holders have less.
    pub fn fund_vesting(&mut self, provider: usize, amount: Amount) {
        let moved = self.move_fil(self.holders, self.purses[provider].vesting, amount);
        assert!(moved, "the initial state locks no more than exists");
    }

    /// Pays a block reward out of the reward actor: a part at once, a part to vest.
    ///
    /// # Panics
    ///
    /// If the reward actor holds less than both parts.
    pub fn award(&mut self, provider: usize, at_once: Amount, to_vest: Amount) {
        let accounts_of_provider = self.purses[provider];
        let paid = self.move_fil(self.reward_actor, accounts_of_provider.available, at_once)
            && self.move_fil(self.reward_actor, accounts_of_provider.vesting, to_vest);
        assert!(paid, "the mining allocation outlasts its own schedule");
        self.mined_attofil += at_once + to_vest;
    }

    /// FIP-0118: pays the service stream and burns what no stream takes.
    ///
    /// # Panics
    ///
    /// If the reward actor holds less than both amounts.
    pub fn award_streams(&mut self, service: Amount, burned: Amount) {
        let paid = self.move_fil(self.reward_actor, self.service, service)
            && self.ledger.burn(self.reward_actor, burned).is_ok();
        assert!(paid, "the mining allocation outlasts its own schedule");
        self.mined_attofil += service + burned;
    }

    /// Frees a vested part of a provider's rewards.
    ///
    /// # Panics
    ///
    /// If the provider's vesting account holds less.
    pub fn vest(&mut self, provider: usize, amount: Amount) {
        let accounts_of_provider = self.purses[provider];
        let moved =
            self.move_fil(accounts_of_provider.vesting, accounts_of_provider.available, amount);
        assert!(moved, "a provider's vesting account holds what its schedule still owes");
    }

    /// Distributes genesis allocations to the holders as they vest.
    pub fn vest_allocation(&mut self, amount: Amount) {
        let amount = amount.min(self.ledger.balance(self.unvested));
        self.move_fil(self.unvested, self.holders, amount);
        self.vested_attofil += amount;
    }

    /// Burns a provider's FIL (fees, gas), bought from the holders if need be. What nobody has is
    /// not burned; the amount burned is returned.
    pub fn burn(&mut self, provider: usize, amount: Amount) -> Amount {
        let available = self.purses[provider].available;
        let amount =
            if self.raise(available, amount) { amount } else { self.ledger.balance(available) };
        self.purses[provider].burned += amount;
        self.burn_from(available, amount)
    }

    /// Pays whoever disputed a provider's proof or reported its fault: one of the holders. What
    /// nobody has is not paid; the amount paid is returned.
    ///
    /// # Panics
    ///
    /// If a balance cannot be paid out: a fault of the books.
    pub fn pay_reporter(&mut self, provider: usize, amount: Amount) -> Amount {
        let available = self.purses[provider].available;
        let amount =
            if self.raise(available, amount) { amount } else { self.ledger.balance(available) };
        let paid = self.move_fil(available, self.holders, amount);
        assert!(paid, "the amount was capped by the balance");
        self.purses[provider].burned += amount;
        amount
    }

    /// Burns gas paid by everybody else.
    pub fn burn_holders(&mut self, amount: Amount) -> Amount {
        let amount = amount.min(self.ledger.balance(self.holders));
        self.burn_from(self.holders, amount)
    }

    /// Sells what a provider has beyond `keep`.
    pub fn sell_surplus(&mut self, provider: usize, keep: Amount) {
        let available = self.purses[provider].available;
        let surplus = self.ledger.balance(available).saturating_sub(keep);
        if self.move_fil(available, self.holders, surplus) {
            self.sold += surplus;
        }
    }

    /// Forgets what was bought to bind the FIL of the first day.
    pub fn forget_trades(&mut self) {
        (self.sold, self.bought) = (Amount::ZERO, Amount::ZERO);
    }

    /// What providers have sold and bought since this was last asked for.
    pub fn take_traded(&mut self) -> Traded {
        let now = Traded { sold: self.sold, bought: self.bought };
        let before = std::mem::replace(&mut self.asked, now);
        Traded { sold: now.sold - before.sold, bought: now.bought - before.bought }
    }

    /// Pays a provider out of what the service stream has brought.
    ///
    /// # Panics
    ///
    /// If the stream has brought less.
    pub fn pay_service(&mut self, provider: usize, amount: Amount) {
        let paid = self.move_fil(self.service, self.purses[provider].available, amount);
        assert!(paid, "a day's part of the service stream is in its account");
    }

    /// Pays a provider what the holders add to their messages, as far as they have it.
    pub fn tip(&mut self, provider: usize, amount: Amount) -> Amount {
        let paid = self.move_fil(self.holders, self.purses[provider].available, amount);
        if paid { amount } else { Amount::ZERO }
    }

    /// The protocol's circulating supply of this moment.
    pub fn circulating(&self) -> Amount {
        let supply = Supply {
            vested: self.vested_attofil,
            mined: self.mined_attofil,
            reserve_disbursed: supply::RESERVE_DISBURSED,
            burned: self.ledger.burned(),
            locked: self.ledger.held(Holding::Locked),
        };
        supply.circulating()
    }

    /// Tops `account` up to `amount` from the holders.
    fn raise(&mut self, account: Account, amount: Amount) -> bool {
        let lacking = amount.saturating_sub(self.ledger.balance(account));
        if lacking == Amount::ZERO {
            return true;
        }
        let had = self.move_fil(self.holders, account, lacking);
        self.bought += if had { lacking } else { Amount::ZERO };
        had
    }

    fn burn_from(&mut self, account: Account, amount: Amount) -> Amount {
        self.ledger.burn(account, amount).expect("the amount was capped by the balance");
        amount
    }

    fn move_fil(&mut self, from: Account, to: Account, amount: Amount) -> bool {
        self.ledger.transfer(from, to, amount).is_ok()
    }
}

fn open_purse(ledger: &mut Ledger) -> ProviderAccounts {
    ProviderAccounts {
        available: ledger.open(Holding::Free),
        pledge: ledger.open(Holding::Locked),
        vesting: ledger.open(Holding::Locked),
        burned: Amount::ZERO,
    }
}

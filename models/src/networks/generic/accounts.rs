//! The books of a network: the accounts of its token by their names, those of the dollar, and what
//! each account of the token has got in the present period.
//!
//! Operators have one account: what each has earned follows from its part of the capacity, and a
//! posting for each of a thousand nodes a period would tell nothing more. Dollars come in with
//! customers and leave the pool to those who sell; what they do with them is outside.
//!
//! Invariants: circulating + locked + pool + burned = minted, to the base unit; an account's income
//! of a period is never more than what was posted to it in the period.

use pinwheel_core::{
    Account, Amount, Holding, Ledger, LedgerError, Ledgers, Posting, Streams, Token,
};
use serde::{Deserialize, Serialize};

use super::settings::{Settings, Tokens};
use crate::economy::bond::Bond;
use crate::economy::exchange::{Pool, Side};
use crate::economy::quote::Quote;
use crate::economy::share::part;

/// The accounts that every network has: everybody who is no operator; all operators together; who
/// buys tokens to use the network.
pub const ACCOUNTS: [&str; 3] = ["holders", "operators", "customers"];
/// The places of the accounts that every network has.
pub const HOLDERS: Place = Place(0);
/// See [`HOLDERS`].
pub const OPERATORS: Place = Place(1);
/// See [`HOLDERS`].
pub const CUSTOMERS: Place = Place(2);

/// A named account of the token, by its place in [`Settings::accounts`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place(pub u8);

/// What money is counted in.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Money {
    /// The network's token.
    Token,
    /// The dollar.
    Dollar,
}

/// What a step takes a share of.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Of {
    /// What the account has got in the period from the steps before.
    Income,
    /// All that it holds.
    Balance,
}

/// An account, and which of its money.
pub type Payer = (Place, Money);

/// An account of the token that steps may use.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Named {
    token: Purse,
    /// Where a step pays it dollars, or takes them.
    dollar: Option<Purse>,
    /// Dollars that it has got for tokens since the start.
    proceeds: Amount,
}

/// What a named account has of one kind of money.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Purse {
    account: Account,
    /// What steps of this period have put in and no step has taken out; `None` before the first.
    income: Option<Amount>,
}

impl Purse {
    fn new(account: Account) -> Self {
        Purse { account, income: None }
    }
    fn got(&mut self, amount: Amount) {
        self.income = Some(self.income.unwrap_or_default() + amount);
    }
    fn gave(&mut self, amount: Amount) {
        self.income = self.income.map(|income| income.saturating_sub(amount));
    }
}

/// The accounts of the dollar.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Dollars {
    token: Token,
    customers: Account,
    sellers: Account,
}

/// The books of the token and of the dollar.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Books {
    ledgers: Ledgers,
    tokens: Tokens,
    token: Token,
    named: Vec<Named>,
    dollars: Dollars,
    pool: Option<Pool>,
    quote: Option<Quote>,
    bond: Option<Bond>,
    /// Where tokens under locks are.
    locks: Account,
    /// Base units of the token in the beginning.
    first: Amount,
}

/// A refused posting is a fault of the model: each is covered by what was asked before.
const COVERED: &str = "a posting of the economy is covered";
/// The scenario is refused where a step needs what it does not describe.
const DESCRIBED: &str = "what a step uses is described";

impl Books {
    /// The beginning: the supply is in the pool, in bonds and with the holders.
    ///
    /// # Panics
    /// If both tokens have one symbol, or the supply is above its cap or does not cover the pool
    /// and the bonds.
    pub fn new(settings: &Settings) -> Self {
        let Tokens { own, dollar } = settings.tokens.clone();
        let decimals = (u32::from(own.decimals), u32::from(dollar.decimals));
        let mut ledgers = Ledgers::default();
        let mut declare = |spec| ledgers.declare(spec).expect("two tokens of different symbols");
        let (token, usd) = (declare(own), declare(dollar));
        let open = |_: &String| Named {
            token: Purse::new(ledgers.open(token, Holding::Free)),
            dollar: None,
            proceeds: Amount::ZERO,
        };
        let mut named: Vec<Named> = settings.accounts.iter().map(open).collect();
        let bonds = ledgers.open(token, Holding::Locked);
        let locks = ledgers.open(token, Holding::Locked);
        // The exchange's: neither circulating nor bound.
        let pool = ledgers.open(token, Holding::Reserve);
        let dollars = Dollars {
            token: usd,
            customers: ledgers.open(usd, Holding::Free),
            sellers: ledgers.open(usd, Holding::Free),
        };
        let holders = named[usize::from(HOLDERS.0)].token.account;
        ledgers.mint(holders, settings.supply).expect(COVERED);
        let pool = settings.exchange.map(|given| {
            let reserve = ledgers.open(usd, Holding::Reserve);
            ledgers.transfer(holders, pool, given.tok).expect(COVERED);
            ledgers.mint(reserve, given.usd).expect(COVERED);
            Pool {
                rule: given.rule,
                token: Side { account: pool, decimals: decimals.0 },
                dollar: Side { account: reserve, decimals: decimals.1 },
            }
        });
        let bond = settings.bond_per_node.map(|per_node| {
            let bond = Bond { per_node, account: bonds };
            let nodes = settings.operators.map_or(0, |operators| operators.count);
            bond.lock(&mut ledgers, holders, nodes as usize).expect(COVERED);
            bond
        });
        for grant in &settings.genesis {
            match &grant.lock {
                Some(lock) => ledgers.lock(holders, locks, lock.amount).expect(COVERED),
                None => {
                    let account = named[usize::from(grant.to.0)].token.account;
                    ledgers.transfer(holders, account, grant.amount).expect(COVERED);
                }
            }
        }
        let quote = settings.price.map(|law| Quote::new(law, settings.period));
        for place in settings.with_dollars() {
            let purse = Purse::new(ledgers.open(usd, Holding::Free));
            named[usize::from(place.0)].dollar = Some(purse);
        }
        let (tokens, first) = (settings.tokens.clone(), settings.supply);
        Books { ledgers, tokens, token, named, dollars, pool, quote, bond, locks, first }
    }

    fn own(&self) -> &Ledger {
        self.ledgers.ledger(self.token)
    }
    fn named(&self, place: Place) -> Named {
        self.named[usize::from(place.0)]
    }

    /// A new period: no account has an income yet.
    pub fn begin(&mut self) {
        for named in &mut self.named {
            named.token.income = None;
            if let Some(purse) = &mut named.dollar {
                purse.income = None;
            }
        }
    }
    fn purse(&self, place: Place, money: Money) -> Purse {
        match money {
            Money::Token => self.named(place).token,
            Money::Dollar => self.named(place).dollar.expect(DESCRIBED),
        }
    }
    fn purse_mut(&mut self, place: Place, money: Money) -> &mut Purse {
        let named = &mut self.named[usize::from(place.0)];
        match money {
            Money::Token => &mut named.token,
            Money::Dollar => named.dollar.as_mut().expect(DESCRIBED),
        }
    }
    /// A share, in millionths, of what the account has got in this period, or of all it holds;
    /// `None` if no step has put anything in.
    pub fn share(&self, (place, money): Payer, of: Of, millionths: u32) -> Option<Amount> {
        let purse = self.purse(place, money);
        match of {
            Of::Income => purse.income.map(|income| part(income, millionths)),
            Of::Balance => Some(part(self.ledgers.balance(purse.account), millionths)),
        }
    }
    /// An account's tokens come under a lock.
    ///
    /// # Panics
    /// If the account holds less.
    pub fn bind(&mut self, from: Place, amount: Amount) {
        let account = self.named(from).token.account;
        self.ledgers.lock(account, self.locks, amount).expect(COVERED);
        self.gave(from, amount);
    }
    /// Tokens under a lock become free, for an account.
    ///
    /// # Panics
    /// If fewer are locked.
    pub fn unlock(&mut self, to: Place, amount: Amount) {
        self.ledgers.vest(self.locks, self.named(to).token.account, amount).expect(COVERED);
        self.got(to, amount);
    }
    fn got(&mut self, place: Place, amount: Amount) {
        self.named[usize::from(place.0)].token.got(amount);
    }
    fn gave(&mut self, place: Place, amount: Amount) {
        self.named[usize::from(place.0)].token.gave(amount);
    }

    /// Moves the price that is quoted, if one is.
    pub fn step_price(&mut self, period: u32, streams: &Streams) {
        if let Some(quote) = &mut self.quote {
            quote.step(period, streams);
        }
    }

    /// Customers' dollars buy tokens for an account. Returns the tokens and the dollars: at a
    /// quoted price, holders sell no more than they have.
    ///
    /// # Panics
    /// If there is no market, or the dollars ever issued would exceed their cap or 128 bits.
    pub fn buy(&mut self, to: Place, paid: Amount) -> (Amount, Amount) {
        let payer = self.dollars.customers;
        let (bought, paid) = self.quoted(paid).unwrap_or((Amount::ZERO, paid));
        self.ledgers.mint(payer, paid).expect(COVERED);
        let bought = self.trade_for(payer, to, paid, bought);
        (bought, paid)
    }

    /// Tokens that dollars buy at the quoted price, as far as holders have them, and the dollars
    /// for these; `None` without a quoted price.
    fn quoted(&self, paid: Amount) -> Option<(Amount, Amount)> {
        let (quote, decimals) = (self.quote?, self.tokens.decimals());
        let (wanted, held) = (quote.tokens(paid, decimals), self.balance(HOLDERS));
        Some(if wanted <= held { (wanted, paid) } else { (held, quote.dollars(held, decimals)) })
    }

    /// Dollars of an account buy tokens for one: from the pool, or so many from the holders at the
    /// quoted price. Returns the tokens.
    fn trade_for(&mut self, payer: Account, to: Place, paid: Amount, quoted: Amount) -> Amount {
        let buyer = self.named(to).token.account;
        let bought = match self.pool {
            Some(pool) => pool.buy(&mut self.ledgers, (payer, buyer), paid).expect(COVERED),
            None => {
                let (seller, payee) = (self.named(HOLDERS).token.account, self.dollars.sellers);
                let dollars = Posting { from: payer, to: payee, amount: paid };
                let tokens = Posting { from: seller, to: buyer, amount: quoted };
                match to == HOLDERS {
                    true => self.ledgers.transfer(payer, payee, paid).expect(COVERED),
                    false => self.ledgers.exchange(dollars, tokens).expect(COVERED),
                }
                quoted
            }
        };
        self.got(to, bought);
        bought
    }
    /// Dollars of an account buy tokens for one. Returns the tokens.
    ///
    /// # Panics
    /// If there is no exchange, or the account has fewer dollars.
    pub fn buy_with(&mut self, from: Place, to: Place, paid: Amount) -> Amount {
        let payer = self.purse(from, Money::Dollar).account;
        let (quoted, paid) = self.quoted(paid).unwrap_or((Amount::ZERO, paid));
        self.purse_mut(from, Money::Dollar).gave(paid);
        self.trade_for(payer, to, paid, quoted)
    }
    /// Customers pay dollars to an account.
    ///
    /// # Panics
    /// If the dollars ever issued would exceed 128 bits.
    pub fn spend(&mut self, to: Place, amount: Amount) {
        let purse = self.purse_mut(to, Money::Dollar);
        purse.got(amount);
        let account = purse.account;
        self.ledgers.mint(account, amount).expect(COVERED);
    }
    /// Sells tokens of an account on the exchange. Returns the dollars they brought.
    ///
    /// # Panics
    /// If there is no exchange, or the account holds less.
    pub fn sell(&mut self, from: Place, sold: Amount) -> Amount {
        let own = self.named(from).dollar.map(|purse| purse.account);
        let (seller, payee) = (self.named(from).token.account, own.unwrap_or(self.dollars.sellers));
        let brought = match (self.pool, self.quote) {
            (Some(pool), _) => pool.sell(&mut self.ledgers, (seller, payee), sold).expect(COVERED),
            (None, quote) => {
                // Holders buy, with dollars from outside.
                let brought = quote.expect(DESCRIBED).dollars(sold, self.tokens.decimals());
                let holders = self.named(HOLDERS).token.account;
                if from != HOLDERS {
                    self.ledgers.transfer(seller, holders, sold).expect(COVERED);
                }
                self.ledgers.mint(payee, brought).expect(COVERED);
                brought
            }
        };
        self.gave(from, sold);
        if let Some(purse) = &mut self.named[usize::from(from.0)].dollar {
            purse.got(brought);
        }
        self.named[usize::from(from.0)].proceeds += brought;
        brought
    }
    /// Burns tokens of an account.
    ///
    /// # Panics
    /// If the account holds less.
    pub fn burn(&mut self, from: Place, amount: Amount) {
        self.ledgers.burn(self.named(from).token.account, amount).expect(COVERED);
        self.gave(from, amount);
    }
    /// One account pays another.
    ///
    /// # Panics
    /// If the payer holds less.
    pub fn pay(&mut self, (from, money): Payer, to: Place, amount: Amount) {
        let (payer, payee) = (self.purse(from, money).account, self.purse(to, money).account);
        self.ledgers.transfer(payer, payee, amount).expect(COVERED);
        self.purse_mut(from, money).gave(amount);
        self.purse_mut(to, money).got(amount);
    }
    /// New tokens for an account.
    ///
    /// # Panics
    /// If the tokens ever issued would exceed their cap or 128 bits.
    pub fn mint(&mut self, to: Place, amount: Amount) {
        self.ledgers.mint(self.named(to).token.account, amount).expect(COVERED);
        self.got(to, amount);
    }
    /// The bonds of so many nodes come from an account.
    ///
    /// # Panics
    /// If the account holds less than the bonds.
    pub fn lock(&mut self, from: Place, nodes: usize) {
        let Some(bond) = self.bond else { return };
        let account = self.named(from).token.account;
        bond.lock(&mut self.ledgers, account, nodes).expect(COVERED);
        self.gave(from, bond.of(nodes));
    }
    /// The bonds of so many nodes go back to an account.
    ///
    /// # Panics
    /// If there is no bond, or fewer nodes are bonded.
    pub fn release(&mut self, to: Place, nodes: usize) {
        let (bond, account) = (self.bond.expect(DESCRIBED), self.named(to).token.account);
        let amount = bond.release(&mut self.ledgers, account, nodes).expect(COVERED);
        self.got(to, amount);
    }
    /// Whether an account holds the bonds of so many nodes; without a bond it always does.
    pub fn affords(&self, from: Place, nodes: usize) -> bool {
        let needed = self.bond.map_or(Amount::ZERO, |bond| bond.of(nodes));
        needed <= self.balance(from)
    }

    /// Tokens that an account holds.
    pub fn balance(&self, place: Place) -> Amount {
        self.ledgers.balance(self.named(place).token.account)
    }
    /// Dollars that an account holds; `None` where no step pays it any, or takes them.
    pub fn dollars(&self, place: Place) -> Option<Amount> {
        self.named(place).dollar.map(|purse| self.ledgers.balance(purse.account))
    }
    /// Dollars that an account has got for tokens since the start.
    pub fn proceeds(&self, place: Place) -> Amount {
        self.named(place).proceeds
    }
    /// The same of all accounts.
    pub fn proceeds_of_all(&self) -> Amount {
        self.named.iter().map(|named| named.proceeds).sum()
    }
    /// Dollars for a token; `None` without a market.
    pub fn price(&self) -> Option<f64> {
        let quoted = self.quote.map(|quote| quote.price_usd());
        self.pool.map(|pool| pool.price(&self.ledgers)).or(quoted)
    }
    /// All tokens ever issued, those of the beginning included.
    pub fn minted(&self) -> Amount {
        self.own().issued()
    }
    /// All tokens issued since the beginning.
    pub fn emitted(&self) -> Amount {
        self.minted() - self.first
    }
    /// Tokens that may still be issued; `None` without a cap.
    pub fn room(&self) -> Option<Amount> {
        self.tokens.own.cap.map(|cap| cap - self.minted())
    }
    /// All tokens ever burned.
    pub fn burned(&self) -> Amount {
        self.own().burned()
    }
    /// Neither in bonds nor under locks nor in the pool.
    pub fn circulating(&self) -> Amount {
        self.own().held(Holding::Free)
    }
    /// In bonds.
    pub fn bonded(&self) -> Amount {
        self.bond.map_or(Amount::ZERO, |bond| self.ledgers.balance(bond.account))
    }
    /// In bonds and under locks.
    pub fn locked(&self) -> Amount {
        self.own().held(Holding::Locked)
    }
    /// The bonds of so many nodes; `None` where there is no bond.
    pub fn bonds_of(&self, nodes: usize) -> Option<Amount> {
        self.bond.map(|bond| bond.of(nodes))
    }
    /// From now on the pool keeps this share of what is paid in, in millionths.
    pub fn set_fee(&mut self, millionths: u32) {
        if let Some(pool) = &mut self.pool {
            pool.rule.fee_millionths = millionths;
        }
    }
    /// Tokens and dollars of the pool, if there is one.
    pub fn pool_sides(&self) -> Option<(Amount, Amount)> {
        self.pool.map(|pool| (pool.tokens(&self.ledgers), pool.dollars(&self.ledgers)))
    }
    /// Dollars that the pool pays while its price falls by this share: its depth.
    pub fn depth_usd(&self, share: f64) -> Option<f64> {
        self.pool.map(|pool| pool.depth_usd(&self.ledgers, share))
    }
    /// What the books know of their tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// The books of both, and that every token is somewhere.
    ///
    /// # Errors
    /// What does not balance: a fault of the ledger.
    pub fn verify(&self) -> Result<(), String> {
        let named = |(token, error): (Token, LedgerError)| {
            format!("{}: {error}", self.ledgers.spec(token).symbol)
        };
        self.ledgers.verify().map_err(named)?;
        let pool = self.own().held(Holding::Reserve);
        let parts = [self.circulating(), self.locked(), pool, self.burned()];
        let sum: Amount = parts.into_iter().sum();
        if sum == self.minted() {
            return Ok(());
        }
        let [circulating, locked, pool, burned] = parts;
        Err(format!(
            "circulating {circulating} + locked {locked} + pool {pool} + burned {burned} is not \
             minted {}",
            self.minted()
        ))
    }

    /// All balances of the token less what was issued and not burned, without its sign.
    pub fn residual(&self) -> Amount {
        let held = self.circulating() + self.locked() + self.own().held(Holding::Reserve);
        Amount(held.0.abs_diff((self.minted() - self.burned()).0))
    }

    /// A word that depends on every posting so far.
    pub fn digest(&self) -> u64 {
        let usd = self.ledgers.ledger(self.dollars.token);
        self.own().digest.value() ^ usd.digest.value().rotate_left(32)
    }
}

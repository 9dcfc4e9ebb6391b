//! The state that steps work on: books, demand, operators, and what has flowed.

use pinwheel_core::{Amount, Streams};
use serde::{Deserialize, Serialize};

use super::accounts::{Books, HOLDERS, Money, OPERATORS, Of, Payer, Place};
use super::settings::{NamedEmission, Settings, Source};
use super::step::mint::Mint;
use super::step::receivers::Receivers;
use crate::economy::demand::Demand;
use crate::economy::operators::{Earned, Operators};
use crate::economy::period::Period;
use crate::economy::remint::Reminting;
use crate::economy::schedule::Emission;
use crate::economy::share::{MILLION, part};
use crate::economy::vesting::Vesting;
use crate::input::amount::USD_DECIMALS;
use crate::part::Numbering;

/// What flowed in one period.
#[derive(Copy, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flows {
    /// New tokens.
    pub minted: Valued,
    /// New tokens and payments that operators got.
    pub rewards: Valued,
    /// Dollars that operators got for tokens.
    pub proceeds: Amount,
    /// Nodes online.
    pub online: usize,
    /// The capacity of those online, in units of the median.
    pub capacity: f64,
    /// Nodes that came in the period.
    pub entered: usize,
    /// Nodes that left in the period.
    pub left: usize,
    /// Operators have been given their rewards and counted their losses.
    judged: bool,
}

/// Tokens, and the dollars they were worth when they were given.
#[derive(Copy, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Valued {
    /// All of them.
    pub tokens: Amount,
    /// Those given since the price moved last, whose value is still to be added.
    pending: Amount,
    /// Dollars, of all but those.
    usd: f64,
}

impl Valued {
    fn add(&mut self, amount: Amount) {
        self.tokens += amount;
        self.pending += amount;
    }
    /// The price is about to move from `price`.
    fn settle(&mut self, price: f64, decimals: u32) {
        self.usd += self.pending.as_tokens(decimals) * price;
        self.pending = Amount::ZERO;
    }
    /// Dollars that the tokens were worth, once they are settled.
    pub fn usd(&self) -> f64 {
        self.usd
    }
}

/// An emission, and what of it is due in the present period.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Issued {
    by: By,
    due: Amount,
}

/// How an emission goes on.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum By {
    Schedule(Emission),
    Remint(Reminting),
}

impl Issued {
    fn new(named: &NamedEmission) -> Self {
        let by = match &named.source {
            Source::Schedule(schedule) => By::Schedule(Emission::new(schedule.clone())),
            Source::Remint(rule) => By::Remint(Reminting::new(*rule)),
        };
        Issued { by, due: Amount::ZERO }
    }

    /// A period ends so many seconds after the start of the run; so much was burned in the one
    /// before.
    fn next(&mut self, ends: i64, burned: Amount) {
        self.due = match &mut self.by {
            By::Schedule(emission) => emission.due(ends),
            By::Remint(net) => net.after(burned),
        };
    }

    /// Tokens of `decimals` that are still to come beyond those burned before.
    fn to_come(&self, decimals: u32) -> f64 {
        match &self.by {
            By::Schedule(emission) => emission.to_come(decimals),
            By::Remint(_) => 0.0,
        }
    }
}

/// What has flowed since the start.
#[derive(Copy, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    /// Entries and exits of nodes.
    pub entered: u64,
    /// See `entered`.
    pub left: u64,
    /// Emission and rewards at the prices at which they were given, dollars.
    pub minted_usd: f64,
    /// See `minted_usd`.
    pub rewards_usd: f64,
    /// Dollars of customers.
    pub spent: Amount,
    /// What running the active nodes has cost, dollars.
    pub cost: Amount,
    /// Capacity online, summed over the days.
    pub capacity_days: f64,
    /// Tokens burned that no customer has bought for it, at the price when they were burned.
    pub burned_otherwise_usd: f64,
}

/// A network between two periods.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    pub(super) books: Books,
    pub(super) demand: Option<Demand>,
    pub(super) operators: Option<Operators>,
    emissions: Vec<Issued>,
    period: Period,
    /// Tokens burned before the present period.
    burned_before: Amount,
    /// What steps have locked, one for each of them.
    vesting: Vec<Vesting>,
    /// What of each grant of the beginning has become free.
    freed: Vec<Amount>,
    /// Periods settled, the present one included.
    pub(super) settled: u32,
    pub(super) flows: Flows,
    pub(super) sums: Sums,
    /// What the steps were to mint since the start.
    pub(super) scheduled: Amount,
    /// Tokens that customers have bought in this period, and the dollars they paid for them.
    bought: (Amount, Amount),
    /// Dollars for which customers bought tokens that were burned.
    bought_and_burned: Amount,
}

/// The scenario is refused where a step needs what it does not describe.
const DESCRIBED: &str = "what a step uses is described";

impl State {
    /// The beginning: all nodes active, up and bonded.
    pub fn new(settings: &Settings, numbering: &Numbering, streams: &Streams) -> Self {
        let period = settings.period;
        let operators = |given| Operators::new(given, period, numbering.clone(), streams);
        State {
            books: Books::new(settings),
            demand: settings.demand.map(|law| Demand::new(law, period)),
            operators: settings.operators.map(operators),
            emissions: settings.emissions.iter().map(Issued::new).collect(),
            period,
            burned_before: Amount::ZERO,
            vesting: settings.locks().map(|lock| Vesting::new(lock.rule)).collect(),
            freed: vec![Amount::ZERO; settings.genesis.len()],
            settled: 0,
            flows: Flows::default(),
            sums: Sums::default(),
            scheduled: Amount::ZERO,
            bought: Default::default(),
            bought_and_burned: Amount::ZERO,
        }
    }

    /// The number of the present period, from zero.
    fn number(&self) -> u32 {
        self.settled - 1
    }

    /// What comes before the steps of a period: the running costs are due, demand grows, shocks
    /// strike, and the hardware is looked at.
    pub fn begin(&mut self, settings: &Settings, streams: &Streams) {
        let number = self.settled;
        self.settled += 1;
        self.flows = Flows::default();
        self.bought = Default::default();
        self.books.begin();
        if let Some(operators) = &self.operators {
            self.sums.cost += operators.cost_per_period();
        }
        if let Some(demand) = &mut self.demand {
            demand.grow(number, streams);
        }
        self.books.step_price(number, streams);
        for shock in settings.shocks.iter().filter(|shock| shock.period == number) {
            if let Some(demand) = &mut self.demand {
                demand.scale(shock.demand_scale);
            }
            if settings.has_market() {
                self.books.sell(HOLDERS, shock.sale.min(self.books.balance(HOLDERS)));
            }
        }
        if let Some(operators) = &mut self.operators {
            operators.take_changes();
            self.flows.online = operators.online();
            self.flows.capacity = operators.online_capacity();
        }
        let ends = i64::from(self.settled) * i64::from(self.period.seconds());
        self.unlock(settings, ends);
        let burned = self.books.burned();
        let before = std::mem::replace(&mut self.burned_before, burned);
        self.emissions.iter_mut().for_each(|of| of.next(ends, burned - before));
        self.scheduled += self.owed(settings);
    }

    /// What the steps are to mint in a period: their shares of the schedule, as far as the cap
    /// leaves room for them. Nothing of it depends on what is posted.
    fn owed(&self, settings: &Settings) -> Amount {
        let nobody = self.flows.online == 0;
        let of_mint = |mint: &Mint| -> Amount {
            let parts = mint.to.parts(self.share_due(mint.emission, mint.millionths));
            let given = parts.filter(|(to, _)| *to != OPERATORS || !nobody);
            given.map(|(_, part)| part).sum()
        };
        let owed = settings.mints().map(of_mint).sum();
        self.books.room().map_or(owed, |room| room.min(owed))
    }

    /// What of the locks of the beginning has become free by now goes to its owners.
    fn unlock(&mut self, settings: &Settings, seconds: i64) {
        for (grant, freed) in settings.genesis.iter().zip(&mut self.freed) {
            let Some(lock) = &grant.lock else { continue };
            if *freed < lock.amount {
                let free = lock.free(seconds);
                if free > *freed {
                    self.books.unlock(grant.to, free - *freed);
                    *freed = free;
                }
            }
        }
    }

    /// A share of what is due of an emission in the present period.
    fn share_due(&self, emission: u8, millionths: u32) -> Amount {
        part(self.emissions[usize::from(emission)].due, millionths)
    }

    /// What comes after the steps of a period.
    pub fn end(&mut self) {
        self.value_rewards();
        self.judge();
        let Flows { minted, rewards, capacity, entered, left, .. } = self.flows;
        self.sums.entered += entered as u64;
        self.sums.left += left as u64;
        self.sums.minted_usd += minted.usd;
        self.sums.rewards_usd += rewards.usd;
        self.sums.capacity_days += capacity * self.period.days();
    }

    /// A share of what customers demand in the period, dollars.
    fn demanded(&self, millionths: u32) -> Amount {
        part(self.demand.as_ref().expect(DESCRIBED).spent(), millionths)
    }

    /// Customers spend a share of what they demand on tokens for an account.
    ///
    /// # Panics
    /// If the network has no demand or no exchange.
    pub fn buy(&mut self, to: Place, millionths: u32) {
        self.value_rewards();
        let (bought, spent) = self.books.buy(to, self.demanded(millionths));
        self.bought = (self.bought.0 + bought, self.bought.1 + spent);
        self.sums.spent += spent;
    }

    /// An account spends a share of the dollars that it has got in the period on tokens for one.
    ///
    /// # Panics
    /// If the network has no exchange.
    pub fn buy_with(&mut self, from: Place, to: Place, millionths: u32) {
        self.value_rewards();
        let dollars = self.books.share((from, Money::Dollar), Of::Income, millionths);
        self.books.buy_with(from, to, dollars.unwrap_or_default());
    }

    /// Customers pay accounts a share of what they demand, in dollars. Operators get nothing while
    /// none is online.
    ///
    /// # Panics
    /// If the network has no demand.
    pub fn spend(&mut self, to: &Receivers, millionths: u32) {
        for (to, amount) in to.parts(self.demanded(millionths)) {
            let nobody = to == OPERATORS && self.flows.online == 0;
            if nobody || amount == Amount::ZERO {
                continue;
            }
            self.books.spend(to, amount);
            self.sums.spent += amount;
            if to == OPERATORS {
                self.flows.rewards.usd += amount.as_tokens(USD_DECIMALS);
            }
        }
    }

    /// Burns a share of what an account has got, or holds.
    pub fn burn(&mut self, from: Place, of: Of, millionths: u32, bought: bool) {
        let share = self.books.share((from, Money::Token), of, millionths);
        let Some(burned) = share else { return };
        let (tokens, paid) = self.bought;
        if bought && tokens > Amount::ZERO {
            self.bought_and_burned += paid.mul_div_floor(burned.0, tokens.0);
        } else if let Some(price) = self.books.price() {
            self.sums.burned_otherwise_usd += burned.as_tokens(self.decimals()) * price;
        }
        self.books.burn(from, burned);
    }

    /// New tokens for an account: a share of the schedule, and at the end what the cap leaves of
    /// it. Operators get none while none is online.
    pub fn mint(&mut self, to: &Receivers, emission: u8, millionths: u32) {
        for (to, amount) in to.parts(self.share_due(emission, millionths)) {
            let amount = match to == OPERATORS && self.flows.online == 0 {
                true => Amount::ZERO,
                false => self.books.room().map_or(amount, |room| amount.min(room)),
            };
            self.books.mint(to, amount);
            self.flows.minted.add(amount);
            if to == OPERATORS {
                self.flows.rewards.add(amount);
            }
        }
    }

    /// One account pays others a share of what it has got, or holds. Operators get nothing while
    /// none is online; nothing is not posted.
    pub fn pay(&mut self, from: Payer, to: &Receivers, of: Of, millionths: u32) {
        let amount = self.books.share(from, of, millionths).unwrap_or_default();
        for (to, amount) in to.parts(amount) {
            let nobody = to == OPERATORS && self.flows.online == 0;
            if nobody || amount == Amount::ZERO {
                continue;
            }
            self.books.pay(from, to, amount);
            match from.1 {
                _ if to != OPERATORS => {}
                Money::Token => self.flows.rewards.add(amount),
                Money::Dollar => self.flows.rewards.usd += amount.as_tokens(USD_DECIMALS),
            }
        }
    }

    /// Binds a share of what an account has got, for a while; what is free of earlier shares is
    /// given back to it after that.
    pub fn lock(&mut self, from: Place, millionths: u32, lock: u8) {
        let share = self.books.share((from, Money::Token), Of::Income, millionths);
        let (amount, number) = (share.unwrap_or_default(), self.number());
        let vesting = &mut self.vesting[usize::from(lock)];
        vesting.lock(number, amount);
        let free = vesting.free(number);
        if amount > Amount::ZERO {
            self.books.bind(from, amount);
        }
        if free > Amount::ZERO {
            self.books.unlock(from, free);
        }
    }

    /// Sells a share of what an account has got, or holds; where nothing was put into it, nothing
    /// is posted.
    pub fn sell(&mut self, from: Place, of: Of, millionths: u32) {
        let share = self.books.share((from, Money::Token), of, millionths);
        let Some(sold) = share else { return };
        self.value_rewards();
        let brought = self.books.sell(from, sold);
        if from == OPERATORS {
            self.flows.proceeds += brought;
        }
    }

    /// Nodes that have lost for too long leave.
    ///
    /// # Panics
    /// If the network has no operators.
    pub fn exit(&mut self) {
        self.judge();
        let number = self.number();
        self.flows.left = self.operators.as_mut().expect(DESCRIBED).let_go(number);
    }

    /// Those who left get their bonds back. In most periods nobody leaves, and a posting of nothing
    /// costs as much as any.
    pub fn release(&mut self, to: Place) {
        if self.flows.left > 0 {
            self.books.release(to, self.flows.left);
        }
    }

    /// Idle nodes enter if the mean node would earn, as far as an account has their bonds.
    ///
    /// # Panics
    /// If the network has no operators.
    pub fn enter(&mut self, bond_from: Place, streams: &Streams) {
        self.value_rewards();
        self.judge();
        let number = self.number();
        let (value, online) = (self.flows.rewards.usd, self.flows.online.max(1) as f64);
        let (operators, books) = (self.operators.as_mut().expect(DESCRIBED), &self.books);
        let pays = value / online > operators.mean_cost_usd();
        let affords = |nodes| books.affords(bond_from, nodes);
        let entered = operators.enter(number, pays, streams, affords);
        if entered > 0 {
            self.books.lock(bond_from, entered);
        }
        self.flows.entered = entered;
    }

    /// Operators get their rewards and count their losses, once in each period.
    fn judge(&mut self) {
        if std::mem::replace(&mut self.flows.judged, true) {
            return;
        }
        self.value_rewards();
        let (number, decimals) = (self.number(), self.decimals());
        let Flows { rewards, online, capacity, .. } = &self.flows;
        let Some(operators) = &mut self.operators else { return };
        let earned = match *online {
            0 => Earned::default(),
            _ => Earned {
                usd: rewards.usd / *capacity,
                tok: rewards.tokens.as_tokens(decimals) / *capacity,
            },
        };
        operators.judge(number, earned);
    }

    /// What was given up to now is worth what the price is now, before it moves.
    fn value_rewards(&mut self) {
        if self.flows.minted.pending.max(self.flows.rewards.pending) == Amount::ZERO {
            return;
        }
        let (decimals, price) = (self.decimals(), self.books.price().unwrap_or_default());
        self.flows.minted.settle(price, decimals);
        self.flows.rewards.settle(price, decimals);
    }

    /// Decimals of the network's token.
    pub fn decimals(&self) -> u32 {
        self.books.tokens().decimals()
    }

    /// Most tokens there can ever be under these settings: those minted and all that the steps
    /// still mint of the schedule, up to the cap.
    pub fn supply_max_tok(&self, settings: &Settings) -> f64 {
        let minted = self.books.minted().as_tokens(self.decimals());
        let minted_of = |mint: &Mint| {
            let of = &self.emissions[usize::from(mint.emission)];
            let share = f64::from(mint.millionths) / f64::from(MILLION);
            // A share of nothing is nothing, be the whole without end.
            if share > 0.0 { of.to_come(self.decimals()) * share } else { 0.0 }
        };
        let scheduled = minted + settings.mints().map(minted_of).sum::<f64>();
        let cap = settings.tokens.own.cap;
        cap.map_or(scheduled, |cap| scheduled.min(cap.as_tokens(self.decimals())))
    }

    /// Dollars for which customers bought tokens that were burned.
    pub fn bought_and_burned_usd(&self) -> f64 {
        self.bought_and_burned.as_tokens(USD_DECIMALS)
    }

    /// Dollars that customers have spent.
    pub fn spent_usd(&self) -> f64 {
        self.sums.spent.as_tokens(USD_DECIMALS)
    }
}

//! The checks of a section of a network: from [`Section`] to [`Settings`].

mod emission;
mod genesis;
mod market;

use pinwheel_core::{Amount, SimDuration};

use super::accounts::{ACCOUNTS, CUSTOMERS, HOLDERS, Money, OPERATORS, Of};
use super::file::{BondSection, OperatorSection, Section, ShockSection};
use super::levers::{Movable, Moves};
use super::settings::{Grant, Settings, Shock, Tokens};
use super::step::plan::{Plan, Primitive, millionths};
use super::step::receivers::Receivers;
use super::step::{Step, burn, buy, enter, exit, mint, pay, release, sell};
use crate::economy::operators::OperatorSettings;
use crate::economy::period::{Period, SECONDS_PER_DAY};
use crate::economy::share::MILLION;
use crate::input::HORIZON_DAYS_MAX;
use crate::input::amount::{self, USD_DECIMALS};
use crate::input::check::Checker;
use crate::input::diagnostic::shown;
use crate::input::tree::{Value, ValueId};
use crate::networks::SHORT;
use crate::part::{DeviceSet, Known};

/// Most tokens in the beginning, and in all emissions of a day.
const TOKENS_MAX: f64 = 1e15;
/// Most base units of them, so that the emissions of the longest run stay within 128 bits.
const BASE_UNITS_MAX: u128 = 10u128.pow(33);
/// Rounding in each period may take one part in so many of an amount a day.
const LOST_PARTS_MIN: u128 = 1_000;
const NODES_MAX: i64 = 1_000_000;
const SHOCKS_MAX: usize = 1_000;
/// Most accounts that a scenario adds to those that every network has.
const ACCOUNTS_MAX: usize = 64;
/// The places of the steps without a list whose shares are typed: what is burned of what customers
/// buy, what operators sell of their rewards, and what is sold of the bonds given back.
const DAILY_SHARES: [usize; 3] = [1, 4, 7];
/// Wider laws leave the integers that capacities are counted in.
const SIGMA_MAX: f64 = 2.0;

/// The section under examination.
pub struct Reader<'r, 'c> {
    checker: &'r mut Checker<'c>,
    /// Its name: "network" or "economy".
    section: &'static str,
    given: ValueId,
    typed: Section,
    /// The name of the table of operators, as typed.
    operators: &'static str,
    tokens: Tokens,
    period: Period,
}

impl<'r, 'c> Reader<'r, 'c> {
    /// The section as typed, with the period that all else is counted in.
    pub fn new(checker: &'r mut Checker<'c>, given: ValueId, known: &Known) -> Option<Self> {
        let short = SHORT.iter().find(|(section, _)| checker.tree.root(section) == Some(given));
        let section = short.map_or("network", |(section, _)| *section);
        let typed: Section = checker.read(given, section);
        for (name, typed) in [("kind", typed.kind), ("id", typed.id)] {
            let Some(typed) = typed.filter(|_| short.is_some()) else { continue };
            let message = format!("[{section}] is one network without a name");
            let help = "write [network] or [[network]] with kind = \"generic\" in its place";
            checker.fault(typed, &format!("{section}.{name}"), message, help);
        }
        let days = known.days.map_or(HORIZON_DAYS_MAX, |days| days.horizon_days);
        let seconds = match typed.every {
            Some(given) => checker.periods(Some(given), &format!("{section}.every"), 1, days)?,
            None => SECONDS_PER_DAY,
        };
        let operators = if typed.providers.is_some() { "providers" } else { "operators" };
        let tokens = match typed.token {
            Some(given) => own_token(checker, given, &format!("{section}.token"))?,
            None => Tokens::default(),
        };
        let period = Period::from_seconds(seconds);
        Some(Reader { checker, section, given, typed, operators, tokens, period })
    }

    /// The validated network.
    pub fn settings(mut self, known: &Known) -> Option<Settings> {
        let typed = std::mem::take(&mut self.typed);
        let example = format!("\"100_000_000 {}\"", self.tokens.own.symbol);
        let supply = self.required(typed.supply, "supply", &example);
        let supply = self.tokens(supply, "supply");
        let emissions = self.emissions(typed.emission, known);
        let exchange = given(typed.exchange.as_ref(), |typed| self.exchange(typed));
        let price = given(typed.price.as_ref(), |typed| self.price(typed));
        let demand = given(typed.demand.as_ref(), |typed| self.demand(typed));
        let bond = given(typed.bond.as_ref(), |typed| self.bond(typed));
        let operators = typed.operators.as_ref().or(typed.providers.as_ref());
        self.one_name(&typed);
        let leave = self.leave(typed.step);
        let operators = given(operators, |typed| self.operators(typed, leave));
        let shocks = self.shocks(&typed);
        let record_every = self.periods(typed.record_every, "record_every", 1);
        let concentration_every = self.periods(typed.concentration_every, "concentration_every", 7);
        let devices = self.devices(typed.devices, known);
        let accounts = self.accounts(&typed.accounts)?;
        let genesis = self.genesis(&typed.genesis, &accounts, known);
        let granted = genesis.as_deref().unwrap_or_default();
        let steps = self.steps(&typed, &accounts, granted)?;
        // The steps that stand in for a list give back bonds, be it of nothing.
        let bond = match (bond?, typed.step) {
            (None, None) => Some(Amount::ZERO),
            (bond, _) => bond,
        };
        let in_file_order = shocks?;
        let mut shocks = in_file_order.clone();
        shocks.sort_by_key(|shock| shock.period);
        let run_seconds = u64::from(known.days?.horizon_days) * u64::from(SECONDS_PER_DAY);
        let settings = Settings {
            period: self.period,
            accounts,
            supply: supply?,
            genesis: genesis?,
            emissions: emissions?,
            exchange: exchange?,
            price: price?,
            demand: demand?,
            bond_per_node: bond,
            operators: operators?,
            devices: devices?,
            shocks,
            levers: self.levers(&typed, &steps),
            steps,
            record_every: record_every?,
            concentration_every: concentration_every?,
            periods: (run_seconds / u64::from(self.period.seconds())) as u32,
            tokens: self.tokens.clone(),
        };
        self.supply_covers(&settings, typed.supply?)?;
        self.holders_have(&settings, &typed.shock, &in_file_order);
        self.fits(&settings, known)?;
        Some(settings)
    }

    /// The dotted key of a name below the section.
    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.section)
    }
    /// The value itself, or a fault that names the key which is missing.
    fn required(&mut self, given: Option<ValueId>, name: &str, example: &str) -> Option<ValueId> {
        let key = self.key(name);
        self.checker.required(given, &key, example)
    }
    /// Tokens of the network; of a quantity per day with `per`.
    fn tokens_per(&mut self, given: Option<ValueId>, name: &str, per: &str) -> Option<Amount> {
        let unit = format!("{}{per}", self.tokens.own.symbol);
        let (key, decimals) = (self.key(name), self.tokens.decimals());
        let range = 0.0..=self.tokens_max();
        self.checker.amount(given, &key, (&unit, decimals), range)
    }
    /// Most tokens of one amount.
    fn tokens_max(&self) -> f64 {
        Amount(BASE_UNITS_MAX).as_tokens(self.tokens.decimals()).min(TOKENS_MAX)
    }
    fn tokens(&mut self, given: Option<ValueId>, name: &str) -> Option<Amount> {
        self.tokens_per(given, name, "")
    }
    /// A number of a unit within 0 and a limit, or the default where nothing is given.
    fn number(
        &mut self,
        given: Option<ValueId>,
        (name, unit): (&str, &str),
        most: f64,
        default: f64,
    ) -> Option<f64> {
        let key = self.key(name);
        match given {
            Some(_) => self.checker.quantity(given, &key, unit, unit == "1", 0.0..=most),
            None => Some(default),
        }
    }
    /// A share in millionths.
    fn millionths(
        &mut self,
        given: Option<ValueId>,
        name: &str,
        most: f64,
        default: f64,
    ) -> Option<u32> {
        let share = self.number(given, (name, "1"), most, default)?;
        let key = self.key(name);
        millionths(self.checker, given, &key, share)
    }
    /// A whole number of periods; where nothing is given, as many as so many days have, or one
    /// where these are no whole number of periods.
    fn periods(&mut self, given: Option<ValueId>, name: &str, days: u32) -> Option<u32> {
        let (key, seconds) = (self.key(name), self.period.seconds());
        let default = days * SECONDS_PER_DAY;
        match given {
            Some(_) => self.checker.periods(given, &key, seconds, HORIZON_DAYS_MAX),
            None if default.is_multiple_of(seconds) => Some(default / seconds),
            None => Some(1),
        }
    }
    /// A whole number of periods; where nothing is given, those of so many days, which must be one.
    fn exact_periods(&mut self, given: Option<ValueId>, name: &str, days: u32) -> Option<u32> {
        let seconds = self.period.seconds();
        if given.is_none() && !(days * SECONDS_PER_DAY).is_multiple_of(seconds) {
            let key = self.key(name);
            let message =
                format!("is needed: {days} d are no whole number of periods of {seconds} s");
            self.checker.fault(self.given, &key, message, "give it as a whole number of periods");
            return None;
        }
        self.periods(given, name, days)
    }
    /// A fault where an amount a day loses more than a thousandth of itself by rounding down to
    /// the base unit in each period.
    fn refuse_lossy(
        &mut self,
        given: Option<ValueId>,
        name: &str,
        (money, per_day, lost): (Money, Option<Amount>, Option<Amount>),
    ) {
        let (Some(given), Some(per_day), Some(lost)) = (given, per_day, lost) else { return };
        if lost.0 <= per_day.0 / LOST_PARTS_MIN {
            return;
        }
        let share = lost.0 as f64 / per_day.0 as f64 * 100.0;
        let message = format!(
            "{share:.2} % of it is lost by rounding to base units in periods of {} s",
            self.period.seconds()
        );
        let help = match money {
            Money::Token => "let the period be longer, or the token have more decimals",
            Money::Dollar => "let the period be longer, or the amount larger",
        };
        let (key, help) = (self.key(name), format!("{help}; at most 0.1 %"));
        self.checker.fault(given, &key, message, help);
    }

    /// What is lost in a day of an amount that is another in each period, and rounded down to the
    /// base unit in each: half a unit on average.
    fn half_unit_per_day(&self) -> Amount {
        Amount(self.period.per_day(Amount(1)).0.div_ceil(2))
    }
    fn bond(&mut self, typed: &BondSection) -> Option<Amount> {
        let example = format!("\"500 {}\"", self.tokens.own.symbol);
        let per_node = self.required(typed.per_node, "bond.per_node", &example);
        self.tokens(per_node, "bond.per_node")
    }

    /// A fault if the operators are described under both names of their table.
    fn one_name(&mut self, typed: &Section) {
        if typed.operators.is_some() && typed.providers.is_some() {
            let key = self.key("providers");
            let message = "operators are described twice".to_owned();
            let given = self.value("providers").unwrap_or(self.given);
            self.checker.fault(given, &key, message, "keep `operators` only");
        }
    }

    /// Whether nodes leave: by the steps listed, or by those that stand in for a list.
    fn leave(&self, list: Option<ValueId>) -> bool {
        let Some(list) = list else { return true };
        let tree = self.checker.tree;
        let Value::Array(items) = tree.value(list) else { return false };
        let exits = |item: &ValueId| tree.table(*item).is_some_and(|of| of.contains_key("exit"));
        items.iter().any(exits)
    }

    fn operators(&mut self, typed: &OperatorSection, leave: bool) -> Option<OperatorSettings> {
        let table = self.operators;
        let name = |name: &str| format!("{table}.{name}");
        let count = self.required(typed.count, &name("count"), "1_000");
        let key = self.key(&name("count"));
        let count = self.checker.integer(count, &key, 1..=NODES_MAX);
        let at = name("capacity_sigma");
        let capacity_sigma = self.number(typed.capacity_sigma, (&at, "1"), SIGMA_MAX, 0.0);
        let cost = self.required(typed.cost_median, &name("cost_median"), "\"0.5 USD/d\"");
        let key = self.key(&name("cost_median"));
        let typed_cost = cost;
        let cost = self.checker.quantity(cost, &key, "USD/d", false, 1e-6..=1e6);
        // Costs of single nodes are rounded down to the base unit too.
        let units = cost.map(|cost| amount::floor(cost, USD_DECIMALS));
        let lost = (Money::Dollar, units, Some(self.half_unit_per_day()));
        self.refuse_lossy(typed_cost, &name("cost_median"), lost);
        let at = name("cost_sigma");
        let cost_sigma = self.number(typed.cost_sigma, (&at, "1"), SIGMA_MAX, 0.0);
        let patience = match (typed.patience, leave) {
            (None, false) => Some(u32::MAX),
            (given, _) => self.exact_periods(given, &name("patience"), 30),
        };
        let at = name("entry");
        let entry = self.number(typed.entry, (&at, "1/d"), 1.0, 0.0);
        Some(OperatorSettings {
            count: u32::try_from(count?).ok()?,
            capacity_sigma: capacity_sigma?,
            cost_median_usd_per_day: cost?,
            cost_sigma: cost_sigma?,
            patience_periods: patience?,
            entry_per_day: entry?,
        })
    }

    fn shocks(&mut self, typed: &Section) -> Option<Vec<Shock>> {
        if let Some(at) = typed.shock.get(SHOCKS_MAX).and_then(|shock| shock.at) {
            let (key, message) = (self.key("shock"), format!("{} shocks", typed.shock.len()));
            self.checker.fault(at, &key, message, format!("at most {SHOCKS_MAX}"));
            return None;
        }
        let shock = |(number, shock)| self.shock(typed, shock, number);
        let shocks: Vec<Option<Shock>> = typed.shock.iter().enumerate().map(shock).collect();
        shocks.into_iter().collect()
    }

    fn shock(&mut self, beside: &Section, typed: &ShockSection, number: usize) -> Option<Shock> {
        let name = |name: &str| format!("shock[{number}].{name}");
        let at = self.required(typed.at, &name("at"), "\"18 mo\"");
        let period = self.periods(at, &name("at"), 1);
        if let Some(period) = period {
            // It strikes in a period that ends with the run or before.
            let ends = (u64::from(period) + 1) * u64::from(self.period.seconds());
            let key = self.key(&name("at"));
            self.checker.refuse_late(at, &key, SimDuration::from_seconds(ends - 1));
        }
        let key = name("demand_scale");
        let demand_scale = self.number(typed.demand_scale, (&key, "1"), 1e3, 1.0);
        let sale = match typed.sale {
            Some(_) => self.tokens(typed.sale, &name("sale")),
            None => Some(Amount::ZERO),
        };
        let demand = beside.demand.is_some();
        let exchange = beside.exchange.is_some() || beside.price.is_some();
        let table = self.key(&format!("shock[{number}]"));
        if let (Some(at), None, None) = (at, typed.demand_scale, typed.sale) {
            let message = "neither demand_scale nor sale is given: nothing happens".to_owned();
            let help = "give one, such as demand_scale = 0.5, or take the shock out";
            self.checker.fault(at, &table, message, help);
        }
        self.checker.refuse_idle(
            &table,
            &[
                ("demand_scale", typed.demand_scale, demand, "a network with demand"),
                ("sale", typed.sale, exchange, "a network with an exchange"),
            ],
        );
        Some(Shock { period: period?, demand_scale: demand_scale?, sale: sale? })
    }

    /// The devices that the nodes stand on: those of the classes named, or of all; none without a
    /// fleet.
    fn devices(&mut self, named: Option<ValueId>, known: &Known) -> Option<Option<DeviceSet>> {
        let key = self.key("devices");
        match named {
            Some(named) => known.device_set(self.checker, named, &key).map(Some),
            None => {
                let classes: Vec<u8> = (0u8..).zip(&known.classes).map(|(at, _)| at).collect();
                Some((!classes.is_empty()).then_some(DeviceSet { classes }))
            }
        }
    }

    /// The names of all accounts: those that every network has, and those typed.
    fn accounts(&mut self, typed: &[ValueId]) -> Option<Vec<String>> {
        let key = self.key("accounts");
        let mut names: Vec<String> = ACCOUNTS.iter().map(|name| (*name).to_owned()).collect();
        if let Some(&given) = typed.get(ACCOUNTS_MAX) {
            let message = format!("{} accounts", typed.len());
            self.checker.fault(given, &key, message, format!("at most {ACCOUNTS_MAX}"));
            return None;
        }
        for (number, &given) in typed.iter().enumerate() {
            let key = format!("{key}[{number}]");
            let name = self.checker.identifier(Some(given), &key)?;
            if names.contains(&name) {
                let message = format!("there is an account \"{name}\" already");
                self.checker.fault(given, &key, message, "give each its own name");
                return None;
            }
            names.push(name);
        }
        Some(names)
    }

    /// Whether there are operators.
    fn operated(&self) -> bool {
        self.value(self.operators).is_some()
    }

    /// The value of a key of the section.
    fn value(&self, name: &str) -> Option<ValueId> {
        self.checker.tree.table(self.given)?.get(name).copied()
    }
    /// The name of a primitive's table, as typed.
    fn table(&self, primitive: Primitive) -> &'static str {
        match primitive {
            Primitive::Operators => self.operators,
            Primitive::Exchange if self.value("price").is_some() => "price",
            _ => primitive.table(),
        }
    }

    /// The steps as listed, or those that stand in for a list.
    fn steps(
        &mut self,
        typed: &Section,
        accounts: &[String],
        genesis: &[Grant],
    ) -> Option<Vec<Step>> {
        let is_there = |primitive: &Primitive| self.value(self.table(*primitive)).is_some();
        let described: Vec<Primitive> = Primitive::ALL.into_iter().filter(is_there).collect();
        let operated = described.contains(&Primitive::Operators);
        let when = "a network with operators";
        self.checker.refuse_idle(
            self.section,
            &[
                ("devices", typed.devices, operated, when),
                ("concentration_every", typed.concentration_every, operated, when),
            ],
        );
        self.shares_without_list(typed);
        let Some(list) = typed.step else {
            let is_granted =
                |name: &str| genesis.iter().any(|grant| accounts[usize::from(grant.to.0)] == name);
            self.unnamed(typed, is_granted);
            return self.daily_steps(typed, &described);
        };
        let emissions = self.emission_names(typed.emission);
        let mut plan = Plan::new(
            self.section,
            &self.tokens,
            accounts,
            &described,
            &emissions,
            self.period.seconds(),
        );
        genesis.iter().for_each(|grant| plan.fund(grant.to));
        let steps = plan.read(self.checker, list)?;
        self.unminted(typed.emission, &emissions, &steps);
        for primitive in described {
            let (name, used) = (self.table(primitive), plan.uses(primitive));
            let when = format!("a step such as {}", primitive.example());
            self.checker.refuse_idle(self.section, &[(name, self.value(name), used, &when)]);
        }
        self.unused(typed, &plan);
        self.unnamed(typed, |name| plan.names(name));
        Some(steps)
    }

    /// What may be moved, by the keys of the section.
    fn levers(&self, typed: &Section, steps: &[Step]) -> Vec<Movable> {
        let demand = typed.demand.is_some();
        let mut levers = Vec::new();
        let mut add = |there: bool, key: String, moves| {
            levers.extend(there.then_some(Movable { key, moves }));
        };
        add(demand, "demand.drift".to_owned(), Moves::Drift);
        add(demand, "demand.volatility".to_owned(), Moves::Volatility);
        add(typed.exchange.is_some(), "exchange.fee".to_owned(), Moves::Fee);
        if typed.step.is_some() {
            for (place, step) in steps.iter().enumerate() {
                let key = format!("step[{place}].share");
                add(step.share().is_some(), key, Moves::Share(place));
            }
            return levers;
        }
        let [burn, sell, sold] = DAILY_SHARES;
        add(true, "demand.burn_share".to_owned(), Moves::Share(burn));
        add(true, format!("{}.sell_share", self.operators), Moves::Share(sell));
        add(typed.bond.is_some(), "bond.sold_on_exit".to_owned(), Moves::Share(sold));
        levers
    }

    /// Keys of operators that no step makes use of.
    fn unused(&mut self, typed: &Section, plan: &Plan) {
        if let Some(operators) = typed.operators.as_ref().or(typed.providers.as_ref()) {
            let (exits, enters) = (plan.has(exit::SPEC.verb), plan.has(enter::SPEC.verb));
            let when = [exit::SPEC.example, enter::SPEC.example];
            let when = when.map(|example| format!("a step such as {example}"));
            let table = self.key(self.operators);
            self.checker.refuse_idle(
                &table,
                &[
                    ("patience", operators.patience, exits, &when[0]),
                    ("entry", operators.entry, enters, &when[1]),
                ],
            );
        }
    }

    /// Accounts that no step names.
    fn unnamed(&mut self, typed: &Section, is_named: impl Fn(&str) -> bool) {
        for &given in &typed.accounts {
            let Some(name) = self.checker.text_of(given) else { continue };
            let (key, when) = (self.key("accounts"), "a step that names it");
            self.checker.refuse_idle(&key, &[(&name, Some(given), is_named(&name), when)]);
        }
    }

    /// Shares that a list of steps says itself.
    fn shares_without_list(&mut self, typed: &Section) {
        let (no_list, when) =
            (typed.step.is_none(), "a network without `step`, whose steps say it");
        let burn = typed.demand.as_ref().and_then(|demand| demand.burn_share);
        let sold = typed.bond.as_ref().and_then(|bond| bond.sold_on_exit);
        let operators = typed.operators.as_ref().or(typed.providers.as_ref());
        let sell = operators.and_then(|operators| operators.sell_share);
        let table = self.operators;
        for (table, name, given) in [
            ("demand", "burn_share", burn),
            ("bond", "sold_on_exit", sold),
            (table, "sell_share", sell),
        ] {
            let table = self.key(table);
            self.checker.refuse_idle(&table, &[(name, given, no_list, when)]);
        }
    }

    /// The steps of depin-mini v1, in its order, with the shares that the tables have for them.
    fn daily_steps(&mut self, typed: &Section, described: &[Primitive]) -> Option<Vec<Step>> {
        let mut complete = true;
        for (primitive, example) in [
            (Primitive::Emission, "{ first = \"100_000 TOK/d\", half_life = \"2 y\" }"),
            (Primitive::Exchange, "{ usd = \"1_000_000 USD\", tok = \"1_000_000 TOK\" }"),
            (Primitive::Demand, "{ first = \"20_000 USD/d\" }"),
            (Primitive::Operators, "{ count = 1_000, cost_median = \"0.5 USD/d\" }"),
        ] {
            if !described.contains(&primitive) {
                self.required(None, self.table(primitive), example);
                complete = false;
            }
        }
        let operators = typed.operators.as_ref().or(typed.providers.as_ref());
        let burn = typed.demand.as_ref().and_then(|demand| demand.burn_share);
        let burn = self.millionths(burn, "demand.burn_share", 1.0, 1.0);
        let sell = operators.and_then(|operators| operators.sell_share);
        let sell = self.millionths(sell, &format!("{}.sell_share", self.operators), 1.0, 0.0);
        let sold = typed.bond.as_ref().and_then(|bond| bond.sold_on_exit);
        let sold = self.millionths(sold, "bond.sold_on_exit", 1.0, 0.0);
        let (burn, sell, sold) = (burn?, sell?, sold?);
        let (of, to) = (Of::Income, Receivers::one(OPERATORS));
        let steps = vec![
            Step::Buy(buy::Buy { with: None, to: CUSTOMERS, millionths: MILLION }),
            Step::Burn(burn::Burn { from: CUSTOMERS, of, millionths: burn, bought: true }),
            Step::Mint(mint::Mint { to, emission: 0, millionths: MILLION }),
            Step::Pay(pay::Pay {
                from: CUSTOMERS,
                money: Money::Token,
                to,
                of,
                millionths: MILLION,
            }),
            Step::Sell(sell::Sell { from: OPERATORS, of, millionths: sell }),
            Step::Exit(exit::Exit),
            Step::Release(release::Release { to: HOLDERS }),
            Step::Sell(sell::Sell { from: HOLDERS, of, millionths: sold }),
            Step::Enter(enter::Enter { bond_from: HOLDERS }),
        ];
        complete.then_some(steps)
    }

    /// Nodes stand on the devices of the set, one on each.
    fn fits(&mut self, settings: &Settings, known: &Known) -> Option<()> {
        let Some(OperatorSettings { count, .. }) = settings.operators else { return Some(()) };
        let devices = settings.devices.as_ref().map_or(0, |set| known.count(set));
        if devices == 0 || count == devices {
            return Some(());
        }
        let key = format!("{}.{}.count", self.section, self.operators);
        let message = format!("{count} nodes on {devices} devices of [infrastructure]");
        let help = format!("set {} = {devices}", self.checker.full(&key));
        self.checker.fault(self.given, &key, message, help);
        None
    }

    /// A fault for the first shock of the file that lets holders sell what they cannot have.
    fn holders_have(&mut self, settings: &Settings, typed: &[ShockSection], shocks: &[Shock]) {
        let Some(most) = settings.held_by_holders_max() else { return };
        let mut left = most;
        for (number, (typed, shock)) in typed.iter().zip(shocks).enumerate() {
            let (false, Some(given)) = (shock.sale <= left, typed.sale) else {
                left = left.saturating_sub(shock.sale);
                continue;
            };
            let (symbol, most) = (&self.tokens.own.symbol, most.as_tokens(self.tokens.decimals()));
            let message = format!("holders never have more than {most} {symbol} for all shocks");
            let key = self.key(&format!("shock[{number}].sale"));
            self.checker.fault(given, &key, message, "let them sell less, or have more");
            return;
        }
    }

    /// The pool and the bonds of the first day come out of the supply.
    fn supply_covers(&mut self, settings: &Settings, supply: ValueId) -> Option<()> {
        let pool = settings.exchange.map_or(Amount::ZERO, |exchange| exchange.tok);
        let nodes = settings.operators.map_or(0, |operators| operators.count);
        let per_node = settings.bond_per_node.unwrap_or_default();
        let bonds = Amount(per_node.0.saturating_mul(nodes.into()));
        let granted = settings.genesis.iter().map(|grant| grant.amount);
        let granted = granted.fold(Amount::ZERO, |sum, of| Amount(sum.0.saturating_add(of.0)));
        let needed = pool.0.saturating_add(bonds.0).saturating_add(granted.0);
        let needed = Amount(needed);
        let (key, symbol) = (self.key("supply"), &self.tokens.own.symbol);
        if let Some(cap) = self.tokens.own.cap.filter(|cap| *cap < settings.supply) {
            let cap = cap.display(self.tokens.decimals()).to_string();
            let cap = match cap.contains('.') {
                true => cap.trim_end_matches('0').trim_end_matches('.'),
                false => &cap,
            };
            let message = format!("more than the cap of {symbol}, {cap} {symbol}");
            self.checker.fault(supply, &key, message, format!("at most \"{cap} {symbol}\""));
            return None;
        }
        if needed <= settings.supply {
            return Some(());
        }
        let needed = needed.as_tokens(self.tokens.decimals());
        let message = match settings.genesis.is_empty() {
            true => format!("the pool and the bonds of the first day take {needed} {symbol}"),
            false => format!("pool, bonds and genesis of the first day take {needed} {symbol}"),
        };
        let help = format!("at least \"{needed} {symbol}\"");
        self.checker.fault(supply, &key, message, help);
        None
    }
}

/// The tokens of a network that issues the one named.
fn own_token(checker: &mut Checker<'_>, given: ValueId, key: &str) -> Option<Tokens> {
    let symbol = checker.text(Some(given), key)?;
    let dollar = Tokens::default().dollar;
    if let Some(spec) = checker.units.token(&symbol).filter(|spec| **spec != dollar) {
        return Some(Tokens::of(spec));
    }
    // One that is declared and not known has a fault of its own.
    if is_typed(checker, &symbol) {
        return None;
    }
    let message = format!("no token \"{}\" is declared", shown(&symbol));
    let help = "add [[token]] with symbol and decimals, or name one of those that are there";
    checker.fault(given, key, message, help);
    None
}

/// Whether a `[[token]]` has this symbol.
fn is_typed(checker: &Checker<'_>, symbol: &str) -> bool {
    let tree = checker.tree;
    let Some(Value::Array(tokens)) = tree.root("token").map(|given| tree.value(given)) else {
        return false;
    };
    let named = |token: &ValueId| tree.table(*token)?.get("symbol").copied();
    tokens.iter().filter_map(named).any(|given| checker.text_of(given).as_deref() == Some(symbol))
}

/// What is there, validated: `None` if it is not valid, which has left a fault.
fn given<S, T>(typed: Option<S>, read: impl FnOnce(S) -> Option<T>) -> Option<Option<T>> {
    match typed {
        Some(typed) => read(typed).map(Some),
        None => Some(None),
    }
}

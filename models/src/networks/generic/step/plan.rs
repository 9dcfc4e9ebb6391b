//! What is known while steps are read one after the other: what the network describes, what earlier
//! steps have put into each account, and what is wrong with a step that uses anything else.

use std::collections::BTreeMap;

use pinwheel_core::math;

use super::super::accounts::{Money, OPERATORS, Of, Payer, Place};
use super::super::settings::Tokens;
use super::receivers::Receivers;
use super::{Step, StepSpec};
use crate::describe::lever::is_finer_than_a_millionth;
use crate::economy::RECEIVERS_MAX;
use crate::economy::share::MILLION;
use crate::economy::vesting::{OVER_MAX, VestingRule, WAIT_MAX};
use crate::input::HORIZON_DAYS_MAX;
use crate::input::check::Checker;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::tree::{Value, ValueId};

/// Most steps of a period.
const STEPS_MAX: usize = 256;

/// A primitive that a network describes in a table of its own.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Primitive {
    /// The schedule of new tokens.
    Emission,
    /// The market of the token.
    Exchange,
    /// What customers spend.
    Demand,
    /// What nodes lock.
    Bond,
    /// Who runs nodes.
    Operators,
}

impl Primitive {
    /// All of them.
    pub const ALL: [Primitive; 5] = [
        Primitive::Emission,
        Primitive::Exchange,
        Primitive::Demand,
        Primitive::Bond,
        Primitive::Operators,
    ];
    /// Its table.
    pub fn table(self) -> &'static str {
        match self {
            Primitive::Emission => "emission",
            Primitive::Exchange => "exchange",
            Primitive::Demand => "demand",
            Primitive::Bond => "bond",
            Primitive::Operators => "operators",
        }
    }
    /// A step that uses it.
    pub fn example(self) -> &'static str {
        match self {
            Primitive::Emission => super::mint::SPEC.example,
            Primitive::Exchange | Primitive::Demand => super::buy::SPEC.example,
            Primitive::Bond => super::release::SPEC.example,
            Primitive::Operators => super::exit::SPEC.example,
        }
    }
}

/// What a list of steps does, as far as it has been read.
#[derive(Debug)]
pub struct Plan {
    /// The section that the steps stand in: "network".
    section: &'static str,
    tokens: Tokens,
    accounts: Vec<String>,
    /// The primitives that have a table.
    described: Vec<Primitive>,
    /// The primitives that a step uses.
    used: Vec<Primitive>,
    /// Accounts that a step names.
    named: Vec<Place>,
    /// Accounts that a step has put money into, and which.
    funded: Vec<Payer>,
    /// Accounts that have nothing but tokens which customers have bought.
    bought: Vec<Place>,
    /// Share of the demand that is spent.
    demanded_millionths: u32,
    /// Names of the emissions, and the share of each that is minted.
    emissions: Vec<(String, u32)>,
    /// Steps that lock, read so far.
    locks: u8,
    /// Seconds of a period.
    period_seconds: u32,
    /// Verbs read so far.
    verbs: Vec<&'static str>,
}

impl Plan {
    /// Before the first step.
    pub fn new(
        section: &'static str,
        tokens: &Tokens,
        accounts: &[String],
        described: &[Primitive],
        emissions: &[String],
        period_seconds: u32,
    ) -> Self {
        Plan {
            section,
            tokens: tokens.clone(),
            accounts: accounts.to_vec(),
            described: described.to_vec(),
            used: Vec::new(),
            named: Vec::new(),
            funded: Vec::new(),
            bought: Vec::new(),
            demanded_millionths: 0,
            locks: 0,
            period_seconds,
            emissions: emissions.iter().map(|name| (name.clone(), 0)).collect(),
            verbs: Vec::new(),
        }
    }

    /// Whether a step names an account.
    pub fn names(&self, account: &str) -> bool {
        self.named.iter().any(|place| self.accounts[usize::from(place.0)] == account)
    }
    /// Whether a step uses a primitive.
    pub fn uses(&self, primitive: Primitive) -> bool {
        self.used.contains(&primitive)
    }

    /// Whether a step of this verb has been read.
    pub fn has(&self, verb: &str) -> bool {
        self.verbs.contains(&verb)
    }

    /// Notes that an account gets tokens in every period before the first step.
    pub fn fund(&mut self, place: Place) {
        self.named.push(place);
        if !self.funded.contains(&(place, Money::Token)) {
            self.funded.push((place, Money::Token));
        }
    }

    /// Reads the list `step`. `None` if there is a fault.
    pub fn read(&mut self, checker: &mut Checker<'_>, given: ValueId) -> Option<Vec<Step>> {
        let key = format!("{}.step", self.section);
        let Value::Array(items) = checker.tree.value(given).clone() else {
            let message = format!("expected a list, found {}", checker.tree.value(given).kind());
            checker.fault(given, &key, message, "write step = [{ buy = ... }, { burn = ... }]");
            return None;
        };
        if items.is_empty() || items.len() > STEPS_MAX {
            let help = format!("1 to {STEPS_MAX}, such as {}", super::buy::SPEC.example);
            checker.fault(given, &key, format!("{} steps", items.len()), help);
            return None;
        }
        let mut steps = Vec::new();
        for (number, &item) in items.iter().enumerate() {
            let key = format!("{key}[{number}]");
            steps.push(self.step(checker, item, key));
        }
        self.bonds_come_back(checker, given, &key);
        self.nodes_leave(checker, given, &key);
        steps.into_iter().collect()
    }

    /// One step, by the only one of its keys that is a verb.
    fn step(&mut self, checker: &mut Checker<'_>, given: ValueId, key: String) -> Option<Step> {
        let Some(table) = checker.tree.table(given).cloned() else {
            let message = format!("expected a table, found {}", checker.tree.value(given).kind());
            checker.fault(given, &key, message, format!("such as {}", super::burn::SPEC.example));
            return None;
        };
        let verbs = || Step::SPECS.iter().map(|spec| spec.verb);
        let found = Step::SPECS.iter().enumerate();
        let found: Vec<_> = found.filter(|(_, spec)| table.contains_key(spec.verb)).collect();
        let (place, spec) = match found[..] {
            [(place, spec)] => (place, spec),
            [] => {
                let first = table.keys().next().map_or("", String::as_str);
                let message = format!("\"{}\" is no step", shown(first));
                checker.fault(given, &key, message, did_you_mean(first, verbs()));
                return None;
            }
            [(_, one), (_, other), ..] => {
                let message = format!("{} and {} are two steps", one.verb, other.verb);
                checker.fault(given, &key, message, "write a table for each");
                return None;
            }
        };
        let mut known = true;
        for (name, &value) in &table {
            let keys = [&[spec.verb], spec.keys].concat();
            if !keys.contains(&name.as_str()) {
                let help = did_you_mean(name, keys.into_iter());
                let key = format!("{key}.{}", shown(name));
                checker.fault(value, &key, "unknown key".to_owned(), help);
                known = false;
            }
        }
        let mut reader = StepReader { checker, plan: self, spec, key, given, table };
        let step = Step::read(&mut reader, place).filter(|_| known);
        self.verbs.push(spec.verb);
        step
    }

    /// All nodes take part in the beginning, so that none enters where none leaves.
    fn nodes_leave(&mut self, checker: &mut Checker<'_>, given: ValueId, key: &str) {
        if self.has(super::enter::SPEC.verb) && !self.has(super::exit::SPEC.verb) {
            let message = "no node is ever idle, so that none can enter".to_owned();
            let help = format!("add {}, or take `enter` out", super::exit::SPEC.example);
            checker.fault(given, key, message, help);
        }
    }

    /// Bonds of those who leave must go somewhere.
    fn bonds_come_back(&mut self, checker: &mut Checker<'_>, given: ValueId, key: &str) {
        let bonded = self.described.contains(&Primitive::Bond);
        if bonded && self.has(super::exit::SPEC.verb) && !self.has(super::release::SPEC.verb) {
            let message = "the bonds of nodes that leave are never released".to_owned();
            let help = format!("add {} after the exit", super::release::SPEC.example);
            checker.fault(given, key, message, help);
        }
    }
}

/// A share in millionths; a fault if it is finer.
pub fn millionths(
    checker: &mut Checker<'_>,
    given: Option<ValueId>,
    key: &str,
    share: f64,
) -> Option<u32> {
    let counted = share * f64::from(MILLION);
    if let Some(given) = given.filter(|_| is_finer_than_a_millionth(share)) {
        let help = format!("write {} or {}", math::floor(counted) / 1e6, math::ceil(counted) / 1e6);
        checker.fault(given, key, "finer than a millionth".to_owned(), help);
        return None;
    }
    Some(math::round(counted) as u32)
}

/// One step as typed, and the plan that it becomes a part of.
#[derive(Debug)]
pub struct StepReader<'r, 'c> {
    checker: &'r mut Checker<'c>,
    plan: &'r mut Plan,
    spec: &'static StepSpec,
    key: String,
    given: ValueId,
    table: BTreeMap<String, ValueId>,
}

impl StepReader<'_, '_> {
    fn value(&self, name: &str) -> Option<ValueId> {
        self.table.get(name).copied()
    }
    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.key)
    }
    /// Notes a fault of the whole step.
    pub fn fault(&mut self, message: String, help: &str) {
        let key = self.key(self.spec.verb);
        self.checker.fault(self.given, &key, message, help);
    }

    /// A fault if the network does not describe a primitive that this step uses.
    pub fn need(&mut self, primitive: Primitive) -> Option<()> {
        if self.plan.described.contains(&primitive) {
            self.plan.used.push(primitive);
            return Some(());
        }
        let table = format!("[{}.{}]", self.plan.section, primitive.table());
        self.fault(format!("needs {table}, which is not there"), &format!("add {table}"));
        None
    }

    /// A fault if a step of this verb was read before: both would use the same thing.
    pub fn only_once(&mut self, what: &str) -> Option<()> {
        if !self.plan.has(self.spec.verb) {
            return Some(());
        }
        let message = format!("a step before does it: {what}");
        self.fault(message, "keep one of them");
        None
    }

    /// A fault if no step of a verb comes before this one.
    pub fn after(&mut self, verb: &str, why: &str) -> Option<()> {
        if self.plan.has(verb) {
            return Some(());
        }
        self.fault(format!("no {verb} comes before it: {why}"), &format!("put it after {verb}"));
        None
    }

    /// A fault if the value at `name` is not the one word that it can be.
    pub fn word(&mut self, name: &str, only: &str) -> Option<()> {
        let Some(given) = self.value(name) else { return Some(()) };
        let key = self.key(name);
        self.checker.choice(Some(given), &key, &[(only, ())])
    }

    /// A fault if the value at `name` is not the network's own token.
    pub fn own_token(&mut self, name: &str) -> Option<()> {
        let (key, given) = (self.key(name), self.value(name));
        let symbol = self.checker.text(given, &key)?;
        let Tokens { own, dollar } = &self.plan.tokens;
        if symbol == own.symbol {
            return Some(());
        }
        let message = match symbol == dollar.symbol {
            true => format!("the exchange sells {} for {}", own.symbol, dollar.symbol),
            false => format!("unknown token \"{}\"", shown(&symbol)),
        };
        let help = format!("write \"{}\"", own.symbol);
        self.checker.fault(given?, &key, message, help);
        None
    }

    /// The account named at a key, or the default where nothing is typed.
    pub fn account(&mut self, name: &str, default: Place) -> Option<Place> {
        let Some(given) = self.value(name) else { return self.described(default) };
        let key = self.key(name);
        let text = self.checker.text(Some(given), &key)?;
        self.named(&text, given, &key)
    }
    /// The account of this name.
    fn named(&mut self, text: &str, given: ValueId, key: &str) -> Option<Place> {
        let Some(place) = self.plan.accounts.iter().position(|account| account == text) else {
            let help = did_you_mean(text, self.plan.accounts.iter().map(String::as_str));
            let message = format!("unknown account \"{}\"", shown(text));
            self.checker.fault(given, key, message, help);
            return None;
        };
        self.described(Place(place as u8))
    }
    /// Operators have an account where there are any.
    fn described(&mut self, place: Place) -> Option<Place> {
        if place == OPERATORS {
            self.need(Primitive::Operators)?;
        }
        self.plan.named.push(place);
        Some(place)
    }

    /// The same; a fault if no step before this one has put such money into it.
    pub fn funded(&mut self, name: &str, money: Money) -> Option<Place> {
        let place = self.account(name, OPERATORS)?;
        if self.plan.funded.contains(&(place, money)) {
            return Some(place);
        }
        let account = &self.plan.accounts[usize::from(place.0)];
        let what = match money {
            Money::Token => "anything",
            Money::Dollar => "dollars",
        };
        let message = format!("no step before it puts {what} into \"{account}\"");
        self.fault(message, "put it after the step that does");
        None
    }

    /// Who a step takes from, and of what: of what steps before this one have put in, or of all it
    /// holds.
    pub fn payer(&mut self, name: &str, money: Money) -> Option<(Place, Of)> {
        let of = [("income", Of::Income), ("balance", Of::Balance)];
        let of = match self.value("of") {
            Some(given) => {
                let key = self.key("of");
                self.checker.choice(Some(given), &key, &of)?
            }
            None => Of::Income,
        };
        let place = match of {
            Of::Income => self.funded(name, money)?,
            Of::Balance => self.account(name, OPERATORS)?,
        };
        Some((place, of))
    }

    /// The money named at a key: a symbol of the network's token or the dollar; the token where
    /// nothing is typed.
    pub fn money(&mut self, name: &str) -> Option<Money> {
        let Some(given) = self.value(name) else { return Some(Money::Token) };
        let (key, Tokens { own, dollar }) = (self.key(name), self.plan.tokens.clone());
        let kinds = [(own.symbol.as_str(), Money::Token), (dollar.symbol.as_str(), Money::Dollar)];
        self.checker.choice(Some(given), &key, &kinds)
    }

    /// Whether a word is typed at a key, or nothing.
    pub fn is(&self, name: &str, word: &str) -> bool {
        let typed = self.value(name).map(|given| self.checker.text_of(given));
        typed.is_none_or(|typed| typed.as_deref() == Some(word))
    }

    /// Notes that a share of what customers demand is spent; a fault if that is more than all.
    pub fn demanded(&mut self, millionths: u32) -> Option<()> {
        let all = self.plan.demanded_millionths.saturating_add(millionths);
        self.plan.demanded_millionths = all;
        if all <= MILLION {
            return Some(());
        }
        let all = f64::from(all) / f64::from(MILLION / 100);
        let message = format!("the steps spend {all} % of the demand");
        self.fault(message, "let the shares add up to 100 % at most; a fee on top is a `charge`");
        None
    }

    /// Who gets something: the account named at a key, or several with shares that add up to one.
    pub fn receivers(&mut self, name: &str, default: Place) -> Option<Receivers> {
        let table =
            self.value(name).and_then(|given| Some((given, self.checker.tree.table(given)?)));
        let Some((given, table)) = table.map(|(given, table)| (given, table.clone())) else {
            return self.account(name, default).map(Receivers::one);
        };
        let key = self.key(name);
        if table.is_empty() || table.len() > RECEIVERS_MAX {
            let message = format!("{} receivers", table.len());
            self.checker.fault(given, &key, message, format!("1 to {RECEIVERS_MAX}"));
            return None;
        }
        let mut shares = Vec::new();
        for (account, share) in &table {
            let key = format!("{key}.{}", shown(account));
            let place = self.named(account, *share, &key);
            let given = self.checker.share(Some(*share), &key, 1.0);
            let millionths = given.and_then(|of| millionths(self.checker, Some(*share), &key, of));
            shares.push(place.zip(millionths));
        }
        let shares: Vec<(Place, u32)> = shares.into_iter().collect::<Option<_>>()?;
        let sum: u64 = shares.iter().map(|(_, share)| u64::from(*share)).sum();
        if sum != u64::from(MILLION) {
            let message = format!("the shares add up to {} %", sum as f64 / 1e4);
            self.checker.fault(given, &key, message, "let them add up to 100 %");
            return None;
        }
        Some(Receivers::new(&shares))
    }

    /// The share typed beside the verb, in millionths; all of it where nothing is typed.
    pub fn share(&mut self) -> Option<u32> {
        let Some(given) = self.value("share") else { return Some(MILLION) };
        let key = self.key("share");
        let share = self.checker.share(Some(given), &key, 1.0)?;
        millionths(self.checker, Some(given), &key, share)
    }

    /// Notes that the step puts tokens into an account that customers have not bought: what is
    /// burned of it later is not what they have paid for.
    pub fn fund(&mut self, payee: Payer) {
        if payee.1 == Money::Token {
            self.plan.bought.retain(|bought| *bought != payee.0);
        }
        if !self.plan.funded.contains(&payee) {
            self.plan.funded.push(payee);
        }
    }

    /// The same, for tokens that are rewards where operators get them: they must not have decided
    /// yet, for what they get is what they decide by.
    pub fn reward(&mut self, place: Place, money: Money) -> Option<()> {
        if place == OPERATORS {
            self.before_decisions()?;
        }
        self.fund((place, money));
        Some(())
    }

    /// A fault if operators have decided by what they got before this step.
    pub fn before_decisions(&mut self) -> Option<()> {
        let decided = [super::exit::SPEC.verb, super::enter::SPEC.verb];
        let Some(verb) = decided.into_iter().find(|verb| self.plan.has(verb)) else {
            return Some(());
        };
        let message = format!("operators have decided by what they got: {verb} comes before");
        self.fault(message, &format!("put it before {verb}"));
        None
    }

    /// When what is locked is free again: after `wait`, in equal parts `over` a time.
    pub fn vesting(&mut self) -> Option<VestingRule> {
        if self.value("wait").is_none() && self.value("over").is_none() {
            self.fault("it is never free again".to_owned(), "add over = \"180 d\" or wait");
            return None;
        }
        let mut periods = |name: &str, default: u32, most: u32| {
            let (key, given) = (self.key(name), self.value(name));
            let Some(given) = given else { return Some(default) };
            let seconds = self.plan.period_seconds;
            let periods = self.checker.periods(Some(given), &key, seconds, HORIZON_DAYS_MAX)?;
            if periods > most {
                let message = format!("{periods} periods of the network");
                self.checker.fault(given, &key, message, format!("at most {most}"));
                return None;
            }
            Some(periods)
        };
        let (wait, over) = (periods("wait", 0, WAIT_MAX), periods("over", 1, OVER_MAX));
        Some(VestingRule { wait: wait?, over: over? })
    }

    /// The number of this step among those that lock.
    pub fn lock_number(&mut self) -> u8 {
        let number = self.plan.locks;
        self.plan.locks = number.saturating_add(1);
        number
    }

    /// Notes that customers buy tokens for an account, which may have others already.
    pub fn bought(&mut self, place: Place) {
        let alone = !self.plan.funded.contains(&(place, Money::Token));
        let before = self.has_bought(place);
        self.fund((place, Money::Token));
        self.plan.bought.extend((alone || before).then_some(place));
    }
    /// Whether an account has nothing but tokens that customers have bought.
    pub fn has_bought(&self, place: Place) -> bool {
        self.plan.bought.contains(&place)
    }

    /// The emission that is named behind the verb.
    pub fn emission(&mut self, name: &str) -> Option<u8> {
        let (key, given) = (self.key(name), self.value(name));
        let names = self.plan.emissions.iter().map(|(name, _)| name.as_str());
        let names: Vec<(&str, u8)> = names.zip(0..).collect();
        self.checker.choice(given, &key, &names)
    }

    /// Notes that a share of an emission is minted; a fault if that is more than there is.
    pub fn minted(&mut self, emission: u8, millionths: u32) -> Option<()> {
        let (name, minted) = &mut self.plan.emissions[usize::from(emission)];
        *minted = minted.saturating_add(millionths);
        if *minted <= MILLION {
            return Some(());
        }
        let all = f64::from(*minted) / f64::from(MILLION / 100);
        let of = if name == "emission" { "the emission".to_owned() } else { format!("\"{name}\"") };
        let message = format!("the steps mint {all} % of {of}");
        self.fault(message, "let the shares add up to 100 % at most");
        None
    }

    /// Notes whether a key has an effect, and when it has.
    pub fn effect_of(&mut self, name: &str, has_effect: bool, when: &str) {
        let given = self.value(name);
        let key = self.key.clone();
        self.checker.refuse_idle(&key, &[(name, given, has_effect, when)]);
    }
    /// Whether the network describes a primitive.
    pub fn describes(&self, primitive: Primitive) -> bool {
        self.plan.described.contains(&primitive)
    }
}

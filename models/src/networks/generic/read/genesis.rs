//! The checks of what accounts have in the beginning: from [`GenesisSection`] to [`Grant`].

use pinwheel_core::Amount;

use super::Reader;
use crate::economy::calendar::{Calendar, Every};
use crate::economy::lock::Lock;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::networks::generic::accounts::{OPERATORS, Place};
use crate::networks::generic::file::GenesisSection;
use crate::networks::generic::settings::Grant;
use crate::part::Known;

/// Most parts of the supply that are given to accounts.
const GRANTS_MAX: usize = 256;
/// Most parts in which a lock becomes free.
const PARTS_MAX: u32 = 100_000;

impl Reader<'_, '_> {
    /// What of the supply others than holders have in the beginning.
    pub(super) fn genesis(
        &mut self,
        typed: &[GenesisSection],
        accounts: &[String],
        known: &Known,
    ) -> Option<Vec<Grant>> {
        if let Some(at) = typed.get(GRANTS_MAX).and_then(|grant| grant.to) {
            let (key, message) = (self.key("genesis"), format!("{} parts", typed.len()));
            self.checker.fault(at, &key, message, format!("at most {GRANTS_MAX}"));
            return None;
        }
        let grant = |(number, grant)| self.grant(grant, number, accounts, known);
        let grants: Vec<Option<Grant>> = typed.iter().enumerate().map(grant).collect();
        grants.into_iter().collect()
    }

    fn grant(
        &mut self,
        typed: &GenesisSection,
        number: usize,
        accounts: &[String],
        known: &Known,
    ) -> Option<Grant> {
        let name = |name: &str| format!("genesis[{number}].{name}");
        let given = self.required(typed.to, &name("to"), "\"team\"");
        let key = self.key(&name("to"));
        let to = self.checker.text(given, &key);
        let place = to.and_then(|to| {
            let place = accounts.iter().position(|account| *account == to);
            if place.is_none() {
                let help = did_you_mean(&to, accounts.iter().map(String::as_str));
                let message = format!("unknown account \"{}\"", shown(&to));
                self.checker.fault(given?, &key, message, help);
            }
            place.map(|place| Place(place as u8))
        });
        if place == Some(OPERATORS) && !self.operated() {
            let message = "there are no operators".to_owned();
            self.checker.fault(given?, &key, message, "name another account, or add [operators]");
            return None;
        }
        let example = format!("\"1_000 {}\"", self.tokens.own.symbol);
        let amount = self.required(typed.amount, &name("amount"), &example);
        let amount = self.tokens(amount, &name("amount"));
        let locked = typed.cliff.is_some() || typed.over.is_some();
        let table = self.key(&format!("genesis[{number}]"));
        self.checker.refuse_idle(
            &table,
            &[
                ("every", typed.every, typed.over.is_some(), "a part with `over`"),
                ("at_cliff", typed.at_cliff, locked, "a part with `cliff` or `over`"),
            ],
        );
        let lock = match locked {
            true => Some(self.lock(typed, &name, amount, known)?),
            false => None,
        };
        Some(Grant { to: place?, amount: amount?, lock })
    }

    /// How a part becomes free: `cliff` after the start, then in spans of `every` for `over`.
    fn lock(
        &mut self,
        typed: &GenesisSection,
        name: &dyn Fn(&str) -> String,
        amount: Option<Amount>,
        known: &Known,
    ) -> Option<Lock> {
        let start = known.days?.first;
        let at_cliff = self.millionths(typed.at_cliff, &name("at_cliff"), 1.0, 0.0)?;
        let key = self.key(&name("every"));
        let every = match typed.every {
            Some(given) => self.every(given, &key)?,
            None => Every::Months(1),
        };
        let mut length = |given: Option<_>, at: &str| {
            let key = self.key(&name(at));
            given.map(|given| self.every(given, &key))
        };
        let (cliff, over) = (length(typed.cliff, "cliff"), length(typed.over, "over"));
        let from = match cliff {
            Some(cliff) => Calendar { every: cliff?, from: start, start }.date(1),
            None => start,
        };
        let parts = match over {
            Some(over) => {
                let parts = over?.parts(every).filter(|parts| *parts <= PARTS_MAX);
                if parts.is_none() {
                    let key = self.key(&name("over"));
                    let message = "it is no whole number of spans of `every`".to_owned();
                    let help = format!(
                        "such as over = \"36 mo\", every = \"1 mo\"; {PARTS_MAX} parts at most"
                    );
                    self.checker.fault(typed.over?, &key, message, help);
                }
                parts?
            }
            None => 0,
        };
        Some(Lock { amount: amount?, calendar: Calendar { every, from, start }, at_cliff, parts })
    }
}

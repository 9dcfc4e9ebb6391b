//! Invariants while a run goes on: `always` (a breach stops the run), `sometimes` (must be
//! reached: a run that never gets there has not tested what it was meant to test).

use serde::{Deserialize, Serialize};

use crate::time::SimTime;

/// The first breach of an `always` check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// The name of the check.
    pub check: String,
    /// When it was found.
    pub time: SimTime,
    /// What was found, in the words of the model.
    pub detail: String,
}

/// How often a check was made and held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The name of the check, with the instance it belongs to.
    pub check: String,
    /// True for `sometimes`, which fails if it never held.
    pub sometimes: bool,
    /// How often it was made.
    pub made: u64,
    /// How often it held.
    pub held: u64,
}

impl Tally {
    /// Whether the check passed, as far as the run went.
    pub fn passed(&self) -> bool {
        if self.sometimes { self.held > 0 } else { self.held == self.made }
    }
}

/// All checks of a run, their tallies, and the breach that stopped it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Checks {
    tallies: Vec<Tally>,
    /// Stands before the names of the checks that are registered now.
    prefix: String,
    breach: Option<Breach>,
}

/// A registered check.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckId(u16);

impl Checks {
    /// Registers a check that must hold each time it is made.
    pub fn always(&mut self, name: &str) -> CheckId {
        self.register(name, false)
    }
    /// Registers a check that must hold at least once.
    pub fn sometimes(&mut self, name: &str) -> CheckId {
        self.register(name, true)
    }
    /// Puts the id of an instance before the names of the checks that are registered from now on:
    /// `io.economy.supply_conserved`. The empty id puts nothing there.
    pub fn name_after(&mut self, instance: &str) {
        self.prefix = if instance.is_empty() { String::new() } else { format!("{instance}.") };
    }
    fn register(&mut self, name: &str, sometimes: bool) -> CheckId {
        let check = format!("{}{name}", self.prefix);
        self.tallies.push(Tally { check, sometimes, made: 0, held: 0 });
        CheckId(u16::try_from(self.tallies.len() - 1).expect("fewer than 65,536 checks"))
    }
    /// Notes one check; `detail` is called on the first breach of an `always` check only.
    #[inline]
    pub fn note(
        &mut self,
        id: CheckId,
        held: bool,
        time: SimTime,
        detail: impl FnOnce() -> String,
    ) {
        let tally = &mut self.tallies[usize::from(id.0)];
        tally.made += 1;
        tally.held += u64::from(held);
        if !held && !tally.sometimes && self.breach.is_none() {
            let check = tally.check.clone();
            self.breach = Some(Breach { check, time, detail: detail() });
        }
    }
    /// Whether an `always` check has failed; the run stops then.
    pub fn breached(&self) -> bool {
        self.breach.is_some()
    }
    /// The first failure of an `always` check, if there was one.
    pub fn breach(&self) -> Option<&Breach> {
        self.breach.as_ref()
    }
    /// One tally per check, in the order of registration.
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_breach_is_kept_and_described_once() {
        let mut checks = Checks::default();
        let (first, second) = (checks.always("first"), checks.always("second"));
        checks.note(first, true, SimTime::from_nanos(1), || unreachable!("it held"));
        assert!(!checks.breached());
        checks.note(second, false, SimTime::from_nanos(2), || "two".to_owned());
        checks.note(first, false, SimTime::from_nanos(3), || unreachable!("not the first"));
        let breach = Breach {
            check: "second".to_owned(),
            time: SimTime::from_nanos(2),
            detail: "two".to_owned(),
        };
        assert_eq!(checks.breach(), Some(&breach));
        let counts = checks.tallies().iter().map(|tally| (tally.made, tally.held));
        assert_eq!(counts.collect::<Vec<_>>(), [(2, 1), (1, 0)]);
        assert!(checks.tallies().iter().all(|tally| !tally.passed()));
    }

    #[test]
    fn sometimes_never_stops_a_run_but_must_be_reached() {
        let mut checks = Checks::default();
        let reached = checks.sometimes("reached");
        checks.note(reached, false, SimTime::ZERO, || unreachable!("no breach"));
        assert!(!checks.breached());
        assert!(!checks.tallies()[0].passed());
        checks.note(reached, true, SimTime::ZERO, String::new);
        assert!(checks.tallies()[0].passed());
    }
}

//! Invariants while a run goes on: always (a breach stops the run), sometimes (must be reached).

use serde::{Deserialize, Serialize};

use crate::time::SimTime;

/// The first breach of an `always` check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    pub check: String,
    pub time: SimTime,
    pub detail: String,
}

/// How often a check was made and held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub check: String,
    /// True for `sometimes`, which fails if it never held.
    pub sometimes: bool,
    pub made: u64,
    pub held: u64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Checks {
    tallies: Vec<Tally>,
    breach: Option<Breach>,
}

/// A registered check.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckId(u16);

impl Checks {
    pub fn always(&mut self, name: &str) -> CheckId {
        self.register(name, false)
    }
    pub fn sometimes(&mut self, name: &str) -> CheckId {
        self.register(name, true)
    }
    fn register(&mut self, name: &str, sometimes: bool) -> CheckId {
        self.tallies.push(Tally { check: name.to_owned(), sometimes, made: 0, held: 0 });
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
    pub fn breached(&self) -> bool {
        self.breach.is_some()
    }
    pub fn breach(&self) -> Option<&Breach> {
        self.breach.as_ref()
    }
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }
}

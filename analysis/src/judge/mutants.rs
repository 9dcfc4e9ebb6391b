//! How each mutant of a scenario came out: whether the targets that must notice it do.

use pinwheel_models::scenario::Mutant;
use serde::{Deserialize, Serialize};

use super::verdict::{InvariantStanding, TargetStanding, Verdict};

/// How a mutant came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MutantRow {
    /// Its id in the scenario.
    pub id: String,
    /// How it stands over all that must notice it.
    pub standing: MutantStanding,
    /// What each target and invariant that must notice it found, in words.
    pub sentence: String,
}

/// Whether a mutant was noticed.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MutantStanding {
    /// Everything that must notice it does not hold in it.
    Caught,
    /// Something that must notice it holds all the same.
    Survived,
    /// Something that must notice it could not be decided or judged.
    Undecided,
}

impl MutantStanding {
    /// In words: "survived".
    pub fn word(self) -> &'static str {
        match self {
            MutantStanding::Caught => "caught",
            MutantStanding::Survived => "survived",
            MutantStanding::Undecided => "undecided",
        }
    }
}

/// How every mutant stands in the verdict over the runs of all of them, and over those of the
/// scenario as it is: what does not hold there either has noticed nothing. `base` names the point
/// that a mutant is made from.
pub fn judge(
    mutants: &[Mutant],
    base: impl Fn(&Mutant) -> String,
    verdict: &Verdict,
) -> Vec<MutantRow> {
    mutants.iter().map(|mutant| row(mutant, &base(mutant), verdict)).collect()
}

fn row(mutant: &Mutant, base: &str, verdict: &Verdict) -> MutantRow {
    let point = &mutant.point.id;
    let shown = |id: &String| match notice(id, base, verdict) {
        (MutantStanding::Survived, _) => notice(id, point, verdict),
        (_, words) => {
            (MutantStanding::Undecided, format!("it does not hold without the mutant: {words}"))
        }
    };
    let found: Vec<(MutantStanding, String)> = mutant.caught_by.iter().map(shown).collect();
    let any = |wanted| found.iter().any(|(standing, _)| *standing == wanted);
    let standing = match () {
        () if any(MutantStanding::Survived) => MutantStanding::Survived,
        () if any(MutantStanding::Undecided) => MutantStanding::Undecided,
        () => MutantStanding::Caught,
    };
    let words: Vec<String> = found.into_iter().map(|(_, words)| words).collect();
    MutantRow { id: point.clone(), standing, sentence: words.join("; ") }
}

/// What one target or invariant says of a mutant.
fn notice(id: &str, point: &str, verdict: &Verdict) -> (MutantStanding, String) {
    if let Some(row) = verdict.targets.iter().find(|row| row.id == id && row.point == point) {
        let standing = match (row.standing, row.measured) {
            (TargetStanding::Met, _) => MutantStanding::Survived,
            // A target without a number has noticed nothing: the run has lost its data.
            (TargetStanding::NotMet, Some(_)) => MutantStanding::Caught,
            _ => MutantStanding::Undecided,
        };
        let measured = row.measured.map_or("not measured".to_owned(), |v| row.limit.show(v));
        return (standing, format!("{id} {measured}, limit {} ({})", row.limit, row.sentence));
    }
    let of = verdict.invariants.iter().find(|row| row.id == id && row.point == point);
    match of {
        Some(row) => {
            let standing = match row.standing {
                InvariantStanding::Held => MutantStanding::Survived,
                InvariantStanding::Failed => MutantStanding::Caught,
                InvariantStanding::NotProven | InvariantStanding::NotMade => {
                    MutantStanding::Undecided
                }
            };
            (standing, format!("{id} {}", row.sentence))
        }
        None => (MutantStanding::Undecided, format!("{id} was not judged")),
    }
}

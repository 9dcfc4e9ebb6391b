//! `[[mutant]]`: the scenario with a mechanism taken out or made wrong, and the targets that must
//! notice. A target that no mutant turns red has not been shown to be able to fail.
//!
//! The word is that of mutation analysis (R. A. DeMillo, R. J. Lipton and F. G. Sayward, "Hints on
//! test data selection", 1978).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::document::two_lengths;
use super::ensemble::Sweep;
use super::file::VariantSection;
use super::load::{MAIN_POINT, SHARED_WITHOUT, scenario, set_varied};
use super::{Invariant, Point, Target};
use crate::input::check::Checker;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::tree::{Tree, ValueId};

/// Most mutants of a scenario.
const MUTANTS_MAX: usize = 1_000;

/// The scenario with something made wrong.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["id", "set", "caught_by"]))]
pub struct MutantSection {
    /// Its name: one line of text, such as "one provider".
    #[schemars(with = "String")]
    pub id: Option<ValueId>,
    /// The variant that is changed. Default: the first one.
    #[schemars(with = "String")]
    pub of: Option<ValueId>,
    /// Dotted keys of `[run]`, the network and the layers, with their values in this mutant.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub set: BTreeMap<String, ValueId>,
    /// The targets and invariants that must not hold in it, each of them.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub caught_by: Vec<ValueId>,
}

/// The scenario with something made wrong, validated.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The targets and invariants that must not hold.
    pub caught_by: Vec<String>,
    /// What is run; its id is that of the mutant.
    pub point: Point,
}

/// What a scenario has for its mutants.
pub(super) struct Base<'a> {
    pub variants: &'a [VariantSection],
    pub sweep: &'a Sweep,
    pub targets: &'a [Target],
    pub invariants: &'a [Invariant],
}

/// Checks all mutants; each is a whole scenario of its own. Faults of the scenario itself would be
/// told once more for each: then there are none.
pub(super) fn mutants(
    checker: &mut Checker<'_>,
    typed: &[MutantSection],
    base: &Base<'_>,
) -> Vec<Mutant> {
    if !checker.faults.is_empty() {
        return Vec::new();
    }
    if let Some(id) = typed.get(MUTANTS_MAX).and_then(|section| section.id) {
        let message = format!("{} mutants", typed.len());
        checker.fault(id, "mutant", message, format!("at most {MUTANTS_MAX}"));
        return Vec::new();
    }
    let mut ids = Vec::new();
    let mut all = Vec::new();
    for (number, section) in typed.iter().enumerate() {
        let key = format!("mutant[{number}]");
        let id = checker.required(section.id, &format!("{key}.id"), "\"one provider\"");
        let id = checker.title(id, &format!("{key}.id"));
        ids.extend(id.clone().map(|id| (section.id, id)));
        all.extend(mutant(checker, section, &key, id, base));
    }
    checker.unique(&ids, "mutant");
    all
}

fn mutant(
    checker: &mut Checker<'_>,
    section: &MutantSection,
    key: &str,
    id: Option<String>,
    base: &Base<'_>,
) -> Option<Mutant> {
    let variant = variant(checker, section, key, base)?;
    let caught_by = caught_by(checker, section, key, &variant, base);
    if section.set.is_empty() {
        let example = "{ \"network.providers\" = 1 }";
        checker.required(None, &format!("{key}.set"), example);
        return None;
    }
    let mut tree = checker.tree.without(&SHARED_WITHOUT);
    let of = base.variants.iter().find(|section| {
        section.id.and_then(|id| checker.text_of(id)).is_some_and(|id| id == variant)
    });
    // Faults of the variant and of what is swept have been told there.
    for (name, &value) in of.iter().flat_map(|of| &of.set) {
        let value = tree.graft(checker.tree, value);
        tree.set(name, value).ok()?;
    }
    for setting in base.sweep.points.first().iter().flat_map(|(_, settings)| settings) {
        let (value, _) = setting.graft(&mut tree, checker.tree);
        tree.set(&setting.key, value).ok()?;
    }
    two_lengths(checker, &section.set, &format!("{key}.set"));
    for (name, &value) in &section.set {
        let grafted = tree.graft(checker.tree, value);
        let key = format!("{key}.set.{}", shown(name));
        set_varied(checker, &mut tree, name, grafted, (value, &key));
    }
    let scenario = built(checker, &tree)?;
    let point = Point { id: id?, variant, factors: Vec::new(), scenario };
    Some(Mutant { caught_by: caught_by?, point })
}

/// The scenario of a tree.
fn built(checker: &mut Checker<'_>, tree: &Tree) -> Option<super::Scenario> {
    scenario(&mut Checker { tree, ..checker.reborrow() }).0
}

/// The name of the variant that is changed.
fn variant(
    checker: &mut Checker<'_>,
    section: &MutantSection,
    key: &str,
    base: &Base<'_>,
) -> Option<String> {
    let ids = base.variants.iter().filter_map(|section| checker.text_of(section.id?));
    let ids: Vec<String> = ids.collect();
    let Some(given) = section.of else {
        return Some(ids.first().cloned().unwrap_or_else(|| MAIN_POINT.to_owned()));
    };
    let name = checker.text(Some(given), &format!("{key}.of"))?;
    if !ids.contains(&name) {
        let message = format!("unknown variant \"{}\"", shown(&name));
        let help = match ids.is_empty() {
            true => "the scenario has no variants: remove it".to_owned(),
            false => did_you_mean(&name, ids.iter().map(String::as_str)),
        };
        checker.fault(given, &format!("{key}.of"), message, help);
        return None;
    }
    Some(name)
}

/// The statements that must notice, each of which judges the variant.
fn caught_by(
    checker: &mut Checker<'_>,
    section: &MutantSection,
    key: &str,
    variant: &str,
    base: &Base<'_>,
) -> Option<Vec<String>> {
    let targets = base.targets.iter().filter(|target| target.judges(variant));
    let invariants = base.invariants.iter().filter(|invariant| invariant.judges(variant));
    let known: Vec<&str> = (targets.map(|target| target.id.as_str()))
        .chain(invariants.map(|invariant| invariant.id.as_str()))
        .collect();
    let key = format!("{key}.caught_by");
    if section.caught_by.is_empty() {
        checker.required(None, &key, "[\"raw power\"]");
        return None;
    }
    let mut names = Vec::new();
    for (number, &given) in section.caught_by.iter().enumerate() {
        let key = format!("{key}[{number}]");
        let name = checker.text(Some(given), &key)?;
        if !known.contains(&name.as_str()) {
            let message = format!("no target or invariant \"{}\" judges it", shown(&name));
            checker.fault(given, &key, message, did_you_mean(&name, known.iter().copied()));
            return None;
        }
        names.push(name);
    }
    Some(names)
}

//! Values that every point replaces: by its variant, or by what is swept. No point runs with them,
//! so that nothing else would check them; and one that was laid over the file, by `--set` or by the
//! table of a size, has no effect.

use std::collections::BTreeSet;

use super::ensemble::{Setting, Sweep};
use super::file::VariantSection;
use super::load::{SHARED_WITHOUT, scenario};
use crate::input::check::Checker;
use crate::input::diagnostic::{Faults, TextPosition, shown};
use crate::input::tree::{Tree, ValueId};

/// Checks the values that no point runs with, as typed. A key `laid` over the file that every point
/// replaces is a fault.
pub fn check(
    checker: &mut Checker<'_>,
    variants: &[VariantSection],
    sweep: &Sweep,
    laid: &[String],
) {
    let swept = sweep.points.first().map_or(&[][..], |(_, settings)| settings);
    let shared = checker.tree.without(&SHARED_WITHOUT);
    let replaced: Vec<(String, ValueId)> =
        shared.leaves().into_iter().filter(|(key, _)| by(key, variants, swept).is_some()).collect();
    if replaced.is_empty() {
        return;
    }
    let places: BTreeSet<TextPosition> =
        replaced.iter().map(|(_, given)| shared.place(*given)).collect();
    let mut faults = Faults::default();
    let mut inside = Checker { tree: &shared, faults: &mut faults, ..checker.reborrow() };
    scenario(&mut inside);
    checker.faults.take_at(faults, &places);
    for key in laid {
        no_effect(checker, &shared, key, variants, swept);
    }
}

/// A fault if what was laid at a key is replaced whole. One of which every part is replaced by
/// another key may still be what those keys are set in.
fn no_effect(
    checker: &mut Checker<'_>,
    shared: &Tree,
    laid: &str,
    variants: &[VariantSection],
    swept: &[Setting],
) {
    let Some(by) = by(laid, variants, swept) else { return };
    let message = format!("has no effect: {by}");
    let help = match swept.iter().find(|setting| covers(&setting.key, laid)) {
        Some(setting) => format!("set {} instead", setting.typed_at),
        None => format!("set variant[0].set.\"{laid}\" in the file, or remove it"),
    };
    checker.faults.push(shared.place(shared.nearest(laid)), shown(laid), message, help);
}

/// What replaces the value at `leaf` at every point, in words; `None` if it is used.
fn by(leaf: &str, variants: &[VariantSection], swept: &[Setting]) -> Option<String> {
    if let Some(setting) = swept.iter().find(|setting| covers(&setting.key, leaf)) {
        return Some(format!("{} sweeps it", setting.typed_at));
    }
    let sets = |variant: &VariantSection| variant.set.keys().any(|key| covers(key, leaf));
    (!variants.is_empty() && variants.iter().all(sets)).then(|| "every variant sets it".to_owned())
}

/// Whether a value at `key` holds what lies at `leaf`.
fn covers(key: &str, leaf: &str) -> bool {
    leaf.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_covers_itself_and_what_lies_below_it() {
        assert!(covers("network.price", "network.price"));
        assert!(covers("network.price", "network.price.start"));
        assert!(covers("data.store.shock", "data.store.shock[0].after"));
        assert!(!covers("network.price", "network.prices"));
        assert!(!covers("network.price.start", "network.price"));
    }
}

//! Whether a key takes whole numbers only, found by asking the reader of the key itself. The look
//! of a bound says nothing of it: `[0, 1]` may be typed for a share.

use super::Range;
use super::load::{SHARED_WITHOUT, scenario, typed};
use crate::input::check::Checker;
use crate::input::diagnostic::{Faults, TextPosition};
use crate::input::tree::{Tree, Value};

/// Where the values that are tried stand: in no file.
const NOWHERE: TextPosition = TextPosition { file: usize::MAX, offset: usize::MAX };

/// Whether the key of a range refuses a fraction and takes the whole number beside it, in any of
/// the variants. A bound that is no whole number settles that it does not.
pub fn takes_whole_numbers(checker: &mut Checker<'_>, range: &Range) -> bool {
    if range.low.fract() != 0.0 || range.high.fract() != 0.0 {
        return false;
    }
    let file = typed(checker);
    let shared = checker.tree.without(&SHARED_WITHOUT);
    let mut trees = vec![];
    for variant in &file.variant {
        let mut tree = shared.clone();
        for (name, &value) in &variant.set {
            let grafted = tree.graft(checker.tree, value);
            // A key that cannot be set is told where the points are made.
            let _ = tree.set(name, grafted);
        }
        trees.push(tree);
    }
    if trees.is_empty() {
        trees.push(shared);
    }
    let fraction = range.value(range.low + 0.5);
    let number = Range { whole: true, ..range.clone() }.value(range.low);
    trees.iter().any(|tree| {
        let mut refuses = |value: &Value| refuses(checker, tree, &range.key, value.clone());
        refuses(&fraction) && !refuses(&number)
    })
}

/// Whether the reader of a key refuses a value; not so if the key cannot be set at all.
fn refuses(checker: &mut Checker<'_>, tree: &Tree, key: &str, value: Value) -> bool {
    let mut tree = tree.clone();
    let tried = tree.leaf(NOWHERE, value);
    if tree.set(key, tried).is_err() {
        return false;
    }
    let mut faults = Faults::default();
    scenario(&mut Checker { tree: &tree, faults: &mut faults, ..checker.reborrow() });
    faults.lie_at(NOWHERE)
}

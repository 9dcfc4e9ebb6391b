//! The list of all parts. Whatever is said of parts as a whole is read from here: numbers of
//! metrics and kinds of event (checked while compiling), cards, `pinwheel explain`, the JSON
//! Schema, vector suites, reports. A new layer is one line here and one in `parts!`
//! ([`crate::world`]); a network is listed by its line in `for_each_network!`
//! ([`crate::networks`]).

use pinwheel_core::TokenSpec;

use crate::describe::part::{PartKind, same};
use crate::describe::{Catalogue, PartSpec, TokenDescription};
use crate::input::unit::Units;
use crate::{blockchain, change, connection, data, infrastructure, networks, review, service};

/// Every part of the program.
pub const ALL: Catalogue = Catalogue(PARTS);

/// In the order in which tables and lists show them: networks, then layers.
const PARTS: &[&PartSpec] = &{
    let mut all = [LAYERS[0]; networks::SPECS.len() + LAYERS.len()];
    let mut place = 0;
    while place < all.len() {
        all[place] = match place.checked_sub(networks::SPECS.len()) {
            Some(layer) => LAYERS[layer],
            None => networks::SPECS[place],
        };
        place += 1;
    }
    all
};

/// The layers, from the lowest up, the review and the changes.
const LAYERS: &[&PartSpec] = &[
    &infrastructure::spec::SPEC,
    &service::spec::SPEC,
    &connection::spec::SPEC,
    &blockchain::spec::SPEC,
    &data::spec::SPEC,
    &review::spec::SPEC,
    &change::spec::SPEC,
];

/// Whether these are the layers of the list, in its order: worlds are held against it.
pub(crate) const fn layers_are(names: &[&str]) -> bool {
    let (mut place, mut layer) = (0, 0);
    while place < LAYERS.len() {
        if matches!(LAYERS[place].kind, PartKind::Layer) {
            if layer == names.len() || !same(LAYERS[place].name, names[layer]) {
                return false;
            }
            layer += 1;
        }
        place += 1;
    }
    layer == names.len()
}

/// The units that every scenario has: those that need no part, and the tokens of all parts.
///
/// # Panics
///
/// If the symbol of a part's token is no word, or the name of another unit: a fault of the part.
pub fn units() -> Units {
    let mut units = Units::default();
    for TokenDescription { symbol, decimals, .. } in ALL.tokens() {
        let spec = TokenSpec { symbol: (*symbol).to_owned(), decimals: *decimals, cap: None };
        let declared = units.declare(spec);
        declared.unwrap_or_else(|error| panic!("{symbol} cannot name a token: {error:?}"));
    }
    units
}

/// A part whose name, code or kind of event another has too does not compile.
const _: () = {
    let mut one = 0;
    while one < PARTS.len() {
        let mut other = 0;
        while other < one {
            assert!(PARTS[one].code != PARTS[other].code, "two parts have one code");
            assert!(!same(PARTS[one].name, PARTS[other].name), "two parts have one name");
            other += 1;
        }
        one += 1;
    }
    kinds_are_apart();
};

/// Walks all ranges of event kinds and marks each number.
const fn kinds_are_apart() {
    let mut taken = [false; 256];
    let mut part = 0;
    while part < PARTS.len() {
        let mut list = 0;
        while list < PARTS[part].events.len() {
            let kinds = PARTS[part].events[list];
            let mut place = 0;
            while place < kinds.names.len() {
                let kind = kinds.first as usize + place;
                assert!(kind < taken.len(), "a kind of event is beyond 255");
                assert!(!taken[kind], "two kinds of event have one number");
                taken[kind] = true;
                place += 1;
            }
            list += 1;
        }
        part += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::MetricSpec;
    use std::collections::BTreeSet;

    #[test]
    fn a_name_is_one_metric_and_its_number_leads_back_to_it() {
        let mut names = BTreeSet::new();
        for (number, entry) in ALL.numbered() {
            assert!(names.insert(entry.name), "{} is given twice", entry.name);
            assert_eq!(ALL.spec(number), entry);
            assert_eq!(ALL.find(entry.name), Some((number, entry)));
        }
    }

    #[test]
    fn every_metric_has_a_unit_a_sentence_and_a_source() {
        let units = units();
        for (_, MetricSpec { name, unit, about, source, .. }) in ALL.numbered() {
            assert!(units.unit(unit).is_ok(), "{name}: {unit}");
            assert!(about.len() > 10 && !source.is_empty(), "{name}");
        }
    }

    #[test]
    fn what_a_report_shows_of_a_part_is_recorded_by_it() {
        for part in PARTS {
            let own = |metric: &str| part.numbered().any(|(_, spec)| spec.name == metric);
            let drawn = part.chapters.iter().flat_map(|chapter| chapter.figures);
            let drawn = drawn.flat_map(|figure| figure.metrics());
            let paths = part.flows.iter().flat_map(|flows| flows.paths);
            let paid = paths.flat_map(|path| path.plus.iter().chain(path.minus)).copied();
            let ends = part.flows.iter().filter_map(|flows| flows.break_even);
            let ends = ends.flat_map(|(revenue, cost)| [revenue, cost]);
            let summed = part.headlines.iter().map(|headline| headline.metric);
            let key = part.key_metrics.iter().copied();
            for metric in drawn.chain(paid).chain(ends).chain(summed).chain(key) {
                assert!(own(metric), "{}: {metric}", part.name);
            }
        }
    }

    #[test]
    fn every_kind_of_event_has_a_name_of_its_own() {
        for PartSpec { name, events, .. } in PARTS {
            for kinds in events.iter() {
                let names: BTreeSet<_> = kinds.names.iter().collect();
                assert_eq!(names.len(), kinds.names.len(), "{name}: {:?}", kinds.names);
                let words = names.iter().all(|it| !it.is_empty() && it.trim() == **it);
                assert!(words && !names.is_empty(), "{name}: {:?}", kinds.names);
            }
        }
    }

    #[test]
    fn every_part_says_what_it_leaves_out_in_sentences() {
        for PartSpec { name, card, .. } in PARTS {
            assert!(card.left_out.len() >= 2, "{name}");
            for text in card.left_out.iter().chain([&card.entities, &card.process]) {
                let starts = text.starts_with(|first: char| first.is_uppercase());
                assert!(starts && text.ends_with('.'), "{name}: {text}");
            }
        }
        assert!(ALL.part("infrastructure").is_some() && ALL.part("no such part").is_none());
    }
}

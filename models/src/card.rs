//! What each layer and network says of itself on a model card, after the ODD protocol (Grimm et al.,
//! "The ODD protocol for describing agent-based and other simulation models: a second update", 2020).

use crate::networks::filecoin;
use crate::{blockchain, connection, data, economy, infrastructure, review, service};

/// The words of one layer or network, kept in the file `card.rs` of its folder.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The section of a scenario that asks for it, or the kind of the network.
    pub name: &'static str,
    pub entities: &'static str,
    /// What happens, in what order.
    pub process: &'static str,
    /// What is real in the field and not in the model.
    pub left_out: &'static [&'static str],
}

const ALL: [&Card; 8] = [
    &infrastructure::card::CARD,
    &service::card::CARD,
    &connection::card::CARD,
    &blockchain::card::CARD,
    &data::card::CARD,
    &economy::card::CARD,
    &review::card::CARD,
    &filecoin::card::CARD,
];

/// The card of a layer or network by its name.
pub fn card(name: &str) -> Option<&'static Card> {
    ALL.into_iter().find(|card| card.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layer_says_what_it_leaves_out_in_sentences() {
        for card in ALL {
            assert!(card.left_out.len() >= 2, "{}", card.name);
            for text in card.left_out.iter().chain([&card.entities, &card.process]) {
                let starts = text.starts_with(|first: char| first.is_uppercase());
                assert!(starts && text.ends_with('.'), "{}: {text}", card.name);
            }
        }
        assert!(card("infrastructure").is_some() && card("no such layer").is_none());
    }
}

//! What each layer and network says of itself on a model card, after the ODD protocol (Grimm et
//! al., "The ODD protocol for describing agent-based and other simulation models: a second update",
//! 2020).

/// The words of one layer or network, kept in the file `card.rs` of its folder.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// What there is, with the quantities that describe it.
    pub entities: &'static str,
    /// What happens, in what order.
    pub process: &'static str,
    /// What is real in the field and not in the model.
    pub left_out: &'static [&'static str],
}

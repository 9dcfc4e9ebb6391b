//! A token that a part has of itself, whatever a scenario declares.

/// A token of a part's own protocol.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct TokenDescription {
    /// Its name in quantities: "FIL".
    pub symbol: &'static str,
    /// One token is 10 to this power of its smallest units.
    pub decimals: u8,
    /// Where the number of decimals comes from.
    pub source: &'static str,
}

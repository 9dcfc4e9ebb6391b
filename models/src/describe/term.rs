//! A word of a part's field, for `pinwheel explain`.

/// A concept that is neither a parameter nor a metric.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// As one writes it in prose: "base fee".
    pub name: &'static str,
    /// What it is counted in; "1" for nothing.
    pub unit: &'static str,
    /// One sentence: what it is.
    pub about: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
    /// The file that holds it, relative to the root of the repository.
    pub code: &'static str,
}

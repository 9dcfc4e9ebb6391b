//! Which metrics of a review a part gives: what `pinwheel explain` says, held against runs by
//! tests.

/// What a part gives a review.
#[derive(Copy, Clone, Debug)]
pub struct Source {
    /// Metrics it gives where its scenario has what they need.
    pub gives: &'static [&'static str],
    /// Metrics a network never gives, and why.
    pub lacks: &'static [(&'static str, &'static str)],
}

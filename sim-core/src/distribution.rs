//! Samplers on [`crate::math`]; `rand_distr` is the oracle they are tested against.

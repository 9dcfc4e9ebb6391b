//! Transcendental functions that give one answer on every machine.
//!
//! Rust's own `f64::exp` and kin call the platform's library, whose last bit differs between
//! libraries and even between processors of one family (it picks fused variants at run time).
//! `libm` is plain IEEE 754 arithmetic compiled into the program: all of its results are the same
//! everywhere, and most are within one unit in the last place. `sqrt`, `floor`, `round` and `abs`
//! are exact on every machine anyway; they are here so that models need one import.

/// Exact by the standard.
pub use libm::{ceil, fabs as abs, floor, round, sqrt};

/// Exponentials, logarithms and powers.
pub use libm::{cbrt, exp, exp2, expm1, log as ln, log1p as ln_1p, log2, log10, pow, tanh};

/// Angles in radians.
pub use libm::{asin, atan2, cos, sin};

/// The error function, its complement, the gamma function and the logarithm of its absolute value.
pub use libm::{erf, erfc, lgamma as ln_gamma, tgamma as gamma};

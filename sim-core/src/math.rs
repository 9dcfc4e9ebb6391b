//! Transcendental functions that give one answer on every machine: Rust's own `f64::exp` and kin
//! call the platform's library, whose last bit differs between processors of one family.

pub use libm::{
    cbrt, cos, erf, exp, expm1, floor, lgamma as ln_gamma, log as ln, log1p as ln_1p, log2, log10,
    pow, round, sin, sqrt, tanh, tgamma as gamma,
};

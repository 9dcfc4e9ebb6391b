//! Transcendental functions that give one answer on every machine.
//!
//! Rust's own `f64::exp` and kin call the platform's library, whose last bit differs between
//! libraries and even between processors of one family (it picks fused variants at run time).
//! `libm` is plain IEEE 754 arithmetic compiled into the program: all of its results are the same
//! everywhere, and most are within one unit in the last place. `sqrt`, `floor`, `round` and `abs`
//! are exact by the standard; they are here so that models need one import.

pub use libm::{
    // Exponentials and logarithms.
    cbrt,
    // Exact.
    ceil,
    // Angles in radians.
    cos,
    // The error function, the gamma function and the logarithm of its absolute value.
    erf,
    exp,
    expm1,
    fabs as abs,
    floor,
    lgamma as ln_gamma,
    log as ln,
    log1p as ln_1p,
    log2,
    log10,
    pow,
    round,
    sin,
    sqrt,
    tanh,
    tgamma as gamma,
};

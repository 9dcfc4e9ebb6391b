//! Samplers: plain validated structs that turn words of a [`Stream`] into numbers.
//!
//! They use only `+ - * /`, `sqrt` and [`crate::math`], so that a draw has the same bits on every
//! machine; `rand_distr` is the oracle they are tested against. Where one uniform is enough (all
//! that have a closed or rational inverse, and the small discrete ones) the sampler inverts the
//! distribution: the same stream then gives comparable draws when a parameter changes, which is
//! what common random numbers need.
//!
//! [`Stream`]: crate::random::Stream

mod alias;
mod binomial;
mod density;
mod empirical;
mod gamma;
mod lifetime;
mod normal;
mod poisson;
mod zipf;

pub use alias::AliasTable;
pub use binomial::Binomial;
pub use empirical::Empirical;
pub use gamma::{Beta, Gamma};
pub use lifetime::{Exponential, Pareto, Weibull};
pub use normal::{LogNormal, Normal};
pub use poisson::Poisson;
pub use zipf::Zipf;

use std::fmt;

/// A parameter outside the range its distribution allows.
#[derive(Clone, Debug, PartialEq)]
pub struct DistributionError {
    /// The law: "gamma".
    pub distribution: &'static str,
    /// Its parameter: "shape".
    pub parameter: &'static str,
    /// What was given.
    pub value: f64,
    /// What is allowed, in words: "positive".
    pub allowed: &'static str,
}

impl fmt::Display for DistributionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DistributionError { distribution, parameter, value, allowed } = self;
        write!(f, "{distribution}: {parameter} is {value}, it must be {allowed}")
    }
}
impl std::error::Error for DistributionError {}

/// Checks of one distribution's parameters.
#[derive(Copy, Clone)]
struct Check(&'static str);

impl Check {
    fn that(
        self,
        held: bool,
        parameter: &'static str,
        value: f64,
        allowed: &'static str,
    ) -> Result<f64, DistributionError> {
        if held {
            return Ok(value);
        }
        Err(DistributionError { distribution: self.0, parameter, value, allowed })
    }
    fn positive(self, parameter: &'static str, value: f64) -> Result<f64, DistributionError> {
        // Far inside what a float holds: reciprocals and products with a logarithm stay finite.
        let held = (1e-300..=1e300).contains(&value);
        self.that(held, parameter, value, "between 1e-300 and 1e300")
    }
    fn not_negative(self, parameter: &'static str, value: f64) -> Result<f64, DistributionError> {
        let held = value.is_finite() && value >= 0.0;
        self.that(held, parameter, value, "finite and at least 0")
    }
    fn finite(self, parameter: &'static str, value: f64) -> Result<f64, DistributionError> {
        self.that(value.is_finite(), parameter, value, "finite")
    }
}

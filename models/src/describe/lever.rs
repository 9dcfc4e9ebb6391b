//! Levers: the numbers of a part that may be set to another value while a run goes on. A lever is
//! known by the dotted key that sets it in a scenario. A dated change of the scenario sets it
//! ([`crate::change`]); votes, what-ifs and a twin are meant to do it the same way.

use std::fmt;

use pinwheel_core::math;

use super::part::same;

/// The description of one lever. `unit` is the unit of the plain number in the model.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct LeverSpec {
    /// The key below the place of its table: "arrivals.mean".
    pub name: &'static str,
    /// One sentence: what it is, and on what it acts after it was moved.
    pub about: &'static str,
    /// The unit of its value; "1" for a number without one.
    pub unit: &'static str,
    /// The least that is allowed.
    pub minimum: f64,
    /// The most that is allowed.
    pub maximum: f64,
    /// Whether it takes whole numbers only.
    pub whole: bool,
    /// Whether it takes no value finer than a millionth.
    pub millionths: bool,
    /// Whether a plain number is read in `unit`; otherwise the unit must be typed.
    pub plain: bool,
    /// Where the definition comes from.
    pub source: &'static str,
}

impl LeverSpec {
    /// A lever whose key wants the unit typed, if there is one.
    pub const fn new(
        name: &'static str,
        unit: &'static str,
        (minimum, maximum): (f64, f64),
        about: &'static str,
    ) -> Self {
        let plain = same(unit, "1");
        let (whole, millionths, source) = (false, false, "scenario");
        LeverSpec { name, about, unit, minimum, maximum, whole, millionths, plain, source }
    }

    /// The lever for whole millionths only.
    pub const fn of_millionths(self) -> Self {
        LeverSpec { millionths: true, ..self }
    }

    /// Whether the lever could not keep the value as it is: it counts in millionths, and the value
    /// is finer.
    pub fn is_too_fine(&self, value: f64) -> bool {
        self.millionths && is_finer_than_a_millionth(value)
    }

    /// The lever for whole numbers only.
    pub const fn of_whole_numbers(self) -> Self {
        LeverSpec { whole: true, ..self }
    }

    /// Whether the lever may take this value.
    ///
    /// # Errors
    ///
    /// [`Refused::Range`] if the value lies outside the range, or is no whole number where the
    /// lever takes whole numbers only; [`Refused::Finer`] if it is finer than a millionth where the
    /// lever takes none that is.
    pub fn check(&self, value: f64) -> Result<(), Refused> {
        let Self { minimum, maximum, whole, .. } = *self;
        if (minimum..=maximum).contains(&value) && self.is_too_fine(value) {
            return Err(Refused::Finer);
        }
        match (minimum..=maximum).contains(&value) && (!whole || value.fract() == 0.0) {
            true => Ok(()),
            false => Err(Refused::Range { value, minimum, maximum, whole }),
        }
    }
}

/// Whether a value is no whole number of millionths, but for the rounding of floats.
pub fn is_finer_than_a_millionth(value: f64) -> bool {
    const ROUNDING_MAX: f64 = 1e-6;
    let counted = value * 1e6;
    math::abs(counted - math::round(counted)) > ROUNDING_MAX
}

/// A table of levers that are no parameters of a [`super::ParameterTable`].
#[derive(Copy, Clone, Debug)]
pub struct LeverTable {
    /// What has them: "a station".
    pub owner: &'static str,
    /// The key they are set below, without numbers of lists: "service.station".
    pub place: &'static str,
    /// The levers, in the order of the table.
    pub levers: &'static [LeverSpec],
}

impl LeverTable {
    /// The lever of this name.
    pub fn find(&self, name: &str) -> Option<&'static LeverSpec> {
        self.levers.iter().find(|spec| spec.name == name)
    }
}

/// A lever of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Lever {
    /// The key that sets it: within its part "station[0].arrivals.mean", in a scenario with the
    /// part's section before it.
    pub key: String,
    /// Its description.
    pub spec: LeverSpec,
    /// Its value on the first day.
    pub value: f64,
    /// Why it cannot be moved in this scenario; `None` if it can.
    pub fixed: Option<&'static str>,
    /// Why it cannot be moved where the scenario has no review.
    pub fixed_without_review: Option<&'static str>,
}

impl Lever {
    /// A lever that a review decides nothing about.
    pub fn new(key: String, spec: LeverSpec, value: f64, fixed: Option<&'static str>) -> Self {
        Lever { key, spec, value, fixed, fixed_without_review: None }
    }

    /// The lever of a scenario with a review or without.
    #[must_use]
    pub fn beside_review(self, reviewed: bool) -> Self {
        let fixed = self.fixed.or(self.fixed_without_review.filter(|_| !reviewed));
        Lever { fixed, ..self }
    }
}

/// Why a lever was not moved. Nothing has changed then.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// The part has no lever of this key.
    NoLever,
    /// It acts on the first day only, for this reason.
    Fixed(String),
    /// The value is finer than a millionth.
    Finer,
    /// The value is not allowed.
    Range {
        /// The value.
        value: f64,
        /// The least that is allowed.
        minimum: f64,
        /// The most that is allowed.
        maximum: f64,
        /// Whether only whole numbers are allowed.
        whole: bool,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Finer => write!(f, "it is finer than a millionth"),
            Refused::NoLever => write!(f, "there is no such lever"),
            Refused::Fixed(reason) => write!(f, "it cannot be moved: {reason}"),
            Refused::Range { value, minimum, maximum, whole } => {
                let numbers = if *whole { "whole numbers from " } else { "" };
                write!(f, "{value} is out of range; allowed: {numbers}{minimum} to {maximum}")
            }
        }
    }
}

impl std::error::Error for Refused {}

/// The number of a list's member in a key such as "station[3].arrivals.mean" below `list`, and the
/// key below it: `(3, "arrivals.mean")`.
pub fn member<'k>(key: &'k str, list: &str) -> Option<(usize, &'k str)> {
    let (number, rest) = key.strip_prefix(list)?.strip_prefix('[')?.split_once("].")?;
    Some((number.parse().ok()?, rest))
}

/// A key without the numbers of lists: "service.station.arrivals.mean".
pub fn without_numbers(key: &str) -> String {
    let mut inside = false;
    let kept = |c: &char| {
        inside = *c == '[' || inside && *c != ']';
        !inside && *c != ']'
    };
    key.chars().filter(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_taken_apart() {
        assert_eq!(member("station[3].arrivals.mean", "station"), Some((3, "arrivals.mean")));
        for key in ["station.arrivals", "stations[3].a", "station[x].a", "station[3]"] {
            assert_eq!(member(key, "station"), None, "{key}");
        }
        assert_eq!(without_numbers("a[12].b[0].c"), "a.b.c");
    }

    #[test]
    fn a_value_outside_its_range_is_refused() {
        let spec = LeverSpec::new("crews", "1", (1.0, 9.0), "Crews.").of_whole_numbers();
        assert_eq!(spec.check(9.0), Ok(()));
        for value in [0.0, 9.5, 2.5, f64::NAN] {
            assert!(matches!(spec.check(value), Err(Refused::Range { .. })), "{value}");
        }
        let told = spec.check(2.5).unwrap_err().to_string();
        assert_eq!(told, "2.5 is out of range; allowed: whole numbers from 1 to 9");
    }
}

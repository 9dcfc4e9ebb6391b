//! When things fail: laws of life, and one clock for a whole population.
//!
//! A population of `n` like units under minimal repair (a mended unit is as good as it was before
//! it failed) fails as a Poisson process with cumulative intensity `n H(age)`. Its next failure
//! comes when the intensity has grown by a unit exponential `E`: at age `H^-1(H(age) + E / n)`
//! (Cinlar 1975, inversion of the mean value function). The process is exact and costs one timer
//! for any `n`. If `n` changes, what is left of `E` is spent at the new rate: no new draw, and so
//! no other number of the stream moves.

use pinwheel_core::distribution::Normal;
use pinwheel_core::engine::Event;
use pinwheel_core::queue::Timer;
use pinwheel_core::{Context, SimDuration, SimTime, Stream, math};
use serde::{Deserialize, Serialize};

use super::draw::unit_exponential;

/// The law of the life of a unit; ages and scales in seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FailureLaw {
    /// Constant hazard.
    Exponential {
        /// Failures a second.
        rate_per_second: f64,
    },
    /// `H(t) = (t / scale)^shape`.
    Weibull {
        /// Below 1 units die young, above it they wear out.
        shape: f64,
        /// The age that 63.2 % of the units do not reach, seconds.
        scale_seconds: f64,
    },
    /// The logarithm of the life is normal: `H(t) = -ln(1 - Phi(ln(t / median) / sigma))`.
    LogNormal {
        /// The age that half of the units do not reach, seconds.
        median_seconds: f64,
        /// Standard deviation of the logarithm of the age.
        sigma: f64,
    },
    /// Several hazards at once, such as a bathtub's infant deaths, accidents and wear: the unit
    /// fails by whichever comes first, so the hazards add.
    Sum(Vec<FailureLaw>),
    /// An observed hazard by age: constant within each row, and as in the last row ever after.
    Table(Vec<HazardRow>),
}

/// From this age on the hazard is this.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HazardRow {
    /// Age of the unit, seconds.
    pub from_seconds: f64,
    /// Failures a second of a unit that has this age.
    pub rate_per_second: f64,
    /// Cumulative hazard at the beginning of the row.
    cumulative: f64,
}

/// Steps of the search for an age; each halves the bracket in the worst case.
const SEARCH_STEPS_MAX: u32 = 200;
/// Relative width of the bracket at which an age is found.
const SEARCH_WIDTH: f64 = 1e-13;

impl FailureLaw {
    /// The law of what does not fail.
    pub const NEVER: FailureLaw = FailureLaw::Exponential { rate_per_second: 0.0 };

    /// Constant hazard with this mean life.
    pub fn exponential(mean_seconds: f64) -> Self {
        FailureLaw::Exponential { rate_per_second: 1.0 / mean_seconds }
    }

    /// A table from rows of age and hazard, in order of age, the first at age zero.
    pub fn table(rows: &[(f64, f64)]) -> Self {
        let mut cumulative = 0.0;
        let row = |(place, &(from_seconds, rate_per_second)): (usize, &(f64, f64))| {
            if let Some((before, rate)) = place.checked_sub(1).map(|place| rows[place]) {
                cumulative += rate * (from_seconds - before);
            }
            HazardRow { from_seconds, rate_per_second, cumulative }
        };
        FailureLaw::Table(rows.iter().enumerate().map(row).collect())
    }

    /// Failures a unit has had on average by this age, under minimal repair.
    pub fn cumulative_hazard(&self, age_seconds: f64) -> f64 {
        match self {
            FailureLaw::Exponential { rate_per_second } => rate_per_second * age_seconds,
            FailureLaw::Weibull { shape, scale_seconds } => {
                math::pow(age_seconds / scale_seconds, *shape)
            }
            FailureLaw::LogNormal { .. } if age_seconds <= 0.0 => 0.0,
            FailureLaw::LogNormal { median_seconds, sigma } => {
                let z = math::ln(age_seconds / median_seconds) / sigma;
                let upper = 0.5 * math::erfc(z * std::f64::consts::FRAC_1_SQRT_2);
                let lower = 0.5 * math::erfc(-z * std::f64::consts::FRAC_1_SQRT_2);
                if z < 0.0 { -math::ln_1p(-lower) } else { -math::ln(upper) }
            }
            FailureLaw::Sum(parts) => {
                parts.iter().map(|part| part.cumulative_hazard(age_seconds)).sum()
            }
            FailureLaw::Table(rows) => {
                let next = rows.partition_point(|row| row.from_seconds <= age_seconds);
                let row = &rows[next.saturating_sub(1)];
                row.cumulative + row.rate_per_second * (age_seconds - row.from_seconds)
            }
        }
    }

    /// The age at which the cumulative hazard is this high; infinite if it never is.
    pub fn age_at(&self, cumulative_hazard: f64) -> f64 {
        match self {
            FailureLaw::Exponential { rate_per_second } => cumulative_hazard / rate_per_second,
            FailureLaw::Weibull { shape, scale_seconds } => {
                scale_seconds * math::pow(cumulative_hazard, 1.0 / shape)
            }
            FailureLaw::LogNormal { median_seconds, sigma } => {
                // By the smaller of the two tails, which keeps its digits.
                let (dead, alive) =
                    (-math::expm1(-cumulative_hazard), math::exp(-cumulative_hazard));
                let z = if dead < 0.5 {
                    Normal::STANDARD.quantile(dead)
                } else {
                    -Normal::STANDARD.quantile(alive)
                };
                median_seconds * math::exp(sigma * z)
            }
            FailureLaw::Sum(parts) => self.search(parts, cumulative_hazard),
            FailureLaw::Table(rows) => {
                let next = rows.partition_point(|row| row.cumulative <= cumulative_hazard);
                let row = &rows[next.saturating_sub(1)];
                row.from_seconds + (cumulative_hazard - row.cumulative) / row.rate_per_second
            }
        }
    }

    /// The age of a sum of hazards by the Illinois variant of the false position (Dowell and
    /// Jarratt 1971): the sum is reached before any part alone reaches it, and not before one part
    /// has reached its even share.
    fn search(&self, parts: &[FailureLaw], wanted: f64) -> f64 {
        let first = |hazard: f64| {
            parts.iter().map(|part| part.age_at(hazard)).fold(f64::INFINITY, f64::min)
        };
        let (mut low, mut high) = (first(wanted / parts.len() as f64), first(wanted));
        if !high.is_finite() || high <= low {
            return high;
        }
        let error = |age: f64| self.cumulative_hazard(age) - wanted;
        let (mut below, mut above) = (error(low), error(high));
        let mut kept = 0;
        for _ in 0..SEARCH_STEPS_MAX {
            if high - low <= SEARCH_WIDTH * high || below >= 0.0 || above <= 0.0 {
                break;
            }
            let guess = low - below * (high - low) / (above - below);
            // Rounding can put the guess on an end; the middle always makes progress.
            let age = if low < guess && guess < high { guess } else { 0.5 * (low + high) };
            let found = error(age);
            if found < 0.0 {
                (low, below) = (age, found);
                above *= if kept == 1 { 0.5 } else { 1.0 };
                kept = 1;
            } else {
                (high, above) = (age, found);
                below *= if kept == -1 { 0.5 } else { 1.0 };
                kept = -1;
            }
        }
        if below >= 0.0 { low } else { high }
    }
}

/// The next failure in a population of units that share a law.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Clock {
    law: FailureLaw,
    population: u32,
    /// Mean age of the units at `since`.
    age_seconds: f64,
    since: SimTime,
    /// Intensity still to be spent, from `since` on, until the next failure.
    budget: f64,
    /// Where this clock's draws come from, and those of whatever fails by it.
    pub stream: Stream,
    timer: Option<Timer>,
}

impl Clock {
    /// The clock of `population` units of a mean age, drawn from its stream.
    pub fn new(
        law: FailureLaw,
        population: u32,
        age_seconds: f64,
        now: SimTime,
        mut stream: Stream,
    ) -> Self {
        let budget = unit_exponential(&mut stream);
        Clock { law, population, age_seconds, since: now, budget, stream, timer: None }
    }
    /// How many units share the clock.
    pub fn population(&self) -> u32 {
        self.population
    }
    /// Time from `since` to the next failure, if there is ever one.
    pub fn delay(&self) -> Option<SimDuration> {
        let spent = self.law.cumulative_hazard(self.age_seconds);
        let age = self.law.age_at(spent + self.budget / f64::from(self.population));
        let delay_seconds = age - self.age_seconds;
        delay_seconds.is_finite().then(|| SimDuration::from_seconds_f64(delay_seconds))
    }
    /// Notes the failure that is due now and draws the way to the next one.
    pub fn strike(&mut self, now: SimTime) {
        self.advance(now);
        self.budget = unit_exponential(&mut self.stream);
        self.timer = None;
    }
    /// Changes the number of units. Units added are new and lower the mean age.
    pub fn resize(&mut self, population: u32, now: SimTime) {
        self.advance(now);
        if population > self.population {
            self.age_seconds *= f64::from(self.population) / f64::from(population);
        }
        self.population = population;
    }
    /// Goes by another law from now on; what is left of the way is spent at its rate. False if it
    /// is the law it goes by already.
    pub fn change_law(&mut self, law: &FailureLaw, now: SimTime) -> bool {
        if *law == self.law {
            return false;
        }
        self.advance(now);
        self.law = law.clone();
        true
    }
    /// Sets the timer of the next failure in place of the present one; `now` must be `since`.
    pub fn arm<E: Event>(&mut self, event: E, ctx: &mut Context<E>) {
        if let Some(timer) = self.timer.take() {
            ctx.cancel(timer);
        }
        self.timer = self.delay().map(|delay| ctx.timer(delay, event));
    }
    /// Spends the intensity up to now.
    pub(crate) fn advance(&mut self, now: SimTime) {
        let before = self.law.cumulative_hazard(self.age_seconds);
        self.age_seconds += now.since(self.since).as_seconds();
        let grown = self.law.cumulative_hazard(self.age_seconds) - before;
        self.budget = (self.budget - grown * f64::from(self.population)).max(0.0);
        self.since = now;
    }
}

//! When things fail: laws of life, and one clock for a whole population.
//!
//! A population of `n` like units under minimal repair (a mended unit is as good as it was before
//! it failed) fails as a Poisson process with cumulative intensity `n H(age)`. Its next failure
//! comes when the intensity has grown by a unit exponential `E`: at age `H^-1(H(age) + E / n)`
//! (Cinlar 1975, inversion of the mean value function). The process is exact and costs one timer
//! for any `n`. If `n` changes, what is left of `E` is spent at the new rate: no new draw, and so
//! no other number of the stream moves.

use pinwheel_core::engine::Event;
use pinwheel_core::queue::Timer;
use pinwheel_core::{Context, SimDuration, SimTime, Stream, math};
use serde::{Deserialize, Serialize};

use super::draw::unit_exponential;

/// The law of the life of a unit; ages and scales in seconds.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FailureLaw {
    /// Constant hazard.
    Exponential { rate_per_second: f64 },
    /// `H(t) = (t / scale)^shape`.
    Weibull { shape: f64, scale_seconds: f64 },
}

impl FailureLaw {
    pub const NEVER: FailureLaw = FailureLaw::Exponential { rate_per_second: 0.0 };

    /// Constant hazard with this mean life.
    pub fn exponential(mean_seconds: f64) -> Self {
        FailureLaw::Exponential { rate_per_second: 1.0 / mean_seconds }
    }
    /// Failures a unit has had on average by this age, under minimal repair.
    pub fn cumulative_hazard(self, age_seconds: f64) -> f64 {
        match self {
            FailureLaw::Exponential { rate_per_second } => rate_per_second * age_seconds,
            FailureLaw::Weibull { shape, scale_seconds } => {
                math::pow(age_seconds / scale_seconds, shape)
            }
        }
    }
    /// The age at which the cumulative hazard is this high; infinite if it never is.
    pub fn age_at(self, cumulative_hazard: f64) -> f64 {
        match self {
            FailureLaw::Exponential { rate_per_second } => cumulative_hazard / rate_per_second,
            FailureLaw::Weibull { shape, scale_seconds } => {
                scale_seconds * math::pow(cumulative_hazard, 1.0 / shape)
            }
        }
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
    /// Sets the timer of the next failure in place of the present one; `now` must be `since`.
    pub fn arm<E: Event>(&mut self, event: E, ctx: &mut Context<E>) {
        if let Some(timer) = self.timer.take() {
            ctx.cancel(timer);
        }
        self.timer = self.delay().map(|delay| ctx.timer(delay, event));
    }
    fn advance(&mut self, now: SimTime) {
        let before = self.law.cumulative_hazard(self.age_seconds);
        self.age_seconds += now.since(self.since).as_seconds();
        let grown = self.law.cumulative_hazard(self.age_seconds) - before;
        self.budget = (self.budget - grown * f64::from(self.population)).max(0.0);
        self.since = now;
    }
}

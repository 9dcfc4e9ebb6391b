//! The lives of nodes: how long each keeps its data until it is gone and an empty node takes its
//! place. The hazards can be scaled, with the likelihood ratio that undoes it kept in the books:
//! that is what the estimator of rare losses in [`super::splitting`] needs.

use pinwheel_core::engine::Event as EngineEvent;
use pinwheel_core::queue::Timer;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Context, SimDuration, SimTime, Stream, math};
use serde::{Deserialize, Serialize};

use super::Event;
use crate::laws::draw::unit_exponential;
use crate::laws::failure::FailureLaw;

/// What the rest of a life is drawn for.
pub(super) const LIFE: Purpose = Purpose::new("data.node.life");

/// The clocks of all nodes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Nodes {
    law: FailureLaw,
    clocks: Vec<Clock>,
    /// Logarithm of the likelihood ratio of all that has happened at scaled hazards.
    ln_weight: f64,
}

/// The clock of the node that stands in one place, and of those that follow it there.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Clock {
    installed: SimTime,
    /// The likelihood ratio counts up to here.
    since: SimTime,
    /// The hazard is this many times that of the law.
    scale: f64,
    timer: Option<Timer>,
}

impl Nodes {
    /// New nodes; their clocks stand until [`Nodes::arm`].
    pub fn new(law: FailureLaw, count: u32) -> Self {
        let clock = Clock { scale: 1.0, ..Clock::default() };
        Nodes { law, clocks: vec![clock; count as usize], ln_weight: 0.0 }
    }

    /// Draws the rest of a node's life from its age, at `scale` times the law's hazard, in place
    /// of what was drawn before; `draws` are the node's own for [`LIFE`].
    pub fn arm<E: EngineEvent + From<Event>>(
        &mut self,
        node: u32,
        scale: f64,
        mut draws: Stream,
        ctx: &mut Context<E>,
    ) {
        let now = ctx.now();
        self.settle(node, now);
        let clock = &mut self.clocks[node as usize];
        if let Some(timer) = clock.timer.take() {
            ctx.cancel(timer);
        }
        clock.scale = scale;
        let age_seconds = now.since(clock.installed).as_seconds();
        let exponential = unit_exponential(&mut draws) / scale;
        let end_seconds = self.law.age_at(self.law.cumulative_hazard(age_seconds) + exponential);
        if end_seconds.is_finite() {
            let delay = SimDuration::from_seconds_f64(end_seconds - age_seconds);
            clock.timer = Some(ctx.timer(delay, Event::Fails { node }.into()));
        }
    }

    /// A node's life is over; a new one takes its place with a clock that stands.
    pub fn renew(&mut self, node: u32, now: SimTime) {
        self.settle(node, now);
        let clock = &mut self.clocks[node as usize];
        if clock.scale != 1.0 {
            self.ln_weight -= math::ln(clock.scale);
        }
        *clock = Clock { installed: now, since: now, scale: 1.0, timer: None };
    }

    /// Stops a node's clock for good; what it survived until now counts.
    pub fn stop<E: EngineEvent>(&mut self, node: u32, ctx: &mut Context<E>) {
        self.settle(node, ctx.now());
        let clock = &mut self.clocks[node as usize];
        clock.scale = 1.0;
        if let Some(timer) = clock.timer.take() {
            ctx.cancel(timer);
        }
    }

    /// Brings the likelihood ratio of all nodes up to now and takes it out of the books.
    pub fn take_weight(&mut self, now: SimTime) -> f64 {
        (0..self.clocks.len() as u32).for_each(|node| self.settle(node, now));
        math::exp(std::mem::take(&mut self.ln_weight))
    }

    /// Survival at `scale` times the hazard is less likely by `exp(-(scale - 1) H)`.
    fn settle(&mut self, node: u32, now: SimTime) {
        let clock = &mut self.clocks[node as usize];
        if clock.scale != 1.0 {
            let hazard_at = |time: SimTime| {
                self.law.cumulative_hazard(time.since(clock.installed).as_seconds())
            };
            self.ln_weight += (clock.scale - 1.0) * (hazard_at(now) - hazard_at(clock.since));
        }
        clock.since = now;
    }
}

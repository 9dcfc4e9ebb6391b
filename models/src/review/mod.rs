//! The review of a token economy: 28 metrics ([`list`](crate::describe::review::list)) of any
//! network that knows their inputs.
//!
//! Networks and layers fill [`Inputs`] with sums since the start and with what is now; the review
//! takes the difference over the period of each metric. Metrics of one period share a window, so
//! that operators are sorted only when a metric that needs it is taken.
//!
//! Left out: whatever a subject does not know; its metrics are not recorded, never guessed.
//!
//! Invariants, checked at each review: what is emitted is what the schedule entitled to, and all
//! balances are what was issued less what was burned, to the base unit.

pub mod card;
pub mod figures;
pub mod file;
pub mod formulas;
mod record;
pub mod settings;
pub mod spec;

use std::collections::BTreeMap;

use pinwheel_core::check::CheckId;
use pinwheel_core::{Amount, Context, Event as EngineEvent, SimDuration, SimTime};
use serde::{Deserialize, Serialize};

use formulas::Spread;

use crate::describe::EventKinds;
use crate::describe::review::{Flows, Inputs, Operator, Supply, Utilisation, Wanted};
use crate::input::dates::DAY_SECONDS;
use crate::part::Request;
pub use settings::Settings;

/// The kinds of event, in the order of [`Event`].
pub const KINDS: EventKinds = EventKinds { first: 112, names: &["review"] };

/// A review of the metrics of one period is due.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    window: u8,
}

impl EngineEvent for Event {
    /// After everything else of its instant, the records of networks and layers included.
    fn priority(&self) -> u8 {
        255
    }
    fn kind(&self) -> u8 {
        KINDS.kind(0)
    }
}

/// An operator at the last review.
#[derive(Copy, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Past {
    active: bool,
    income_usd: f64,
    cost_usd: f64,
    incomes: Spread,
}

/// A subject at the last review of a window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Snapshot {
    supply: Option<Supply>,
    flows: Flows,
    operators: BTreeMap<u32, Past>,
    rewards: BTreeMap<u32, f64>,
    capacity: f64,
    /// Income of a unit of capacity in the window that ended then, USD a day.
    unit_income_usd: Option<f64>,
    metered: Option<(f64, f64)>,
    penalties: f64,
}

/// The metrics of one period, and how everything stood at the last look.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Window {
    days: u32,
    wanted: Wanted,
    since: SimTime,
    /// By subject, in the order in which the world names them.
    before: Vec<Snapshot>,
}

/// Metrics that need to know each operator.
const OF_OPERATORS: [&str; 5] =
    ["payback_months", "below_break_even_share", "income_volatility", "churn", "supply_elasticity"];

/// The review of a world.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Review {
    identities: u32,
    windows: Vec<Window>,
    emission_exact: Option<CheckId>,
    supply_conserved: Option<CheckId>,
}

impl Review {
    /// A review that has not looked yet.
    pub fn new(settings: &Settings) -> Self {
        let window = |of: &settings::WindowSettings| Window {
            days: of.days,
            wanted: of.wanted,
            since: SimTime::ZERO,
            before: Vec::new(),
        };
        Review {
            identities: settings.identities,
            windows: settings.windows.iter().map(window).collect(),
            emission_exact: None,
            supply_conserved: None,
        }
    }

    /// What is asked of every part, for these metrics.
    pub fn request(&self, wanted: Wanted, now: SimTime) -> Request {
        Request { wanted, identities: self.identities, now }
    }

    /// Every metric that is taken at any time.
    pub fn wanted(&self) -> Wanted {
        self.windows.iter().fold(Wanted::default(), |all, window| all.with(window.wanted))
    }

    /// The metrics that an event asks for.
    pub fn asked(&self, event: Event) -> Wanted {
        self.windows[usize::from(event.window)].wanted
    }

    /// Notes how everything stands on the first day, and schedules the first reviews.
    pub fn start<E: EngineEvent + From<Event>>(
        &mut self,
        subjects: &[Inputs],
        ctx: &mut Context<E>,
    ) {
        // A check that nothing here can make would stand in every verdict as never made.
        let supplies = || subjects.iter().filter_map(|subject| subject.supply);
        let emission = supplies().any(|supply| supply.emission.is_some());
        let checks = &mut ctx.checks;
        self.emission_exact = emission.then(|| checks.always("review.emission_exact"));
        let supply = supplies().next().is_some();
        self.supply_conserved = supply.then(|| checks.always("review.supply_conserved"));
        for (number, window) in (0..).zip(&mut self.windows) {
            let empty = Snapshot::default();
            let snapshot = |subject| Snapshot::of(subject, &empty, window.wanted, 0.0);
            window.before = subjects.iter().map(snapshot).collect();
            let days = SimDuration::from_days(u64::from(window.days));
            ctx.after(days, Event { window: number }.into());
        }
    }

    /// Takes the metrics of a window and begins the next one.
    pub fn handle<E: EngineEvent + From<Event>>(
        &mut self,
        event: Event,
        subjects: &[Inputs],
        ctx: &mut Context<E>,
    ) {
        self.check(subjects, ctx);
        let window = &mut self.windows[usize::from(event.window)];
        let days = ctx.now().since(window.since).as_seconds() / DAY_SECONDS;
        for (subject, before) in subjects.iter().zip(&mut window.before) {
            let next = Snapshot::of(subject, before, window.wanted, days);
            ctx.enter(&subject.instance);
            record::record(subject, before, &next, window.wanted, days, ctx);
            ctx.leave();
            *before = next;
        }
        window.since = ctx.now();
        ctx.after(SimDuration::from_days(u64::from(window.days)), event.into());
    }

    /// Metrics 1 and 2 must be 0, to the base unit.
    fn check<E: EngineEvent>(&self, subjects: &[Inputs], ctx: &mut Context<E>) {
        let now = ctx.now();
        for supply in subjects.iter().filter_map(|subject| subject.supply) {
            if let (Some(check), Some((entitled, paid))) = (self.emission_exact, supply.emission) {
                let detail = || format!("{entitled} base units entitled, {paid} emitted");
                ctx.checks.note(check, entitled == paid, now, detail);
            }
            let Some(check) = self.supply_conserved else { continue };
            let residual = supply.residual;
            let detail =
                || format!("{residual} base units more or less than issued and not burned");
            ctx.checks.note(check, residual == Amount::ZERO, now, detail);
        }
    }
}

impl Snapshot {
    /// How a subject stands at the end of a window of so many days that began with `before`.
    fn of(subject: &Inputs, before: &Snapshot, wanted: Wanted, days: f64) -> Self {
        let operators = subject.operators.as_deref().unwrap_or_default();
        let active = operators.iter().filter(|operator| operator.active);
        let capacity = active.map(|operator| operator.capacity).sum();
        let mut snapshot = Snapshot {
            supply: subject.supply,
            flows: subject.flows,
            operators: BTreeMap::new(),
            rewards: BTreeMap::new(),
            capacity,
            unit_income_usd: None,
            metered: match subject.utilisation {
                Some(Utilisation::Metered { used, offered }) => Some((used, offered)),
                _ => None,
            },
            penalties: subject.penalties.map_or(0.0, |penalties| penalties.taken),
        };
        if wanted.any(&OF_OPERATORS) {
            let past = |now: &Operator| (now.id, Past::of(now, before, days));
            snapshot.operators = operators.iter().map(past).collect();
            let income: f64 = operators.iter().map(|now| before.income_since(now)).sum();
            if days > 0.0 && capacity > 0.0 {
                snapshot.unit_income_usd = Some(income / capacity / days);
            }
        }
        if wanted.has("gini_rewards") {
            snapshot.rewards = subject.rewards.iter().flatten().copied().collect();
        }
        snapshot
    }

    fn past(&self, operator: &Operator) -> Past {
        self.operators.get(&operator.id).copied().unwrap_or_default()
    }
    fn income_since(&self, now: &Operator) -> f64 {
        now.income_usd - self.past(now).income_usd
    }
}

impl Past {
    fn of(now: &Operator, before: &Snapshot, days: f64) -> Self {
        let mut incomes = before.past(now).incomes;
        if now.active && days > 0.0 {
            incomes.add(before.income_since(now));
        }
        Past { active: now.active, income_usd: now.income_usd, cost_usd: now.cost_usd, incomes }
    }
}

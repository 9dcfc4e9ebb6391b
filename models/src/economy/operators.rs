//! Operators: who runs nodes, each with a capacity and a cost. They leave after periods of loss and
//! come back when the mean node would earn.
//!
//! A node earns its part of a period's rewards by capacity, so it is at a loss where a unit of
//! capacity brings less than the node's own cost for one: one number for all. Nodes are kept in
//! the order of that cost, the cheapest first; each period the number moves a little and only those
//! it has passed are looked at, and those whose device changed. Who stays as it was costs nothing,
//! and who is idle has drawn how many periods in which entry pays it will let pass.
//!
//! The rule of exit is that of agent-based models of mining (e.g. Cong, He and Li, "Decentralized
//! mining in centralized pools", 2021, free entry; the patience is that of depin-mini v1).
//!
//! Rounding: capacities and costs are drawn as floats and rounded down, to the billionth of a unit
//! and to the base unit of the dollar; what is booked and what is decided by are these integers.
//!
//! Invariants: counts and sums kept on the way are those of the nodes ([`Operators::verify`]).

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use pinwheel_core::distribution::LogNormal;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Amount, Streams, math};
use serde::{Deserialize, Serialize};

use super::period::Period;
use super::serving::Serving;
use crate::input::amount::{self, USD_DECIMALS};
use crate::part::Numbering;

const CAPACITY: Purpose = Purpose::new("economy.provider.capacity");
const COST: Purpose = Purpose::new("economy.provider.cost");
const ENTRY: Purpose = Purpose::new("economy.provider.entry");

/// Capacity is counted in billionths, so that sums of it are exact.
pub const CAPACITY_UNIT: f64 = 1e9;
/// Before the first period of loss.
const NEVER: u32 = u32::MAX;

/// Who the operators are and how they decide.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperatorSettings {
    /// Nodes, all active in the beginning.
    pub count: u32,
    /// Capacity is log-normal with median 1: the standard deviation of its logarithm.
    pub capacity_sigma: f64,
    /// Cost is log-normal: its median.
    pub cost_median_usd_per_day: f64,
    /// The standard deviation of the logarithm of the cost.
    pub cost_sigma: f64,
    /// Periods of loss in a row after which a node leaves.
    pub patience_periods: u32,
    /// Probability that an idle node enters within a day on which the mean node would earn.
    pub entry_per_day: f64,
}

/// What a node has earned, or a unit of capacity that was always online.
#[derive(Copy, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Earned {
    /// Dollars, at the prices at which the rewards were given.
    pub usd: f64,
    /// Tokens.
    pub tok: f64,
}

/// One node.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Node {
    /// The place of its draws and of its device.
    number: u32,
    /// First period of the losses that go on, or [`NEVER`].
    losing_since: u32,
    capacity: u64,
    /// In base units of the dollar.
    cost_per_period: u64,
    /// Its place in the order of capacity.
    rank: u32,
    /// Times it has left.
    exits: u32,
    active: bool,
    /// Of its device, as it was when the period was settled.
    up: bool,
    /// Until it was last online, and what a unit of capacity had earned when it came online.
    earned: Earned,
    online_since: Earned,
    /// Periods it has taken part until it last left, and the one in which it came.
    periods: u32,
    active_since: u32,
}

impl Node {
    /// Active and up from the start.
    fn new(number: u32, capacity: u64, cost_per_period: Amount) -> Self {
        Node {
            number,
            losing_since: NEVER,
            capacity,
            cost_per_period: u64::try_from(cost_per_period.0).unwrap_or(u64::MAX),
            rank: 0,
            exits: 0,
            active: true,
            up: true,
            earned: Earned::default(),
            online_since: Earned::default(),
            periods: 0,
            active_since: 0,
        }
    }
    fn is_online(&self) -> bool {
        self.active && self.up
    }
    /// All that it has earned when a unit of capacity has earned so much.
    fn earned(&self, unit: Earned) -> Earned {
        if !self.is_online() {
            return self.earned;
        }
        let capacity = self.capacity as f64 / CAPACITY_UNIT;
        Earned {
            usd: self.earned.usd + capacity * (unit.usd - self.online_since.usd),
            tok: self.earned.tok + capacity * (unit.tok - self.online_since.tok),
        }
    }
    /// Periods it has taken part by now.
    fn periods(&self, now: u32) -> u32 {
        self.periods + if self.active { now - self.active_since } else { 0 }
    }
}

/// Periods of so many days until the first success of trials that succeed with a probability a
/// day: a geometric draw by inversion, so that nobody throws a die a period.
fn trials(per_day: f64, period_days: f64, uniform: f64) -> u64 {
    if per_day >= 1.0 {
        return 1;
    }
    let trials = math::ceil(math::ln(uniform) / (math::ln_1p(-per_day) * period_days));
    // Never is infinite, and the cast keeps it the largest number.
    (trials as u64).max(1)
}

/// What a node is in the present period.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Operator {
    /// Its number, from zero.
    pub number: u32,
    /// It takes part.
    pub active: bool,
    /// It takes part and its device is up.
    pub online: bool,
    /// In units of the median.
    pub capacity: f64,
    /// What a period costs it.
    pub cost_usd_per_period: f64,
    /// Rewards since the start.
    pub earned: Earned,
    /// What it has cost since the start.
    pub cost_usd: f64,
}

/// All nodes, in the order of what they need.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Operators {
    settings: OperatorSettings,
    numbering: Numbering,
    period_days: f64,
    nodes: Vec<Node>,
    /// Dollars a period that a unit of capacity must bring to each, rising.
    needed: Vec<f64>,
    /// Place of each node by its number.
    place: Vec<u32>,
    mean_cost_usd: f64,
    /// Nodes before this place earn what they need when they are online.
    earning: usize,
    active: usize,
    serving: Serving,
    /// What a unit of capacity that was always online has earned: a node's own follows from the
    /// difference between two periods, and nobody is paid one by one.
    unit: Earned,
    /// Of the active nodes, in base units of the dollar.
    cost_per_period: u128,
    /// Active nodes at a loss.
    losing: usize,
    /// Periods so far in which entry paid.
    paying_periods: u64,
    /// Idle nodes by the paying period in which they enter.
    waiting: BinaryHeap<Reverse<(u64, u32)>>,
    /// Periods in which losses began, and whose; those that ended since are passed over.
    losses: VecDeque<(u32, u32)>,
    /// Nodes whose device went down or came up since the last period, with its state now.
    changed: Vec<(u32, bool)>,
    /// Nodes to be looked at whatever has changed: those that have just entered.
    entered: Vec<u32>,
    /// Kept for its allocation.
    left: Vec<u32>,
}

impl Operators {
    /// All nodes active and up.
    ///
    /// # Panics
    ///
    /// If the settings have no laws: a sigma below zero or a median that is not above it.
    pub fn new(
        settings: OperatorSettings,
        period: Period,
        numbering: Numbering,
        streams: &Streams,
    ) -> Self {
        let law = |median: f64, sigma| {
            LogNormal::new(math::ln(median), sigma).expect("checked with the scenario")
        };
        let capacities = law(1.0, settings.capacity_sigma);
        let costs = law(settings.cost_median_usd_per_day, settings.cost_sigma);
        let draw = |number| {
            let (streams, named) = numbering.named(number, streams);
            let capacity = capacities.sample(&mut streams.stream(named, CAPACITY));
            let cost = costs.sample(&mut streams.stream(named, COST));
            // At least one unit: capacity is a divisor.
            let capacity = ((capacity * CAPACITY_UNIT) as u64).max(1);
            // What it needs is the cost that is booked, not the one drawn.
            let cost = amount::floor(cost * period.days(), USD_DECIMALS);
            let needed = cost.as_tokens(USD_DECIMALS) / (capacity as f64 / CAPACITY_UNIT);
            (needed, Node::new(number, capacity, cost))
        };
        let (needed, mut nodes): (Vec<f64>, Vec<Node>) = (0..settings.count).map(draw).unzip();
        let mut order: Vec<u32> = (0..settings.count).collect();
        order.sort_by(|one, other| needed[*one as usize].total_cmp(&needed[*other as usize]));
        let mut by_capacity: Vec<(u64, u32)> =
            nodes.iter().map(|node| (node.capacity, node.number)).collect();
        by_capacity.sort_unstable();
        for (rank, (_, number)) in (0..).zip(&by_capacity) {
            nodes[*number as usize].rank = rank;
        }
        let mut place = vec![0; nodes.len()];
        for (at, number) in (0..).zip(&order) {
            place[*number as usize] = at;
        }
        let needed = order.iter().map(|number| needed[*number as usize]).collect();
        let nodes: Vec<Node> = order.iter().map(|number| nodes[*number as usize]).collect();
        let ranked = by_capacity.iter().map(|(capacity, _)| *capacity);
        let cost_per_period = nodes.iter().map(|node| u128::from(node.cost_per_period)).sum();
        Operators {
            period_days: period.days(),
            place,
            mean_cost_usd: Amount(cost_per_period).as_tokens(USD_DECIMALS) / nodes.len() as f64,
            earning: nodes.len(),
            active: nodes.len(),
            serving: Serving::new(ranked.collect()),
            unit: Earned::default(),
            cost_per_period,
            losing: 0,
            paying_periods: 0,
            waiting: BinaryHeap::new(),
            needed,
            losses: VecDeque::new(),
            changed: Vec::new(),
            entered: Vec::new(),
            left: Vec::new(),
            nodes,
            settings,
            numbering,
        }
    }

    /// Notes that the device of a node went down or came up. Numbers of no node are ignored.
    pub fn device_changed(&mut self, number: u32, up: bool) {
        if let Some(&place) = self.place.get(number as usize) {
            self.changed.push((place, up));
        }
    }

    /// The period's look at the hardware: who serves in it.
    pub fn take_changes(&mut self) {
        for &(place, up) in &self.changed {
            let node = &mut self.nodes[place as usize];
            if node.active && node.up != up {
                node.earned = node.earned(self.unit);
                node.online_since = self.unit;
                self.serving.turn(node.rank, up);
            }
            node.up = up;
        }
    }

    /// Gives those online what a unit of capacity earned in the period, and compares it with what
    /// each node needs.
    pub fn judge(&mut self, period: u32, earned: Earned) {
        self.unit.usd += earned.usd;
        self.unit.tok += earned.tok;
        let before = self.earning;
        self.earning = self.boundary(earned.usd);
        for place in before.min(self.earning)..before.max(self.earning) {
            self.look_at(place, period);
        }
        let changed = std::mem::take(&mut self.changed);
        changed.iter().for_each(|(place, _)| self.look_at(*place as usize, period));
        self.changed = changed;
        self.changed.clear();
        let entered = std::mem::take(&mut self.entered);
        entered.iter().for_each(|place| self.look_at(*place as usize, period));
        self.entered = entered;
        self.entered.clear();
    }

    /// The first place whose node needs more than this, sought from where it was.
    fn boundary(&self, usd_per_capacity: f64) -> usize {
        let (below, above) = self.needed.split_at(self.earning);
        let more = above.iter().take_while(|needed| **needed <= usd_per_capacity).count();
        let fewer = below.iter().rev().take_while(|needed| **needed > usd_per_capacity).count();
        self.earning + more - fewer
    }

    /// Whether the node is at a loss in the period: down, or in need of more than it earns.
    fn look_at(&mut self, place: usize, period: u32) {
        let node = &mut self.nodes[place];
        if !node.active {
            return;
        }
        let loses = !node.up || place >= self.earning;
        if loses && node.losing_since == NEVER {
            node.losing_since = period;
            self.losing += 1;
            self.losses.push_back((period, place as u32));
        } else if !loses && node.losing_since != NEVER {
            node.losing_since = NEVER;
            self.losing -= 1;
        }
    }

    /// Removes nodes whose losses have lasted for the patience of the settings; losses end in the
    /// order in which they began. Returns how many left.
    pub fn let_go(&mut self, period: u32) -> usize {
        self.left.clear();
        while let Some(&(since, place)) = self.losses.front()
            && since.saturating_add(self.settings.patience_periods) <= period + 1
        {
            self.losses.pop_front();
            let node = &mut self.nodes[place as usize];
            // A loss that ended, or ended and began anew, is another entry.
            if node.losing_since != since {
                continue;
            }
            node.losing_since = NEVER;
            node.earned = node.earned(self.unit);
            node.periods = node.periods(period + 1);
            node.active = false;
            self.losing -= 1;
            self.active -= 1;
            self.cost_per_period -= u128::from(node.cost_per_period);
            if node.up {
                self.serving.turn(node.rank, false);
            }
            self.left.push(place);
        }
        self.left.len()
    }

    /// Idle nodes whose time has come enter if entry pays in the period, while the bonds of so many
    /// are affordable. Those who left since the last call begin to wait. Returns how many entered.
    pub fn enter(
        &mut self,
        period: u32,
        pays: bool,
        streams: &Streams,
        affordable: impl Fn(usize) -> bool,
    ) -> usize {
        self.paying_periods += u64::from(pays);
        while pays
            && let Some(&Reverse((due, place))) = self.waiting.peek()
            && due <= self.paying_periods
            && affordable(self.entered.len() + 1)
        {
            self.waiting.pop();
            self.entered.push(place);
            let node = &mut self.nodes[place as usize];
            node.active = true;
            node.active_since = period + 1;
            self.active += 1;
            self.cost_per_period += u128::from(node.cost_per_period);
            node.online_since = self.unit;
            if node.up {
                self.serving.turn(node.rank, true);
            }
        }
        for place in self.left.drain(..) {
            let node = &mut self.nodes[place as usize];
            let (streams, named) = self.numbering.named(node.number, streams);
            let mut stream = streams.indexed(named, ENTRY, node.exits.into());
            node.exits += 1;
            let (rate, days) = (self.settings.entry_per_day, self.period_days);
            let wait = trials(rate, days, stream.uniform_open());
            self.waiting.push(Reverse((self.paying_periods.saturating_add(wait), place)));
        }
        self.entered.len()
    }

    /// Counts and sums anew.
    ///
    /// # Errors
    /// What was counted and what is kept, where they do not agree: a fault of the model.
    pub fn verify(&self) -> Result<(), String> {
        let active = self.nodes.iter().filter(|node| node.active);
        let online = self.nodes.iter().filter(|node| node.is_online());
        let counted = (
            active.clone().count(),
            online.clone().count(),
            online.map(|node| node.capacity).sum(),
            active.map(|node| u128::from(node.cost_per_period)).sum(),
        );
        let serving = &self.serving;
        let kept = (self.active, serving.online, serving.capacity, self.cost_per_period);
        if counted == kept { Ok(()) } else { Err(format!("counted {counted:?}, kept {kept:?}")) }
    }

    /// Nodes there are, active or not.
    pub fn count(&self) -> usize {
        self.nodes.len()
    }
    /// Nodes that take part, up or down.
    pub fn active(&self) -> usize {
        self.active
    }
    /// Nodes that take part and are up.
    pub fn online(&self) -> usize {
        self.serving.online
    }
    /// Active nodes at a loss.
    pub fn losing(&self) -> usize {
        self.losing
    }
    /// The capacity of those online, in units of the median capacity.
    pub fn online_capacity(&self) -> f64 {
        self.serving.capacity as f64 / CAPACITY_UNIT
    }
    /// What running the active nodes costs in a period, in base units of the dollar.
    pub fn cost_per_period(&self) -> Amount {
        Amount(self.cost_per_period)
    }
    /// The Gini coefficient of the rewards of those online, which go by capacity.
    pub fn gini(&self) -> f64 {
        self.serving.gini()
    }
    /// What a period costs the mean of all nodes there are.
    pub fn mean_cost_usd(&self) -> f64 {
        self.mean_cost_usd
    }
    /// The nodes after so many periods, in the order of their numbers.
    pub fn iter(&self, periods: u32) -> impl Iterator<Item = Operator> {
        self.place.iter().map(move |place| {
            let node = &self.nodes[*place as usize];
            let cost = Amount(node.cost_per_period.into()).as_tokens(USD_DECIMALS);
            Operator {
                number: node.number,
                active: node.active,
                online: node.is_online(),
                capacity: node.capacity as f64 / CAPACITY_UNIT,
                cost_usd_per_period: cost,
                earned: node.earned(self.unit),
                cost_usd: cost * f64::from(node.periods(periods)),
            }
        })
    }
}

//! Providers: nodes with a capacity and a cost, who leave after days of loss and come back when
//! the mean node would earn.
//!
//! A node earns its part of the day's emission by capacity, so it is at a loss where a unit of
//! capacity brings less than the node's own cost for one: one number for all. Nodes are kept in
//! the order of that cost, the cheapest first; each day the number moves a little and only those it
//! has passed are looked at, and those whose device changed. Who stays as it was costs nothing, and
//! who is idle has drawn how many days on which entry pays it will let pass.
//!
//! The rule of exit is that of agent-based models of mining (e.g. Cong, He and Li, "Decentralized
//! mining in centralized pools", 2021, free entry; the patience is that of depin-mini v1).
//!
//! Invariants: counts and sums kept on the way are those of the nodes ([`Providers::verify`]).

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use pinwheel_core::distribution::LogNormal;
use pinwheel_core::random::Purpose;
use pinwheel_core::{Amount, Streams, math};
use serde::{Deserialize, Serialize};

use super::serving::Serving;
use super::settings::ProviderSettings;
use crate::input::amount::{self, USD_DECIMALS};

const CAPACITY: Purpose = Purpose::new("economy.provider.capacity");
const COST: Purpose = Purpose::new("economy.provider.cost");
const ENTRY: Purpose = Purpose::new("economy.provider.entry");

/// Capacity is counted in billionths, so that sums of it are exact.
pub const CAPACITY_UNIT: f64 = 1e9;
/// Before the first day of loss.
const NEVER: u32 = u32::MAX;

/// What a node has earned, or a unit of capacity that was always online.
#[derive(Copy, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Earned {
    pub usd: f64,
    pub tok: f64,
}

/// One node.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Node {
    device: u32,
    /// First day of the losses that go on, or [`NEVER`].
    losing_since: u32,
    capacity: u64,
    /// In base units of the dollar.
    cost_per_day: u64,
    /// Its place in the order of capacity.
    rank: u32,
    /// Times it has left.
    exits: u32,
    active: bool,
    /// Of its device, as it was when the day was settled.
    up: bool,
    /// Until it was last online, and what a unit of capacity had earned when it came online.
    earned: Earned,
    online_since: Earned,
    /// Days it has taken part until it last left, and the day on which it came.
    days: u32,
    active_since: u32,
}

impl Node {
    /// Active and up from the start.
    fn new(device: u32, capacity: u64, cost_per_day: Amount) -> Self {
        Node {
            device,
            losing_since: NEVER,
            capacity,
            cost_per_day: cost_per_day.0 as u64,
            rank: 0,
            exits: 0,
            active: true,
            up: true,
            earned: Earned::default(),
            online_since: Earned::default(),
            days: 0,
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
    /// Days it has taken part by now.
    fn days(&self, now: u32) -> u32 {
        self.days + if self.active { now - self.active_since } else { 0 }
    }
}

/// The number of the first success of trials that succeed with a probability: a geometric draw by
/// inversion, so that nobody throws a die a day.
fn trials(probability: f64, uniform: f64) -> u64 {
    if probability >= 1.0 {
        return 1;
    }
    let trials = math::ceil(math::ln(uniform) / math::ln_1p(-probability));
    // Never is infinite, and the cast keeps it the largest number.
    (trials as u64).max(1)
}

/// What a provider is on the present day.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Provider {
    pub device: u32,
    pub active: bool,
    pub online: bool,
    /// In units of the median.
    pub capacity: f64,
    pub cost_usd_per_day: f64,
    /// Rewards since the start.
    pub earned: Earned,
    /// What it has cost since the start.
    pub cost_usd: f64,
}

/// All nodes, in the order of what they need.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Providers {
    settings: ProviderSettings,
    nodes: Vec<Node>,
    /// Dollars a day that a unit of capacity must bring to each, rising.
    needed: Vec<f64>,
    /// Place of each device's node.
    place: Vec<u32>,
    mean_cost_usd: f64,
    /// Nodes before this place earn what they need when they are online.
    earning: usize,
    active: usize,
    serving: Serving,
    /// What a unit of capacity that was always online has earned: a node's own follows from the
    /// difference between two days, and nobody is paid one by one.
    unit: Earned,
    /// Of the active nodes, in base units of the dollar.
    cost_per_day: u128,
    /// Active nodes at a loss.
    losing: usize,
    /// Days so far on which entry paid.
    paying_days: u64,
    /// Idle nodes by the paying day on which they enter.
    waiting: BinaryHeap<Reverse<(u64, u32)>>,
    /// Days on which losses began, and whose; those that ended since are passed over.
    losses: VecDeque<(u32, u32)>,
    /// Nodes whose device went down or came up since the last day, with its state now.
    changed: Vec<(u32, bool)>,
    /// Nodes to be looked at whatever has changed: those that have just entered.
    entered: Vec<u32>,
    /// Kept for its allocation.
    left: Vec<u32>,
}

impl Providers {
    /// All nodes active and up.
    pub fn new(settings: ProviderSettings, streams: &Streams) -> Self {
        let law = |median: f64, sigma| {
            LogNormal::new(math::ln(median), sigma).expect("checked with the scenario")
        };
        let capacities = law(1.0, settings.capacity_sigma);
        let costs = law(settings.cost_median_usd_per_day, settings.cost_sigma);
        let draw = |device| {
            let capacity = capacities.sample(&mut streams.stream(device, CAPACITY));
            let cost = costs.sample(&mut streams.stream(device, COST));
            // No capacity is nothing: it would divide by zero.
            let capacity = ((capacity * CAPACITY_UNIT) as u64).max(1);
            // What it needs is the cost that is booked, not the one drawn.
            let cost = amount::floor(cost, USD_DECIMALS);
            let needed = cost.as_tokens(USD_DECIMALS) / (capacity as f64 / CAPACITY_UNIT);
            (needed, Node::new(device, capacity, cost))
        };
        let (needed, mut nodes): (Vec<f64>, Vec<Node>) = (0..settings.count).map(draw).unzip();
        let mut order: Vec<u32> = (0..settings.count).collect();
        order.sort_by(|one, other| needed[*one as usize].total_cmp(&needed[*other as usize]));
        let mut by_capacity: Vec<(u64, u32)> =
            nodes.iter().map(|node| (node.capacity, node.device)).collect();
        by_capacity.sort_unstable();
        for (rank, (_, device)) in (0..).zip(&by_capacity) {
            nodes[*device as usize].rank = rank;
        }
        let mut place = vec![0; nodes.len()];
        for (at, device) in (0..).zip(&order) {
            place[*device as usize] = at;
        }
        let needed = order.iter().map(|device| needed[*device as usize]).collect();
        let nodes: Vec<Node> = order.iter().map(|device| nodes[*device as usize]).collect();
        let ranked = by_capacity.iter().map(|(capacity, _)| *capacity);
        let cost_per_day = nodes.iter().map(|node| u128::from(node.cost_per_day)).sum();
        Providers {
            place,
            mean_cost_usd: Amount(cost_per_day).as_tokens(USD_DECIMALS) / nodes.len() as f64,
            earning: nodes.len(),
            active: nodes.len(),
            serving: Serving::new(ranked.collect()),
            unit: Earned::default(),
            cost_per_day,
            losing: 0,
            paying_days: 0,
            waiting: BinaryHeap::new(),
            needed,
            losses: VecDeque::new(),
            changed: Vec::new(),
            entered: Vec::new(),
            left: Vec::new(),
            nodes,
            settings,
        }
    }

    /// Notes that a device went down or came up. Devices without a node are nobody's.
    pub fn device_changed(&mut self, device: u32, up: bool) {
        if let Some(&place) = self.place.get(device as usize) {
            self.changed.push((place, up));
        }
    }

    /// The day's look at the hardware: who serves today.
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

    /// Gives those online what a unit of capacity earned on the day, compares it with what each
    /// node needs, and lets go who has lost for too long. Returns how many left.
    pub fn judge(&mut self, day: u32, earned: Earned) -> usize {
        self.unit.usd += earned.usd;
        self.unit.tok += earned.tok;
        let before = self.earning;
        self.earning = self.boundary(earned.usd);
        for place in before.min(self.earning)..before.max(self.earning) {
            self.look_at(place, day);
        }
        let changed = std::mem::take(&mut self.changed);
        changed.iter().for_each(|(place, _)| self.look_at(*place as usize, day));
        self.changed = changed;
        self.changed.clear();
        let entered = std::mem::take(&mut self.entered);
        entered.iter().for_each(|place| self.look_at(*place as usize, day));
        self.entered = entered;
        self.entered.clear();
        self.let_go(day)
    }

    /// The first place whose node needs more than this, sought from where it was.
    fn boundary(&self, usd_per_capacity: f64) -> usize {
        let (below, above) = self.needed.split_at(self.earning);
        let more = above.iter().take_while(|needed| **needed <= usd_per_capacity).count();
        let fewer = below.iter().rev().take_while(|needed| **needed > usd_per_capacity).count();
        self.earning + more - fewer
    }

    /// Whether the node is at a loss today: down, or in need of more than it earns.
    fn look_at(&mut self, place: usize, day: u32) {
        let node = &mut self.nodes[place];
        if !node.active {
            return;
        }
        let loses = !node.up || place >= self.earning;
        if loses && node.losing_since == NEVER {
            node.losing_since = day;
            self.losing += 1;
            self.losses.push_back((day, place as u32));
        } else if !loses && node.losing_since != NEVER {
            node.losing_since = NEVER;
            self.losing -= 1;
        }
    }

    /// Losses end in the order in which they began.
    fn let_go(&mut self, day: u32) -> usize {
        self.left.clear();
        while let Some(&(since, place)) = self.losses.front()
            && since + self.settings.patience_days <= day + 1
        {
            self.losses.pop_front();
            let node = &mut self.nodes[place as usize];
            // A loss that ended, or ended and began anew, is another entry.
            if node.losing_since != since {
                continue;
            }
            node.losing_since = NEVER;
            node.earned = node.earned(self.unit);
            node.days = node.days(day + 1);
            node.active = false;
            self.losing -= 1;
            self.active -= 1;
            self.cost_per_day -= u128::from(node.cost_per_day);
            if node.up {
                self.serving.turn(node.rank, false);
            }
            self.left.push(place);
        }
        self.left.len()
    }

    /// Idle nodes whose time has come enter if entry pays today, while the bonds of so many are
    /// affordable. Those who left today begin to wait. Returns how many entered.
    pub fn enter(
        &mut self,
        day: u32,
        pays: bool,
        streams: &Streams,
        affordable: impl Fn(usize) -> bool,
    ) -> usize {
        self.paying_days += u64::from(pays);
        while pays
            && let Some(&Reverse((due, place))) = self.waiting.peek()
            && due <= self.paying_days
            && affordable(self.entered.len() + 1)
        {
            self.waiting.pop();
            self.entered.push(place);
            let node = &mut self.nodes[place as usize];
            node.active = true;
            node.active_since = day + 1;
            self.active += 1;
            self.cost_per_day += u128::from(node.cost_per_day);
            node.online_since = self.unit;
            if node.up {
                self.serving.turn(node.rank, true);
            }
        }
        for place in self.left.drain(..) {
            let node = &mut self.nodes[place as usize];
            let mut stream = streams.indexed(node.device, ENTRY, node.exits.into());
            node.exits += 1;
            let wait = trials(self.settings.entry_per_day, stream.uniform_open());
            self.waiting.push(Reverse((self.paying_days.saturating_add(wait), place)));
        }
        self.entered.len()
    }

    /// Counts and sums anew, and says what does not agree.
    pub fn verify(&self) -> Result<(), String> {
        let active = self.nodes.iter().filter(|node| node.active);
        let online = self.nodes.iter().filter(|node| node.is_online());
        let counted = (
            active.clone().count(),
            online.clone().count(),
            online.map(|node| node.capacity).sum(),
            active.map(|node| u128::from(node.cost_per_day)).sum(),
        );
        let serving = &self.serving;
        let kept = (self.active, serving.online, serving.capacity, self.cost_per_day);
        if counted == kept { Ok(()) } else { Err(format!("counted {counted:?}, kept {kept:?}")) }
    }

    /// Nodes there are, active or not.
    pub fn count(&self) -> usize {
        self.nodes.len()
    }
    pub fn active(&self) -> usize {
        self.active
    }
    pub fn online(&self) -> usize {
        self.serving.online
    }
    /// Active nodes at a loss.
    pub fn losing(&self) -> usize {
        self.losing
    }
    /// In units of the median capacity.
    pub fn online_capacity(&self) -> f64 {
        self.serving.capacity as f64 / CAPACITY_UNIT
    }
    /// What running the active nodes costs, in base units of the dollar.
    pub fn cost_per_day(&self) -> Amount {
        Amount(self.cost_per_day)
    }
    /// The Gini coefficient of the rewards of those online, which go by capacity.
    pub fn gini(&self) -> f64 {
        self.serving.gini()
    }
    /// Of all nodes there are.
    pub fn mean_cost_usd(&self) -> f64 {
        self.mean_cost_usd
    }
    /// The nodes after so many days, in the order of their devices.
    pub fn iter(&self, days: u32) -> impl Iterator<Item = Provider> {
        self.place.iter().map(move |place| {
            let node = &self.nodes[*place as usize];
            let cost_usd_per_day = Amount(node.cost_per_day.into()).as_tokens(USD_DECIMALS);
            Provider {
                device: node.device,
                active: node.active,
                online: node.is_online(),
                capacity: node.capacity as f64 / CAPACITY_UNIT,
                cost_usd_per_day,
                earned: node.earned(self.unit),
                cost_usd: cost_usd_per_day * f64::from(node.days(days)),
            }
        })
    }
}

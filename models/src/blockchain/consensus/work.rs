//! Proof of work: miners race for the next block, blocks take time to travel, branches compete, and
//! the difficulty follows the hash rate.
//!
//! The race has no memory: the time to the next block of anybody is exponential, and whose it is
//! falls by hash rate. Miners whose branches have other difficulties are thinned out of the race at
//! the lowest of them, which is exact. A miner works on the longest branch it has seen, of equal
//! ones on the first it saw. An observer that mines nothing settles a block once so many blocks
//! follow it on the longest branch it has seen.
//!
//! Difficulty is the mean number of seconds that the hash rate of the first day needs for a block;
//! every `retarget_blocks` a branch sets it by the time these took, at most fourfold (Bitcoin; its
//! off-by-one of one interval left out).
//!
//! A block travels by a law of durations, or as a rumour of a gossip (`connection/gossip.rs`) whose
//! nodes are the miners and the observer, all of whom pass it on.
//!
//! With a delay D for every block and miners without end, the heights grow one each `D + 1 / rate`,
//! so that the share of orphans is `rate D / (1 + rate D)` (Sompolinsky and Zohar, "Secure
//! high-rate transaction processing in Bitcoin", 2015, section 3). With n equal miners it is
//! smaller by about one in n, because whoever finds a block knows it at once (see
//! `conform/src/theory/chain.rs`).
//!
//! Left out: uncles, pools, the time a block takes to be checked, miners who lie (attacks are
//! modelled apart).

use pinwheel_core::distribution::{AliasTable, Exponential};
use pinwheel_core::{
    Context, Event as EngineEvent, Purpose, SimDuration, SimTime, Stream, Streams, math,
};
use serde::{Deserialize, Serialize};

use super::super::Event;
use super::super::chain::{Chain, Head, Made, Proposal, Settled};
use super::super::transaction::Address;
use crate::connection::gossip;
use crate::input::dates::DAY_SECONDS;
use crate::laws::draw::unit_exponential;

const RACE: Purpose = Purpose::new("blockchain race");
const TRAVEL: Purpose = Purpose::new("blockchain block travel");
const GOSSIP: Purpose = Purpose::new("blockchain.block_gossip");
/// Largest change of the difficulty at once.
const RETARGET_MAX: f64 = 4.0;
/// Most blocks that are not settled; more would mean that blocks travel slower than they come.
const UNSETTLED_MAX: usize = 4_096;

crate::parameters! {
    /// Miners and the rules of their race.
    pub struct WorkParameters {
        /// Miners that race for blocks.
        miners: "1" = 20.0, in 1.0 ..= 10000.0, "scenario";
        /// Hash rate of the largest miner over that of the smallest; rates fall geometrically.
        hash_ratio: "1" = 1.0, in 1.0 ..= 1e6, "scenario";
        /// Mean time a block travels to another miner.
        travel: "s" = 2.0, in 0.0 ..= 86400.0, "Decker and Wattenhofer 2013: median 6.5 s; under 2 s since compact blocks";
        /// Blocks between two changes of the difficulty; 0 for never.
        retarget: "1" = 2016.0, in 0.0 ..= 1000000.0, "Bitcoin";
        /// Blocks after which a block is settled.
        confirmations: "1" = 6.0, in 0.0 ..= 1000.0, "Bitcoin, custom";
        /// Growth of all hash rates.
        growth: "1/d" = 0.0, in -0.5 ..= 1.0, "scenario";
    }
}

/// How long a block travels to another miner.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Travel {
    /// The same for all.
    Fixed {
        /// How long, seconds.
        seconds: f64,
    },
    /// Exponential, drawn for each block and receiver.
    Exponential {
        /// The mean, seconds.
        mean_seconds: f64,
    },
    /// As long as the rumour of the block, told among miners and observer, takes to reach it.
    Gossip(gossip::Law),
}

/// The rules of a race.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RaceRules {
    /// Mean time from block to block that difficulty aims at, seconds.
    pub block_seconds: f64,
    /// How long a block takes from miner to miner.
    pub travel: Travel,
    /// Blocks between two changes of the difficulty; none if zero.
    pub retarget_blocks: u64,
    /// Blocks that must follow a block before it is settled.
    pub confirmations: u64,
    /// Relative growth of the hash rate, a day.
    pub growth_per_day: f64,
}

/// A block that is not settled.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Branch {
    number: u64,
    /// The block before it; `None` for the settled head.
    parent: Option<u64>,
    miner: u32,
    found: SimTime,
    seen: bool,
    made: Made,
    head: Head,
    difficulty: Difficulty,
    /// When each miner, and last the observer, hears of it by gossip; empty without gossip.
    heard_after: Vec<SimDuration>,
}

/// The difficulty of a branch's next block, and since when it is in force.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
struct Difficulty {
    seconds: f64,
    since: SimTime,
}

/// Miners who race for blocks on top of the branch they have heard of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Work {
    rules: RaceRules,
    miners: Vec<Address>,
    table: AliasTable,
    race: Stream,
    /// The difficulty at which the race runs until the next block.
    racing: f64,
    branches: Vec<Branch>,
    settled: Difficulty,
    next_number: u64,
    /// The observer's head.
    observed: Option<u64>,
    /// What has happened to blocks so far.
    pub statistics: Statistics,
}

/// What has happened to blocks so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// Blocks found.
    pub found: u64,
    /// Blocks that are settled.
    pub settled: u64,
    /// Blocks that were given up for another branch.
    pub orphaned: u64,
    /// Times the observer changed to another branch, by the number of blocks it gave up.
    pub reorganisations: Vec<u64>,
    /// Branches longer than the observer's that stood on a rival of a block it settled.
    pub overtaken: u64,
    /// Settled blocks of each miner.
    pub by_miner: Vec<u64>,
}

impl Work {
    /// A race of miners with these addresses and hash rates.
    ///
    /// # Panics
    ///
    /// If there is no miner, a hash rate is negative or not finite, or all are zero.
    pub fn new(rules: RaceRules, miners: Vec<(Address, f64)>, race: Stream) -> Self {
        let table = AliasTable::new(miners.iter().map(|(_, hash_rate)| *hash_rate));
        let statistics = Statistics { by_miner: vec![0; miners.len()], ..Statistics::default() };
        Work {
            rules,
            miners: miners.into_iter().map(|(address, _)| address).collect(),
            table: table.expect("the scenario gives somebody a hash rate"),
            race,
            racing: rules.block_seconds,
            branches: Vec::new(),
            settled: Difficulty { seconds: rules.block_seconds, since: SimTime::ZERO },
            next_number: 0,
            observed: None,
            statistics,
        }
    }

    /// The stream a chain's race is drawn from.
    pub fn stream(streams: &Streams) -> Stream {
        streams.stream(0, RACE)
    }

    /// Lets the race begin. Called once, at time zero.
    pub fn start<E: EngineEvent + From<Event>>(&mut self, chain: &Chain, ctx: &mut Context<E>) {
        self.run_on(chain, ctx);
    }

    /// Hash rate now over that of the first day.
    fn hash_rate(&self, now: SimTime) -> f64 {
        let days = now.as_seconds() / DAY_SECONDS;
        math::exp(days * math::ln_1p(self.rules.growth_per_day))
    }

    fn difficulty_of(&self, branch: Option<u64>) -> Difficulty {
        branch.map_or(self.settled, |number| self.branch(number).difficulty)
    }
    fn easiest(&self) -> f64 {
        let seconds = self.branches.iter().map(|branch| branch.difficulty.seconds);
        seconds.fold(self.settled.seconds, f64::min)
    }
    fn branch(&self, number: u64) -> &Branch {
        &self.branches[self.place(number)]
    }
    fn place(&self, number: u64) -> usize {
        self.branches.binary_search_by_key(&number, |b| b.number).expect("an unsettled block")
    }

    /// Runs the race until the next block is found.
    fn run_on<E: EngineEvent + From<Event>>(&mut self, chain: &Chain, ctx: &mut Context<E>) {
        self.racing = self.easiest();
        let mean = self.racing / self.hash_rate(ctx.now());
        let law = Exponential::new(mean).expect("difficulties stay positive");
        let wait = SimDuration::from_seconds_f64(law.sample(&mut self.race));
        let event = Event::Turn { chain: chain.state().rules.chain };
        ctx.after(wait, event.into());
    }

    /// The block a miner works on: `None` is the settled head.
    fn view(&self, miner: u32, now: SimTime, streams: &Streams) -> Option<u64> {
        // A block counts once all that it stands on has arrived; parents come first in the list.
        let mut arrivals: Vec<SimTime> = Vec::with_capacity(self.branches.len());
        let mut best: Option<(u64, SimTime, u64)> = None;
        for branch in &self.branches {
            let own = branch.miner == miner;
            let travel = self.travel(miner, branch, streams);
            let arrived = branch.found + if own { SimDuration::ZERO } else { travel };
            let before = branch.parent.map_or(SimTime::ZERO, |number| arrivals[self.place(number)]);
            let arrived = arrived.max(before);
            arrivals.push(arrived);
            let height = branch.head.height;
            let better = |(best_height, best_arrival, _): (u64, SimTime, u64)| {
                height > best_height || (height == best_height && arrived < best_arrival)
            };
            if arrived <= now && best.is_none_or(better) {
                best = Some((height, arrived, branch.number));
            }
        }
        best.map(|(_, _, number)| number)
    }

    /// How long a block travels to a receiver: the same whenever it is asked.
    fn travel(&self, receiver: u32, block: &Branch, streams: &Streams) -> SimDuration {
        let seconds = match self.rules.travel {
            Travel::Fixed { seconds } => seconds,
            Travel::Exponential { mean_seconds } => {
                let mut stream = streams.indexed(receiver, TRAVEL, block.number);
                mean_seconds * unit_exponential(&mut stream)
            }
            Travel::Gossip(_) => return block.heard_after[receiver as usize],
        };
        SimDuration::from_seconds_f64(seconds)
    }

    /// When all hear of the next block by gossip, if blocks travel so.
    fn gossip(&self, miner: u32, streams: &Streams) -> Vec<SimDuration> {
        let Travel::Gossip(law) = &self.rules.travel else {
            return Vec::new();
        };
        let nodes = self.miners.len() as u32 + 1;
        let mut draws = streams.indexed(0, GOSSIP, self.next_number);
        gossip::spread(law, nodes, miner, &mut draws).heard_after
    }

    /// Somebody has found a block, unless its branch is too hard for that.
    pub fn found<E: EngineEvent + From<Event>>(&mut self, chain: &mut Chain, ctx: &mut Context<E>) {
        let (now, id) = (ctx.now(), chain.state().rules.chain);
        let streams = *ctx.streams();
        let miner = self.table.pick(&mut self.race) as u32;
        let luck = self.race.uniform();
        let parent = self.view(miner, now, &streams);
        let difficulty = self.difficulty_of(parent);
        if luck < self.racing / difficulty.seconds {
            let heard_after = self.gossip(miner, &streams);
            let number = self.make(chain, miner, parent, now, heard_after);
            let observer = self.miners.len() as u32;
            let travel = self.travel(observer, self.branch(number), &streams);
            ctx.after(travel, Event::Seen { chain: id, block: number }.into());
        }
        self.run_on(chain, ctx);
    }

    fn make(
        &mut self,
        chain: &mut Chain,
        miner: u32,
        parent: Option<u64>,
        now: SimTime,
        heard_after: Vec<SimDuration>,
    ) -> u64 {
        assert!(self.branches.len() < UNSETTLED_MAX, "blocks travel slower than they come");
        let mut head = parent.map_or(&chain.head, |number| &self.branch(number).head).clone();
        let proposer = self.miners[miner as usize];
        let proposal = Proposal { time: now, proposer, evidence: vec![], closes_round: true };
        chain.mempool.withdraw(now, &head.state.accounts);
        let made = head.make(&chain.mempool, proposal);
        let difficulty = self.retarget(self.difficulty_of(parent), head.height, now);
        let number = self.next_number;
        self.next_number += 1;
        self.statistics.found += 1;
        let found = now;
        self.branches.push(Branch {
            number,
            parent,
            miner,
            found,
            seen: false,
            made,
            head,
            difficulty,
            heard_after,
        });
        number
    }

    /// The difficulty after a block of this height.
    fn retarget(&self, old: Difficulty, height: u64, now: SimTime) -> Difficulty {
        let every = self.rules.retarget_blocks;
        if every == 0 || !height.is_multiple_of(every) {
            return old;
        }
        let wanted = self.rules.block_seconds * every as f64;
        let took = now.since(old.since).as_seconds();
        let factor = (wanted / took).clamp(1.0 / RETARGET_MAX, RETARGET_MAX);
        Difficulty { seconds: old.seconds * factor, since: now }
    }

    /// A block has reached the observer, who changes its head and settles what is deep enough.
    pub fn seen<E: EngineEvent + From<Event>>(
        &mut self,
        chain: &mut Chain,
        block: u64,
        _ctx: &mut Context<E>,
    ) -> Settled {
        // A block of a branch that was given up by settling another.
        let Ok(place) = self.branches.binary_search_by_key(&block, |b| b.number) else {
            return Settled::default();
        };
        self.branches[place].seen = true;
        let best = self.branches.iter().filter(|b| b.seen && self.reaches_seen(b));
        let best = best.max_by_key(|b| (b.head.height, std::cmp::Reverse(b.number)));
        let best = best.map(|b| (b.number, b.head.height));
        let held = self.observed.map(|number| self.branch(number).head.height);
        if let Some((number, height)) = best
            && held.is_none_or(|held| height > held)
        {
            self.note_reorganisation(number);
            self.observed = Some(number);
        }
        self.settle(chain)
    }

    /// Whether the observer has seen all that a block stands on.
    fn reaches_seen(&self, branch: &Branch) -> bool {
        let mut parent = branch.parent;
        while let Some(number) = parent {
            let before = self.branch(number);
            if !before.seen {
                return false;
            }
            parent = before.parent;
        }
        true
    }

    /// The blocks from this one down to the settled head.
    fn line(&self, from: Option<u64>) -> Vec<u64> {
        let mut line = Vec::new();
        let mut next = from;
        while let Some(number) = next {
            line.push(number);
            next = self.branch(number).parent;
        }
        line
    }

    fn note_reorganisation(&mut self, to: u64) {
        let (old, new) = (self.line(self.observed), self.line(Some(to)));
        let given_up = old.iter().filter(|number| !new.contains(number)).count();
        let counts = &mut self.statistics.reorganisations;
        if given_up > 0 {
            if counts.len() < given_up + 1 {
                counts.resize(given_up + 1, 0);
            }
            counts[given_up] += 1;
        }
    }

    /// Settles the oldest blocks of the observed branch that have enough blocks after them.
    fn settle(&mut self, chain: &mut Chain) -> Settled {
        let mut settled = Settled::default();
        loop {
            let line = self.line(self.observed);
            if line.len() as u64 <= self.rules.confirmations {
                return settled;
            }
            let oldest = *line.last().expect("longer than the confirmations");
            let place = self.place(oldest);
            let Branch { miner, made, head, difficulty, .. } = self.branches.remove(place);
            settled.extend(chain.settle(made, head));
            self.settled = difficulty;
            self.statistics.settled += 1;
            self.statistics.by_miner[miner as usize] += 1;
            let observed = self.observed.filter(|number| *number != oldest);
            let height =
                observed.map_or(chain.head.height, |number| self.branch(number).head.height);
            self.prune(oldest, height);
            if self.observed == Some(oldest) {
                self.observed = None;
            }
        }
    }

    /// Makes `settled` the root: its children stand on the settled head, its rivals are orphans.
    fn prune(&mut self, settled: u64, observed_height: u64) {
        let mut kept: Vec<u64> = Vec::new();
        let (mut dropped, mut overtaken) = (0, 0);
        self.branches.retain_mut(|branch| {
            let keeps = match branch.parent {
                Some(parent) if parent == settled => {
                    branch.parent = None;
                    true
                }
                Some(parent) => kept.binary_search(&parent).is_ok(),
                None => false,
            };
            if keeps {
                kept.push(branch.number);
            } else {
                dropped += 1;
                overtaken += u64::from(branch.head.height > observed_height);
            }
            keeps
        });
        self.statistics.orphaned += dropped;
        self.statistics.overtaken += overtaken;
    }
}

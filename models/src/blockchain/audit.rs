//! The audit of a chain: everything is executed again from genesis and must come out the same; a
//! record that was tampered with is located.
//!
//! The auditor has the genesis state, the recorded blocks and the hash of the newest block, and
//! trusts only the first and the last. It runs the contracts' own code on the recorded
//! transactions. Where one record was changed it names the block and the part of it: the header, or
//! a transaction, receipt or piece of evidence by its index.

use std::collections::VecDeque;

use pinwheel_core::check::CheckId;
use pinwheel_core::{Context, Event as EngineEvent, Metric, Purpose, Stream};
use serde::{Deserialize, Serialize};

use super::block::{Block, Roots};
use super::chain::{Chain, Head};
use super::hash::{Hash, root};
use super::record::share;
use super::tally::Slot;
use crate::blockchain::spec::SPEC;

const BLOCKS: Metric = SPEC.metric("replay_blocks");
const MISMATCHES: Metric = SPEC.metric("replay_mismatches");
const TRIALS: Metric = SPEC.metric("tamper_trials");
const LOCATED: Metric = SPEC.metric("tamper_located_share");
const TAMPER: Purpose = Purpose::new("blockchain tamper");
/// Tries to find a byte whose change still reads as a block.
const FLIPS_MAX: u32 = 64;

/// A part of a block.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Part {
    /// What the hash of the block covers.
    Header,
    /// The proofs of broken rules that it carries.
    Evidence,
    /// The transaction at this place.
    Transaction(u32),
    /// The receipt at this place.
    Receipt(u32),
    /// All records agree with each other, but not with what the rules give.
    State,
}

/// A record that is not what it was.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Place of the block among those recorded.
    pub block: usize,
    /// Which part of the block.
    pub part: Part,
}

/// Executes all blocks again from a genesis; `tip` is the hash that the newest must have.
///
/// # Errors
///
/// [`Fault`] if a block is not as it must be: the first such block, and the part of it.
pub fn audit(genesis: &Head, blocks: &[Block], tip: Hash) -> Result<Head, Fault> {
    let mut head = genesis.clone();
    for place in 0..blocks.len() {
        let stated = stated_hash(blocks, place, tip);
        let closes = closes_round(blocks, place);
        examine(&mut head, &blocks[place], stated, closes)
            .map_err(|part| Fault { block: place, part })?;
    }
    Ok(head)
}

/// What the hash of a block must be: as the next block says, if that is itself what its own next
/// block says.
fn stated_hash(blocks: &[Block], place: usize, tip: Hash) -> Hash {
    let Some(next) = blocks.get(place + 1) else { return tip };
    let after = blocks.get(place + 2).map_or(tip, |block| block.header.parent);
    if next.header.hash() == after { next.header.parent } else { blocks[place].header.hash() }
}

/// Blocks of one round have one time.
fn closes_round(blocks: &[Block], place: usize) -> bool {
    blocks.get(place + 1).is_none_or(|next| next.header.time != blocks[place].header.time)
}

/// Executes one block on the head before it, and moves the head on if all is as recorded.
///
/// # Errors
///
/// The [`Part`] of the block that is not as it must be; the head has not moved then.
pub fn examine(head: &mut Head, block: &Block, stated: Hash, closes: bool) -> Result<(), Part> {
    let header = &block.header;
    if header.hash() != stated || header.parent != head.hash {
        return Err(Part::Header);
    }
    // The header is what it was: its roots can be trusted.
    let receipts = &block.receipts;
    let hashes = || block.transactions.iter().map(|transaction| transaction.hash());
    if root(hashes()) != header.transactions_root {
        let known = receipts.iter().map(|receipt| receipt.transaction);
        return Err(Part::Transaction(first_difference(hashes(), known)));
    }
    let roots = Roots::of(receipts, &block.evidence);
    if roots.evidence != header.evidence_root {
        return Err(Part::Evidence);
    }
    let replayed = head.clone_and_replay(block, closes);
    let (after, replayed) = replayed.map_err(|_| Part::State)?;
    if roots.receipts != header.receipts_root || roots.transactions != header.transactions_root {
        let recorded = receipts.iter().copied();
        return Err(Part::Receipt(first_difference(recorded, replayed.receipts.into_iter())));
    }
    if replayed.header != *header {
        return Err(Part::State);
    }
    *head = after;
    Ok(())
}

/// The first place where two lists differ; that of the end of the shorter one if they agree so far.
fn first_difference<T: PartialEq>(
    mut one: impl Iterator<Item = T>,
    mut other: impl Iterator<Item = T>,
) -> u32 {
    let mut place = 0;
    while let (Some(a), Some(b)) = (one.next(), other.next()) {
        if a != b {
            return place;
        }
        place += 1;
    }
    place
}

/// Changes one bit of a block's bytes such that they still read as a block; the changed block and
/// the part that was hit. `None` if no such bit was found in a number of tries.
///
/// # Panics
///
/// If the block cannot be written as bytes: a fault of the model.
pub fn tamper(block: &Block, draws: &mut Stream) -> Option<(Block, Part)> {
    let bytes = postcard::to_stdvec(block).expect("a block can be written");
    for _ in 0..FLIPS_MAX {
        let mut changed = bytes.clone();
        let place = draws.below(bytes.len() as u64) as usize;
        changed[place] ^= 1 << draws.below(8);
        let Ok((tampered, [])) = postcard::take_from_bytes::<Block>(&changed) else { continue };
        if let Some(part) = difference(block, &tampered) {
            return Some((tampered, part));
        }
    }
    None
}

/// The part in which two versions of a block differ.
fn difference(one: &Block, other: &Block) -> Option<Part> {
    if one == other {
        return None;
    }
    if one.header != other.header {
        return Some(Part::Header);
    }
    if one.evidence != other.evidence {
        return Some(Part::Evidence);
    }
    if one.transactions != other.transactions {
        let (one, other) = (one.transactions.iter(), other.transactions.iter());
        return Some(Part::Transaction(first_difference(one, other)));
    }
    Some(Part::Receipt(first_difference(one.receipts.iter(), other.receipts.iter())))
}

/// Audits a chain every day, and tries itself on tampered copies.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Auditor {
    genesis: Head,
    trials_per_day: u64,
    blocks: u64,
    mismatches: u64,
    trials: u64,
    located: u64,
    replay: Option<CheckId>,
    locate: Option<CheckId>,
}

impl Auditor {
    /// An auditor who starts from the first state and tampers with so many copies of records a day.
    pub fn new(genesis: Head, trials_per_day: u64) -> Self {
        Auditor {
            genesis,
            trials_per_day,
            blocks: 0,
            mismatches: 0,
            trials: 0,
            located: 0,
            replay: None,
            locate: None,
        }
    }

    /// Registers the checks of the chain of this id. Called once, at time zero.
    pub fn start<E: EngineEvent>(&mut self, id: &str, ctx: &mut Context<E>) {
        self.replay = Some(ctx.checks.always(&format!("blockchain.{id}.replay_equals")));
        self.locate = Some(ctx.checks.always(&format!("blockchain.{id}.tampering_located")));
    }

    /// Executes the whole chain again; on the way, tampered copies of some blocks must be found
    /// out.
    ///
    /// # Panics
    ///
    /// If [`Auditor::start`] was not called.
    pub fn run<E: EngineEvent>(&mut self, slot: Slot, chain: &Chain, ctx: &mut Context<E>) {
        let blocks: &VecDeque<Block> = chain.blocks();
        let (mut head, tip) = (self.genesis.clone(), chain.head.hash);
        let count = blocks.len() as u64;
        let mut draws = ctx.streams().indexed(0, TAMPER, slot.time.as_nanos());
        let mut targets: Vec<u64> =
            (0..self.trials_per_day.min(count)).map(|_| draws.below(count)).collect();
        targets.sort_unstable();
        let (mut fault, mut missed) = (None, None);
        for (place, block) in blocks.iter().enumerate() {
            let next = blocks.get(place + 1).map(|next| &next.header);
            let stated = next.map_or(tip, |next| next.parent);
            let closes = next.is_none_or(|next| next.time != block.header.time);
            for _ in targets.iter().filter(|target| **target == place as u64) {
                let Some((changed, part)) = tamper(block, &mut draws) else { continue };
                let found = examine(&mut head.clone(), &changed, stated, closes);
                self.trials += 1;
                self.located += u64::from(found == Err(part));
                if found != Err(part) {
                    missed = missed.or(Some((place, part, found)));
                }
            }
            if let Err(part) = examine(&mut head, block, stated, closes) {
                fault = Some(Fault { block: place, part });
                break;
            }
        }
        self.blocks += count;
        self.mismatches += u64::from(fault.is_some() || head != chain.head);
        let now = slot.time;
        let equal = fault.is_none() && head == chain.head;
        let id = self.replay.expect("started");
        ctx.checks.note(id, equal, now, || format!("{fault:?}"));
        let id = self.locate.expect("started");
        ctx.checks.note(id, missed.is_none(), now, || format!("{missed:?}"));
        slot.push(ctx, BLOCKS, self.blocks as f64);
        slot.push(ctx, MISMATCHES, self.mismatches as f64);
        slot.push(ctx, TRIALS, self.trials as f64);
        slot.push_some(ctx, LOCATED, share(self.located as f64, self.trials as f64));
    }
}

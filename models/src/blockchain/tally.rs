//! What is counted of a chain between two records, and the checks that hold at every block.

use std::collections::BTreeMap;

use pinwheel_core::check::CheckId;
use pinwheel_core::{Amount, Context, Event as EngineEvent, Label, SimTime};
use serde::{Deserialize, Serialize};

use super::chain::{Chain, Inclusion};
use super::consensus::Consensus;
use super::hash::Hash;
use super::money::as_nanotoken;
use super::transaction::{Address, Outcome};

/// The checks of one chain.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
pub struct Checks {
    balanced: CheckId,
    ordered: CheckId,
    chained: CheckId,
    staked: Option<CheckId>,
    kept: Option<CheckId>,
}

/// Counts of a chain.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    checks: Option<Checks>,
    /// Since the last record: seconds from submission to the settled block, price of a unit of gas,
    /// fee.
    pub delays: Vec<f64>,
    /// Price of a unit of gas that included transactions paid, one a transaction.
    pub prices: Vec<f64>,
    /// Fees of included transactions, in base units.
    pub fees: Vec<u128>,
    /// Transactions whose gas did not suffice.
    pub out_of_gas: u64,
    /// Transactions in settled blocks.
    pub settled: u64,
    /// Fees of the day up to the last record.
    day_fees: Vec<u128>,
    /// Since the start.
    pub blocks: u64,
    /// Gas of all settled blocks.
    pub gas_used: u128,
    /// The limits of these blocks together.
    pub gas_offered: u128,
    /// Transactions of one sender that were included out of order.
    pub violations: u64,
    /// The next nonce of each sender, as the receipts so far imply.
    next_nonces: BTreeMap<Address, u64>,
    last_hash: Option<Hash>,
    last_height: u64,
}

impl Tally {
    /// Registers the checks of a chain.
    pub fn start<E: EngineEvent>(&mut self, id: &str, consensus: &Consensus, ctx: &mut Context<E>) {
        let checks = &mut ctx.checks;
        let stake = matches!(consensus, Consensus::Stake(_));
        let work = matches!(consensus, Consensus::Work(_));
        self.checks = Some(Checks {
            balanced: checks.always(&format!("blockchain.{id}.ledger_balances")),
            ordered: checks.always(&format!("blockchain.{id}.nonces_in_order")),
            chained: checks.always(&format!("blockchain.{id}.blocks_chained")),
            staked: stake.then(|| checks.always(&format!("blockchain.{id}.stake_conserved"))),
            kept: work.then(|| checks.always(&format!("blockchain.{id}.settled_blocks_kept"))),
        });
    }

    /// Takes in what has been settled, and makes the checks.
    pub fn settled<E: EngineEvent>(
        &mut self,
        inclusions: &[Inclusion],
        chain: &Chain,
        consensus: &Consensus,
        ctx: &mut Context<E>,
    ) {
        let now = ctx.now();
        let mut in_order = true;
        for Inclusion { receipt, submitted, .. } in inclusions {
            let next = self.next_nonces.entry(receipt.sender).or_insert(0);
            in_order &= receipt.nonce == *next;
            *next = receipt.nonce + 1;
            self.settled += 1;
            self.out_of_gas += u64::from(receipt.outcome == Outcome::OutOfGas);
            self.delays.push(now.since(*submitted).as_seconds());
            self.prices.push(as_nanotoken(receipt.gas_price));
            self.fees.push(receipt.fee().0);
        }
        self.violations += u64::from(!in_order);
        let chained = self.follow(chain);
        let Some(checks) = self.checks else { return };
        let books = chain.state().accounts.ledger().verify();
        let balanced = books.is_ok();
        ctx.checks.note(checks.balanced, balanced, now, || format!("{books:?}"));
        ctx.checks.note(checks.ordered, in_order, now, || "a nonce out of order".to_owned());
        ctx.checks.note(checks.chained, chained, now, || "a parent's hash differs".to_owned());
        if let Some(id) = checks.staked {
            let staking = &chain.state().contracts.staking;
            let held = staking.conserved(&chain.state().accounts);
            ctx.checks.note(id, held, now, || "stakes and takings differ".to_owned());
        }
        if let (Some(id), Consensus::Work(work)) = (checks.kept, consensus) {
            let overtaken = work.statistics.overtaken;
            ctx.checks.note(id, overtaken == 0, now, || format!("{overtaken} longer branches"));
        }
    }

    /// Whether the newest blocks stand on each other.
    fn follow(&mut self, chain: &Chain) -> bool {
        let mut chained = true;
        let newest = chain.blocks().iter().rev();
        let new: Vec<_> = newest.take_while(|b| b.header.number > self.last_height).collect();
        for block in new.into_iter().rev() {
            let header = &block.header;
            chained &= header.number == self.last_height + 1;
            chained &= self.last_hash.is_none_or(|hash| hash == header.parent);
            (self.last_hash, self.last_height) = (Some(header.hash()), header.number);
            self.blocks += 1;
            self.gas_used += u128::from(header.gas_used);
            self.gas_offered += u128::from(header.gas_limit);
        }
        chained
    }

    /// Begins anew after a record; fees are kept until the day ends.
    pub fn begin_period(&mut self) {
        self.delays.clear();
        self.prices.clear();
        self.day_fees.append(&mut self.fees);
        self.out_of_gas = 0;
        self.settled = 0;
    }

    /// The median fee of the day that ends with the last record.
    pub fn end_day(&mut self) -> Option<Amount> {
        self.day_fees.sort_unstable();
        let median = percentile(&self.day_fees, 50);
        self.day_fees.clear();
        median
    }
}

/// The value at this percentage of sorted amounts, by the nearest rank; `None` without any.
pub fn percentile(sorted: &[u128], percent: usize) -> Option<Amount> {
    sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied().map(Amount)
}

/// Sorts the values and returns this quantile, by the nearest rank; `None` without values.
pub fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let rank = (share * values.len() as f64).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied()
}

/// Where a chain's rows go.
#[derive(Copy, Clone, Debug)]
pub struct Slot {
    /// The instant of the rows.
    pub time: SimTime,
    /// The id of the chain.
    pub label: Label,
}

impl Slot {
    /// Records a value of a metric of the chain.
    pub fn push<E: EngineEvent>(
        &self,
        ctx: &mut Context<E>,
        metric: pinwheel_core::Metric,
        value: f64,
    ) {
        ctx.records.push(self.time, metric, self.label, value);
    }
    /// Adds a row if there is something to tell.
    pub fn push_some<E: EngineEvent>(
        &self,
        ctx: &mut Context<E>,
        metric: pinwheel_core::Metric,
        value: Option<f64>,
    ) {
        if let Some(value) = value {
            self.push(ctx, metric, value);
        }
    }
}

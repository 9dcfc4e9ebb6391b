//! The words of the model and of the clockwork, a sentence each, for `pinwheel explain`.

/// A concept that is neither a parameter nor a metric.
#[derive(Debug)]
pub struct Primitive {
    pub name: &'static str,
    /// What it is counted in; "1" for nothing.
    pub unit: &'static str,
    pub about: &'static str,
    pub source: &'static str,
    /// The file that holds it.
    pub code: &'static str,
}

pub const PRIMITIVES: &[Primitive] = &[
    Primitive {
        name: "amount",
        unit: "attoFIL",
        about: "An exact count of base units of one token; money is never a float.",
        source: "10^18 attoFIL are one FIL",
        code: "sim-core/src/amount.rs",
    },
    Primitive {
        name: "ledger",
        unit: "attoFIL",
        about: "The books of one token in double entry: what leaves one account enters another, \
              and the sum is proven.",
        source: "double-entry bookkeeping",
        code: "sim-core/src/ledger.rs",
    },
    Primitive {
        name: "event",
        unit: "1",
        about: "Something that happens at an instant; events of one instant go by priority, then \
              in the order in which they were scheduled.",
        source: "discrete-event simulation",
        code: "sim-core/src/engine.rs",
    },
    Primitive {
        name: "stream",
        unit: "1",
        about: "The random numbers of one entity for one purpose, which no other entity's draws \
              can move.",
        source: "Philox 4x32-10, Salmon et al. 2011",
        code: "sim-core/src/random.rs",
    },
    Primitive {
        name: "fingerprint",
        unit: "1",
        about: "A hash of all that a run did: the order of its events, its postings and its state.",
        source: "BLAKE3 and 64-bit mixing",
        code: "sim-core/src/fingerprint.rs",
    },
    Primitive {
        name: "check",
        unit: "1",
        about: "A statement tested while a run goes on: `always` stops it at a breach, \
              `sometimes` tells whether a state was reached.",
        source: "model",
        code: "sim-core/src/check.rs",
    },
    Primitive {
        name: "snapshot",
        unit: "byte",
        about: "The whole state of a run as bytes, from which it goes on as if it had never \
              stopped.",
        source: "model",
        code: "sim-core/src/snapshot.rs",
    },
    Primitive {
        name: "target",
        unit: "1",
        about: "An accuracy stated in the scenario before the run, and judged after it.",
        source: "scenario",
        code: "models/src/scenario/target.rs",
    },
    Primitive {
        name: "common cause",
        unit: "1",
        about: "One event that takes down many machines: a power feed, a site, a region, a \
              mistake, faulty software.",
        source: "models/src/infrastructure/parameters.rs names one for each",
        code: "models/src/infrastructure/cause.rs",
    },
    Primitive {
        name: "epoch",
        unit: "30 s",
        about: "The step of Filecoin's chain: one election, and no block or several in one tipset.",
        source: "Filecoin specification, expected consensus",
        code: "models/src/networks/filecoin/election.rs",
    },
    Primitive {
        name: "deadline",
        unit: "30 min",
        about: "One of the 48 windows of a day; each sector is due in one of them.",
        source: "Filecoin specification, WindowPoSt",
        code: "models/src/networks/filecoin/proving.rs",
    },
    Primitive {
        name: "cohort",
        unit: "1",
        about: "Sectors of one kind that were activated together, end together and carry one \
              pledge.",
        source: "model",
        code: "models/src/networks/filecoin/sectors.rs",
    },
    Primitive {
        name: "quality-adjusted power",
        unit: "EiB",
        about: "Raw power in which verified data counts ten times; wins and rewards follow it.",
        source: "FIP-0003",
        code: "models/src/networks/filecoin/sectors.rs",
    },
    Primitive {
        name: "election",
        unit: "1",
        about: "Each epoch each provider wins a Poisson number of times, five expected in all, \
              by its share of power.",
        source: "Filecoin specification, expected consensus",
        code: "models/src/networks/filecoin/election.rs",
    },
    Primitive {
        name: "baseline",
        unit: "EiB",
        about: "The raw power that earns the full baseline reward; it doubles each year.",
        source: "reward actor",
        code: "models/src/networks/filecoin/reward.rs",
    },
    Primitive {
        name: "block reward",
        unit: "FIL",
        about: "What an epoch mints: 30 % decays with time, 70 % follows power against the \
              baseline.",
        source: "reward actor",
        code: "models/src/networks/filecoin/reward.rs",
    },
    Primitive {
        name: "vesting",
        unit: "d",
        about: "Three quarters of a block reward become spendable in equal daily parts over 180 \
              days.",
        source: "miner actor, REWARD_VESTING_SPEC",
        code: "models/src/networks/filecoin/vesting.rs",
    },
    Primitive {
        name: "pledge",
        unit: "FIL",
        about: "What a provider locks for a sector and gets back when it ends in good order.",
        source: "miner actor; FIP-0081",
        code: "models/src/networks/filecoin/pledge.rs",
    },
    Primitive {
        name: "fault fee",
        unit: "FIL",
        about: "What a provider pays each day for a sector that misses its proof; it is burned.",
        source: "miner actor",
        code: "models/src/networks/filecoin/pledge.rs",
    },
    Primitive {
        name: "termination fee",
        unit: "FIL",
        about: "What a provider pays for a sector that ends early; it is burned.",
        source: "miner actor; FIP-0098",
        code: "models/src/networks/filecoin/pledge.rs",
    },
    Primitive {
        name: "daily fee",
        unit: "FIL",
        about: "A fee for each day of a sector's life, burned.",
        source: "FIP-0100",
        code: "models/src/networks/filecoin/pledge.rs",
    },
    Primitive {
        name: "base fee",
        unit: "attoFIL",
        about: "The price of a unit of gas, burned; it rises while blocks are fuller than aimed at.",
        source: "EIP-1559 as in Filecoin; FIP-0115",
        code: "models/src/networks/filecoin/gas.rs",
    },
    Primitive {
        name: "circulating supply",
        unit: "FIL",
        about: "Vested and mined FIL, less what is burned and locked.",
        source: "the protocol's definition; Filecoin specification",
        code: "models/src/networks/filecoin/supply.rs",
    },
    Primitive {
        name: "solstice",
        unit: "1",
        about: "The division of each block reward between the winner, the service stream and the \
              burn.",
        source: "FIP-0118",
        code: "models/src/networks/filecoin/streams.rs",
    },
];

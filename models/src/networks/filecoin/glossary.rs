//! The words of the Filecoin protocol, a sentence each, for `pinwheel explain`.

use crate::describe::Term;

/// The words, from the chain's clock to its money.
pub const GLOSSARY: &[Term] = &[
    Term {
        name: "epoch",
        unit: "30 s",
        about: "The step of Filecoin's chain: one election, and no block or several in one tipset.",
        source: "Filecoin specification, expected consensus",
        code: "models/src/networks/filecoin/election.rs",
    },
    Term {
        name: "deadline",
        unit: "30 min",
        about: "One of the 48 windows of a day; each sector is due in one of them.",
        source: "Filecoin specification, WindowPoSt",
        code: "models/src/networks/filecoin/proving.rs",
    },
    Term {
        name: "cohort",
        unit: "1",
        about: "Sectors of one kind that were activated together, end together and carry one \
              pledge.",
        source: "model",
        code: "models/src/networks/filecoin/sectors.rs",
    },
    Term {
        name: "quality-adjusted power",
        unit: "EiB",
        about: "Raw power in which verified data counts ten times; wins and rewards follow it.",
        source: "FIP-0003",
        code: "models/src/networks/filecoin/sectors.rs",
    },
    Term {
        name: "election",
        unit: "1",
        about: "Each epoch each provider wins a Poisson number of times, five expected in all, \
              by its share of power.",
        source: "Filecoin specification, expected consensus",
        code: "models/src/networks/filecoin/election.rs",
    },
    Term {
        name: "baseline",
        unit: "EiB",
        about: "The raw power that earns the full baseline reward; it doubles each year.",
        source: "reward actor",
        code: "models/src/networks/filecoin/reward/mod.rs",
    },
    Term {
        name: "block reward",
        unit: "FIL",
        about: "What an epoch mints: 30 % decays with time, 70 % follows power against the \
              baseline.",
        source: "reward actor",
        code: "models/src/networks/filecoin/reward/mod.rs",
    },
    Term {
        name: "vesting",
        unit: "d",
        about: "Three quarters of a block reward become spendable in equal daily parts over 180 \
              days.",
        source: "miner actor, REWARD_VESTING_SPEC",
        code: "models/src/networks/filecoin/vesting.rs",
    },
    Term {
        name: "pledge",
        unit: "FIL",
        about: "What a provider locks for a sector and gets back when it ends in good order.",
        source: "miner actor; FIP-0081",
        code: "models/src/networks/filecoin/pledge.rs",
    },
    Term {
        name: "fault fee",
        unit: "FIL",
        about: "What a provider pays each day for a sector that misses its proof; it is burned.",
        source: "miner actor",
        code: "models/src/networks/filecoin/pledge.rs",
    },
    Term {
        name: "dispute",
        unit: "FIL",
        about: "Anybody may show within 1,800 epochs that a proof was invalid; its provider then \
              pays 5.51 days of reward and 24 FIL, of which 4 are the disputer's.",
        source: "FIP-0010; miner actor",
        code: "models/src/networks/filecoin/slashing.rs",
    },
    Term {
        name: "consensus fault",
        unit: "FIL",
        about: "A provider that signs two blocks of one height pays the reward of an epoch and \
              wins nothing for 900 epochs.",
        source: "miner actor",
        code: "models/src/networks/filecoin/slashing.rs",
    },
    Term {
        name: "termination fee",
        unit: "FIL",
        about: "What a provider pays for a sector that ends early; it is burned.",
        source: "miner actor; FIP-0098",
        code: "models/src/networks/filecoin/pledge.rs",
    },
    Term {
        name: "daily fee",
        unit: "FIL",
        about: "A fee for each day of a sector's life, burned.",
        source: "FIP-0100",
        code: "models/src/networks/filecoin/pledge.rs",
    },
    Term {
        name: "base fee",
        unit: "attoFIL",
        about: "The price of a unit of gas, burned; it rises while blocks are fuller than aimed at.",
        source: "EIP-1559 as in Filecoin; FIP-0115",
        code: "models/src/networks/filecoin/gas.rs",
    },
    Term {
        name: "circulating supply",
        unit: "FIL",
        about: "Vested and mined FIL, less what is burned and locked.",
        source: "the protocol's definition; Filecoin specification",
        code: "models/src/networks/filecoin/supply.rs",
    },
    Term {
        name: "solstice",
        unit: "1",
        about: "The division of each block reward between the winner, the service stream and the \
              burn.",
        source: "FIP-0118",
        code: "models/src/networks/filecoin/streams.rs",
    },
];

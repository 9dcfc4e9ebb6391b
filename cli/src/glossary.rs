//! The words of the clockwork and of scenarios, a sentence each, for `pinwheel explain`. Parts have
//! their own.

use pinwheel_models::describe::Term;
use pinwheel_models::registry;

/// Every word: those of the clockwork, then those of the parts.
pub fn terms() -> impl Iterator<Item = &'static Term> {
    GENERAL.iter().chain(registry::ALL.0.iter().flat_map(|part| part.glossary))
}

const GENERAL: &[Term] = &[
    Term {
        name: "amount",
        unit: "attoFIL",
        about: "An exact count of base units of one token; money is never a float.",
        source: "10^18 attoFIL are one FIL",
        code: "sim-core/src/amount.rs",
    },
    Term {
        name: "ledger",
        unit: "attoFIL",
        about: "The books of one token in double entry: what leaves one account enters another, \
              and the sum is proven.",
        source: "double-entry bookkeeping",
        code: "sim-core/src/ledger.rs",
    },
    Term {
        name: "event",
        unit: "1",
        about: "Something that happens at an instant; events of one instant go by priority, then \
              in the order in which they were scheduled.",
        source: "discrete-event simulation",
        code: "sim-core/src/engine.rs",
    },
    Term {
        name: "stream",
        unit: "1",
        about: "The random numbers of one entity for one purpose, which no other entity's draws \
              can move.",
        source: "Philox 4x32-10, Salmon et al. 2011",
        code: "sim-core/src/random.rs",
    },
    Term {
        name: "fingerprint",
        unit: "1",
        about: "A hash of all that a run did: the order of its events, its postings and its state.",
        source: "BLAKE3 and 64-bit mixing",
        code: "sim-core/src/fingerprint.rs",
    },
    Term {
        name: "check",
        unit: "1",
        about: "A statement tested while a run goes on: `always` stops it at a breach, \
              `sometimes` tells whether a state was reached.",
        source: "model",
        code: "sim-core/src/check.rs",
    },
    Term {
        name: "snapshot",
        unit: "byte",
        about: "The whole state of a run as bytes, from which it goes on as if it had never \
              stopped.",
        source: "model",
        code: "sim-core/src/snapshot.rs",
    },
    Term {
        name: "target",
        unit: "1",
        about: "An accuracy stated in the scenario before the run, and judged after it.",
        source: "scenario",
        code: "models/src/scenario/target.rs",
    },
    Term {
        name: "common cause",
        unit: "1",
        about: "One event that takes down many machines: a power feed, a site, a region, a \
              mistake, faulty software.",
        source: "models/src/infrastructure/parameters.rs names one for each",
        code: "models/src/infrastructure/cause.rs",
    },
];

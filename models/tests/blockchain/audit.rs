//! The audit: a replay gives every block again, and any single change of a record is located.

use pinwheel_conform::theory::chain::{Chains, run};
use pinwheel_core::{SimDuration, Simulation, Streams};
use pinwheel_models::blockchain::activity::attestation::AttestParameters;
use pinwheel_models::blockchain::activity::devices::DeviceParameters;
use pinwheel_models::blockchain::activity::escrow::TradeParameters;
use pinwheel_models::blockchain::activity::load::LoadParameters;
use pinwheel_models::blockchain::audit::{Fault, Part, audit};
use pinwheel_models::blockchain::consensus::stake::StakeParameters;
use pinwheel_models::blockchain::settings::{ChainSettings, ConsensusSettings, Settings};
use pinwheel_models::blockchain::{Block, Blockchain, Head};

/// Two hours of a busy chain with all kinds of records: its genesis, blocks and newest hash.
fn history() -> (Head, Vec<Block>, Head) {
    let settings = ChainSettings {
        block_time: SimDuration::from_seconds(60),
        consensus: ConsensusSettings::Stake(StakeParameters {
            validators: 8.0,
            equivocation: 0.1,
            ..StakeParameters::default()
        }),
        load: Some(LoadParameters { users: 20.0, rate: 0.02, ..LoadParameters::default() }),
        devices: Some(DeviceParameters {
            devices: 5.0,
            uptime: 1_800.0,
            downtime: 600.0,
            ..DeviceParameters::default()
        }),
        attestation: Some(AttestParameters {
            devices: 4.0,
            verifiers: 9.0,
            period: 3_600.0,
            ..AttestParameters::default()
        }),
        escrow: Some(TradeParameters { traders: 3.0, delivery: 1_800.0, ..Default::default() }),
        audit: Some(0),
        ..ChainSettings::default()
    };
    let streams = Streams::new(5, 0);
    let chains = Blockchain::new(
        &Settings { chains: vec![settings.clone()], ..Settings::default() },
        &pinwheel_models::part::Around::alone(&streams),
    );
    let genesis = Simulation::new(Chains(chains), streams).model.0.chain(0).head.clone();
    let simulation = run(settings, &streams, SimDuration::from_hours(2));
    let chain = simulation.model.0.chain(0);
    (genesis, chain.blocks().iter().cloned().collect(), chain.head.clone())
}

#[test]
fn a_replay_from_genesis_ends_where_the_chain_does() {
    let (genesis, blocks, head) = history();
    assert!(blocks.len() > 100 && blocks.iter().any(|block| !block.evidence.is_empty()));
    assert_eq!(audit(&genesis, &blocks, head.hash), Ok(head));
}

/// Every bit of three whole blocks, and one bit of every hundredth byte of all the others.
#[test]
fn one_flipped_bit_is_located_wherever_it_is() {
    let (genesis, blocks, head) = history();
    let busy = (0..blocks.len()).max_by_key(|&b| blocks[b].transactions.len()).expect("blocks");
    let last = blocks.len() - 1;
    let mut tried = 0;
    for (place, block) in blocks.iter().enumerate() {
        let bytes = postcard::to_stdvec(block).expect("a block can be written");
        let whole = [0, busy, last].contains(&place);
        let step = if whole { 1 } else { 100 };
        for byte in (place % step..bytes.len()).step_by(step) {
            for bit in if whole { 0..8 } else { 3..4 } {
                tried += u32::from(check(&genesis, &blocks, &head, place, &bytes, byte, bit));
            }
        }
    }
    assert!(tried > 5_000, "{tried} changes tried");
}

/// Flips one bit; false where the bytes are no block any more (which locates it as well).
fn check(
    genesis: &Head,
    blocks: &[Block],
    head: &Head,
    place: usize,
    bytes: &[u8],
    byte: usize,
    bit: u32,
) -> bool {
    let mut changed = bytes.to_vec();
    changed[byte] ^= 1 << bit;
    let Ok((block, [])) = postcard::take_from_bytes::<Block>(&changed) else { return false };
    if block == blocks[place] {
        return false;
    }
    // The blocks around it suffice: those before are as they were.
    let from = place.saturating_sub(1);
    let until = (place + 3).min(blocks.len());
    let mut recorded = blocks[from..until].to_vec();
    recorded[place - from] = block.clone();
    let before = replayed(genesis, blocks, from);
    let tip = blocks.get(until).map_or(head.hash, |next| next.header.parent);
    let found = audit(&before, &recorded, tip).expect_err("a changed record");
    let fault = Fault { block: place - from, part: hit(&blocks[place], &block) };
    assert_eq!(found, fault, "byte {byte} bit {bit} of block {place}");
    true
}

thread_local! {
    static HEADS: std::cell::RefCell<Vec<Head>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// The head before a block; kept, for it is asked for often.
fn replayed(genesis: &Head, blocks: &[Block], place: usize) -> Head {
    HEADS.with_borrow_mut(|heads| {
        if heads.is_empty() {
            heads.push(genesis.clone());
        }
        while heads.len() <= place {
            let next = heads.len();
            let tip = blocks[next].header.parent;
            let before = heads[next - 1].clone();
            heads.push(audit(&before, &blocks[next - 1..next], tip).expect("an honest block"));
        }
        heads[place].clone()
    })
}

/// The part that was changed.
fn hit(one: &Block, other: &Block) -> Part {
    let differs = |a: usize, b: usize, same: &dyn Fn(usize) -> bool| {
        (0..a.min(b)).find(|&i| !same(i)).unwrap_or(a.min(b)) as u32
    };
    if one.header != other.header {
        return Part::Header;
    }
    if one.evidence != other.evidence {
        return Part::Evidence;
    }
    let (a, b) = (&one.transactions, &other.transactions);
    if a != b {
        return Part::Transaction(differs(a.len(), b.len(), &|i| a[i] == b[i]));
    }
    let (a, b) = (&one.receipts, &other.receipts);
    Part::Receipt(differs(a.len(), b.len(), &|i| a[i] == b[i]))
}

//! `[blockchain]` as typed: what is wrong is told with its key and a way out.

use pinwheel_core::Amount;
use pinwheel_models::blockchain::FeeRule;
use pinwheel_models::blockchain::activity::telemetry::Way;
use pinwheel_models::blockchain::settings::{ChainSettings, ConsensusSettings, TravelLaw};
use pinwheel_models::connection::gossip::Push;
use pinwheel_models::input::diagnostic::Diagnostic;
use pinwheel_models::scenario::load;

/// A scenario with this text after the run.
fn read(chains: &str) -> Result<Vec<ChainSettings>, Vec<Diagnostic>> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scenario.toml");
    let head = "schema = 1\n[meta]\nname = \"x\"\n[run]\nstart = 2025-01-01\nhorizon = \"1 d\"\n";
    std::fs::write(&path, format!("{head}{chains}")).expect("writable");
    let experiment = load(&path, &[])?;
    let layers = &experiment.points[0].scenario.layers;
    Ok(layers.blockchain.as_ref().expect("a section").chains.clone())
}

#[test]
fn a_chain_needs_only_its_name_and_parameters_have_units() {
    let chains = read(
        "[[blockchain.chain]]\nid = \"a\"\n[[blockchain.chain]]\nid = \"b\"\nblock_time = \"2 min\"\n\
         fee = \"first_price\"\nprice = \"3 nanotoken\"\nconsensus = \"stake\"\n\
         [blockchain.chain.members]\nvalidators = 7\noffline = \"2 %\"\n\
         [blockchain.chain.telemetry]\nway = \"anchored\"\nproofs = \"real\"\ninterval = \"1 h\"\n",
    );
    let chains = chains.expect("nothing is wrong");
    assert_eq!(chains.len(), 2);
    assert_eq!(chains[0].block_time.as_seconds(), 12.0);
    assert!(matches!(chains[0].consensus, ConsensusSettings::Authority));
    assert_eq!(chains[1].fee, FeeRule::FirstPrice { minimum: 3_000_000_000 });
    let ConsensusSettings::Stake(stake) = &chains[1].consensus else { panic!("stake") };
    assert_eq!((stake.validators, stake.offline), (7.0, 0.02));
    let telemetry = chains[1].telemetry.as_ref().expect("given");
    assert_eq!((telemetry.way, telemetry.real), (Way::Anchored, true));
    assert_eq!(telemetry.parameters.interval, 3_600.0);
}

#[test]
fn blocks_of_work_may_travel_by_gossip() {
    let chains = read(
        "[[blockchain.chain]]\nid = \"a\"\nconsensus = \"work\"\ntravel = \"gossip\"\n\
         gossip = { push = \"synchronous\", period = \"500 ms\", fan_out = 8, hop = \"80 ms\" }\n",
    );
    let chains = chains.expect("nothing is wrong");
    let ConsensusSettings::Work(_, TravelLaw::Gossip(law)) = &chains[0].consensus else {
        panic!("work by gossip")
    };
    assert_eq!((law.push, law.fan_out), (Push::Synchronous, 8));
    assert_eq!((law.period.as_seconds(), law.hop.as_seconds()), (0.5, 0.08));
}

#[test]
fn typed_money_is_exact_to_the_base_unit() {
    // Base fees of the EIP-1559 vectors of ethereumjs; the first lost a unit to a float.
    for (price, base_fee) in [
        ("1.059263476 nanotoken", 1_059_263_476),
        ("1.149 nanotoken", 1_149_000_000),
        ("1.001 nanotoken", 1_001_000_000),
        ("0.000000007 nanotoken", 7),
        ("1_071_744_896e-9 nanotoken", 1_071_744_896),
        ("0.00000000105926348 token", 1_059_263_480),
    ] {
        let text = format!("[[blockchain.chain]]\nid = \"a\"\nprice = \"{price}\"\n");
        assert_eq!(read(&text).expect("nothing is wrong")[0].base_fee, base_fee, "{price}");
    }
    let chains = read(
        "[[blockchain.chain]]\nid = \"a\"\nblock_reward = \"1.001 token\"\nconsensus = \"stake\"\n\
         [blockchain.chain.members]\nstake = \"32.000000000000000001 token\"\n\
         [blockchain.chain.load]\nworth = \"2.01 nanotoken\"\nbalance = \"1.001 token\"\n",
    );
    let chain = &chains.expect("nothing is wrong")[0];
    let load = chain.load.as_ref().expect("given");
    assert_eq!(chain.block_reward.display(18).to_string(), "1.001000000000000000");
    assert_eq!(load.balance.display(18).to_string(), "1.001000000000000000");
    assert_eq!(load.worth, Amount(2_010_000_000));
    let ConsensusSettings::Stake(stake) = &chain.consensus else { panic!("stake") };
    assert_eq!(stake.stake.display(18).to_string(), "32.000000000000000001");
}

/// Holds that each text gives one fault, at this key and with this in its help.
fn owe(cases: &[(String, &str, &str)]) {
    for (text, key, help) in cases {
        let faults = read(text).expect_err("a broken scenario");
        let fault = &faults[0];
        assert_eq!(fault.key, *key, "{text}: {fault}");
        assert!(fault.help.contains(help), "{text}: {fault} {}", fault.help);
        assert_eq!(faults.len(), 1, "{faults:?}");
    }
}

#[test]
fn every_fault_names_its_key_and_a_way_out() {
    let chain = "[[blockchain.chain]]\nid = \"a\"\n";
    owe(&[
        ("[blockchain]\n".to_owned(), "blockchain.chain", "[[blockchain.chain]]"),
        ("[[blockchain.chain]]\n".to_owned(), "blockchain.chain[0].id", "add"),
        (format!("{chain}{chain}"), "blockchain.chain[1].id", "its own"),
        (format!("{chain}fee = \"eip1599\"\n"), "blockchain.chain[0].fee", "eip1559"),
        (format!("{chain}gas_limit = 1000\n"), "blockchain.chain[0].gas_limit", "21000"),
        (format!("{chain}block_time = 12\n"), "blockchain.chain[0].block_time", "1 s"),
        (
            format!("{chain}[blockchain.chain.load]\nuser = 5\n"),
            "blockchain.chain[0].load.user",
            "users",
        ),
        (
            format!("{chain}[blockchain.chain.load]\nrate = \"5 s\"\n"),
            "blockchain.chain[0].load.rate",
            "/s",
        ),
        (
            format!("{chain}[blockchain.chain.members]\nminers = 5\n"),
            "blockchain.chain[0].members.miners",
            "consensus",
        ),
        (
            format!("{chain}[blockchain.chain.attestation]\npanel = 6\nquorum = 3\n"),
            "blockchain.chain[0].attestation.quorum",
            "majority",
        ),
        (
            format!("{chain}[blockchain.chain.attestation]\nverifiers = 4\n"),
            "blockchain.chain[0].attestation.panel",
            "more verifiers",
        ),
        (
            format!("{chain}[blockchain.chain.telemetry]\nway = \"rollup\"\n"),
            "blockchain.chain[0].telemetry.way",
            "direct",
        ),
    ]);
}

#[test]
fn faults_of_travel_name_their_key_and_a_way_out() {
    let chain = "[[blockchain.chain]]\nid = \"a\"\n";
    let work = format!("{chain}consensus = \"work\"\n");
    let gossip = format!("{work}travel = \"gossip\"\n");
    owe(&[
        (
            format!("{chain}travel = \"fixed\"\n"),
            "blockchain.chain[0].travel",
            "consensus = \"work\"",
        ),
        (
            format!("{chain}[blockchain.chain.gossip]\nperiod = \"1 s\"\n"),
            "blockchain.chain[0].gossip.period",
            "consensus = \"work\"",
        ),
        (
            format!("{work}[blockchain.chain.gossip]\nfan_out = 2\n"),
            "blockchain.chain[0].gossip.fan_out",
            "travel = \"gossip\"",
        ),
        (
            format!("{gossip}[blockchain.chain.members]\ntravel = \"1 s\"\n"),
            "blockchain.chain[0].members.travel",
            "remove it",
        ),
        (
            format!("{gossip}[blockchain.chain.gossip]\npush = \"async\"\n"),
            "blockchain.chain[0].gossip.push",
            "asynchronous",
        ),
        (
            format!("{gossip}[blockchain.chain.gossip]\nperiod = \"5 s\"\n"),
            "blockchain.chain[0].gossip.period",
            "push more often",
        ),
        (
            format!("{gossip}gossip = {{ period = \"0.1 s\", hop = \"2 s\" }}\n"),
            "blockchain.chain[0].gossip.hop",
            "10 periods",
        ),
    ]);
}

//! `[blockchain.attack]` and `[[blockchain.bridge]]` as typed: what is wrong is told with its key
//! and a way out.

use pinwheel_models::blockchain::Settings;
use pinwheel_models::blockchain::bridge::settings::Kind;
use pinwheel_models::input::diagnostic::Diagnostic;
use pinwheel_models::scenario::load;

/// A scenario with this text after the run.
fn read(text: &str) -> Result<Settings, Vec<Diagnostic>> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scenario.toml");
    let head = "schema = 1\n[meta]\nname = \"x\"\n[run]\nstart = 2025-01-01\nhorizon = \"2 d\"\n";
    std::fs::write(&path, format!("{head}{text}")).expect("writable");
    let experiment = load(&path, &[])?;
    let layers = &experiment.points[0].scenario.layers;
    Ok((**layers.blockchain.as_ref().expect("a section")).clone())
}

#[test]
fn attacks_and_bridges_have_defaults_and_need_no_chain() {
    let settings = read(
        "[blockchain.attack.double_spend]\nshare = \"10 %\"\nwork = \"3 USD\"\n\
         [blockchain.attack.committee]\nshare = 0.2\n\
         [[blockchain.bridge]]\nname = \"b\"\nkind = \"pool\"\nliquidity = \"5 USD\"\nfee = \"1 %\"\n",
    );
    let settings = settings.expect("nothing is wrong");
    assert!(settings.chains.is_empty());
    let attack = settings.attack.expect("given");
    let race = attack.double_spend.expect("given");
    assert_eq!((race.share, race.confirmations, race.give_up), (0.1, 6, 100));
    assert_eq!((race.work, race.reward), (race.reward, race.work), "a block earns its work");
    assert_eq!(race.work.0, 3_000_000_000);
    let committee = attack.committee.expect("given");
    assert_eq!((committee.slots, committee.quorum_seats()), (2 * 7_200, 86));
    assert!(attack.selfish_mining.is_none() && attack.spam.is_none());
    let [bridge] = &settings.bridges[..] else { panic!("one bridge") };
    let Kind::Pool { liquidity } = bridge.kind else { panic!("a pool") };
    assert_eq!((liquidity.0, bridge.fee_basis_points), (5_000_000_000, 100));
    assert_eq!(bridge.sides[0].interval.as_seconds(), 12.0);
}

#[test]
fn every_fault_names_its_key_and_a_way_out() {
    let bridge = "[[blockchain.bridge]]\nname = \"b\"\nkind = \"light_client\"\n";
    let committee = "[blockchain.attack.committee]\nshare = 0.1\n";
    for (text, key, help) in [
        ("[blockchain.attack.double_spend]\n".to_owned(), "attack.double_spend.share", "30 %"),
        (
            "[blockchain.attack.double_spend]\nshare = 1.5\n".to_owned(),
            "attack.double_spend.share",
            "0.99",
        ),
        (
            "[blockchain.attack.selfish_mining]\nshare = \"60 %\"\n".to_owned(),
            "attack.selfish_mining.share",
            "0.49",
        ),
        ("[blockchain.attack.spam]\n".to_owned(), "attack.spam.budget", "100 token"),
        (format!("{committee}conduct = \"equivocat\"\n"), "attack.committee.conduct", "equivocate"),
        (
            format!("{committee}seats = 0\nconduct = \"withhold\"\n"),
            "attack.committee.conduct",
            "give seats",
        ),
        (format!("{committee}seat = 5\n"), "attack.committee.seat", "seats"),
        (format!("{bridge}{bridge}"), "bridge[1].id", "its own"),
        ("[[blockchain.bridge]]\nname = \"b\"\n".to_owned(), "bridge[0].kind", "light_client"),
        (
            "[[blockchain.bridge]]\nname = \"b\"\nkind = \"pool\"\n".to_owned(),
            "bridge[0].liquidity",
            "1000000 USD",
        ),
        (
            "[[blockchain.bridge]]\nname = \"b\"\nkind = \"relayers\"\nrelayers = 3\nneeded = 4\n"
                .to_owned(),
            "bridge[0].needed",
            "1 to 3",
        ),
        (format!("{bridge}transfers = \"5 s\"\n"), "bridge[0].transfers", "/d"),
        (format!("{bridge}home = {{ interval = 12 }}\n"), "bridge[0].home.interval", "1 s"),
        (
            format!("{bridge}other = {{ gas_price = \"-1 nanoUSD/gas\" }}\n"),
            "bridge[0].other.gas_price",
            "allowed",
        ),
    ] {
        let faults = read(&text).expect_err(&text);
        let shown: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let told = shown.iter().any(|line| line.contains(key) && line.contains(help));
        assert!(told, "{text}\n{}", shown.join("\n"));
    }
}

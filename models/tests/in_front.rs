//! Every list of a scenario, `[[...]]`: an entry put in front moves none of the draws of those
//! behind it, so that two scenarios that differ by it are compared pair by pair.
//!
//! Not here: `[[network]]`, which `world.rs` compares with each alone to the last byte;
//! `[[infrastructure.region]]`, over which devices are dealt by its share, so that another region
//! moves devices by its meaning; `needs`, `source`, `through` and `limit`, which are ordered by
//! meaning and draw nothing; `[[variant]]`, `[[target]]`, `[[invariant]]` and `[[outcome]]`, which
//! are no part of a run.

use pinwheel_core::{SimDuration, SimTime, Simulation, Streams};
use pinwheel_models::registry;
use pinwheel_models::scenario::load;

/// An entry behind, and one that is put in front of it.
struct Case {
    list: &'static str,
    /// What they stand on, before and after the list in the file.
    before: &'static str,
    after: &'static str,
    behind: &'static str,
    front: &'static str,
    /// The same entry by another name, which draws other numbers; none where nothing is drawn.
    renamed: Option<(&'static str, &'static str)>,
    /// Whose rows must be the same to the last bit, and up to which day.
    label: &'static str,
    until: u64,
}

const CLASS: &str = "[[infrastructure.class]]\nid = \"b\"\ncount = 50\nowners = 5\n\
    failure = { law = \"exponential\", mean = \"6 d\" }\n\
    repair = { law = \"log_normal\", median = \"5 h\", sigma = 1.0 }\n";
const CHAIN_AFTER: &str = "[[blockchain.chain]]\nid = \"last\"\n";

const CASES: &[Case] = &[
    Case {
        list: "infrastructure.class",
        before: "",
        after: "",
        behind: CLASS,
        front: "[[infrastructure.class]]\nid = \"a\"\ncount = 70\n\
            failure = { law = \"weibull\", shape = 1.5, scale = \"9 d\" }\nrepair = \"3 h\"\n",
        renamed: Some(("\"b\"", "\"c\"")),
        label: "b",
        until: 30,
    },
    Case {
        list: "infrastructure.shock",
        before: CLASS,
        after: "",
        behind: "[[infrastructure.shock]]\nid = \"second\"\nscope = \"world\"\nevery = \"2 d\"\n\
            share = 0.4\nduration = { law = \"exponential\", mean = \"4 h\" }\n",
        front: "[[infrastructure.shock]]\nid = \"first\"\nscope = \"world\"\nat = \"29.5 d\"\n\
            share = 0.4\nduration = \"1 h\"\n",
        renamed: Some(("\"second\"", "\"third\"")),
        label: "b",
        until: 29,
    },
    Case {
        list: "infrastructure.demand",
        before: CLASS,
        after: "",
        behind: "[[infrastructure.demand]]\nid = \"own\"\nunit = \"unit\"\n\
            rate = { mean = \"20 unit\", swing = \"40 %\", peak = 19 }\n\
            source = [{ class = \"b\", capacity = \"1 unit\" }]\n",
        front: "[[infrastructure.demand]]\nid = \"other\"\nunit = \"unit\"\n\
            rate = { mean = \"5 unit\" }\nsource = [{ class = \"b\", capacity = \"1 unit\" }]\n",
        renamed: None,
        label: "own",
        until: 30,
    },
    Case {
        list: "infrastructure.topology.partition",
        before: "[[infrastructure.class]]\nid = \"router\"\ncount = 12\n\
            failure = { law = \"exponential\", mean = \"20 d\" }\nrepair = \"6 h\"\n\
            [[infrastructure.class]]\nid = \"fibre\"\ncount = 20\n\
            failure = { law = \"exponential\", mean = \"9 d\" }\nrepair = \"6 h\"\n\
            [infrastructure.topology]\nnodes = [\"router\"]\nlinks = \"fibre\"\n\
            shape = \"random\"\nloss = \"2 %\"\nmessage_period = \"10 min\"\n",
        after: "",
        behind: "[[infrastructure.topology.partition]]\nstart = \"10 d\"\nlength = \"2 d\"\n\
            nodes = [0, 1, 2]\n",
        front: "[[infrastructure.topology.partition]]\nstart = \"29.5 d\"\nlength = \"1 h\"\n\
            nodes = [4, 5]\n",
        renamed: None,
        label: "",
        until: 29,
    },
    Case {
        list: "service.station",
        before: "",
        after: "",
        behind: "[[service.station]]\nid = \"second\"\nservers = 5\ndispatch = \"sq2\"\n\
            arrivals = { law = \"exponential\", mean = \"600 s\" }\n\
            service = { law = \"erlang\", mean = \"2400 s\", phases = 2 }\n\
            cache = { objects = 1000, capacity = 100 }\n",
        front: "[[service.station]]\nid = \"first\"\nservers = 5\ndispatch = \"random\"\n\
            arrivals = { law = \"exponential\", mean = \"600 s\" }\n\
            service = { law = \"exponential\", mean = \"2400 s\" }\n",
        renamed: Some(("\"second\"", "\"third\"")),
        label: "second",
        until: 30,
    },
    Case {
        list: "connection.outage",
        before: "[connection]\ndevices = 200\ninterval = \"2 h\"\nlink = { loss = \"5 %\" }\n",
        after: "",
        behind: "[[connection.outage]]\nat = \"10 d\"\nlength = \"2 d\"\nshare = 0.4\n",
        // It cuts nobody off.
        front: "[[connection.outage]]\nat = \"5 d\"\nlength = \"1 d\"\nshare = 0.0\n",
        renamed: Some(("\"2 d\"", "\"49 h\"")),
        label: "",
        until: 30,
    },
    Case {
        list: "connection.outage, over a protocol",
        before: "[connection]\ndevices = 50\ninterval = \"2 h\"\nprotocol = \"mqtt\"\n\
            link = { loss = \"5 %\" }\n",
        after: "",
        behind: "[[connection.outage]]\nat = \"10 d\"\nlength = \"2 d\"\nshare = 0.4\n",
        front: "[[connection.outage]]\nat = \"5 d\"\nlength = \"1 d\"\nshare = 0.0\n",
        renamed: Some(("\"2 d\"", "\"49 h\"")),
        label: "",
        until: 30,
    },
    // Two chains in any case, since one alone records without its name.
    Case {
        list: "blockchain.chain",
        before: "",
        after: CHAIN_AFTER,
        behind: "[[blockchain.chain]]\nid = \"own\"\nblock_time = \"10 min\"\n\
            load = { users = 40, rate = \"0.01 /s\", burst_factor = 2, reservation = \"1e-5 token\" }\n\
            devices = { devices = 10, uptime = \"2 d\" }\n\
            attestation = { devices = 10, verifiers = 20, liars = 0.5, lie_chance = 0.5 }\n\
            dispatch = { devices = 10, forgotten = 0.2 }\n\
            escrow = { traders = 5, deals = \"20 /d\", seller_default = 0.1 }\n\
            telemetry = { devices = 5, interval = \"1 h\", way = \"anchored\", forged = 0.1 }\n",
        front: "[[blockchain.chain]]\nid = \"front\"\nblock_time = \"20 min\"\n\
            load = { users = 40, rate = \"0.01 /s\" }\nattestation = { devices = 7 }\n\
            escrow = { traders = 5 }\n",
        renamed: Some(("\"own\"", "\"other\"")),
        label: "own",
        until: 30,
    },
    Case {
        list: "blockchain.chain, proof of stake",
        before: "",
        after: CHAIN_AFTER,
        behind: "[[blockchain.chain]]\nid = \"own\"\nblock_time = \"10 min\"\nconsensus = \"stake\"\n\
            members = { validators = 20, offline = 0.1, equivocation = 0.01 }\n",
        front: "[[blockchain.chain]]\nid = \"front\"\nblock_time = \"10 min\"\n\
            consensus = \"stake\"\nmembers = { validators = 20, offline = 0.1 }\n",
        renamed: Some(("\"own\"", "\"other\"")),
        label: "own",
        until: 30,
    },
    Case {
        list: "blockchain.chain, proof of work",
        before: "",
        after: CHAIN_AFTER,
        behind: "[[blockchain.chain]]\nid = \"own\"\nblock_time = \"10 min\"\nconsensus = \"work\"\n\
            travel = \"exponential\"\nmembers = { miners = 10, travel = \"2 min\" }\n",
        front: "[[blockchain.chain]]\nid = \"front\"\nblock_time = \"10 min\"\n\
            consensus = \"work\"\ntravel = \"exponential\"\nmembers = { miners = 10 }\n",
        renamed: Some(("\"own\"", "\"other\"")),
        label: "own",
        until: 30,
    },
    Case {
        list: "blockchain.chain, proof of work by gossip",
        before: "",
        after: CHAIN_AFTER,
        behind: "[[blockchain.chain]]\nid = \"own\"\nblock_time = \"10 min\"\nconsensus = \"work\"\n\
            travel = \"gossip\"\nmembers = { miners = 10 }\n",
        front: "[[blockchain.chain]]\nid = \"front\"\nblock_time = \"10 min\"\n\
            consensus = \"work\"\ntravel = \"gossip\"\nmembers = { miners = 10 }\n",
        renamed: Some(("\"own\"", "\"other\"")),
        label: "own",
        until: 30,
    },
    Case {
        list: "blockchain.chain, expected consensus",
        before: "",
        after: CHAIN_AFTER,
        behind: "[[blockchain.chain]]\nid = \"own\"\nblock_time = \"10 min\"\n\
            consensus = \"expected\"\nmembers = { participants = 20 }\n",
        front: "[[blockchain.chain]]\nid = \"front\"\nblock_time = \"10 min\"\n\
            consensus = \"expected\"\nmembers = { participants = 20 }\n",
        renamed: Some(("\"own\"", "\"other\"")),
        label: "own",
        until: 30,
    },
    Case {
        list: "blockchain.bridge",
        before: "",
        after: "",
        behind: "[[blockchain.bridge]]\nname = \"own\"\nkind = \"relayers\"\nrelayers = 5\n\
            needed = 3\ntransfers = \"40 /d\"\ncheats = 3\nforgeries = \"0.1 /d\"\n\
            home = { interval = \"2 min\", blocks = \"random\", finality = 5 }\n\
            other = { interval = \"2 min\", finality = 5 }\n",
        front: "[[blockchain.bridge]]\nname = \"front\"\nkind = \"light_client\"\n\
            transfers = \"20 /d\"\nhome = { interval = \"5 min\", finality = 5 }\n\
            other = { interval = \"5 min\", finality = 5 }\n",
        renamed: Some(("\"own\"", "\"other\"")),
        label: "own",
        until: 30,
    },
    Case {
        list: "data.store.shock",
        before: "[data.nodes]\ncount = 40\nregions = 4\nlife = \"90 d\"\noutage_every = \"9 d\"\n\
            outage_lasts = \"5 h\"\n[data.store]\nobjects = 100\nobject_size = \"1 MiB\"\n\
            needed = 2\npieces = 4\nreads = \"1 /h\"\nrepair = { time = \"9 h\" }\n",
        after: "",
        behind: "[[data.store.shock]]\nafter = \"10 d\"\ndomain = \"region\"\nnumber = 1\n\
            effect = \"outage\"\nlasts = \"2 d\"\n",
        front: "[[data.store.shock]]\nafter = \"29.5 d\"\ndomain = \"region\"\nnumber = 2\n\
            effect = \"outage\"\nlasts = \"1 h\"\n",
        renamed: None,
        label: "",
        until: 29,
    },
];

/// Rows of a label up to a day, by metric and instant.
fn rows(text: &str, label: &str, until: u64) -> Vec<(SimTime, &'static str, u64)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("front.toml");
    let head =
        "schema = 1\n[meta]\nname = \"front\"\n[run]\nstart = 2025-01-01\nhorizon = \"30 d\"\n";
    std::fs::write(&path, format!("{head}{text}")).unwrap();
    let experiment = load(&path, &[]).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"));
    let streams = Streams::new(11, 0);
    let mut run = Simulation::new(experiment.points[0].scenario.world(&streams), streams);
    run.run_until(SimTime::ZERO + SimDuration::from_days(until));
    assert_eq!(run.ctx.checks.breach(), None);
    let wanted = run.ctx.records.label(label);
    let name = |row: &pinwheel_core::Row| registry::ALL.spec(row.metric).name;
    let all = run.ctx.records.drain();
    // What pending events take is of the whole world, and one metric compares a chain with the one
    // before it.
    let of_several = ["bytes_per_device", "users_lost_per_doubling"];
    let own = |row: &&pinwheel_core::Row| row.label == wanted && !of_several.contains(&name(row));
    all.iter().filter(own).map(|row| (row.time, name(row), row.value.to_bits())).collect()
}

#[test]
fn an_entry_put_in_front_moves_none_of_the_draws_of_those_behind_it() {
    for case in CASES {
        let Case { list, before, after, behind, front, renamed, label, until } = case;
        let alone = rows(&format!("{before}{behind}{after}"), label, *until);
        assert!(alone.len() >= *until as usize, "{list}: \"{label}\" is recorded each day");
        let beside = rows(&format!("{before}{front}{behind}{after}"), label, *until);
        assert_eq!(alone, beside, "{list}: an entry in front");
        let beside = rows(&format!("{before}{behind}{front}{after}"), label, *until);
        assert_eq!(alone, beside, "{list}: an entry behind");
        let Some((name, other)) = renamed else { continue };
        let label = label.replace(name.trim_matches('"'), other.trim_matches('"'));
        let apart =
            rows(&format!("{before}{}{after}", behind.replace(name, other)), &label, *until);
        let values = |rows: &[(SimTime, &str, u64)]| {
            rows.iter().map(|row| (row.1.to_owned(), row.2)).collect::<Vec<_>>()
        };
        assert_ne!(values(&alone), values(&apart), "{list}: another name is another entry");
    }
}

/// Data nodes on devices: a class of the fleet in front of theirs, and a class in front of theirs
/// in `on` whose nodes have no room. On the four nodes that have, each object has a piece, so that
/// nothing is left to placement; a node suits that is full only where there are such nodes.
#[test]
fn a_class_put_in_front_moves_no_draw_of_data_nodes() {
    let class = |id: &str, failure: &str| {
        format!("[[infrastructure.class]]\nid = \"{id}\"\ncount = 4\n{failure}")
    };
    let (front, behind) = (
        class("a", ""),
        class(
            "b",
            "failure = { law = \"exponential\", mean = \"4 d\" }\n\
             repair = { law = \"exponential\", mean = \"9 h\" }\n",
        ),
    );
    let data = |classes: &str, on: &str, capacity: &str| {
        let text = format!(
            "{classes}[data.nodes]\non = {on}\nlost_share = \"50 %\"\n\
             capacity = {{ {capacity} }}\n[data.store]\nobjects = 50\nobject_size = \"1 MiB\"\n\
             needed = 1\npieces = 4\nreads = \"1 /h\"\n\
             repair = {{ time = \"3 h\", law = \"fixed\" }}\n"
        );
        let rows = rows(&text, "", 30).into_iter();
        let own = |name: &str| name.starts_with("data_") && name != "data_placements_refused";
        rows.filter(|row| own(row.1)).collect::<Vec<_>>()
    };
    let alone = data(&behind, "\"b\"", "b = \"1 GB\"");
    let rebuilt = |row: &&(SimTime, &str, u64)| row.1 == "data_rebuilds" && row.2 != 0;
    assert!(alone.iter().filter(rebuilt).count() > 5, "nodes lose what they hold");
    assert_eq!(alone, data(&format!("{front}{behind}"), "\"b\"", "b = \"1 GB\""));
    let both = "a = \"1 B\", b = \"1 GB\"";
    assert_eq!(alone, data(&format!("{front}{behind}"), "[\"a\", \"b\"]", both));
}

/// Two outages of one time and length cut off each its own share, not both the same senders.
#[test]
fn equal_outages_cut_off_senders_of_their_own() {
    let outage = "[[connection.outage]]\nat = \"10 d\"\nlength = \"2 d\"\nshare = 0.4\n";
    let ages = |outages: usize| {
        let text = "[connection]\ndevices = 200\ninterval = \"2 h\"\n".to_owned();
        rows(&(text + &outage.repeat(outages)), "", 30)
    };
    assert_ne!(ages(2), ages(1));
}

/// Kinds of record sum to one size: what a kind in front adds is what it has alone.
#[test]
fn a_kind_of_record_put_before_another_moves_none_of_its_draws() {
    let record = |id: &str, rate: &str| {
        format!("[[data.growth.record]]\nid = \"{id}\"\nrate = \"{rate}\"\nsize = \"220 B\"\n")
    };
    let size = |records: &str| {
        let all = rows(&format!("[data.nodes]\ncount = 10\n{records}"), "archive", 30);
        let sizes = all.iter().filter(|row| row.1 == "data_ledger_size");
        sizes.map(|row| f64::from_bits(row.2)).collect::<Vec<_>>()
    };
    let (first, second) = (record("first", "2 /s"), record("second", "3 /s"));
    let (one, two, both) = (size(&first), size(&second), size(&format!("{first}{second}")));
    assert!(both.len() == 30 && size(&second.replace("second", "third")) != two);
    for ((one, two), both) in one.iter().zip(&two).zip(&both) {
        assert!((one + two - both).abs() < 1e-9 * both, "{one} and {two} are not {both}");
    }
}

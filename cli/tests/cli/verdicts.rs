//! Invariants, baselines and what CI systems read of them, through the binary.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{pinwheel, root, stderr, stdout};

/// Twenty days of Filecoin by the day, below a folder of its own.
fn scenario(folder: &Path, name: &str, statements: &str) {
    fs::create_dir_all(folder.join("scenarios/x")).unwrap();
    let state = root().join("scenarios/data/filecoin/state_2025-01-31.toml");
    fs::copy(state, folder.join("scenarios/state.toml")).unwrap();
    let text = format!(
        "schema = 1\n[meta]\nname = \"{name}\"\n\
         [ensemble]\nruns = 2\n[run]\nstart = 2025-01-31\nhorizon = \"20 d\"\n\
         [network]\nkind = \"filecoin\"\nrules = \"mainnet@2026-06-01\"\ndetail = \"day\"\n\
         providers = 60\nbehaviour = \"rational\"\ninitial = \"../state.toml\"\n\
         price = {{ start = \"4.7 USD\", drift = \"0 %/y\", volatility = \"80 %/sqrt(y)\" }}\n\
         {statements}"
    );
    fs::write(folder.join(format!("scenarios/x/{name}.toml")), text).unwrap();
}

const CONSERVED: &str = "[[invariant]]\nid = \"supply\"\nexact = true\nalways = \"\"\"\n\
    supply_circulating + supply_locked + supply_burned == \
    supply_vested + supply_mined + 17_066_619 FIL\"\"\"\n";

/// Tags, attributes and entities of a document; its nesting must be right.
fn well_formed(text: &str) -> Vec<String> {
    let mut rest =
        text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").expect("a head");
    let (mut open, mut seen) = (Vec::new(), Vec::new());
    while let Some(start) = rest.find('<') {
        entities(&rest[..start]);
        let end = rest.find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        assert!(!tag.contains('<'), "{tag}");
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closed out of order");
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap_or_default().to_owned();
        let quotes = tag.matches('"').count();
        assert!(quotes.is_multiple_of(2) && quotes / 2 == tag.matches("=\"").count(), "{tag}");
        entities(tag);
        if !tag.ends_with('/') {
            open.push(name.clone());
        }
        seen.push(name);
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} are still open");
    seen
}

fn entities(text: &str) {
    for part in text.split('&').skip(1) {
        let entity = part.split(';').next().unwrap_or_default();
        let known = ["amp", "lt", "gt", "quot", "#9", "#10", "#13"];
        assert!(known.contains(&entity), "&{entity};");
    }
}

#[test]
fn ci_is_told_what_failed_where_and_how_to_see_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let broken = "[[invariant]]\nid = \"power\"\nalways = \"raw_power < 4 EiB and qa_power > 0\"\n\
                  severity = \"warn\"\n\
                  [[invariant]]\nid = \"burn\"\nfinal = \"supply_burned < 1 FIL\"\n";
    scenario(folder, "good", CONSERVED);
    scenario(folder, "broken", &format!("{CONSERVED}{broken}"));
    scenario(folder, "typo", &CONSERVED.replace("supply_vested", "suply_vested"));
    let arguments = [
        "check",
        "scenarios/x",
        "--run",
        "--github",
        "--junit",
        "out/ci/junit.xml",
        "--summary",
        "summary.md",
    ];
    fs::write(folder.join("summary.md"), "before\n").unwrap();
    let output = pinwheel(folder, &arguments);
    let (text, errors) = (stdout(&output), stderr(&output));
    assert_eq!(output.status.code(), Some(2), "{text}\n{errors}");
    assert!(text.contains("1 passed, 2 failed"), "a bad scenario hides no other: {text}");
    assert!(folder.join("out/good/report.html").exists(), "{errors}");

    let junit = fs::read_to_string(folder.join("out/ci/junit.xml")).unwrap();
    let tags = well_formed(&junit);
    let count = |name: &str| tags.iter().filter(|tag| *tag == name).count();
    assert_eq!((count("testsuite"), count("failure"), count("error")), (3, 1, 1), "{junit}");
    let attribute = format!("tests=\"{}\"", count("testcase"));
    assert!(junit.lines().nth(1).unwrap().contains(&attribute), "{junit}");
    assert!(
        junit.contains("supply_burned &lt; 1 FIL: ")
            && junit.contains("\nreplay: pinwheel replay out/broken")
    );
    // Where Python is, its parser has the last word.
    let script =
        "import sys, xml.etree.ElementTree as t; print(len(t.parse(sys.argv[1]).getroot()))";
    match Command::new("python3")
        .args(["-c", script, "out/ci/junit.xml"])
        .current_dir(folder)
        .output()
    {
        Ok(parsed) => assert_eq!(stdout(&parsed).trim(), "3", "{}", stderr(&parsed)),
        Err(error) => eprintln!("not parsed by Python: {error}"),
    }

    let file = fs::read_to_string(folder.join("scenarios/x/broken.toml")).unwrap();
    let line = 1 + file.lines().position(|line| line == "id = \"burn\"").unwrap();
    let error = format!("::error file=scenarios/x/broken.toml,line={line},title=invariant burn::");
    let found = text.lines().find(|line| line.starts_with(&error)).expect(&error);
    assert!(found.contains("%0Areplay: pinwheel replay") && found.contains("1 FIL"), "{found}");
    assert!(text.contains("::warning file=scenarios/x/broken.toml"), "{text}");
    let typo =
        text.lines().find(|line| line.starts_with("::error file=scenarios/x/typo.toml,line="));
    assert!(typo.is_some_and(|line| line.contains("did you mean \"supply_vested\"?")), "{text}");

    let summary = fs::read_to_string(folder.join("summary.md")).unwrap();
    assert!(summary.starts_with("before\n## Pinwheel: 2 of 3 scenarios failed"), "{summary}");
    assert!(summary.contains("```sh\n  pinwheel replay out/broken"), "{summary}");

    let output = pinwheel(folder, &["check", "scenarios/x/typo.toml"]);
    let text = fs::read_to_string(folder.join("scenarios/x/typo.toml")).unwrap();
    let line = 1 + text.lines().position(|line| line.contains("suply_vested")).unwrap();
    let place = format!("scenarios/x/typo.toml:{line}:55: invariant[0].always: unknown metric");
    assert!(stderr(&output).contains(&place), "{}", stderr(&output));
}

#[test]
fn a_replay_lands_one_tick_before_the_failure() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // The amount of the seventh day, from a run that nothing stops.
    scenario(folder, "free", "[[outcome]]\nid = \"x\"\nvalue = \"supply_mined\"\n");
    let seventh =
        ["run", "scenarios/x/free.toml", "-q", "--set", "run.horizon=\"7 d\"", "-o", "seven"];
    assert_eq!(pinwheel(folder, &seventh).status.code(), Some(0));
    let replay = |before: &str| {
        let output = pinwheel(
            folder,
            &["replay", "seven", "--point", "main", "--run", "1", "--before", before],
        );
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stdout(&output)
    };
    let text = replay("2025-02-07T00:00:00.000000001");
    let line = text.lines().find(|line| line.trim_start().starts_with("supply_mined ")).unwrap();
    let exact = line.split_whitespace().last().unwrap().to_owned();

    let stated = format!(
        "[[invariant]]\nid = \"mined\"\nexact = true\nalways = \"supply_mined < {exact} FIL\"\n"
    );
    scenario(folder, "stopped", &stated);
    let output = pinwheel(folder, &["run", "scenarios/x/stopped.toml", "-o", "out/it's"]);
    assert_eq!(output.status.code(), Some(1));
    let (text, errors) = (stdout(&output), stderr(&output));
    let command =
        "pinwheel replay 'out/it'\\''s' --point main --run 1 --before 2025-02-07T00:00:00";
    assert!(errors.contains(command), "{errors}");
    assert!(text.contains("mined failed on 2025-02-0"), "{text}");
    let before =
        ["replay", "out/it's", "--point", "main", "--run", "1", "--before", "2025-02-07T00:00:00"];
    let output = pinwheel(folder, &before);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(text.contains("last record: 2025-02-06T00:00:00"), "{text}");
    assert!(text.contains("raw_power") && text.contains("income"), "all metrics are shown: {text}");
    for (argument, word) in [("9", "has runs 0 to 1"), ("1", "no point")] {
        let point = if word == "no point" { "elsewhere" } else { "main" };
        let before = "2025-02-07T00:00:00";
        let output = pinwheel(
            folder,
            &["replay", "out/it's", "--point", point, "--run", argument, "--before", before],
        );
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(word), "{}", stderr(&output));
    }
    let output = pinwheel(folder, &["replay", "out/it's", "--run", "1"]);
    assert_eq!(output.status.code(), Some(2), "half a place is none");
}

#[test]
fn a_replay_that_was_kept_goes_on_as_one_in_one_go() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    scenario(folder, "kept", "[[outcome]]\nid = \"x\"\nvalue = \"supply_mined\"\n");
    for (result, seed) in [("seven", "1"), ("other", "2")] {
        let horizon = "run.horizon=\"7 d\"";
        let file = "scenarios/x/kept.toml";
        let run = ["run", file, "-q", "--seed", seed, "--set", horizon, "-o", result];
        assert_eq!(pinwheel(folder, &run).status.code(), Some(0));
    }
    let replay = |result: &str, arguments: &[&str], code| {
        let output = pinwheel(folder, &[&["replay", result][..], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        if code == 0 { stdout(&output) } else { stderr(&output) }
    };
    let at = |before| ["--point", "main", "--run", "1", "--before", before];
    let (fourth, seventh) = ("2025-02-04T06:30:00", "2025-02-07T00:00:00.000000001");
    let straight = replay("seven", &at(seventh), 0);
    let kept = replay("seven", &[&at(fourth)[..], &["--keep", "at.run"]].concat(), 0);
    assert!(kept.contains("kept in at.run"), "{kept}");
    assert_eq!(replay("seven", &["--from", "at.run", "--before", seventh], 0), straight);
    // Not backwards, not in another result, and not from something else.
    let back = replay("seven", &["--from", "at.run", "--before", "2025-02-03T00:00:00"], 2);
    assert!(back.contains("cannot go back"), "{back}");
    let other = replay("other", &["--from", "at.run", "--before", seventh], 2);
    assert!(other.contains("a run of another result"), "{other}");
    fs::write(folder.join("torn.run"), &fs::read(folder.join("at.run")).unwrap()[..900]).unwrap();
    let torn = replay("seven", &["--from", "torn.run", "--before", seventh], 2);
    assert!(torn.contains("damaged or cut short"), "{torn}");
    let nowhere = replay("seven", &["--before", seventh], 2);
    assert!(nowhere.contains("--point and --run, or --from"), "{nowhere}");
}

/// Length of the line before the snapshot of a kept run, and of the snapshot's own header: magic,
/// version, hash.
const KEPT_LINE: usize = 34 + 64 + 1;
const SNAPSHOT_HEADER: usize = 8 + 4 + 32;

/// A kept run with another payload, whole by its hash.
fn with_payload(kept: &[u8], payload: &[u8]) -> Vec<u8> {
    let before_hash = KEPT_LINE + SNAPSHOT_HEADER - 32;
    [&kept[..before_hash], blake3::hash(payload).as_bytes(), payload].concat()
}

#[test]
fn a_kept_run_of_another_program_or_of_no_run_is_bad_input() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    scenario(folder, "kept", "[[outcome]]\nid = \"x\"\nvalue = \"supply_mined\"\n");
    let run = ["run", "scenarios/x/kept.toml", "-q", "--set", "run.horizon=\"5 d\"", "-o", "five"];
    assert_eq!(pinwheel(folder, &run).status.code(), Some(0));
    let at = ["--point", "main", "--run", "0", "--before", "2025-02-03T00:00:00"];
    let keep = [&["replay", "five"][..], &at, &["--keep", "at.run"]].concat();
    assert_eq!(pinwheel(folder, &keep).status.code(), Some(0));
    let kept = fs::read(folder.join("at.run")).unwrap();
    let refused = |bytes: &[u8]| {
        fs::write(folder.join("bad.run"), bytes).unwrap();
        let from = ["replay", "five", "--from", "bad.run", "--before", "2025-02-04T00:00:00"];
        let output = pinwheel(folder, &from);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        stderr(&output)
    };
    let mut other = kept.clone();
    other[KEPT_LINE - 65..KEPT_LINE - 1].fill(b'0');
    let told = refused(&other);
    assert!(told.contains("kept by another build of pinwheel"), "{told}");
    for none in [&b"no run"[..], &kept[KEPT_LINE..], &kept[..50], b""] {
        let told = refused(none);
        assert!(told.contains("no run that this version of pinwheel kept"), "{told}");
    }
    let payload = &kept[KEPT_LINE + SNAPSHOT_HEADER..];
    assert_eq!(with_payload(&kept, payload), kept);
    let told = refused(&with_payload(&kept, &payload[..payload.len() - 9]));
    assert!(told.contains("not of a simulation of this model"), "{told}");
    // A last record of a metric that there is not: texts, number and instant stand before it.
    let mut place = 1 + usize::from(payload[0]);
    place += 1 + usize::from(payload[place]) + 1;
    let end_of_number =
        |from: usize| from + payload[from..].iter().position(|b| *b < 128).unwrap() + 1;
    place = end_of_number(end_of_number(place));
    let after = end_of_number(place);
    let odd = [&payload[..place], &[0xFF, 0xFF, 0x03], &payload[after..]].concat();
    let told = refused(&with_payload(&kept, &odd));
    assert!(told.contains("the run cannot go on from it"), "{told}");
    // A file that is longer than any run: it is not read.
    fs::File::create(folder.join("long.run")).unwrap().set_len(17 << 30).unwrap();
    let from = ["replay", "five", "--from", "long.run", "--before", "2025-02-04T00:00:00"];
    let output = pinwheel(folder, &from);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("has at most 16 GiB"), "{}", stderr(&output));
}

/// Runs that a breach ended have no outcome: whoever reads one, or accepts it, must know.
#[test]
fn outcomes_of_stopped_runs_are_told_and_not_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let stated = "[baseline]\nfile = \"b.json\"\n\
                  [[outcome]]\nid = \"power\"\nvalue = \"raw_power\"\n\
                  [[invariant]]\nid = \"low\"\nalways = \"supply_burned < 40_330_000 FIL\"\n";
    scenario(folder, "stopped", stated);
    let output = pinwheel(folder, &["run", "scenarios/x/stopped.toml"]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    let page = fs::read_to_string(folder.join("out/stopped/report.html")).unwrap();
    assert!(page.contains(" of 2 runs were stopped at a breach"), "{}", stdout(&output));
    let accept = ["baseline", "accept", "out/stopped", "--reason", "why not"];
    let output = pinwheel(folder, &accept);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stderr(&output).contains(" of 2 runs were stopped at a breach"), "{}", stderr(&output));
    assert!(!folder.join("scenarios/x/b.json").exists());
}

#[test]
fn a_baseline_is_missing_accepted_kept_and_changed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let stated = "[baseline]\nfile = \"baselines/b.json\"\nrelative = \"1 %\"\n\
                  [[outcome]]\nid = \"burned\"\nvalue = \"supply_burned - first(supply_burned)\"\n\
                  [[outcome]]\nid = \"fair\"\nvalue = \"gini(income)\"\nrelative = \"80 %\"\n";
    scenario(folder, "b", stated);
    let run = |more: &[&str]| {
        let output = pinwheel(folder, &[&["run", "scenarios/x/b.toml"], more].concat());
        (output.status.code(), stdout(&output))
    };
    let (code, text) = run(&[]);
    assert_eq!(code, Some(3), "{text}");
    assert!(
        text.contains("there is no baseline") && text.contains("pinwheel baseline accept"),
        "{text}"
    );
    let output = pinwheel(folder, &["baseline", "show", "scenarios/x/b.toml"]);
    assert_eq!(output.status.code(), Some(3));

    let no_reason = pinwheel(folder, &["baseline", "accept", "out/b"]);
    assert_eq!(no_reason.status.code(), Some(2), "a reason is owed");
    let accept =
        ["baseline", "accept", "out/b", "--reason", "first numbers", "--date", "2026-11-25"];
    let output = pinwheel(folder, &accept);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let file = folder.join("scenarios/x/baselines/b.json");
    let accepted = fs::read_to_string(&file).unwrap();
    assert!(accepted.contains("\"reason\": \"first numbers\"") && accepted.contains("2026-11-25"));
    let text = stdout(&pinwheel(folder, &["baseline", "show", "scenarios/x/b.toml"]));
    assert!(
        text.contains("accepted on 2026-11-25: first numbers") && text.contains("burned"),
        "{text}"
    );

    let (code, text) = run(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("baseline: as accepted") && !text.contains("note:"), "{text}");
    // The same numbers by another road: a note, and no failure.
    let parts = accepted.replace("\"fingerprint\": \"", "\"fingerprint\": \"0");
    fs::write(&file, &parts).unwrap();
    let (code, text) = run(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("note: the fingerprint has changed"), "{text}");

    fs::write(&file, &accepted).unwrap();
    let (code, text) = run(&["--set", "network.providers=40"]);
    assert_eq!(code, Some(3), "{text}");
    assert!(
        text.contains("CHANGED") && text.contains("note: the scenario is not the one"),
        "{text}"
    );
    for allowed in [" 1\u{a0}% allowed", " 80\u{a0}% allowed"] {
        assert!(text.contains(allowed), "{text}");
    }
    let (code, text) = run(&["--set", "network.providers=40", "--set", "baseline.relative=1.0"]);
    assert_eq!(code, Some(0), "within the tolerance: {text}");
    // Two runs cannot be told from chance.
    let (code, text) = run(&["--set", "network.providers=40", "--set", "baseline.test=paired"]);
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("2 pairs of runs say nothing; it takes 6"), "{text}");

    fs::write(&file, accepted.replace("\"format\": 1", "\"format\": 9")).unwrap();
    let (code, _) = run(&[]);
    assert_eq!(code, Some(2), "a file of another format is refused");
}

#[test]
fn sizes_choose_their_section() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let stated = "[ci]\n\"run.horizon\" = \"3 d\"\n[full]\n\"run.horizon\" = \"5 d\"\n";
    scenario(folder, "sized", &format!("{CONSERVED}hold_in = 0.9\n{stated}"));
    let horizon = |size: &str| {
        let output = pinwheel(
            folder,
            &["check", "scenarios/x/sized.toml", "--run", "--size", size, "-o", size],
        );
        // Two runs cannot prove a share of nine in ten.
        assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
        assert!(stdout(&output).contains("it takes 25 runs"), "{}", stdout(&output));
        let resolved = fs::read_to_string(folder.join(size).join("sized/scenario.toml")).unwrap();
        assert!(!resolved.contains("[ci]") && !resolved.contains("[full]"), "{resolved}");
        resolved.lines().find(|line| line.starts_with("horizon")).unwrap().to_owned()
    };
    assert_eq!(horizon("small"), "horizon = \"20 d\"");
    assert_eq!(horizon("ci"), "horizon = \"3 d\"");
    assert_eq!(horizon("full"), "horizon = \"5 d\"");
    let output = pinwheel(folder, &["check", "scenarios/x/sized.toml"]);
    let text = stdout(&output);
    assert!(
        text.contains("invariant supply: 2 runs cannot prove 90\u{a0}% of all; it takes 25"),
        "{text}"
    );
}

#[test]
fn the_shipped_invariants_hold() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().display().to_string();
    let path = "scenarios/reviews/invariants.toml";
    let output = pinwheel(&root(), &["check", path, "--run", "-o", &out]);
    let text = format!("{}{}", stdout(&output), stderr(&output));
    assert_eq!(output.status.code(), Some(0), "{text}");
    let verdict = fs::read_to_string(folder.path().join("invariants/verdict.json")).unwrap();
    for kind in ["always", "sometimes", "final", "over"] {
        assert!(verdict.contains(&format!("\"kind\": \"{kind}\"")), "{kind}");
    }
    assert!(!verdict.contains("\"standing\": \"failed\""), "{verdict}");
}

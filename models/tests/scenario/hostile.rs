//! What an attacker or an accident would write: nothing may panic, hang, or leave its folder.

use std::path::Path;

use pinwheel_models::input::diagnostic::Diagnostic;
use pinwheel_models::scenario::load;
use proptest::prelude::*;

use crate::valid::{VALID, folder_with_data};

/// The one fault of these bytes as a scenario.
fn fault_of(bytes: impl AsRef<[u8]>) -> Diagnostic {
    let folder = folder_with_data();
    let path = folder.path().join("scenario.toml");
    std::fs::write(&path, bytes).expect("writable");
    one_fault(&path, &[])
}

fn one_fault(path: &Path, overrides: &[(String, String)]) -> Diagnostic {
    let faults = load(path, overrides).expect_err("a broken scenario");
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(!faults[0].help.is_empty(), "{}", faults[0]);
    faults.into_iter().next().expect("one fault")
}

#[test]
fn a_key_of_two_megabytes_is_refused_by_size() {
    let dotted = format!("{} = 1\n", vec!["a"; 1 << 20].join("."));
    assert!(dotted.len() > 2_000_000);
    assert!(fault_of(dotted).message.contains("larger than 1048576 bytes"));
}

#[test]
fn long_and_deep_keys_within_the_size_are_refused() {
    for text in [
        format!("{} = 1\n", vec!["a"; 500_000].join(".")),
        format!("[{}]\n", vec!["a"; 500_000].join(".")),
        format!("{} = 1\n", "a".repeat(1_000_000)),
        format!("a = {}\n", "[".repeat(1_000_000)),
        format!("a = {}{}\n", "[".repeat(500_000), "]".repeat(500_000)),
        format!("a = {}\n", "{a=".repeat(300_000)),
        format!("a = \"{}\n", "x".repeat(1_000_000)),
        format!("a = 1{}\n", "0".repeat(1_000_000)),
    ] {
        let shown = fault_of(text).to_string();
        assert!(shown.len() < 1_000, "{} bytes of message", shown.len());
    }
}

#[test]
fn a_hundred_thousand_keys_are_refused_in_one_message() {
    let many: String = (0..100_000).map(|number| format!("k{number}=1\n")).collect();
    assert!(fault_of(many).message.contains("too many values"));
    let headers: String = (0..80_000).map(|number| format!("[a{number}]\n")).collect();
    assert!(fault_of(headers).message.contains("too many values"));
}

#[test]
fn many_faults_are_counted_not_listed() {
    let folder = folder_with_data();
    let path = folder.path().join("scenario.toml");
    let unknown: String = (0..5_000).map(|number| format!("k{number} = 1\n")).collect();
    std::fs::write(&path, format!("{unknown}{VALID}")).expect("writable");
    let faults = load(&path, &[]).expect_err("unknown keys");
    assert_eq!(faults.len(), 101);
    assert!(faults[100].message.contains("more than 100 faults"), "{}", faults[100]);
}

#[test]
fn an_empty_file_misses_its_schema() {
    let fault = fault_of("");
    assert_eq!((fault.key.as_str(), fault.message.as_str()), ("schema", "missing"));
}

#[test]
fn a_directory_a_missing_file_and_a_device_are_no_scenario() {
    let folder = folder_with_data();
    assert!(one_fault(folder.path(), &[]).message.contains("is a directory"));
    let missing = folder.path().join("dta");
    assert!(one_fault(&missing, &[]).help.contains("did you mean \"data\"?"));
    #[cfg(unix)]
    assert!(one_fault(Path::new("/dev/zero"), &[]).message.contains("is a device"));
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_may_not_leave_the_folder() {
    let (folder, outside) = (folder_with_data(), folder_with_data());
    let link = folder.path().join("link.csv");
    std::os::unix::fs::symlink(outside.path().join("data/history.csv"), link).expect("linked");
    let path = folder.path().join("scenario.toml");
    std::fs::write(&path, VALID.replace("data/history.csv", "link.csv")).expect("writable");
    let fault = one_fault(&path, &[]);
    assert!(fault.message.contains("leaves the scenario's folder tree"), "{fault}");
    assert_eq!(fault.key, "network.history");
}

#[test]
fn a_reference_outside_is_refused_whether_it_exists_or_not() {
    let message = |reference: &str| fault_of(VALID.replace("data/history.csv", reference)).message;
    for reference in ["../../../../../../etc/passwd", "../no-such-file", "data/../../x.csv"] {
        assert!(message(reference).contains("leaves the scenario's folder tree"), "{reference}");
    }
}

#[test]
fn bad_overrides_are_faults_of_the_command_line() {
    let folder = folder_with_data();
    let path = folder.path().join("scenario.toml");
    std::fs::write(&path, VALID).expect("writable");
    for (key, value, message) in [
        ("network..providers", "5", "no part of a key"),
        ("", "5", "no part of a key"),
        ("meta.name.first", "5", "nothing lies below a string"),
        ("target[9].limit", "5", "has 3 members"),
        ("target[x].limit", "5", "no part of a key"),
        ("schema", "1", "belongs to the file"),
        ("network.providrs", "5", "unknown key"),
        ("network.providers", "many", "expected an integer, found \"many\""),
        ("network.providers", "nan", "not a finite number"),
        ("run.horizon", "[[[[", "expected a quantity"),
    ] {
        let fault = one_fault(&path, &[(key.to_owned(), value.to_owned())]);
        let expected = key == "run.horizon" || fault.message.contains(message);
        assert!(expected, "{key}: {fault}");
        assert!(fault.file.starts_with("--set "), "{key}: {fault}");
        assert_eq!(fault.line, None, "{key}: {fault}");
    }
    let deep = vec!["a"; 100_000].join(".");
    let fault = one_fault(&path, &[(deep, "1".to_owned())]);
    assert!(fault.message.contains("too long") && fault.to_string().len() < 500, "{fault}");
}

#[test]
fn variants_are_bounded() {
    let folder = folder_with_data();
    let path = folder.path().join("scenario.toml");
    let variant = |number| {
        format!("[[variant]]\nid = \"v{number}\"\nset = {{ \"network.providers\" = {number} }}\n")
    };
    let variants: String = (1..=1_000).map(variant).collect();
    std::fs::write(&path, format!("{VALID}{variants}")).expect("writable");
    assert_eq!(load(&path, &[]).map(|experiment| experiment.points.len()), Ok(1_000));
    std::fs::write(&path, format!("{VALID}{variants}{}", variant(1_001))).expect("writable");
    assert!(one_fault(&path, &[]).message.contains("1001 variants"));
}

#[cfg(unix)]
#[test]
fn a_socket_is_no_data() {
    let folder = folder_with_data();
    let _socket =
        std::os::unix::net::UnixListener::bind(folder.path().join("data.csv")).expect("bound");
    let path = folder.path().join("scenario.toml");
    std::fs::write(&path, VALID.replace("data/history.csv", "data.csv")).expect("writable");
    assert!(one_fault(&path, &[]).message.contains("device, pipe or socket"));
}

#[test]
fn a_long_chain_of_extends_is_refused() {
    let folder = folder_with_data();
    for number in 0..12 {
        let text = format!("extends = \"{}.toml\"\n", number + 1);
        std::fs::write(folder.path().join(format!("{number}.toml")), text).expect("writable");
    }
    std::fs::write(folder.path().join("12.toml"), VALID).expect("writable");
    let fault = one_fault(&folder.path().join("0.toml"), &[]);
    assert!(fault.message.contains("chain is too long: 0.toml -> 1.toml"), "{fault}");
    assert!(load(&folder.path().join("6.toml"), &[]).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(400)
    })]
    /// A valid file with bytes overwritten, put in, doubled or cut: an answer, never a panic.
    #[test]
    fn mutated_files_load_or_are_refused(
        edits in prop::collection::vec((0usize..4, any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let mut bytes = VALID.as_bytes().to_vec();
        for (kind, at, byte) in edits {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, b"[]{}=.\"'\n0-,#e"[usize::from(byte) % 14]),
                2 => drop(bytes.drain(at..(at + usize::from(byte)).min(bytes.len() - 1).max(at))),
                _ => {
                    let copy = bytes[at..(at + usize::from(byte)).min(bytes.len())].to_vec();
                    bytes.splice(at..at, copy);
                }
            }
        }
        let folder = folder_with_data();
        let path = folder.path().join("scenario.toml");
        std::fs::write(&path, bytes).expect("writable");
        if let Err(faults) = load(&path, &[]) {
            prop_assert!(!faults.is_empty());
            for fault in faults {
                prop_assert!(!fault.help.is_empty() && fault.to_string().len() < 4_000);
            }
        }
    }
}

//! The published numbers of the networks, held against runs of their scenarios.

use std::path::Path;

use pinwheel_conform::networks;

/// Fewest numbers, so that none is lost unnoticed.
const NUMBERS_MIN: usize = 30;

fn vectors() -> String {
    format!("{}/vectors/networks.toml", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_published_number_is_met() {
    let result = networks::run(Path::new(&vectors())).unwrap();
    assert_eq!(result.failures, Vec::<String>::new());
    assert!(result.passed >= NUMBERS_MIN, "{} numbers", result.passed);
}

#[test]
fn a_number_that_differs_in_its_last_digit_fails() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(vectors()).unwrap();
    let scenarios = format!("{}/../scenarios", env!("CARGO_MANIFEST_DIR"));
    let text = text.replace("../../scenarios", &scenarios).replace("3_299_497", "3_299_498");
    let file = folder.path().join("networks.toml");
    std::fs::write(&file, text).unwrap();
    let result = networks::run(&file).unwrap();
    assert_eq!(result.failed, 1, "{:?}", result.failures);
    assert!(result.failures[0].contains("month 2"), "{:?}", result.failures);
}

#[test]
fn a_file_of_another_form_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("networks.toml");
    let scenario = format!("{}/../scenarios/networks/dimo.toml", env!("CARGO_MANIFEST_DIR"));
    for (number, words) in [
        ("metric = \"tokens_mint\"", "no such metric"),
        ("metric = \"tokens_minted\"\npublishd = \"1\"", "publishd"),
        ("metric = \"tokens_minted\"\nlabel = \"all\"", "no record"),
    ] {
        let text = format!(
            "[[network]]\nscenario = {scenario:?}\nsource = \"none\"\ndecimals = 18\n\
             [[network.number]]\nwhat = \"it\"\nat = 2023-01-01\npublished = \"1\"\n{number}\n"
        );
        std::fs::write(&file, text).unwrap();
        let error = networks::run(&file).unwrap_err();
        assert!(error.contains(words), "{error}");
    }
    assert!(networks::run(Path::new("nowhere.toml")).is_err());
}

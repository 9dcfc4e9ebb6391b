//! Files with one fault each, under `tests/broken`. Their first line is the message they owe:
//! `# expect: ` and the first line that is shown, from the file's name on.

use std::path::PathBuf;

use pinwheel_models::scenario::load;

const FILES_MIN: usize = 40;

fn files() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let entries = std::fs::read_dir(folder).expect("the folder is part of the repository");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}

#[test]
fn there_are_at_least_forty() {
    assert!(files().len() >= FILES_MIN, "{} files", files().len());
}

#[test]
fn each_gives_the_one_message_it_owes() {
    let mut wrong = Vec::new();
    for path in files() {
        let bytes = std::fs::read(&path).expect("readable");
        let text = String::from_utf8_lossy(&bytes);
        let first_line = text.lines().next().unwrap_or("");
        let expected = first_line.strip_prefix("# expect: ").expect("each file says what it owes");
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        match load(&path, &[]) {
            Ok(_) => wrong.push(format!("{name}: loaded, owes {expected}")),
            Err(faults) => {
                let shown = faults[0].to_string();
                let (message, help) = shown.split_once("\n  help: ").expect("a message and help");
                let helpful = help.len() > 5 && !faults[0].file.is_empty();
                if faults.len() != 1 || !helpful || !message.ends_with(&format!("/{expected}")) {
                    let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
                    wrong.push(format!("{name}: owes {expected}\n{}", all.join("\n")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} files:\n{}", wrong.len(), wrong.join("\n"));
}

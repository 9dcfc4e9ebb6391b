//! `pinwheel check FOLDER`: every scenario is found, and what is left out is told.

use std::fs;
use std::path::Path;

use crate::pinwheel;

/// A scenario that is right and fails its target.
fn scenario(name: &str) -> String {
    format!(
        "schema = 1\n[meta]\nname = \"{name}\"\n[run]\nstart = 2025-01-01\nhorizon = \"2 d\"\n\
         [[infrastructure.class]]\nid = \"node\"\ncount = 10\n[[target]]\nid = \"fails\"\n\
         metric = \"devices_up\"\nmeasure = \"within\"\nlow = 11\nhigh = 12\n"
    )
}

fn told(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = pinwheel(folder, arguments);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn scenarios_are_found_by_what_is_in_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    let write = |name: &str, text: &str| fs::write(root.join(name), text).expect("writable");
    write("bom.toml", &format!("\u{feff}{}", scenario("bom")));
    write("indented.toml", &scenario("indented").replace("schema", "  schema"));
    write("quoted.TOML", &scenario("quoted").replace("schema", "\"schema\""));
    write("child.toml", "extends = \"bom.toml\"\n[meta]\nname = \"child\"\n");
    write("data.toml", "power = 5\n");
    let deep = root.join("a/b/c/d/e/f/g/h/i/j");
    fs::create_dir_all(&deep).expect("writable");
    fs::write(deep.join("deep.toml"), scenario("deep")).expect("writable");
    let (code, text) = told(root, &["check", "."]);
    assert_eq!(code, Some(0), "{text}");
    for name in ["bom.toml", "indented.toml", "quoted.TOML", "child.toml", "deep.toml"] {
        assert!(text.contains(&format!("{name}: ok")), "{name} is not in\n{text}");
    }
    assert!(text.contains("data.toml: neither schema nor extends in it"), "{text}");
    let (code, text) = told(root, &["check", ".", "--run", "-o", "out"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("0 passed, 5 failed"), "{text}");
}

#[test]
fn what_is_no_text_is_an_error_and_hides_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    fs::write(root.join("good.toml"), scenario("good")).expect("writable");
    let utf16: Vec<u8> = scenario("wide").encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(root.join("wide.toml"), utf16).expect("writable");
    let (code, text) = told(root, &["check", "."]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("good.toml: ok") && text.contains("wide.toml"), "{text}");
}

#[cfg(unix)]
#[test]
fn links_are_followed_once() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (root, other) = (folder.path().join("here"), folder.path().join("there"));
    fs::create_dir_all(&root).expect("writable");
    fs::create_dir_all(&other).expect("writable");
    fs::write(other.join("linked.toml"), scenario("linked")).expect("writable");
    symlink(&other, root.join("link")).expect("links can be made");
    symlink(&root, other.join("circle")).expect("links can be made");
    symlink(root.join("gone"), root.join("lost.toml")).expect("links can be made");
    let (code, text) = told(folder.path(), &["check", "here"]);
    assert_eq!(code, Some(2), "{text}");
    assert_eq!(text.matches("linked.toml: ok").count(), 1, "{text}");
    assert!(
        text.contains("circle: a link to") && text.contains("not read: here/lost.toml"),
        "{text}"
    );
}

//! `pinwheel new`: the smallest network that compiles, to grow from.

use std::fs;
use std::path::Path;

use crate::exit::{Exit, Failure};

/// Write the skeleton of a network into this checkout.
#[derive(clap::Args)]
#[command(after_help = "\
Writes models/src/networks/NAME/ (devices that fail and are repaired, a reward a day, exact books)
and scenarios/NAME/first.toml. Nothing that exists is touched; what is left to do is printed.

Example:
  pinwheel new helium")]
pub struct Args {
    /// Name of the network: a to z, 0 to 9 and _
    name: String,
}

const NETWORKS: &str = "models/src/networks";
const NAME_LENGTH_MAX: usize = 32;
/// Words that no Rust module can be called, and folders with a meaning of their own.
const RESERVED: [&str; 16] = [
    "async", "await", "crate", "dyn", "enum", "impl", "loop", "match", "mod", "move", "self",
    "static", "struct", "super", "trait", "type",
];
/// What is written: path with NAME in it, and the template.
const FILES: [(&str, &str); 3] = [
    ("models/src/networks/NAME/mod.rs", include_str!("new/mod.rs.txt")),
    ("models/src/networks/NAME/parameters.rs", include_str!("new/parameters.rs.txt")),
    ("scenarios/NAME/first.toml", include_str!("new/first.toml.txt")),
];

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let name = args.name.as_str();
    check_name(name).map_err(Failure::bad_input)?;
    if !Path::new(NETWORKS).is_dir() {
        let message = format!("there is no {NETWORKS} here: start in the root of the checkout");
        return Err(Failure::bad_input(message));
    }
    let files: Vec<(String, String)> =
        FILES.iter().map(|(path, text)| (path.replace("NAME", name), fill(text, name))).collect();
    if let Some((path, _)) = files.iter().find(|(path, _)| Path::new(path).exists()) {
        return Err(Failure::bad_input(format!("{path} exists; nothing was written")));
    }
    let folder = Path::new(NETWORKS).join(name);
    if folder.exists() {
        let message = format!("{} exists; nothing was written", folder.display());
        return Err(Failure::bad_input(message));
    }
    for (path, text) in &files {
        let write = || {
            fs::create_dir_all(Path::new(path).parent().unwrap_or(Path::new(".")))?;
            fs::write(path, text)
        };
        write().map_err(|error| Failure::bad_input(format!("{path}: {error}")))?;
        outln!("wrote {path}");
    }
    outln!(
        "\nTo do:\n  1. {NETWORKS}/mod.rs:  pub mod {name};\n  \
         2. cargo test --release -p pinwheel-models {name}\n  \
         3. settings.rs, file.rs, spec.rs and `impl Part`, as in {NETWORKS}/filecoin/; then one line\n     \
         in `for_each_network!` of {NETWORKS}/mod.rs and one in models/src/registry.rs.\n     \
         The compiler names what is missing."
    );
    Ok(Exit::Pass)
}

fn check_name(name: &str) -> Result<(), String> {
    let mut characters = name.chars();
    let first = characters.next().is_some_and(|c| c.is_ascii_lowercase());
    let rest = characters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !first || !rest || name.len() > NAME_LENGTH_MAX {
        return Err(format!(
            "{name:?} cannot name a network: 1 to {NAME_LENGTH_MAX} of a to z, 0 to 9 and _, a \
             letter first"
        ));
    }
    if RESERVED.contains(&name) {
        return Err(format!("{name:?} is a word of Rust: choose another name"));
    }
    Ok(())
}

fn fill(template: &str, name: &str) -> String {
    let mut title = name.to_owned();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    template.replace("{title}", &title).replace("{name}", name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cannot_be_modules_are_refused() {
        for bad in ["", "9lives", "Helium", "a-b", "a/b", "..", "self", "é", &"a".repeat(33)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
        for good in ["helium", "io_net", "a1"] {
            assert_eq!(check_name(good), Ok(()));
        }
    }

    #[test]
    fn templates_leave_no_blanks() {
        for (_, template) in FILES {
            let text = fill(template, "helium");
            assert!(!text.contains("{name}") && !text.contains("{title}"), "{text}");
        }
    }
}

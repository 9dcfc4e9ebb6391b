//! `pinwheel new`: a network to grow from, written into a checkout of the sources. What it writes
//! is complete: it is listed, compiles, is tested and runs as it stands. `tests/new.sh` shows it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pinwheel_core::TokenSpec;
use pinwheel_models::input::unit::SYMBOL_BYTES_MAX;
use pinwheel_models::networks::KINDS;
use pinwheel_models::registry;

use crate::exit::{Exit, Failure};

/// Write a network into this checkout of the sources, ready to be built and run.
#[derive(clap::Args)]
#[command(after_help = "\
Writes a network whose devices, of the fleet, earn tokens for the time they are up: its sources in
models/src/networks/NAME/, a test, a scenario and a page of docs; and lists it in
models/src/networks/mod.rs. It compiles, runs and passes its test as it is; then make it yours.
All is written or nothing.

Example, in the root of a checkout:
  cargo run --release -- new helium
  cargo test --release --workspace --test helium
  cargo run --release -- run scenarios/helium/first.toml")]
pub struct Args {
    /// Name of the network: words of a to z and 0 to 9, joined by _
    name: String,
}

/// The file that lists the networks.
const LIST: &str = "models/src/networks/mod.rs";
/// The folder of the sources of the networks.
const NETWORKS: &str = "models/src/networks";
/// Folders that a checkout has, beside that of the networks.
const FOLDERS: [&str; 3] = ["models/tests", "scenarios", "docs/validation"];
/// The name stands in lines of code that have room for so much of it.
const NAME_LENGTH_MAX: usize = 20;
/// Each network may have this many kinds of event before its numbers meet those of another.
const KINDS_APART: usize = 8;
/// What no Rust module can be called (The Rust Reference, "Keywords"), what cargo takes for the
/// root of a crate, and the network that scenarios make themselves.
#[rustfmt::skip]
const RESERVED: [&str; 54] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in",
    "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "generic", "main",
];
/// What is written: path with {name} in it, and the template.
const FILES: [(&str, &str); 12] = [
    ("models/src/networks/{name}/mod.rs", include_str!("new/mod.rs.txt")),
    ("models/src/networks/{name}/card.rs", include_str!("new/card.rs.txt")),
    ("models/src/networks/{name}/figures.rs", include_str!("new/figures.rs.txt")),
    ("models/src/networks/{name}/file.rs", include_str!("new/file.rs.txt")),
    ("models/src/networks/{name}/metrics.rs", include_str!("new/metrics.rs.txt")),
    ("models/src/networks/{name}/parameters.rs", include_str!("new/parameters.rs.txt")),
    ("models/src/networks/{name}/record.rs", include_str!("new/record.rs.txt")),
    ("models/src/networks/{name}/settings.rs", include_str!("new/settings.rs.txt")),
    ("models/src/networks/{name}/spec.rs", include_str!("new/spec.rs.txt")),
    ("models/tests/{name}.rs", include_str!("new/test.rs.txt")),
    ("scenarios/{name}/first.toml", include_str!("new/first.toml.txt")),
    ("docs/validation/{name}.md", include_str!("new/page.md.txt")),
];

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let name = args.name.as_str();
    let root = Path::new(".");
    let plan = Plan::of(name, root).map_err(Failure::bad_input)?;
    plan.carry_out(root).map_err(Failure::bad_input)?;
    for (path, _) in &plan.files {
        outln!("wrote {path}");
    }
    outln!(
        "listed it in {LIST}\n\nNow:\n  cargo test --release --workspace --test {name}\n  \
         cargo run --release -- run scenarios/{name}/first.toml\n\
         CONTRIBUTING.md, \"Adding a network\", says how it becomes a network of its own."
    );
    Ok(Exit::Pass)
}

/// All that is written, known before anything is.
#[derive(Debug)]
struct Plan {
    /// New files: paths relative to the root of the checkout, and their text.
    files: Vec<(String, String)>,
    /// The list of networks as it will be.
    list: String,
}

impl Plan {
    /// Everything that can be refused is refused here.
    fn of(name: &str, root: &Path) -> Result<Plan, String> {
        check_name(name)?;
        let missing = FOLDERS.iter().copied().find(|folder| !root.join(folder).is_dir());
        let list = fs::read_to_string(root.join(LIST));
        let (Ok(list), None) = (list, missing) else {
            let what = missing.unwrap_or(LIST);
            return Err(format!(
                "there is no {what} here: start in the root of a checkout of the sources"
            ));
        };
        let listed = listed(&list)?;
        if listed.contains(&name) {
            return Err(format!("there is a network called {name:?}: choose another name"));
        }
        if listed != KINDS {
            return Err(format!(
                "{LIST} lists {listed:?}, this program was built from sources that list \
                 {KINDS:?}: build it anew, `cargo run --release -- new {name}`"
            ));
        }
        if says(&list, name) {
            return Err(format!("{name:?} is a word of {LIST}: choose another name"));
        }
        let files = filled(name)?;
        let folder = format!("{NETWORKS}/{name}");
        let paths = files.iter().map(|(path, _)| path.as_str()).chain([folder.as_str()]);
        if let Some(path) = paths.into_iter().find(|path| root.join(path).exists()) {
            return Err(format!("{path} exists: remove it, or choose another name"));
        }
        let list = with_network(&list, name)?;
        Ok(Plan { files, list })
    }

    /// Writes everything; if something cannot be written, removes what was.
    fn carry_out(&self, root: &Path) -> Result<(), String> {
        let mut made = Vec::new();
        let written = self.write(root, &mut made);
        if written.is_err() {
            for path in made.iter().rev() {
                // What cannot be removed either is told by the error that led here.
                let _ = if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) };
            }
        }
        written
    }

    /// Notes in `made` every file and folder that was not there before. The list comes last, and
    /// is replaced in one step.
    fn write(&self, root: &Path, made: &mut Vec<PathBuf>) -> Result<(), String> {
        let told = |path: &Path, error: std::io::Error| {
            format!("{}: {error}; nothing was written", path.display())
        };
        let beside = format!("{LIST}.new");
        let files = self.files.iter().map(|(path, text)| (path, text));
        for (path, text) in files.chain([(&beside, &self.list)]) {
            let path = root.join(path);
            if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
                fs::create_dir(folder).map_err(|error| told(folder, error))?;
                made.push(folder.to_owned());
            }
            made.push(path.clone());
            fs::write(&path, text).map_err(|error| told(&path, error))?;
        }
        fs::rename(root.join(beside), root.join(LIST)).map_err(|error| told(Path::new(LIST), error))
    }
}

fn check_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let words = name.split('_').all(|word| !word.is_empty() && word.chars().all(plain));
    let letter = name.starts_with(|c: char| c.is_ascii_lowercase());
    if !letter || !words || name.len() > NAME_LENGTH_MAX {
        return Err(format!(
            "{name:?} cannot name a network: words of a to z and 0 to 9 joined by _, a letter \
             first, 1 to {NAME_LENGTH_MAX} characters"
        ));
    }
    if RESERVED.contains(&name) {
        return Err(format!("{name:?} is a word with a meaning of its own: choose another name"));
    }
    if KINDS.contains(&name) {
        return Err(format!("there is a network called {name:?}: choose another name"));
    }
    if registry::ALL.part(name).is_some() {
        return Err(format!("there is a layer called {name:?}: choose another name"));
    }
    if registry::ALL.find(name).is_some() {
        return Err(format!("there is a metric called {name:?}: choose another name"));
    }
    Ok(())
}

/// The symbol of a network's token: that of `io_net` is `IONET`.
fn symbol(name: &str) -> String {
    let letters = name.chars().filter(|letter| *letter != '_').take(SYMBOL_BYTES_MAX);
    letters.map(|letter| letter.to_ascii_uppercase()).collect()
}

/// Whether a word stands in a text.
fn says(text: &str, word: &str) -> bool {
    text.split(|c: char| c != '_' && !c.is_alphanumeric()).any(|it| it == word)
}

/// The type of a network: `io_net` is `IoNet`.
fn title(name: &str) -> String {
    let mut title = String::new();
    for word in name.split('_') {
        let (first, rest) = word.split_at(1);
        title += &first.to_ascii_uppercase();
        title += rest;
    }
    title
}

/// The files of a network of this name, with numbers that no part has.
fn filled(name: &str) -> Result<Vec<(String, String)>, String> {
    let title = title(name);
    if FILES.iter().any(|(path, text)| path.ends_with(".rs") && says(text, &title)) {
        return Err(format!("{title:?} is a word of the code to be written: choose another name"));
    }
    let symbol = symbol(name);
    let token = TokenSpec { symbol: symbol.clone(), decimals: 0, cap: None };
    if registry::units().declare(token).is_err() {
        return Err(format!(
            "{symbol} cannot be its token, since it or a multiple of it is a unit: choose another \
             name"
        ));
    }
    let (code, first) = free_numbers().ok_or("no number is free for another part")?;
    let numbers = [("{code}", code.to_string()), ("{first}", first.to_string())];
    let names = [
        ("{Title}", title),
        ("{SYMBOL}", symbol),
        ("{words}", name.replace('_', " ")),
        ("{name}", name.into()),
    ];
    let fill = |text: &str| {
        let all = numbers.iter().chain(&names);
        all.fold(text.to_owned(), |text, (blank, word)| text.replace(blank, word))
    };
    let files: Vec<_> = FILES.iter().map(|(path, text)| (fill(path), fill(text))).collect();
    for (_, text) in files.iter().filter(|(path, _)| path.ends_with("metrics.rs")) {
        let quoted = text.split('"').skip(1).step_by(2);
        if let Some(metric) = quoted.into_iter().find(|it| registry::ALL.find(it).is_some()) {
            return Err(format!("there is a metric called {metric:?}: choose another name"));
        }
    }
    Ok(files)
}

/// A code that no part has, and the first of [`KINDS_APART`] kinds of event that no part has.
fn free_numbers() -> Option<(u8, u8)> {
    let code = (0..=u8::MAX).find(|code| registry::ALL.parts().all(|part| part.code != *code))?;
    let taken = |kind: u8| registry::ALL.event_name(kind).is_some();
    let mut firsts = (0..=u8::MAX).step_by(KINDS_APART);
    let first = firsts.find(|first| {
        let last = first.saturating_add(KINDS_APART as u8 - 1);
        !(*first..=last).any(taken)
    })?;
    Some((code, first))
}

/// What stands before and after the last line of the list, in the macro that hands it on.
const BEGIN: &str = "macro_rules! for_each_network {";
const OPEN: &str = "$then! {\n";
const CLOSE: &str = "        }\n";

/// The bytes of the list's lines.
fn lines_of_list(text: &str) -> Result<std::ops::Range<usize>, String> {
    let range = || {
        let begin = text.find(BEGIN)?;
        let open = begin + text[begin..].find(OPEN)? + OPEN.len();
        Some(open..open + text[open..].find(CLOSE)?)
    };
    range().ok_or_else(|| format!("{LIST} has no list of networks, `{BEGIN} ... {OPEN:?}`"))
}

/// The networks of the list, by their folders.
fn listed(text: &str) -> Result<Vec<&str>, String> {
    let lines = text[lines_of_list(text)?].lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.map(|line| folder(line).ok_or_else(|| format!("{LIST}: {line:?} in the list"))).collect()
}

/// The folder that a line of the list names: `Variant(folder: State),`.
fn folder(line: &str) -> Option<&str> {
    Some(line.split_once('(')?.1.split_once(':')?.0)
}

/// The text of the list's file with a network more.
fn with_network(text: &str, name: &str) -> Result<String, String> {
    let end = lines_of_list(text)?.end;
    let title = title(name);
    let listed = format!("{}            {title}({name}: {title}),\n{}", &text[..end], &text[end..]);
    // rustfmt keeps the modules in the order of their names.
    let modules = listed.lines().filter_map(|line| {
        let module = line.strip_prefix("pub mod ")?.strip_suffix(';')?;
        Some((module, line.as_ptr() as usize - listed.as_ptr() as usize))
    });
    let modules: BTreeSet<(&str, usize)> = modules.collect();
    let next = modules.iter().find(|(module, _)| *module > name);
    let place = match (next, modules.last()) {
        (Some((_, place)), _) => *place,
        (None, Some((last, place))) => place + format!("pub mod {last};\n").len(),
        (None, None) => return Err(format!("{LIST} declares no module of a network")),
    };
    Ok(format!("{}pub mod {name};\n{}", &listed[..place], &listed[place..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = include_str!("../../models/src/networks/mod.rs");

    #[test]
    fn names_that_cannot_be_networks_are_refused() {
        let layer = registry::ALL.parts().last().expect("there are layers").name;
        let metric = registry::ALL.metrics().next().expect("there are metrics").name;
        let odd = ["", "9lives", "Helium", "a-b", "a/b", "..", "é", "a__b", "a_", "_a", "a b"];
        let long = "a".repeat(NAME_LENGTH_MAX + 1);
        for bad in odd.iter().chain(&["self", "gen", "mod", layer, metric, KINDS[0], &long]) {
            assert!(check_name(bad).is_err(), "{bad}");
        }
        for good in ["helium", "io_net", "a1"] {
            assert_eq!(check_name(good), Ok(()));
        }
        assert!(filled("signal").is_err_and(|why| why.contains("Signal")), "a type of the code");
        assert!(filled("usd").is_err_and(|why| why.contains("USD")), "a token that there is");
        assert_eq!((symbol("io_net"), title("io_net")), ("IONET".to_owned(), "IoNet".to_owned()));
    }

    #[test]
    fn no_blank_is_left_and_every_line_has_room_for_the_longest_name() {
        let longest = "a".repeat(NAME_LENGTH_MAX);
        for (path, text) in filled(&longest).expect("a good name") {
            for blank in ["{name}", "{Title}", "{SYMBOL}", "{words}", "{code}", "{first}"] {
                assert!(!text.contains(blank) && !path.contains(blank), "{path}: {blank}");
            }
            let rust = text.lines().filter(|_| path.ends_with(".rs"));
            let long = rust.filter(|line| line.len() > 100 && !line.contains('"'));
            assert_eq!(long.collect::<Vec<_>>(), Vec::<&str>::new(), "{path}");
        }
    }

    #[test]
    fn numbers_are_those_of_no_other_part() {
        let (code, first) = free_numbers().expect("some are free");
        assert!(registry::ALL.parts().all(|part| part.code != code));
        let last = first + KINDS_APART as u8 - 1;
        assert!((first..=last).all(|kind| registry::ALL.event_name(kind).is_none()));
    }

    #[test]
    fn a_network_is_listed_behind_the_others_and_its_module_in_order() {
        assert_eq!(listed(SOURCE).expect("a list"), KINDS);
        for (name, before) in [("aa", "pub mod aa;\npub mod "), ("zz", ";\npub mod zz;\n\nuse ")] {
            let text = with_network(SOURCE, name).expect("a list");
            assert!(text.contains(before), "{text}");
            let (last, all) = (name, listed(&text).expect("a list"));
            assert_eq!(all, [KINDS, &[last]].concat());
            assert_eq!(text.lines().count(), SOURCE.lines().count() + 2);
        }
        assert!(listed("mod one;").is_err() && with_network("mod one;", "two").is_err());
    }

    #[test]
    fn what_was_written_is_removed_if_something_cannot_be() {
        let folder = tempfile::tempdir().unwrap();
        let file = |path: &str| (path.to_owned(), "text".to_owned());
        // The second file would lie below the first.
        let plan = Plan { files: vec![file("a/b"), file("a/b/c")], list: String::new() };
        assert!(plan.carry_out(folder.path()).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

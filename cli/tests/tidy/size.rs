//! Functions that fit a screen, lines that fit a page.

use std::collections::BTreeSet;

use crate::source::{Fault, File, Tree, none};

/// Most lines of a function of a program, from the one with `fn` to its closing brace.
pub const LINES_MAX: usize = 70;
/// The same for test code, which states one story in a row.
pub const TEST_LINES_MAX: usize = 80;
/// Most columns of a line.
pub const COLUMNS_MAX: usize = 100;
/// Lines of comments that are longer today. The number may only fall.
const LONG_COMMENTS: usize = 79;

/// Functions of a file that are too long. Formatted code ends one with a brace at the
/// indentation of its first line.
pub fn long_functions(file: &File, test_file: bool) -> Vec<Fault> {
    let lines: Vec<&str> = file.code.lines().collect();
    let product: Vec<&str> = file.product.lines().collect();
    let mut faults = Vec::new();
    for (first, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let ends = |line: &&str| {
            let own = line.len() - line.trim_start().len() == indent;
            own && (line.trim_end().ends_with('}') || line.trim_end().ends_with(';'))
        };
        let length = lines[first..].iter().position(ends).map_or(1, |last| last + 1);
        let test = test_file || product.get(first).is_some_and(|line| line.trim().is_empty());
        let most = if test { TEST_LINES_MAX } else { LINES_MAX };
        if length > most {
            let what = format!("`{name}` has {length} lines, at most {most} are allowed");
            faults.push(Fault { path: file.path.clone(), line: first + 1, what });
        }
    }
    faults
}

/// The name of the function that a line begins.
fn function_name(line: &str) -> Option<&str> {
    let mut words = line.trim_start();
    while let Some((word, rest)) = words.split_once(' ') {
        match word {
            "fn" => return rest.split(['(', '<']).next(),
            "pub" | "const" | "async" | "pub(crate)" | "pub(super)" => words = rest,
            _ => return None,
        }
    }
    None
}

/// How a line is too long.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Long {
    Code,
    Comment,
}

/// Lines that are too long. A line with a text between quotes may be: a sentence, a formula or a
/// row of a table is not cut, and rustfmt leaves such lines alone.
pub fn long_lines(file: &File) -> Vec<(Long, Fault)> {
    let mut faults = Vec::new();
    for (number, (line, code)) in file.text.lines().zip(file.code.lines()).enumerate() {
        let columns = line.chars().count();
        let comment = line.trim_start().starts_with("//");
        let quoted = code.contains('"') || code.trim().is_empty() && !comment;
        if columns > COLUMNS_MAX && !quoted {
            let long = if comment { Long::Comment } else { Long::Code };
            let what = format!("{columns} columns, at most {COLUMNS_MAX} are allowed");
            faults.push((long, Fault { path: file.path.clone(), line: number + 1, what }));
        }
    }
    faults
}

/// The Rust files of all members, each with whether it holds tests alone.
fn rust_files(tree: &Tree) -> Vec<(&File, bool)> {
    let mut files = Vec::new();
    for member in tree.members() {
        let product: BTreeSet<String> =
            tree.product(&member).iter().map(|file| file.path.clone()).collect();
        let all = tree.files.iter().filter(|file| file.path.starts_with(&format!("{member}/")));
        let rust = all.filter(|file| file.path.ends_with(".rs"));
        files.extend(rust.map(|file| (file, !product.contains(&file.path))));
    }
    files
}

#[test]
fn functions_fit_a_screen() {
    let tree = Tree::repository();
    let files = rust_files(tree);
    let faults: Vec<Fault> =
        files.iter().flat_map(|(file, test)| long_functions(file, *test)).collect();
    none(&faults, "split the function: push `if`s up and `for`s down");
}

#[test]
fn lines_of_code_fit_a_page() {
    let tree = Tree::repository();
    let faults = rust_files(tree).into_iter().flat_map(|(file, _)| long_lines(file));
    let code = faults.filter(|(long, _)| *long == Long::Code).map(|(_, fault)| fault);
    none(&code.collect::<Vec<_>>(), "break the line");
}

#[test]
fn long_comments_become_fewer() {
    let tree = Tree::repository();
    let faults = rust_files(tree).into_iter().flat_map(|(file, _)| long_lines(file));
    let comments = faults.filter(|(long, _)| *long == Long::Comment).map(|(_, fault)| fault);
    let comments: Vec<Fault> = comments.collect();
    if comments.len() > LONG_COMMENTS {
        none(&comments, "break the new ones of these comments at 100 columns");
    }
    let fewer = "there are fewer long comments than LONG_COMMENTS allows: lower it";
    assert_eq!(comments.len(), LONG_COMMENTS, "{fewer}");
}

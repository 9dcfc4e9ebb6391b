//! Each check is shown a bad example, in which it must find the fault, and the same example mended,
//! in which it must find none: a check that cannot fail checks nothing.

use crate::arrows::{arrows, circles, forbidden_crates, naming, upward};
use crate::dead::unreached;
use crate::forgotten::{incomplete_networks, unlisted_policies, unlisted_steps, unrecorded};
use crate::names::{checks, faults, is_scoped, is_snake, metrics, purposes};
use crate::size::{LINES_MAX, Long, TEST_LINES_MAX, long_functions, long_lines};
use crate::source::{Fault, File, Tree, without_words};
use crate::targets::{Target, dead_commands, not_called, outside, unlisted};

const WORKSPACE: (&str, &str) = ("Cargo.toml", "[workspace]\nmembers = [\"models\"]\n");

/// A workspace of one crate, `models`, with these files.
fn models(files: &[(&str, &str)]) -> Tree {
    Tree::of(&[&[WORKSPACE], files].concat())
}

/// Where faults are and what they say.
fn told(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(|it| format!("{}:{}: {}", it.path, it.line, it.what)).collect()
}

#[test]
fn words_and_tests_are_no_code() {
    let text =
        "/* a /* b */ c */ let x = \"// \\\" y\"; // z\nlet c = '\"'; let r = r#\"a \" b\"#;";
    let code = without_words(text);
    assert_eq!(code.len(), text.len());
    let plain: String = code.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(plain, "let x = \" \"; let c = ' '; let r = r#\" \"#;");
    assert_eq!(without_words("fn f<'a>(it: &'a str) {}"), "fn f<'a>(it: &'a str) {}");
    let file =
        File::new("a.rs", "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n");
    assert_eq!(file.product.split_whitespace().collect::<String>(), "fna(){}fnc(){}");
}

#[test]
fn a_circle_is_found() {
    let tree = |last: &str| {
        models(&[
            ("models/src/lib.rs", "pub mod a;\nmod b;\nmod c;\npub use a::A;\n"),
            ("models/src/a/mod.rs", "mod deep;\npub struct A;\n"),
            ("models/src/a/deep.rs", "use super::super::b::{self, c::D};\n"),
            ("models/src/b.rs", "// crate::a is a word here\nfn f() -> crate::c::C {}\n"),
            ("models/src/c.rs", last),
        ])
    };
    let (found, unknown) = arrows(&tree("use crate::{A};\n"), "models");
    assert_eq!(unknown, []);
    let faults = told(&circles(&found));
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert!(faults.contains(&"models/src/c.rs:1: c -> a lies on a circle".to_owned()));
    let in_tests = "#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}\n";
    assert_eq!(circles(&arrows(&tree(in_tests), "models").0), []);
    let (_, unknown) = arrows(&tree("use crate::Nowhere;\n"), "models");
    assert_eq!(told(&unknown), ["models/src/c.rs:1: `Nowhere` is not found at the root of models"]);
}

#[test]
fn an_arrow_that_goes_up_is_found() {
    let tree = |text: &str| {
        models(&[
            ("models/src/lib.rs", "mod laws;\nmod economy;\nmod extra;\n"),
            ("models/src/laws.rs", text),
            ("models/src/economy.rs", "use crate::laws::Law;\n"),
            ("models/src/extra.rs", ""),
        ])
    };
    let found = |text: &str| told(&upward(&arrows(&tree(text), "models").0));
    assert_eq!(found(""), [""; 0]);
    let up = "models/src/laws.rs:1: laws -> economy goes up";
    assert_eq!(found("use crate::economy::Token;\n"), [up]);
    let nowhere = "models/src/laws.rs:1: laws -> extra has an end that stands in no tier";
    assert_eq!(found("use crate::extra::It;\n"), [nowhere]);
}

#[test]
fn a_forbidden_crate_is_found() {
    let tree = |section: &str| {
        let models = format!("name = \"pin-models\"\n[{section}]\npin-conform.workspace = true\n");
        Tree::of(&[
            ("Cargo.toml", "[workspace]\nmembers = [\"models\", \"conform\"]\n"),
            ("models/Cargo.toml", &models),
            (
                "conform/Cargo.toml",
                "name = \"pin-conform\"\n[dependencies]\npin-models.workspace\n",
            ),
        ])
    };
    let found = told(&forbidden_crates(&tree("dependencies")));
    assert_eq!(found, ["models/Cargo.toml:3: models may not depend on conform"]);
    assert_eq!(forbidden_crates(&tree("dev-dependencies")), []);
    let unknown = Tree::of(&[("Cargo.toml", "[workspace]\nmembers = [\"extra\"]\n")]);
    let found = told(&forbidden_crates(&unknown));
    assert_eq!(found, ["extra/Cargo.toml:0: this crate has no line in CRATES"]);
}

#[test]
fn a_named_network_is_found() {
    let tree = |text: &str| {
        models(&[
            ("models/src/lib.rs", "mod data;\nmod networks;\n"),
            ("models/src/networks/mod.rs", "mod my_net;\n"),
            ("models/src/networks/my_net.rs", "pub struct MyNet;\n"),
            ("models/src/data.rs", text),
        ])
    };
    assert_eq!(
        naming(&tree("// as in MyNet\nconst NAME: &str = \"my_net\";\nlet my_nets = 1;\n")),
        []
    );
    for text in
        ["fn f() {}\nfn g(it: &MyNetSettings) {}\n", "\nuse super::networks::my_net::{self};\n"]
    {
        let found = told(&naming(&tree(text)));
        assert_eq!(found, ["models/src/data.rs:2: the code names my_net"]);
    }
}

#[test]
fn a_dead_file_is_found() {
    let tree = |root: &str| {
        models(&[
            ("models/src/lib.rs", root),
            ("models/src/a/mod.rs", "const PAGE: &str = include_str!(\"../page.html\");\nmod b;\n"),
            ("models/src/a/b.rs", "#[cfg(test)]\nmod tests;\n"),
            ("models/src/a/b/tests.rs", ""),
            ("models/src/page.html", ""),
        ])
    };
    assert_eq!(unreached(&tree("pub(crate) mod a;\n")), []);
    let dead = told(&unreached(&tree("// mod a;\nmod c;\n")));
    assert_eq!(dead.len(), 4, "{dead:?}");
    let what = "models/src/a/b.rs:0: no `mod` line and no `include_str!` leads here";
    assert!(dead.contains(&what.to_owned()), "{dead:?}");
}

#[test]
fn a_test_that_is_not_run_is_found() {
    let tree = models(&[
        ("models/tests/world/main.rs", "mod used;\n"),
        ("models/tests/world/used.rs", ""),
        ("models/tests/world/lost.rs", ""),
        ("models/tests/theory/case.rs", ""),
        ("tests/root.rs", ""),
        ("tests/pages.sh", ""),
        ("extra/Cargo.toml", ""),
        (".ci/run", "cargo test --release --workspace\n# bash tests/pages.sh\n"),
        ("docs/a.md", "`cargo test --test world`\n`cargo test --test theory --lib x`\n"),
    ]);
    let target = |test| {
        let path = "models/tests/world/main.rs".to_owned();
        [Target { kind: "test".to_owned(), name: "world".to_owned(), path, test }]
    };
    let lost = |path: &str| format!("{path}:0: no target leads to this file: it is never run");
    let files = ["models/tests/theory/case.rs", "models/tests/world/lost.rs", "tests/root.rs"];
    assert_eq!(told(&unlisted(&tree, &target(true))), files.map(lost));
    assert_eq!(unlisted(&tree, &target(false)).len(), 4);
    let crates = told(&outside(&tree));
    assert_eq!(crates, ["extra/Cargo.toml:0: this crate is no member of the workspace"]);
    let commands = told(&dead_commands(&tree, &target(true)));
    assert_eq!(commands, ["docs/a.md:2: no target: `--test theory`"]);
    assert_eq!(told(&not_called(&tree)), [".ci/run:0: does not call `tests/pages.sh`"]);
}

/// A function of so many lines, indented.
fn function(lines: usize) -> File {
    let body = "        a();\n".repeat(lines - 2);
    File::new("a.rs", &format!("impl A {{\n    pub fn long(\n{body}    }}\n}}\n"))
}

#[test]
fn a_long_function_is_found() {
    assert_eq!(long_functions(&function(LINES_MAX), false), []);
    let found = told(&long_functions(&function(LINES_MAX + 1), false));
    assert_eq!(found, ["a.rs:2: `long` has 71 lines, at most 70 are allowed"]);
    assert_eq!(long_functions(&function(TEST_LINES_MAX), true), []);
    assert_eq!(long_functions(&function(TEST_LINES_MAX + 1), true).len(), 1);
}

#[test]
fn a_long_line_is_found() {
    let wide = "é".repeat(101);
    let text = format!("let {wide} = 1;\n// {wide}\nlet text = \"{wide}\";\nlet short = 1;\n");
    let found: Vec<_> = long_lines(&File::new("a.rs", &text));
    let found: Vec<_> = found.iter().map(|(long, fault)| (*long, fault.line)).collect();
    assert_eq!(found, [(Long::Code, 1), (Long::Comment, 2)]);
}

#[test]
fn names_out_of_scheme_are_found() {
    for good in ["economy.minted_as_scheduled", "infrastructure.device.life", "bridge.{id}.x_{n:?}"]
    {
        assert!(is_scoped(good), "{good}");
    }
    for bad in
        ["arrivals", "filecoin size", "a-b.c", "economy: minted", "{id}-kept", "a..b", "A.b", ""]
    {
        assert!(!is_scoped(bad), "{bad}");
    }
    assert!(is_snake("tx_fee_p50") && !is_snake("TxFee") && !is_snake("fee__p50"));
    assert!(!is_snake("50_percent") && !is_snake("a_"));
    let file = File::new(
        "a.rs",
        "const A: Purpose = Purpose::new(\"a b\");\n\
         fn f() { checks.always(&format!(\"{id}-kept\")); checks.sometimes(\"data.lost\"); }\n\
         fn g() { streams.stream(0, \"size\"); streams.indexed(h(\"x\"), A, 1); }\n\
         const M: MetricSpec = metric(\n    Section::Other,\n    \"badName\",\n);\n\
         let spread =\n    |sigma, purpose| normal(purpose);\nspread(1.0, \"luck\");\n",
    );
    let names = |found: Vec<crate::names::Named<'_>>, follows: fn(&str) -> bool| {
        let wrong = faults(found, follows);
        wrong.iter().map(|it| format!("{} {}", it.fault.line, it.name)).collect::<Vec<_>>()
    };
    assert_eq!(names(checks(&file), is_scoped), ["2 {id}-kept"]);
    assert_eq!(names(purposes(&file), is_scoped), ["1 a b", "3 size", "10 luck"]);
    assert_eq!(names(metrics(&file), is_snake), ["6 badName"]);
}

#[test]
fn what_is_half_added_is_found() {
    let list = |line: &str| format!("pub mod io;\nmacro_rules! for_each_network {{ {line} }}\n");
    let tree = |line: &str, files: &[&str]| {
        let list = list(line);
        let mut all = vec![("models/src/networks/mod.rs", list.as_str())];
        all.push(("models/src/networks/io/mod.rs", ""));
        all.extend(files.iter().map(|path| (*path, "")));
        models(&all)
    };
    let files = ["models/tests/io.rs", "scenarios/io/first.toml", "docs/validation/io.md"];
    assert_eq!(incomplete_networks(&tree("Io(io: Io),", &files)), []);
    assert_eq!(incomplete_networks(&tree("Io(io: Io),", &[])).len(), 3);
    let found = told(&incomplete_networks(&tree("Other(other: Other),", &files)));
    assert_eq!(found, ["models/src/networks/io:0: has no line in `for_each_network!`"]);

    let list = "macro_rules! for_each_balancing_policy { One = one, }\n";
    let (mod_rs, one) =
        ("models/src/policy/balancing/mod.rs", "models/src/policy/balancing/one.rs");
    let two = "models/src/policy/balancing/two.rs";
    assert_eq!(unlisted_policies(&models(&[(mod_rs, list), (one, "")])), []);
    let found = told(&unlisted_policies(&models(&[(mod_rs, list), (one, ""), (two, "")])));
    assert_eq!(found, [format!("{two}:0: has no line in the list of {mod_rs}")]);

    let (steps, burn) =
        ("models/src/networks/generic/step/mod.rs", "models/src/networks/generic/step/burn.rs");
    let spec = "pub const SPEC: StepSpec = StepSpec {};\n";
    assert_eq!(unlisted_steps(&models(&[(steps, "Burn = burn,\n"), (burn, spec)])), []);
    let found = told(&unlisted_steps(&models(&[(steps, "Buy = buy,\n"), (burn, spec)])));
    assert_eq!(found, [format!("{burn}:0: has no line in `for_each_step!` of {steps}")]);

    let metric = "metric(Section::Other, \"loss\", \"1\", \"Losses.\", \"model\");\n";
    let tree = |record: &str| {
        models(&[
            ("models/src/lib.rs", "mod metrics;\nmod record;\n"),
            ("models/src/metrics.rs", metric),
            ("models/src/record.rs", record),
        ])
    };
    assert_eq!(unrecorded(&tree("const LOSS: Metric = SPEC.metric(\"loss\");\n")), []);
    let found = told(&unrecorded(&tree("// loss\n")));
    assert_eq!(found, ["models/src/metrics.rs:1: no code records `loss`: SPEC.metric(\"loss\")"]);
}

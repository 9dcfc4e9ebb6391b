//! Files that are right, and what they become.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::date;
use pinwheel_core::SimDuration;
use pinwheel_models::infrastructure;
use pinwheel_models::input::When;
use pinwheel_models::networks;
use pinwheel_models::networks::filecoin::parameters::Parameters;
use pinwheel_models::networks::filecoin::settings::{Behaviour, Detail, RuleChoice, Settings};
use pinwheel_models::scenario::{Experiment, Measure, load, schema};

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub fn load_text(folder: &Path, text: &str) -> Result<Experiment, String> {
    let path = folder.join("scenario.toml");
    std::fs::write(&path, text).expect("the test's folder is writable");
    load(&path, &[]).map_err(|faults| faults.iter().map(|f| format!("{f}\n")).collect())
}

/// A folder with the data a broken or a valid scenario refers to.
pub fn folder_with_data() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken/data");
    std::fs::create_dir(folder.path().join("data")).expect("the test's folder is writable");
    for name in ["state.toml", "history.csv"] {
        std::fs::copy(data.join(name), folder.path().join("data").join(name)).expect("copied");
    }
    folder
}

pub const VALID: &str = r#"
schema = 1
requirements = ["FIL-06"]
[meta]
name = "valid"
[run]
seed = 7
start = 2022-10-10
horizon = "5 d"
[ensemble]
runs = 3
[network]
kind = "filecoin"
rules = "mainnet@2024-01-12"
detail = "day"
providers = 50
initial = "data/state.toml"
history = "data/history.csv"
solstice = 2026-12-01
[network.parameters]
orphan_share = "1.5 %"
disk_afr = "2 %/y"
[[target]]
id = "raw power"
metric = "raw_power"
measure = "mean_absolute_error"
limit = "3 %"
[[target]]
id = "reward"
metric = "this_epoch_reward"
measure = "value_at"
at = 2022-10-12
expected = "49.245 FIL"
limit = 0.005
[[target]]
id = "minted"
metric = "minted_ratio"
measure = "within"
low = "96.5 %"
high = 0.995
window = "2 d"
from = 2022-10-11
to = 2022-10-15
"#;

fn filecoin(experiment: &Experiment, point: usize) -> &Settings {
    match &experiment.points[point].scenario.networks[0].settings {
        networks::Settings::Filecoin(settings) => settings,
        other => panic!("a network of kind {}", other.kind()),
    }
}

#[test]
fn the_shipped_scenarios_load() {
    for name in ["smoke", "history"] {
        let path = repository().join("scenarios/filecoin").join(name).with_extension("toml");
        let experiment = load(&path, &[]).unwrap_or_else(|faults| panic!("{}", faults[0]));
        assert_eq!(experiment.points.len(), 1);
        assert_eq!(experiment.points[0].id, "main");
    }
}

#[test]
fn the_real_history_covers_its_844_days() {
    let path = repository().join("scenarios/filecoin/history.toml");
    let experiment = load(&path, &[]).unwrap_or_else(|faults| panic!("{}", faults[0]));
    assert_eq!(experiment.points[0].scenario.horizon_days, 844);
    let settings = filecoin(&experiment, 0);
    let Behaviour::Driven(days) = &settings.behaviour else { panic!("driven by data") };
    assert_eq!(days.len(), 845);
    assert_eq!(days[0].date, date(2022, 10, 10));
    assert_eq!(days[844].date, date(2025, 1, 31));
    assert_eq!(days[0].raw_power_eib, 16.597272843122482);
    assert_eq!(settings.initial.cumsum_baseline, 13_608_191_992_528_017_497_582_335);
    assert_eq!(settings.initial.locked.0, 137_379_413_603_206 * 10u128.pow(12));
    assert_eq!(settings.observed_locked_fil.len(), 28);
    assert_eq!(settings.observed_locked_fil[0], (date(2022, 10, 1), 136.92e6));
    let (first, hash) = &experiment.sources[0];
    assert_eq!((first.as_str(), hash.len()), ("history.toml", 64));
    let names: Vec<_> = experiment.sources.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"../data/filecoin/state_2022-10-10.toml"), "{names:?}");
}

#[test]
fn every_key_arrives() {
    let folder = folder_with_data();
    let experiment = load_text(folder.path(), VALID).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!((experiment.name.as_str(), experiment.seed, experiment.runs), ("valid", 7, 3));
    assert_eq!(experiment.requirements, ["FIL-06"]);
    let settings = filecoin(&experiment, 0);
    assert_eq!(settings.rules, RuleChoice::MainnetAt(date(2024, 1, 12)));
    assert_eq!((settings.detail, settings.providers), (Detail::Day, 50));
    assert_eq!(settings.solstice, Some(date(2026, 12, 1)));
    assert_eq!(settings.parameters.orphan_share, 0.015);
    assert!((settings.infrastructure.disk_afr - 0.02).abs() < 1e-15);
    let measures: Vec<_> = experiment.targets.iter().map(|target| &target.measure).collect();
    assert_eq!(*measures[0], Measure::MeanAbsoluteError { limit: 0.03 });
    let value_at =
        Measure::ValueAt { at: When::Day(date(2022, 10, 12)), expected: 49.245, limit: 0.005 };
    assert_eq!(*measures[1], value_at);
    let window = Some(SimDuration::from_days(2));
    assert_eq!(*measures[2], Measure::Within { low: 0.965, high: 0.995, window });
    assert_eq!(experiment.targets[2].to, Some(When::Day(date(2022, 10, 15))));
}

#[test]
fn byte_order_mark_and_windows_line_ends_are_accepted() {
    let folder = folder_with_data();
    let text = format!("\u{feff}{}", VALID.replace('\n', "\r\n"));
    let experiment = load_text(folder.path(), &text).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(experiment.name, "valid");
}

#[test]
fn the_resolved_scenario_loads_to_the_same() {
    let folder = folder_with_data();
    let path = folder.path().join("scenario.toml");
    std::fs::write(&path, VALID).expect("writable");
    let set = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let overrides =
        [set("network.providers", "77"), set("meta.name", "other"), set("run.horizon", "3 d")];
    let first = load(&path, &overrides).unwrap_or_else(|faults| panic!("{}", faults[0]));
    assert_eq!((filecoin(&first, 0).providers, first.name.as_str()), (77, "other"));
    let second = load_text(folder.path(), &first.resolved).unwrap_or_else(|f| panic!("{f}"));
    assert_eq!(first.resolved, second.resolved);
    assert_eq!(format!("{:?}", first.points), format!("{:?}", second.points));
}

#[test]
fn set_reaches_into_arrays() {
    let folder = folder_with_data();
    let path = folder.path().join("scenario.toml");
    std::fs::write(&path, VALID).expect("writable");
    let overrides = [("target[0].limit".to_owned(), "7 %".to_owned())];
    let experiment = load(&path, &overrides).unwrap_or_else(|faults| panic!("{}", faults[0]));
    assert_eq!(experiment.targets[0].measure, Measure::MeanAbsoluteError { limit: 0.07 });
}

#[test]
fn variants_change_only_what_they_set() {
    let folder = folder_with_data();
    let text = format!(
        "{VALID}\n[[variant]]\nid = \"today\"\nset = {{ \"network.solstice\" = \"never\" }}\n\
         [[variant]]\nid = \"rational\"\n[variant.set]\n\"network.behaviour\" = \"rational\"\n\
         \"network.price\" = {{ start = \"5 USD\", drift = \"10 %/y\", volatility = \"80 %/sqrt(y)\" }}\n"
    );
    let experiment = load_text(folder.path(), &text).unwrap_or_else(|faults| panic!("{faults}"));
    let ids: Vec<_> = experiment.points.iter().map(|point| point.id.as_str()).collect();
    assert_eq!(ids, ["today", "rational"]);
    assert_eq!(filecoin(&experiment, 0).solstice, None);
    assert_eq!(filecoin(&experiment, 1).solstice, Some(date(2026, 12, 1)));
    let Behaviour::Rational(price) = &filecoin(&experiment, 1).behaviour else { panic!() };
    assert_eq!(
        (price.start_usd, price.drift_per_year, price.volatility_per_sqrt_year),
        (5.0, 0.1, 0.8)
    );
}

#[test]
fn a_scenario_extends_another_in_another_folder() {
    let folder = folder_with_data();
    let root = folder.path().join("scenarios");
    std::fs::create_dir_all(root.join("base")).expect("writable");
    std::fs::create_dir_all(root.join("reviews")).expect("writable");
    std::fs::rename(folder.path().join("data"), root.join("base/data")).expect("moved");
    std::fs::write(root.join("base/base.toml"), VALID).expect("writable");
    let text = "extends = \"../base/base.toml\"\n[run]\nhorizon = \"2 d\"\n";
    let experiment =
        load_text(&root.join("reviews"), text).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(experiment.points[0].scenario.horizon_days, 2);
    assert_eq!(filecoin(&experiment, 0).providers, 50);
    assert!(experiment.resolved.contains("../base/data/state.toml"), "{}", experiment.resolved);
    assert!(!experiment.resolved.contains("extends"), "{}", experiment.resolved);
}

/// The date on which a run ends is as good as its length; whichever is laid over the file replaces
/// what the file says.
#[test]
fn a_run_ends_on_a_date() {
    let folder = folder_with_data();
    let days = |text: &str, set: &[(&str, &str)]| {
        std::fs::write(folder.path().join("scenario.toml"), text).expect("writable");
        let set: Vec<(String, String)> =
            set.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let file = folder.path().join("scenario.toml");
        let experiment = load(&file, &set).unwrap_or_else(|faults| panic!("{faults:?}"));
        experiment.points.iter().map(|point| point.scenario.horizon_days).collect::<Vec<_>>()
    };
    let ends = VALID.replace("horizon = \"5 d\"", "end = 2022-10-14");
    assert_eq!(days(&ends, &[]), [4]);
    assert_eq!(days(&ends, &[("run.horizon", "3 d")]), [3]);
    assert_eq!(days(VALID, &[("run.end", "2022-10-12")]), [2]);
    let variant =
        format!("{VALID}\n[[variant]]\nid = \"a\"\nset = {{ \"run.end\" = 2022-10-13 }}\n");
    assert_eq!(days(&variant, &[]), [3]);
    std::fs::write(folder.path().join("base.toml"), VALID).expect("writable");
    assert_eq!(days("extends = \"base.toml\"\n[run]\nend = 2022-10-14\n", &[]), [4]);
}

#[test]
fn all_faults_are_found_at_once() {
    let folder = folder_with_data();
    let text = VALID
        .replace("providers = 50", "providers = 0\ndetial = \"day\"")
        .replace("horizon = \"5 d\"", "horizon = \"5 W\"")
        .replace("metric = \"raw_power\"", "metric = \"raw_pwer\"");
    let faults = load_text(folder.path(), &text).expect_err("four faults");
    assert_eq!(faults.matches("help: ").count(), 4, "{faults}");
    for part in [
        "scenario.toml:9:1: run.horizon: \"5 W\": \"W\" is a unit of another dimension",
        "scenario.toml:16:1: network.providers: 0 is out of range\n  help: allowed: 1 to 100000",
        "scenario.toml:17:1: network.detial: unknown key\n  help: did you mean \"detail\"?",
        "unknown metric \"raw_pwer\"\n  help: did you mean \"raw_power\"?",
    ] {
        assert!(faults.contains(part), "{part} is not in\n{faults}");
    }
}

#[test]
fn the_schema_lists_keys_and_parameters() {
    let schema = schema();
    assert_eq!(schema["required"], serde_json::json!(["schema", "meta", "run"]));
    let run = &schema["$defs"]["RunSection"];
    assert_eq!(run["required"], serde_json::json!(["start"]));
    let network = &schema["$defs"]["FilecoinSection"]["properties"];
    let parameters = network["parameters"]["properties"].as_object().expect("parameters");
    for spec in Parameters::SPECS.iter().chain(infrastructure::sites::Parameters::SPECS) {
        let property = &parameters[spec.name];
        assert_eq!(property["unit"], spec.unit);
        assert_eq!(property["default"], spec.default);
    }
    assert_eq!(schema["additionalProperties"], false);
}

#[test]
fn units_and_names_of_parameters_and_metrics_are_known() {
    use pinwheel_models::networks::filecoin::metrics::METRICS;
    let units = pinwheel_models::registry::units();
    let specs: Vec<_> =
        Parameters::SPECS.iter().chain(infrastructure::sites::Parameters::SPECS).collect();
    let parameters = specs.iter().map(|spec| (spec.name, spec.unit));
    for (name, unit) in parameters.chain(METRICS.iter().map(|metric| (metric.name, metric.unit))) {
        assert!(units.unit(unit).is_ok(), "{name}: unit {unit}");
    }
    let names: BTreeSet<_> = specs.iter().map(|spec| spec.name).collect();
    assert_eq!(names.len(), specs.len(), "a name means one parameter");
}

const VARIANTS: &str = r#"
[[variant]]
id = "few"
set = { "network.providers" = 10 }
[[variant]]
id = "many"
set = { "network.providers" = 20 }
"#;

#[test]
fn an_override_that_every_variant_replaces_is_refused_and_checked() {
    let folder = folder_with_data();
    let path = folder.path().join("scenario.toml");
    std::fs::write(&path, format!("{VALID}{VARIANTS}")).expect("writable");
    let told = |key: &str, value: &str| {
        let faults = load(&path, &[(key.to_owned(), value.to_owned())]).expect_err("a fault");
        faults.iter().map(|fault| format!("{fault}\n")).collect::<String>()
    };
    let faults = told("network.providers", "30");
    assert!(faults.contains("network.providers: has no effect: every variant sets it"), "{faults}");
    assert_eq!(faults.matches("help: ").count(), 1, "{faults}");
    let faults = told("network.providers", "0");
    assert!(faults.contains("network.providers: 0 is out of range"), "{faults}");
    assert!(faults.contains("has no effect"), "{faults}");
    let text = format!(
        "{VALID}{}",
        VARIANTS.replace("network.providers\" = 10", "network.detail\" = \"day\"")
    );
    std::fs::write(&path, text).expect("writable");
    let set = [("network.providers".to_owned(), "30".to_owned())];
    let experiment = load(&path, &set).unwrap_or_else(|faults| panic!("{}", faults[0]));
    let providers = [0, 1].map(|point| filecoin(&experiment, point).providers);
    assert_eq!(providers, [30, 20], "one variant has no value of its own");
}

#[test]
fn a_required_list_has_a_least_length_in_the_schema() {
    let schema = schema();
    let mut lists = 0;
    for (name, definition) in schema["$defs"].as_object().expect("definitions") {
        let required = definition["required"].as_array().cloned().unwrap_or_default();
        for key in required.iter().filter_map(serde_json::Value::as_str) {
            let property = &definition["properties"][key];
            if property["type"] == "array" {
                assert!(property["minItems"].as_u64() >= Some(1), "{name}.{key}");
                lists += 1;
            }
        }
    }
    assert!(lists >= 9, "{lists} lists");
}

/// A fleet whose classes are sampled from ranges.
fn sampled(over: &str, n: u32) -> Experiment {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = format!(
        "schema = 1\nmeta = {{ name = \"sampled\" }}\n\
         run = {{ start = 2026-01-01, horizon = \"2 d\" }}\n\
         [[infrastructure.class]]\nid = \"server\"\ncount = 4\n\
         [ensemble.sample]\nkind = \"latin-hypercube\"\nn = {n}\nover = {{ {over} }}\n"
    );
    load_text(folder.path(), &text).unwrap_or_else(|faults| panic!("{faults}"))
}

fn drawn(experiment: &Experiment) -> Vec<f64> {
    experiment.points.iter().filter_map(|point| point.factors[0].number).collect()
}

#[test]
fn the_key_decides_whether_whole_numbers_are_drawn() {
    let whole = |numbers: &[f64]| numbers.iter().all(|number| number.fract() == 0.0);
    let share = drawn(&sampled("\"infrastructure.serving_share\" = [0, 1]", 16));
    assert!(share.iter().filter(|number| number.fract() != 0.0).count() > 10, "{share:?}");
    let count = drawn(&sampled("\"infrastructure.class[0].count\" = [1.0, 9.0]", 16));
    assert!(whole(&count) && count.contains(&1.0) && count.contains(&9.0), "{count:?}");
    // A time of whole days is drawn in whole days.
    let horizon = drawn(&sampled("\"run.horizon\" = [\"1 d\", \"9 d\"]", 16));
    assert!(whole(&horizon), "{horizon:?}");
}

#[test]
fn whole_numbers_are_drawn_evenly_in_the_logarithm() {
    let experiment = sampled("\"infrastructure.class[0].count\" = [1, 10_000, \"log\"]", 40);
    let count = drawn(&experiment);
    assert!(count.iter().all(|number| number.fract() == 0.0), "{count:?}");
    let below_ten = count.iter().filter(|number| **number < 10.0).count();
    assert!((8..=12).contains(&below_ten), "{below_ten} of 40 below 10");
    assert!(experiment.sample.is_some_and(|sample| sample.ranges[0].log));
}

#[test]
fn months_and_years_are_rounded_to_days_as_they_are_no_whole_number_of_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let months = [("1 mo", Some(30)), ("1 y", Some(365))];
    let days = [("48 h", Some(2)), ("1 wk", Some(7)), ("0.5 wk", None)];
    for (horizon, days) in months.into_iter().chain(days) {
        let text = format!(
            "schema = 1\nmeta = {{ name = \"days\" }}\n\
             run = {{ start = 2026-01-01, horizon = \"{horizon}\" }}\n\
             [infrastructure]\ndevices = 3\n"
        );
        let experiment = load_text(folder.path(), &text).ok();
        let found = experiment.map(|experiment| experiment.points[0].scenario.horizon_days);
        assert_eq!(found, days, "{horizon}");
    }
}

#[test]
fn a_key_without_effect_in_one_variant_may_have_one_in_another() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = |variants: &str| {
        format!(
            "schema = 1\nmeta = {{ name = \"shared\" }}\n\
             run = {{ start = 2026-01-01, horizon = \"1 d\" }}\n\
             [connection]\ndevices = 5\nmesh = {{ neighbours = 4 }}\n{variants}"
        )
    };
    let hub = "[[variant]]\nid = \"hub\"\n";
    let mesh = "[[variant]]\nid = \"mesh\"\nset = { \"connection.topology\" = \"mesh\" }\n";
    let both = load_text(folder.path(), &text(&format!("{hub}{mesh}")));
    assert_eq!(both.unwrap_or_else(|faults| panic!("{faults}")).points.len(), 2);
    let faults = load_text(folder.path(), &text(hub)).expect_err("no mesh anywhere");
    assert!(faults.contains("connection.mesh: has no effect here"), "{faults}");
}

#[test]
fn paths_of_a_base_file_are_its_own_wherever_they_are_typed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path().join("scenarios");
    std::fs::create_dir_all(root.join("sub")).expect("writable");
    std::fs::write(root.join("m.csv"), "0\n10,0\n").expect("writable");
    std::fs::write(root.join("d.csv"), "hour,load\n0,4\n").expect("writable");
    let base = "schema = 1\nmeta = { name = \"base\" }\n\
                run = { start = 2026-01-01, horizon = \"1 d\" }\n\
                [connection]\ndevices = 5\nlink = { latency = \"matrix\", matrix = \"m.csv\" }\n\
                [[infrastructure.class]]\nid = \"node\"\ncount = 4\n\
                [[infrastructure.demand]]\nid = \"load\"\nunit = \"kW\"\nrate = { file = \"d.csv\", \
                column = \"load\" }\nsource = [{ class = \"node\" }]\n\
                [[variant]]\nid = \"other\"\n\
                set = { \"infrastructure.demand[0].rate.file\" = \"d.csv\" }\n\
                [ensemble.vary]\n\
                product = [{ path = \"connection.link.matrix\", values = [\"m.csv\"] }]\n";
    std::fs::write(root.join("base.toml"), base).expect("writable");
    let text = "extends = \"../base.toml\"\nmeta = { name = \"child\" }\n";
    load_text(&root, base).unwrap_or_else(|faults| panic!("{faults}"));
    load_text(&root.join("sub"), text).unwrap_or_else(|faults| panic!("{faults}"));
}

#[test]
fn values_of_a_sweep_are_told_apart() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let law = |mean: &str| format!("{{ law = \"exponential\", mean = \"{mean}\" }}");
    let text = format!(
        "schema = 1\nmeta = {{ name = \"laws\" }}\n\
         run = {{ start = 2026-01-01, horizon = \"1 d\" }}\n\
         [[infrastructure.class]]\nid = \"node\"\ncount = 4\n\
         [ensemble.vary]\nproduct = [{{ path = \"infrastructure.class[0].failure\", \
         values = [{}, {}] }}]\n",
        law("10 d"),
        law("20 d")
    );
    let experiment = load_text(folder.path(), &text).unwrap_or_else(|faults| panic!("{faults}"));
    let ids: Vec<_> = experiment.points.iter().map(|point| point.id.as_str()).collect();
    assert!(ids.len() == 2 && ids[0] != ids[1] && ids[0].contains("10 d"), "{ids:?}");
}

#[test]
fn the_shipped_ranges_are_drawn_as_before() {
    let shipped = |name: &str| {
        let path = repository().join("scenarios").join(name);
        load(&path, &[]).unwrap_or_else(|faults| panic!("{}", faults[0]))
    };
    let sample = shipped("reviews/sensitivity.toml").sample.expect("a sample");
    let fit = shipped("filecoin/calibration.toml").calibration.expect("a calibration").fit;
    for range in sample.ranges.iter().chain(&fit) {
        assert!(!range.whole && !range.log, "{}", range.key);
    }
}

/// The scenario with keys laid over it, as on the command line.
fn laid(text: &str, keys: &[(&str, &str)]) -> Result<Experiment, String> {
    let folder = folder_with_data();
    let path = folder.path().join("scenario.toml");
    std::fs::write(&path, text).expect("the test's folder is writable");
    let keys: Vec<_> = keys.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    load(&path, &keys).map_err(|faults| faults.iter().map(|f| format!("{f}\n")).collect())
}

/// A run that is shortened by hand, by a size or by an analysis has changes and windows behind its
/// end. They are no faults; that a change never happens is told.
#[test]
fn a_run_with_later_changes_can_be_shortened() {
    let later = "\n[[change]]\nat = \"3 d\"\nset = \"network.parameters.orphan_share\"\nto = 0.1\n\
                 [[change]]\nat = \"40 h\"\nset = \"network.parameters.disk_afr\"\nto = 0.1\n\
                 [[change]]\nat = \"1 d\"\nset = \"network.parameters.disk_afr\"\nto = 0.2\n";
    // A price has an effect with behaviour = "rational" only.
    let plain: String = VALID.split_inclusive('\n').filter(|l| !l.starts_with("price")).collect();
    let text = format!("{plain}{later}");
    let idle = |experiment: Result<Experiment, String>| {
        experiment.unwrap_or_else(|faults| panic!("{faults}")).points[0].scenario.idle_changes()
    };
    assert_eq!(idle(laid(&text, &[])), [""; 0]);
    let told = [
        "change[0] of network.parameters.orphan_share never happens: the run ends before it",
        "change[1] of network.parameters.disk_afr has no effect: no step of the network is left that it could act on",
    ];
    assert_eq!(idle(laid(&text, &[("run.horizon", "2 d")])), told);
    let sized = format!("{text}[ci]\n\"run.horizon\" = \"2 d\"\n");
    assert_eq!(idle(laid(&sized, &[("run.size", "ci")])), told);
    assert_eq!(idle(laid(&sized, &[])), [""; 0]);
    // In the file itself it stays a fault, and so does a change of a century later.
    let short = text.replace("horizon = \"5 d\"", "horizon = \"2 d\"");
    let fault = laid(&short, &[]).expect_err("a later change");
    assert!(fault.contains("not before the end of the run"), "{fault}");
    let never = text.replace("at = \"3 d\"", "at = \"90_000 d\"");
    assert!(laid(&never, &[("run.horizon", "2 d")]).is_err());
    // A mean over two days of a run of one: the judge says that it did not judge it.
    laid(&text, &[("run.horizon", "1 d")]).unwrap_or_else(|faults| panic!("{faults}"));
}

/// Paths of an extended file are relative to that file, also where a key has a list's number.
#[test]
fn paths_in_variants_and_sets_of_an_extended_file_are_its_own() {
    let folder = folder_with_data();
    let below = folder.path().join("base");
    std::fs::create_dir(&below).expect("the test's folder is writable");
    std::fs::rename(folder.path().join("data"), below.join("data")).expect("moved");
    let base = "schema = 1\n[meta]\nname = \"base\"\n[run]\nstart = 2022-10-10\n\
                horizon = \"3 d\"\n[[network]]\nkind = \"filecoin\"\nproviders = 10\n\
                detail = \"day\"\ninitial = \"data/state.toml\"\nhistory = \"data/history.csv\"\n\
                [[variant]]\nid = \"a\"\nset = { \"network[0].history\" = \"data/history.csv\" }\n";
    std::fs::write(below.join("base.toml"), base).expect("written");
    load(&below.join("base.toml"), &[]).unwrap_or_else(|faults| panic!("{}", faults[0]));
    let experiment = load_text(folder.path(), "extends = \"base/base.toml\"\nschema = 1\n");
    let experiment = experiment.unwrap_or_else(|faults| panic!("{faults}"));
    let read: Vec<&str> = experiment.sources.iter().map(|(name, _)| name.as_str()).collect();
    assert!(read.contains(&"base/data/history.csv"), "{read:?}");
}

/// Each piece of a fleet has a tally of each class in each region: many of them cost more than
/// pieces save.
#[test]
fn a_fleet_of_many_classes_and_regions_stays_in_one_piece() {
    let reason = |regions: usize, devices: u32| {
        let region = |number| format!("[[infrastructure.region]]\nid = \"r{number}\"\n");
        let class = |number| {
            format!(
                "[[infrastructure.class]]\nid = \"c{number}\"\ncount = {devices}\n\
                 failure = {{ law = \"exponential\", mean = \"400 d\" }}\nrepair = \"1 d\"\n"
            )
        };
        let text = "schema = 1\n[meta]\nname = \"many\"\n[run]\nstart = 2026-01-01\n\
                    horizon = \"3 d\"\n";
        let lists = (0..regions).map(region).chain((0..40).map(class));
        let experiment = laid(&(text.to_owned() + &lists.collect::<String>()), &[]);
        let experiment = experiment.unwrap_or_else(|faults| panic!("{faults}"));
        experiment.points[0].scenario.in_one_piece_because()
    };
    assert_eq!(reason(50, 10_000), None);
    let many = reason(51, 10_000).expect("one piece");
    assert!(many.starts_with("40 classes in 51 regions have too many tallies"), "{many}");
    let few = reason(51, 1_000).expect("one piece");
    assert!(few.starts_with("40000 devices are fewer"), "{few}");
}

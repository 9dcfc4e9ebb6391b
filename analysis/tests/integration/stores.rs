//! A result is whole or absent, and never takes the place of something else.

use std::fs;
use std::path::Path;

use jiff::civil::date;
use pinwheel_analysis::Error;
use pinwheel_analysis::record::manifest::Manifest;
use pinwheel_analysis::record::staging::Staging;
use pinwheel_analysis::record::store::Store;
use pinwheel_analysis::record::table::Table;
use pinwheel_analysis::series::Instant;
use polars::prelude::{Column, DataFrame, Series};
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::ParquetWriter;

use crate::synthetic::{experiment, publish};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_result_has_its_five_files_and_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), 10, 1, false);
    let target = folder.path().join("results/out");
    publish(&experiment, &target, 1).unwrap();
    let files =
        ["manifest.json", "metrics.parquet", "report.html", "scenario.toml", "verdict.json"];
    assert_eq!(names(&target), files);
    assert_eq!(names(&folder.path().join("results")), ["out"]);
    let store = Store::open(&target).unwrap();
    let series = store.series("main", 0, "supply_burned", "").unwrap();
    assert_eq!(series.len(), 10);
    assert_eq!(series[0].0, Instant::of_date(date(2022, 10, 11)));
    assert!(store.series("main", 0, "no_such_metric", "").unwrap().is_empty());
    let monthly = store.series("main", 0, "raw_power", "observed").unwrap();
    assert_eq!(monthly.len(), 10);
}

#[test]
fn an_older_result_is_replaced_and_anything_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), 10, 1, false);
    let target = folder.path().join("out");
    fs::create_dir(&target).unwrap();
    publish(&experiment, &target, 1).unwrap();
    publish(&experiment, &target, 1).unwrap();
    assert_eq!(names(folder.path()), ["invented.toml", "out", "state.toml"]);

    let foreign = folder.path().join("thesis");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("chapter.txt"), "years of work").unwrap();
    assert!(matches!(publish(&experiment, &foreign, 1), Err(Error::Foreign(_))));
    fs::write(foreign.join("manifest.json"), "{\"program\": \"other\"}").unwrap();
    assert!(matches!(publish(&experiment, &foreign, 1), Err(Error::Foreign(_))));
    assert_eq!(names(&foreign), ["chapter.txt", "manifest.json"]);
    let file = folder.path().join("invented.toml");
    assert!(matches!(publish(&experiment, &file, 1), Err(Error::Foreign(_))));
}

#[test]
fn a_staging_that_is_dropped_leaves_the_older_result() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), 10, 1, false);
    let target = folder.path().join("out");
    publish(&experiment, &target, 1).unwrap();
    let before = fs::read(target.join("manifest.json")).unwrap();
    {
        let staging = Staging::begin(&target).unwrap();
        staging.write("metrics.parquet", b"half").unwrap();
        assert_eq!(names(folder.path()).len(), 4, "the staging lies beside the target");
    }
    assert_eq!(fs::read(target.join("manifest.json")).unwrap(), before);
    assert_eq!(names(folder.path()), ["invented.toml", "out", "state.toml"]);
}

#[test]
fn what_appears_in_the_target_meanwhile_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out");
    let staging = Staging::begin(&target).unwrap();
    fs::create_dir(&target).unwrap();
    fs::write(target.join("note.txt"), "mine").unwrap();
    assert!(matches!(staging.publish(Manifest::blank()), Err(Error::Foreign(_))));
    assert_eq!(names(folder.path()), ["out"]);
    assert_eq!(names(&target), ["note.txt"]);
}

#[test]
fn a_changed_file_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), 10, 1, false);
    let target = folder.path().join("out");
    publish(&experiment, &target, 1).unwrap();
    fs::write(target.join("verdict.json"), "{\"passed\": true}").unwrap();
    let error = Store::open(&target).expect_err("a forged verdict");
    assert!(error.to_string().contains("verdict.json"), "{error}");
    fs::remove_file(target.join("manifest.json")).unwrap();
    assert!(matches!(Store::open(&target), Err(Error::Damaged { .. })));
}

#[test]
fn what_somebody_put_into_a_result_stays_when_it_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), 10, 1, false);
    let target = folder.path().join("result");
    let published = |target: &Path| publish(&experiment, target, 1).unwrap();
    published(&target);
    fs::write(target.join("notes.txt"), "mine").unwrap();
    fs::create_dir(target.join("figures")).unwrap();
    fs::write(target.join("figures/a.svg"), "mine too").unwrap();
    published(&target);
    assert_eq!(fs::read_to_string(target.join("notes.txt")).unwrap(), "mine");
    assert_eq!(fs::read_to_string(target.join("figures/a.svg")).unwrap(), "mine too");
    // A process that died after it had put the new result in place.
    let old = folder.path().join(".result.old");
    fs::create_dir(&old).unwrap();
    fs::copy(target.join("manifest.json"), old.join("manifest.json")).unwrap();
    fs::write(old.join("late.txt"), "mine as well").unwrap();
    published(&target);
    assert_eq!(fs::read_to_string(target.join("late.txt")).unwrap(), "mine as well");
    assert!(!old.exists());
    // And one that died between the two renames.
    fs::rename(&target, &old).unwrap();
    published(&target);
    assert!(target.join("late.txt").exists() && !old.exists());
    // Deaths while either was made or cleared.
    for left in [".result.old", ".result.partial", ".result.partial/work"] {
        fs::create_dir_all(folder.path().join(left)).unwrap();
        published(&target);
        assert!(target.join("late.txt").exists() && !folder.path().join(left).exists());
    }
    // Hidden folders of somebody else are not touched.
    for name in [".result.old", ".result.partial"] {
        let other = folder.path().join(name);
        fs::create_dir(&other).unwrap();
        fs::write(other.join("mine"), "").unwrap();
        let refused = Staging::begin(&target).unwrap_err().to_string();
        assert!(refused.contains(name) && other.join("mine").exists(), "{refused}");
        fs::remove_dir_all(other).unwrap();
    }
}

#[test]
fn the_table_says_timestamps_and_one_without_subjects_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(folder.path(), 10, 1, false);
    let target = folder.path().join("out");
    publish(&experiment, &target, 1).unwrap();
    let path = target.join("metrics.parquet");
    let mut reader = ParquetReader::new(fs::File::open(&path).unwrap());
    let schema = reader.schema().unwrap();
    let kinds: Vec<String> =
        schema.iter().map(|(name, field)| format!("{name} {:?}", field.dtype)).collect();
    assert_eq!(kinds[2], "time Timestamp(Millisecond, None)");
    assert!(kinds[3].starts_with("subject "), "{kinds:?}");

    let run: Series = [0u32].into_iter().collect();
    let column = Column::from(run.with_name("run".into()));
    let mut old = DataFrame::new(1, vec![column]).unwrap();
    ParquetWriter::new(fs::File::create(&path).unwrap()).finish(&mut old).unwrap();
    let refused = Table::read(&path).unwrap_err().to_string();
    assert!(refused.contains("an older version wrote it; run the scenario again"), "{refused}");
    let manifest = target.join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("\"format\": 3", "\"format\": 2")).unwrap();
    let refused = Store::open(&target).unwrap_err().to_string();
    assert!(
        refused.contains("format 2") && refused.contains("run the scenario again"),
        "{refused}"
    );
}

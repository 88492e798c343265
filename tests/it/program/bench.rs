//! `ombud bench`: every row is there, and nothing is left when it ends.

use super::folder;
use crate::support::program::ombud;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long what is left behind by a bench that was killed may be there.
const PATIENCE: Duration = Duration::from_mins(1);

/// A bench whose stores lie in this folder.
fn bench(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = ombud(folder);
    command.arg("bench").args(arguments).env("TMPDIR", folder);
    command
}

fn report(mut bench: Command) -> Value {
    let output = bench.output().expect("a bench");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

fn left_in(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
}

#[test]
fn the_bench_reports_every_row_and_the_machine() {
    let folder = folder();
    let report = report(bench(
        folder.path(),
        &["--json", "--seconds", "0.1", "--replicas", "1", "--filled", "300", "--waiting", "200", "--thread", "150"],
    ));
    assert!(report["machine"]["cores"].as_u64().is_some_and(|n| n > 0) && report["model_revision"].is_string());
    assert_eq!(
        names(&report["scoring"]),
        ["normalise", "normalise and hash", "abuse", "detect language", "abuse and topicality"]
    );
    let stores = ["SQLite", "Redis", "Redis Cluster"];
    assert_eq!(names(&report["claiming"]), stores);
    let with_nothing = [&stores[..], &["nothing but HTTP"]].concat();
    assert_eq!([names(&report["submitting"]), names(&report["reading"])], [with_nothing.clone(), with_nothing]);
    assert_eq!(names(&report["analyzing"]), ["comments:analyze", "echo of the same body"]);
    assert_eq!(names(&report["coral"]), ["SQLite"]);
    let pages = stores.iter().flat_map(|store| ["queue", "thread"].map(|page| format!("{page} page, {store}")));
    assert_eq!(names(&report["pages"]), pages.collect::<Vec<_>>());
    rows(&report["pages"]).iter().for_each(expect_measured);
    assert_eq!((&report["waiting"], &report["thread"]), (&200.into(), &150.into()));
    for (row, store) in rows(&report["replaying"]).iter().zip(stores) {
        assert_eq!((row["store"].as_str(), &row["n"]), (Some(store), &row["stored"]), "every comment is judged: {row}");
        assert!(row["comments_per_second"].as_f64() > Some(0.0), "{row}");
    }
    assert_eq!(rows(&report["replaying"]).len(), stores.len());
    for row in rows(&report["scoring"]) {
        assert!(row["n"].as_u64() > Some(0) && row["comments_per_second"].as_f64() > Some(0.0), "{row}");
    }
    for row in ["submitting", "claiming", "reading", "analyzing", "coral"].iter().flat_map(|t| rows(&report[*t])) {
        expect_measured(row);
        // Everything that was measured on a Redis is compared with what a SET costs there.
        let on_redis = row["store"].as_str().is_some_and(|store| store.starts_with("Redis"));
        assert_eq!(row["sets"].is_number(), on_redis && row["n"].is_number() && has_sets(&report), "{row}");
    }
}

#[test]
fn the_bench_measures_several_replicas() {
    let folder = folder();
    let only = ["--json", "--seconds", "0.1", "--on", "redis", "--only", "reading", "--replicas", "1,2"];
    let report = report(bench(folder.path(), &only));
    assert_eq!(names(&report["reading"]), ["Redis", "Redis, 2 replicas", "nothing but HTTP"]);
    rows(&report["reading"]).iter().for_each(expect_measured);
}

#[test]
fn the_bench_fills_a_store_and_says_what_grows() {
    let folder = folder();
    let only = ["--on", "sqlite", "--only", "submitting", "--only", "claiming", "--only", "reading"];
    let sizes =
        ["--json", "--seconds", "0.1", "--replicas", "1", "--filled", "100", "--articles", "20", "--stored", "300,100"];
    let report = report(bench(folder.path(), &[&sizes[..], &only].concat()));
    let growth = &report["growth"];
    // From the smallest on; the second size has what was submitted meanwhile, too.
    let stored: Vec<u64> = rows(&growth["filled"]).iter().filter_map(|row| row["stored"].as_u64()).collect();
    assert!(stored.len() == 2 && stored[0] == 100 && stored[1] >= 300, "{stored:?}");
    let first = &growth["filled"][0];
    let states = ["published", "pending", "rejected"].map(|state| first[state].as_u64().expect("a count"));
    assert!(states.iter().sum::<u64>() == 100 && states.iter().all(|n| *n > 0), "{states:?}");
    assert!(first["bytes_per_comment"].as_f64() > Some(500.0), "{first}");
    for table in ["submitting", "claiming", "reading"] {
        assert_eq!(names(&growth[table]), ["SQLite", "SQLite"]);
        rows(&growth[table]).iter().for_each(expect_measured);
    }
    let factors: Vec<_> = rows(&growth["factors"]).iter().map(|factor| factor["operation"].clone()).collect();
    assert_eq!(factors, ["submitting", "claiming", "reading"]);
    assert_eq!(left_in(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn a_bench_that_is_killed_leaves_nothing() {
    let folder = folder();
    let only = ["--seconds", "600", "--only", "reading", "--on", "redis", "--replicas", "1"];
    let mut running = bench(folder.path(), &only).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a bench");
    let begun = Instant::now();
    let until = |fits: fn(&[PathBuf]) -> bool| {
        while !fits(&left_in(folder.path())) {
            assert!(begun.elapsed() < PATIENCE, "still {:?}", left_in(folder.path()));
            std::thread::yield_now();
        }
    };
    // The server works in its folder.
    until(|left| left.iter().any(|folder| folder.join("appendonlydir").exists()));
    running.kill().expect("it runs");
    running.wait().expect("it ended");
    // Removed when the server is dead.
    until(<[PathBuf]>::is_empty);
}

fn rows(table: &Value) -> &Vec<Value> {
    table.as_array().expect("rows")
}

fn names(table: &Value) -> Vec<&str> {
    rows(table).iter().map(|row| row["name"].as_str().expect("a name")).collect()
}

fn has_sets(report: &Value) -> bool {
    rows(&report["one_set"]).iter().all(|row| row["n"].is_number())
}

/// Figures, or on a Redis why there are none: there may be no server here.
fn expect_measured(row: &Value) {
    let measured = ["n", "per_second"].iter().all(|figure| row[figure].as_f64().is_some_and(|n| n > 0.0));
    let on_redis = row["store"].as_str().is_some_and(|store| store.starts_with("Redis"));
    assert!(measured || (on_redis && row["missing"].is_string()), "{row}");
}

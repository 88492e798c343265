//! Thresholds from targets, through the real program: what it prints and writes, and what it refuses.

use super::folder;
use crate::support::labelled::lines;
use crate::support::page::Page;
use crate::support::program::{Said, run};
use ombud::policy::Policy;
use serde_json::{Value, json};
use std::path::Path;

/// Runs `ombud policy tune` on labelled comments in a file of that folder.
fn tune(folder: &Path, lines: &str, arguments: &[&str]) -> Said {
    std::fs::write(folder.join("labelled.jsonl"), lines).expect("written");
    run(folder, &[&["policy", "tune", "--labelled", "labelled.jsonl"], arguments].concat())
}

const TARGETS: [&str; 4] = ["--max-abuse-published", "3%", "--max-wrongly-rejected", "1%"];

#[test]
fn targets_make_a_candidate_and_touch_nothing_else() {
    let folder = folder();
    let config = folder.path().join("config");
    std::fs::create_dir(&config).expect("a folder");
    let (policy, words) = Policy::default_files();
    std::fs::write(config.join("policy.toml"), policy).expect("written");
    let rest = ["--per-day", "2000", "--out", "candidate.toml", "--svg", "plot.svg", "--json"];
    let said = tune(folder.path(), &lines(2500), &[&TARGETS[..], &rest].concat()).expect_success();
    let report: Value = serde_json::from_str(&said).expect("JSON");
    let sum = |side: &Value| side["publish"].as_u64().unwrap_or(0) + side["reject"].as_u64().unwrap_or(0);
    assert_eq!(sum(&report["labelled"]), 2500);
    let candidate = &report["candidate"];
    assert!(candidate["abuse_published"]["at_most"].as_f64() <= Some(0.03), "{candidate}");
    assert!(candidate["wrongly_rejected"]["at_most"].as_f64() <= Some(0.01), "{candidate}");
    assert_eq!(std::fs::read_to_string(config.join("policy.toml")).expect("there"), policy);

    let written = std::fs::read_to_string(folder.path().join("candidate.toml")).expect("a candidate");
    let tuned = Policy::parse(&written, words).expect("a policy");
    let moved = report["thresholds"].as_array().expect("thresholds");
    assert!(!moved.is_empty());
    for threshold in moved {
        let attribute = threshold["attribute"].as_str().expect("a name").parse().expect("an attribute");
        let found = tuned.thresholds(None).get(attribute);
        let found = if threshold["threshold"] == "review" { found.review } else { found.reject };
        assert_eq!(found, threshold["after"].as_f64(), "{threshold}");
    }
    let (head, body) = written.split_once("\n\n").expect("a head");
    assert!(head.lines().all(|line| line.starts_with("# tune: ")), "{head}");
    assert!(head.contains("abuse among what is published at most 3 %") && head.contains("95 % sure"), "{head}");
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    assert_eq!(body.replace(digits, ""), policy.replace(digits, ""), "but for numbers, it is the policy");
    assert!(std::fs::read_to_string(folder.path().join("plot.svg")).expect("a drawing").starts_with("<svg"));

    // Tuned again, it has one head.
    std::fs::create_dir(folder.path().join("next")).expect("a folder");
    std::fs::rename(folder.path().join("candidate.toml"), folder.path().join("next/policy.toml")).expect("moved");
    let rest = ["--config", "next", "--out", "second.toml"];
    tune(folder.path(), &lines(2500), &[&TARGETS[..], &rest].concat()).expect_success();
    let second = std::fs::read_to_string(folder.path().join("second.toml")).expect("a candidate");
    assert_eq!(second.matches("# tune: A candidate").count(), 1);
}

#[test]
fn no_file_is_written_over_without_a_word() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("config")).expect("a folder");
    std::fs::write(folder.path().join("there.toml"), "kept").expect("written");
    let refused =
        |arguments: &[&str]| tune(folder.path(), &lines(1), &[&TARGETS[..], arguments].concat()).expect_failure();
    let said = refused(&["--out", "config/policy.toml", "--overwrite"]);
    assert!(said.contains("config/policy.toml is the policy in force"), "{said}");
    let said = refused(&["--out", "there.toml"]);
    assert!(said.contains("there.toml is there already; --overwrite replaces it"), "{said}");
    let said = refused(&["--svg", "there.toml"]);
    assert!(said.contains("there.toml is there already"), "{said}");
    assert_eq!(std::fs::read_to_string(folder.path().join("there.toml")).expect("there"), "kept");
    tune(folder.path(), &lines(2500), &[&TARGETS[..], &["--out", "there.toml", "--overwrite"]].concat())
        .expect_success();
    assert!(std::fs::read_to_string(folder.path().join("there.toml")).expect("there").starts_with("# tune: "));
}

#[test]
fn what_cant_be_promised_is_refused_and_nothing_is_written() {
    let folder = folder();
    let refused = |lines: &str, arguments: &[&str]| {
        let said = tune(folder.path(), lines, &[arguments, &["--out", "candidate.toml"]].concat());
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(!folder.path().join("candidate.toml").exists());
        said
    };
    let said = refused(&lines(100), &TARGETS).expect_failure();
    assert!(said.contains("too little evidence") && said.contains("more labelled comments are needed"), "{said}");
    let said = refused(&lines(2500), &["--max-abuse-published", "0.1%", "--confidence", "80%"]).expect_failure();
    assert!(said.contains("can't be promised") && said.contains("--max-abuse-published"), "{said}");
    let budget = ["--max-review-per-day", "2", "--per-day", "2000"];
    let said = refused(&lines(2500), &[&TARGETS[..], &budget].concat()).expect_failure();
    assert!(said.contains("the targets contradict each other") && said.contains("--max-review-per-day"), "{said}");
    let said = refused(&lines(2500), &[&TARGETS[..], &budget, &["--json"]].concat());
    let answer: Value = serde_json::from_str(&said.stdout).expect("JSON");
    assert_eq!((&answer["refused"]["code"], &answer["refused"]["budget"]), (&json!("over_budget"), &json!(2)));
    assert!(answer["message"].is_string());
}

#[test]
fn a_line_that_is_no_labelled_comment_is_named() {
    let folder = folder();
    let good = lines(2);
    for (bad, cause) in [
        ("{\"id\": 3, \"text\": \"x\"}", "line 3: missing key `label`"),
        (
            "{\"id\": 3, \"text\": \"x\", \"label\": \"maybe\"}",
            "line 3: unknown value `maybe`, expected `publish` or `reject`",
        ),
        ("{\"id\": 3, \"label\": \"reject\"}", "line 3: missing key `text`"),
        ("{\"id\": \"l0\", \"text\": \"x\", \"label\": \"reject\"}", "line 3: the id \"l0\" is here twice"),
        ("{\"id\": 3, \"text\": \" \", \"label\": \"reject\"}", "line 3: "),
        ("nonsense", "line 3: expected"),
    ] {
        let said = tune(folder.path(), &format!("{good}{bad}\n"), &TARGETS).expect_failure();
        assert!(said.contains(cause), "{bad}: {said}");
    }
    let said = tune(folder.path(), "\n", &TARGETS).expect_failure();
    assert!(said.contains("labelled.jsonl holds no comments"), "{said}");
    let said = run(folder.path(), &["policy", "tune", "--labelled", "nowhere.jsonl", "--max-abuse-published", "1%"]);
    assert!(said.expect_failure().contains("nowhere.jsonl: "));
}

#[test]
fn a_target_that_is_none_is_refused_before_anything_is_read() {
    let folder = folder();
    let refused = |arguments: &[&str]| {
        let said = run(folder.path(), &[&["policy", "tune", "--labelled", "nowhere.jsonl"], arguments].concat());
        assert_eq!(said.code, Some(2), "{said:?}");
        said.stderr
    };
    for share in ["0", "0%", "1", "250%"] {
        let said = refused(&["--max-abuse-published", share]);
        assert!(said.contains("above 0 % and below 100 %"), "{said}");
    }
    assert!(refused(&["--max-abuse-published=-1%"]).contains("above 0 %"));
    assert!(refused(&["--max-abuse-published", "some"]).contains("\"some\" is no share"));
    assert!(refused(&["--max-wrongly-rejected", "1%", "--confidence", "5%"]).contains("wrong more often than right"));
    assert!(refused(&["--max-wrongly-rejected", "1%", "--max-review-per-day", "5"]).contains("--per-day"));
    assert!(refused(&["--max-wrongly-rejected", "1%", "--attribute", "TOXICTY"]).contains("unknown attribute"));
    assert!(refused(&[]).contains("--max-abuse-published"), "no promise is asked for");
    assert!(
        run(folder.path(), &["policy", "tune", "--max-abuse-published", "1%"]).expect_failure().contains("--labelled")
    );
}

/// Revisions change with every word of the files.
fn without_revisions(text: &str) -> String {
    let hidden = |word: &str| {
        let revision = word.trim_end_matches([',', '.']);
        let hex = revision.len() == 12 && revision.chars().all(|c| c.is_ascii_hexdigit());
        if hex { word.replace(revision, "…") } else { word.to_owned() }
    };
    let line = |line: &str| line.trim_end().split(' ').map(hidden).collect::<Vec<_>>().join(" ");
    text.trim_end().lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The walk of docs/tuning.md, with what it prints and draws. The comments stay in target/tuning, to try it on.
#[test]
fn the_walk_prints_and_draws_what_the_page_shows() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = home.join("target/tuning");
    std::fs::create_dir_all(&folder).expect("a folder");
    let page = Page::new(include_str!("../../../docs/tuning.md")).section("A walk");
    let command = page.blocks("sh").into_iter().find(|block| block.contains("policy tune")).expect("the command");
    let command = command.replace("\\\n", " ");
    // Without "ombud policy tune --labelled labelled.jsonl", which is how every test here begins.
    let arguments: Vec<&str> = command.split_whitespace().skip(5).chain(["--overwrite"]).collect();
    let said = tune(&folder, &lines(3000), &arguments).expect_success();
    let shown = page.blocks("").into_iter().next().expect("what it prints");
    std::fs::write(folder.join("printed.txt"), &said).expect("written");
    let hint = "if this is as it should be, the page has to change: target/tuning has printed.txt and thresholds.svg";
    assert_eq!(without_revisions(&said), without_revisions(shown), "{hint}");
    let drawn = std::fs::read_to_string(folder.join("thresholds.svg")).expect("a drawing");
    assert!(drawn == include_str!("../../../docs/images/tuning.svg"), "{hint}");
}

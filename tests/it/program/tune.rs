//! Thresholds from targets, through the real program: what it prints and writes, and what it refuses.

use super::folder;
use crate::support::app::{BANNED, CLEAN, SUSPECT, Setup, TestApp, comment};
use crate::support::labelled::lines;
use crate::support::page::Page;
use crate::support::program::{Said, run};
use ombud::comment::{ModeratorRole, SiteId};
use ombud::policy::Policy;
use ombud::service::{Caller, Clock, ManualClock, Verb};
use ombud::store::StoreUrl;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

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

/// A store of a site on which so many comments came in three days ago, of which all that were drawn or held are judged.
async fn site_with_audits(folder: &Path, comments: usize) {
    let store = Some(StoreUrl::Sqlite(folder.join("ombud.db")));
    let policy = vec![("share = 0   ", "share = 0.2 ")];
    let clock = ManualClock::at(Clock::System.now() - jiff::SignedDuration::from_hours(72));
    let app = TestApp::with(Setup { store, policy, clock, ..Setup::default() }).await;
    app.article("a1").await;
    for n in 0..comments {
        let text = match n % 5 {
            0 => BANNED,
            1 => SUSPECT,
            _ => CLEAN[n % CLEAN.len()],
        };
        app.platform.post("/v1/comments", &comment(&format!("c{n}"), "a1", None, text)).await.expect_status(201);
    }
    app.clock.advance(Duration::from_hours(2));
    app.person("Anna", ModeratorRole::Moderator).await;
    let site = SiteId::parse("post").expect("a site id");
    let anna = Caller::signed_in(&app.ombud.moderators(&site).await.expect("people")[0]);
    while let Some(drawn) = app.ombud.next_audit(&anna).await.expect("an answer") {
        let bad = drawn.comment.text().is_some_and(|text| text.as_str() == BANNED);
        let (verb, reason) = if bad { (Verb::Reject, Some("abuse")) } else { (Verb::Publish, None) };
        app.ombud.judge_audit(&anna, &drawn.id, verb, reason).await.expect("judged");
    }
    for n in (1..comments).step_by(5) {
        let decision = json!({"action": "reject", "reason_code": "abuse", "expected_version": 1});
        app.moderator.post(&format!("/v1/comments/c{n}/decision"), &decision).await.expect_status(200);
    }
    app.stop().await;
}

#[tokio::test]
async fn a_sites_own_decisions_are_evidence() {
    let folder = folder();
    site_with_audits(folder.path(), 150).await;
    let data = ["--data-dir", folder.path().to_str().expect("UTF-8")];
    let tune = |arguments: &[&str]| {
        run(folder.path(), &[&["policy", "tune", "--site", "post"], arguments, &data[..]].concat())
    };
    let target = ["--max-wrongly-rejected", "40%", "--max-review-per-day", "149", "--out", "candidate.toml"];
    let report: Value =
        serde_json::from_str(&tune(&[&target[..], &["--json"]].concat()).expect_success()).expect("JSON");
    let labelled = &report["labelled"];
    assert_eq!(
        (&labelled["site"], &labelled["received"], &labelled["waiting"]),
        (&json!("post"), &json!(150), &json!(0))
    );
    assert_eq!((&labelled["share"], &labelled["left_out"]["unknown"]), (&json!(0.2), &json!(0)));
    let count = |key: &str| labelled[key].as_u64().expect("a count");
    assert!(count("audited") < count("publish") + count("reject"), "some of the queue are among them: {labelled}");
    assert_eq!(report["candidate"]["wrongly_rejected"]["hits"], 0);
    // It came in within two days, as the site's own days are counted.
    assert_eq!(report["targets"]["per_day"], 75);
    let written = std::fs::read_to_string(folder.path().join("candidate.toml")).expect("a candidate");
    assert!(
        written.starts_with("# tune: A candidate, not in force.") && written.contains("comments of post, "),
        "{written}"
    );

    let said = tune(&["--max-wrongly-rejected", "40%"]).expect_success();
    assert!(said.contains("150 came in from ") && said.contains("same chance to be among them, 20 %"), "{said}");
    let said = tune(&["--max-abuse-published", "0.1%"]).expect_failure();
    assert!(
        said.contains("too little evidence") && said.contains("a larger `share` of `[audit]` brings more"),
        "{said}"
    );
    let said = tune(&["--max-abuse-published", "1%", "--since", "60d"]).expect_failure();
    assert!(said.contains("28 days back"), "{said}");
    let nowhere = ["policy", "tune", "--site", "nowhere", "--max-abuse-published", "1%"];
    let said = run(folder.path(), &[&nowhere[..], &data[..]].concat()).expect_failure();
    assert!(said.contains("drawn for an audit"), "{said}");
    let both =
        run(folder.path(), &["policy", "tune", "--site", "post", "--labelled", "x", "--max-abuse-published", "1%"]);
    assert_eq!(both.code, Some(2), "{both:?}");
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

//! Learning on a site, through the real program: what it takes, what it writes, what it refuses.

use super::{folder, text};
use crate::support::decisions::decided;
use crate::support::program::{run, run_on};
use crate::support::sample::{at, site};
use ombud::comment::{Attribute, CommentText, Correction, CorrectionLabels, KeyId, Site};
use ombud::store::Store as _;
use ombud::store::sqlite::SqliteStore;
use serde_json::Value;
use std::path::Path;

fn decisions(count: usize) -> String {
    decided(count).fold(String::new(), |lines, decided| lines + &decided.line().to_string() + "\n")
}

fn toxicity(folder: &Path, model: &[&str]) -> f64 {
    let arguments = [&["score"], model].concat();
    let said =
        run_on(folder, &arguments, "{\"id\":1,\"text\":\"Such a grockle wrote this letter\"}\n").expect_success();
    let answer: Value = serde_json::from_str(&said).expect("JSON");
    answer["scores"]["TOXICITY"].as_f64().expect("a score")
}

#[test]
fn decisions_make_a_model_that_serves() {
    let folder = folder();
    let file = folder.path().join("decisions.jsonl");
    std::fs::write(&file, decisions(1500)).expect("written");
    let out = folder.path().join("site.safetensors");
    let arguments = ["learn", "--decisions", text(&file), "--out", text(&out)];
    let dry = run(folder.path(), &[&arguments[..], &["--dry-run", "--json"]].concat()).expect_success();
    assert!(!out.exists(), "a dry run writes nothing");
    let report: Value = serde_json::from_str(&dry).expect("JSON");
    assert_eq!(report["promoted"], true, "{report:#}");
    assert_eq!(report["people"].as_array().map(Vec::len), Some(3));
    let said = run(folder.path(), &arguments).expect_success();
    assert!(said.contains("Take it: every check passed"), "{said}");
    let first = std::fs::read(&out).expect("a model");
    run(folder.path(), &arguments).expect_success();
    assert!(first == std::fs::read(&out).expect("a model"), "the same decisions make the same bytes");
    assert!(toxicity(folder.path(), &["--model", text(&out)]) > toxicity(folder.path(), &[]) + 0.05);
    let site_as_base = ["learn", "--decisions", text(&file), "--base", text(&out)];
    let said = run(folder.path(), &site_as_base).expect_failure();
    assert!(said.contains("was itself learned on a site"), "{said}");
}

#[tokio::test]
async fn a_sites_report_says_how_many_corrections_it_learned_from() {
    let folder = folder();
    let store = SqliteStore::open(&folder.path().join("ombud.db")).expect("a store");
    let known = Site { id: site(), name: "The Daily".to_owned(), created_at: at(0), revoked_at: None };
    store.put_site(&known).await.expect("a site");
    let key = KeyId::parse("key_1").expect("a key");
    for made in decided(400) {
        let label = f64::from(u8::from(made.rejected));
        let labels = CorrectionLabels::parse([(Attribute::Toxicity, label)].into()).expect("labels");
        let text = CommentText::parse(made.text).expect("a text");
        let correction = Correction::new(&site(), key.clone(), text, labels, None, at(1));
        store.put_correction(&site(), &correction, 400).await.expect("kept");
    }
    drop(store);
    let said = run(folder.path(), &["learn", "--site", "daily", "--data-dir", text(folder.path())]);
    let said = said.stdout;
    assert!(said.contains("400 decisions: ") && said.contains("key:key_1"), "{said}");
    assert!(said.contains("  400 of them are corrections of scores, sent by a platform"), "{said}");
    assert!(!said.contains("moderators decided about"), "{said}");
}

#[test]
fn what_cant_be_learned_leaves_everything_as_it_was() {
    let folder = folder();
    let (file, out) = (folder.path().join("decisions.jsonl"), folder.path().join("site.safetensors"));
    std::fs::write(&out, "what was there").expect("written");
    let good = decisions(40);
    let flipped = decisions(1500)
        .replace("\"publish\"", "\"x\"")
        .replace("\"reject\"", "\"publish\"")
        .replace("\"x\"", "\"reject\"");
    for (bytes, cause) in [
        (Vec::new(), "holds no decisions"),
        (format!("{good}{{oops\n").into_bytes(), "line 41: key must be a string"),
        ([good.as_bytes(), &b"{\"id\":\"\xff\"}\n"[..]].concat(), "line 41: invalid utf-8"),
        (
            format!("{good}{{\"id\":\"x\",\"text\":\"t\"}}\n").into_bytes(),
            "line 41: there is neither a decision nor a label",
        ),
        (
            format!("{good}{{\"id\":\"x\",\"text\":\"t\",\"decision\":\"approve\"}}\n").into_bytes(),
            "line 41: unknown variant `approve`",
        ),
        (
            format!("{good}{{\"id\":\"x\",\"text\":\"t\",\"labels\":{{\"TOXICITY\":NaN}}}}\n").into_bytes(),
            "line 41: expected",
        ),
        (good.replace("\"reject\"", "\"publish\"").into_bytes(), "both published and rejected comments are needed"),
        (good.into_bytes(), "too few decisions"),
        (flipped.into_bytes(), ""),
    ] {
        std::fs::write(&file, bytes).expect("written");
        let said = run(folder.path(), &["learn", "--decisions", text(&file), "--out", text(&out)]).expect_failure();
        assert!(said.contains(cause), "{cause}: {said}");
        assert_eq!(std::fs::read(&out).expect("still there"), b"what was there", "{cause}");
    }
}

#[test]
fn the_curve_is_shown_for_each_number_of_decisions() {
    let folder = folder();
    let (stream, test) = (folder.path().join("stream.jsonl"), folder.path().join("test.jsonl"));
    let all = decisions(900);
    let lines: Vec<&str> = all.lines().collect();
    std::fs::write(&stream, lines[..600].join("\n")).expect("written");
    std::fs::write(&test, lines[600..].join("\n")).expect("written");
    let arguments = ["learn", "--decisions", text(&stream), "--test", text(&test), "--curve", "0,100,9000"];
    let said = run(folder.path(), &[&arguments[..], &["--orders", "2", "--json"]].concat()).expect_success();
    let points: Vec<Value> = serde_json::from_str(&said).expect("JSON");
    let decisions: Vec<&Value> = points.iter().map(|p| &p["decisions"]).collect();
    assert_eq!(decisions, [0, 100, 600]);
    let auc = |k: usize| points[k]["auc"]["mean"].as_f64().expect("a figure");
    assert!(auc(2) > auc(0) && auc(1) >= auc(0) - 0.01, "{said}");
}

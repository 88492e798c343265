//! `ombud evaluate`, as somebody with labelled comments of their own would run it.

use super::{folder, text};
use crate::support::program::run;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Forty comments, half of them abusive, of which ten answer another.
fn lines() -> String {
    let line = |i: u32| {
        let abusive = i.is_multiple_of(2);
        let said = if abusive { "is a complete idiot and a liar" } else { "explained the budget well" };
        let mut line = json!({
            "id": i, "text": format!("The mayor {said}, as in week {i}"),
            "labels": { "TOXICITY": if abusive { 0.9 } else { 0.1 }, "INSULT": 0.0, "OBSCENE": null },
        });
        if i < 10 {
            line["parent_text"] = "What did the mayor do?".into();
        }
        format!("{line}\n")
    };
    (0..40).map(line).collect()
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).expect("memory");
    encoder.finish().expect("memory")
}

fn report(folder: &Path, arguments: &[&str]) -> Value {
    let said = run(folder, &[&["evaluate", "--json"], arguments].concat()).expect_success();
    serde_json::from_str(&said).expect("one JSON object")
}

#[test]
fn a_file_of_labelled_comments_is_measured() {
    let folder = folder();
    written(folder.path(), "mine.jsonl", lines().as_bytes());
    written(folder.path(), "mine.jsonl.gz", &gzip(&lines()));
    let plain = run(folder.path(), &["evaluate", "--json", "--data", "mine.jsonl"]).expect_success();
    let again = run(folder.path(), &["evaluate", "--json", "--data", "mine.jsonl.gz"]).expect_success();
    assert_eq!(plain, again, "the same rows give the same bytes");
    let report: Value = serde_json::from_str(&plain).expect("one JSON object");
    let toxicity = &report["abuse"]["attributes"]["TOXICITY"];
    assert_eq!((&toxicity["pooled"]["rows"], &toxicity["pooled"]["positives"]), (&json!(40), &json!(20)));
    assert!(toxicity["pooled"]["auc"]["value"].as_f64() > Some(0.9), "{toxicity}");
    assert!(toxicity["pooled"]["auc"]["low"].is_number() && toxicity["by_source"]["unnamed"].is_number());
    let insult = &report["abuse"]["attributes"]["INSULT"]["pooled"];
    assert_eq!((&insult["auc"], &insult["absent"]), (&Value::Null, &json!("none of 40 rows is positive")));
    assert_eq!(report["abuse"]["with_parent"]["rows"], 10);
    assert_eq!(report["topicality"], Value::Null);
    assert_eq!(report["evidence"]["TOXICITY"]["comments"], 20);
    assert_eq!(report["suites"]["evasion"]["rows"], 40);
    assert!(report["suites"]["functional"]["cases"].as_u64() > Some(0));
    let target = |name: &str| {
        let targets = report["targets"].as_array().expect("targets");
        targets.iter().find(|t| t["name"] == name).expect("a target").clone()
    };
    assert_eq!(target("models together, MB")["reached"], true);
    assert_eq!(target("topicality cold, same section")["reached"], Value::Null);

    let table = run(folder.path(), &["evaluate", "--data", "mine.jsonl", "--quick"]).expect_success();
    assert!(table.contains("none of 40 rows is positive") && table.contains("not measured"), "{table}");
}

#[test]
fn a_data_directory_is_measured_on_its_dev_part() {
    let folder = folder();
    let data = folder.path().join("data");
    std::fs::create_dir_all(data.join("abuse")).expect("a folder");
    let split = |text: &str| {
        let part = |(i, line): (usize, &str)| {
            let split = if i < 30 { "dev" } else { "train" };
            format!("{},\"split\":\"{split}\"}}\n", line.strip_suffix('}').expect("an object"))
        };
        text.lines().enumerate().map(part).collect::<String>().replace("\"id\":", "\"id\":\"\",\"number\":")
    };
    written(&data.join("abuse"), "c3_news.jsonl.gz", &gzip(&split(&lines())));
    for path in [data.clone(), data.join("abuse")] {
        let report = report(folder.path(), &["--quick", "--data", text(&path)]);
        assert_eq!((&report["abuse"]["rows"], &report["abuse"]["with_parent"]["rows"]), (&json!(30), &json!(10)));
        assert_eq!(report["abuse"]["news"]["c3_news"]["TOXICITY"]["positives"], 15);
        assert_eq!(report["resamples"], 0);
    }
    written(&data.join("abuse"), "c3_news.jsonl.gz", &gzip("{\"id\":1}\n"));
    let said = run(folder.path(), &["evaluate", "--data", text(&data)]).expect_failure();
    assert!(said.contains("c3_news.jsonl.gz: line 1: "), "{said}");
}

/// Scores as Perspective published them: by id, text and `TOXICITY`, with .1 for everything else.
fn perspective(rows: &[(&str, &str, &str)]) -> String {
    let others = [
        "SEVERE_TOXICITY@2",
        "IDENTITY_ATTACK",
        "INSULT",
        "PROFANITY",
        "SEXUALLY_EXPLICIT",
        "THREAT",
        "FLIRTATION",
        "ATTACK_ON_AUTHOR",
        "ATTACK_ON_COMMENTER",
        "INCOHERENT",
        "INFLAMMATORY",
        "LIKELY_TO_REJECT",
        "OBSCENE",
        "SPAM",
        "UNSUBSTANTIAL",
    ];
    let line =
        |(id, text, toxicity): &(&str, &str, &str)| format!("{id},{text},{toxicity}{}\n", ",.1".repeat(others.len()));
    let heading = format!("id,comment_text,TOXICITY@6,{}\n", others.join(","));
    rows.iter().map(line).fold(heading, |file, line| file + &line)
}

#[test]
fn agreement_with_perspective_is_measured_on_what_was_not_learned() {
    let folder = folder();
    let data = folder.path().join("data");
    for part in ["abuse", "perspective"] {
        std::fs::create_dir_all(data.join(part)).expect("a folder");
    }
    let learned = lines().lines().next().map(str::to_owned).expect("a line");
    let learned = learned.replace("\"id\":0", "\"id\":\"0\",\"split\":\"train\"");
    let dev = learned.replace("train", "dev").replace("week 0", "week 99");
    written(&data.join("abuse"), "c3_news.jsonl.gz", &gzip(&format!("{learned}\n{dev}\n")));
    let scored = perspective(&[
        ("0a", "A comment to learn from", ".1"),
        ("0b", "a comment to LEARN from", ".1"),
        ("1b", "\"The mayor is a complete idiot and a liar, as in week 0\"", ".9"),
        ("2b", "What a complete idiot the mayor is", ".9"),
        ("3b", "The mayor explained the budget well", ".05"),
        ("4b", "?!", ".05"),
    ]);
    written(&data.join("perspective"), "wikipedia_2k_scores.csv.gz", &gzip(&scored));
    let report = report(folder.path(), &["--quick", "--data", text(&data)]);
    let found = &report["perspective"];
    assert_eq!((&found["comments"], &found["unscored"]), (&json!(3), &json!(1)));
    let toxicity = &found["attributes"]["TOXICITY"];
    assert_eq!(toxicity["rank_correlation"]["value"], 1.0);
    let at_half = json!({ "threshold": 0.5, "agree": 1.0, "flagged": 0.5, "flagged_here": 0.5, "kappa": 1.0 });
    assert_eq!(toxicity["at"][0], at_half);
    assert_eq!(found["attributes"]["OBSCENE"], Value::Null);

    written(&data.join("perspective"), "wikipedia_2k_scores.csv.gz", &gzip(&scored.replace("2b,", "2b,,")));
    let said = run(folder.path(), &["evaluate", "--data", text(&data)]).expect_failure();
    assert!(said.contains("wikipedia_2k_scores.csv.gz: line 5: 19 fields under 18 headings"), "{said}");
}

#[test]
fn bad_data_is_named() {
    let folder = folder();
    let good = lines();
    let first = good.lines().next().expect("a line");
    let fail = |name: &str, bytes: &[u8]| {
        let path = written(folder.path(), name, bytes);
        run(folder.path(), &["evaluate", "--data", text(&path)]).expect_failure()
    };
    let said = fail("a.jsonl", format!("{first}\n{{\"text\":\"no labels\"}}\n").as_bytes());
    assert!(said.contains("a.jsonl: line 2: missing field `labels`"), "{said}");
    let said = fail("b.jsonl", &[first.as_bytes(), b"\n\n{\"text\":\"\xff\"}"].concat());
    assert!(said.contains("b.jsonl: line 3: ") && said.contains("UTF-8"), "{said}");
    let said = fail("c.jsonl", b"{\"text\":");
    assert!(said.contains("c.jsonl: line 1: "), "{said}");
    let whole = gzip(&good);
    let said = fail("d.jsonl.gz", &whole[..whole.len() / 2]);
    assert!(said.contains("d.jsonl.gz: line "), "{said}");
    let said = fail("e.jsonl", b"\n");
    assert!(said.contains("e.jsonl holds no labelled comments"), "{said}");
    let said = run(folder.path(), &["evaluate", "--data", text(folder.path())]).expect_failure();
    assert!(said.contains("holds neither abuse/"), "{said}");
    let said = run(folder.path(), &["evaluate", "--data", "nowhere"]).expect_failure();
    assert!(said.contains("opening nowhere"), "{said}");
}

#[test]
fn models_are_put_side_by_side() {
    let folder = folder();
    written(folder.path(), "mine.jsonl", lines().as_bytes());
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/models");
    let topicality = format!("{models}/topicality.safetensors");
    let base = ["--data", "mine.jsonl", "--quick"];
    let before = run(folder.path(), &[&["evaluate", "--json"][..], &base].concat()).expect_success();
    written(folder.path(), "before.json", before.as_bytes());
    for against in ["embedded", models, topicality.as_str(), "before.json"] {
        let report = report(folder.path(), &[&base[..], &["--model", models, "--against", against]].concat());
        let rows = report["against"].as_array().expect("rows");
        let area = rows.iter().find(|row| row["name"] == "TOXICITY.auc").expect("an area");
        assert_eq!((&area["before"], &area["difference"]["value"]), (&area["after"], &json!(0.0)), "{against}");
    }
    written(folder.path(), "no.safetensors", b"nothing");
    let said = run(folder.path(), &["evaluate", "--data", "mine.jsonl", "--model", "no.safetensors"]).expect_failure();
    assert!(said.contains("no.safetensors") && said.contains("no safetensors file"), "{said}");
}

#[test]
fn a_card_is_filled_between_its_markers() {
    let folder = folder();
    written(folder.path(), "mine.jsonl", lines().as_bytes());
    let write = |card: &Path| {
        let arguments = ["evaluate", "--data", "mine.jsonl", "--quick", "--card", text(card)];
        run(folder.path(), &arguments)
    };
    let hand = "# Ours\nBad at irony.\n<!-- evaluate:abuse -->\nold\n<!-- /evaluate:abuse -->\nThe end.\n";
    let card = written(folder.path(), "card.md", hand.as_bytes());
    write(&card).expect_success();
    let first = std::fs::read_to_string(&card).expect("a card");
    assert!(first.starts_with("# Ours\nBad at irony.\n<!-- evaluate:abuse -->\n"), "{first}");
    assert!(first.ends_with("<!-- /evaluate:abuse -->\nThe end.\n") && !first.contains("old"), "{first}");
    assert!(first.contains("| TOXICITY | 40 | 20 | "), "{first}");
    write(&card).expect_success();
    assert_eq!(std::fs::read_to_string(&card).expect("a card"), first);

    let blank = folder.path().join("new.md");
    write(&blank).expect_success();
    let new = std::fs::read_to_string(&blank).expect("a card");
    assert!(
        ["models", "sources", "calibration", "evidence", "suites", "evasion", "targets"]
            .iter()
            .all(|n| new.contains(&format!("<!-- evaluate:{n} -->")))
    );

    let wrong = written(folder.path(), "wrong.md", b"<!-- evaluate:topicality -->\n<!-- /evaluate:topicality -->\n");
    let said = write(&wrong).expect_failure();
    assert!(said.contains("line 1: nothing is measured for <!-- evaluate:topicality -->"), "{said}");
}

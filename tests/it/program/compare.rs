//! `ombud compare` on a log of Perspective's scores.

use super::{folder, text};
use crate::support::program::run;
use serde_json::{Value, json};

/// What Perspective said of comments that leave no doubt, of one that they differ on, and of one in German.
fn log() -> String {
    let analyzed = |text: &str, score: f64| {
        let scores = json!({"TOXICITY": {"summaryScore": {"value": score, "type": "PROBABILITY"}}});
        json!({"request": {"comment": {"text": text}}, "response": {"attributeScores": scores}}).to_string()
    };
    [
        analyzed("You are a complete idiot", 0.95),
        analyzed("Shut up, you moron", 0.9),
        analyzed("You are all stupid liars", 0.85),
        analyzed("Thank you for the careful report from the council", 0.02),
        analyzed("The library closes at six on Fridays", 0.01),
        analyzed("My letter to the editor praised the new bridge", 0.93),
        analyzed("Das ist ein sehr schöner Brief über das Wetter in der Stadt", 0.1),
        json!({"request": {"comment": {"text": "x"}}, "response": {"error": {"code": 429}}}).to_string(),
    ]
    .join("\n")
}

#[test]
fn a_platform_sees_what_would_change() {
    let folder = folder();
    let file = folder.path().join("perspective.jsonl");
    std::fs::write(&file, log()).expect("a log");
    let said = run(folder.path(), &["compare", "--against", text(&file)]).expect_success();
    for part in
        ["8 comments", "TOXICITY: 6 comments", "same queue at", "line 6: Perspective .930", "praised the new bridge"]
    {
        assert!(said.contains(part), "no {part}:\n{said}");
    }
    let said =
        run(folder.path(), &["compare", "--against", text(&file), "--threshold", "0.8", "--json"]).expect_success();
    let report: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((&report["without_perspective_score"], &report["without_ombud_score"]), (&json!(1), &json!(1)));
    let toxicity = &report["attributes"]["TOXICITY"];
    assert_eq!((&toxicity["comments"], toxicity["at"].as_array().map(Vec::len)), (&json!(6), Some(1)));
    let at = &toxicity["at"][0];
    assert_eq!((&at["threshold"], &at["flagged"]), (&json!(0.8), &json!(0.6667)));
    // At that threshold ombud flags four too; three are those that anybody would.
    assert!(at["same_queue"].as_f64().is_some_and(|threshold| threshold < 0.8), "{at}");
    assert_eq!(toxicity["only_perspective"][0]["line"], 6);
}

#[test]
fn a_log_that_cant_be_read_is_named() {
    let folder = folder();
    let file = folder.path().join("perspective.jsonl");
    let refused = |arguments: &[&str]| {
        run(folder.path(), &[&["compare", "--against", text(&file)], arguments].concat()).expect_failure()
    };
    assert!(refused(&[]).contains("perspective.jsonl"), "no such file");
    for (log, why) in [
        ("", "there is no comment"),
        ("{\"text\":\"a\"}\n\n{\"txt\":\"b\"}", "line 3: there is no text"),
        ("[", "line 1"),
    ] {
        std::fs::write(&file, log).expect("a log");
        let said = refused(&[]);
        assert!(said.contains(why), "{said}");
    }
    assert!(refused(&["--threshold", "80"]).contains("at most 1"));
}

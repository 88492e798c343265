//! The transparency report and the statements of reasons, by the real program, over a store that is being served from.

use super::{folder, text};
use crate::support::app::{BANNED, CLEAN, SUSPECT, Setup, TestApp, comment};
use crate::support::browser::{Browser, Theme};
use crate::support::client::Client;
use crate::support::program::{Said, run};
use crate::support::redis::{Persistence, RedisServer};
use ombud::comment::{Actor, AuthorId, Role, Scope, SiteId};
use ombud::service::ManualClock;
use ombud::store::StoreUrl;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

const NOTE: &str = "Her third of the evening, says Mallory.";
const APPEAL: &str = "I quoted what was shouted at me.";

/// Takes a step, a minute and a half after the one before.
async fn step(app: &TestApp, who: &Client, path: &str, body: Value) -> Value {
    app.clock.advance(Duration::from_secs(90));
    who.post(path, &body).await.expect_status(200).body
}

/// Decides on the comment as it stands.
async fn decide(app: &TestApp, who: &Client, id: &str, action: &str, reason: &str) {
    let version = app.platform.get(&format!("/v1/comments/{id}")).await.body["version"].clone();
    let mut body = json!({"action": action, "expected_version": version, "note": NOTE});
    if action == "reject" {
        body["reason_code"] = json!(reason);
    }
    step(app, who, &format!("/v1/comments/{id}/decision"), body).await;
}

/// A history with something of every kind, in October 2025.
async fn history(store: StoreUrl) -> TestApp {
    let clock = ManualClock::at("2025-10-02T08:00:00Z".parse().expect("a time"));
    let app = TestApp::with(Setup { store: Some(store), clock, ..Setup::default() }).await;
    app.article("a1").await;
    let (site, role) = (SiteId::parse("post").expect("an id"), Role::parse("senior").expect("a role"));
    let senior = app.ombud.add_key_with_roles(&site, "Senior Desk", &[Scope::Review], &[role]).await.expect("a key");
    let senior = Client::new(&app.base, Some(senior.secret));
    for n in 0..8 {
        app.published(&format!("p{n}"), "a1", None).await;
    }
    for n in 0..3 {
        let sent = app.platform.post("/v1/comments", &comment(&format!("b{n}"), "a1", None, BANNED)).await;
        assert_eq!(sent.body["state"], "rejected", "{}", sent.body);
    }
    for n in 0..7 {
        app.clock.advance(Duration::from_secs(1));
        app.pending(&format!("s{n}"), "a1").await;
    }
    // Appeals: one upheld, one declined.
    for (id, action) in [("b0", "publish"), ("b1", "reject")] {
        step(&app, &app.platform, &format!("/v1/comments/{id}/appeals"), json!({"text": APPEAL})).await;
        decide(&app, &senior, id, action, "abuse").await;
    }
    // One that was claimed.
    app.clock.advance(Duration::from_mins(10));
    let claims = app.moderator.post("/v1/queue/claims", &json!({"limit": 1})).await.expect_status(201).body;
    let claim = &claims["claims"][0];
    let (id, claim_id) = (claim["comment"]["id"].as_str().expect("an id"), claim["claim_id"].clone());
    assert_eq!(id, "s0");
    let publish = json!({"action": "publish", "expected_version": 1, "claim_id": claim_id});
    step(&app, &app.moderator, "/v1/comments/s0/decision", publish).await;
    decide(&app, &app.moderator, "s1", "reject", "hate").await;
    // Taken back at once, and only after an hour.
    for (id, wait) in [("s2", 5), ("s3", 3_600)] {
        decide(&app, &app.moderator, id, "reject", "spam").await;
        app.clock.advance(Duration::from_secs(wait));
        app.moderator
            .post(&format!("/v1/comments/{id}/undo"), &json!({"expected_version": 2}))
            .await
            .expect_status(200);
        decide(&app, &app.moderator, id, "publish", "").await;
    }
    app.platform.delete("/v1/comments/s4").await.expect_status(200);
    // A reason that the platform made up, and an author who is erased after it.
    decide(&app, &app.moderator, "s5", "reject", "told-by-mallory").await;
    let author = AuthorId::parse("author-of-s5").expect("an id");
    app.ombud.erase_author(&site, &author, &Actor::Operator).await.expect("erased");
    // Readers report one, and one is edited.
    for reader in ["reader-one", "reader-two", "reader-three"] {
        let report = json!({"reporter_id": reader, "reason": "rude"});
        app.platform.post("/v1/comments/p0/reports", &report).await.expect_status(202);
    }
    decide(&app, &app.moderator, "p0", "reject", "abuse").await;
    app.platform.patch("/v1/comments/p1", &json!({"text": BANNED})).await.expect_status(200);
    app
}

/// What must stand in no report: words, and whatever names a person.
fn forbidden() -> Vec<String> {
    let words = [CLEAN[0], CLEAN[1], CLEAN[2], BANNED, SUSPECT, NOTE, APPEAL].map(|words| words[..20].to_owned());
    let people = ["author-of", "A Reader", "allory", "reader-", "Senior Desk", "key_", "raghead", "\"s5\""];
    words.into_iter().chain(people.map(str::to_owned)).collect()
}

fn october(store: &str, command: &str, more: &[&str], folder: &Path) -> Said {
    let period = ["--site", "post", "--from", "2025-10-01", "--to", "2025-10-31", "--store", store];
    run(folder, &[&[command], &period[..], more].concat())
}

/// The report of a history, which is the same in every store.
async fn check(store: &str) {
    let (folder, store, forbidden) = (folder(), store.to_owned(), forbidden());
    let asked = tokio::task::spawn_blocking(move || {
        let of = |command: &str, more: &[&str]| october(&store, command, more, folder.path()).expect_success();
        let report: Value = serde_json::from_str(&of("report", &["--format", "json"])).expect("JSON");
        let csv = of("report", &["--format", "csv"]);
        let page = of("report", &[]);
        let statements = of("statements", &[]);
        let batches = of("statements", &["--batch", "3"]);
        (report, csv, page, statements, batches)
    });
    let (report, csv, page, statements, batches) = asked.await.expect("joined");
    for (what, written) in
        [("json", report.to_string()), ("csv", csv.clone()), ("html", page.clone()), ("statements", statements.clone())]
    {
        for word in &forbidden {
            assert!(!written.contains(word), "{what} has \"{word}\":\n{written}");
        }
    }
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"), "{page}");
    figures(&report);
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(csv.as_bytes()).records().collect::<Result<_, _>>().expect("CSV");
    let cell = |section: &str, measure: &str, key: &str| {
        let found = rows.iter().find(|row| (&row[0], &row[1], &row[2]) == (section, measure, key));
        found.map(|row| row[3].to_owned())
    };
    assert_eq!(cell("machine", "held", "").as_deref(), Some("7"));
    assert_eq!(cell("reasons", "held", "words.suspect").as_deref(), Some("7"));
    assert_eq!(cell("sections", "submitted", "section:world").as_deref(), Some("18"));
    assert_eq!(
        cell("policies", "number", report["policies"][0]["revision"].as_str().expect("one")).as_deref(),
        Some("1")
    );

    let statements: Vec<Value> = statements.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(json!(statements.len()), report["restrictions"]);
    let names: BTreeSet<&str> = statements.iter().filter_map(|s| s["puid"].as_str()).collect();
    assert_eq!(names.len(), statements.len(), "each has a name of its own");
    statements.iter().for_each(fits_the_database);
    let fields =
        |field: &str| statements.iter().filter_map(|s| s[field].as_str()).map(str::to_owned).collect::<Vec<_>>();
    let count = |field: &str, value: &str| fields(field).iter().filter(|found| *found == value).count();
    assert_eq!(count("automated_decision", "AUTOMATED_DECISION_FULLY"), 4, "three that came in, one edit");
    assert_eq!(count("source_type", "SOURCE_TYPE_OTHER_NOTIFICATION"), 1);
    let removed = statements.iter().filter(|s| s["decision_visibility"][0] == "DECISION_VISIBILITY_CONTENT_REMOVED");
    assert_eq!(removed.count(), 2, "the one reported and the one edited");
    let batches: Vec<Value> = batches.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let sizes: Vec<usize> = batches.iter().map(|batch| batch["statements"].as_array().map_or(0, Vec::len)).collect();
    assert_eq!(sizes, [3, 3, 2]);
}

fn figures(report: &Value) {
    assert_eq!(report["submitted"], json!({"comments": 18, "edits": 1}));
    let machine = &report["machine"];
    assert_eq!((&machine["published"], &machine["held"], &machine["rejected"]), (&json!(8), &json!(7), &json!(4)));
    // s5 was rejected before its author was erased.
    let then = json!({"published": 3, "rejected": 2, "withdrawn": 1, "waiting": 1});
    assert_eq!(machine["held_then"], then);
    assert_eq!(report["people"], json!({"published": 4, "rejected": 4, "taken_back": 2}));
    // b0, b1, b2, the edit of p1; s1, s5, s3 for an hour, p0.
    assert_eq!(report["restrictions"], 8);
    assert_eq!(report["withdrawn"], json!({"withdrawn": 1, "erased": 1}));
    let overturned = &report["overturned"];
    assert_eq!((&overturned["published"]["of"], &overturned["published"]["hits"]), (&json!(1), &json!(1)));
    assert_eq!((&overturned["rejected"]["of"], &overturned["rejected"]["hits"]), (&json!(2), &json!(1)));
    assert!(report.get("audit_samples").is_none(), "none were drawn");
    assert_eq!(report["handling"]["count"], 1);
    assert!(report["handling"]["median_seconds"].as_f64().is_some_and(|s| (s - 90.0).abs() < 0.5), "{report:#}");
    let appeals = &report["appeals"];
    assert_eq!((&appeals["received"], &appeals["upheld"], &appeals["declined"]), (&json!(2), &json!(1), &json!(1)));
    assert!(appeals["answered"]["median_seconds"].as_f64().is_some_and(|s| (s - 90.0).abs() < 0.5), "{appeals}");
    assert_eq!(report["reader_reports"]["sent_back"], 1);
    assert_eq!(report["reader_reports"]["then"]["rejected"], 1);
    let code = |code: &str| {
        let rows = report["reasons"].as_array().expect("reasons");
        rows.iter().find(|row| row["code"] == code).cloned().unwrap_or_default()
    };
    assert_eq!(code("moderator.hate")["words"], "Attacks a group of people");
    assert_eq!(code("moderator.unlisted")["rejected_by_people"], 1, "what the platform made up is not repeated");
    assert_eq!(code("words.banned")["rejected_by_machine"], 4);
    assert_eq!(report["sections"][0]["name"], "world");
    assert_eq!((&report["policies"][0]["number"], &report["policies"][0]["decisions"]), (&json!(1), &json!(19)));
    assert_eq!(report["models"][0]["decisions"], 19);
    assert_eq!((&report["period"]["over"], &report["period"]["from"]), (&json!(true), &json!("2025-10-01")));
    assert_eq!(report["period"]["complete_from"], "2025-10-02T08:00:00Z");
}

/// What the documentation of the database's API asks of a statement, as far as comments have it.
fn fits_the_database(statement: &Value) {
    let fields = statement.as_object().expect("an object");
    let required = [
        "decision_visibility",
        "decision_ground",
        "content_type",
        "category",
        "territorial_scope",
        "content_date",
        "application_date",
        "decision_facts",
        "source_type",
        "automated_detection",
        "automated_decision",
        "puid",
    ];
    let optional = [
        "end_date_visibility_restriction",
        "decision_ground_reference_url",
        "incompatible_content_ground",
        "incompatible_content_explanation",
        "illegal_content_legal_ground",
        "illegal_content_explanation",
        "category_specification",
        "content_language",
    ];
    for field in required {
        assert!(fields.contains_key(field), "no {field}: {statement:#}");
    }
    for field in fields.keys() {
        assert!(required.contains(&field.as_str()) || optional.contains(&field.as_str()), "{field}");
    }
    let word = |field: &str| statement[field].as_str().unwrap_or_default();
    let list = |field: &str| -> Vec<&str> {
        statement[field].as_array().into_iter().flatten().map(|v| v.as_str().expect("a string")).collect()
    };
    let one_of = |field: &str, allowed: &[&str]| assert!(allowed.contains(&word(field)), "{field}: {statement:#}");
    let visibilities = ["DECISION_VISIBILITY_CONTENT_REMOVED", "DECISION_VISIBILITY_CONTENT_DISABLED"];
    assert!(
        list("decision_visibility").iter().all(|v| visibilities.contains(v)) && list("decision_visibility").len() == 1
    );
    one_of("decision_ground", &["DECISION_GROUND_ILLEGAL_CONTENT", "DECISION_GROUND_INCOMPATIBLE_CONTENT"]);
    // The ground decides which two fields are asked for.
    let (ground, explanation) = if word("decision_ground").contains("ILLEGAL") {
        ("illegal_content_legal_ground", "illegal_content_explanation")
    } else {
        ("incompatible_content_ground", "incompatible_content_explanation")
    };
    for (field, most) in [(ground, 500), (explanation, 2_000), ("decision_facts", 5_000), ("puid", 500)] {
        assert!((1..=most).contains(&word(field).chars().count()), "{field}: {statement:#}");
    }
    assert_eq!(list("content_type"), ["CONTENT_TYPE_TEXT"]);
    assert!(word("category").starts_with("STATEMENT_CATEGORY_"));
    assert!(list("category_specification").iter().all(|keyword| keyword.starts_with("KEYWORD_")));
    let countries = list("territorial_scope");
    assert!(
        !countries.is_empty() && countries.iter().all(|c| c.len() == 2 && c.bytes().all(|b| b.is_ascii_uppercase()))
    );
    let day =
        |field: &str| word(field).parse::<jiff::civil::Date>().unwrap_or_else(|_| panic!("{field}: {statement:#}"));
    assert!(day("content_date") >= jiff::civil::date(2000, 1, 1));
    assert!(day("application_date") >= jiff::civil::date(2020, 1, 1));
    if fields.contains_key("end_date_visibility_restriction") {
        assert!(day("end_date_visibility_restriction") >= day("application_date"));
    }
    if fields.contains_key("content_language") {
        assert!(
            word("content_language").len() == 2 && word("content_language").bytes().all(|b| b.is_ascii_uppercase())
        );
    }
    let sources = ["SOURCE_ARTICLE_16", "SOURCE_TRUSTED_FLAGGER", "SOURCE_TYPE_OTHER_NOTIFICATION", "SOURCE_VOLUNTARY"];
    one_of("source_type", &sources);
    one_of("automated_detection", &["Yes", "No"]);
    let automated = ["AUTOMATED_DECISION_FULLY", "AUTOMATED_DECISION_PARTIALLY", "AUTOMATED_DECISION_NOT_AUTOMATED"];
    one_of("automated_decision", &automated);
    assert!(word("puid").bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
}

#[tokio::test]
async fn a_report_counts_what_was_decided_and_names_nobody_on_sqlite() {
    let folder = folder();
    let path = folder.path().join("ombud.db");
    let _app = history(StoreUrl::Sqlite(path.clone())).await;
    check(&format!("sqlite:{}", text(&path))).await;
}

#[tokio::test]
async fn a_report_counts_what_was_decided_and_names_nobody_on_redis() {
    let server = RedisServer::start(Persistence::None);
    let _app = history(server.url().parse().expect("an address")).await;
    check(&server.url()).await;
}

#[test]
fn what_is_no_period_or_site_is_refused() {
    let folder = folder();
    run(folder.path(), &["site", "add", "post", "--name", "=1+1"]).expect_success();
    let ask = |more: &[&str]| run(folder.path(), &[&["report", "--site", "post"], more].concat());
    let said = ask(&["--from", "2025-10-31", "--to", "2025-10-01"]).expect_failure();
    assert!(said.contains("begins on 2025-10-31 can't end on 2025-10-01"), "{said}");
    let said = ask(&["--from", "2025-10-01", "--to", "2999-10-01"]).expect_failure();
    assert!(said.contains("2999-10-01 has not come yet"), "{said}");
    let said = ask(&["--from", "2025-10-01"]).expect_failure();
    assert!(said.contains("--to"), "{said}");
    let said = ask(&["--from", "October", "--to", "2025-10-01"]).expect_failure();
    assert!(said.contains("\"October\" is no day such as 2026-10-01"), "{said}");
    let nowhere = run(folder.path(), &["report", "--site", "none", "--from", "2025-10-01", "--to", "2025-10-01"]);
    assert!(nowhere.expect_failure().contains("there is no site none"));
    let said = run(
        folder.path(),
        &["statements", "--site", "post", "--from", "2025-10-01", "--to", "2025-10-01", "--batch", "101"],
    );
    assert!(said.expect_failure().contains("101"));

    // A site on which nothing happened has a report with nothing in it.
    let empty: Value = serde_json::from_str(
        &ask(&["--from", "2025-10-01", "--to", "2025-10-31", "--format", "json"]).expect_success(),
    )
    .expect("JSON");
    assert_eq!((&empty["submitted"]["comments"], &empty["period"]["complete_from"]), (&json!(0), &Value::Null));
    assert_eq!((&empty["waiting"]["median_seconds"], &empty["reasons"]), (&Value::Null, &json!([])));
    let csv = ask(&["--from", "2025-10-01", "--to", "2025-10-31", "--format", "csv"]).expect_success();
    assert!(csv.contains("report,site_name,,'=1+1,,\n"), "{csv}");
    let out = folder.path().join("report.html");
    let write = ["--from", "2025-10-01", "--to", "2025-10-31", "--output", text(&out)];
    assert_eq!(ask(&write).expect_success(), "");
    assert!(std::fs::read_to_string(&out).expect("a page").contains("No comment has come in yet."));
    let again = ask(&write).expect_failure();
    assert!(again.contains("report.html is there already; --overwrite replaces it"), "{again}");
    ask(&[&write[..], &["--overwrite"]].concat()).expect_success();
}

#[tokio::test]
async fn the_page_has_no_serious_barrier_in_either_theme() {
    let folder = folder();
    let path = folder.path().join("ombud.db");
    let _app = history(StoreUrl::Sqlite(path.clone())).await;
    let page = folder.path().join("report.html");
    let store = format!("sqlite:{}", text(&path));
    let asked = {
        let (page, folder) = (text(&page).to_owned(), folder.path().to_owned());
        tokio::task::spawn_blocking(move || october(&store, "report", &["--output", &page], &folder))
    };
    asked.await.expect("joined").expect_success();
    let screens = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screens");
    std::fs::create_dir_all(&screens).expect("a folder");
    let browser = Browser::start().await;
    browser.open(&format!("file://{}", page.display())).await;
    assert_eq!(browser.title().await, "Transparency report · post · 1 October 2025 to 31 October 2025");
    for theme in Theme::BOTH {
        browser.prefer(theme).await;
        for width in [1280, 390] {
            browser.resize(width, 800).await;
            let widest = browser.run("return document.documentElement.scrollWidth").await;
            assert_eq!(widest, width, "the page is too wide");
            assert_eq!(browser.barriers().await, Vec::<String>::new(), "{} {width}", theme.name());
            let picture = screens.join(format!("report-{width}-{}.png", theme.name()));
            std::fs::write(picture, browser.picture().await).expect("a picture");
        }
    }
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

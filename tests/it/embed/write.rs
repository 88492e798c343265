//! Writing, replying and reporting, and what is refused.

use super::{THREAD, embedded, hidden, send, send_from, site, start, with, write};
use crate::support::app::{CLEAN, SUSPECT, Setup, TestApp};
use ombud::http::Limits;
use serde_json::json;
use std::num::NonZeroU32;
use std::time::Duration;

async fn form(app: &TestApp) -> String {
    hidden(&app.anonymous.get(THREAD).await.expect_status(200).text, "form")
}

async fn comments(app: &TestApp) -> serde_json::Value {
    app.platform.get("/v1/articles/a1/comments").await.expect_status(200).body["comments"].clone()
}

#[tokio::test]
async fn a_guest_writes_and_is_answered() {
    let app = start().await;
    let follow = write(&app, CLEAN[0], &[]).await;
    assert!(follow.starts_with("/embed/post/comments/r-"), "{follow}");
    let page = app.anonymous.get(&follow).await.expect_status(200);
    assert!(page.text.contains("Published."), "{}", page.text);
    let root = comments(&app).await[0].clone();
    let author = root["author"]["id"].as_str().expect("an id").to_owned();
    assert!(author.starts_with("guest-") && !author.contains("127.0.0.1"), "{author}");
    assert_eq!((&root["author"]["name"], &root["text"]), (&json!("Asta"), &json!(CLEAN[0])));
    let id = root["id"].as_str().expect("an id");

    let page = app.anonymous.get(&format!("{THREAD}?reply={id}")).await.expect_status(200).text;
    assert!(page.contains("Your answer to <bdi>Asta</bdi>") && page.contains("Post answer"), "{page}");
    assert_eq!(hidden(&page, "parent"), id);
    write(&app, CLEAN[1], &[("parent", id)]).await;
    let reply = comments(&app).await[0]["replies"][0].clone();
    // The same name at the same address is the same guest.
    assert_eq!((&reply["text"], &reply["author"]["id"]), (&json!(CLEAN[1]), &json!(author)));
    let page = app.anonymous.get(THREAD).await.text;
    assert!(page.contains("<span class=\"quiet\">guest</span>"), "{page}");
    let trail = app.admin.get(&format!("/v1/audit?comment_id={id}")).await.body;
    assert_eq!(trail["entries"][0]["actor"], json!({"kind": "author"}));
}

#[tokio::test]
async fn sent_twice_it_is_there_once() {
    let app = start().await;
    let form = form(&app).await;
    let fields = [("form", form.as_str()), ("name", "Asta"), ("text", CLEAN[0])];
    let path = format!("{THREAD}/comments");
    let first = send(&app, &path, &fields).await.expect_status(303);
    let second = send(&app, &path, &fields).await.expect_status(303);
    assert_eq!(first.headers["location"], second.headers["location"]);
    assert_eq!(comments(&app).await.as_array().map(Vec::len), Some(1));
    let other = [("form", form.as_str()), ("name", "Asta"), ("text", CLEAN[1])];
    let third = send(&app, &path, &other).await.expect_status(303);
    assert_ne!(first.headers["location"], third.headers["location"]);
}

#[tokio::test]
async fn what_can_be_mended_comes_back_with_the_text() {
    let app = start().await;
    let path = format!("{THREAD}/comments");
    let form = form(&app).await;
    let text = "The talks in Lorne <i>will</i> go on.";
    for (fields, sentence) in [
        (vec![("form", form.as_str()), ("name", " "), ("text", text)], "Write a name of up to 60 characters"),
        (vec![("form", &form), ("name", "\u{200b}\u{202e}"), ("text", text)], "Write a name"),
        (vec![("form", &form), ("name", "Asta"), ("text", " \r\n")], "Nothing was written."),
        (vec![("form", &form), ("name", "Asta"), ("text", text), ("reader", "a.b")], "You are no longer signed in."),
        (vec![("form", "1.AAAA"), ("name", "Asta"), ("text", text)], "This page lay open for long."),
        (vec![("name", "Asta"), ("text", text)], "This page lay open for long."),
    ] {
        let page = send(&app, &path, &fields).await.expect_status(422);
        assert!(page.text.contains(sentence), "{sentence}: {}", page.text);
        assert_eq!(page.headers["cache-control"], "no-store");
        assert!(page.text.contains("Lorne &#60;i") == fields.iter().any(|f| f == &("text", text)), "{}", page.text);
        // The fresh form is taken.
        assert!(!hidden(&page.text, "form").is_empty());
    }
    assert_eq!(comments(&app).await, json!([]));
    app.clock.advance(Duration::from_hours(13));
    let old = send(&app, &path, &[("form", form.as_str()), ("name", "Asta"), ("text", text)]).await;
    assert!(old.expect_status(422).text.contains("lay open for long"));
}

#[tokio::test]
async fn another_sites_forms_are_refused() {
    let app = start().await;
    let form = form(&app).await;
    let fields = [("form", form.as_str()), ("name", "Asta"), ("text", CLEAN[0])];
    let path = format!("{THREAD}/comments");
    for from in ["cross-site", "same-site"] {
        let page = send_from(&app, &path, &fields, from).await.expect_status(403);
        assert!(page.text.contains("sent by another site"), "{}", page.text);
    }
    // A form for one article is none for another.
    app.article("a2").await;
    send(&app, "/embed/post/articles/a2/comments", &fields).await.expect_status(422);
    assert_eq!(comments(&app).await, json!([]));
}

#[tokio::test]
async fn who_may_write_is_the_sites_to_say() {
    let site = ombud::http::embed::EmbedSite { guests: false, ..site() };
    let app = with(Setup { embed: embedded(site), ..Setup::default() }).await;
    let page = app.anonymous.get(THREAD).await.expect_status(200).text;
    assert!(page.contains("Sign in on the article's page to write a comment."), "{page}");
    assert!(!page.contains("name=\"name\""), "{page}");
    let fields = [("form", hidden(&page, "form")), ("name", "Asta".to_owned()), ("text", CLEAN[0].to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = send(&app, &format!("{THREAD}/comments"), &fields).await.expect_status(422);
    assert!(refused.text.contains("Sign in on the article"), "{}", refused.text);
}

#[tokio::test]
async fn one_address_sends_so_much_a_minute() {
    let limits = Limits { reader_posts_per_minute: NonZeroU32::new(2), ..Limits::default() };
    let app = with(Setup { limits, embed: embedded(site()), ..Setup::default() }).await;
    write(&app, CLEAN[0], &[]).await;
    write(&app, CLEAN[1], &[]).await;
    let form = form(&app).await;
    let path = format!("{THREAD}/comments");
    let page = send(&app, &path, &[("form", form.as_str()), ("name", "Bo"), ("text", CLEAN[2])]).await;
    let page = page.expect_status(429);
    assert!(page.headers.contains_key("retry-after"));
    assert!(page.text.contains("too much comes from your address"), "{}", page.text);
}

#[tokio::test]
async fn a_report_counts_once_from_one_place() {
    let app = start().await;
    app.published("c1", "a1", None).await;
    let page = app.anonymous.get("/embed/post/comments/c1/report").await.expect_status(200).text;
    assert!(page.contains("Abuses another person"), "{page}");
    let form = hidden(&page, "form");
    let path = "/embed/post/comments/c1/reports";
    for _ in 0..2 {
        let page = send(&app, path, &[("form", form.as_str()), ("reason", "abuse")]).await.expect_status(200).text;
        assert!(page.contains("Your report was counted."), "{page}");
    }
    let said = app.platform.post("/v1/comments/c1/reports", &json!({"reporter_id": "u9"})).await.body;
    assert_eq!(said["reports"], 2, "{said}");
    send(&app, path, &[("reason", "abuse")]).await.expect_status(422);
    send_from(&app, path, &[("form", form.as_str())], "cross-site").await.expect_status(403);
    app.platform.delete("/v1/comments/c1").await.expect_status(200);
    send(&app, path, &[("form", form.as_str())]).await.expect_status(404);
}

#[tokio::test]
async fn what_waits_is_not_answered_and_not_reported() {
    let app = start().await;
    write(&app, SUSPECT, &[]).await;
    app.pending("p1", "a1").await;
    app.anonymous.get(&format!("{THREAD}?reply=p1")).await.expect_status(404);
    app.anonymous.get("/embed/post/comments/p1/report").await.expect_status(404);
    let form = form(&app).await;
    let fields = [("form", form.as_str()), ("name", "Bo"), ("text", CLEAN[0]), ("parent", "p1")];
    send(&app, &format!("{THREAD}/comments"), &fields).await.expect_status(404);
}

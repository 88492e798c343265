//! Finding comments, a comment's own page, and one's own decisions.

use crate::support::app::{BANNED, CLEAN, SUSPECT, Setup, TestApp, comment};
use crate::support::desk::{Desk, Seen};
use ombud::comment::ModeratorRole;
use serde_json::json;
use std::time::Duration;

/// An app with one moderator called Anna, who is signed in.
async fn desk() -> (TestApp, Desk) {
    desk_with(Setup::default()).await
}

async fn desk_with(setup: Setup) -> (TestApp, Desk) {
    let app = TestApp::with(setup).await;
    let password = app.person("Anna", ModeratorRole::Moderator).await;
    let desk = Desk::signed_in(&app, "Anna", &password).await;
    (app, desk)
}

async fn another(app: &TestApp, name: &str) -> Desk {
    let password = app.person(name, ModeratorRole::Moderator).await;
    Desk::signed_in(app, name, &password).await
}

async fn send(app: &TestApp, id: &str, article: &str, text: &str) {
    app.platform.post("/v1/comments", &comment(id, article, None, text)).await.expect_status(201);
    app.clock.advance(Duration::from_mins(1));
}

/// The comments that a list shows, by the ends of their addresses.
fn listed(seen: &Seen) -> Vec<String> {
    let links = seen.html.split("class=\"listed-text prose\" dir=\"auto\"><a href=\"").skip(1);
    let address = |link: &str| link.split('"').next().unwrap_or_default().to_owned();
    links.map(|link| address(link).rsplit('/').next().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn comments_are_found_by_what_was_asked() {
    let (app, mut anna) = desk().await;
    app.article("a1").await;
    app.article("a2").await;
    send(&app, "c1", "a1", CLEAN[0]).await;
    send(&app, "c2", "a1", SUSPECT).await;
    send(&app, "c3", "a2", "The ministers’ CAFÉ talks in Lorne were about the border, and the border alone.").await;
    send(&app, "c4", "a2", CLEAN[1]).await;
    for (query, expected) in [
        ("", &["c4", "c3", "c2", "c1"][..]),
        ("?text=border", &["c4", "c3"]),
        ("?text=cafe+BORDER", &["c3"]),
        ("?text=bord%C3%A9r&article=a2&state=published&author=author-of-c4", &["c4"]),
        ("?state=pending", &["c2"]),
        ("?article=a1", &["c2", "c1"]),
        ("?author=author-of-c1", &["c1"]),
        ("?from=2026-11-03&to=2026-11-03", &["c4", "c3", "c2", "c1"]),
        ("?from=2026-11-04", &[]),
        ("?text=nothing+of+the+kind", &[]),
        ("?text=%3Cscript%3E", &[]),
    ] {
        let seen = anna.get(&format!("/console/post/search{query}")).await.expect(200, "<h1>Search</h1>");
        assert_eq!(listed(&seen), expected, "{query}");
        assert!(!seen.html.contains("<script"), "{query}");
    }
    let seen = anna.get("/console/post/search?text=nothing+of+the+kind").await.expect(200, "Nothing was found.");
    assert!(seen.html.contains("value=\"nothing of the kind\""), "what was typed is still there");
    anna.get("/console/post/search?id=c2").await.expect_see("/console/post/comments/c2");
    anna.get("/console/post/search?id=c9").await.expect(404, "No comment of this id");
    for (query, why) in [
        ("?from=yesterday", "The first day is no date."),
        ("?to=2026-02-30", "The last day is no date."),
        ("?state=burnt", "There is no such state."),
        ("?author=a%20b", "No author has such an id"),
        ("?after=elsewhere", "The place to go on from"),
    ] {
        anna.get(&format!("/console/post/search{query}")).await.expect(422, why);
    }
    // Another site's are another's, and nobody else sees the page.
    app.anonymous.get("/console/post/search").await.expect_status(303);
}

#[tokio::test]
async fn many_are_found_page_by_page_and_it_says_how_far_it_looked() {
    let (app, mut anna) = desk().await;
    app.article("a1").await;
    for n in 0..70 {
        let text = if n % 35 == 0 { CLEAN[0] } else { CLEAN[1] };
        app.platform.post("/v1/comments", &comment(&format!("c{n:02}"), "a1", None, text)).await.expect_status(201);
        app.clock.advance(Duration::from_secs(1));
    }
    let (mut seen, mut pages, mut address) = (Vec::new(), 0, "/console/post/search".to_owned());
    loop {
        let page = anna.get(&address).await;
        seen.extend(listed(&page));
        pages += 1;
        let Some((before, _)) = page.html.split_once("\">Next page</a>") else {
            page.expect(200, "That is all there is.");
            break;
        };
        address = before.rsplit("href=\"").next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    }
    let all: Vec<String> = (0..70).rev().map(|n| format!("c{n:02}")).collect();
    assert_eq!((seen, pages), (all, 3));
    let rare = anna.get("/console/post/search?text=statement").await.expect(200, "That is all there is.");
    assert_eq!(listed(&rare), ["c35", "c00"]);
}

#[tokio::test]
async fn a_comments_page_has_all_that_is_known_of_it() {
    let (app, mut anna) = desk().await;
    app.article("a1").await;
    send(&app, "p1", "a1", CLEAN[0]).await;
    let reply = comment("c1", "a1", Some("p1"), CLEAN[1]);
    app.platform.post("/v1/comments", &reply).await.expect_status(201);
    app.platform.patch("/v1/comments/c1", &json!({"text": SUSPECT})).await.expect_status(200);
    let reject = json!({"action": "reject", "reason_code": "hate", "note": "Twice now.", "expected_version": 2});
    app.moderator.post("/v1/comments/c1/decision", &reject).await.expect_status(200);
    app.clock.advance(Duration::from_mins(18));
    let appeal = json!({"text": "I quoted the minister."});
    app.platform.post("/v1/comments/c1/appeals", &appeal).await.expect_status(200);
    let page = anna.get("/console/post/comments/c1").await.expect(200, "Comment <bdi>c1</bdi>");
    for told in [
        "Talks between Maravel and Sundria stall",
        "In answer to <a href=\"/console/post/comments/p1\"><bdi>A Reader</bdi>",
        "go back where you came from",
        "What it said before it was edited",
        "nobody could read it",
        "Held: its author appeals against the rejection.",
        "The author's appeal",
        "I quoted the minister.",
        "It came in, and was published.",
        "The text was edited, and it was held for a moderator.",
        "rejected it, after it had waited",
        "Attacks a group of people",
        "The author appealed against the rejection.",
        "18 min ago",
        "title=\"3 Nov 2026, 20:",
        "search?author=author-of-c1",
        "held from ",
    ] {
        assert!(page.html.contains(told), "no `{told}` in {}", page.html);
    }
    anna.get("/console/post/comments/none").await.expect(404, "no comment");
    anna.get("/console/post/comments/%00").await.expect(422, "Not understood");
    // Earlier texts are for moderators alone.
    let view = app.platform.get("/v1/comments/c1").await;
    let thread = app.platform.get("/v1/articles/a1/comments").await;
    let events = app.platform.get("/v1/events").await;
    let audit = app.admin.get("/v1/audit?comment_id=c1").await;
    for answer in [view, thread, events, audit] {
        assert!(!answer.text.contains("nobody could read it"), "{}", answer.text);
        assert!(!answer.text.contains("earlier"), "{}", answer.text);
    }
}

#[tokio::test]
async fn whatever_others_wrote_is_shown_as_text() {
    let (app, mut anna) = desk().await;
    let hostile = "<img src=x onerror=alert(1)></textarea><script>alert(2)</script>\u{202e}dnuora denrut\u{202c}";
    let article = json!({"title": hostile, "url": "https://post.example/a?x=\"><script>"});
    app.platform.put("/v1/articles/..%2Fa1", &article).await.expect_status(201);
    let text = format!("{hostile} {} e{}", "w".repeat(20_000), "\u{301}".repeat(300));
    for id in ["c/../1?x=%41#y\"<script>", "/", "a..b", "%2F", "ü:💬"] {
        let mut body = comment(id, "../a1", None, &text);
        body["author"] = json!({"id": format!("u{id}"), "name": hostile});
        app.platform.post("/v1/comments", &body).await.expect_status(201);
    }
    let search = anna.get("/console/post/search").await.expect(200, "That is all there is.");
    let addresses: Vec<String> = listed(&search).iter().map(|id| format!("/console/post/comments/{id}")).collect();
    assert_eq!(addresses.len(), 5);
    let mut pages = vec![search.html];
    for address in addresses {
        let page = anna.get(&address).await.expect(200, "denrut");
        pages.push(page.html);
    }
    for html in pages {
        assert!(!html.contains("<script>") && !html.contains("<img src=x"), "markup is text");
        assert!(!html.contains('\u{202e}'), "nothing turns the order of what follows");
    }
    anna.get("/console/post/search?id=c/../1?x=%2541%23y%22%3Cscript%3E")
        .await
        .expect_see("/console/post/comments/c%2F%2E%2E%2F1%3Fx%3D%2541%23y%22%3Cscript%3E");
}

#[tokio::test]
async fn a_decision_is_taken_anew_and_back() {
    let (app, mut anna) = desk().await;
    app.article("a1").await;
    let id = "news/c1";
    app.platform.post("/v1/comments", &comment(id, "a1", None, SUSPECT)).await.expect_status(201);
    let page = "/console/post/comments/news%2Fc1";
    let (decision, undo) = (format!("{page}/decision"), format!("{page}/undo"));
    anna.get(page).await.expect(200, "Waiting");
    let reject = |version, reason| [("action", "reject"), ("version", version), ("reason", reason), ("note", "Again.")];
    let refused = anna.post(&decision, &reject("1", "")).await.expect(422, "Choose a reason for the rejection.");
    assert!(refused.html.contains("Again."), "what was typed is kept");
    anna.post(&decision, &reject("1", "made_up")).await.expect(422, "Choose a reason");
    anna.post(&decision, &reject("x", "spam")).await.expect(422, "does not say what it was about");
    anna.post(&decision, &[("action", "burn"), ("version", "1")]).await.expect(422, "approved or rejected");
    anna.post(&decision, &reject("1", "spam")).await.expect_see(&format!("{page}?done=reject"));
    let shown = anna.get(&format!("{page}?done=reject")).await.expect(200, "Anna rejected it: Advertising or spam.");
    assert!(shown.html.contains("Again.") && shown.html.contains("Take the decision back"));
    let approve = |version| [("action", "publish"), ("version", version)];
    anna.post(&decision, &approve("2")).await.expect_see(&format!("{page}?done=publish"));
    anna.post(&undo, &[("version", "3"), ("back", "mine")]).await.expect_see("/console/post/mine?done=undone");
    let stands = app.platform.get("/v1/comments/news%2Fc1").await.body;
    assert_eq!((&stands["state"], &stands["decision"]["moderator"]), (&json!("rejected"), &json!("Anna")));
    anna.post(&undo, &[("version", "4")]).await.expect(409, "nothing to undo");
    // Forms of others do nothing.
    app.stranger.get("/v1/comments/news%2Fc1").await.expect_problem(404, "comment_not_found");
    anna.get("/console/gazette/comments/news%2Fc1").await.expect(303, "");
}

#[tokio::test]
async fn who_comes_too_late_learns_who_was_faster() {
    let (app, mut anna) = desk().await;
    let mut bea = another(&app, "Bea").await;
    app.article("a1").await;
    app.pending("c1", "a1").await;
    let page = "/console/post/comments/c1";
    let decision = format!("{page}/decision");
    anna.get(page).await;
    bea.get(page).await;
    bea.post(&decision, &[("action", "publish"), ("version", "1")]).await.expect_see(&format!("{page}?done=publish"));
    app.clock.advance(Duration::from_secs(4));
    let late = [("action", "reject"), ("version", "1"), ("reason", "abuse"), ("note", "So <b>not</b>.")];
    let seen = anna.post(&decision, &late).await.expect(409, "Bea approved this 4 s ago.");
    assert!(seen.html.contains("<option value=\"abuse\" selected>") && seen.html.contains("So &#60;b&#62;not"));
    assert_eq!(seen.field("version").as_deref(), Some("2"), "the form is of the comment as it stands");
    anna.post(&decision, &[late[0], ("version", "2"), late[2]]).await.expect_see(&format!("{page}?done=reject"));
    // One that somebody reads is left to her.
    app.pending("c2", "a1").await;
    let claims = app.moderator.post("/v1/queue/claims", &json!({})).await.expect_status(201);
    assert_eq!(claims.body["claims"][0]["comment"]["id"], "c2");
    anna.get("/console/post/comments/c2").await;
    let seen = anna.post("/console/post/comments/c2/decision", &[("action", "publish"), ("version", "1")]).await;
    seen.expect(409, "is reading this now. It is left to them until ");
}

#[tokio::test]
async fn one_finds_what_one_decided() {
    let (app, mut anna) = desk().await;
    let mut bea = another(&app, "Bea").await;
    app.article("a1").await;
    anna.get("/console/post/mine").await.expect(200, "What you decide will stand here");
    let decide = async |desk: &mut Desk, id: &str, version: &str, action: &str| {
        let fields = [("action", action), ("version", version), ("reason", "other")];
        let address = format!("/console/post/comments/{id}/decision");
        assert_eq!(desk.post(&address, &fields).await.status, 303);
        app.clock.advance(Duration::from_mins(1));
    };
    for id in ["c1", "c2", "c3"] {
        app.pending(id, "a1").await;
        decide(&mut anna, id, "1", "reject").await;
    }
    decide(&mut bea, "c2", "2", "publish").await;
    let mine = anna.get("/console/post/mine").await.expect(200, "3 comments decided since midnight UTC.");
    assert_eq!(listed(&mine), ["c3", "c2", "c1"]);
    assert_eq!(mine.html.matches("You rejected it").count(), 2);
    assert!(mine.html.contains("it has moved on since") && mine.html.contains("Bea approved it."));
    assert_eq!(mine.html.matches("name=\"back\" value=\"mine\"").count(), 2, "hers that stand can be taken back");
    anna.post("/console/post/comments/c3/undo", &[("version", "2"), ("back", "mine")])
        .await
        .expect_see("/console/post/mine?done=undone");
    let mine = anna.get("/console/post/mine?done=undone").await.expect(200, "Taken back.");
    assert_eq!(listed(&mine), ["c2", "c1"]);
    assert_eq!(listed(&bea.get("/console/post/mine").await), ["c2"]);
}

#[tokio::test]
async fn an_opinion_is_kept_from_the_others_until_enough_agree() {
    let policy = vec![("opinions      = 1 ", "opinions      = 2 ")];
    let (app, mut anna) = desk_with(Setup { policy, ..Setup::default() }).await;
    let mut bea = another(&app, "Bea").await;
    app.article("a1").await;
    app.pending("c1", "a1").await;
    let page = "/console/post/comments/c1";
    let fields = [("action", "reject"), ("version", "1"), ("reason", "threat")];
    anna.post(&format!("{page}/decision"), &fields).await.expect_see(&format!("{page}?done=opinion"));
    anna.get(page).await.expect(200, "Anna was for rejecting it.");
    anna.get("/console/post/mine").await.expect(200, "You were for rejecting it, and more have to agree");
    let seen = bea.get(page).await.expect(200, "Anna gave an opinion.");
    assert!(!seen.html.contains("for rejecting") && !seen.html.contains("Threatens someone</p>"), "{}", seen.html);
    let agree = [("action", "reject"), ("version", "2"), ("reason", "threat")];
    bea.post(&format!("{page}/decision"), &agree).await.expect_see(&format!("{page}?done=reject"));
    bea.get(page).await.expect(200, "Anna was for rejecting it.");
}

/// How often a page has a slur, covered every time or never; and that there is something to uncover it with.
#[track_caller]
fn covered(seen: &Seen) -> usize {
    let before: Vec<&str> = seen.html.split("raghead").collect();
    let all = before.len() - 1;
    let bare = |before: &&&str| before.rsplit_once('<').is_some_and(|(_, tag)| tag.starts_with("span class=\"bare\">"));
    let bare = before[..all].iter().filter(bare).count();
    assert!(all > 0 && (bare == 0 || bare == all), "{bare} of {all} are covered: {}", seen.html);
    assert_eq!(bare > 0, seen.html.contains("Uncover slurs and threats"), "{}", seen.html);
    bare
}

#[tokio::test]
async fn slurs_are_covered_wherever_a_comment_is_read() {
    let (app, mut anna) = desk().await;
    app.article("a1").await;
    send(&app, "c1", "a1", BANNED).await;
    let reply = comment("c2", "a1", Some("c1"), CLEAN[0]);
    app.platform.post("/v1/comments", &reply).await.expect_status(201);
    let (own, answer, search, queue) = (
        "/console/post/comments/c1",
        "/console/post/comments/c2",
        "/console/post/search?text=raghead",
        "/console/post/queue",
    );
    for page in [own, answer, "/console/post/search", queue] {
        assert_eq!(covered(&anna.get(page).await.expect(200, "•••••••")), 1, "{page}");
    }
    // What is looked for stands in the field for it, as she typed it.
    anna.get(search).await.expect(200, "value=\"raghead\"").expect(200, "class=\"bare\"");
    // Neither does a moderator's decision uncover it, nor one on top of it, of which the policy's evidence is not kept.
    let decide = format!("{own}/decision");
    for (version, action) in [("1", "publish"), ("2", "reject"), ("3", "publish"), ("4", "reject")] {
        let fields = [("action", action), ("version", version), ("reason", "hate")];
        assert_eq!(anna.post(&decide, &fields).await.status, 303);
        for page in [own, answer, "/console/post/search", "/console/post/mine"] {
            assert_eq!(covered(&anna.get(page).await), 1, "{page} at {version}");
        }
    }
    let appeal = json!({"text": "They call me a raghead."});
    app.platform.post("/v1/comments/c1/appeals", &appeal).await.expect_status(200);
    app.platform.patch("/v1/comments/c1", &json!({"text": CLEAN[1]})).await.expect_status(200);
    let page = anna.get(own).await.expect(200, "The author's appeal");
    assert_eq!(covered(&page), 2, "what it said before, and the appeal");
    // Who wants to read everything does.
    anna.post("/console/post/me/look", &[("theme", "system")]).await.expect_see("/console/post/me?done=look");
    assert_eq!(covered(&anna.get(own).await), 0);
}

//! Reading: the discussion, its pages and orders, and the FAQ.

use super::{THREAD, embedded, site, start, with};
use crate::support::app::{CLEAN, Setup, TestApp, comment};
use crate::support::client::Client;
use crate::support::sample::sample;
use ombud::comment::{Change, Scope, SiteId};
use ombud::http::embed::{EmbedSettings, EmbedSite};
use ombud::store::sqlite::SqliteStore;
use ombud::store::{Admission, Store as _, StoreUrl};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// Where each of these stands in the page, which must be in this order.
#[track_caller]
fn in_order(page: &str, parts: &[&str]) {
    let mut from = 0;
    for part in parts {
        let at = page[from..].find(part).unwrap_or_else(|| panic!("no {part} after {from}: {page}"));
        from += at + part.len();
    }
}

/// A chain of replies, each to the one before.
async fn chain(app: &TestApp, length: usize) {
    app.published("n0", "a1", None).await;
    for n in 1..length {
        app.clock.advance(Duration::from_secs(1));
        app.published(&format!("n{n}"), "a1", Some(&format!("n{}", n - 1))).await;
    }
}

#[tokio::test]
async fn replies_are_set_in_four_levels_deep_and_then_flat() {
    let app = start().await;
    chain(&app, 6).await;
    app.pending("p1", "a1").await;
    let page = app.anonymous.get(THREAD).await.expect_status(200);
    let levels = ["n0\" class=\"level-0", "n1\" class=\"level-1", "n2\" class=\"level-2", "n3\" class=\"level-3"];
    in_order(&page.text, &levels);
    in_order(
        &page.text,
        &["n4\" class=\"level-3", "class=\"answers quiet\">in reply to <a href=\"#c-n3\"", "n5\" class=\"level-3"],
    );
    assert_eq!(page.text.matches("class=\"answers quiet\"").count(), 2, "{}", page.text);
    assert!(!page.text.contains("p1"), "what waits is not shown");
    assert!(
        page.text.contains("Comments are moderated and generally will be posted if they are on-topic and not abusive.")
    );
    assert!(page.text.contains("/embed/post/faq"));
    assert!(page.text.contains("datetime=\"2026-11-03T20:00:00Z\">3 November 2026, 20:00 UTC</time>"), "{}", page.text);
    // A removed parent keeps its place.
    app.platform.delete("/v1/comments/n2").await.expect_status(200);
    let page = app.anonymous.get(THREAD).await.text;
    in_order(&page, &["c-n2", "A comment that is not shown.", "c-n3"]);
}

#[tokio::test]
async fn a_page_says_who_may_frame_it_and_is_sent_once() {
    let app = start().await;
    let page = app.anonymous.get(THREAD).await.expect_status(200);
    let policy = page.headers["content-security-policy"].to_str().expect("a header").to_owned();
    assert!(policy.ends_with("frame-ancestors 'self' https://www.post.example"), "{policy}");
    assert!(policy.contains("default-src 'none'; style-src 'self'; script-src 'self'"), "{policy}");
    assert_eq!(page.headers["cache-control"], "no-cache");
    assert!(!page.headers.contains_key("set-cookie"));
    let ask = async |tag: &str| {
        let request = app.anonymous.request(reqwest::Method::GET, THREAD).header("if-none-match", tag);
        app.anonymous.send(request).await
    };
    let tag = page.headers["etag"].to_str().expect("a header").to_owned();
    let known = ask(&tag).await.expect_status(304);
    assert_eq!(known.text, "");
    assert_eq!(known.headers["etag"], tag.as_str());
    app.published("c1", "a1", None).await;
    ask(&tag).await.expect_status(200);
}

#[tokio::test]
async fn pages_follow_on_in_either_order_also_within_a_conversation() {
    let app = start().await;
    // One conversation of 130, then 30 of one comment each.
    let reply = |n: usize| comment(&format!("r{n}"), "a1", Some("root"), CLEAN[n % 3]);
    app.published("root", "a1", None).await;
    let lines: String = (1..130).flat_map(|n| [reply(n).to_string(), "\n".to_owned()]).collect();
    app.platform.post_raw("/v1/comments:batch", lines).await.expect_status(200);
    for n in 0..30 {
        app.clock.advance(Duration::from_secs(1));
        app.published(&format!("s{n:02}"), "a1", None).await;
    }
    for (sort, first, last) in [("oldest", "root", "s29"), ("newest", "s29", "r99")] {
        let (mut path, mut seen, mut pages) = (format!("{THREAD}?sort={sort}"), Vec::new(), 0);
        loop {
            let page = app.anonymous.get(&path).await.expect_status(200).text;
            pages += 1;
            assert!(pages < 9, "{path}");
            let ids: Vec<String> =
                page.split("<li id=\"c-").skip(1).map(|li| li.split('"').next().expect("an id").to_owned()).collect();
            assert!(ids.len() <= 100, "{}", ids.len());
            seen.extend(ids);
            let Some(next) = page.split("<a href=\"").find(|a| a.contains("rel=\"next\"")) else { break };
            let next = next.split('"').next().expect("an address").replace("&#38;", "&");
            path = next.split('#').next().expect("an address").to_owned();
            assert!(page.contains("More comments"));
        }
        assert_eq!((seen.len(), pages), (160, 3), "{sort}");
        assert_eq!((seen[0].as_str(), seen[159].as_str()), (first, last), "{sort}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 160, "{sort}: each once");
    }
    app.anonymous.get(&format!("{THREAD}?after=nonsense")).await.expect_status(400);
}

#[tokio::test]
async fn what_readers_wrote_stays_text_in_its_place() {
    let app = start().await;
    let script = "<script>document.title = 'broken'</script> The talks in Lorne & \"the border\" <b>now</b>.";
    let mut body = comment("m1", "a1", None, script);
    body["author"] = json!({"id": "u1", "name": "\u{202e}<img src=x onerror=alert(1)>"});
    app.platform.post("/v1/comments", &body).await.expect_status(201);
    let publish = json!({"action": "publish", "expected_version": 1});
    app.admin.post("/v1/comments/m1/decision", &publish).await;
    let page = app.anonymous.get(THREAD).await.expect_status(200).text;
    assert!(!page.contains("<script>") && !page.contains("<img") && !page.contains("<b>now"), "{page}");
    assert!(page.contains("script&#62;document.title") || page.contains("script&gt;document.title"), "{page}");
    assert!(page.contains("<p class=\"text\" dir=\"auto\">"));
    assert!(page.contains("<bdi>&#60;img") && !page.contains('\u{202e}'), "a name runs as its letters do: {page}");
}

#[tokio::test]
async fn what_is_not_there_is_said_in_a_page() {
    let app = start().await;
    for (path, status) in [
        ("/embed/post/articles/a9", 404),
        ("/embed/gazette/articles/a1", 404),
        ("/embed/nowhere/faq", 404),
        ("/embed/po%20st/articles/a1", 404),
        ("/embed/post/comments/c9/report", 404),
        ("/embed/post/articles/a1?reply=c9", 404),
        ("/embed/post/articles/a%0A1", 422),
    ] {
        let page = app.anonymous.get(path).await.expect_status(status);
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8", "{path}");
        assert!(page.text.contains("role=\"alert\""), "{path}: {}", page.text);
    }
    app.anonymous.post(THREAD, &json!({})).await.expect_problem(405, "method_not_allowed");
    app.anonymous.get(&format!("{THREAD}/comments")).await.expect_problem(405, "method_not_allowed");
}

#[tokio::test]
async fn a_closed_discussion_is_only_read() {
    let app = start().await;
    app.published("c1", "a1", None).await;
    let article = json!({"title": "Talks stall", "comments_open": false});
    app.platform.put("/v1/articles/a1", &article).await.expect_status(200);
    let page = app.anonymous.get(THREAD).await.expect_status(200).text;
    assert!(page.contains("is closed") && page.contains("c-c1"), "{page}");
    assert!(!page.contains("<form") && !page.contains("reply=c1"), "{page}");
}

#[tokio::test]
async fn the_faq_is_the_policy_in_force() {
    let policy = vec![("review_at  = 2 ", "review_at  = 7 "), ("limit = 3 ", "limit = 1 ")];
    let notice = "Be brief, and <b>kind</b>.".to_owned();
    let site = EmbedSite { notice, guests: false, ..site() };
    let app = with(Setup { policy, embed: embedded(site), ..Setup::default() }).await;
    let page = app.anonymous.get("/embed/post/faq").await.expect_status(200);
    for sentence in [
        "Comments with 7 links or more.",
        "A reported comment is not shown until a moderator has read it.",
        "Readers who are signed in on the article's page.",
        "Gives away personal data.",
        "Yes. If your comment was not published",
    ] {
        assert!(page.text.contains(sentence), "{sentence}: {}", page.text);
    }
    assert!(!page.text.contains("<b>kind"));
    assert!(page.headers.contains_key("etag"));
}

#[tokio::test]
async fn the_look_goes_along_from_page_to_page() {
    let app = start().await;
    app.published("c1", "a1", None).await;
    let page = app.anonymous.get(&format!("{THREAD}?theme=dark&size=18&text=%23222&accent=url(x)")).await.text;
    assert!(page.contains("<html lang=\"en\" class=\"dark\">"), "{page}");
    let look = "size=18&#38;text=%23222";
    assert!(page.contains(&format!("/embed/look.css?{look}")), "{page}");
    assert!(page.contains(&format!("/embed/post/comments/c1/report?theme=dark&#38;{look}")), "{page}");
    assert!(!page.contains("url(x)"));
    let sheet = app.anonymous.get("/embed/look.css?size=18&text=%23222&quiet=red;}").await.expect_status(200);
    assert_eq!(sheet.text, ":root:root { --ombud-size: 18px; --ombud-text: #222; }\n");
    assert_eq!(sheet.headers["content-type"], "text/css; charset=utf-8");
    let script = app.anonymous.get("/embed.js").await.expect_status(200);
    assert_eq!(script.headers["cross-origin-resource-policy"], "cross-origin");
}

/// However long a thread is, a page has a hundred comments.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_of_ten_thousand_is_read_page_by_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ombud.db");
    let store = Arc::new(SqliteStore::open(&file).expect("a store"));
    // A thousand conversations of ten, written together as far as they can be.
    let roots: Vec<Change> = (0..1_000).map(|n| sample(&format!("c{n}"), n * 10).admit()).collect();
    let replies = roots.iter().enumerate().flat_map(|(n, root)| {
        let at = i64::try_from(n).expect("small") * 10;
        (1..10).map(move |r| sample(&format!("c{n}-{r}"), at + r).under(&root.comment).admit())
    });
    let replies: Vec<Change> = replies.collect();
    for level in [roots, replies] {
        let admitted = level.into_iter().map(|change| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.admit(&change).await.expect("an answer") })
        });
        for admission in admitted.collect::<Vec<_>>() {
            assert_eq!(admission.await.expect("joined"), Admission::New);
        }
    }
    drop(store);
    let site = SiteId::parse("daily").expect("a site id");
    let embed = EmbedSettings { sites: [(site.clone(), super::site())].into() };
    let app = TestApp::with(Setup { store: Some(StoreUrl::Sqlite(file)), embed, ..Setup::default() }).await;
    app.ombud.add_site(&site, "Daily").await.expect("a site");
    let daily = app.ombud.add_key(&site, "test", &[Scope::Submit]).await.expect("a key");
    let daily = Client::new(&app.base, Some(daily.secret));
    daily.put("/v1/articles/a1", &json!({"title": "Talks stall"})).await.expect_status(201);
    for path in ["/embed/daily/articles/a1", "/embed/daily/articles/a1?sort=newest"] {
        let page = app.anonymous.get(path).await.expect_status(200).text;
        assert_eq!(page.matches("<li id=\"c-").count(), 100);
    }
}

//! The private link: what became of a comment, the appeal, taking it back.

use super::{send, send_from, start, write};
use crate::support::app::{BANNED, SUSPECT, TestApp};
use serde_json::json;
use std::time::Duration;

async fn shown(app: &TestApp, follow: &str) -> String {
    let page = app.anonymous.get(follow).await.expect_status(200);
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["x-robots-tag"], "noindex");
    page.text
}

/// The comment's id in a private link.
fn id(follow: &str) -> &str {
    follow.split('/').nth(4).expect("an id")
}

#[tokio::test]
async fn an_author_follows_a_comment_that_waits() {
    let app = start().await;
    let follow = write(&app, SUSPECT, &[]).await;
    app.clock.advance(Duration::from_mins(18));
    let page = shown(&app, &follow).await;
    assert!(page.contains("Waiting for a moderator."), "{page}");
    assert!(page.contains("has waited 18 minutes."), "{page}");
    assert!(page.contains("<li>It has words that a moderator reads in their sentence first.</li>"), "why: {page}");
    assert!(!page.contains("on the suspect list"), "how comments are looked through is not for authors: {page}");
    let publish = json!({"action": "publish", "expected_version": 1});
    app.moderator.post(&format!("/v1/comments/{}/decision", id(&follow)), &publish).await.expect_status(200);
    assert!(shown(&app, &follow).await.contains("Published."));
}

#[tokio::test]
async fn a_rejected_author_appeals_once() {
    let app = start().await;
    let follow = write(&app, BANNED, &[]).await;
    let page = shown(&app, &follow).await;
    assert!(page.contains("Not published.") && page.contains("Send appeal"), "{page}");
    assert!(page.contains("<li>It has words that are not published here.</li>"), "why: {page}");
    let path = format!("{follow}/appeal");
    let empty = send(&app, &path, &[("text", " ")]).await.expect_status(422);
    assert!(empty.text.contains("the text is empty"), "{}", empty.text);
    send_from(&app, &path, &[("text", "Mine.")], "cross-site").await.expect_status(403);
    let words = "I quoted what was shouted at me: <i>shame</i>.";
    let answer = send(&app, &path, &[("text", words)]).await.expect_status(303);
    assert_eq!(answer.headers["location"], follow.as_str());
    let page = shown(&app, &follow).await;
    assert!(page.contains("Your appeal waits for a moderator.") && page.contains("shame&#60;/i"), "{page}");
    assert!(!page.contains("Send appeal"), "{page}");
    let page = send(&app, &path, &[("text", "Again.")]).await.expect_status(409);
    assert!(page.text.contains("You have appealed already."), "{}", page.text);
    let comment = app.platform.get(&format!("/v1/comments/{}", id(&follow))).await.body;
    assert_eq!((&comment["appeal"]["text"], &comment["escalation"]["by"]), (&json!(words), &json!("the author")));

    let reject = json!({"action": "reject", "reason_code": "hate", "expected_version": 2,
        "note": "the third this week", "to_author": "Quote it without the word, <b>please</b>."});
    app.admin.post(&format!("/v1/comments/{}/decision", id(&follow)), &reject).await.expect_status(200);
    let page = shown(&app, &follow).await;
    assert!(page.contains("That is final.") && page.contains("Attacks a group of people"), "{page}");
    assert!(page.contains("From the moderator") && page.contains("the word, &#60;b&#62;please"), "{page}");
    assert!(!page.contains("the third this week"), "a note is for colleagues");
    assert!(!page.contains("Send appeal"), "{page}");
    send(&app, &path, &[("text", "Again.")]).await.expect_status(409);
}

#[tokio::test]
async fn an_upheld_appeal_is_told() {
    let app = start().await;
    let follow = write(&app, BANNED, &[]).await;
    send(&app, &format!("{follow}/appeal"), &[("text", "A quotation.")]).await.expect_status(303);
    let publish = json!({"action": "publish", "expected_version": 2});
    app.admin.post(&format!("/v1/comments/{}/decision", id(&follow)), &publish).await.expect_status(200);
    let page = shown(&app, &follow).await;
    assert!(page.contains("A moderator read your appeal and agreed with you."), "{page}");
}

#[tokio::test]
async fn an_author_takes_a_comment_back() {
    let app = start().await;
    let follow = write(&app, SUSPECT, &[]).await;
    send_from(&app, &format!("{follow}/withdraw"), &[], "cross-site").await.expect_status(403);
    send(&app, &format!("{follow}/withdraw"), &[]).await.expect_status(303);
    let page = shown(&app, &follow).await;
    assert!(page.contains("Taken back.") && !page.contains("Take it back"), "{page}");
    let comment = app.platform.get(&format!("/v1/comments/{}", id(&follow))).await.body;
    assert_eq!(comment["state"], "withdrawn");
}

#[tokio::test]
async fn a_private_link_can_not_be_guessed() {
    let app = start().await;
    let follow = write(&app, SUSPECT, &[]).await;
    let other = write(&app, BANNED, &[]).await;
    let (stem, link) = follow.rsplit_once('/').expect("a link");
    let (_, foreign) = other.rsplit_once('/').expect("a link");
    assert_eq!(link.len(), 22);
    let altered = format!("{}A", &link[..21]);
    for wrong in [foreign, &link[..21], &altered, "x", ""] {
        if wrong == link {
            continue;
        }
        let page = app.anonymous.get(&format!("{stem}/{wrong}")).await;
        assert_eq!(page.status, 404, "{wrong}: {}", page.text);
        let path = format!("{stem}/{wrong}/withdraw");
        assert_eq!(send(&app, &path, &[]).await.status, 404, "{wrong}");
    }
    app.anonymous.get(&follow).await.expect_status(200);
}

#[tokio::test]
async fn what_is_erased_is_not_shown_to_whoever_has_the_link() {
    let app = start().await;
    let follow = write(&app, SUSPECT, &[]).await;
    let comment = app.platform.get(&format!("/v1/comments/{}", id(&follow))).await.body;
    let author = comment["author"]["id"].as_str().expect("an id");
    app.admin.delete(&format!("/v1/authors/{author}")).await.expect_status(200);
    let page = shown(&app, &follow).await;
    assert!(page.contains("Taken back.") && !page.contains("go back where"), "{page}");
}

//! Pictures of every page: `cargo test --test it screens -- --ignored` writes them to `target/screens`.
//!
//! Wide and narrow, light and dark, to be looked at. A page that is new gets its line here.

use crate::support::app::{Setup, TestApp, comment};
use crate::support::browser::{Browser, Theme, key};
use ombud::comment::ModeratorRole;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screens");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Writes what is open as `NAME-WIDTH-THEME.png`.
async fn take(browser: &Browser, name: &str) {
    for (width, height) in [(1280, 800), (390, 844)] {
        browser.resize(width, height).await;
        for theme in Theme::BOTH {
            browser.prefer(theme).await;
            let path = folder().join(format!("{name}-{width}-{}.png", theme.name()));
            std::fs::write(path, browser.picture().await).expect("a picture");
        }
    }
}

#[tokio::test]
#[ignore = "writes pictures to be looked at"]
async fn of_the_console() {
    let app = TestApp::with(Setup::default()).await;
    let password = app.person("Chief Desk", ModeratorRole::Admin).await;
    for (name, role) in [("Night Desk", ModeratorRole::Moderator), ("Day Desk", ModeratorRole::Senior)] {
        app.person(name, role).await;
    }
    for (n, section) in ["world", "world", "world", "local", "local", "sport"].iter().enumerate() {
        let article = json!({"title": "Talks between Maravel and Sundria stall over the border", "section": section});
        app.platform.put(&format!("/v1/articles/{section}"), &article).await;
        let text = "If the minister does not like the talks in Lorne, go back where you came from.";
        app.platform.post("/v1/comments", &comment(&format!("c{n}"), section, None, text)).await.expect_status(201);
        app.clock.advance(Duration::from_mins(3));
    }
    let browser = Browser::start().await;
    let page = |path: &str| format!("{}/console{path}", app.base);
    browser.open(&page("")).await;
    take(&browser, "console-site").await;
    browser.open(&page("/none")).await;
    take(&browser, "console-refusal").await;
    browser.open(&page("/post/people")).await;
    take(&browser, "console-sign-in").await;
    let sign_in = async |password: &str| {
        browser.fill("#name", "Chief Desk").await;
        browser.fill("#password", password).await;
        browser.press(&key::ENTER.to_string()).await;
    };
    sign_in("not the password").await;
    browser.until("return !!document.querySelector('#refused')").await;
    take(&browser, "console-sign-in-refused").await;
    sign_in(&password).await;
    browser.arrive("/console/post/people").await;
    take(&browser, "console-people").await;
    let _ = browser.run("document.querySelector('details').open = true").await;
    take(&browser, "console-people-change").await;
    browser.fill("#name", "Sports Desk").await;
    browser.press(&key::ENTER.to_string()).await;
    browser.until("return !!document.querySelector('.password')").await;
    take(&browser, "console-people-added").await;
    let reply =
        comment("c6", "world", Some("c0"), "Nobody in Lorne would say so. The talks go on, and that is what counts.");
    app.platform.post("/v1/comments", &reply).await.expect_status(201);
    let edit = json!({"text": "Nobody in Lorne would say so, you moron. The talks go on, and that is what counts."});
    app.platform.patch("/v1/comments/c6", &edit).await.expect_status(200);
    for (id, button) in [("c0", "button.approve"), ("c1", "button.danger"), ("c6", "button.danger")] {
        browser.open(&page(&format!("/post/comments/{id}"))).await;
        if button.ends_with("danger") {
            let _ = browser.run("document.querySelector('#reason').value = 'hate'").await;
        }
        browser.click(button).await;
        browser.until("return location.search.startsWith('?done=')").await;
        app.clock.advance(Duration::from_mins(2));
    }
    browser.open(&page("/post/comments/c6")).await;
    let _ = browser.run("document.querySelector('details').open = true").await;
    take(&browser, "console-comment").await;
    for (path, name) in [
        ("/post", "home"),
        ("/post/search", "search"),
        ("/post/search?text=talks&state=pending", "search-narrowed"),
        ("/post/comments/c2", "comment-waiting"),
        ("/post/mine", "mine"),
        ("/post/me", "me"),
        ("/post/password", "password"),
    ] {
        browser.open(&page(path)).await;
        take(&browser, &format!("console-{name}")).await;
    }
    let queue = [
        ("/post/queue", "queue"),
        ("/post/queue/bulk?attribute=TOXICITY", "bulk"),
        ("/post/queue/bulk?attribute=TOXICITY&min=0.1&max=0.9", "bulk-range"),
        ("/post/queue?section=none", "queue-empty"),
    ];
    for (path, name) in queue {
        browser.open(&page(path)).await;
        let _ = browser.run("document.querySelector('.words')?.setAttribute('open', '')").await;
        take(&browser, &format!("console-{name}")).await;
    }
    browser.open(&page("/post/people")).await;
    browser.fill("#name", "Weekend Desk").await;
    browser.forget_cookies().await;
    browser.press(&key::ENTER.to_string()).await;
    browser.until("return document.title.startsWith('Sign in')").await;
    take(&browser, "console-sign-in-late").await;
    sign_in(&password).await;
    browser.until("return document.title.startsWith('Send it')").await;
    take(&browser, "console-again").await;
}

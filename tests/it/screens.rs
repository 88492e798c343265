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
    for (path, name) in [("/post", "home"), ("/post/me", "me"), ("/post/password", "password")] {
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

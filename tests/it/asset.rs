//! Styles and scripts, as they are served and as a browser takes them.

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Theme};
use ombud::http::asset_address;
use reqwest::Method;

#[tokio::test]
async fn a_file_is_kept_for_good_under_its_hash_and_asked_for_anew_without() {
    let app = TestApp::start().await;
    let named = asset_address("console/base.css");
    let (plain, version) = named.split_once("?v=").expect("a hash");
    assert_eq!((plain, version.len()), ("/assets/console/base.css", 16));
    for (address, caching) in [
        (named.as_str(), "public, max-age=31536000, immutable"),
        (plain, "no-cache"),
        // Of an earlier release, asked of a later replica.
        ("/assets/console/base.css?v=0000000000000000", "no-cache"),
    ] {
        let answer = app.anonymous.get(address).await.expect_status(200);
        assert_eq!(answer.headers["cache-control"], caching, "{address}");
        assert_eq!(answer.headers["content-type"], "text/css; charset=utf-8");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert!(answer.text.contains("color-scheme: light dark"), "{}", answer.text);
        let tag = answer.headers["etag"].clone();
        let again = app.anonymous.request(Method::GET, address).header("if-none-match", &tag);
        let again = app.anonymous.send(again).await.expect_status(304);
        assert_eq!((again.text.as_str(), &again.headers["etag"]), ("", &tag));
        let other = app.anonymous.request(Method::GET, address).header("if-none-match", "W/\"other\"");
        app.anonymous.send(other).await.expect_status(200);
        let head = app.anonymous.send(app.anonymous.request(Method::HEAD, address)).await.expect_status(200);
        assert_eq!(head.headers["etag"], tag);
    }
}

#[tokio::test]
async fn nothing_else_is_served_among_them() {
    let app = TestApp::start().await;
    for address in ["/assets/console/none.css", "/assets/../Cargo.toml", "/assets/%2e%2e/Cargo.toml", "/assets/console"]
    {
        app.anonymous.get(address).await.expect_problem(404, "no_such_address");
    }
    app.anonymous.delete("/assets/console/base.css").await.expect_problem(405, "method_not_allowed");
}

#[tokio::test]
async fn a_browser_sees_light_and_dark() {
    let app = TestApp::start().await;
    let browser = Browser::start().await;
    browser.open(&format!("{}/docs", app.base)).await;
    assert_eq!(browser.title().await, "ombud API");
    browser.open(&format!("{}{}", app.base, asset_address("console/base.css"))).await;
    assert!(browser.text("pre").await.contains("--accent"));
    let dark = "return matchMedia('(prefers-color-scheme: dark)').matches";
    for theme in Theme::BOTH {
        browser.prefer(theme).await;
        assert_eq!(browser.run(dark).await, theme == Theme::Dark);
    }
    browser.open(&format!("{}/docs", app.base)).await;
    browser.resize(390, 700).await;
    assert_eq!(browser.run("return document.documentElement.clientWidth").await, 390);
    assert!(browser.picture().await.starts_with(b"\x89PNG"));
    // A barrier is found where there is one.
    browser.open("data:text/html,<html lang=en><title>A page</title><main><h1>A page</h1><img src=x></main>").await;
    let barriers = browser.barriers().await;
    assert!(barriers.len() == 1 && barriers[0].starts_with("image-alt"), "{barriers:?}");
}

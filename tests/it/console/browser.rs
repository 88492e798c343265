//! The console in a real browser: by keyboard alone, without scripts, and without barriers.

use crate::support::app::{BANNED, SUSPECT, TestApp, comment};
use crate::support::browser::{Browser, Theme, key};
use ombud::comment::{ModeratorRole, SiteId};
use serde_json::json;

#[tokio::test]
async fn one_signs_in_and_out_by_keyboard_alone_and_without_scripts() {
    let app = TestApp::start().await;
    let password = app.person("Anna", ModeratorRole::Moderator).await;
    let browser = Browser::start().await;
    browser.allow_scripts(false).await;
    browser.open(&format!("{}/console/post/me", app.base)).await;
    browser.allow_scripts(true).await;
    assert_eq!(browser.title().await, "Sign in · post");
    assert_eq!(browser.focused().await, "#name");
    browser.press("anna").await;
    browser.press(&key::TAB.to_string()).await;
    browser.press(&format!("not the password{}", key::ENTER)).await;
    browser.until("return !!document.querySelector('#refused')").await;
    assert!(browser.text("#refused").await.starts_with("Not signed in."));
    // The name is still there, and the password is to be typed.
    assert_eq!(browser.focused().await, "#password");
    browser.press(&format!("{password}{}", key::ENTER)).await;
    browser.arrive("/console/post/me").await;
    let cookie = browser.cookie("ombud-post").await;
    assert_eq!((&cookie["httpOnly"], &cookie["sameSite"]), (&true.into(), &"Strict".into()), "{cookie}");
    assert_eq!(browser.run("return document.cookie").await, "", "no script reads it");

    // The first stop leads past the bar; the bar's last is the way out.
    browser.press(&key::TAB.to_string()).await;
    assert_eq!(browser.run("return document.activeElement.textContent").await, "Skip to the page");
    browser.press(&key::ENTER.to_string()).await;
    browser.arrive("#main").await;
    browser.press(&key::TAB.to_string()).await;
    assert_eq!(browser.run("return document.querySelector('main').contains(document.activeElement)").await, true);
    browser.open(&format!("{}/console/post", app.base)).await;
    while browser.run("return document.activeElement.textContent").await != "Sign out" {
        browser.press(&key::TAB.to_string()).await;
        let visible = "const s = getComputedStyle(document.activeElement); return parseFloat(s.outlineWidth) >= 2";
        assert_eq!(browser.run(visible).await, true, "the focus is seen");
    }
    browser.press(&key::ENTER.to_string()).await;
    browser.arrive("/console/post/sign-in?done=signed-out").await;
    // The answers 401 and a page's own policy are all that a browser might say.
    let complaints = browser.complaints().await;
    assert!(complaints.iter().all(|line| line.contains("401")), "{complaints:?}");
}

#[tokio::test]
async fn a_form_sent_too_late_is_sent_after_signing_in() {
    let app = TestApp::start().await;
    let password = app.person("Root", ModeratorRole::Admin).await;
    let browser = Browser::start().await;
    browser.open(&format!("{}/console/post/people", app.base)).await;
    browser.fill("#name", "Root").await;
    browser.fill("#password", &password).await;
    browser.press(&key::ENTER.to_string()).await;
    browser.arrive("/console/post/people").await;
    browser.fill("#name", "Anna Berg").await;
    browser.forget_cookies().await;
    browser.press(&key::ENTER.to_string()).await;
    browser.until("return document.title.startsWith('Sign in')").await;
    browser.fill("#name", "Root").await;
    browser.fill("#password", &password).await;
    browser.press(&key::ENTER.to_string()).await;
    browser.until("return document.title.startsWith('Send it')").await;
    assert!(browser.text(".kept").await.contains("Anna Berg"));
    browser.click("button.primary").await;
    browser.until("return !!document.querySelector('.password')").await;
    assert_eq!(browser.text(".password").await.len(), 23);
}

#[tokio::test]
async fn no_page_has_a_serious_barrier_in_either_theme() {
    let app = TestApp::start().await;
    let password = app.person("Root", ModeratorRole::Admin).await;
    app.person("Anna Berg", ModeratorRole::Senior).await;
    app.article("a1").await;
    app.pending("c1", "a1").await;
    app.published("c2", "a1", None).await;
    let edit = json!({"text": SUSPECT});
    app.platform.patch("/v1/comments/c2", &edit).await.expect_status(200);
    let browser = Browser::start().await;
    let mut barriers = Vec::new();
    let page = |path: &str| format!("{}/console{path}", app.base);
    for path in ["", "/post/sign-in", "/none", "/post/none"] {
        browser.open(&page(path)).await;
        barriers.extend(found(&browser, path).await);
    }
    browser.open(&page("/post")).await;
    browser.fill("#name", "Root").await;
    browser.fill("#password", &password).await;
    browser.press(&key::ENTER.to_string()).await;
    browser.arrive("/console/post").await;
    browser.open(&page("/post/comments/c2")).await;
    browser.click("button.approve").await;
    browser.arrive("?done=publish").await;
    app.publish_policy(&[("limit = 3 ", "limit = 4 ")]).await;
    browser.open(&page("/post/policy/try")).await;
    barriers.extend(found(&browser, "/post/policy/try of several sites").await);
    app.ombud.revoke_site(&SiteId::parse("gazette").expect("a site id")).await.expect("revoked");
    let try_it = async |to: &str, action: &str| {
        browser.open(&page("/post/policy/try")).await;
        browser.fill("[name='TOXICITY.review']", to).await;
        browser.follow(&format!("button[value={action}]")).await;
    };
    for (to, what) in [("7", "what can't be"), ("0.01", "what it would do")] {
        try_it(to, "show").await;
        let _ = browser.run("document.querySelectorAll('details').forEach(d => { d.open = true })").await;
        barriers.extend(found(&browser, what).await);
    }
    try_it("0.01", "save").await;
    barriers.extend(found(&browser, "a candidate").await);
    app.published("later", "a1", None).await;
    browser.open(&format!("{}/shadow", browser.address().await)).await;
    let _ = browser.run("document.querySelectorAll('details').forEach(d => { d.open = true })").await;
    assert!(browser.text("main").await.contains("1 published now"), "{}", browser.text("main").await);
    barriers.extend(found(&browser, "a candidate in shadow").await);
    for path in [
        "/post",
        "/post/queue",
        "/post/queue/bulk?attribute=TOXICITY&min=0&max=1",
        "/post/search",
        "/post/search?text=minister&state=published",
        "/post/search?state=burnt",
        "/post/comments/c1",
        "/post/comments/c2?done=publish",
        "/post/mine",
        "/post/me",
        "/post/password",
        "/post/people",
        "/post/people?done=shut&name=Root",
        "/post/today",
        "/post/today?section=world",
        "/post/policy",
        "/post/policy/try",
        "/post/policy/shadow",
        "/post/policy/1",
        "/post/policy/2",
    ] {
        browser.open(&page(path)).await;
        let _ = browser.run("document.querySelectorAll('details').forEach(d => { d.open = true })").await;
        barriers.extend(found(&browser, path).await);
    }
    assert!(barriers.is_empty(), "{}", barriers.join("\n"));
    let expected = |line: &&String| line.contains("404") || line.contains("422");
    let complaints = browser.complaints().await;
    assert_eq!(complaints.iter().filter(|line| !expected(line)).collect::<Vec<_>>(), Vec::<&String>::new());
}

/// The barriers of the page that is open, in both themes, wide and narrow.
async fn found(browser: &Browser, path: &str) -> Vec<String> {
    let mut all = Vec::new();
    for theme in Theme::BOTH {
        browser.prefer(theme).await;
        for width in [1280, 390] {
            browser.resize(width, 800).await;
            let widest = browser.run("return document.documentElement.scrollWidth").await;
            assert_eq!(widest, width, "{path} is too wide");
            let barriers = browser.barriers().await;
            all.extend(barriers.into_iter().map(|b| format!("{path}, {}, {width}: {b}", theme.name())));
        }
    }
    all
}

#[tokio::test]
async fn a_look_that_was_chosen_holds_whatever_the_system_says() {
    let app = TestApp::start().await;
    let password = app.person("Anna", ModeratorRole::Moderator).await;
    let browser = Browser::start().await;
    browser.prefer(Theme::Light).await;
    browser.open(&format!("{}/console/post/me", app.base)).await;
    let background = "return getComputedStyle(document.body).backgroundColor";
    let light = browser.run(background).await;
    browser.fill("#name", "Anna").await;
    browser.fill("#password", &password).await;
    browser.press(&key::ENTER.to_string()).await;
    browser.arrive("/console/post/me").await;
    assert_eq!(browser.run(background).await, light);
    browser.click("input[value=dark]").await;
    browser.press(&key::ENTER.to_string()).await;
    browser.arrive("?done=look").await;
    let dark = browser.run(background).await;
    assert_ne!(dark, light);
    browser.open(&format!("{}/console/post", app.base)).await;
    assert_eq!(browser.run(background).await, dark);
}

#[tokio::test]
async fn covered_words_are_uncovered_by_keyboard() {
    let app = TestApp::start().await;
    let password = app.person("Anna", ModeratorRole::Moderator).await;
    app.article("a1").await;
    app.platform.post("/v1/comments", &comment("c1", "a1", None, BANNED)).await.expect_status(201);
    let browser = Browser::start().await;
    browser.open(&format!("{}/console/post/search", app.base)).await;
    browser.fill("#name", "Anna").await;
    browser.fill("#password", &password).await;
    browser.press(&key::ENTER.to_string()).await;
    browser.arrive("/console/post/search").await;
    for (page, text) in [("search", ".listed-text"), ("comments/c1", ".history-text")] {
        browser.open(&format!("{}/console/post/{page}", app.base)).await;
        let seen = browser.text(text).await;
        assert!(seen.contains("•••••••") && !seen.contains("raghead"), "{page}: {seen}");
        while browser.run("return document.activeElement.className").await != "uncover-box" {
            browser.press(&key::TAB.to_string()).await;
        }
        browser.press(" ").await;
        let seen = browser.text(text).await;
        assert!(seen.contains("raghead") && !seen.contains('•'), "{page}: {seen}");
        browser.press(" ").await;
        assert!(!browser.text(text).await.contains("raghead"), "{page}");
    }
}

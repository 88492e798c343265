//! Pictures of the pages for people who work here: `cargo test --test it -- screens embed::browser --include-ignored` writes them,
//! and those of the pages for readers, to `target/screens`.
//!
//! Wide and narrow, light and dark, to be looked at. A page that is new gets its line here.

use crate::support::app::{BANNED, CLEAN, Setup, TestApp, comment};
use crate::support::browser::{Browser, Theme, key};
use crate::support::client::Client;
use crate::support::desk::Desk;
use ombud::comment::{ModelId, ModeratorRole, Role, Scope, SiteId, State};
use ombud::service::{Caller, Verb};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screens");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Writes what is open as `NAME-WIDTH-THEME.png`, down to the end of the page.
async fn take(browser: &Browser, name: &str) {
    for width in [1280, 390] {
        browser.resize(width, 800).await;
        let height = browser.run("return document.documentElement.scrollHeight").await.as_u64().unwrap_or(800);
        browser.resize(width, u32::try_from(height).expect("a height")).await;
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

/// Texts from mild to abusive, advertising, and about something else.
const MILD: [&str; 6] = [
    "The talks in Lorne ended without a statement, and no date was set for another round.",
    "Maravel and Sundria should publish the border proposal, so that people can read it.",
    "I expected the talks about the border to stall, but Sundria left the door open.",
    "Why did the ministers not say what they had agreed on about the border?",
    "My sister lives in Lorne, and nobody there believes in a joint statement any more.",
    "Without observers at the border the next round of talks will end as this one did.",
];
const SHARP: [&str; 12] = [
    "This is nonsense and everybody in Maravel knows it.",
    "What a stupid statement, honestly.",
    "Only an idiot believes the ministers again.",
    "The minister is a pathetic clown and should resign.",
    "Damn it, publish the bloody proposal.",
    "You are all liars, and you disgust me.",
    "Shut up already about the border, you moron.",
    "They are corrupt to the bone, the lot of them.",
    "Best prices for watches, buy now at my shop, free delivery!!!",
    "The ferry timetable is late again this spring, and so is my bus.",
    "I hope somebody burns their ministry down with them in it.",
    "Those people are vermin and should all be thrown out.",
];

/// Some weeks of checks, all judged; a few of them otherwise than the machine.
async fn judged(app: &TestApp) {
    for (section, sent) in [("world", 400), ("opinion", 240)] {
        let article = json!({"title": "Talks between Maravel and Sundria stall over the border", "section": section});
        app.platform.put(&format!("/v1/articles/{section}-weeks"), &article).await;
        for n in 0..sent {
            let text = if n % 5 == 0 { BANNED } else { CLEAN[n % CLEAN.len()] };
            let sent = comment(&format!("{section}-{n}"), &format!("{section}-weeks"), None, text);
            app.platform.post("/v1/comments", &sent).await;
        }
    }
    app.clock.advance(Duration::from_hours(48));
    app.person("Bea", ModeratorRole::Moderator).await;
    let people = app.ombud.moderators(&SiteId::parse("post").expect("a site id")).await.expect("people");
    let bea = Caller::signed_in(people.iter().find(|person| person.name.as_str() == "Bea").expect("an account"));
    let mut judged = 0;
    while let Some(drawn) = app.ombud.next_audit(&bea).await.expect("an answer") {
        let agrees = judged % 23 != 4;
        let publish = (drawn.comment.state == State::Published) == agrees;
        let (verb, reason) = if publish { (Verb::Publish, None) } else { (Verb::Reject, Some("abuse")) };
        app.ombud.judge_audit(&bea, &drawn.id, verb, reason).await.expect("judged");
        judged += 1;
    }
}

#[tokio::test]
#[ignore = "writes pictures to be looked at"]
async fn of_a_check() {
    let policy = vec![("share = 0   ", "share = 0.2 ")];
    let app = TestApp::with(Setup { policy, ..Setup::default() }).await;
    app.article("a1").await;
    app.published("first", "a1", None).await;
    for n in 0..80 {
        app.published(&format!("c{n}"), "a1", Some("first")).await;
    }
    app.clock.advance(Duration::from_hours(3));
    for n in 0..150 {
        app.pending(&format!("p{n}"), "a1").await;
    }
    let password = app.person("Anna", ModeratorRole::Moderator).await;
    let mut desk = Desk::signed_in(&app, "Anna", &password).await;
    // Skipped until a check is what the page has.
    loop {
        let seen = desk.get("/console/post/queue").await;
        if seen.field("check").is_some() {
            break;
        }
        let fields = ["comment", "version", "claim"].map(|name| (name, seen.field(name).expect("a field")));
        let mut order: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        order.push(("do", "skip"));
        desk.post("/console/post/queue/decide", &order).await;
    }
    let browser = Browser::start().await;
    browser.open(&format!("{}/console/post/queue", app.base)).await;
    browser.fill("#name", "Anna").await;
    browser.fill("#password", &password).await;
    browser.press(&key::ENTER.to_string()).await;
    browser.arrive("/console/post/queue").await;
    take(&browser, "console-check").await;
}

#[tokio::test]
#[ignore = "writes pictures to be looked at"]
async fn of_the_editors_pages() {
    let policy = vec![
        ("# [sections.opinion.thresholds]", "[sections.opinion.thresholds]"),
        ("# TOXICITY = { review = 0.35 } ", "TOXICITY = { review = 0.35 }"),
        ("# [sections.obituaries]", "[sections.obituaries]"),
        ("# mode = \"pre\" ", "mode = \"pre\""),
        ("undo_seconds  = 0 ", "undo_seconds  = 5 "),
        ("share = 0   ", "share = 0.2 "),
    ];
    let app = TestApp::with(Setup { policy, ..Setup::default() }).await;
    judged(&app).await;
    a_day(&app).await;
    let password = app.person("Chief Desk", ModeratorRole::Editor).await;
    let browser = Browser::start().await;
    let page = |path: &str| format!("{}/console/post{path}", app.base);
    browser.open(&page("/today")).await;
    browser.fill("#name", "Chief Desk").await;
    browser.fill("#password", &password).await;
    browser.press(&key::ENTER.to_string()).await;
    browser.arrive("/console/post/today").await;
    take(&browser, "console-today").await;
    browser.open(&page("/today?section=opinion")).await;
    let _ = browser.run("document.querySelector('details').open = true").await;
    take(&browser, "console-today-opinion").await;
    app.publish_policy(&[
        ("limit = 3 ", "limit = 4 "),
        ("review = 0.25, reject = 0.80", "review = 0.30, reject = 0.80"),
    ])
    .await;
    browser.open(&page("/policy")).await;
    take(&browser, "console-policy").await;
    browser.open(&page("/policy/2")).await;
    take(&browser, "console-policy-revision").await;
    a_change(&app, &browser).await;
}

/// A change of the policy from the page where it is tried to the one where it waits for approval; an editor is signed in.
async fn a_change(app: &TestApp, browser: &Browser) {
    let page = |path: &str| format!("{}/console/post{path}", app.base);
    let set = async |name: &str, to: &str| browser.fill(&format!("[name='{name}']"), to).await;
    browser.open(&page("/policy/try")).await;
    take(browser, "console-several-sites").await;
    app.ombud.revoke_site(&SiteId::parse("gazette").expect("a site id")).await.expect("revoked");
    browser.open(&page("/policy/try")).await;
    set("TOXICITY.review", "0.9").await;
    set("SPAM.reject", "1.2").await;
    browser.follow("button[value=show]").await;
    take(browser, "console-try-refused").await;
    for (name, to) in [("TOXICITY.review", "0.15"), ("SPAM.reject", "0.98"), ("OFF_TOPIC.review", "0.90")] {
        set(name, to).await;
    }
    set("TOXICITY.reject", "0.60").await;
    set("note", "The talks go on: heated threads are read before they appear.").await;
    browser.follow("button[value=show]").await;
    let _ = browser.run("document.querySelectorAll('.effect details').forEach(d => { d.open = true })").await;
    take(browser, "console-try").await;
    browser.follow("button[value=save]").await;
    take(browser, "console-candidate-own").await;
    let own = browser.address().await;
    app.clock.advance(Duration::from_mins(3));
    app.article("a1").await;
    let heated = "They talk and talk in Lorne, and the minister is a clown. What a pathetic show.";
    for (id, text) in [("s1", CLEAN[0]), ("s2", heated), ("s3", CLEAN[1])] {
        app.platform.post("/v1/comments", &comment(id, "a1", None, text)).await.expect_status(201);
    }
    browser.open(&format!("{own}/shadow")).await;
    let _ = browser.run("document.querySelectorAll('.effect details').forEach(d => { d.open = true })").await;
    take(browser, "console-candidate-shadow").await;
    browser.open(&page("/policy")).await;
    take(browser, "console-policy-waiting").await;
    let password = app.person("Site Admin", ModeratorRole::Admin).await;
    browser.forget_cookies().await;
    browser.open(&own).await;
    browser.fill("#name", "Site Admin").await;
    browser.fill("#password", &password).await;
    browser.press(&key::ENTER.to_string()).await;
    browser.until("return !!document.querySelector(\"form[action$='/approve']\")").await;
    take(browser, "console-candidate").await;
    app.publish_policy(&[]).await;
    browser.open(&own).await;
    take(browser, "console-candidate-stale").await;
}

#[tokio::test]
#[ignore = "writes pictures to be looked at"]
async fn of_the_queue() {
    let app = TestApp::with(Setup::default()).await;
    let password = app.person("Chief Desk", ModeratorRole::Editor).await;
    a_day(&app).await;
    let article = json!({"title": "Talks between Maravel and Sundria stall over the border", "section": "world",
        "url": "https://post.example/world/talks", "body": "The ministers of Maravel and Sundria met in Lorne. The talks about the border ended without a statement."});
    app.platform.put("/v1/articles/talks", &article).await;
    let say = async |id: &str, parent: Option<&str>, name: &str, text: &str| {
        let mut sent = comment(id, "talks", parent, text);
        sent["author"]["name"] = json!(name);
        app.clock.advance(Duration::from_mins(2));
        app.platform.post("/v1/comments", &sent).await.expect_status(201);
    };
    say("t1", None, "Marta V.", "The talks in Lorne have failed because neither minister wanted them to succeed.")
        .await;
    say("t2", Some("t1"), "Old Ferryman", "A statement would have been the least after two days at the border.").await;
    let insult = "The minister is a pathetic clown and should resign, and so should whoever writes here that it was not \
        his fault, Marta. Go back where you came from.";
    say("t3", Some("t1"), "Harbour Light", insult).await;
    app.clock.advance(Duration::from_mins(9));
    let browser = Browser::start().await;
    let page = |path: &str| format!("{}/console/post{path}", app.base);
    browser.open(&page("/queue?order=harmful&article=talks")).await;
    browser.fill("#name", "Chief Desk").await;
    browser.fill("#password", &password).await;
    browser.press(&key::ENTER.to_string()).await;
    browser.until("return !!document.querySelector('.card-comment')").await;
    browser.open(&page("/queue?order=harmful")).await;
    browser.until("return document.querySelectorAll('.card-comment').length > 5").await;
    take(&browser, "console-queue").await;
    browser.press("m").await;
    browser.press("r").await;
    take(&browser, "console-queue-reject").await;
    browser.press("?").await;
    take(&browser, "console-queue-keys").await;
    for (path, name) in [
        ("/queue/bulk?attribute=TOXICITY", "bulk"),
        ("/queue/bulk?attribute=TOXICITY&min=0.6&max=0.9", "bulk-range"),
        ("/queue?section=none", "queue-empty"),
    ] {
        browser.open(&page(path)).await;
        take(&browser, &format!("console-{name}")).await;
    }
}

/// A day of a newspaper: comments of all kinds in three sections, decisions, opinions and appeals.
async fn a_day(app: &TestApp) {
    let sections = ["world", "world", "opinion", "local"];
    for section in ["world", "opinion", "local"] {
        let article = json!({"title": "Talks between Maravel and Sundria stall over the border", "section": section,
            "body": "The ministers of Maravel and Sundria met in Lorne. The talks about the border ended without a statement."});
        app.platform.put(&format!("/v1/articles/{section}"), &article).await;
    }
    let mut held = Vec::new();
    let mut refused = Vec::new();
    for n in 0..320_usize {
        let mut text = format!("{} Number {n}.", MILD[n * 7 % MILD.len()]);
        if n % 4 == 1 {
            text = format!("{} {}", SHARP[n / 4 % SHARP.len()], if n % 8 == 1 { text } else { String::new() });
        }
        let (id, section) = (format!("c{n}"), sections[n % 5 % sections.len()]);
        let sent = app.platform.post("/v1/comments", &comment(&id, section, None, text.trim())).await;
        match sent.expect_status(201).body["state"].as_str() {
            Some("pending") => held.push(id),
            Some("rejected") => refused.push(id),
            _ => {}
        }
        app.clock.advance(Duration::from_secs(40));
    }
    let site = SiteId::parse("post").expect("a site id");
    let role = Role::parse("senior").expect("a role");
    let senior = app.ombud.add_key_with_roles(&site, "senior", &[Scope::Review], &[role]).await.expect("a key");
    let senior = Client::new(&app.base, Some(senior.secret));
    let decide = async |who: &Client, id: &str, action: &str, version: u64| {
        let body = json!({"action": action, "reason_code": "abuse", "expected_version": version});
        who.post(&format!("/v1/comments/{id}/decision"), &body).await.expect_status(200);
    };
    for (n, id) in held.iter().enumerate().take(held.len() * 4 / 5) {
        let action = if n % 3 == 0 { "publish" } else { "reject" };
        if n % 5 == 0 {
            let (path, asked) = (format!("/v1/comments/{id}/second-opinion"), json!({"expected_version": 1}));
            app.moderator.post(&path, &asked).await.expect_status(200);
            decide(&app.moderator, id, action, 2).await;
            decide(&app.second_moderator, id, if n % 15 == 0 { "reject" } else { action }, 3).await;
        } else {
            decide(&app.moderator, id, action, 1).await;
        }
        app.clock.advance(Duration::from_secs(17));
    }
    for (n, id) in refused.iter().enumerate().take(5) {
        let appeal = json!({"text": "I quoted what was shouted at me."});
        app.platform.post(&format!("/v1/comments/{id}/appeals"), &appeal).await.expect_status(200);
        if n < 4 {
            decide(&senior, id, if n < 3 { "reject" } else { "publish" }, 2).await;
        }
    }
    let file = crate::support::model::another("own");
    app.ombud.add_model(&site, &file).await.expect("a model");
    app.ombud.shadow(&site, &ModelId::of(&file), "Root").await.expect("in shadow");
    app.clock.advance(Duration::from_mins(95));
    app.ombud.promote(&site, &ModelId::of(&file), "Chief Desk").await.expect("in force");
    app.clock.advance(Duration::from_mins(12));
}

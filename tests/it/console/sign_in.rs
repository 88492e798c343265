//! Signing in, staying signed in, and not.

use crate::support::app::{Setup, TestApp};
use crate::support::desk::{Desk, form};
use ombud::comment::{ModeratorRole, SiteId};
use ombud::http::console::ConsoleSettings;
use reqwest::Method;
use std::time::Duration;

#[tokio::test]
async fn who_signs_in_gets_a_cookie_that_only_our_pages_send() {
    let app = TestApp::start().await;
    let password = app.person("Anna Berg", ModeratorRole::Moderator).await;
    let mut desk = Desk::at(&app);
    desk.get("/console").await.expect(200, "Which site?");
    desk.get("/console?site=Post").await.expect_see("/console/post");
    desk.get("/console?site=other").await.expect(404, "No site called “other”");
    desk.get("/console/post").await.expect_see("/console/post/sign-in?to=");
    desk.get("/console/post/sign-in").await.expect(200, "Sign in to moderate");
    let answer = desk.sign_in("anna  BERG", &password).await;
    answer.expect_see("/console/post");
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("ombud-post=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    let page = desk.get("/console/post").await.expect(200, "Nothing is waiting").expect(200, "Anna Berg");
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(page.header(name), value, "{name}");
    }
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self'"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    // Nothing of it could be loaded by such a policy.
    assert!(!page.html.contains("style=") && !page.html.contains("<script") && !page.html.contains("onclick"));

    desk.post("/console/post/sign-out", &[]).await.expect_see("/console/post/sign-in?done=signed-out");
    assert_eq!(desk.cookies(), []);
    desk.get("/console/post").await.expect_see("/console/post/sign-in?to=");
}

#[tokio::test]
async fn over_https_the_cookie_is_the_hosts_alone() {
    let console = ConsoleSettings { origin: Some("https://desk.example".to_owned()), ..ConsoleSettings::default() };
    let app = TestApp::with(Setup { console, ..Setup::default() }).await;
    let password = app.person("Anna", ModeratorRole::Moderator).await;
    let mut desk = Desk::at(&app);
    let fields = [("name", "Anna"), ("password", password.as_str())];
    let sign_in = |origin| form(desk.request(Method::POST, "/console/post/sign-in"), &fields).header("origin", origin);
    let (elsewhere, own) = (sign_in("https://evil.example"), sign_in("https://desk.example"));
    desk.send(elsewhere).await.expect(403, "the form came from elsewhere");
    let answer = desk.send(own).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-ombud-post=") && cookie.ends_with("SameSite=Strict; Secure"), "{cookie}");
    desk.get("/console/post").await.expect(200, "Anna");
}

#[tokio::test]
async fn nobody_learns_whether_a_name_exists_and_guessing_gets_slower() {
    let app = TestApp::start().await;
    let password = app.person("Anna", ModeratorRole::Moderator).await;
    app.person("Shut", ModeratorRole::Moderator).await;
    let (post, shut) = (SiteId::parse("post").unwrap(), "Shut".parse().unwrap());
    app.ombud.revoke_moderator(&post, &shut, ombud::comment::Actor::Operator).await.expect("shut");
    for name in ["Anna", "Shut", "Nobody", "<b>no name</b>"] {
        let mut desk = Desk::at(&app);
        for _ in 0..5 {
            let refused =
                desk.sign_in(name, "a wrong password").await.expect(401, "go together, or the account is shut");
            assert_eq!(refused.header("set-cookie"), "");
            assert!(!refused.html.contains("<b>no name"), "markup");
            assert!(!refused.html.contains("a wrong password"));
        }
        let wait = desk.sign_in(name, "a wrong password").await.expect(429, "Too many attempts. Try again in 3 s.");
        assert_eq!(wait.header("retry-after"), "3", "{name}");
    }
    // The right one waits as well, and then it is let in.
    let mut desk = Desk::at(&app);
    desk.sign_in("Anna", &password).await.expect(429, "Too many attempts");
    app.clock.advance(Duration::from_secs(2));
    desk.sign_in("Anna", &password).await.expect_see("/console/post");
    desk.sign_in("Anna", "a wrong password").await.expect(401, "Not signed in");
}

#[tokio::test]
async fn one_is_signed_out_who_does_nothing_and_everybody_after_a_shift() {
    let app = TestApp::start().await;
    let password = app.person("Anna", ModeratorRole::Moderator).await;
    let mut desk = Desk::signed_in(&app, "Anna", &password).await;
    for _ in 0..12 {
        app.clock.advance(Duration::from_mins(59));
        desk.get("/console/post/me").await.expect(200, "Where you are signed in");
    }
    app.clock.advance(Duration::from_mins(59));
    desk.get("/console/post/me").await.expect_see("/console/post/sign-in?to=%2Fconsole%2Fpost%2Fme");
    let mut desk = Desk::signed_in(&app, "Anna", &password).await;
    app.clock.advance(Duration::from_hours(1));
    desk.get("/console/post").await.expect_see("/console/post/sign-in?to=");
}

#[tokio::test]
async fn a_session_that_is_ended_elsewhere_is_over_at_once() {
    let app = TestApp::start().await;
    let password = app.person("Anna", ModeratorRole::Moderator).await;
    let other_password = app.person("Olga", ModeratorRole::Moderator).await;
    let mut office = Desk::signed_in(&app, "Anna", &password).await;
    let mut home = Desk::signed_in(&app, "Anna", &password).await;
    let mut olga = Desk::signed_in(&app, "Olga", &other_password).await;
    let listed = office.get("/console/post/me").await;
    let session = listed.field("session").expect("the one at home");
    // Nobody ends another's.
    olga.post("/console/post/me/session", &[("session", &session)]).await.expect_see("/console/post/me?done=session");
    home.get("/console/post/me").await.expect(200, "Anna");
    office.post("/console/post/me/session", &[("session", &session)]).await.expect_see("/console/post/me?done=session");
    assert_eq!(home.get("/console/post/me").await.status, 303);
    office.get("/console/post/me?done=session").await.expect(200, "That browser is signed out.");

    // A new password signs out every other browser.
    let mut home = Desk::signed_in(&app, "Anna", &password).await;
    let new = "harbour lamp eleven";
    let change = |now, new, again| [("password_now", now), ("password_new", new), ("password_again", again)];
    for (fields, why) in [
        (change("wrong password", new, new), "The present password is not this."),
        (change(&password, new, "harbour lamp twelve"), "typed in two ways"),
        (change(&password, "short", "short"), "at least 12 characters"),
        (change(&password, &password, &password), "choose another"),
    ] {
        office.post("/console/post/password", &fields).await.expect(422, why);
    }
    office
        .post("/console/post/password", &change(&password, new, new))
        .await
        .expect_see("/console/post/me?done=password");
    office.get("/console/post").await.expect(200, "Anna");
    assert_eq!(home.get("/console/post").await.status, 303);
    Desk::at(&app).sign_in("Anna", &password).await.expect(401, "Not signed in");
    Desk::signed_in(&app, "Anna", new).await;
}

#[tokio::test]
async fn a_session_is_of_one_site() {
    let app = TestApp::start().await;
    let password = app.person("Anna", ModeratorRole::Admin).await;
    let mut desk = Desk::signed_in(&app, "Anna", &password).await;
    desk.get("/console/gazette").await.expect_see("/console/gazette/sign-in?to=");
    // Not even when the cookie is given the other site's name.
    let token = desk.cookies()[0].1.clone();
    let request =
        Desk::at(&app).request(Method::GET, "/console/gazette").header("cookie", format!("ombud-gazette={token}"));
    desk.send(request).await.expect_see("/console/gazette/sign-in?to=");
    let people = desk.post("/console/gazette/people", &[("name", "Mallory"), ("role", "admin")]).await;
    assert_eq!(people.status, 401);
    assert_eq!(app.ombud.moderators(&SiteId::parse("gazette").unwrap()).await.unwrap(), []);
    desk.get("/console/none").await.expect(404, "No such site");
    desk.get("/console/post/none").await.expect(404, "Nothing here");
}

#[tokio::test]
async fn signing_in_leads_on_within_the_console_only() {
    let app = TestApp::start().await;
    let password = app.person("Anna", ModeratorRole::Moderator).await;
    for (to, leads) in [
        ("/console/post/me", "/console/post/me"),
        ("https://evil.example/", "/console/post"),
        ("//evil.example/", "/console/post"),
        ("/console/gazette", "/console/post"),
    ] {
        let mut desk = Desk::at(&app);
        let fields = [("name", "Anna"), ("password", password.as_str()), ("to", to)];
        desk.post("/console/post/sign-in", &fields).await.expect_see(leads);
    }
    // A link from elsewhere comes without the cookie; asked again from a page of ours, it comes with it.
    let mut desk = Desk::signed_in(&app, "Anna", &password).await;
    let request = Desk::at(&app).request(Method::GET, "/console/post/me").header("sec-fetch-site", "cross-site");
    let onward = desk.send(request).await.expect(200, "http-equiv=\"refresh\"");
    assert!(onward.html.contains("url=/console/post/me\""), "{}", onward.html);
}

#[tokio::test]
async fn a_console_that_is_switched_off_is_not_there() {
    let console = ConsoleSettings { enabled: false, ..ConsoleSettings::default() };
    let app = TestApp::with(Setup { console, ..Setup::default() }).await;
    for path in ["/console", "/console/post", "/console/post/sign-in"] {
        app.anonymous.get(path).await.expect_problem(404, "no_such_address");
    }
}

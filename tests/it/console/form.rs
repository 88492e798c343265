//! Forms: those of other sites, and those that come too late.

use crate::support::app::TestApp;
use crate::support::desk::{Desk, form};
use ombud::comment::{ModeratorRole, SiteId};
use reqwest::Method;

async fn names(app: &TestApp) -> Vec<String> {
    let people = app.ombud.moderators(&SiteId::parse("post").unwrap()).await.expect("people");
    people.iter().map(|moderator| moderator.name.to_string()).collect()
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing() {
    let app = TestApp::start().await;
    let password = app.person("Root", ModeratorRole::Admin).await;
    let mut desk = Desk::signed_in(&app, "Root", &password).await;
    let token = desk.form_token.clone();
    // Her browser sends her cookie along in all of them, as SameSite would not let it.
    let forged = |headers: &[(&str, &str)], token: &str| {
        let fields = [("name", "Mallory"), ("role", "admin"), ("form_token", token)];
        let request = form(desk.request(Method::POST, "/console/post/people"), &fields);
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    };
    let requests = [
        forged(&[], &token),
        forged(&[("origin", "null")], &token),
        forged(&[("origin", "https://evil.example")], &token),
        forged(&[("sec-fetch-site", "cross-site"), ("origin", &app.base)], &token),
        forged(&[("sec-fetch-site", "same-site")], &token),
    ];
    let guessed = [
        forged(&[("origin", &app.base)], ""),
        forged(&[("origin", &app.base)], &"0".repeat(64)),
        forged(&[("origin", &app.base)], &token[..63]),
    ];
    for request in requests {
        desk.send(request).await.expect(403, "the form came from elsewhere");
    }
    for request in guessed {
        desk.send(request).await.expect(403, "Send it after all?");
    }
    let json = desk.request(Method::POST, "/console/post/people").header("origin", &app.base);
    let json = json.header("content-type", "application/json").body("{}");
    desk.send(json).await.expect(415, "Not a form");
    assert_eq!(names(&app).await, ["Root"]);
    desk.get("/console/post/people").await.expect(200, "Root");
    desk.post("/console/post/people", &[("name", "Anna"), ("role", "moderator")]).await.expect(200, "Anna may sign in");
    assert_eq!(names(&app).await, ["Anna", "Root"]);
}

#[tokio::test]
async fn what_is_sent_too_late_is_offered_again_after_signing_in() {
    let app = TestApp::start().await;
    let password = app.person("Root", ModeratorRole::Admin).await;
    let mut desk = Desk::signed_in(&app, "Root", &password).await;
    desk.forget_cookies();
    let late = desk.post("/console/post/people", &[("name", "Anna & Co."), ("role", "senior")]).await;
    assert_eq!(late.header("cache-control"), "no-store");
    let late = late.expect(401, "You were signed out before this was sent");
    let (to, kept) = (late.field("kept_to").expect("an address"), late.field("kept").expect("a form"));
    assert_eq!((to.as_str(), kept.as_str()), ("/console/post/people", "name=Anna+%26+Co.&role=senior"));

    // A wrong password loses nothing.
    let sign_in = |password| [("name", "Root"), ("password", password), ("kept_to", &*to), ("kept", &*kept)];
    let wrong = desk.post("/console/post/sign-in", &sign_in("a wrong password")).await.expect(401, "Not signed in");
    assert_eq!(wrong.field("kept").as_deref(), Some(kept.as_str()));
    let offered = desk.post("/console/post/sign-in", &sign_in(&password)).await.expect(200, "Send it after all?");
    assert!(offered.html.contains("action=\"/console/post/people\"") && offered.html.contains("Anna &#38; Co"));
    assert_eq!(names(&app).await, ["Root"], "nothing is sent by itself");
    desk.post(&to, &[("name", "Anna Berg"), ("role", "senior")]).await.expect(200, "Anna Berg may sign in now");

    // It goes to no other server, and a password is not kept.
    let away = [("name", "Root"), ("password", password.as_str()), ("kept_to", "//evil.example/x"), ("kept", "a=b")];
    Desk::at(&app).post("/console/post/sign-in", &away).await.expect_see("/console/post");
    desk.forget_cookies();
    let fields = [("password_now", password.as_str()), ("password_new", "harbour lamp eleven")];
    let late = desk.post("/console/post/password", &fields).await.expect(401, "do it again");
    assert!(late.field("kept").is_none() && !late.html.contains(&password));
}

#[tokio::test]
async fn a_page_from_before_signing_in_anew_is_asked_about() {
    let app = TestApp::start().await;
    let password = app.person("Root", ModeratorRole::Admin).await;
    let mut desk = Desk::signed_in(&app, "Root", &password).await;
    let before = desk.form_token.clone();
    desk.sign_in("Root", &password).await.expect_see("/console/post");
    let fields = [("name", "Anna"), ("role", "senior"), ("form_token", before.as_str())];
    let request = form(desk.request(Method::POST, "/console/post/people"), &fields).header("origin", &app.base);
    desk.send(request).await.expect(403, "Send it after all?");
    assert_eq!(names(&app).await, ["Root"]);
    desk.post("/console/post/people", &fields[..2]).await.expect(200, "Anna may sign in now");
}

//! Who works here, as admins say it.

use crate::support::app::TestApp;
use crate::support::desk::Desk;
use ombud::comment::ModeratorRole;

/// The password that a page shows.
fn shown(html: &str) -> String {
    let (_, rest) = html.split_once("class=\"password\">").expect("a password");
    rest.split('<').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_admin_adds_somebody_who_chooses_her_own_password() {
    let app = TestApp::start().await;
    let password = app.person("Root", ModeratorRole::Admin).await;
    let mut root = Desk::signed_in(&app, "Root", &password).await;
    let made = root.post("/console/post/people", &[("name", "Anna Berg"), ("role", "senior")]).await;
    let given = shown(&made.expect(200, "It is shown this once").html);
    assert!(!root.get("/console/post/people").await.html.contains(&given));

    let mut anna = Desk::at(&app);
    anna.sign_in("Anna Berg", &given).await.expect_see("/console/post");
    for page in ["", "/me"] {
        anna.get(&format!("/console/post{page}")).await.expect_see("/console/post/password");
    }
    anna.get("/console/post/password").await.expect(200, "was made for you");
    let new = "harbour lamp eleven";
    let fields = [("password_now", given.as_str()), ("password_new", new), ("password_again", new)];
    anna.post("/console/post/password", &fields).await.expect_see("/console/post");
    anna.get("/console/post/me").await.expect(200, "Senior");

    for (name, why) in
        [("anna berg", "There is an account of the name Anna Berg already"), ("<script>", "letters, digits")]
    {
        let refused = root.post("/console/post/people", &[("name", name), ("role", "senior")]).await.expect(422, why);
        assert!(!refused.html.contains("<script>"), "markup is text");
    }
    root.post("/console/post/people", &[("name", "Olga"), ("role", "boss")]).await.expect(422, "no such role");
}

#[tokio::test]
async fn a_change_counts_from_the_next_click_on() {
    let app = TestApp::start().await;
    let password = app.person("Root", ModeratorRole::Admin).await;
    let annas = app.person("Anna", ModeratorRole::Admin).await;
    let mut root = Desk::signed_in(&app, "Root", &password).await;
    let mut anna = Desk::signed_in(&app, "Anna", &annas).await;
    anna.get("/console/post/people").await.expect(200, "Who may work on post");
    let give = |role| [("name", "Anna"), ("role", role)];
    root.post("/console/post/people/role", &give("editor"))
        .await
        .expect_see("/console/post/people?done=role&name=Anna");
    root.get("/console/post/people?done=role&name=Anna").await.expect(200, "Anna is editor now.");
    let refused = anna.get("/console/post/people").await.expect(403, "This page is for the role admin. You are editor");
    assert!(!refused.html.contains("Root"));
    anna.post("/console/post/people/role", &give("admin")).await.expect(403, "Not yours to see");
    let home = anna.get("/console/post").await;
    assert!(!home.html.contains("/console/post/people"), "no link to what she may not see");

    // A new password, a shut account: signed out at once.
    let made =
        root.post("/console/post/people/password", &[("name", "Anna")]).await.expect(200, "The new password of Anna");
    assert_eq!(anna.get("/console/post").await.status, 303);
    anna.sign_in("Anna", &annas).await.expect(401, "Not signed in");
    anna.sign_in("Anna", &shown(&made.html)).await.expect_see("/console/post");
    root.post("/console/post/people/shut", &[("name", "Anna")])
        .await
        .expect_see("/console/post/people?done=shut&name=Anna");
    assert_eq!(anna.get("/console/post/password").await.status, 303);
    root.get("/console/post/people").await.expect(200, "Account shut by Root");
    root.post("/console/post/people", &give("moderator")).await.expect(422, "which is shut");
    root.post("/console/post/people/restore", &[("name", "Anna")])
        .await
        .expect_see("/console/post/people?done=restored&name=Anna");
    anna.sign_in("Anna", &shown(&made.html)).await.expect_see("/console/post");

    // Somebody has to be left who can say who works here.
    root.post("/console/post/people/shut", &[("name", "Root")]).await.expect(409, "Root is the only admin");
    root.post("/console/post/people/role", &[("name", "Root"), ("role", "editor")]).await.expect(409, "the only admin");
    root.post("/console/post/people/role", &[("name", "Nobody"), ("role", "editor")])
        .await
        .expect(409, "nobody called Nobody");
    // Words of an address are not put on the page.
    let page = root.get("/console/post/people?done=shut&name=Mallory").await;
    assert!(!page.html.contains("Mallory"));
}

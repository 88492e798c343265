//! The editors' pages: the last day at a glance, and the policy in force.

use crate::support::app::{BANNED, CLEAN, SUSPECT, Setup, TestApp, comment};
use crate::support::client::Client;
use crate::support::desk::Desk;
use crate::support::model::another;
use ombud::comment::{ModelId, ModeratorRole, Role, Scope, SiteId};
use ombud::service::{Caller, ToJudge, Verb};
use serde_json::json;
use std::time::Duration;

/// An editor at her desk.
async fn editor(app: &TestApp) -> Desk {
    let password = app.person("Chief Desk", ModeratorRole::Editor).await;
    Desk::signed_in(app, "Chief Desk", &password).await
}

/// A senior's key.
async fn senior(app: &TestApp) -> Client {
    let (site, role) = (SiteId::parse("post").expect("a site id"), Role::parse("senior").expect("a role"));
    let new = app.ombud.add_key_with_roles(&site, "senior", &[Scope::Review], &[role]).await.expect("a key");
    Client::new(&app.base, Some(new.secret))
}

async fn send(app: &TestApp, id: &str, article: &str, text: &str) {
    app.platform.post("/v1/comments", &comment(id, article, None, text)).await.expect_status(201);
}

async fn decide(who: &Client, id: &str, action: &str, version: u64) {
    let body = json!({"action": action, "reason_code": "abuse", "expected_version": version});
    who.post(&format!("/v1/comments/{id}/decision"), &body).await.expect_status(200);
}

/// What stands between these, of whatever holds `after` first.
fn between<'a>(html: &'a str, after: &str, from: &str, to: &str) -> &'a str {
    let (_, rest) = html.split_once(after).unwrap_or_else(|| panic!("no `{after}` in {html}"));
    let (_, rest) = rest.split_once(from).expect("a beginning");
    rest.split(to).next().unwrap_or_default()
}

/// The figure and what belongs to it.
fn tile(html: &str, label: &str) -> (String, String) {
    let tile = between(html, &format!("<dt>{label}</dt>"), "", "</div>");
    (
        between(tile, "tile-figure", ">", "<").to_owned(),
        tile.split("small\">").nth(1).map_or("", |rest| rest.split('<').next().unwrap_or_default()).to_owned(),
    )
}

/// The cells of a line of a table.
fn line(html: &str, label: &str) -> Vec<String> {
    let cells = between(html, &format!("<th scope=\"row\">{label}</th>"), "", "</tr>");
    cells.split("<td>").skip(1).map(|cell| cell.split("</td>").next().unwrap_or_default().to_owned()).collect()
}

/// What is said below an attribute's drawing.
fn said(html: &str, attribute: &str) -> String {
    between(html, &format!("<code class=\"quiet\">{attribute}</code></h3>"), "<p class=\"small\">", "</p>")
        .replace("<br>", "; ")
}

#[tokio::test]
async fn the_pages_are_for_editors() {
    let app = TestApp::start().await;
    for (name, role, status) in [
        ("Night Desk", ModeratorRole::Moderator, 403),
        ("Day Desk", ModeratorRole::Senior, 403),
        ("Chief Desk", ModeratorRole::Editor, 200),
        ("Root", ModeratorRole::Admin, 200),
    ] {
        let password = app.person(name, role).await;
        let mut desk = Desk::signed_in(&app, name, &password).await;
        let home = desk.get("/console/post").await.html;
        for (page, linked) in [("today", "Today</a>"), ("policy", "Policy</a>")] {
            let seen = desk.get(&format!("/console/post/{page}")).await;
            assert_eq!(seen.status, status, "{name}: {}", seen.html);
            assert_eq!(home.contains(linked), status == 200, "{name}");
            if status == 403 {
                seen.expect(403, "This page is for the role editor.");
            }
        }
        desk.get("/console/gazette/today").await.expect_see("/console/gazette/sign-in?to=%2Fconsole%2Fgazette%2Ftoday");
    }
    Desk::at(&app).get("/console/post/today").await.expect_see("/console/post/sign-in?to=%2Fconsole%2Fpost%2Ftoday");
}

#[tokio::test]
async fn how_often_the_machine_was_wrong_is_said_of_enough_and_not_before() {
    let app = TestApp::with(Setup { policy: vec![("share = 0   ", "share = 0.2 ")], ..Setup::default() }).await;
    let password = app.person("Day Desk", ModeratorRole::Editor).await;
    let mut desk = Desk::signed_in(&app, "Day Desk", &password).await;
    let rates = |html: &str| {
        let rows = ["Published, and should have been rejected", "Rejected, and should have been published"];
        rows.map(|label| line(html, label)[..3].join(" | "))
    };
    let few = "0 of 0 | too few to say | ";
    assert_eq!(rates(&desk.get("/console/post/today").await.expect(200, "Drawn now: 20 %").html), [few, few]);
    app.article("a1").await;
    // About 60 of 300 are drawn; fewer than 31, less often than once in a million times.
    for n in 0..300 {
        send(&app, &format!("c{n}"), "a1", CLEAN[n % CLEAN.len()]).await;
    }
    app.clock.advance(Duration::from_hours(1));
    app.person("Anna", ModeratorRole::Moderator).await;
    let people = app.ombud.moderators(&SiteId::parse("post").expect("a site id")).await.expect("people");
    let anna = Caller::signed_in(people.iter().find(|person| person.name.as_str() == "Anna").expect("an account"));
    let mut judged = 0;
    while let Some(ToJudge { id, .. }) = app.ombud.next_audit(&anna).await.expect("an answer") {
        let (verb, reason) = if judged < 3 { (Verb::Reject, Some("abuse")) } else { (Verb::Publish, None) };
        app.ombud.judge_audit(&anna, &id, verb, reason).await.expect("judged");
        judged += 1;
    }
    let mut desk = editor(&app).await;
    let html = desk.get("/console/post/today").await.expect(200, "How often the machine was wrong").html;
    let [published, rejected] = rates(&html);
    assert!(published.starts_with(&format!("3 of {judged} | ")) && published.contains(" % to "), "{published}");
    assert_eq!(rejected, few);
    assert!(html.contains(&format!("{judged} comments drawn in 28 days, {judged} judged, 0 waiting.")), "{html}");
    assert_eq!(line(&html, "world: published wrongly")[0], format!("3 of {judged}"));
    assert_eq!(line(&html, "TOXICITY: published wrongly")[0], format!("3 of {judged}"));
    assert_eq!(html.matches("<svg class=\"interval\"").count(), 4, "where something is said");
    let section = desk.get("/console/post/today?section=world").await.html;
    assert_eq!(rates(&section)[0], published);
    assert!(!section.contains("Anna"), "nobody is named");
}

#[tokio::test]
async fn the_last_day_adds_up() {
    let app = TestApp::start().await;
    let senior = senior(&app).await;
    app.article("a1").await;
    // Of the day before: only what happens to it since counts.
    send(&app, "old", "a1", SUSPECT).await;
    send(&app, "older", "a1", CLEAN[0]).await;
    app.clock.advance(Duration::from_hours(30));
    for (n, text) in CLEAN.iter().enumerate() {
        send(&app, &format!("c{n}"), "a1", text).await;
    }
    for id in ["p1", "p2", "p3"] {
        send(&app, id, "a1", SUSPECT).await;
    }
    for id in ["b1", "b2"] {
        send(&app, id, "a1", BANNED).await;
    }
    app.clock.advance(Duration::from_mins(10));
    decide(&app.moderator, "p1", "publish", 1).await;
    app.platform.post("/v1/comments/b1/appeals", &json!({"text": "I quoted it."})).await.expect_status(200);
    app.clock.advance(Duration::from_mins(20));
    decide(&app.moderator, "p2", "reject", 1).await;
    decide(&senior, "b1", "publish", 2).await;

    let password = app.person("Chief Desk", ModeratorRole::Editor).await;
    let mut desk = Desk::signed_in(&app, "Chief Desk", &password).await;
    let html = desk.get("/console/post/today").await.expect(200, "The last 24 hours").html;
    assert_eq!(tile(&html, "Came in").0, "8");
    assert_eq!(tile(&html, "Published"), ("5".into(), "63 % of these".into()));
    assert_eq!(tile(&html, "Rejected"), ("2".into(), "25 % of these".into()));
    assert_eq!(tile(&html, "Waiting"), ("1".into(), "2 wait in all, the oldest for 30 h".into()));
    // 10, 20 and 30 minutes.
    assert_eq!(tile(&html, "Median wait").0, "20 min");
    assert_eq!(line(&html, "The policy by itself"), ["3", "1", "4", "57 %"]);
    assert_eq!(line(&html, "People"), ["2", "1", "3", "43 %"]);
    assert_eq!(line(&html, "To be published"), ["0", "0"]);
    assert_eq!(line(&html, "To be held"), ["1", "1"]);
    assert_eq!(line(&html, "To be rejected"), ["1", "0"]);
    assert!(html.contains("Of 2 comments that it held, people rejected 1 (50 %)."), "{html}");
    assert!(html.contains("Of 1 comment that it had published or rejected, people left 0 as they were (0 %)."));
    assert_eq!(line(&html, "Made"), ["1"]);
    assert_eq!(line(&html, "Of these still open"), ["0"]);
    assert_eq!(line(&html, "Upheld: the comment is published"), ["1"]);
    assert_eq!(line(&html, "Declined: the rejection stands"), ["0"]);
    for personal in ["author-of", "A Reader", "minister", "I quoted"] {
        assert!(!html.contains(personal), "{personal}");
    }

    // It is read anew every half minute, and no sooner.
    send(&app, "late", "a1", CLEAN[0]).await;
    assert_eq!(tile(&desk.get("/console/post/today").await.html, "Came in").0, "8");
    app.clock.advance(Duration::from_secs(30));
    assert_eq!(tile(&desk.get("/console/post/today").await.html, "Came in").0, "9");
    // And a day later nothing of it counts any more.
    app.clock.advance(Duration::from_hours(24));
    let mut desk = Desk::signed_in(&app, "Chief Desk", &password).await;
    let html = desk.get("/console/post/today").await.html;
    assert_eq!(tile(&html, "Came in").0, "0");
    assert_eq!(line(&html, "People"), ["0", "0", "0", ""]);
}

#[tokio::test]
async fn all_of_a_day_is_counted_however_many_pages_it_fills() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let lines = (0..620).map(|n| comment(&format!("c{n}"), "a1", None, CLEAN[n % CLEAN.len()]).to_string());
    let request = app.platform.request(reqwest::Method::POST, "/v1/comments:batch");
    let sent = app.platform.send(request.body(lines.collect::<Vec<_>>().join("\n"))).await.expect_status(200);
    assert_eq!(sent.text.matches("\"status\":201").count(), 620, "{}", sent.text);
    let html = editor(&app).await.get("/console/post/today").await.html;
    assert_eq!((tile(&html, "Came in").0, tile(&html, "Published").0), ("620".into(), "620".into()));
    assert!(html.contains("In all the paper 620 comments had a step in that time."), "{html}");
    assert!(said(&html, "TOXICITY").starts_with("620 scores; "));
}

#[tokio::test]
async fn several_opinions_are_compared() {
    let app = TestApp::start().await;
    let mut desk = editor(&app).await;
    app.article("a1").await;
    for id in ["p1", "p2", "p3", "p4"] {
        send(&app, id, "a1", SUSPECT).await;
    }
    let html = desk.get("/console/post/today").await.html;
    assert!(html.contains("One moderator decides on each comment"), "{html}");
    for (id, first, second) in
        [("p1", "publish", Some("publish")), ("p2", "reject", Some("publish")), ("p3", "reject", None)]
    {
        let (path, asked) = (format!("/v1/comments/{id}/second-opinion"), json!({"expected_version": 1}));
        app.moderator.post(&path, &asked).await.expect_status(200);
        decide(&app.moderator, id, first, 2).await;
        if let Some(second) = second {
            decide(&app.second_moderator, id, second, 3).await;
        }
    }
    decide(&app.moderator, "p4", "reject", 1).await;
    app.clock.advance(Duration::from_mins(1));
    let html = desk.get("/console/post/today").await.html;
    let sentence = "Of 2 comments with the opinions of several, all said the same of 1 (50 %).";
    assert!(html.contains(sentence), "{html}");
}

#[tokio::test]
async fn scores_are_drawn_beside_the_thresholds_of_the_section() {
    let own = [
        ("# [sections.opinion.thresholds]", "[sections.opinion.thresholds]"),
        ("# TOXICITY = { review = 0.35 } ", "TOXICITY = { review = 0.35, reject = 0.9 }"),
    ];
    let app = TestApp::with(Setup { policy: own.into(), ..Setup::default() }).await;
    let mut desk = editor(&app).await;
    let mut above = [0, 0];
    for (n, (section, text)) in [
        ("world", CLEAN[0]),
        ("world", "You are a stupid idiot and a liar, shut up."),
        ("Opinion", CLEAN[1]),
        ("Opinion", "You pathetic idiot, go to hell, you disgusting liar."),
    ]
    .into_iter()
    .enumerate()
    {
        let article = json!({"title": "Talks between Maravel and Sundria stall over the border", "section": section});
        app.platform.put(&format!("/v1/articles/{section}"), &article).await;
        let sent = comment(&format!("c{n}"), section, None, text);
        let toxicity =
            app.platform.post("/v1/comments", &sent).await.expect_status(201).body["scores"]["TOXICITY"].clone();
        let toxicity = toxicity.as_f64().expect("a score");
        above[0] += u32::from(toxicity >= 0.25);
        above[1] += u32::from(section == "Opinion" && toxicity >= 0.35);
    }
    assert_eq!(above, [2, 1], "two are clearly abusive");
    let html = desk.get("/console/post/today").await.html;
    // From 38 to 344, a quarter and four fifths of the way.
    let drawing = between(&html, "<title id=\"TOXICITY-title\">", "", "</svg>");
    assert!(drawing.contains("d=\"M114.5 4.0V146\"") && drawing.contains(">review 0.25</text>"), "{drawing}");
    assert!(drawing.contains("d=\"M282.8 20.0V146\"") && drawing.contains(">reject 0.80</text>"), "{drawing}");
    assert_eq!(drawing.matches("stroke-dasharray").count(), 1, "one line is dashed");
    assert!(
        said(&html, "TOXICITY").starts_with("4 scores; 2 at or above review (0.25), 50 %; "),
        "{}",
        said(&html, "TOXICITY")
    );
    assert!(html.contains("to be seen where the section is chosen: Opinion."), "{html}");
    assert!(html.contains("<option>Opinion</option>") && html.contains("<option>world</option>"));

    for asked in ["Opinion", "opinion"] {
        let html = desk.get(&format!("/console/post/today?section={asked}")).await.html;
        assert!(
            html.contains("<option selected>Opinion</option>") && html.contains("in Opinion</span></h1>"),
            "{html}"
        );
        let drawing = between(&html, "<title id=\"TOXICITY-title\">", "", "</svg>");
        assert!(drawing.contains("d=\"M145.1 4.0V146\"") && drawing.contains("d=\"M313.4 20.0V146\""), "{drawing}");
        assert!(said(&html, "TOXICITY").starts_with("2 scores; 1 at or above review (0.35), 50 %; "), "{html}");
        assert_eq!(tile(&html, "Came in").0, "2");
    }
    let none = desk.get("/console/post/today?section=%3Cscript%3E").await.expect(200, "in &#60;script&#62;</span>");
    assert_eq!(tile(&none.html, "Came in").0, "0");
    assert!(!none.html.contains("<script>"));
}

#[tokio::test]
async fn the_policy_says_what_is_in_force() {
    let changes = [
        ("# [sections.opinion.thresholds]", "[sections.opinion.thresholds]"),
        ("# TOXICITY = { review = 0.35 } ", "TOXICITY = { review = 0.35 }"),
        ("# [sections.obituaries]", "[sections.obituaries]"),
        ("# mode = \"pre\" ", "mode = \"pre\""),
    ];
    let app = TestApp::with(Setup { policy: changes.into(), ..Setup::default() }).await;
    app.article("a1").await;
    send(&app, "c1", "a1", CLEAN[0]).await;
    app.clock.advance(Duration::from_hours(2));
    let mut desk = editor(&app).await;
    let policy = app.ombud.policy();
    let html = desk.get("/console/post/policy").await.expect(200, policy.revision()).html;
    assert!(
        html.contains("since <time datetime=\"2026-11-03T20:00:00Z\"") && html.contains("number 1</a>, published by")
    );
    for column in ["The paper", "opinion", "obituaries"] {
        assert!(html.contains(&format!("<th scope=\"col\">{column}</th>")), "{column}");
    }
    let toxicity = between(&html, "abusive<br><code class=\"quiet\">TOXICITY</code></th>", "", "</tr>");
    assert!(toxicity.starts_with("<td>held from 0.25<br>rejected from 0.80</td>"), "{toxicity}");
    assert!(toxicity.contains("<td class=\"own\">held from 0.35<br>rejected from 0.80</td>"), "{toxicity}");
    let modes = between(&html, "Before publishing, a moderator sees</th>", "", "</tr>");
    assert!(modes.contains("<td class=\"own\">every comment</td>"), "{modes}");
    assert_eq!(line(&html, "One that she skips"), ["comes back to her after 30 min"]);
    assert_eq!(line(&html, "A decision"), ["is told at once"]);
    assert_eq!(line(&html, "Appeals"), ["are decided by those with the role senior"]);
    assert_eq!(line(&html, "A published comment"), ["goes back to the queue when 3 readers have reported it"]);
    assert!(html.contains("<kbd>1</kbd>") && html.contains("Not about the article"));
    assert!(html.contains("Comments with 2 links or more."));
    assert!(html.contains("<span class=\"badge\">this one</span></th><td>1 comment</td>"), "{html}");
    let revision = app.ombud.model_revision(&SiteId::parse("post").expect("a site id")).await;
    assert!(html.contains(&format!("revision <code>{revision}</code>")) && html.contains("never had a model"));
    for word in ["author-of", "A Reader", "Lorne"] {
        assert!(!html.contains(word), "{word}");
    }
}

#[tokio::test]
async fn the_policys_page_tells_the_models_history() {
    let app = TestApp::start().await;
    let mut desk = editor(&app).await;
    let site = SiteId::parse("post").expect("a site id");
    let file = another("own");
    let id = ModelId::of(&file);
    app.ombud.add_model(&site, &file).await.expect("a model");
    app.ombud.shadow(&site, &id, "Root").await.expect("in shadow");
    let html = desk.get("/console/post/policy").await.html;
    assert!(html.contains(&format!("In shadow, deciding nothing: the site&#39;s own {}", id.short())), "{html}");
    app.ombud.promote(&site, &id, "Root").await.expect("in force");
    app.clock.advance(Duration::from_mins(5));
    app.ombud.roll_back(&site, "<i>Root</i>").await.expect("rolled back");
    let html = desk.get("/console/post/policy").await.html;
    let back = html.find("Put back in force: the models that ombud was started with").expect("the last step");
    let forth = html.find(&format!("Put in force: the site&#39;s own {}", id.short())).expect("the step before");
    assert!(back < forth, "the newest is first");
    assert!(
        html.contains("In force: the models that ombud was started with") && html.contains("&#60;i&#62;Root"),
        "{html}"
    );
}

#[tokio::test]
async fn what_a_model_in_shadow_would_have_done_is_a_page() {
    const SHADOW: &str = "/console/post/policy/shadow";
    let app = TestApp::start().await;
    app.article("a1").await;
    let mut desk = editor(&app).await;
    desk.get(SHADOW).await.expect(200, "No model in shadow");
    let site = SiteId::parse("post").expect("a site id");
    let file = another("own");
    let id = ModelId::of(&file);
    app.ombud.add_model(&site, &file).await.expect("a model");
    app.ombud.shadow(&site, &id, "Root").await.expect("in shadow");
    app.clock.advance(Duration::from_mins(1));
    app.published("c1", "a1", None).await;
    // A person against what both models say.
    let decision = json!({"action": "reject", "reason_code": "abuse", "expected_version": 1});
    app.moderator.post("/v1/comments/c1/decision", &decision).await.expect_status(200);
    desk.get("/console/post/policy")
        .await
        .expect(200, "href=\"/console/post/policy/shadow\">What it would have done</a>");
    let html = desk.get(SHADOW).await.expect(200, &format!("The model {}, in shadow", id.short())).html;
    assert!(html.contains("Looked at: 1 comment, all that have come in since."), "{html}");
    assert_eq!(line(&html, "Publishes what a person rejected"), ["1", "1"]);
    assert!(html.contains("Published now</th><td class=\"same\">1</td><td>0</td><td>0</td>"), "{html}");
}

#[tokio::test]
async fn a_policy_is_shown_with_who_published_it_and_what_it_changed() {
    let app = TestApp::start().await;
    app.publish_policy(&[("limit = 3 ", "limit = 4 ")]).await;
    let mut desk = editor(&app).await;
    let html = desk.get("/console/post/policy").await.html;
    assert!(html.contains("number 2</a>, published by Chief Desk by command"), "{html}");
    assert!(html.contains("<span class=\"quiet\">For election night</span>"), "{html}");
    let html = desk.get("/console/post/policy/2").await.expect(200, "What it changed").html;
    assert!(html.contains("<span class=\"aside\">removed: </span>-limit = 3"), "{html}");
    assert!(html.contains("<span class=\"aside\">added: </span>+limit = 4"), "{html}");
    desk.get("/console/post/policy/1").await.expect(200, "It is the first.");
    for missing in ["0", "3", "18446744073709551615", "x"] {
        desk.get(&format!("/console/post/policy/{missing}")).await.expect(404, "Nothing here");
    }
}

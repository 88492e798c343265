//! A site learns from its moderators, and its model comes into force and goes, while it serves.

use crate::support::app::{Setup, TestApp, comment};
use crate::support::decisions::decided;
use crate::support::sample::at;
use ombud::comment::{Action, ModelStep, SiteId, SiteModels};
use ombud::service::{LearningError, Promotion, Schedule, Then};
use ombud::store::sqlite::SqliteStore;
use ombud::store::{Store as _, StoreUrl};
use serde_json::{Value, json};
use std::time::Duration;

/// "grockle" is what the decisions are about.
pub const RUDE: &str = "The mayor wrote a long letter on the harbour, and such a grockle he is";

const DAY: Duration = Duration::from_hours(24);

pub fn site() -> SiteId {
    SiteId::parse("post").expect("a site id")
}

/// An application on which nothing is published before a moderator has seen it, and what must live as long as it.
pub async fn app() -> (TestApp, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ombud.db");
    // A site makes its hold-out's key at random. Here the same comments are held out every time.
    let store = SqliteStore::open(&path).expect("a store");
    let began = SiteModels::default().learning("key", at(0));
    assert!(store.put_site_models(&site(), &began).await.expect("written"));
    let policy =
        vec![("mode = \"post\"", "mode = \"pre\""), ("review = 0.25, reject = 0.80", "review = 0.25, reject = 1.0")];
    let app = TestApp::with(Setup { store: Some(StoreUrl::Sqlite(path)), policy, ..Setup::default() }).await;
    (app, folder)
}

/// Sends comments in, under their articles, and decides each as a moderator would.
pub async fn moderate(app: &TestApp, count: usize) {
    for made in decided(count) {
        let mut body = comment(&made.id, &made.article, None, &made.text);
        body["article"] = json!({"id": made.article, "title": format!("Letters to the town ({})", made.article)});
        let answer = app.platform.post("/v1/comments", &body).await.expect_status(201);
        // What the policy rejected on its own was not decided by anybody.
        if answer.body["state"] == "pending" {
            let reason = if made.rude { json!("abuse") } else { Value::Null };
            let action = if made.rude { "reject" } else { "publish" };
            let decision = json!({"action": action, "reason_code": reason, "expected_version": 1});
            let moderator = if made.moderator == "ann" { &app.moderator } else { &app.second_moderator };
            moderator.post(&format!("/v1/comments/{}/decision", made.id), &decision).await.expect_status(200);
        }
    }
}

pub async fn toxicity(app: &TestApp) -> f64 {
    let answer = app.platform.post("/v1/score", &json!({ "text": RUDE })).await.expect_status(200);
    answer.body["scores"]["TOXICITY"].as_f64().expect("a score")
}

async fn revision(app: &TestApp) -> String {
    let answer = app.moderator.get("/v1/policy").await.expect_status(200);
    answer.body["model_revision"].as_str().expect("a revision").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decisions_become_a_model_in_shadow_then_in_force_and_back() {
    let (app, _folder) = app().await;
    moderate(&app, 600).await;
    let (before, shipped) = (toxicity(&app).await, revision(&app).await);

    let learnt = app.ombud.learn(&site(), Then::Shadow, "eve", Box::new(())).await.expect("learned");
    assert!(learnt.report.promoted, "{:#?}", learnt.report);
    assert!(learnt.report.decisions > 500 && learnt.report.people.len() == 2);
    assert_eq!((toxicity(&app).await, revision(&app).await), (before, shipped.clone()), "a shadow decides nothing");
    let again = app.ombud.learn(&site(), Then::Shadow, "eve", Box::new(())).await.expect("learned");
    assert!(again.known && again.model == learnt.model, "the same decisions make the same model");

    let mut body = comment("after", "a1", None, RUDE);
    body["article"] = json!({"id": "a1", "title": "Letters to the town (a1)"});
    let answer = app.platform.post("/v1/comments", &body).await.expect_status(201);
    assert_eq!(answer.body["decision"]["model_revision"], shipped);
    assert_eq!(answer.body.get("shadowed"), None, "a platform has no use for it");
    let decision = json!({"action": "publish", "expected_version": 1});
    app.moderator.post("/v1/comments/after/decision", &decision).await.expect_status(200);
    let report = app.ombud.shadow_report(&site()).await.expect("a shadow");
    assert_eq!((report.comments(), report.model.clone()), (1, learnt.model.clone()));
    assert_eq!(report.people.len(), 1);
    assert_eq!((report.people[0].person, report.people[0].comments), (Action::Publish, 1));

    app.ombud.promote(&site(), &learnt.model, "eve").await.expect("promoted");
    assert!(toxicity(&app).await > before + 0.03, "{before} to {}", toxicity(&app).await);
    assert_ne!(revision(&app).await, shipped);
    let ready = app.anonymous.get("/readyz").await.expect_status(200);
    assert_eq!((&ready.body["sites_with_own_model"], &ready.body["model_revision"]), (&json!(1), &json!(shipped)));
    let stranger = app.stranger.get("/v1/policy").await.expect_status(200);
    assert_eq!(stranger.body["model_revision"], shipped, "another site has nothing of it");

    app.ombud.roll_back(&site(), "eve").await.expect("rolled back");
    assert_eq!((toxicity(&app).await, revision(&app).await), (before, shipped));
    let (versions, standing) = app.ombud.models(&site()).await.expect("models");
    let steps: Vec<ModelStep> = standing.history.iter().map(|change| change.step).collect();
    assert_eq!(steps, [ModelStep::Shadowed, ModelStep::Promoted, ModelStep::RolledBack]);
    assert_eq!((versions.len(), &versions[0].id), (1, &learnt.model));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_schedule_learns_and_promotes_what_changes_little() {
    let (app, _folder) = app().await;
    let promotion = Promotion::AfterShadow { max_changed: 0.5, min_comments: 3 };
    let schedule = Schedule { every_days: 1, hour: 3, promotion };
    let standing = async || app.ombud.models(&site()).await.expect("models").1;
    // Two replicas look at the same time.
    let (one, other) = tokio::join!(app.ombud.learn_if_due(&schedule), app.ombud.learn_if_due(&schedule));
    one.and(other).expect("looked");
    assert_eq!(standing().await.version, 2, "one of them began");
    let began = standing().await.learning_began;
    assert!(began > Some(at(0)) && standing().await.shadow.is_none(), "it began, and had too little to learn from");

    moderate(&app, 600).await;
    app.ombud.learn_if_due(&schedule).await.expect("looked");
    assert_eq!(standing().await.learning_began, began, "once a day");
    app.clock.advance(DAY);
    app.ombud.learn_if_due(&schedule).await.expect("looked");
    let first = standing().await.shadow.expect("a shadow");

    // Nobody wrote since, so nobody knows what the shadow would do.
    app.clock.advance(DAY);
    app.ombud.learn_if_due(&schedule).await.expect("looked");
    assert_eq!((standing().await.in_force, standing().await.shadow), (None, Some(first.clone())));

    for id in ["x1", "x2", "x3"] {
        let text = format!("The mayor was right about the harbour and the tram, I think ({id})");
        app.platform.post("/v1/comments", &comment(id, "a1", None, &text)).await.expect_status(201);
    }
    app.clock.advance(DAY);
    app.ombud.learn_if_due(&schedule).await.expect("looked");
    assert_eq!(standing().await.in_force, Some(first.model));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cant_be_used_is_refused_and_nothing_changes() {
    let app = TestApp::start().await;
    let learned = app.ombud.learn(&site(), Then::Promote, "eve", Box::new(())).await.err().expect("nothing to learn");
    assert_eq!(learned.to_string(), "there are no decisions that teach anything");
    let nowhere = SiteId::parse("nowhere").expect("a site id");
    let learned = app.ombud.learn(&nowhere, Then::Keep, "eve", Box::new(())).await.err().expect("no such site");
    assert!(matches!(learned, LearningError::UnknownSite(_)), "{learned}");
    let added = app.ombud.add_model(&site(), b"no model").await.expect_err("no model");
    assert!(matches!(added, LearningError::Model(_)), "{added}");
    let found = app.ombud.model(&site(), "abc").await.expect_err("no model");
    assert!(matches!(found, LearningError::UnknownModel(_)), "{found}");
    assert!(matches!(app.ombud.roll_back(&site(), "eve").await, Err(LearningError::Standing(_))));
    assert!(matches!(app.ombud.shadow_report(&site()).await, Err(LearningError::Standing(_))));
    let (versions, standing) = app.ombud.models(&site()).await.expect("models");
    assert_eq!((versions.len(), standing.history.len()), (0, 0));
}

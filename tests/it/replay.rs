//! A candidate judges stored comments as it would have judged them when they came in.

use crate::support::app::{CLEAN, Setup, TestApp, policy, policy_files};
use ombud::comment::{Action, CommentId, SiteId};
use ombud::policy::Reread;
use ombud::service::ReplayScope;
use serde_json::{Value, json};

/// What makes the candidate another policy: thresholds, links, lengths and a mode of a section.
const CHANGES: [(&str, &str); 4] = [
    ("TOXICITY          = { review = 0.25, reject = 0.80 }", "TOXICITY = { review = 0.60, reject = 0.70 }"),
    ("OFF_TOPIC         = { review = 0.80 }", "OFF_TOPIC = { review = 0.55 }"),
    ("review_at  = 2 ", "review_at  = 1 "),
    ("min_characters = 2 ", "min_characters = 12 "),
];

/// Comments of many kinds, each by an author of its own under an article of its own, so that nothing that another policy
/// decided before is part of what they are judged by.
fn comments() -> Vec<Value> {
    let texts = [
        CLEAN[0],
        "You are a complete idiot and everyone here knows it, so leave.",
        "What a load of crap this minister talks every single week.",
        "Fine.",
        "See https://one.example/a for the figures that they left out.",
        "My cat prefers the blue cushion to the red one, and sleeps on neither of them most days.",
        "I will find you and break your legs",
        "Buy cheap watches at http://watches.example/ and http://more.example/ today",
        "Ils devraient enfin se parler de la frontière, comme les gens des deux pays le demandent.",
    ];
    let comment = |(n, text): (usize, &&str)| json!({"id": format!("c{n}"), "article_id": format!("a{n}"), "author": {"id": format!("u{n}")}, "text": text});
    texts.iter().enumerate().map(comment).collect()
}

/// Posts them all, and answers what became of each.
async fn decided(app: &TestApp) -> Vec<String> {
    let mut actions = Vec::new();
    for comment in comments() {
        app.article(comment["article_id"].as_str().expect("an id")).await;
        let answer = app.platform.post("/v1/comments", &comment).await.expect_status(201).body;
        actions.push(answer["decision"]["action"].as_str().expect("an action").to_owned());
    }
    actions
}

#[tokio::test]
async fn a_replay_decides_as_the_candidate_then_does() {
    let (before, after) =
        (TestApp::start().await, TestApp::with(Setup { policy: CHANGES.into(), ..Setup::default() }).await);
    let (live, then) = (decided(&before).await, decided(&after).await);
    assert_ne!(live, then, "the candidate is another policy");
    let candidate = policy(&CHANGES);
    let site = SiteId::parse("post").expect("an id");
    let mut table = [[0; 3]; 3];
    let place = |action: &str| Action::ALL.into_iter().position(|a| a.name() == action).expect("an action");
    for (n, (live, then)) in live.iter().zip(&then).enumerate() {
        let id = CommentId::parse(format!("c{n}")).expect("an id");
        let stored = before.ombud.comment(&site, &id).await.expect("a comment");
        let again = Reread::of(&stored).expect("it can be judged again");
        assert_eq!(again.judge(&candidate).action.name(), then, "c{n}");
        // The other service judged it by the same scores, so every reason is the same but for what made the scores.
        let judged = after.ombud.comment(&site, &id).await.expect("a comment");
        let codes = |reasons: &[ombud::comment::Reason]| {
            reasons.iter().map(|r| (r.code.clone(), r.text.clone())).collect::<Vec<_>>()
        };
        assert_eq!(codes(&again.judge(&candidate).reasons), codes(&judged.decision.reasons), "c{n}");
        table[place(live)][place(then)] += 1;
    }
    let scope = ReplayScope { since: None, most: u64::MAX };
    let replay = before.ombud.replay_policy(&site, candidate, scope, &mut |_| {}).await.expect("a replay");
    for (live, then) in Action::pairs() {
        assert_eq!(
            replay.counts.decided(live, then),
            table[place(live.name())][place(then.name())],
            "{live:?} {then:?}"
        );
    }
    assert_eq!(replay.counts.judged, live.len() as u64);
}

#[tokio::test]
async fn a_policy_is_tried_over_http() {
    let app = TestApp::start().await;
    decided(&app).await;
    let files = policy_files(&CHANGES);
    let answer = app.admin.post("/v1/policy/replay", &json!({"policy": files.policy, "words": files.words})).await;
    let found = answer.expect_status(200).body;
    assert_eq!((&found["judged"], &found["cut"]), (&json!(comments().len()), &json!(false)));
    assert_eq!(found["candidate"], json!(files.revision()));
    let total: u64 =
        found["table"].as_array().expect("a table").iter().filter_map(|cell| cell["comments"].as_u64()).sum();
    assert_eq!(total, comments().len() as u64);
    assert_eq!(
        found["examples"].as_array().map(Vec::len),
        found["changed"].as_u64().and_then(|n| usize::try_from(n).ok())
    );
    assert_eq!(found["held_by_hour"].as_array().map(Vec::len), Some(24));

    let cut =
        app.admin.post("/v1/policy/replay", &json!({"policy": files.policy, "limit": 2})).await.expect_status(200).body;
    assert_eq!((&cut["judged"], &cut["cut"]), (&json!(2), &json!(true)));
    let none = json!({"policy": files.policy, "since": "2999-01-01T00:00:00Z"});
    assert_eq!(app.admin.post("/v1/policy/replay", &none).await.expect_status(200).body["judged"], 0);

    let bad = app.admin.post("/v1/policy/replay", &json!({"policy": "[thresholds]\nTOXICITY = { review = 2 }"})).await;
    bad.expect_problem(422, "policy_invalid");
    assert!(bad.text.contains("policy.toml:2:"), "{}", bad.text);
    let none = app.admin.post("/v1/policy/replay", &json!({"policy": files.policy, "limit": 0})).await;
    none.expect_problem(422, "wrong_type");
    app.moderator
        .post("/v1/policy/replay", &json!({"policy": files.policy}))
        .await
        .expect_problem(403, "scope_missing");
    let kept = app.moderator.get("/v1/policy").await.expect_status(200).body;
    assert_eq!((&kept["number"], &kept["revision"]), (&json!(1), &json!(app.ombud.policy().revision())));
}

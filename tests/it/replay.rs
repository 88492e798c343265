//! A candidate judges stored comments as it would have judged them when they came in.

use crate::support::app::{CLEAN, Setup, TestApp, policy};
use ombud::comment::{Action, CommentId, SiteId};
use ombud::policy::Reread;
use ombud::service::ReplayScope;
use serde_json::{Value, json};
use std::fmt::Write as _;

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
    let comment = |(n, text): (usize, &&str)| {
        let mut words = String::new();
        let _ = write!(words, "{text}");
        json!({"id": format!("c{n}"), "article_id": format!("a{n}"), "author": {"id": format!("u{n}")}, "text": words})
    };
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

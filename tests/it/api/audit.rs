//! Decisions of the machine's that people judge afterwards, through the whole application.

use crate::support::app::{BANNED, CLEAN, Setup, TestApp, comment, policy};
use crate::support::redis::{Persistence, RedisServer};
use ombud::comment::{Action, AuditId, CommentId, ModeratorName, ModeratorRole, SiteId, State, Timestamp};
use ombud::policy::AuditFigures;
use ombud::policy::tuning::Label;
use ombud::service::transparency::Period;
use ombud::service::{Caller, JudgedComments, JudgedError, Judgement, Periods, ToJudge, Verb};
use ombud::store::StoreUrl;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

const SHARE: (&str, &str) = ("share = 0   ", "share = 0.2 ");
/// How many comments come in: of so many, none drawn happens once in a million.
const SENT: usize = 60;

fn site() -> SiteId {
    SiteId::parse("post").expect("a site id")
}

/// Somebody who works the queue.
async fn moderator(app: &TestApp, name: &str) -> Caller {
    app.person(name, ModeratorRole::Moderator).await;
    let name: ModeratorName = name.parse().expect("a name");
    let people = app.ombud.moderators(&site()).await.expect("people");
    Caller::signed_in(people.iter().find(|person| person.name == name).expect("an account"))
}

/// An application into which comments came, every third of them one that the machine rejects, an hour ago.
async fn after_an_hour(setup: Setup) -> TestApp {
    let app = TestApp::with(Setup { policy: vec![SHARE], ..setup }).await;
    app.article("a1").await;
    for n in 0..SENT {
        let text = if n % 3 == 0 { BANNED } else { CLEAN[n % CLEAN.len()] };
        app.platform.post("/v1/comments", &comment(&format!("c{n}"), "a1", None, text)).await.expect_status(201);
    }
    app.clock.advance(Duration::from_hours(1));
    app
}

async fn next(app: &TestApp, caller: &Caller) -> Option<ToJudge> {
    app.ombud.next_audit(caller).await.expect("an answer")
}

async fn figures(app: &TestApp) -> Arc<AuditFigures> {
    app.ombud.audit_figures(&site()).await.expect("figures")
}

async fn state(app: &TestApp, id: &CommentId) -> State {
    app.ombud.comment(&site(), id).await.expect("a comment").state
}

/// Judges all that waits as the machine did, but for one of each kind.
async fn judge_all(app: &TestApp) {
    let anna = moderator(app, "Anna").await;
    let drawn = app.ombud.audits_waiting(&site()).await.expect("a count");
    assert!((1..=30).contains(&drawn), "about a fifth of {SENT}: {drawn}");
    let (mut overruled, mut seen) = (Vec::new(), 0);
    while let Some(ToJudge { id, comment, article }) = next(app, &anna).await {
        seen += 1;
        assert!(article.is_some());
        let machine = comment.decision.action;
        let first = overruled.iter().all(|(action, _)| *action != machine);
        let verb = if (machine == Action::Publish) == first { Verb::Reject } else { Verb::Publish };
        let reason = Some("abuse").filter(|_| verb == Verb::Reject);
        let judgement = app.ombud.judge_audit(&anna, &id, verb, reason).await.expect("judged");
        match judgement {
            Judgement::Decided(_) if first => overruled.push((machine, id.clone())),
            Judgement::Noted if !first => {}
            other => panic!("{other:?}"),
        }
        let expected = if verb == Verb::Reject { State::Rejected } else { State::Published };
        assert_eq!(state(app, &comment.id).await, expected);
        let again = app.ombud.judge_audit(&anna, &id, Verb::Publish, None).await.expect("an answer");
        assert!(matches!(&again, Judgement::Before { by, .. } if by == "Anna"), "{again:?}");
    }
    assert_eq!(seen, drawn);
    let counted = figures(app).await;
    assert_eq!((counted.drawn, counted.judged, counted.waiting), (drawn, drawn, 0));
    let hits = [counted.paper.published.hits, counted.paper.rejected.hits];
    let had = [Action::Publish, Action::Reject].map(|a| u32::from(overruled.iter().any(|(action, _)| *action == a)));
    assert_eq!(hits, had, "one of each kind, if there was one");
    // The transparency report of the day has them, too.
    let day = app.ombud.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let period = Period::new(day, day, app.ombud.now()).expect("a day");
    let report = app.ombud.transparency_report(&site(), period, &mut |_| {}).await.expect("a report");
    let samples = report.audit_samples.expect("some were judged");
    assert_eq!([samples.wrongly_published.hits, samples.wrongly_rejected.hits].map(u32::try_from), had.map(Ok));
    assert_eq!(samples.wrongly_published.of + samples.wrongly_rejected.of, drawn);
    // What differed was decided as anything else, is told to the platform, and can be taken back.
    for (machine, AuditId { comment, .. }) in overruled {
        let trail = app.admin.get(&format!("/v1/audit?comment_id={comment}")).await.expect_status(200).body;
        assert_eq!(trail["entries"][1]["step"], "decided", "{trail}");
        let stands = app.ombud.undo(&anna, &comment, 2).await.expect("taken back");
        assert_eq!(stands.decision.action, machine);
    }
}

#[tokio::test]
async fn what_is_drawn_is_judged_blind_once_and_counted() {
    judge_all(&after_an_hour(Setup::default()).await).await;
}

#[tokio::test]
async fn what_is_drawn_is_judged_on_redis_too() {
    let server = RedisServer::start(Persistence::None);
    let store: StoreUrl = server.url().parse().expect("an address");
    judge_all(&after_an_hour(Setup { store: Some(store), ..Setup::default() }).await).await;
}

#[tokio::test]
async fn nothing_is_drawn_where_the_policy_says_so_and_nothing_is_handed_out_at_once() {
    let app = TestApp::with(Setup { policy: vec![SHARE], ..Setup::default() }).await;
    app.article("a1").await;
    for n in 0..SENT {
        app.platform.post("/v1/comments", &comment(&format!("c{n}"), "a1", None, CLEAN[0])).await.expect_status(201);
    }
    let drawn = app.ombud.audits_waiting(&site()).await.expect("a count");
    let anna = moderator(&app, "Anna").await;
    assert_eq!(next(&app, &anna).await, None, "they are too young");
    app.publish_policy(&[]).await;
    for n in 0..SENT {
        app.platform.post("/v1/comments", &comment(&format!("d{n}"), "a1", None, CLEAN[1])).await.expect_status(201);
    }
    assert_eq!(app.ombud.audits_waiting(&site()).await.expect("a count"), drawn);
    app.clock.advance(Duration::from_hours(1));
    assert!(next(&app, &anna).await.is_some(), "what was drawn is judged all the same");
    // Nor is it part of what platforms are handed.
    let claims = app.moderator.post("/v1/queue/claims", &json!({"limit": 10})).await.expect_status(201).body;
    assert_eq!(claims["claims"], json!([]));
    // What nobody judges lapses.
    app.clock.advance(Duration::from_hours(28 * 24 + 1));
    app.ombud.apply_retention(&Periods::default()).await.expect("applied");
    assert_eq!(app.ombud.audits_waiting(&site()).await.expect("a count"), 0);
}

#[tokio::test]
async fn what_was_changed_taken_back_or_erased_since_is_not_counted() {
    let app = after_an_hour(Setup::default()).await;
    let (anna, bea) = (moderator(&app, "Anna").await, moderator(&app, "Bea").await);
    let held = next(&app, &anna).await.expect("something was drawn");
    let drawn = app.ombud.audits_waiting(&site()).await.expect("a count");
    app.platform.delete(&format!("/v1/comments/{}", held.comment.id)).await.expect_status(200);
    let late = app.ombud.judge_audit(&anna, &held.id, Verb::Reject, Some("abuse")).await.expect("an answer");
    assert_eq!(late, Judgement::Void);
    // An author who is erased takes what waits along, and nobody is handed what is void.
    let gone = next(&app, &bea).await.expect("another");
    app.admin.delete(&format!("/v1/authors/author-of-{}", gone.comment.id)).await.expect_status(200);
    for n in 0..SENT {
        let edit = json!({"text": format!("{} And so on, number {n}.", CLEAN[2])});
        app.platform.patch(&format!("/v1/comments/c{n}"), &edit).await;
    }
    app.clock.advance(Duration::from_mins(50));
    // So many are looked at at a time.
    for _ in 0..3 {
        assert_eq!(next(&app, &anna).await, None, "those drawn anew are too young, the others were changed");
    }
    let counted = figures(&app).await;
    assert_eq!((counted.judged, counted.void), (0, drawn - 1));
}

#[tokio::test]
async fn a_comment_that_moved_on_is_judged_and_left_alone() {
    let app = after_an_hour(Setup::default()).await;
    let (anna, bea) = (moderator(&app, "Anna").await, moderator(&app, "Bea").await);
    let held = next(&app, &anna).await.expect("something was drawn");
    // The machine's error was found by others meanwhile.
    let (verb, action) = match held.comment.state {
        State::Published => (Verb::Reject, "reject"),
        _ => (Verb::Publish, "publish"),
    };
    let decision = json!({"action": action, "reason_code": "abuse", "expected_version": 1});
    app.moderator.post(&format!("/v1/comments/{}/decision", held.comment.id), &decision).await.expect_status(200);
    let judgement = app.ombud.judge_audit(&anna, &held.id, verb, Some("abuse")).await.expect("judged");
    assert_eq!(judgement, Judgement::Noted, "it counts");
    assert_eq!(app.ombud.comment(&site(), &held.comment.id).await.expect("a comment").version, 2);
    assert_eq!(figures(&app).await.paper.all().hits, 1);
    // Passed over, the next one goes to somebody else.
    if let Some(passed) = next(&app, &anna).await {
        app.ombud.skip_audit(&anna, &passed.id).await.expect("given back");
        assert_eq!(next(&app, &bea).await.map(|held| held.id), Some(passed.id.clone()));
        assert_ne!(next(&app, &anna).await.map(|held| held.id), Some(passed.id));
    }
}

/// What people judged on the site, as evidence for thresholds.
async fn judged(app: &TestApp, since: Option<Timestamp>) -> Result<JudgedComments, JudgedError> {
    app.ombud.judged_comments(&site(), policy(&[SHARE]), since, &mut |_| {}).await
}

/// Judges all that was drawn: what is banned is bad, and the rest is not.
async fn judge_by_the_text(app: &TestApp, caller: &Caller) {
    while let Some(ToJudge { id, comment, .. }) = next(app, caller).await {
        let bad = comment.text().is_some_and(|text| text.as_str() == BANNED);
        let (verb, reason) = if bad { (Verb::Reject, Some("abuse")) } else { (Verb::Publish, None) };
        app.ombud.judge_audit(caller, &id, verb, reason).await.expect("judged");
    }
}

#[tokio::test]
async fn what_people_judged_stands_for_all_that_came_in() {
    const HELD: usize = 30;
    let app = after_an_hour(Setup::default()).await;
    let start = app.ombud.now();
    for n in 0..HELD {
        app.pending(&format!("h{n}"), "a1").await;
    }
    assert_eq!(judged(&app, None).await.expect("an answer").received, 0, "nothing is a day old");
    app.clock.advance(Duration::from_hours(25));
    // What waits holds up what comes after it.
    let drawn = app.ombud.audits_waiting(&site()).await.expect("a count");
    let before = judged(&app, None).await.expect("an answer");
    assert_eq!((before.sample.rows.len(), before.received), (0, (SENT + HELD) as u64));
    assert!(before.sample.waiting >= drawn && before.sample.share < 0.2, "{before:?}");

    let anna = moderator(&app, "Anna").await;
    judge_by_the_text(&app, &anna).await;
    for n in 0..HELD {
        let decision = json!({"action": "reject", "reason_code": "abuse", "expected_version": 1});
        app.moderator.post(&format!("/v1/comments/h{n}/decision"), &decision).await.expect_status(200);
    }
    let all = judged(&app, None).await.expect("an answer");
    let (sample, queue) = (&all.sample, all.sample.rows.len() as u64 - all.sample.audited);
    assert_eq!((sample.audited, sample.waiting, sample.unknown), (drawn, 0, 0));
    assert!((sample.share - 0.2).abs() < 1e-9 && (1..=18).contains(&queue), "about a fifth of {HELD}: {queue}");
    for row in &sample.rows {
        let expected = match row.floor {
            Action::Publish => Label::Publish,
            Action::Review | Action::Reject => Label::Reject,
        };
        assert_eq!(row.label, expected, "words decide here, whatever the thresholds are");
    }
    // Less than a day is counted as one.
    assert_eq!(all.per_day().to_string(), (SENT + HELD).to_string());

    // What its author took back stands for nothing, whatever was decided.
    for n in 0..HELD {
        app.platform.delete(&format!("/v1/comments/h{n}")).await.expect_status(200);
    }
    let all = judged(&app, Some(start - jiff::SignedDuration::from_hours(2))).await.expect("an answer");
    assert_eq!((all.sample.rows.len() as u64, all.by_authors), (drawn, queue));
    for since in [start - jiff::SignedDuration::from_hours(24 * 40), app.ombud.now()] {
        assert!(matches!(judged(&app, Some(since)).await, Err(JudgedError::Since)));
    }
}

#[tokio::test]
async fn what_was_decided_without_audits_stands_for_nothing() {
    let app = TestApp::start().await;
    app.article("a1").await;
    let send = async |name: &str| {
        for n in 0..SENT {
            let sent = comment(&format!("{name}{n}"), "a1", None, CLEAN[n % CLEAN.len()]);
            app.platform.post("/v1/comments", &sent).await.expect_status(201);
        }
        app.clock.advance(Duration::from_hours(1));
    };
    send("before").await;
    app.publish_policy(&[SHARE]).await;
    let begun = app.ombud.now();
    send("after").await;
    let anna = moderator(&app, "Anna").await;
    judge_by_the_text(&app, &anna).await;
    app.clock.advance(Duration::from_hours(25));
    let refused = judged(&app, None).await.expect_err("most of the first are unknown");
    let said = refused.to_string();
    assert!(
        matches!(refused, JudgedError::Gap(_)) && said.contains("What came in after 2026-11-03 20:00 UTC"),
        "{said}"
    );
    let all = judged(&app, Some(begun)).await.expect("an answer");
    assert_eq!((all.received, all.sample.unknown), (SENT as u64, 0));
    assert_eq!(all.sample.rows.len() as u64, all.sample.audited);

    let never = TestApp::start().await;
    let refused = never.ombud.judged_comments(&site(), policy(&[]), None, &mut |_| {}).await;
    assert!(matches!(refused, Err(JudgedError::NoAudits)), "{refused:?}");
}

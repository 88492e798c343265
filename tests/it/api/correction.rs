//! A site learns from what its platforms say that scores should have been.

use super::learning::{RUDE, app, moderate, site, toxicity};
use crate::support::app::TestApp;
use crate::support::decisions::{Decided, decided};
use ombud::comment::Attribute::{Spam, Toxicity};
use ombud::comment::{ArticleId, Attribute, CommentText, CorrectionLabels, KeyId};
use ombud::service::{Learnt, NewCorrection, Then};

fn new(text: &str, labels: &[(Attribute, f64)], article: Option<&str>) -> NewCorrection {
    NewCorrection {
        text: CommentText::parse(text).expect("a text"),
        labels: CorrectionLabels::parse(labels.iter().copied().collect()).expect("labels"),
        article: article.map(|id| ArticleId::parse(id).expect("an article")),
    }
}

/// One of two keys says what should have been decided about a text.
async fn correct(app: &TestApp, made: &Decided) {
    let key = KeyId::parse(if made.moderator == "ann" { "one" } else { "other" }).expect("a key");
    let label = if made.rejected { 0.9 } else { 0.0 };
    // Half of the platforms don't tell the article.
    let article = (made.moderator == "ann").then_some(made.article.as_str());
    app.ombud.correct(&site(), new(&made.text, &[(Toxicity, label)], article), &key).await.expect("kept");
}

async fn learn(app: &TestApp) -> Learnt {
    app.ombud.learn(&site(), Then::Shadow, "eve", Box::new(())).await.expect("learned")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn corrections_alone_become_a_model_whatever_order_they_come_in() {
    let (app, _folder) = app().await;
    let before = toxicity(&app).await;
    for made in decided(600) {
        correct(&app, &made).await;
    }
    let learnt = learn(&app).await;
    assert!(learnt.report.promoted, "{:#?}", learnt.report);
    assert_eq!((learnt.report.decisions, learnt.report.corrections, learnt.report.outranked), (600, 600, 0));
    let people: Vec<&str> = learnt.report.people.iter().map(|person| person.moderator.as_str()).collect();
    assert_eq!(people, ["key:one", "key:other"]);
    assert!(learn(&app).await.known, "the same corrections make the same model");
    app.ombud.promote(&site(), &learnt.model, "eve").await.expect("promoted");
    assert!(toxicity(&app).await > before + 0.03, "{before} to {} by {RUDE:?}", toxicity(&app).await);

    // In another order, at the same time, and each twice.
    let (other, _other_folder) = self::app().await;
    for made in decided(600).collect::<Vec<_>>().into_iter().rev() {
        correct(&other, &made).await;
        correct(&other, &made).await;
    }
    assert_eq!(learn(&other).await.model, learnt.model);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_moderator_decided_outranks_a_correction_of_the_same_text() {
    let (app, _folder) = app().await;
    moderate(&app, 600).await;
    let alone = learn(&app).await;
    let key = KeyId::parse("one").expect("a key");
    // The opposite of what was decided about one comment in three.
    for made in decided(600).filter(|made| made.moderator == "ann") {
        let label = if made.rude { 0.0 } else { 1.0 };
        app.ombud.correct(&site(), new(&made.text, &[(Toxicity, label)], None), &key).await.expect("kept");
    }
    let with = learn(&app).await;
    assert_eq!((with.report.decisions - alone.report.decisions, with.report.corrections), (0, 0));
    assert_eq!(with.report.outranked, 200);
    assert_eq!(with.report.attributes, alone.report.attributes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_word_about_a_text_is_what_teaches() {
    let (app, _folder) = app().await;
    let key = KeyId::parse("one").expect("a key");
    let text = "Buy my watches on the harbour";
    let first = app.ombud.correct(&site(), new(text, &[(Spam, 0.0), (Toxicity, 0.0)], None), &key).await.expect("kept");
    let last = app.ombud.correct(&site(), new(text, &[(Spam, 1.0)], None), &key).await.expect("kept");
    assert_eq!(first, last);
    let learned = app.ombud.learn(&site(), Then::Keep, "eve", Box::new(())).await.err().expect("too little");
    let said = learned.to_string();
    assert!(said.contains("every decision says the same"), "one text, whose one SPAM label counts: {said}");
}

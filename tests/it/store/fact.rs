//! What a decision rests on.

use super::article::sample_article;
use super::{Handle, admitted, taken};
use crate::support::sample::{
    article_id, at, author_id, comment_id, decided, dropped, edited, print, sample, site, undone, withdrawn,
};
use ombud::comment::{Action, Comment};
use ombud::policy::{AuthorRecord, Facts, Nearness, Submission, ThreadEntry};
use ombud::store::FactsQuery;

/// What is asked for a comment `new` of author `u1` under `a1`, written at `seconds`.
fn query(seconds: i64) -> FactsQuery {
    FactsQuery {
        site: site(),
        comment: comment_id("new"),
        article: article_id("a1"),
        parent: None,
        author: author_id("u1"),
        fingerprint: print(7),
        created_at: at(seconds),
        near: None,
    }
}

async fn record(store: &Handle, seconds: i64) -> AuthorRecord {
    store.facts(&query(seconds)).await.unwrap().author
}

fn submission(comment: &Comment) -> Submission {
    Submission { comment_id: comment.id.clone(), created_at: comment.created_at, fingerprint: comment.fingerprint }
}

pub async fn nothing_is_known_of_a_stranger(store: &Handle) {
    let query = FactsQuery { parent: Some(comment_id("nobody")), ..query(0) };
    assert_eq!(store.facts(&query).await.unwrap(), Facts::default());
}

pub async fn the_article_and_the_parent_are_found(store: &Handle) {
    store.put_article(&sample_article("a1", "Title")).await.unwrap();
    let parent = admitted(store, sample("p", 0).rejected().admit()).await;
    let elsewhere = admitted(store, sample("q", 0).article("a2").admit()).await;
    // Whether a parent belongs to the article is not for the store to judge.
    for parent in [parent, elsewhere] {
        let query = FactsQuery { parent: Some(parent.id.clone()), ..query(9) };
        let facts = store.facts(&query).await.unwrap();
        assert_eq!(facts.article, Some(sample_article("a1", "Title")));
        assert_eq!(facts.parent, Some(parent));
        assert_eq!(facts.missing, Vec::<&str>::new());
    }
}

pub async fn the_thread_is_what_was_published_lately(store: &Handle) {
    let mut published = Vec::new();
    for n in 0..23 {
        published.push(admitted(store, sample(&format!("c{n}"), n).admit()).await);
    }
    admitted(store, sample("held", 50).pending(&["r"]).admit()).await;
    admitted(store, sample("refused", 51).rejected().admit()).await;
    admitted(store, sample("elsewhere", 52).article("a2").admit()).await;
    let entry = |c: &Comment| ThreadEntry {
        comment_id: c.id.clone(),
        text: c.text().expect("a text").as_str().to_owned(),
        fingerprint: c.fingerprint,
    };
    let latest = |comments: &[Comment]| comments.iter().rev().take(20).map(entry).collect::<Vec<_>>();
    assert_eq!(store.facts(&query(60)).await.unwrap().thread, latest(&published));
    let gone = published.pop().unwrap();
    taken(store, withdrawn(&gone, at(61))).await;
    assert_eq!(store.facts(&query(62)).await.unwrap().thread, latest(&published));
    // What was read before is not taken for what stands there now.
    let newest = published.pop().unwrap();
    published.push(taken(store, edited(&newest, 77, Action::Publish, &[], at(62))).await);
    assert_eq!(store.facts(&query(63)).await.unwrap().thread, latest(&published));
    let newest = published.pop().unwrap();
    taken(store, dropped(&newest, at(63))).await;
    assert_eq!(store.facts(&query(64)).await.unwrap().thread, latest(&published));
    // A comment that is judged again is no part of its own thread.
    let judged = published.pop().unwrap();
    let again = FactsQuery { comment: judged.id, ..query(63) };
    assert_eq!(store.facts(&again).await.unwrap().thread, latest(&published));
}

pub async fn an_authors_record_follows_the_steps(store: &Handle) {
    let published = admitted(store, sample("c1", 0).admit()).await;
    admitted(store, sample("c2", 1).article("a2").admit()).await;
    let held = admitted(store, sample("c3", 2).pending(&["r"]).admit()).await;
    let refused = admitted(store, sample("c4", 3).rejected().admit()).await;
    admitted(store, sample("others", 4).author("u2").rejected().admit()).await;
    let counts = |r: &AuthorRecord| (r.published, r.rejected, r.rejections.clone());
    assert_eq!(counts(&record(store, 10).await), (2, 1, vec![refused.updated_at]));

    let rejected = taken(store, decided(&held, Action::Reject, "anna", at(20))).await;
    assert_eq!(counts(&record(store, 21).await), (2, 2, vec![at(20), refused.updated_at]));
    // A decision that was taken back is not held against the author.
    let back = taken(store, undone(&rejected, at(22))).await;
    assert_eq!(counts(&record(store, 23).await), (2, 1, vec![refused.updated_at]));
    taken(store, decided(&back, Action::Publish, "anna", at(24))).await;
    assert_eq!(record(store, 25).await.published, 3);
    taken(store, withdrawn(&published, at(26))).await;
    assert_eq!(record(store, 27).await.published, 2);
}

pub async fn earlier_submissions_come_newest_first(store: &Handle) {
    assert_eq!(record(store, 0).await.submissions, []);
    let mut mine = Vec::new();
    for n in 0..54 {
        let sample = sample(&format!("c{n}"), n).article(&format!("a{}", n % 5));
        let sample = if n % 3 == 0 { sample.pending(&["r"]) } else { sample };
        mine.push(admitted(store, sample.admit()).await);
    }
    admitted(store, sample("others", 60).author("u2").admit()).await;
    let newest = |n: usize| mine.iter().rev().skip(n).take(50).map(submission).collect::<Vec<_>>();
    assert_eq!(record(store, 100).await.submissions, newest(0));
    // The comment being judged is never among them.
    let again = FactsQuery { comment: comment_id("c53"), ..query(100) };
    assert_eq!(store.facts(&again).await.unwrap().author.submissions, newest(1));
    // An edit changes what is compared.
    let edited = taken(store, edited(&mine[53], 4242, Action::Publish, &[], at(101))).await;
    assert_eq!(record(store, 102).await.submissions[0], submission(&edited));
}

pub async fn the_same_text_counts_for_a_day(store: &Handle) {
    const DAY: i64 = 24 * 60 * 60;
    let same_text = async |query: FactsQuery| store.facts(&query).await.unwrap().same_text;
    assert_eq!(same_text(query(0)).await, 0);
    let first = admitted(store, sample("c1", 0).exact(7).admit()).await;
    admitted(store, sample("c2", 100).exact(7).author("u2").article("a2").rejected().admit()).await;
    admitted(store, sample("c3", 100).exact(8).admit()).await;
    assert_eq!(same_text(query(100)).await, 2);
    assert_eq!(same_text(query(99)).await, 1, "what was written later was not there yet");
    assert_eq!(same_text(query(DAY)).await, 1, "a day ago is over");
    assert_eq!(same_text(query(DAY + 99)).await, 1);
    assert_eq!(same_text(query(DAY + 100)).await, 0);
    assert_eq!(same_text(FactsQuery { comment: first.id.clone(), ..query(100) }).await, 1, "not itself");
    taken(store, edited(&first, 9, Action::Publish, &[], at(200))).await;
    assert_eq!(same_text(query(300)).await, 1, "it has another text now");
    assert_eq!(same_text(FactsQuery { fingerprint: print(9), ..query(300) }).await, 1);
}

/// What is asked for a comment whose near fingerprint may differ in two bits; [`print`] makes texts of nine
/// words whose near fingerprints differ as their numbers do.
fn near(exact: u64, seconds: i64) -> FactsQuery {
    let nearness = Nearness { bits: 2, min_words: 9 };
    FactsQuery { fingerprint: print(exact), near: Some(nearness), ..query(seconds) }
}

pub async fn nearly_the_same_text_counts_for_a_day(store: &Handle) {
    const DAY: i64 = 24 * 60 * 60;
    let near_text = async |query: FactsQuery| store.facts(&query).await.unwrap().near_text;
    assert_eq!(near_text(near(0b1111, 0)).await, 0);
    let first = admitted(store, sample("c1", 0).exact(0b1100).admit()).await;
    admitted(store, sample("c2", 100).exact(0b1111).author("u2").article("a2").rejected().admit()).await;
    admitted(store, sample("c3", 100).exact(0b1000).admit()).await;
    admitted(store, sample("c4", 100).exact(0b1111).site("weekly").admit()).await;
    assert_eq!(near_text(near(0b1111, 100)).await, 2, "two bits differ, three are too many");
    assert_eq!(near_text(near(0b1111 << 40, 100)).await, 0);
    assert_eq!(near_text(near(0b1111, 99)).await, 1, "what was written later was not there yet");
    assert_eq!(near_text(near(0b1111, DAY)).await, 1, "a day ago is over");
    assert_eq!(near_text(near(0b1111, DAY + 100)).await, 0);
    assert_eq!(near_text(FactsQuery { comment: first.id.clone(), ..near(0b1111, 100) }).await, 1, "not itself");
    assert_eq!(near_text(FactsQuery { near: None, ..near(0b1111, 100) }).await, 0, "nobody asks");
    let longer = Some(Nearness { bits: 2, min_words: 10 });
    assert_eq!(near_text(FactsQuery { near: longer, ..near(0b1111, 100) }).await, 0, "they are too short");
    // A decision changes nothing, another text does.
    let first = taken(store, decided(&first, Action::Reject, "anna", at(150))).await;
    assert_eq!(near_text(near(0b1111, 160)).await, 2);
    taken(store, edited(&first, 0b1111 << 40, Action::Publish, &[], at(200))).await;
    assert_eq!(near_text(near(0b1111, 300)).await, 1, "it has another text now");
    assert_eq!(near_text(near(0b1111 << 40, 300)).await, 1);
}

pub async fn of_many_near_texts_the_newest_are_counted(store: &Handle) {
    for n in 0..400 {
        admitted(store, sample(&format!("c{n}"), n).author(&format!("u{n}")).exact(7).admit()).await;
    }
    assert_eq!(store.facts(&near(7, 500)).await.unwrap().near_text, 100);
    assert_eq!(store.facts(&near(7, 49)).await.unwrap().near_text, 0, "older ones are forgotten");
}
